#include "classify_shims.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Which words of a text end as some literal does, by their last four bytes and a small table (`TailSet`): asked of every word, so that with literals listed
// it is a third of a scan where it goes word by word.

/// Whether four bytes before a place are in the table: 1 or 0.
static inline unsigned is_known(const uint64_t *table, unsigned shift, const uint8_t *end) {
  uint32_t tail;
  memcpy(&tail, end - 4, sizeof tail);
  uint32_t bit = (tail | 0x20202020u) * 0x9e3779b1u >> shift;
  return (unsigned)(table[bit >> 6] >> (bit & 63)) & 1;
}

static size_t keep_tails(const uint64_t *table, unsigned shift, const uint8_t *block, uint32_t *ends, size_t first, size_t kept, size_t number) {
  for (size_t i = first; i < number; i++) {
    uint32_t end = ends[i];
    ends[kept] = end;
    kept += is_known(table, shift, block + end);
  }
  return kept;
}

#define TAILS_PARAMETERS const uint64_t *table, unsigned shift, const uint8_t *block, const uint64_t *masks, size_t words, uint32_t *ends

// Two at a time, so that fewer ends of a word's row have to be foreseen: the second may be none; then it is the first once more, for nothing behind the text
// may be read, and not kept.
#define KNOWN_TAILS                                                                            \
  size_t kept = 0;                                                                             \
  for (size_t word = 0; word < words; word++) {                                                \
    uint64_t rest = masks[word];                                                               \
    while (rest != 0) {                                                                        \
      uint32_t place = (uint32_t)(64 * word), first = place + (uint32_t)__builtin_ctzll(rest); \
      rest &= rest - 1;                                                                        \
      unsigned is_second = rest != 0;                                                          \
      uint32_t second = is_second ? place + (uint32_t)__builtin_ctzll(rest) : first;           \
      rest &= rest - 1;                                                                        \
      ends[kept] = first;                                                                      \
      kept += is_known(table, shift, block + first);                                           \
      ends[kept] = second;                                                                     \
      kept += is_known(table, shift, block + second) & is_second;                              \
    }                                                                                          \
  }                                                                                            \
  return kept

static size_t known_tails(TAILS_PARAMETERS) { KNOWN_TAILS; }

#if defined(__x86_64__)
__attribute__((target("bmi,bmi2"))) static size_t known_tails_bmi(TAILS_PARAMETERS) { KNOWN_TAILS; }

#define AVX512 __attribute__((target("avx512f,bmi,popcnt")))

/// Four bytes wherever they lie.
typedef int tail __attribute__((aligned(1), may_alias));

/// The four bytes before sixteen ends. One by one: a gathering load takes longer (Zen 5).
AVX512 static inline __m512i sixteen_tails(const uint8_t *block, const uint32_t *ends) {
#define TAIL(lane) *(const tail *)(block + ends[lane] - 4)
  return _mm512_setr_epi32(
      TAIL(0), TAIL(1), TAIL(2), TAIL(3), TAIL(4), TAIL(5), TAIL(6), TAIL(7), TAIL(8), TAIL(9), TAIL(10), TAIL(11), TAIL(12), TAIL(13), TAIL(14), TAIL(15));
#undef TAIL
}

AVX512 static size_t keep_tails_avx512(const uint64_t *table, unsigned shift, const uint8_t *block, uint32_t *ends, size_t number) {
  size_t kept = 0, place = 0;
  for (; place + 16 <= number; place += 16) {
    __m512i sixteen = _mm512_loadu_si512(ends + place), tails = sixteen_tails(block, ends + place);
    __m512i bits = _mm512_mullo_epi32(_mm512_or_si512(tails, _mm512_set1_epi32(0x20202020)), _mm512_set1_epi32((int)0x9e3779b1u));
    bits = _mm512_srl_epi32(bits, _mm_cvtsi32_si128((int)shift));
    __m512i halves = _mm512_i32gather_epi32(_mm512_srli_epi32(bits, 5), table, 4);
    // A turn takes the low five bits of its count.
    __mmask16 known = _mm512_test_epi32_mask(_mm512_rorv_epi32(halves, bits), _mm512_set1_epi32(1));
    _mm512_storeu_si512(ends + kept, _mm512_maskz_compress_epi32(known, sixteen));
    kept += (size_t)__builtin_popcount(known);
  }
  return keep_tails(table, shift, block, ends, place, kept, number);
}

AVX512 static size_t known_tails_avx512(TAILS_PARAMETERS) {
  const __m512i sixteen = _mm512_set1_epi32(16);
  __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  size_t count = 0;
  for (size_t word = 0; word < words; word++) {
    for (int part = 0; part < 64; part += 16, places = _mm512_add_epi32(places, sixteen)) {
      __mmask16 mask = (__mmask16)(masks[word] >> part);
      _mm512_storeu_si512(ends + count, _mm512_maskz_compress_epi32(mask, places));
      count += (size_t)__builtin_popcount(mask);
    }
  }
  return keep_tails_avx512(table, shift, block, ends, count);
}
#endif

size_t ukai_known_tails(int kernel, TAILS_PARAMETERS) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return known_tails_avx512(table, shift, block, masks, words, ends);
  if (kernel == UKAI_KERNEL_AVX2) return known_tails_bmi(table, shift, block, masks, words, ends);
#endif
  (void)kernel;
  return known_tails(table, shift, block, masks, words, ends);
}

size_t ukai_keep_tails(int kernel, const uint64_t *table, unsigned shift, const uint8_t *block, uint32_t *ends, size_t number) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return keep_tails_avx512(table, shift, block, ends, number);
#endif
  (void)kernel;
  return keep_tails(table, shift, block, ends, 0, 0, number);
}
