#include "classify_shims.h"
#include "field_borders.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Hosts that URLs are listed of may be in every line of a log, and few lines have a path in a field of its own: so whether one has must cost no
// more than a hash. 64 bytes a step: where the line ends, and which slashes stand before that; most lines have none that may begin a field.

typedef uint8_t sixteen __attribute__((vector_size(16), aligned(1), may_alias));

/// A bit for each of 64 bytes.
struct stops {
  uint64_t newlines;
  /// Slashes with which a field may begin: behind a line end, a blank, a quotation mark, what separates fields, or a backslash.
  uint64_t slashes;
};

static inline int may_begin_field(uint8_t before) { return is_border(before) || before == '\\'; }

static inline struct stops stops_portable(const uint8_t *bytes) {
  struct stops stops = {0, 0};
  for (int part = 0; part < 4; part++) {
    sixteen text = *(const sixteen *)(bytes + 16 * part), found = (sixteen)((text == '\n') | (text == '/'));
    uint64_t halves[2];
    memcpy(halves, &found, sizeof halves);
    if ((halves[0] | halves[1]) == 0) continue;
    for (int i = 16 * part; i < 16 * part + 16; i++) {
      stops.newlines |= (uint64_t)(bytes[i] == '\n') << i;
      stops.slashes |= (uint64_t)(bytes[i] == '/' && may_begin_field(bytes[i - 1])) << i;
    }
  }
  return stops;
}

#if defined(__x86_64__)
// Borders by both halves of a byte: each has a row of bits, and the byte is one where they share a bit.
//   bit 0: 0x09 0x0a 0x0d   1: 0x20 0x22 0x27 0x2c   2: 0x3b 0x3d   3: 0x5c 0x7c
#define ROW(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))

#define BORDERS_BY_LOW_HALF 2, 0, 2, 0, 0, 0, 0, 2, 0, 1, 1, 4, 10, 5, 0, 0
#define BORDERS_BY_HIGH_HALF 1, 0, 2, 4, 0, 8, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0

__attribute__((target("avx2"))) static inline void step_avx2(const uint8_t *bytes, int place, struct stops *stops) {
  __m256i text = _mm256_loadu_si256((const __m256i *)(bytes + place)), before = _mm256_loadu_si256((const __m256i *)(bytes + place - 1));
  __m256i low = _mm256_shuffle_epi8(ROW(BORDERS_BY_LOW_HALF), before);
  __m256i high = _mm256_shuffle_epi8(ROW(BORDERS_BY_HIGH_HALF), _mm256_and_si256(_mm256_srli_epi16(before, 4), _mm256_set1_epi8(15)));
  __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(low, high), _mm256_setzero_si256());
  __m256i slash = _mm256_andnot_si256(none, _mm256_cmpeq_epi8(text, _mm256_set1_epi8('/')));
  stops->newlines |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('\n'))) << place;
  stops->slashes |= (uint64_t)(uint32_t)_mm256_movemask_epi8(slash) << place;
}

__attribute__((target("avx2"))) static inline struct stops stops_avx2(const uint8_t *bytes) {
  struct stops stops = {0, 0};
  step_avx2(bytes, 0, &stops);
  step_avx2(bytes, 32, &stops);
  return stops;
}

#define WIDE_ROW(...) _mm512_broadcast_i32x4(_mm_setr_epi8(__VA_ARGS__))

__attribute__((target("avx512f,avx512bw"))) static inline struct stops stops_avx512(const uint8_t *bytes) {
  __m512i text = _mm512_loadu_si512(bytes), before = _mm512_loadu_si512(bytes - 1);
  __m512i low = _mm512_shuffle_epi8(WIDE_ROW(BORDERS_BY_LOW_HALF), before);
  __m512i high = _mm512_shuffle_epi8(WIDE_ROW(BORDERS_BY_HIGH_HALF), _mm512_and_si512(_mm512_srli_epi16(before, 4), _mm512_set1_epi8(15)));
  __mmask64 slashes = _mm512_mask_test_epi8_mask(_mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('/')), low, high);
  return (struct stops){_mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\n')), slashes};
}
#endif

/// Of slashes behind a border those with which a field begins: an escaped one does behind a quotation mark alone.
static inline uint64_t field_slashes(const uint8_t *bytes, uint64_t slashes) {
  uint64_t kept = 0;
  for (; slashes; slashes &= slashes - 1) {
    const uint8_t *slash = bytes + __builtin_ctzll(slashes);
    if (slash[-1] != '\\' || slash[-2] == '"') kept |= slashes & -slashes;
  }
  return kept;
}

static inline int is_stop(const uint8_t *at) {
  return *at == '\n' || (*at == '/' && may_begin_field(at[-1]) && (at[-1] != '\\' || at[-2] == '"'));
}

// What is left of less than a step is looked at byte by byte.
#define STOP_BEHIND(STOPS)                                                         \
  size_t place = 0;                                                                \
  for (; place < wanted && available - place >= 64; place += 64) {                 \
    struct stops stops = STOPS(bytes + place);                                     \
    uint64_t found = stops.newlines | field_slashes(bytes + place, stops.slashes); \
    if (found) return place + (size_t)__builtin_ctzll(found);                      \
  }                                                                                \
  while (place < wanted && place < available && !is_stop(bytes + place)) place++;  \
  return place

#define STOP_BEFORE(STOPS)                                                      \
  size_t done = 0;                                                              \
  for (; done < wanted && available - done >= 64; done += 64) {                 \
    const uint8_t *start = end - done - 64;                                     \
    struct stops stops = STOPS(start);                                          \
    uint64_t found = stops.newlines | field_slashes(start, stops.slashes);      \
    if (found) return done + (size_t)__builtin_clzll(found);                    \
  }                                                                             \
  while (done < wanted && done < available && !is_stop(end - done - 1)) done++; \
  return done

// Hosts alone in their field, near which a path may stand. Most lines begin within 256 bytes before one and end within 128 behind it: of these all slashes
// are asked for at once, for a loop would end where nothing foretells it. An escaped slash counts here wherever it stands.
#define KEEP_WITH_PATH(STOPS)                                            \
  size_t kept = 0;                                                       \
  for (size_t i = 0; i < lone->count; i++) {                             \
    uint32_t end = lone->ends[i];                                        \
    uint8_t length = lone->lengths[i];                                   \
    ptrdiff_t start = (ptrdiff_t)end - length;                           \
    int may_have = 1;                                                    \
    if (start - BEFORE >= first && (ptrdiff_t)end + BEHIND <= last) {    \
      uint64_t before = 0, behind = 0, in_line = ~(uint64_t)0;           \
      for (int distance = 64; distance <= BEFORE; distance += 64) {      \
        struct stops stops = STOPS(text + start - distance);             \
        before |= stops.slashes & in_line & behind_last(stops.newlines); \
        in_line = stops.newlines ? 0 : in_line;                          \
      }                                                                  \
      may_have = in_line != 0;                                           \
      in_line = ~(uint64_t)0;                                            \
      for (int distance = 0; distance < BEHIND; distance += 64) {        \
        struct stops stops = STOPS(text + end + distance);               \
        behind |= stops.slashes & in_line & up_to_first(stops.newlines); \
        in_line = stops.newlines ? 0 : in_line;                          \
      }                                                                  \
      may_have |= (in_line != 0) | ((before | behind) != 0);             \
    }                                                                    \
    lone->ends[kept] = end;                                              \
    lone->lengths[kept] = length;                                        \
    kept += (size_t)may_have;                                            \
  }                                                                      \
  lone->count = kept;

enum { BEFORE = 256, BEHIND = 128 };

/// The bits above the highest one of some, all if there is none.
static inline uint64_t behind_last(uint64_t bits) { return bits ? ~(uint64_t)0 << (63 - __builtin_clzll(bits)) : ~(uint64_t)0; }

/// The bits up to the lowest one of some, all if there is none.
static inline uint64_t up_to_first(uint64_t bits) { return bits ^ (bits - 1); }

static void keep_with_path(const uint8_t *text, ptrdiff_t first, ptrdiff_t last, struct ukai_lone_hosts *lone) { KEEP_WITH_PATH(stops_portable) }

#if defined(__x86_64__)
__attribute__((target("avx2,lzcnt,bmi,bmi2"))) static void keep_with_path_avx2(
    const uint8_t *text, ptrdiff_t first, ptrdiff_t last, struct ukai_lone_hosts *lone) {
  KEEP_WITH_PATH(stops_avx2)
}

__attribute__((target("avx512f,avx512bw,lzcnt,bmi,bmi2"))) static void keep_with_path_avx512(
    const uint8_t *text, ptrdiff_t first, ptrdiff_t last, struct ukai_lone_hosts *lone) {
  KEEP_WITH_PATH(stops_avx512)
}
#endif

void ukai_keep_with_path(int kernel, const uint8_t *text, ptrdiff_t first, ptrdiff_t last, struct ukai_lone_hosts *lone) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return keep_with_path_avx512(text, first, last, lone);
  if (kernel == UKAI_KERNEL_AVX2) return keep_with_path_avx2(text, first, last, lone);
#endif
  (void)kernel;
  keep_with_path(text, first, last, lone);
}

static size_t stop_behind(const uint8_t *bytes, size_t wanted, size_t available) { STOP_BEHIND(stops_portable); }
static size_t stop_before(const uint8_t *end, size_t wanted, size_t available) { STOP_BEFORE(stops_portable); }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t stop_behind_avx2(const uint8_t *bytes, size_t wanted, size_t available) { STOP_BEHIND(stops_avx2); }
__attribute__((target("avx2"))) static size_t stop_before_avx2(const uint8_t *end, size_t wanted, size_t available) { STOP_BEFORE(stops_avx2); }
__attribute__((target("avx512f,avx512bw,lzcnt,bmi"))) static size_t stop_behind_avx512(const uint8_t *bytes, size_t wanted, size_t available) {
  STOP_BEHIND(stops_avx512);
}
__attribute__((target("avx512f,avx512bw,lzcnt,bmi"))) static size_t stop_before_avx512(const uint8_t *end, size_t wanted, size_t available) {
  STOP_BEFORE(stops_avx512);
}
#endif

size_t ukai_path_stop_behind(int kernel, const uint8_t *bytes, size_t wanted, size_t available) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return stop_behind_avx512(bytes, wanted, available);
  if (kernel == UKAI_KERNEL_AVX2) return stop_behind_avx2(bytes, wanted, available);
#endif
  (void)kernel;
  return stop_behind(bytes, wanted, available);
}

size_t ukai_path_stop_before(int kernel, const uint8_t *end, size_t wanted, size_t available) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return stop_before_avx512(end, wanted, available);
  if (kernel == UKAI_KERNEL_AVX2) return stop_before_avx2(end, wanted, available);
#endif
  (void)kernel;
  return stop_before(end, wanted, available);
}
