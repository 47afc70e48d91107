#include "classify_shims.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Where session cookies, tokens and keys may stand: runs of letters, digits and `% + - . / _ ~`. 64 bytes a step; a run that is long enough shows
// as a bit that is left when the mask is laid over itself, moved by one, two, four and six places.

typedef uint8_t sixteen __attribute__((vector_size(16), aligned(1), may_alias));

/// Every eighth bit of a word, gathered in eight.
static inline uint64_t gather(uint64_t flags) { return (flags & 0x8080808080808080) / 0x80 * 0x0102040810204080 >> 56; }

static inline uint64_t parts_portable(const uint8_t *bytes) {
  uint64_t mask = 0;
  for (int place = 0; place < 64; place += 16) {
    sixteen text = *(const sixteen *)(bytes + place);
    sixteen parts = (sixteen)(((text | 0x20) - 'a' < 26) | (text - '-' < 13) | (text == '_') | (text == '+') | (text == '%') | (text == '~'));
    uint64_t halves[2];
    memcpy(halves, &parts, sizeof halves);
    mask |= (gather(halves[0]) | gather(halves[1]) << 8) << place;
  }
  return mask;
}

static inline int is_part(uint8_t byte) {
  return (uint8_t)((byte | 0x20) - 'a') < 26 || (uint8_t)(byte - '-') < 13 || byte == '_' || byte == '+' || byte == '%' || byte == '~';
}

#if defined(__x86_64__)
// By both halves of a byte: each has a row of bits, and the byte is a part where they share one.
//   bit 0: 0x2_ % + - . /   1: 0x3_ digits   2: 0x4_ 0x6_ letters   3: 0x5_ letters and _   4: 0x7_ letters and ~
#define ROW(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))

__attribute__((target("avx2"))) static inline uint64_t half_avx2(const uint8_t *bytes) {
  __m256i text = _mm256_loadu_si256((const __m256i *)bytes);
  __m256i low = _mm256_shuffle_epi8(ROW(26, 30, 30, 30, 30, 31, 30, 30, 30, 30, 28, 5, 4, 5, 21, 13), text);
  __m256i high = _mm256_shuffle_epi8(ROW(0, 0, 1, 2, 4, 8, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0), _mm256_and_si256(_mm256_srli_epi16(text, 4), _mm256_set1_epi8(15)));
  __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(low, high), _mm256_setzero_si256());
  return (uint32_t)~_mm256_movemask_epi8(none);
}

__attribute__((target("avx2"))) static inline uint64_t parts_avx2(const uint8_t *bytes) { return half_avx2(bytes) | half_avx2(bytes + 32) << 32; }
#endif

/// The places of `mask` with 14 of its kind, or with as many in `before`, up to there.
static inline uint64_t reached(uint64_t mask, uint64_t before) {
  unsigned __int128 runs = (unsigned __int128)mask << 64 | before;
  runs &= runs << 1;
  runs &= runs << 2;
  runs &= runs << 4;
  runs &= runs << 6;
  return (uint64_t)(runs >> 64);
}

#define NEXT_RUN(PARTS)                                                                                    \
  uint64_t before = 0;                                                                                     \
  size_t place = from, length = 0;                                                                         \
  for (; count - place >= 64; place += 64) {                                                               \
    uint64_t mask = PARTS(bytes + place), found = reached(mask, before);                                   \
    if (found) {                                                                                           \
      size_t start = place + (size_t)__builtin_ctzll(found) - 13;                                          \
      uint64_t gaps = ~mask & -(found & -found);                                                           \
      while (gaps == 0) {                                                                                  \
        place += 64;                                                                                       \
        if (count - place < 64) break;                                                                     \
        gaps = ~PARTS(bytes + place);                                                                      \
      }                                                                                                    \
      *end = gaps ? place + (size_t)__builtin_ctzll(gaps) : place;                                         \
      while (gaps == 0 && *end < count && is_part(bytes[*end])) ++*end;                                    \
      return start;                                                                                        \
    }                                                                                                      \
    before = mask;                                                                                         \
  }                                                                                                        \
  length = before == UINT64_MAX ? 64 : (size_t)__builtin_clzll(~before);                                   \
  for (; place < count && length < 14; place++) length = is_part(bytes[place]) ? length + 1 : 0;           \
  if (length < 14) return *end = count;                                                                    \
  for (*end = place; *end < count && is_part(bytes[*end]); ++*end) {                                       \
  }                                                                                                        \
  return place - length

static size_t next_run(const uint8_t *bytes, size_t from, size_t count, size_t *end) { NEXT_RUN(parts_portable); }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t next_run_avx2(const uint8_t *bytes, size_t from, size_t count, size_t *end) { NEXT_RUN(parts_avx2); }
#endif

size_t ukai_next_secret_run(int kernel, const uint8_t *bytes, size_t from, size_t count, size_t *end) {
#if defined(__x86_64__)
  if (kernel != UKAI_KERNEL_PORTABLE) return next_run_avx2(bytes, from, count, end);
#endif
  (void)kernel;
  return next_run(bytes, from, count, end);
}
