#include "classify_shims.h"
#include "pack_candidates.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Of ends before which a body may begin (`literal_reach.c`), those where the text has the two bytes that one begins with.
//
//   text                 …{6f4a1111-2222"
//                         ╵    ╵    ╵
//   two words of the     ·1··      beside the end's own: a bit for each of the sixteen places, chosen by the first byte of a body there, and by the
//   filter                         second (`LiteralStart`)

static inline uint64_t turned(uint64_t word, uint64_t turn) { return word >> (turn & 63) | word << (-turn & 63); }

#define STARTED_PARAMETERS const uint64_t *filter, uint64_t filter_count, const uint8_t *text, unsigned known, struct ukai_beginnings *asked

/// What a byte chooses by its low half, a slash as what it is folded to: a bit, and which of the word's bytes has it, a place's own or the fourth behind.
static const uint8_t bits_of_bytes[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 16};
static const uint8_t turns_of_bytes[16] = {0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 4, 4, 4, 4};
static const uint8_t bytes_of_places[16] = {0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7};

/// At which of sixteen bytes a body may begin, by the bits that each chooses; `last` is the nearest to the end.
static inline uint16_t starts(uint64_t bits, const uint8_t *last) {
  uint16_t places = 0;
  for (int place = 0; place < 16; place++) {
    unsigned half = last[place - 15] & 15, byte = (unsigned)(bits >> 8 * (bytes_of_places[place] ^ turns_of_bytes[half]));
    places |= (uint16_t)((byte & bits_of_bytes[half]) != 0) << place;
  }
  return places;
}

/// Leaves of the beginnings asked for those with the two bytes that something listed may begin with there.
#define KEEP_IF_STARTED(STARTS)                                                                \
  {                                                                                            \
    uint64_t hash = asked->hashes[i], place = (hash >> 32) * filter_count >> 32;               \
    const uint8_t *last = text + asked->ends[i] - known;                                       \
    uint16_t places = asked->places[i] & STARTS(turned(filter[place ^ 1], hash >> 20), last) & \
                      STARTS(turned(filter[place ^ 2], hash >> 20), last + 1);                 \
    asked->ends[kept] = asked->ends[i];                                                        \
    asked->hashes[kept] = hash;                                                                \
    asked->places[kept] = places;                                                              \
    kept += places != 0;                                                                       \
  }

#define KEEP_STARTED(STARTS)                                         \
  size_t kept = 0;                                                   \
  for (size_t i = 0; i < asked->count; i++) KEEP_IF_STARTED(STARTS)  \
  asked->count = kept

static void keep_started(STARTED_PARAMETERS) { KEEP_STARTED(starts); }

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512bw")))

AVX2 static inline __m128i row(const uint8_t *bytes) { return _mm_loadu_si128((const __m128i *)bytes); }

/// As `starts`.
AVX2 static inline uint16_t starts_avx2(uint64_t bits, const uint8_t *last) {
  __m128i halves = _mm_and_si128(row(last - 15), _mm_set1_epi8(15));
  __m128i places = _mm_xor_si128(row(bytes_of_places), _mm_shuffle_epi8(row(turns_of_bytes), halves));
  __m128i own = _mm_shuffle_epi8(_mm_cvtsi64_si128((long long)bits), places);
  __m128i none = _mm_cmpeq_epi8(_mm_and_si128(own, _mm_shuffle_epi8(row(bits_of_bytes), halves)), _mm_setzero_si128());
  return (uint16_t)~_mm_movemask_epi8(none);
}

AVX2 static void keep_started_avx2(STARTED_PARAMETERS) { KEEP_STARTED(starts_avx2); }

AVX512 static inline __m512i four_rows(const uint8_t *bytes) { return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)bytes)); }

/// As `starts`, of four beginnings with their sixteen bytes each: a bit for each of the 64. The bits stand in the low half of each sixteen bytes.
AVX512 static inline uint64_t starts_four(__m512i bits, __m512i bytes) {
  __m512i halves = _mm512_and_si512(bytes, _mm512_set1_epi8(15));
  __m512i places = _mm512_xor_si512(four_rows(bytes_of_places), _mm512_shuffle_epi8(four_rows(turns_of_bytes), halves));
  return _mm512_test_epi8_mask(_mm512_shuffle_epi8(bits, places), _mm512_shuffle_epi8(four_rows(bits_of_bytes), halves));
}

/// Four times sixteen bytes, or the first eight of them: single loads take less than a gathering one.
#define FOUR(LOAD, at)                                                                          \
  _mm512_inserti32x4(                                                                           \
      _mm512_inserti32x4(_mm512_inserti32x4(_mm512_castsi128_si512(LOAD(at(0))), LOAD(at(1)), 1), LOAD(at(2)), 2), LOAD(at(3)), 3)
#define SIXTEEN(address) _mm_loadu_si128((const __m128i *)(address))
#define EIGHT(address) _mm_loadl_epi64((const __m128i *)(address))

/// As `KEEP_STARTED`, four at once.
AVX512 static void keep_started_avx512(STARTED_PARAMETERS) {
  size_t count = asked->count, kept = 0, i = 0;
  for (; i + 4 <= count; i += 4) {
    __m256i four = _mm256_loadu_si256((const __m256i *)(asked->hashes + i));
    __m512i turns = _mm512_srli_epi64(_mm512_maskz_expand_epi64(0x55, _mm512_castsi256_si512(four)), 20);
    const uint64_t *own_hashes = asked->hashes + i;
    const uint32_t *own_ends = asked->ends + i;
    const uint8_t *last = text - known - 15;
#define PLACE(lane) ((own_hashes[lane] >> 32) * filter_count >> 32)
#define FIRST_WORD(lane) (filter + (PLACE(lane) ^ 1))
#define SECOND_WORD(lane) (filter + (PLACE(lane) ^ 2))
#define FIRST_TEXT(lane) (last + (ptrdiff_t)own_ends[lane])
#define SECOND_TEXT(lane) (last + 1 + (ptrdiff_t)own_ends[lane])
    uint64_t first = starts_four(_mm512_rorv_epi64(FOUR(EIGHT, FIRST_WORD), turns), FOUR(SIXTEEN, FIRST_TEXT));
    uint64_t second = starts_four(_mm512_rorv_epi64(FOUR(EIGHT, SECOND_WORD), turns), FOUR(SIXTEEN, SECOND_TEXT));
    __m128i own = _mm_and_si128(_mm_loadl_epi64((const __m128i *)(asked->places + i)), _mm_cvtsi64_si128((long long)(first & second)));
    unsigned left = 15 & ~(unsigned)_mm_movemask_epi8(_mm_packs_epi16(_mm_cmpeq_epi16(own, _mm_setzero_si128()), own));
    __m128i four_ends = _mm_loadu_si128((const __m128i *)(asked->ends + i));
    put_four_quarters(asked->places + kept, own, left);
    kept += put_four(asked->ends + kept, asked->hashes + kept, four_ends, four, left);
  }
  for (; i < count; i++) KEEP_IF_STARTED(starts_avx2)
  asked->count = kept;
}
#endif

void ukai_keep_started(int kernel, STARTED_PARAMETERS) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return keep_started_avx512(filter, filter_count, text, known, asked);
  if (kernel == UKAI_KERNEL_AVX2) return keep_started_avx2(filter, filter_count, text, known, asked);
#endif
  (void)kernel;
  keep_started(filter, filter_count, text, known, asked);
}
