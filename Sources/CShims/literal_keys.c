#include "classify_shims.h"

#include <string.h>

// The keys of literals' ends and bodies, as `LiteralHash` makes them: of a set that is made to be gone through, each word of a log has one of each, so
// they are made sixteen bytes at once and without a question of how many of those count.

typedef uint8_t sixteen __attribute__((vector_size(16), may_alias));
typedef uint64_t two_words __attribute__((vector_size(16), may_alias));

static inline sixteen load(const uint8_t *bytes) {
  sixteen text;
  memcpy(&text, bytes, sizeof text);
  return text;
}

/// Letters in lower case, `/` as a folded backslash (`KeyHash.literalFold`).
static inline two_words folded(sixteen text) {
  sixteen slash = (sixteen)(text == '/') & ('/' ^ ('\\' | 0x20));
  return (two_words)((text | (uint8_t)0x20) ^ slash);
}

static inline uint64_t mixed(uint64_t left, uint64_t right) {
  unsigned __int128 product = (unsigned __int128)left * right;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline void prefetch(const uint64_t *filter, uint64_t count, uint64_t key) { __builtin_prefetch(filter + ((key >> 32) * count >> 32)); }

#define ENDS_PARAMETERS                                                                                                                                      \
  const struct ukai_literal_hash *hash, const uint8_t *block, unsigned known, const uint32_t *ends, uint64_t *hashes, size_t number, const uint64_t *filter, \
      uint64_t filter_count

#define NEXT_ENDS                                                               \
  uint64_t second = hash->second, third = hash->third;                          \
  if (known == 0) {                                                             \
    for (size_t i = 0; i < number; i++) {                                       \
      hashes[i] = mixed(third ^ folded(load(block + ends[i] - 16))[1], second); \
      prefetch(filter, filter_count, hashes[i]);                                \
    }                                                                           \
    return;                                                                     \
  }                                                                             \
  for (size_t i = 0; i < number; i++) {                                         \
    two_words text = folded(load(block + ends[i] - known - 16));                \
    hashes[i] = mixed(hashes[i] ^ text[1], second ^ text[0]);                   \
    prefetch(filter, filter_count, hashes[i]);                                  \
  }

// From a place on, the sixteen bytes that keep so many of the last.
static const uint8_t last_bytes[32] = {[16] = 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

#define BODIES_PARAMETERS                                                                                                                        \
  const struct ukai_literal_hash *hash, const uint8_t *block, unsigned known, const struct ukai_beginnings *asked, size_t *done, uint32_t *ends, \
      uint64_t *hashes, size_t number, size_t room, const uint64_t *filter, uint64_t filter_count

/// Writes the key of the body that begins at the nearest place of those left, of none for one of sixteen bytes.
#define PUT_BODY()                                                                                          \
  do {                                                                                                      \
    unsigned bytes = (unsigned)__builtin_clz(left | 0x8000);                                                \
    two_words own = (two_words)(text & load(last_bytes + bytes));                                           \
    uint64_t key = mixed(state ^ own[1], first ^ own[0] ^ (uint64_t)(known + bytes) * 0x9e3779b97f4a7c15u); \
    ends[number] = end;                                                                                     \
    hashes[number] = key;                                                                                   \
    prefetch(filter, filter_count, key);                                                                    \
    left &= 0x7fffffffu >> bytes;                                                                           \
  } while (0)

#define ASK_BODIES                                                                                            \
  uint64_t first = hash->first;                                                                               \
  const uint32_t *asked_ends = asked->ends;                                                                   \
  const uint64_t *asked_hashes = asked->hashes;                                                               \
  const uint16_t *asked_places = asked->places;                                                               \
  size_t place = *done, count = asked->count;                                                                 \
  for (; place < count && number + 16 <= room; place++) {                                                     \
    uint32_t end = asked_ends[place];                                                                         \
    uint64_t state = asked_hashes[place];                                                                     \
    sixteen text = (sixteen)folded(load(block + end - known - 16));                                           \
    uint32_t left = (uint32_t)asked_places[place] << 16;                                                      \
    PUT_BODY();                                                                                               \
    number++;                                                                                                 \
    /* Most ends have one place or two: the second is written and counted without a question. */              \
    size_t is_more = left != 0;                                                                               \
    PUT_BODY();                                                                                               \
    number += is_more;                                                                                        \
    while (left != 0) {                                                                                       \
      PUT_BODY();                                                                                             \
      number++;                                                                                               \
    }                                                                                                         \
  }                                                                                                           \
  *done = place;                                                                                              \
  return number;

static void next_ends(ENDS_PARAMETERS) { NEXT_ENDS }
static size_t ask_bodies(BODIES_PARAMETERS) { ASK_BODIES }

#if defined(__x86_64__)
// With three operands an instruction, and bits counted in one.
#define AVX2 __attribute__((target("avx2,lzcnt,bmi,bmi2")))
AVX2 static void next_ends_avx2(ENDS_PARAMETERS) { NEXT_ENDS }
AVX2 static size_t ask_bodies_avx2(BODIES_PARAMETERS) { ASK_BODIES }
#endif

void ukai_next_ends(int kernel, ENDS_PARAMETERS) {
#if defined(__x86_64__)
  if (kernel != UKAI_KERNEL_PORTABLE) return next_ends_avx2(hash, block, known, ends, hashes, number, filter, filter_count);
#endif
  (void)kernel;
  next_ends(hash, block, known, ends, hashes, number, filter, filter_count);
}

size_t ukai_ask_bodies(int kernel, BODIES_PARAMETERS) {
#if defined(__x86_64__)
  if (kernel != UKAI_KERNEL_PORTABLE)
    return ask_bodies_avx2(hash, block, known, asked, done, ends, hashes, number, room, filter, filter_count);
#endif
  (void)kernel;
  return ask_bodies(hash, block, known, asked, done, ends, hashes, number, room, filter, filter_count);
}
