#pragma once
// Of four or eight in a row those that a bit each names, moved to the front: without a question of which, for that is not foreseen where many are left.
#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>

/// For four bits, the numbers of those that are set; what stands behind them is not counted.
#define PACK_FOUR(LANE)                                                                                                                     \
  {LANE(0, 0, 0, 0), LANE(0, 0, 0, 0), LANE(1, 0, 0, 0), LANE(0, 1, 0, 0), LANE(2, 0, 0, 0), LANE(0, 2, 0, 0), LANE(1, 2, 0, 0), LANE(0, 1, 2, 0), \
   LANE(3, 0, 0, 0), LANE(0, 3, 0, 0), LANE(1, 3, 0, 0), LANE(0, 1, 3, 0), LANE(2, 3, 0, 0), LANE(0, 2, 3, 0), LANE(1, 2, 3, 0), LANE(0, 1, 2, 3)}

#define HALVES(a, b, c, d) {2 * a, 2 * a + 1, 2 * b, 2 * b + 1, 2 * c, 2 * c + 1, 2 * d, 2 * d + 1}
#define NUMBERS(a, b, c, d) {a, b, c, d}

/// Of words of 64 bits, by their halves; of those of 32 bits; of those of 16 bits, by their bytes.
static const int32_t packed_words[16][8] = PACK_FOUR(HALVES);
static const int32_t packed_halves[16][4] = PACK_FOUR(NUMBERS);
static const uint8_t packed_quarters[16][8] = PACK_FOUR(HALVES);

/// Writes four words and four ends, those of `which` in front; returns how many these are.
__attribute__((target("avx2"))) static inline unsigned put_four(uint32_t *ends, uint64_t *words, __m128i four_ends, __m256i four_words, unsigned which) {
  __m256i order = _mm256_loadu_si256((const __m256i *)packed_words[which]);
  _mm256_storeu_si256((__m256i *)words, _mm256_permutevar8x32_epi32(four_words, order));
  __m128 packed = _mm_permutevar_ps(_mm_castsi128_ps(four_ends), _mm_loadu_si128((const __m128i *)packed_halves[which]));
  _mm_storeu_ps((float *)ends, packed);
  return (unsigned)__builtin_popcount(which);
}

/// The same of sixteen bits each.
__attribute__((target("avx2"))) static inline void put_four_quarters(uint16_t *quarters, __m128i four, unsigned which) {
  _mm_storel_epi64((__m128i *)quarters, _mm_shuffle_epi8(four, _mm_loadl_epi64((const __m128i *)packed_quarters[which])));
}

/// The same of eight.
__attribute__((target("avx512f"))) static inline unsigned put_eight(uint32_t *ends, uint64_t *words, __m256i eight_ends, __m512i eight_words, __mmask8 which) {
  _mm512_storeu_si512(words, _mm512_maskz_compress_epi64(which, eight_words));
  _mm256_storeu_si256((__m256i *)ends, _mm512_castsi512_si256(_mm512_maskz_compress_epi32(which, _mm512_castsi256_si512(eight_ends))));
  return (unsigned)__builtin_popcount(which);
}
#endif
