#include "classify_shims.h"
#include "field_borders.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Names whose pair of labels is listed, sorted by what stands around them. Of a set of millions that may be each second name of a log, for some URL of the
// same site, and nearly all of them are done with at a look at the host's neighbours or at its path's first bytes. Which is not foreseen, so that each
// question on its own would cost the time of all: here they are asked together, and without a branch.

static inline uint64_t near(const uint64_t *fact, uint32_t end) {
  uint64_t bits;
  memcpy(&bits, (const uint8_t *)fact + (end >> 3) - 7, sizeof bits);
  return bits << (8 - (end & 7));
}

static inline uint64_t behind(const uint64_t *fact, uint32_t start) {
  unsigned bit = start & 63;
  fact += start >> 6;
  return fact[0] >> bit | fact[1] << 1 << (63 - bit);
}

static inline uint64_t bit(uint64_t place) { return (uint64_t)1 << (place & 63); }

static inline unsigned has(uint64_t word, uint64_t mask) { return (word & mask) == mask; }

/// Whether a URL's user information may stand before an `@`: not where a mail address begins, behind a byte that no URL has (RFC 3986).
static inline unsigned may_be_user(const struct ukai_masks *masks, const uint8_t *text, uint32_t at) {
  static const uint64_t of_urls[4] = {0xaffffffa00000000u, 0x47fffffeafffffffu, ~(uint64_t)0, ~(uint64_t)0};
  unsigned length = (unsigned)__builtin_clzll(~(near(masks->host, at) | near(masks->dot, at)));
  uint8_t before = text[(ptrdiff_t)at - length - 1];
  return length >= 55 || (of_urls[before >> 6] >> (before & 63) & 1);
}

/// Whether three bytes behind a slash are such as `PathStart` knows: letters, digits, `-`, `_` and `/`.
static inline unsigned is_path_start(uint32_t path) {
  static const uint64_t bytes[4] = {0x03ffa00000000000u, 0x07fffffe87fffffeu};
  uint64_t all = bytes[path >> 14 & 3] >> (path >> 8 & 63) & bytes[path >> 22 & 3] >> (path >> 16 & 63) & bytes[path >> 30] >> (path >> 24 & 63);
  return (unsigned)all & 1;
}

/// `PathStart`'s bits of the pair's word.
static inline uint64_t path_bits(uint32_t path, uint64_t pair) {
  uint64_t mixed = (pair ^ (uint64_t)(path >> 8 | 0x202020) * 0xd6e8feb86659fd93u) * 0x9e3779b97f4a7c15u;
  return bit(mixed >> 58) | bit(mixed >> 52) | bit(mixed >> 46) | bit(mixed >> 40);
}

#if defined(__x86_64__)
/// As `ukai_path_borders`.
__attribute__((target("avx2"))) static inline uint64_t borders_avx2(const uint8_t *bytes) {
  uint64_t borders = 0;
  for (unsigned offset = 0; offset < 64; offset += 32) {
    __m256i text = _mm256_loadu_si256((const __m256i *)(bytes + offset)), blank = _mm256_set1_epi8(' ');
    __m256i marks = _mm256_or_si256(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('"')), _mm256_cmpeq_epi8(text, _mm256_set1_epi8('?')));
    __m256i found = _mm256_or_si256(marks, _mm256_cmpeq_epi8(_mm256_min_epu8(text, blank), text));
    borders |= (uint64_t)(uint32_t)_mm256_movemask_epi8(found) << offset;
  }
  return borders;
}

__attribute__((target("avx512f,avx512bw"))) static inline uint64_t borders_avx512(const uint8_t *bytes) {
  __m512i text = _mm512_loadu_si512(bytes);
  return _mm512_cmple_epu8_mask(text, _mm512_set1_epi8(' ')) | _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('"')) |
         _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('?'));
}
#endif

#define PARAMETERS                                                                                                                                               \
  const uint64_t *filter, uint64_t filter_count, const uint64_t *services, const struct ukai_masks *masks, const uint8_t *text, ptrdiff_t first, ptrdiff_t last, \
      uint32_t *ends, uint64_t *pairs, size_t count, uint8_t *uses, struct ukai_lone_hosts *lone, uint32_t *path_ends, uint64_t *path_pairs

#define SORT_KNOWN_HOSTS(BORDERS)                                                                                                        \
  size_t kept = 0, paths = 0, bare = 0, alone = 0;                                                                                       \
  uint32_t *lone_ends = lone->ends;                                                                                                      \
  uint8_t *lone_lengths = lone->lengths;                                                                                                 \
  /* By what hangs on the pair, and whether a path follows. */                                                                           \
  for (size_t i = 0; i < count; i++) {                                                                                                   \
    uint32_t end = ends[i];                                                                                                              \
    uint64_t pair = pairs[i], word = filter[(pair >> 32) * filter_count >> 32], mixed = pair * 0x9e3779b97f4a7c15u;                      \
    unsigned names = has(word, bit(mixed >> 58) | bit(mixed >> 52) | bit(mixed >> 46) | bit(mixed >> 40) | bit(mixed >> 16));            \
    unsigned urls = has(word, bit(mixed >> 34) | bit(mixed >> 28) | bit(mixed >> 22));                                                   \
    unsigned service = services[pair >> 58] >> (pair >> 52 & 63) & 1, looks = names | service;                                           \
    ends[kept] = path_ends[paths] = lone_ends[bare] = end;                                                                               \
    /* Those without a path from behind: both are no more than all. */                                                                   \
    pairs[kept] = path_pairs[paths] = path_pairs[count - 1 - bare] = pair;                                                               \
    uses[kept] = (uint8_t)(names | urls << 1);                                                                                           \
    if ((ptrdiff_t)end < first || (ptrdiff_t)end >= last) {                                                                              \
      kept++;                                                                                                                            \
      continue;                                                                                                                          \
    }                                                                                                                                    \
    unsigned has_path = text[end] == '/', only_urls = urls & (looks ^ 1);                                                                \
    kept += looks;                                                                                                                       \
    paths += only_urls & has_path;                                                                                                       \
    bare += only_urls & (has_path ^ 1);                                                                                                  \
  }                                                                                                                                      \
  /* Paths of which nothing may be taken out before they end, and that begin as none of the pair's does, are done with. */               \
  for (size_t i = 0; i < paths; i++) {                                                                                                   \
    uint32_t end = path_ends[i], path;                                                                                                   \
    uint64_t pair = path_pairs[i], word = filter[(pair >> 32) * filter_count >> 32];                                                     \
    const uint8_t *stop = text + end;                                                                                                    \
    memcpy(&path, stop, sizeof path);                                                                                                    \
    uint64_t borders = BORDERS(stop), detours = behind(masks->mark, end) | (behind(masks->dot, end) & ~(behind(masks->host, end) << 1)); \
    unsigned straight = (borders != 0) & ((detours & ((borders & -borders) - 1)) == 0);                                                  \
    ends[kept] = end;                                                                                                                    \
    pairs[kept] = pair;                                                                                                                  \
    uses[kept] = 2;                                                                                                                      \
    kept += !(is_path_start(path) & straight & !has(word, path_bits(path, pair)));                                                       \
  }                                                                                                                                      \
  /* Hosts without a path: no URL's but alone in a field, or behind `//` or user information, or with a port or query behind. */         \
  for (size_t i = 0; i < bare; i++) {                                                                                                    \
    uint32_t end = lone_ends[i];                                                                                                         \
    uint64_t hosts = near(masks->host, end), dots = near(masks->dot, end);                                                               \
    unsigned length = (unsigned)__builtin_clzll(~(hosts | dots));                                                                        \
    const uint8_t *start = text + end - length;                                                                                          \
    /* No empty label, none in front, no hyphen there; and all of it seen. */                                                            \
    uint64_t inside = dots & ~(~(uint64_t)0 >> length);                                                                                  \
    unsigned plain = (length > 2) & (length < 55) & ((inside & inside << 1) == 0) & (*start != '.') & (*start != '-');                   \
    unsigned looks = (plain ^ 1) | (text[end] == ':') | (text[end] == '?') | ((start[-1] == '/') & (start[-2] == '/'));                  \
    /* As in one line of many, which are foreseen. */                                                                                    \
    if (start[-1] == '@') looks |= end <= length || may_be_user(masks, text, end - length - 1);                                          \
    ends[kept] = end;                                                                                                                    \
    pairs[kept] = path_pairs[count - 1 - i];                                                                                             \
    uses[kept] = 2;                                                                                                                      \
    kept += looks;                                                                                                                       \
    lone_ends[alone] = end;                                                                                                              \
    lone_lengths[alone] = (uint8_t)length;                                                                                               \
    alone += (looks ^ 1) & is_border(start[-1]) & is_border(text[end]);                                                                  \
  }                                                                                                                                      \
  lone->count = alone;                                                                                                                   \
  return kept;

static size_t sort_known_hosts(PARAMETERS) { SORT_KNOWN_HOSTS(ukai_path_borders) }

#if defined(__x86_64__)
__attribute__((target("avx2,lzcnt,bmi,bmi2"))) static size_t sort_known_hosts_avx2(PARAMETERS) { SORT_KNOWN_HOSTS(borders_avx2) }
__attribute__((target("avx512f,avx512bw,lzcnt,bmi,bmi2"))) static size_t sort_known_hosts_avx512(PARAMETERS) { SORT_KNOWN_HOSTS(borders_avx512) }
#endif

size_t ukai_sort_known_hosts(int kernel, PARAMETERS) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512)
    return sort_known_hosts_avx512(filter, filter_count, services, masks, text, first, last, ends, pairs, count, uses, lone, path_ends, path_pairs);
  if (kernel == UKAI_KERNEL_AVX2)
    return sort_known_hosts_avx2(filter, filter_count, services, masks, text, first, last, ends, pairs, count, uses, lone, path_ends, path_pairs);
#endif
  (void)kernel;
  return sort_known_hosts(filter, filter_count, services, masks, text, first, last, ends, pairs, count, uses, lone, path_ends, path_pairs);
}
