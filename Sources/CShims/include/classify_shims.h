#pragma once
// What each byte of a log is, as bit masks: the only part of the matcher that is not Swift.
#include <stddef.h>
#include <stdint.h>

/// The masks of 64 bytes; bit i stands for byte i.
struct ukai_masks {
  uint64_t alphanumeric;
  uint64_t digit;
  /// Letters, digits, `-` and `_`.
  uint64_t host;
  uint64_t dot;
  uint64_t colon;
  /// Where a line may have to be read another way: `\`, `%`, and what looks like defanging (more than is; never less).
  uint64_t mark;
  /// Bytes from 0x80 on.
  uint64_t high;
};

enum ukai_kernel { UKAI_KERNEL_PORTABLE = 0, UKAI_KERNEL_AVX2 = 1, UKAI_KERNEL_AVX512 = 2, UKAI_KERNEL_NEON = 3 };

/// The fastest kernel that this CPU has and that agrees with the portable one on a sample of all bytes.
int ukai_best_kernel(void);

/// Whether this CPU can run a kernel.
int ukai_has_kernel(int kernel);

/// Classifies `blocks` times 64 bytes at `bytes` into `masks`.
///
/// `before` is the byte before the first one. Up to two bytes behind the last block are read; `bytes` must reach so far.
void ukai_classify(int kernel, const uint8_t *bytes, size_t blocks, uint8_t before, struct ukai_masks *masks);

/// Newlines in `count` bytes.
size_t ukai_count_newlines(const uint8_t *bytes, size_t count);

/// Asks for a cache line before it is needed.
static inline void ukai_prefetch(const void *address) { __builtin_prefetch(address); }
