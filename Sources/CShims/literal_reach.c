#include "classify_shims.h"
#include "pack_candidates.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Which ends of a text something listed has; of those, where bodies begin within the next sixteen bytes, which go on, and which have gates. Whoever lists
// the ends that a log is full of has this asked of every word of it, so it is asked of four or eight at once, all of one word of the filter, and without a
// branch behind the first.
//
//   word of the filter   ···1····  two turns of it, chosen by the key, say before which of sixteen bytes a body begins (`LiteralReach`)
//   text                 …{6f4a1111-2222"   and the text where something could: at a byte of no word, or a word's first
//                         ╵    ╵    ╵

static inline uint64_t turned(uint64_t word, uint64_t turn) { return word >> (turn & 63) | word << (-turn & 63); }

static inline uint64_t bit(uint64_t place) { return (uint64_t)1 << (place & 63); }

/// Where a literal could begin in the sixteen bytes before those that are known, the nearest in the top bit; anywhere in what the window does not show.
static inline uint16_t word_starts(const uint64_t *words, uint32_t end, unsigned known) {
  uint64_t inside;
  memcpy(&inside, (const uint8_t *)words + (end >> 3) - 7, sizeof inside);
  inside <<= 8 - (end & 7);
  return (uint16_t)(~((inside & inside << 1) << (known - 8)) >> 41);
}

/// The lowest bits of eight bytes, in order.
static inline uint8_t gathered(uint64_t bytes) { return (uint8_t)((bytes & 0x0101010101010101u) * 0x0102040810204080u >> 56); }

#define LONGER_PARAMETERS                                                                                                                      \
  const uint64_t *filter, uint64_t filter_count, const uint64_t *words, unsigned known, uint32_t *ends, uint64_t *hashes, size_t number,       \
      struct ukai_beginnings *asked, struct ukai_literal_ends *crowded

/// Writes an end that is asked for, and counts it if it is.
#define PUT_BEGINNING(own, i)      \
  asked_ends[count] = ends[i];     \
  asked_hashes[count] = hashes[i]; \
  asked_places[count] = (own);     \
  count += (own) != 0

#define BEGIN                                 \
  size_t kept = 0, count = 0, crowd = 0;      \
  uint32_t *crowded_ends = crowded->ends;     \
  uint64_t *crowded_hashes = crowded->hashes; \
  uint32_t *asked_ends = asked->ends;         \
  uint64_t *asked_hashes = asked->hashes;     \
  uint16_t *asked_places = asked->places

#define KEEP_LONGER(from)                                                                                        \
  for (size_t i = from; i < number; i++) {                                                                       \
    uint64_t hash = hashes[i], word = filter[(hash >> 32) * filter_count >> 32];                                 \
    uint64_t listed = bit(hash) | bit(hash >> 6) | bit(hash >> 12) | bit(hash >> 18);                            \
    if ((word & listed) != listed) continue;                                                                     \
    uint64_t begin = turned(word, hash >> 24) & turned(word, hash >> 36);                                        \
    uint64_t more = bit(hash >> 42) | bit(hash >> 3) | bit(hash >> 15);                                          \
    uint64_t gates = bit(hash >> 9) | bit(hash >> 27) | bit(hash >> 33);                                         \
    crowded_ends[crowd] = ends[i];                                                                               \
    crowded_hashes[crowd] = hash;                                                                                \
    crowd += (word & gates) == gates;                                                                            \
    uint16_t own = (uint16_t)(gathered(begin) << 8 | gathered(begin >> 1)) & word_starts(words, ends[i], known); \
    PUT_BEGINNING(own, i);                                                                                       \
    ends[kept] = ends[i];                                                                                        \
    hashes[kept] = hash;                                                                                         \
    kept += (word & more) == more;                                                                               \
  }                                                                                                              \
  crowded->count = crowd;                                                                                        \
  asked->count = count;                                                                                          \
  return kept

static size_t keep_longer(LONGER_PARAMETERS) {
  BEGIN;
  KEEP_LONGER(0);
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i low_bits(__m256i hashes, int shift) { return _mm256_and_si256(_mm256_srli_epi64(hashes, shift), _mm256_set1_epi64x(63)); }

AVX2 static inline __m256i turned_four(__m256i words, __m256i hashes, int shift) {
  __m256i turn = low_bits(hashes, shift);
  return _mm256_or_si256(_mm256_srlv_epi64(words, turn), _mm256_sllv_epi64(words, _mm256_sub_epi64(_mm256_set1_epi64x(64), turn)));
}

AVX2 static inline __m256i bit_four(__m256i hashes, int shift) { return _mm256_sllv_epi64(_mm256_set1_epi64x(1), low_bits(hashes, shift)); }

/// Beginnings of four ends, sixteen bits each.
AVX2 static inline __m128i beginnings_four(__m256i words, __m256i hashes) {
  __m256i begin = _mm256_and_si256(turned_four(words, hashes, 24), turned_four(words, hashes, 36));
  __m128i near = _mm_cvtsi32_si128(_mm256_movemask_epi8(_mm256_slli_epi64(begin, 7)));
  __m128i far = _mm_cvtsi32_si128(_mm256_movemask_epi8(_mm256_slli_epi64(begin, 6)));
  return _mm_unpacklo_epi8(far, near);
}

/// Which of four words have all bits of their masks, a bit each.
AVX2 static inline unsigned holding_four(__m256i words, __m256i masks) {
  return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(_mm256_and_si256(words, masks), masks)));
}

AVX2 static inline unsigned listed_four(__m256i words, __m256i hashes) {
  __m256i left = _mm256_or_si256(bit_four(hashes, 0), bit_four(hashes, 6)), right = _mm256_or_si256(bit_four(hashes, 12), bit_four(hashes, 18));
  return holding_four(words, _mm256_or_si256(left, right));
}

AVX2 static inline unsigned longer_four(__m256i words, __m256i hashes) {
  return holding_four(words, _mm256_or_si256(bit_four(hashes, 42), _mm256_or_si256(bit_four(hashes, 3), bit_four(hashes, 15))));
}

AVX2 static inline unsigned crowded_four(__m256i words, __m256i hashes) {
  return holding_four(words, _mm256_or_si256(bit_four(hashes, 9), _mm256_or_si256(bit_four(hashes, 27), bit_four(hashes, 33))));
}

/// As `word_starts`, of four ends.
AVX2 static inline __m128i word_starts_four(const uint64_t *words, __m256i ends, unsigned known) {
  const __m256i low_halves = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 8, 9, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
  __m256i inside = _mm256_i64gather_epi64((const long long *)((const uint8_t *)words - 7), _mm256_srli_epi64(ends, 3), 1);
  inside = _mm256_sllv_epi64(inside, _mm256_sub_epi64(_mm256_set1_epi64x(8), _mm256_and_si256(ends, _mm256_set1_epi64x(7))));
  inside = _mm256_sll_epi64(_mm256_and_si256(inside, _mm256_slli_epi64(inside, 1)), _mm_cvtsi32_si128((int)known - 8));
  __m256i starts = _mm256_srli_epi64(_mm256_xor_si256(inside, _mm256_set1_epi64x(-1)), 41);
  starts = _mm256_shuffle_epi8(starts, low_halves);
  return _mm_unpacklo_epi32(_mm256_castsi256_si128(starts), _mm256_extracti128_si256(starts, 1));
}

AVX2 static size_t keep_longer_avx2(LONGER_PARAMETERS) {
  BEGIN;
  size_t place = 0;
  for (; place + 4 <= number; place += 4) {
    __m256i four = _mm256_loadu_si256((const __m256i *)(hashes + place));
    __m256i places = _mm256_srli_epi64(_mm256_mul_epu32(_mm256_srli_epi64(four, 32), _mm256_set1_epi64x((long long)filter_count)), 32);
    __m256i own_words = _mm256_i64gather_epi64((const long long *)filter, places, 8);
    unsigned listed = listed_four(own_words, four);
    if (listed == 0) continue;
    __m128i four_ends = _mm_loadu_si128((const __m128i *)(ends + place));
    __m128i own = _mm_and_si128(beginnings_four(own_words, four), word_starts_four(words, _mm256_cvtepu32_epi64(four_ends), known));
    unsigned begin = listed & ~(unsigned)_mm_movemask_epi8(_mm_packs_epi16(_mm_cmpeq_epi16(own, _mm_setzero_si128()), own));
    put_four_quarters(asked_places + count, own, begin);
    count += put_four(asked_ends + count, asked_hashes + count, four_ends, four, begin);
    crowd += put_four(crowded_ends + crowd, crowded_hashes + crowd, four_ends, four, crowded_four(own_words, four) & listed);
    kept += put_four(ends + kept, hashes + kept, four_ends, four, longer_four(own_words, four) & listed);
  }
  KEEP_LONGER(place);
}

#define AVX512 __attribute__((target("avx512f,avx512bw")))

AVX512 static inline __m512i turned_eight(__m512i words, __m512i hashes, unsigned shift) { return _mm512_rorv_epi64(words, _mm512_srli_epi64(hashes, shift)); }

AVX512 static inline __m512i bit_eight(__m512i hashes, unsigned shift) { return _mm512_rolv_epi64(_mm512_set1_epi64(1), _mm512_srli_epi64(hashes, shift)); }

AVX512 static inline __mmask8 holding_eight(__m512i words, __m512i masks) { return _mm512_cmpeq_epi64_mask(_mm512_and_si512(words, masks), masks); }

/// Beginnings of eight ends, sixteen bits each.
AVX512 static inline __m128i beginnings_eight(__m512i words, __m512i hashes) {
  __m512i begin = _mm512_and_si512(turned_eight(words, hashes, 24), turned_eight(words, hashes, 36));
  __m128i near = _mm_cvtsi64_si128((long long)_mm512_test_epi8_mask(begin, _mm512_set1_epi8(1)));
  __m128i far = _mm_cvtsi64_si128((long long)_mm512_test_epi8_mask(begin, _mm512_set1_epi8(2)));
  return _mm_unpacklo_epi8(far, near);
}

/// Eight words, of which `WORD` gives that of a lane. One by one: gathering loads take half as long again here (Zen 5).
#define EIGHT_WORDS(WORD) _mm512_setr_epi64(WORD(0), WORD(1), WORD(2), WORD(3), WORD(4), WORD(5), WORD(6), WORD(7))
/// The words' bits before an end, wherever these eight bytes lie; and a filter's word.
typedef long long window __attribute__((aligned(1), may_alias));
#define WINDOW(lane) *(const window *)((const uint8_t *)words + (ends[lane] >> 3) - 7)
#define OWN_WORD(lane) (long long)filter[(hashes[place + (lane)] >> 32) * filter_count >> 32]

/// As `word_starts`, of eight ends.
AVX512 static inline __m128i word_starts_eight(const uint64_t *words, const uint32_t *ends, __m512i eight_ends, unsigned known) {
  __m512i inside = EIGHT_WORDS(WINDOW);
  inside = _mm512_sllv_epi64(inside, _mm512_sub_epi64(_mm512_set1_epi64(8), _mm512_and_si512(eight_ends, _mm512_set1_epi64(7))));
  inside = _mm512_sll_epi64(_mm512_and_si512(inside, _mm512_slli_epi64(inside, 1)), _mm_cvtsi32_si128((int)known - 8));
  return _mm512_cvtepi64_epi16(_mm512_srli_epi64(_mm512_xor_si512(inside, _mm512_set1_epi64(-1)), 41));
}

/// Sixteen bits each of eight words, those of `which` in front. The barrier keeps the compiler from narrowing on the way to memory, which takes longer
/// than all else here.
AVX512 static inline void put_eight_quarters(uint16_t *quarters, __m512i eight, __mmask8 which) {
  __m128i packed = _mm512_cvtepi64_epi16(_mm512_maskz_compress_epi64(which, eight));
  __asm__("" : "+x"(packed));
  _mm_storeu_si128((__m128i *)quarters, packed);
}

AVX512 static size_t keep_longer_avx512(LONGER_PARAMETERS) {
  BEGIN;
  size_t place = 0;
  for (; place + 8 <= number; place += 8) {
    __m512i eight = _mm512_loadu_si512(hashes + place), own_words = EIGHT_WORDS(OWN_WORD);
    __m512i left = _mm512_or_si512(bit_eight(eight, 0), bit_eight(eight, 6)), right = _mm512_or_si512(bit_eight(eight, 12), bit_eight(eight, 18));
    __mmask8 listed = holding_eight(own_words, _mm512_or_si512(left, right));
    if (listed == 0) continue;
    __m256i eight_ends = _mm256_loadu_si256((const __m256i *)(ends + place));
    __m128i own = _mm_and_si128(beginnings_eight(own_words, eight), word_starts_eight(words, ends + place, _mm512_cvtepu32_epi64(eight_ends), known));
    __m512i wide_own = _mm512_cvtepu16_epi64(own);
    __mmask8 begin = listed & _mm512_test_epi64_mask(wide_own, wide_own);
    put_eight_quarters(asked_places + count, wide_own, begin);
    count += put_eight(asked_ends + count, asked_hashes + count, eight_ends, eight, begin);
    __m512i more = _mm512_or_si512(bit_eight(eight, 42), _mm512_or_si512(bit_eight(eight, 3), bit_eight(eight, 15)));
    __m512i gates = _mm512_or_si512(bit_eight(eight, 9), _mm512_or_si512(bit_eight(eight, 27), bit_eight(eight, 33)));
    crowd += put_eight(crowded_ends + crowd, crowded_hashes + crowd, eight_ends, eight, listed & holding_eight(own_words, gates));
    kept += put_eight(ends + kept, hashes + kept, eight_ends, eight, listed & holding_eight(own_words, more));
  }
  KEEP_LONGER(place);
}
#endif

size_t ukai_keep_longer(int kernel, LONGER_PARAMETERS) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return keep_longer_avx512(filter, filter_count, words, known, ends, hashes, number, asked, crowded);
  if (kernel == UKAI_KERNEL_AVX2) return keep_longer_avx2(filter, filter_count, words, known, ends, hashes, number, asked, crowded);
#endif
  (void)kernel;
  return keep_longer(filter, filter_count, words, known, ends, hashes, number, asked, crowded);
}
