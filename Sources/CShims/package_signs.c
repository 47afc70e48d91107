#include "classify_shims.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// One look at all bytes of a log, where packages are listed: of `==` and `+ ` only the pairs, for logs are full of single ones.

static uint64_t signs(const uint8_t *bytes) {
  uint64_t found = 0;
  for (int i = 0; i < 64; i++) {
    int is_sign = bytes[i] == '@' || (bytes[i] == '=' && bytes[i + 1] == '=') || (bytes[i] == '+' && bytes[i + 1] <= ' ');
    found |= (uint64_t)is_sign << i;
  }
  return found;
}

static uint64_t find(const uint8_t *bytes, size_t blocks, uint64_t *found) {
  uint64_t filled = 0;
  for (size_t block = 0; block < blocks; block++) {
    uint64_t places = signs(bytes + 64 * block);
    if (places == 0) continue;
    found[block] = places;
    filled |= (uint64_t)1 << block;
  }
  return filled;
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))
#define ROW(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))

// By the lower half of a byte, which the three signs have each for itself: the sign, and what the next byte less something may be at most. No branch
// but for what is found: two blocks in three have none of the signs, which nothing foretells.
AVX2 static inline __m256i signs_avx2(const uint8_t *bytes) {
  __m256i own = _mm256_loadu_si256((const __m256i *)bytes), next = _mm256_loadu_si256((const __m256i *)(bytes + 1));
  __m256i sign = _mm256_shuffle_epi8(ROW('@', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '+', 0, '=', 0, 0), own);
  __m256i most = _mm256_shuffle_epi8(ROW(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ' ', 0, 0, 0, 0), own);
  __m256i apart = _mm256_xor_si256(next, _mm256_shuffle_epi8(ROW(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '=', 0, 0), own));
  return _mm256_and_si256(_mm256_cmpeq_epi8(own, sign), _mm256_cmpeq_epi8(_mm256_min_epu8(apart, most), apart));
}

AVX2 static uint64_t find_avx2(const uint8_t *bytes, size_t blocks, uint64_t *found) {
  uint64_t filled = 0;
  for (size_t block = 0; block < blocks; block++, bytes += 64) {
    __m256i low = signs_avx2(bytes), high = signs_avx2(bytes + 32), any = _mm256_or_si256(low, high);
    if (_mm256_testz_si256(any, any)) continue;
    found[block] = (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
    filled |= (uint64_t)1 << block;
  }
  return filled;
}
#endif

uint64_t ukai_find_package_signs(int kernel, const uint8_t *bytes, size_t blocks, uint64_t *found) {
#if defined(__x86_64__)
  if (kernel != UKAI_KERNEL_PORTABLE) return find_avx2(bytes, blocks, found);
#endif
  (void)kernel;
  return find(bytes, blocks, found);
}
