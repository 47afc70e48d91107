#include "classify_shims.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Where tokens end, out of masks alone: a shift by k asks what stood k bytes before, and an addition finds where runs end. In `run + start` the
// carry ripples from a run's start through all of its bits and stops at the first byte behind it.
//
//   text     e v i l . e x a m p l e   x        (first byte on the left)
//   host     1 1 1 1 0 1 1 1 1 1 1 1 0 1
//   start    0 0 0 0 0 1 0 0 0 0 0 0 0 0        after an inner dot
//   sum      1 1 1 1 0 0 0 0 0 0 0 0 1 1        sum & ~host = one past the last label
//
// Ends of dotted names, of what may be dotted quads, and of long runs of letters and digits. A number that follows an octet between dots is a third
// one, or a later one; one that follows that is a fourth one, whatever stands behind: tcpdump writes a port there. Ends at a word's last byte are told
// without the word behind: some are ends of no token, and fall later.

/// One past the last byte of each run that begins at a bit of `starts`, which are beginnings of runs. A carry comes in where a run goes on or has
/// just ended, so never where one begins: it needs no addition of its own.
static inline uint64_t run_ends(uint64_t runs, uint64_t starts, uint64_t *carry) {
  uint64_t sum = runs + (starts | *carry);
  *carry = sum < runs;
  return sum & ~runs;
}

/// The lowest bit of each group of eight bits that are all set.
#define GROUPS(mask) (((((mask)&0x7f7f7f7f7f7f7f7fu) + 0x0101010101010101u) & (mask)&0x8080808080808080u) >> 7)
/// The same where the eight bits before are set, too. An addition at any of a run's bits tells its end, at several of them as well: they stay inside.
#define DOUBLE_GROUPS(mask, before) (GROUPS(mask) & (GROUPS(mask) << 8 | GROUPS(before) >> 56))

/// What the word before leaves behind, each bit at its place in this one.
#define BEFORE(fact, shift) (fact[-1] >> (64 - (shift)))
#define DELAYED(fact, shift) (fact[0] << (shift) | BEFORE(fact, shift))

static void end_word(struct ukai_masks masks, size_t word, struct ukai_run_carries *carries, struct ukai_ends ends) {
  const uint64_t *host = masks.host + word, *dot = masks.dot + word, *digit = masks.digit + word, *alphanumeric = masks.alphanumeric + word;
  // The first byte of a label that follows a label and a dot; where a number may begin that follows an octet and two dots.
  uint64_t starts = host[0] & DELAYED(dot, 1) & DELAYED(host, 2);
  uint64_t after_octet = DELAYED(dot, 3) | DELAYED(dot, 4) | DELAYED(dot, 5);
  uint64_t number_ends = run_ends(digit[0], starts & digit[0], &carries->numbers);
  uint64_t octet_ends = run_ends(digit[0], starts & digit[0] & after_octet, &carries->octets);
  uint64_t thirds = octet_ends & dot[0];
  uint64_t quad_ends = run_ends(digit[0], (thirds << 1 | carries->thirds) & digit[0], &carries->quads);
  carries->thirds = thirds >> 63;
  uint64_t label_ends = run_ends(host[0], starts, &carries->labels);
  ends.names[word] = label_ends & ~(dot[0] & host[0] >> 1) & ~number_ends;
  ends.numbers[word] = quad_ends & ~alphanumeric[0];
  ends.long_runs[word] = run_ends(alphanumeric[0], DOUBLE_GROUPS(alphanumeric[0], alphanumeric[-1]), &carries->long_runs);
}

/// From `word` on.
static void ends_from(
    struct ukai_masks masks, size_t word, size_t words, struct ukai_run_carries *carries, struct ukai_ends ends, struct ukai_filled_ends *filled) {
  for (; word < words; word++) {
    end_word(masks, word, carries, ends);
    filled->names |= (uint64_t)(ends.names[word] != 0) << word;
    filled->numbers |= (uint64_t)(ends.numbers[word] != 0) << word;
    filled->long_runs |= (uint64_t)(ends.long_runs[word] != 0) << word;
  }
}

/// One past four digits, out of the masks of a word and the one before.
#define DIGITS_BEFORE(digit, before, count) ((digit) << (count) | (before) >> (64 - (count)))
#define BEHIND_NUMBER(digit, before)                                                                                          \
  (DIGITS_BEFORE(digit, before, 1) & DIGITS_BEFORE(digit, before, 2) & DIGITS_BEFORE(digit, before, 3) & DIGITS_BEFORE(digit, before, 4))

/// One past each word of letters, digits and bytes beyond ASCII, but where a name goes on behind it: with a hyphen, an underscore, or a dot and
/// another word. What follows the block is not known: a dot at its end counts as the last.
static void word_ends(struct ukai_masks masks, size_t words, uint64_t skips, uint64_t kept_numbers, uint64_t *ends) {
  for (size_t word = 0; word < words; word++) {
    const uint64_t *own = masks.alphanumeric + word, *high = masks.high + word, *digit = masks.digit + word;
    uint64_t mask = own[0] | high[0], before = (own[-1] | high[-1]) >> 63;
    uint64_t next = word + 1 < words ? own[1] << 63 : 0;
    uint64_t longer = (masks.host[word] & ~own[0]) | (masks.dot[word] & (own[0] >> 1 | next));
    uint64_t number = BEHIND_NUMBER(digit[0], digit[-1]);
    ends[word] = (mask << 1 | before) & ~mask & ~(longer & skips & ~(number & kept_numbers));
  }
}

#if defined(__x86_64__)
#define LANES 4
#define TARGET __attribute__((target("avx2")))
#include "token_ends_lanes.h"
#undef LANES
#undef TARGET

#define LANES 8
#define TARGET __attribute__((target("avx512f,avx512bw")))
#include "token_ends_lanes.h"
#endif

struct ukai_filled_ends ukai_find_ends(int kernel, struct ukai_masks masks, size_t words, struct ukai_run_carries *carries, struct ukai_ends ends) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return ends_by_8(masks, words, carries, ends);
  if (kernel == UKAI_KERNEL_AVX2) return ends_by_4(masks, words, carries, ends);
#endif
  (void)kernel;
  struct ukai_filled_ends filled = {0, 0, 0};
  ends_from(masks, 0, words, carries, ends, &filled);
  return filled;
}

void ukai_find_word_ends(int kernel, struct ukai_masks masks, size_t words, int skips, uint64_t *ends) {
  uint64_t mask = skips != UKAI_SKIP_NONE ? ~(uint64_t)0 : 0, kept_numbers = skips == UKAI_SKIP_LONGER_BUT_NUMBERS ? ~(uint64_t)0 : 0;
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return word_ends_by_8(masks, words, mask, kept_numbers, ends);
  if (kernel == UKAI_KERNEL_AVX2) return word_ends_by_4(masks, words, mask, kept_numbers, ends);
#endif
  (void)kernel;
  word_ends(masks, words, mask, kept_numbers, ends);
}

typedef uint8_t sixteen __attribute__((vector_size(16), aligned(1), may_alias));

uint64_t ukai_path_borders(const uint8_t *bytes) {
  // Vectors that every CPU of a kind has, so that there is no choice to make.
  uint64_t borders = 0;
  for (unsigned offset = 0; offset < 64; offset += 16) {
    sixteen own = *(const sixteen *)(bytes + offset), found = (sixteen)(own <= 0x20) | (sixteen)(own == '"') | (sixteen)(own == '?');
#if defined(__SSE2__)
    borders |= (uint64_t)_mm_movemask_epi8((__m128i)found) << offset;
#else
    uint64_t halves[2];
    __builtin_memcpy(halves, &found, sizeof halves);
    // A bit of each byte, added up in the top one.
    for (unsigned half = 0; half < 2; half++) borders |= (halves[half] & 0x8040201008040201u) * 0x0101010101010101u >> 56 << (offset + 8 * half);
#endif
  }
  return borders;
}
