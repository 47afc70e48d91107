#pragma once
#include <stdint.h>

/// What stands between fields, in any format (`LogText.isBorder`): 1 or 0.
static inline unsigned is_border(uint8_t byte) {
  static const uint64_t borders[4] = {
      (uint64_t)1 << '\t' | (uint64_t)1 << '\n' | (uint64_t)1 << '\r' | (uint64_t)1 << ' ' | (uint64_t)1 << '"' | (uint64_t)1 << '\'' | (uint64_t)1 << ',' |
          (uint64_t)1 << ';' | (uint64_t)1 << '=',
      (uint64_t)1 << ('|' - 64)};
  return (unsigned)(borders[byte >> 6] >> (byte & 63)) & 1;
}
