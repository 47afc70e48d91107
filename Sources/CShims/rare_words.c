#include "classify_shims.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Four words a step, in vectors of the compiler's: on a CPU without such it writes what it has. Word by word in Swift this took as long as
// three quarters of the classification, and found nothing in most words.

typedef uint64_t four __attribute__((vector_size(32), aligned(8), may_alias));

/// The top bit of each group of eight bits that are all set.
#define GROUPS(mask) ((((mask)&0x7f7f7f7f7f7f7f7fu) + 0x0101010101010101u) & (mask)&0x8080808080808080u)
/// Where the next colon of a row may be: two to five bytes behind.
#define SPREAD(mask) (((mask) | (mask) << 1 | (mask) << 2 | (mask) << 3) << 2)

/// A digit where a host begins behind `://`, out of the masks of a word and the one before.
#define DIGITS_BEHIND(digit, colon, colon_before, alphanumeric, alphanumeric_before)                                              \
  ((digit) & ((colon) << 3 | (colon_before) >> 61) & ~((alphanumeric) << 1 | (alphanumeric_before) >> 63) &                       \
   ~((alphanumeric) << 2 | (alphanumeric_before) >> 62))

#define FOUR(words) (*(const four *)(words))
/// Bit i for the i-th of four words that is not zero.
#define FILLED(words) ((words[0] != 0) | (words[1] != 0) << 1 | (words[2] != 0) << 2 | (words[3] != 0) << 3)
#define FILLED_AVX2(words) (15 ^ _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64((__m256i)(words), _mm256_setzero_si256()))))

#define FIND_RARE(FILLED)                                                                                                     \
  struct ukai_rare_words found = {0, 0, 0, 0, 0};                                                                                \
  for (size_t word = 0; word < words; word += 4) {                                                                            \
    four runs = FOUR(masks.alphanumeric + word), runs_before = FOUR(masks.alphanumeric + word - 1);                           \
    four doubled = GROUPS(runs) & (GROUPS(runs) << 8 | GROUPS(runs_before) >> 56);                                            \
    four colons = FOUR(masks.colon + word), second = colons & SPREAD(colons), third = colons & SPREAD(second);                \
    four pairs = colons & (colons << 1 | FOUR(masks.colon + word - 1) >> 63);                                                 \
    four rows = pairs | (colons & SPREAD(third)) | (third & 0xf800000000000000u);                                             \
    four behind = DIGITS_BEHIND(FOUR(masks.digit + word), colons, FOUR(masks.colon + word - 1), runs, runs_before);             \
    four marks = FOUR(masks.mark + word), high = FOUR(masks.high + word);                                                     \
    found.long_runs |= (uint64_t)FILLED(doubled) << word;                                                                     \
    found.colons |= (uint64_t)FILLED(rows) << word;                                                                           \
    found.marks |= (uint64_t)FILLED(marks) << word;                                                                           \
    found.digits_behind |= (uint64_t)FILLED(behind) << word;                                                                    \
    found.high |= (uint64_t)FILLED(high) << word;                                                                             \
  }                                                                                                                           \
  return found

static struct ukai_rare_words find_rare(struct ukai_masks masks, size_t words) { FIND_RARE(FILLED); }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static struct ukai_rare_words find_rare_avx2(struct ukai_masks masks, size_t words) { FIND_RARE(FILLED_AVX2); }
#endif

struct ukai_rare_words ukai_find_rare(int kernel, struct ukai_masks masks, size_t words) {
  struct ukai_rare_words found;
#if defined(__x86_64__)
  // What has vectors of 64 bytes has those of 32.
  found = kernel == UKAI_KERNEL_PORTABLE ? find_rare(masks, words) : find_rare_avx2(masks, words);
#else
  found = find_rare(masks, words);
#endif
  uint64_t valid = words < 64 ? ((uint64_t)1 << words) - 1 : ~(uint64_t)0;
  uint64_t before = GROUPS(masks.alphanumeric[-1]) & (GROUPS(masks.alphanumeric[-1]) << 8 | GROUPS(masks.alphanumeric[-2]) >> 56);
  found.long_runs |= found.long_runs << 1 | (before != 0);
  return (struct ukai_rare_words){found.long_runs & valid, found.colons & valid, found.marks & valid, found.high & valid,
                                  found.digits_behind & valid};
}
