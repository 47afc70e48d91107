// Holds every kernel that this CPU has to the portable one, on bytes of all values and on texts made of what the masks ask for.
#include "classify_shims.h"

#include <stdio.h>
#include <string.h>

enum { BLOCKS = 64, ROUNDS = 4000 };

static uint64_t state = 88172645463325252u;

static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

int main(void) {
  static const char letters[] = "abcdotDOTxX019.:-_[](){}\\%@ \x80\xff\n";
  static uint8_t text[BLOCKS * 64 + 64];
  static struct ukai_masks expected[BLOCKS], found[BLOCKS];
  for (int kernel = UKAI_KERNEL_AVX2; kernel <= UKAI_KERNEL_NEON; kernel++) {
    if (!ukai_has_kernel(kernel)) continue;
    for (int round = 0; round < ROUNDS; round++) {
      for (size_t i = 0; i < sizeof text; i++) text[i] = round % 2 ? (uint8_t)letters[next() % (sizeof letters - 1)] : (uint8_t)(next() >> 20);
      ukai_classify(UKAI_KERNEL_PORTABLE, text, BLOCKS, (uint8_t)round, expected);
      ukai_classify(kernel, text, BLOCKS, (uint8_t)round, found);
      if (memcmp(expected, found, sizeof expected) != 0) {
        printf("kernel %d differs in round %d\n", kernel, round);
        return 1;
      }
    }
    printf("kernel %d agrees\n", kernel);
  }
  printf("best %d\n", ukai_best_kernel());
  return 0;
}
