#include "classify_shims.h"

// How long the last two labels of a name are: two counts of leading bits a name. Where the compiler may not take it for granted that a CPU counts them
// in one step, as Swift's may not, each takes the time of four multiplications.

/// A fact of the 56 bytes before a place, the nearest in the top bit; of up to seven more, and zeros behind them. The barrier keeps the compiler from
/// gathering several places in a vector, which costs it twice the time.
static inline uint64_t near(const uint64_t *fact, uint32_t end) {
  uint64_t bits;
  __builtin_memcpy(&bits, (const uint8_t *)fact + (end >> 3) - 7, sizeof bits);
  bits <<= 8 - (end & 7);
  __asm__("" : "+r"(bits));
  return bits;
}

/// The bits that are set from the top on; below them must be one that is not.
static inline unsigned row(uint64_t bits) { return (unsigned)__builtin_clzll(~bits); }

#define PAIR_LENGTHS                                                     \
  for (size_t i = 0; i < count; i++) {                                   \
    uint64_t hosts = near(host, ends[i]);                                \
    unsigned label = row(hosts), second = row(hosts << label << 1);      \
    lengths[i].label = (uint8_t)label;                                   \
    lengths[i].pair = (uint8_t)(label + 1 + second);                     \
  }

static void pair_lengths(const uint64_t *host, const uint32_t *ends, size_t count, struct ukai_pair_length *lengths) { PAIR_LENGTHS }

#if defined(__x86_64__)
__attribute__((target("lzcnt,bmi2"))) static void pair_lengths_lzcnt(
    const uint64_t *host, const uint32_t *ends, size_t count, struct ukai_pair_length *lengths) {
  PAIR_LENGTHS
}
#endif

void ukai_pair_lengths(int kernel, const uint64_t *host, const uint32_t *ends, size_t count, struct ukai_pair_length *lengths) {
#if defined(__x86_64__)
  if (kernel != UKAI_KERNEL_PORTABLE) return pair_lengths_lzcnt(host, ends, count, lengths);
#endif
  (void)kernel;
  pair_lengths(host, ends, count, lengths);
}
