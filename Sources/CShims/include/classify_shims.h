#pragma once
// What each byte of a log is, as bit masks, and where tokens end: the only part of the matcher that is not Swift.
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// The masks of a text, an array a fact: a word stands for 64 bytes, its bit i for byte i.
struct ukai_masks {
  uint64_t *alphanumeric;
  uint64_t *digit;
  /// Letters, digits, `-` and `_`.
  uint64_t *host;
  uint64_t *dot;
  uint64_t *colon;
  /// Where a line may have to be read another way: `\`, `%`, and what looks like defanging (more than is; never less).
  uint64_t *mark;
  /// Bytes from 0x80 on.
  uint64_t *high;
};

/// Which words of up to 64 have what most have not: bit i stands for word i.
struct ukai_rare_words {
  /// 16 letters and digits in a row, aligned by eight, end in this word or in the one before.
  uint64_t long_runs;
  /// Two colons in a row, or four with one to four bytes between (or three, of which a fourth may lie in the next word).
  uint64_t colons;
  uint64_t marks;
  uint64_t high;
  /// A digit behind a colon and two bytes that are no letters or digits, as behind `://`.
  uint64_t digits_behind;
};

enum ukai_kernel { UKAI_KERNEL_PORTABLE = 0, UKAI_KERNEL_AVX2 = 1, UKAI_KERNEL_AVX512 = 2, UKAI_KERNEL_NEON = 3 };

/// The fastest kernel that this CPU has and that agrees with the portable one on a sample of all bytes.
int ukai_best_kernel(void);

/// Whether this CPU can run a kernel.
int ukai_has_kernel(int kernel);

/// Classifies `blocks` times 64 bytes at `bytes` into `masks`.
///
/// `before` is the byte before the first one. Up to two bytes behind the last block are read; `bytes` must reach so far.
void ukai_classify(int kernel, const uint8_t *bytes, size_t blocks, uint8_t before, struct ukai_masks masks);

/// What is rare in the first `words` of `masks`, at most 64. The arrays must reach two words back, and up to a multiple of four words.
struct ukai_rare_words ukai_find_rare(int kernel, struct ukai_masks masks, size_t words);

/// Which words of a block have any end, a bit a word.
struct ukai_dotted_ends {
  uint64_t names;
  uint64_t numbers;
};

/// Runs that go on, from block to block: 0 or 1 each.
struct ukai_run_carries {
  uint64_t labels;
  uint64_t numbers;
  uint64_t octets;
};

/// Writes for each of the first `words` of `masks`, at most 64, one past the last label of each dotted run, unless that label is a number (any
/// number of dots may follow); and one past each number behind a dot with another dot an octet before, with no letter behind. The arrays of
/// `masks` must reach one word back.
struct ukai_dotted_ends ukai_find_dotted_ends(
    int kernel, struct ukai_masks masks, size_t words, struct ukai_run_carries *carries, uint64_t *names, uint64_t *numbers);

/// Writes one past each word of letters, digits and bytes beyond ASCII; with `skips` not where a hyphen, an underscore, or a dot and another
/// word go on. The arrays of `masks` must reach one word back.
void ukai_find_word_ends(int kernel, struct ukai_masks masks, size_t words, int skips, uint64_t *ends);

/// Whether `count` bytes may hold a spelling of defanging that no mark stands for: fullwidth and invisible characters, entities, `__`, `<.>`,
/// `[www]`, `[ . ]`, `[,]`, `[punto]`.
int ukai_has_rare_fang(const uint8_t *bytes, size_t count);

/// Whether any of 64 bytes is a blank, a control character or a quotation mark, as behind nearly every URL.
int ukai_has_url_border(const uint8_t *bytes);

/// Whether a field that begins with a slash may stand in the line of a host, up to `before` bytes before it or `behind` bytes behind: never no
/// where one does. Two bytes more must lie before.
int ukai_has_path_field(int kernel, const uint8_t *host, size_t length, size_t before, size_t behind);

/// Newlines in `count` bytes.
size_t ukai_count_newlines(const uint8_t *bytes, size_t count);

/// Asks for a cache line before it is needed.
static inline void ukai_prefetch(const void *address) { __builtin_prefetch(address); }

#pragma clang assume_nonnull end
