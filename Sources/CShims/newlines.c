#include "classify_shims.h"

// Lines of a log and whether any byte is zero, in one look at the bytes: each on its own would be one more walk through the piece.

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static size_t count_newlines_avx2(const uint8_t *bytes, size_t count, int *has_zero) {
  size_t newlines = 0, position = 0;
  __m256i newline = _mm256_set1_epi8('\n'), zero = _mm256_setzero_si256(), total = zero, least = newline;
  while (position + 32 <= count) {
    // A byte lane counts up to 255 before it is added up.
    __m256i lanes = zero;
    for (int step = 0; step < 255 && position + 32 <= count; step++, position += 32) {
      __m256i own = _mm256_loadu_si256((const __m256i *)(bytes + position));
      lanes = _mm256_sub_epi8(lanes, _mm256_cmpeq_epi8(own, newline));
      least = _mm256_min_epu8(least, own);
    }
    total = _mm256_add_epi64(total, _mm256_sad_epu8(lanes, zero));
  }
  uint64_t parts[4];
  _mm256_storeu_si256((__m256i *)parts, total);
  newlines = parts[0] + parts[1] + parts[2] + parts[3];
  *has_zero = _mm256_movemask_epi8(_mm256_cmpeq_epi8(least, zero)) != 0;
  for (; position < count; position++) newlines += bytes[position] == '\n', *has_zero |= bytes[position] == 0;
  return newlines;
}

__attribute__((target("avx512f,avx512bw,popcnt"))) static size_t count_newlines_avx512(const uint8_t *bytes, size_t count, int *has_zero) {
  const __m512i newline = _mm512_set1_epi8('\n');
  __m512i least = newline;
  size_t newlines = 0, position = 0;
  for (; position + 64 <= count; position += 64) {
    __m512i own = _mm512_loadu_si512(bytes + position);
    newlines += (size_t)__builtin_popcountll(_mm512_cmpeq_epi8_mask(own, newline));
    least = _mm512_min_epu8(least, own);
  }
  __mmask64 rest = ((uint64_t)1 << (count - position)) - 1;
  __m512i own = _mm512_mask_loadu_epi8(_mm512_set1_epi8(-1), rest, bytes + position);
  newlines += (size_t)__builtin_popcountll(_mm512_cmpeq_epi8_mask(own, newline));
  least = _mm512_min_epu8(least, own);
  *has_zero = _mm512_testn_epi8_mask(least, least) != 0;
  return newlines;
}
#endif

size_t ukai_count_newlines(const uint8_t *bytes, size_t count, int *has_zero) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw")) return count_newlines_avx512(bytes, count, has_zero);
  if (__builtin_cpu_supports("avx2")) return count_newlines_avx2(bytes, count, has_zero);
#endif
  size_t newlines = 0;
  *has_zero = 0;
  for (size_t i = 0; i < count; i++) newlines += bytes[i] == '\n', *has_zero |= bytes[i] == 0;
  return newlines;
}
