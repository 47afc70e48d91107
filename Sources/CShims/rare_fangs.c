#include "classify_shims.h"

// Spellings of defanging that no mark of the classification stands for: they are so rare that one question for a whole piece is enough.

// Pairs of neighbours, without a branch: the compiler makes vectors of it, as wide as it may.
#define HAS_RARE_FANG                                                                                                              \
  uint8_t found = 0;                                                                                                               \
  for (size_t i = 0; i + 1 < count; i++) {                                                                                         \
    uint8_t own = bytes[i], next = bytes[i + 1], letter = next | 0x20;                                                             \
    uint8_t is_lead = (own == 0xC2) | (own == 0xE2) | (own == 0xE3) | (own == 0xEF);                                               \
    uint8_t is_open = (own == '[') | (own == '(') | (own == '{') | (own == '<');                                                   \
    uint8_t is_inner = (next == ' ') | (letter == 'w') | (letter == 'p') | (next == ',');                                          \
    uint8_t is_angle = ((own == '<') & ((next == '.') | (next == ':') | (letter == 'd'))) | ((own == '.') & (next == '>'));        \
    uint8_t is_entity = (own == '&') & ((next == '#') | (next == 'p'));                                                            \
    found |= is_lead | (is_open & is_inner) | is_angle | is_entity | ((own == '_') & (next == '_'));                               \
  }                                                                                                                                \
  return found

static int has_rare_fang(const uint8_t *bytes, size_t count) { HAS_RARE_FANG; }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static int has_rare_fang_avx2(const uint8_t *bytes, size_t count) { HAS_RARE_FANG; }
#endif

int ukai_has_rare_fang(const uint8_t *bytes, size_t count) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return has_rare_fang_avx2(bytes, count);
#endif
  return has_rare_fang(bytes, count);
}
