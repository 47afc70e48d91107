#include "classify_shims.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Four or eight words a step, in vectors of the compiler's: on a CPU without such it writes what it has. Word by word in Swift this took as long as
// three quarters of the classification, and found nothing in most words.

typedef uint64_t four __attribute__((vector_size(32), aligned(8), may_alias));
typedef uint64_t eight __attribute__((vector_size(64), aligned(8), may_alias));

/// Where the next colon of a row may be: two to five bytes behind.
#define TWICE(mask) ((mask) | (mask) << 1)
#define SPREAD(mask) ((TWICE(mask) | TWICE(mask) << 2) << 2)

/// A digit where a host begins behind `://`, out of the masks of a word and the one before.
#define DIGITS_BEHIND(digit, colon, colon_before, alphanumeric, alphanumeric_before)                                              \
  ((digit) & ((colon) << 3 | (colon_before) >> 61) & ~((alphanumeric) << 1 | (alphanumeric_before) >> 63) &                       \
   ~((alphanumeric) << 2 | (alphanumeric_before) >> 62))

/// What may be defanged, out of brackets and dots: a dot beside a bracket, as in `[.]` and `\\.`; a byte or two between two, as in `[:]` and `[at]`,
/// that are no brackets themselves.
#define FANGS(dot, own, left, right, second) (((dot) & ((left) | (right))) | ((left) & ((right) | (second)) & ~(own)))

#define LOAD(fact, offset) (*(const lanes *)(masks.fact + word + (offset)))
#define BRACKETS(offset) (LOAD(host_or_bracket, offset) & ~LOAD(host, offset))
/// Bit i for the i-th of four words that is not zero.
#define FILLED(words) ((words[0] != 0) | (words[1] != 0) << 1 | (words[2] != 0) << 2 | (words[3] != 0) << 3)

#define FIND_RARE(type, FILLED)                                                                                               \
  typedef type lanes;                                                                                                         \
  struct ukai_rare_words found = {0, 0, 0, 0};                                                                                \
  for (size_t word = 0; word < words; word += sizeof(lanes) / sizeof(uint64_t)) {                                             \
    lanes runs = LOAD(alphanumeric, 0), runs_before = LOAD(alphanumeric, -1);                                                 \
    lanes colons = LOAD(colon, 0), two = colons & SPREAD(colons), third = colons & SPREAD(two);                               \
    lanes pairs = colons & (colons << 1 | LOAD(colon, -1) >> 63);                                                             \
    lanes rows = pairs | (colons & SPREAD(third)) | (third & 0xf800000000000000u);                                            \
    lanes behind = DIGITS_BEHIND(LOAD(digit, 0), colons, LOAD(colon, -1), runs, runs_before);                                 \
    lanes before = BRACKETS(-1), brackets = BRACKETS(0), next = BRACKETS(1), high = LOAD(high, 0);                            \
    lanes left = brackets << 1 | before >> 63, right = brackets >> 1 | next << 63, second = brackets >> 2 | next << 62;       \
    lanes marks = LOAD(mark, 0) | FANGS(LOAD(dot, 0), brackets, left, right, second);                                         \
    *(lanes *)(masks.mark + word) = marks;                                                                                    \
    found.colons |= (uint64_t)FILLED(rows) << word;                                                                           \
    found.marks |= (uint64_t)FILLED(marks) << word;                                                                           \
    found.digits_behind |= (uint64_t)FILLED(behind) << word;                                                                  \
    found.high |= (uint64_t)FILLED(high) << word;                                                                             \
  }                                                                                                                           \
  return found

static struct ukai_rare_words find_rare(struct ukai_masks masks, size_t words) { FIND_RARE(four, FILLED); }

#if defined(__x86_64__)
/// The barrier keeps the compiler from gathering four of these results in a vector, which takes longer than all they are made of.
__attribute__((target("avx2"))) static inline uint64_t filled_avx2(four words) {
  uint64_t found = 15 ^ (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64((__m256i)words, _mm256_setzero_si256())));
  __asm__("" : "+r"(found));
  return found;
}

__attribute__((target("avx2"))) static struct ukai_rare_words find_rare_avx2(struct ukai_masks masks, size_t words) { FIND_RARE(four, filled_avx2); }

__attribute__((target("avx512f"))) static inline uint64_t filled_avx512(eight words) {
  uint64_t found = _mm512_test_epi64_mask((__m512i)words, (__m512i)words);
  __asm__("" : "+r"(found));
  return found;
}

__attribute__((target("avx512f"))) static struct ukai_rare_words find_rare_avx512(struct ukai_masks masks, size_t words) {
  FIND_RARE(eight, filled_avx512);
}
#endif

struct ukai_rare_words ukai_find_rare(int kernel, struct ukai_masks masks, size_t words) {
  struct ukai_rare_words found;
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) found = find_rare_avx512(masks, words);
  else if (kernel == UKAI_KERNEL_AVX2) found = find_rare_avx2(masks, words);
  else
#endif
  found = find_rare(masks, words);
  uint64_t valid = words < 64 ? ((uint64_t)1 << words) - 1 : ~(uint64_t)0;
  return (struct ukai_rare_words){found.colons & valid, found.marks & valid, found.high & valid, found.digits_behind & valid};
}
