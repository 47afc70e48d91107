#include "classify_shims.h"
#include "digits.h"

#include <string.h>

// Marks are told apart by what they are without a branch: backslashes and `%` are most of them, in no order that could be predicted. Each loop asks
// one thing, for what all of them ask at once does not fit into the registers.

/// Four bytes as they are read of memory at once.
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define WORD(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#else
#define WORD(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))
#endif

static inline uint32_t word_at(const uint8_t *text) {
  uint32_t word;
  memcpy(&word, text, sizeof word);
  return word;
}

/// How many of some places, in order, have as many bytes from there on.
static inline size_t with_bytes(const size_t *places, size_t number, size_t bytes, size_t count) {
  while (number > 0 && (places[number - 1] > count || count - places[number - 1] < bytes)) number--;
  return number;
}

static inline struct ukai_mark_kinds split(const uint8_t *text, const size_t *marks, size_t inner, size_t *room, size_t number) {
  size_t backslashes = 0, percents = 0, others = 0;
  for (size_t i = 0; i < inner; i++) {
    size_t mark = marks[i], is_backslash = text[mark] == '\\', is_percent = text[mark] == '%';
    room[backslashes] = room[number + percents] = room[2 * number + others] = mark;
    backslashes += is_backslash;
    percents += is_percent;
    others += 1 - is_backslash - is_percent;
  }
  return (struct ukai_mark_kinds){backslashes, percents, others, 0};
}

/// Keeps of some `%` those with two hexadecimal digits.
static inline size_t keep_pairs(const uint8_t *text, size_t count, size_t *percents, size_t number) {
  size_t kept = 0, inner = with_bytes(percents, number, 3, count);
  for (size_t i = 0; i < inner; i++) {
    size_t percent = percents[i];
    percents[kept] = percent;
    kept += ukai_is_pair(text + percent + 1);
  }
  return kept;
}

/// Whether what begins a control sequence may be behind any of some backslashes: `u001`, `x1b[`, `033[`.
static inline size_t has_escaped(const uint8_t *text, size_t count, const size_t *backslashes, size_t number) {
  size_t inner = with_bytes(backslashes, number, 5, count), found = 0;
  for (size_t i = 0; i < inner; i++) {
    uint32_t behind = word_at(text + backslashes[i] + 1);
    uint32_t lower = behind | WORD(0, 0, 0x20, 0);
    found |= (behind == WORD('u', '0', '0', '1')) | (behind == WORD('0', '3', '3', '[')) | (lower == WORD('x', '1', 'b', '['));
  }
  return found;
}

struct ukai_mark_kinds ukai_sort_marks(const uint8_t *text, size_t count, const size_t *marks, size_t number, size_t *room) {
  struct ukai_mark_kinds kinds = split(text, marks, with_bytes(marks, number, 1, count), room, number);
  kinds.percents = keep_pairs(text, count, room + number, kinds.percents);
  kinds.sequences = has_escaped(text, count, room, kinds.backslashes);
  return kinds;
}
