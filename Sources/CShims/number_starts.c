#include "classify_shims.h"

#include <string.h>

// Few texts hold a number where a host may begin, and all of a defanged piece is searched for one: 16 bytes a step, in vectors of the compiler's.

typedef uint8_t sixteen __attribute__((vector_size(16), aligned(1), may_alias));

/// The last byte of `://`, or of what may stand for it.
#define ENDS_SCHEME(byte) (((byte) == '/') | ((byte) == ')') | ((byte) == '>') | (((byte) | 0x20) == '}'))

static inline int is_number_start(uint8_t own, uint8_t before) { return (uint8_t)(own - '0') < 10 && ENDS_SCHEME(before); }

static inline uint64_t any(sixteen flags) {
  uint64_t halves[2];
  memcpy(halves, &flags, sizeof halves);
  return halves[0] | halves[1];
}

size_t ukai_next_number_start(const uint8_t *bytes, size_t from, size_t count) {
  size_t place = from;
  for (; place + 16 <= count; place += 16) {
    sixteen own = *(const sixteen *)(bytes + place), before = *(const sixteen *)(bytes + place - 1);
    if (any((sixteen)((own - '0' < 10) & ENDS_SCHEME(before))) == 0) continue;
    while (!is_number_start(bytes[place], bytes[place - 1])) place++;
    return place;
  }
  while (place < count && !is_number_start(bytes[place], bytes[place - 1])) place++;
  return place;
}
