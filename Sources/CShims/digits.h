#pragma once
#include <stddef.h>
#include <stdint.h>

/// What a hexadecimal digit stands for, with a bit above it; 0 for all else.
static const uint8_t ukai_digits[256] = {
    ['0'] = 0x10, ['1'] = 0x11, ['2'] = 0x12, ['3'] = 0x13, ['4'] = 0x14, ['5'] = 0x15, ['6'] = 0x16, ['7'] = 0x17, ['8'] = 0x18, ['9'] = 0x19,
    ['A'] = 0x1A, ['B'] = 0x1B, ['C'] = 0x1C, ['D'] = 0x1D, ['E'] = 0x1E, ['F'] = 0x1F,
    ['a'] = 0x1A, ['b'] = 0x1B, ['c'] = 0x1C, ['d'] = 0x1D, ['e'] = 0x1E, ['f'] = 0x1F};

/// Whether two bytes are hexadecimal digits: 0 or 1.
static inline size_t ukai_is_pair(const uint8_t *text) { return (ukai_digits[text[0]] & ukai_digits[text[1]]) >> 4; }
