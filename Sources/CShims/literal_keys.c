#include "classify_shims.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// The keys of literals' ends, gates and bodies, as `LiteralHash` makes them: of a set that is made to be gone through, each word of a log has one of each, so
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

/// A gate's step is the four bytes nearest to the end.
#define NEXT_GATES                                                                            \
  uint64_t third = hash->third;                                                               \
  for (size_t i = 0; i < number; i++) {                                                       \
    uint64_t nearest = folded(load(block + ends[i] - known - 16))[1] & 0xffffffff00000000u;   \
    hashes[i] = mixed(hashes[i] ^ nearest, third);                                            \
    prefetch(filter, filter_count, hashes[i]);                                                \
  }

// From a place on, the sixteen bytes that keep so many of the last.
static const uint8_t last_bytes[32] = {[16] = 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

#define BODIES_PARAMETERS                                                                                                                        \
  const struct ukai_literal_hash *hash, const uint8_t *block, unsigned known, const struct ukai_beginnings *asked, size_t *done, uint32_t *ends, \
      uint64_t *hashes, size_t number, size_t room, const uint64_t *filter, uint64_t filter_count

#define BODIES                                                \
  uint64_t first = hash->first;                               \
  const uint32_t *asked_ends = asked->ends;                   \
  const uint64_t *asked_hashes = asked->hashes;               \
  const uint16_t *asked_places = asked->places;               \
  size_t place = *done, count = asked->count

/// Writes the key of the body of an end that begins so many bytes before.
#define PUT_BODY(i, bytes)                                                                                                        \
  do {                                                                                                                            \
    uint32_t end = asked_ends[i];                                                                                                 \
    two_words own = (two_words)((sixteen)folded(load(block + end - known - 16)) & load(last_bytes + (bytes)));                    \
    uint64_t key = mixed(asked_hashes[i] ^ own[1], first ^ own[0] ^ (uint64_t)(known + (bytes)) * 0x9e3779b97f4a7c15u);           \
    ends[number] = end;                                                                                                           \
    hashes[number] = key;                                                                                                         \
    prefetch(filter, filter_count, key);                                                                                          \
  } while (0)

/// The farthest of some places, as bytes before the end; of none any.
static inline unsigned farthest(uint32_t places) { return (unsigned)(15 - __builtin_ctz(places | 0x10000)) & 15; }

#define ASK_BODIES                                                                               \
  BODIES;                                                                                        \
  for (; place < count && number + 16 <= room; place++) {                                        \
    uint32_t left = asked_places[place];                                                         \
    PUT_BODY(place, farthest(left));                                                             \
    number++;                                                                                    \
    left &= left - 1;                                                                            \
    /* Most ends have one place or two: the second is written and counted without a question. */ \
    PUT_BODY(place, farthest(left));                                                             \
    number += left != 0;                                                                         \
    for (left &= left - 1; left != 0; left &= left - 1) {                                        \
      PUT_BODY(place, farthest(left));                                                           \
      number++;                                                                                  \
    }                                                                                            \
  }                                                                                              \
  *done = place;                                                                                 \
  return number;

static void next_ends(ENDS_PARAMETERS) { NEXT_ENDS }
static void next_gates(ENDS_PARAMETERS) { NEXT_GATES }
static size_t ask_bodies(BODIES_PARAMETERS) { ASK_BODIES }

#if defined(__x86_64__)
// With three operands an instruction, and bits counted in one.
#define AVX2 __attribute__((target("avx2,lzcnt,bmi,bmi2")))
AVX2 static void next_ends_avx2(ENDS_PARAMETERS) { NEXT_ENDS }
AVX2 static void next_gates_avx2(ENDS_PARAMETERS) { NEXT_GATES }
AVX2 static size_t ask_bodies_avx2(BODIES_PARAMETERS) { ASK_BODIES }

/// First which places of which ends, then their keys: no branch goes by how many an end has.
__attribute__((target("avx512f,bmi,bmi2,popcnt"))) static size_t ask_bodies_avx512(BODIES_PARAMETERS) {
  const __m512i bytes = _mm512_setr_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  BODIES;
  size_t last = number;
  for (; place < count && last + 16 <= room; place++) {
    uint16_t places = asked_places[place];
    _mm512_storeu_si512(ends + last, _mm512_maskz_compress_epi32(places, _mm512_or_si512(_mm512_set1_epi32((int)(place << 4)), bytes)));
    last += (size_t)__builtin_popcount(places);
  }
  *done = place;
  for (; number < last; number++) {
    uint32_t which = ends[number];
    PUT_BODY(which >> 4, which & 15);
  }
  return number;
}
#endif

void ukai_next_ends(int kernel, ENDS_PARAMETERS) {
#if defined(__x86_64__)
  if (kernel != UKAI_KERNEL_PORTABLE) return next_ends_avx2(hash, block, known, ends, hashes, number, filter, filter_count);
#endif
  (void)kernel;
  next_ends(hash, block, known, ends, hashes, number, filter, filter_count);
}

void ukai_next_gates(int kernel, ENDS_PARAMETERS) {
#if defined(__x86_64__)
  if (kernel != UKAI_KERNEL_PORTABLE) return next_gates_avx2(hash, block, known, ends, hashes, number, filter, filter_count);
#endif
  (void)kernel;
  next_gates(hash, block, known, ends, hashes, number, filter, filter_count);
}

size_t ukai_ask_bodies(int kernel, BODIES_PARAMETERS) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return ask_bodies_avx512(hash, block, known, asked, done, ends, hashes, number, room, filter, filter_count);
  if (kernel == UKAI_KERNEL_AVX2)
    return ask_bodies_avx2(hash, block, known, asked, done, ends, hashes, number, room, filter, filter_count);
#endif
  (void)kernel;
  return ask_bodies(hash, block, known, asked, done, ends, hashes, number, room, filter, filter_count);
}
