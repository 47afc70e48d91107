#include "classify_shims.h"

#if defined(__x86_64__)
#include <immintrin.h>

static const uint32_t constants[64] __attribute__((aligned(16))) = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
  0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
  0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
  0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
  0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

// The CPU's own rounds (Intel's SHA extensions): two a step, with the state as ABEF and CDGH, four words of the schedule a vector.
__attribute__((target("sha,sse4.1"))) static void compress(uint32_t *state, const uint8_t *block) {
  const __m128i bytes_of_words = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
  __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
  __m128i abef = _mm_alignr_epi8(low, high, 8), cdgh = _mm_blend_epi16(high, low, 0xf0);
  const __m128i first = abef, second = cdgh;
  __m128i words[4];
  for (int i = 0; i < 4; i++) words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)), bytes_of_words);
#pragma clang loop unroll(full)
  for (int step = 0; step < 16; step++) {
    __m128i *own = &words[step & 3], next = words[(step + 1) & 3], third = words[(step + 2) & 3], last = words[(step + 3) & 3];
    __m128i sum = _mm_add_epi32(*own, _mm_load_si128((const __m128i *)(constants + 4 * step)));
    cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
    abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
    *own = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(*own, next), _mm_alignr_epi8(last, third, 4)), last);
  }
  abef = _mm_shuffle_epi32(_mm_add_epi32(abef, first), 0x1b);
  cdgh = _mm_shuffle_epi32(_mm_add_epi32(cdgh, second), 0xb1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(abef, cdgh, 0xf0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(cdgh, abef, 8));
}

int ukai_sha256(uint32_t *state, const uint8_t *bytes, size_t blocks) {
  if (!__builtin_cpu_supports("sha") || !__builtin_cpu_supports("sse4.1")) return 0;
  for (; blocks > 0; blocks--, bytes += 64) compress(state, bytes);
  return 1;
}
#else
int ukai_sha256(uint32_t *state, const uint8_t *bytes, size_t blocks) {
  (void)state, (void)bytes, (void)blocks;
  return 0;
}
#endif
