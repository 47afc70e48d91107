#include "classify_shims.h"
#include "digits.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Escapes undone at the speed of a copy: what stops it is told of 64 bytes at once, in vectors that every CPU of a kind has, so that nothing has to
// be predicted but how many stops there are. Pieces are short (20 to 30 bytes in the bench's log) and of every length: a loop over bytes or words
// is mispredicted at the end of nearly each, which cost more than all that it did.

typedef uint8_t sixteen __attribute__((vector_size(16), aligned(1), may_alias));

enum { WINDOW = 64, STEP = 16, STRIDE = 2 * STEP };

/// Bit i for the i-th of sixteen bytes that are each 0 or 0xFF.
static inline uint64_t bits(sixteen flags) {
#if defined(__SSE2__)
  return (uint64_t)(uint32_t)_mm_movemask_epi8((__m128i)flags);
#else
  uint64_t halves[2], found = 0;
  __builtin_memcpy(halves, &flags, sizeof halves);
  // A bit of each byte, added up in the top one.
  for (unsigned half = 0; half < 2; half++) found |= (halves[half] & 0x8040201008040201u) * 0x0101010101010101u >> 56 << 8 * half;
  return found;
#endif
}

static inline void copy_step(uint8_t *room, const uint8_t *from) { *(sixteen *)room = *(const sixteen *)from; }

/// What ends a JSON string in a line, of bytes and of vectors.
#define ENDS_STRING(byte) (((byte) == '"') | ((byte) == '\n'))
/// What ends a blank-free run.
#define ENDS_RUN(byte) (((byte) <= 0x20) | ((byte) == '"'))

/// A bit for each byte of a window of which something holds.
#define WHERE(name, holds)                                                                                                  \
  static inline uint64_t name(const uint8_t *window) {                                                                      \
    uint64_t found = 0;                                                                                                     \
    for (unsigned offset = 0; offset < WINDOW; offset += STEP) {                                                            \
      sixteen byte = *(const sixteen *)(window + offset);                                                                   \
      found |= bits((sixteen)(holds)) << offset;                                                                            \
    }                                                                                                                       \
    return found;                                                                                                           \
  }

WHERE(string_ends, ENDS_STRING(byte))
WHERE(string_stops, ENDS_STRING(byte) | (byte == '\\'))
WHERE(backslashes, byte == '\\')
WHERE(run_ends, ENDS_RUN(byte))
WHERE(run_stops, ENDS_RUN(byte) | (byte == '%'))

/// One past the last byte before a place that ends what lies behind it; 0 when there is none.
#define START(name, ends_in, ends)                                                   \
  static inline size_t name(const uint8_t *text, size_t place) {                     \
    for (; place >= WINDOW; place -= WINDOW) {                                       \
      uint64_t found = ends_in(text + place - WINDOW);                               \
      if (found) return place - (size_t)__builtin_clzll(found);                      \
    }                                                                                \
    while (place > 0 && !ends(text[place - 1])) place--;                             \
    return place;                                                                    \
  }

START(string_start, string_ends, ENDS_STRING)
START(run_start, run_ends, ENDS_RUN)

/// Copies by whole strides, for what stands between two escapes is mostly shorter than one: up to 31 bytes more are read and written.
static inline uint8_t *copy(uint8_t *room, const uint8_t *from, size_t count) {
  size_t done = 0;
  do {
    copy_step(room + done, from + done);
    copy_step(room + done + STEP, from + done + STEP);
    done += STRIDE;
  } while (done < count);
  return room + count;
}

/// In both loops that undo backslashes, for some logs are full of each kind of escape; a call would take a fifth longer.
#define ALWAYS_INLINE __attribute__((always_inline)) static inline

/// What two hexadecimal digits stand for, -1 where they are none.
static inline int pair(const uint8_t *text) {
  uint8_t high = ukai_digits[text[0]], low = ukai_digits[text[1]];
  return high & low & 0x10 ? (uint8_t)(high << 4) | (low & 15) : -1;
}

/// What a backslash and one letter stand for; 0 where that is no such escape.
static const uint8_t simple[256] = {
    ['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['='] = '=', ['|'] = '|', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t', ['b'] = '\b', ['f'] = '\f'};

/// A window of the text on its way into the room: never more bytes than were read.
struct progress {
  const uint8_t *window;
  /// How many of its bytes are done; more than it has when an escape lies across its end.
  size_t done;
  uint8_t *to;
  bool leaves_escape;
  /// Of a text that is undone as a whole.
  const uint8_t *end;
};

/// The bytes of a window behind the text's end.
static inline uint64_t behind_end(const struct progress *own) {
  size_t left = (size_t)(own->end - own->window);
  return left < WINDOW ? ~(uint64_t)0 << left : 0;
}

static inline void copy_up_to(struct progress *own, size_t place) {
  own->to = copy(own->to, own->window + own->done, place - own->done);
  own->done = place;
}

/// A backslash that begins nothing.
static inline void keep_backslash(struct progress *own) {
  *own->to++ = '\\';
  own->done += 1;
  own->leaves_escape = true;
}

ALWAYS_INLINE void write_character(struct progress *own, int value) {
  if (value < 0x80) {
    *own->to++ = (uint8_t)value;
    return;
  }
  int more = value < 0x800 ? 1 : value < 0x10000 ? 2 : 3;
  // As many bits as there are bytes, and zero.
  *own->to++ = (uint8_t)(0xFF00 >> (more + 1) | value >> 6 * more);
  while (more-- > 0) *own->to++ = (uint8_t)(0x80 | (value >> 6 * more & 0x3F));
}

/// What four hexadecimal digits stand for; negative where they are none.
static inline int quad(const uint8_t *text) {
  int high = pair(text), low = pair(text + 2);
  return high < 0 || low < 0 ? -1 : high << 8 | low;
}

/// Whether a value is one of the 1024 of UTF-16 that begin so: the first or the second half of a character.
static inline int is_half(int value, int first) { return value >> 10 == first >> 10; }

/// `\uXXXX`, and two of them for what UTF-16 has in halves; a half alone is U+FFFD.
ALWAYS_INLINE void undo_unicode(struct progress *own) {
  const uint8_t *escape = own->window + own->done;
  int value = quad(escape + 2), next = is_half(value, 0xD800) && escape[6] == '\\' && escape[7] == 'u' ? quad(escape + 8) : -1;
  if (value < 0) return keep_backslash(own);
  own->done += 6;
  if (is_half(next, 0xDC00)) {
    own->done += 6;
    value = 0x10000 + ((value & 0x3FF) << 10 | (next & 0x3FF));
  } else if (is_half(value, 0xD800) || is_half(value, 0xDC00)) {
    value = 0xFFFD;
  }
  write_character(own, value);
  own->leaves_escape |= value == '\\';
}

/// `\xXX`, a byte.
static inline void undo_byte(struct progress *own) {
  int value = pair(own->window + own->done + 2);
  if (value < 0) return keep_backslash(own);
  *own->to++ = (uint8_t)value;
  own->done += 4;
  own->leaves_escape |= value == '\\';
}

/// Whether what stands behind a backslash may make it an escape: `\\users` and most of a path do not. What is escaped itself may be anything.
static inline bool may_begin_escape(const uint8_t *kind) {
  bool has_digits = (*kind == 'u') | (*kind == 'x');
  return (simple[*kind] != 0) | (has_digits & ((ukai_digits[kind[1]] != 0) | (kind[1] == '\\')));
}

ALWAYS_INLINE void undo_backslash(struct progress *own) {
  const uint8_t *at = own->window + own->done;
  uint8_t kind = at[1], letter = simple[kind];
  if (letter) {
    *own->to++ = letter;
    own->done += 2;
    if (letter == '\\' && !own->leaves_escape) own->leaves_escape = may_begin_escape(at + 2);
  } else if (kind == 'u') {
    undo_unicode(own);
  } else if (kind == 'x') {
    undo_byte(own);
  } else {
    keep_backslash(own);
  }
}

static inline void undo_percent(struct progress *own) {
  int value = pair(own->window + own->done + 1);
  // Expected, so that it is a branch: a choice of how far to go would keep the next escape waiting for this one's digits.
  if (__builtin_expect(value >= 0, 1)) {
    *own->to++ = (uint8_t)value;
    own->done += 3;
  } else {
    *own->to++ = '%';
    own->done += 1;
  }
}

/// Undoes a window, up to what ends the piece: 0 where that is in it. Where escapes stand behind one another, as in `\/\/` and in text that is
/// nothing else, the next one is not looked for.
#define WINDOW_OF(name, stops_of_window, mark, undo)                                                         \
  static inline int name(struct progress *own) {                                                             \
    for (uint64_t stops = stops_of_window; stops; stops &= ~(uint64_t)0 << own->done) {                      \
      copy_up_to(own, (size_t)__builtin_ctzll(stops));                                                       \
      if (own->window[own->done] != (mark)) return 0;                                                        \
      do {                                                                                                   \
        undo(own);                                                                                           \
        if (own->done >= WINDOW) return 1;                                                                   \
      } while (own->window[own->done] == (mark));                                                            \
    }                                                                                                        \
    copy_up_to(own, WINDOW);                                                                                 \
    return 1;                                                                                                \
  }

WINDOW_OF(undo_string_window, string_stops(own->window), '\\', undo_backslash)
WINDOW_OF(undo_run_window, run_stops(own->window), '%', undo_percent)
WINDOW_OF(undo_text_window, backslashes(own->window) | behind_end(own), '\\', undo_backslash)

/// What a window's last copy and an escape across its end may read.
enum { REACH = WINDOW + STRIDE };

/// Copies what stands before a piece's first escape, which is seldom more than a window.
static inline void copy_beginning(uint8_t *room, const uint8_t *from, size_t count, size_t readable) {
  if (count > WINDOW || readable < WINDOW) memcpy(room, from, count);
  else for (size_t done = 0; done < WINDOW; done += STEP) copy_step(room + done, from + done);
}

#define UNDO(name, start_of, undo_window)                                                                                     \
  struct ukai_undone name(const uint8_t *text, size_t count, size_t escape, uint8_t *room) {                                  \
    size_t start = start_of(text, escape);                                                                                    \
    copy_beginning(room, text + start, escape - start, count - start);                                                        \
    struct progress own = {text + escape, 0, room + escape - start, false, NULL};                                             \
    while ((size_t)(text + count - own.window) >= REACH && undo_window(&own)) own.window += own.done, own.done = 0;           \
    return (struct ukai_undone){start, (size_t)(own.window - text) + own.done, (size_t)(own.to - room), own.leaves_escape};   \
  }

UNDO(ukai_undo_string, string_start, undo_string_window)
UNDO(ukai_undo_run, run_start, undo_run_window)

struct ukai_undone ukai_undo_text(const uint8_t *text, size_t count, uint8_t *room) {
  struct progress own = {text, 0, room, false, text + count};
  while (undo_text_window(&own)) own.window += own.done, own.done = 0;
  return (struct ukai_undone){0, count, (size_t)(own.to - room), own.leaves_escape};
}
