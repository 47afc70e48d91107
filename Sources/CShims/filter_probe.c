#include "classify_shims.h"
#include "pack_candidates.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Every name and every address of a log is held against one word of a filter, and most are done with at that: four or eight at once, of which as a rule
// none is left.

/// Four bits of a word, chosen by the low 24 of a hash.
static inline uint64_t bits_of(uint64_t hash) {
  return (uint64_t)1 << (hash & 63) | (uint64_t)1 << (hash >> 6 & 63) | (uint64_t)1 << (hash >> 12 & 63) | (uint64_t)1 << (hash >> 18 & 63);
}

static inline uint64_t place_of(uint64_t hash, uint64_t count) { return (hash >> 32) * count >> 32; }

// What differs between the two filters: which word of a hash, and which bits.
#define KNOWN_WORD(hash, count) place_of(hash, count)
#define KNOWN_BITS(hash) bits_of(hash)
#define OCCUPIED_WORD(hash, count) (place_of(hash, count) * 8 + ((hash)&7))
#define OCCUPIED_BITS(hash) bits_of((hash) >> 3)

#define KEEP(from, WORD, BITS)                          \
  for (size_t i = from; i < number; i++) {              \
    uint64_t hash = hashes[i], mask = BITS(hash);       \
    ends[kept] = ends[i];                               \
    hashes[kept] = hash;                                \
    kept += (filter[WORD(hash, count)] & mask) == mask; \
  }                                                     \
  return kept

static size_t keep_known(const uint64_t *filter, uint64_t count, uint32_t *ends, uint64_t *hashes, size_t number) {
  size_t kept = 0;
  KEEP(0, KNOWN_WORD, KNOWN_BITS);
}

static size_t keep_occupied(const uint64_t *filter, uint64_t count, uint32_t *ends, uint64_t *hashes, size_t number) {
  size_t kept = 0;
  KEEP(0, OCCUPIED_WORD, OCCUPIED_BITS);
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i bit_of_four(__m256i hashes, int shift) {
  return _mm256_sllv_epi64(_mm256_set1_epi64x(1), _mm256_and_si256(_mm256_srli_epi64(hashes, shift), _mm256_set1_epi64x(63)));
}

AVX2 static inline __m256i bits_of_four(__m256i hashes) {
  __m256i left = _mm256_or_si256(bit_of_four(hashes, 0), bit_of_four(hashes, 6)), right = _mm256_or_si256(bit_of_four(hashes, 12), bit_of_four(hashes, 18));
  return _mm256_or_si256(left, right);
}

AVX2 static inline __m256i places_of_four(__m256i hashes, uint64_t count) {
  return _mm256_srli_epi64(_mm256_mul_epu32(_mm256_srli_epi64(hashes, 32), _mm256_set1_epi64x((long long)count)), 32);
}

/// Which of four words have all bits of their masks.
AVX2 static inline unsigned holding(const uint64_t *filter, __m256i places, __m256i masks) {
  __m256i words = _mm256_i64gather_epi64((const long long *)filter, places, 8);
  return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(_mm256_and_si256(words, masks), masks)));
}

#define KEEP_FOUR(PLACES, MASKS, WORD, BITS)                                                                     \
  size_t kept = 0, place = 0;                                                                                    \
  for (; place + 4 <= number; place += 4) {                                                                      \
    __m256i four = _mm256_loadu_si256((const __m256i *)(hashes + place));                                        \
    unsigned found = holding(filter, PLACES, MASKS);                                                             \
    if (found == 0) continue;                                                                                    \
    kept += put_four(ends + kept, hashes + kept, _mm_loadu_si128((const __m128i *)(ends + place)), four, found); \
  }                                                                                                              \
  KEEP(place, WORD, BITS)

AVX2 static size_t keep_known_avx2(const uint64_t *filter, uint64_t count, uint32_t *ends, uint64_t *hashes, size_t number) {
  KEEP_FOUR(places_of_four(four, count), bits_of_four(four), KNOWN_WORD, KNOWN_BITS);
}

AVX2 static size_t keep_occupied_avx2(const uint64_t *filter, uint64_t count, uint32_t *ends, uint64_t *hashes, size_t number) {
  KEEP_FOUR(
      _mm256_add_epi64(_mm256_slli_epi64(places_of_four(four, count), 3), _mm256_and_si256(four, _mm256_set1_epi64x(7))),
      bits_of_four(_mm256_srli_epi64(four, 3)), OCCUPIED_WORD, OCCUPIED_BITS);
}

#define AVX512 __attribute__((target("avx512f")))

AVX512 static inline __m512i bit_of_eight(__m512i hashes, unsigned shift) { return _mm512_rolv_epi64(_mm512_set1_epi64(1), _mm512_srli_epi64(hashes, shift)); }

AVX512 static inline __m512i bits_of_eight(__m512i hashes) {
  __m512i left = _mm512_or_si512(bit_of_eight(hashes, 0), bit_of_eight(hashes, 6)), right = _mm512_or_si512(bit_of_eight(hashes, 12), bit_of_eight(hashes, 18));
  return _mm512_or_si512(left, right);
}

AVX512 static inline __m512i places_of_eight(__m512i hashes, uint64_t count) {
  return _mm512_srli_epi64(_mm512_mul_epu32(_mm512_srli_epi64(hashes, 32), _mm512_set1_epi64((long long)count)), 32);
}

#define KEEP_EIGHT(PLACES, MASKS, WORD, BITS)                                                                                \
  size_t kept = 0, place = 0;                                                                                                \
  for (; place + 8 <= number; place += 8) {                                                                                  \
    __m512i eight = _mm512_loadu_si512(hashes + place), masks = MASKS, words = _mm512_i64gather_epi64(PLACES, filter, 8);    \
    __mmask8 found = _mm512_cmpeq_epi64_mask(_mm512_and_si512(words, masks), masks);                                         \
    if (found == 0) continue;                                                                                                \
    kept += put_eight(ends + kept, hashes + kept, _mm256_loadu_si256((const __m256i *)(ends + place)), eight, found);          \
  }                                                                                                                          \
  KEEP(place, WORD, BITS)

AVX512 static size_t keep_known_avx512(const uint64_t *filter, uint64_t count, uint32_t *ends, uint64_t *hashes, size_t number) {
  KEEP_EIGHT(places_of_eight(eight, count), bits_of_eight(eight), KNOWN_WORD, KNOWN_BITS);
}

AVX512 static size_t keep_occupied_avx512(const uint64_t *filter, uint64_t count, uint32_t *ends, uint64_t *hashes, size_t number) {
  KEEP_EIGHT(
      _mm512_or_si512(_mm512_slli_epi64(places_of_eight(eight, count), 3), _mm512_and_si512(eight, _mm512_set1_epi64(7))),
      bits_of_eight(_mm512_srli_epi64(eight, 3)), OCCUPIED_WORD, OCCUPIED_BITS);
}
#endif

size_t ukai_keep_known(int kernel, const uint64_t *filter, uint64_t count, uint32_t *ends, uint64_t *hashes, size_t number) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return keep_known_avx512(filter, count, ends, hashes, number);
  if (kernel == UKAI_KERNEL_AVX2) return keep_known_avx2(filter, count, ends, hashes, number);
#endif
  (void)kernel;
  return keep_known(filter, count, ends, hashes, number);
}

size_t ukai_keep_occupied(int kernel, const uint64_t *filter, uint64_t count, uint32_t *ends, uint64_t *hashes, size_t number) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return keep_occupied_avx512(filter, count, ends, hashes, number);
  if (kernel == UKAI_KERNEL_AVX2) return keep_occupied_avx2(filter, count, ends, hashes, number);
#endif
  (void)kernel;
  return keep_occupied(filter, count, ends, hashes, number);
}
