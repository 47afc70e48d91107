#pragma once
// What each byte of a log is, as bit masks, where tokens end, and what the filter knows of them: loops over bytes and bits that Swift cannot give to the
// vectors of the CPU that it runs on. What is listed, and what hits, is decided in Swift.
#include <stdbool.h>
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
  /// What `host` has, and what may stand around a dot that is defanged: `( ) [ \ ] ^ { | } ~` and DEL.
  uint64_t *host_or_bracket;
  /// Where a line may have to be read another way: `\`, `%`, `#`, ESC, and what looks like defanging (more than is; never less). Of brackets
  /// only once `ukai_find_rare` has been there.
  uint64_t *mark;
  /// Bytes from 0x80 on.
  uint64_t *high;
};

/// Which words of up to 64 have what most have not: bit i stands for word i.
struct ukai_rare_words {
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
/// Up to two bytes behind the last block are read; `bytes` must reach so far. One word more of `masks` is written: these bytes' brackets.
void ukai_classify(int kernel, const uint8_t *bytes, size_t blocks, struct ukai_masks masks);

/// What is rare in the first `words` of `masks`, at most 64; adds to `mark` what brackets tell, in up to seven words behind them, too. The
/// arrays must reach a word back, and a word behind a multiple of eight words.
struct ukai_rare_words ukai_find_rare(int kernel, struct ukai_masks masks, size_t words);

/// Where tokens of each kind end in a block, a word of bits for 64 bytes.
struct ukai_ends {
  /// One past the last label of each dotted run, unless that label is a number (any number of dots may follow).
  uint64_t *names;
  /// One past each number that is the fourth of a row with dots between, or a later one; the third has at most three digits, and no letter is behind.
  uint64_t *numbers;
  /// One past each run of letters and digits that has 16 of them aligned by eight: of all runs of at least 23, of none of fewer than 16.
  uint64_t *long_runs;
};

/// Which words of a block have any end, a bit a word.
struct ukai_filled_ends {
  uint64_t names;
  uint64_t numbers;
  uint64_t long_runs;
};

/// Runs that go on, from block to block: 0 or 1 each.
struct ukai_run_carries {
  uint64_t labels;
  uint64_t numbers;
  uint64_t octets;
  /// Whether the last byte was a dot behind a third number.
  uint64_t thirds;
  uint64_t quads;
  uint64_t long_runs;
};

/// Writes `ends` for each of the first `words` of `masks`, at most 64. The arrays of `masks` must reach one word back.
struct ukai_filled_ends ukai_find_ends(int kernel, struct ukai_masks masks, size_t words, struct ukai_run_carries *carries, struct ukai_ends ends);

/// Which words are passed over: none, those with which a longer name begins, or of these such as do not end in four digits.
enum ukai_word_skips { UKAI_SKIP_NONE = 0, UKAI_SKIP_LONGER = 1, UKAI_SKIP_LONGER_BUT_NUMBERS = 2 };

/// Writes one past each word of letters, digits and bytes beyond ASCII; with `skips` (`ukai_word_skips`) not where a hyphen, an underscore, or
/// a dot and another word go on. The arrays of `masks` must reach one word back.
void ukai_find_word_ends(int kernel, struct ukai_masks masks, size_t words, int skips, uint64_t *ends);

/// Bytes of a name's last label, and of its last two with the dot between.
struct ukai_pair_length {
  uint8_t label;
  uint8_t pair;
};

/// Writes the lengths of the last two labels before each of `count` places, out of `host` of `ukai_masks`; a pair of 56 and more may be longer than
/// told. `host` must reach one word back.
void ukai_pair_lengths(int kernel, const uint64_t *host, const uint32_t *ends, size_t count, struct ukai_pair_length *lengths);

/// Leaves in `ends` and `hashes`, `number` of each, those whose bits a filter of `count` words (below 2^32) has: the word is chosen by a hash's high
/// half, the four bits by its low 24. Returns how many they are.
size_t ukai_keep_known(int kernel, const uint64_t *filter, uint64_t count, uint32_t *ends, uint64_t *hashes, size_t number);

/// The same of a filter of `count` lines of eight words: the line is chosen by a hash's high half, the word by its low three bits, the bits by the
/// next 24.
size_t ukai_keep_occupied(int kernel, const uint64_t *filter, uint64_t count, uint32_t *ends, uint64_t *hashes, size_t number);

/// Ends of literals before which a body may begin, with their keys and where: a bit for each of 0 to 15 bytes before, that for 0 on top.
struct ukai_beginnings {
  uint32_t *ends;
  uint64_t *hashes;
  uint16_t *places;
  size_t count;
};

/// Ends of literals with their keys.
struct ukai_literal_ends {
  uint32_t *ends;
  uint64_t *hashes;
  size_t count;
};

/// Leaves in `ends` and `hashes`, `number` of each, those that the filter has (`ukai_keep_known`) and with which something listed goes on that has at
/// least sixteen bytes more, and returns how many they are. Writes to `asked`, with room for `number`, those that the filter has and before which a
/// body may begin within sixteen bytes: by the key's word of the filter (`LiteralReach`), and where the text has no word or the beginning of one. Writes
/// to `crowded`, with as much room, those that have gates (`LiteralEnds`).
///
/// - `words`: which bytes of the text belong to words, a word of bits for 64 bytes; must reach one back. `known`: how many bytes of the ends the keys are
///   of, 8 to 56.
size_t ukai_keep_longer(
    int kernel, const uint64_t *filter, uint64_t filter_count, const uint64_t *words, unsigned known, uint32_t *ends, uint64_t *hashes, size_t number,
    struct ukai_beginnings *asked, struct ukai_literal_ends *crowded);

/// Leaves in `asked` the beginnings with the two bytes that something listed may begin with there: by two words beside the key's own in the filter
/// (`LiteralStart`), which must have four words or a multiple.
///
/// - `text`: what ends count from; 71 bytes must lie before. `known`: how many bytes of the ends the keys are of, 8 to 56.
void ukai_keep_started(int kernel, const uint64_t *filter, uint64_t filter_count, const uint8_t *text, unsigned known, struct ukai_beginnings *asked);

/// Hosts that stand alone in a field: where they end, and how long they are.
struct ukai_lone_hosts {
  uint32_t *ends;
  uint8_t *lengths;
  size_t count;
};

/// Sorts names whose pair of labels `filter` has, with `ends` in the block and the hashes of their `pairs`, `count` of each. Leaves in `ends` and `pairs`
/// those that have to be looked at, with what hangs on each pair in `uses` (`KeyUses`), and returns how many these are; writes to `lone`, with room for
/// `count`, hosts alone in a field for which nothing but URLs is listed. All others can be of nothing listed: by what hangs on the pair, by what stands
/// around them, or by their path (`PathStart`).
///
/// - `services`: 64 words, a bit for the top twelve bits of each pair that has to be looked at. `text`: the block's first byte. `first`, `last`: only names
///   that end from here on and before there are sorted; 130 bytes before and 64 behind, and a word of masks more, must be the text's. `path_ends`,
///   `path_pairs`: room for `count`, of which nothing is left.
size_t ukai_sort_known_hosts(
    int kernel, const uint64_t *filter, uint64_t filter_count, const uint64_t *services, const struct ukai_masks *masks, const uint8_t *text,
    ptrdiff_t first, ptrdiff_t last, uint32_t *ends, uint64_t *pairs, size_t count, uint8_t *uses, struct ukai_lone_hosts *lone, uint32_t *path_ends,
    uint64_t *path_pairs);

/// Leaves in `lone` the hosts with a slash that may begin a field in the same line, and those of lines that begin more than 256 bytes before or end more
/// than 128 behind.
///
/// - `text`: what ends count from. `first`, `last`: places of it between which all may be read, and one byte before.
void ukai_keep_with_path(int kernel, const uint8_t *text, ptrdiff_t first, ptrdiff_t last, struct ukai_lone_hosts *lone);

/// The seed of the keys of literals (`KeyHash`).
struct ukai_literal_hash {
  uint64_t first, second, third;
};

/// Makes the keys of `number` ends those of eight bytes, or where some are `known` of sixteen more (`LiteralHash`), and fetches their words of the filter.
///
/// - `block`: what `ends` count from; 72 bytes must lie before.
void ukai_next_ends(
    int kernel, const struct ukai_literal_hash *hash, const uint8_t *block, unsigned known, const uint32_t *ends, uint64_t *hashes, size_t number,
    const uint64_t *filter, uint64_t filter_count);

/// Makes the keys of `number` ends, `known` bytes of which are behind, those of the gates before them (`LiteralEnds`), and fetches their words of the filter.
///
/// - `block`: what `ends` count from; 64 bytes must lie before. `known`: 8 to 48.
void ukai_next_gates(
    int kernel, const struct ukai_literal_hash *hash, const uint8_t *block, unsigned known, const uint32_t *ends, uint64_t *hashes, size_t number,
    const uint64_t *filter, uint64_t filter_count);

/// Writes the places of those bits of `words` of `masks` before which four bytes stand that a table has (`TailSet`), and returns how many they are.
///
/// - `shift`: 32 without the binary logarithm of the table's bits. `block`: what places count from; four bytes must lie before. `ends`: room for sixteen more
///   than there are bits.
size_t ukai_known_tails(
    int kernel, const uint64_t *table, unsigned shift, const uint8_t *block, const uint64_t *masks, size_t words, uint32_t *ends);

/// Leaves of `number` ends those before which four bytes stand that a table has, and returns how many they are.
size_t ukai_keep_tails(int kernel, const uint64_t *table, unsigned shift, const uint8_t *block, uint32_t *ends, size_t number);

/// Writes behind the first `number` of `ends` and `hashes` the keys of the bodies that begin where `asked` says, an end's farthest first, and fetches
/// their words of the filter.
/// Returns how many there are then; stops before `room` of them, of those asked for at `*done`.
///
/// - `known`: how many bytes of the ends the keys are of, 8 to 56.
size_t ukai_ask_bodies(
    int kernel, const struct ukai_literal_hash *hash, const uint8_t *block, unsigned known, const struct ukai_beginnings *asked, size_t *done, uint32_t *ends,
    uint64_t *hashes, size_t number, size_t room, const uint64_t *filter, uint64_t filter_count);

/// Whether `count` bytes may hold a spelling of defanging that no mark stands for: fullwidth and invisible characters, entities, `__`, `<.>`,
/// `[www]`, `[ . ]`, `[,]`, `[punto]`.
int ukai_has_rare_fang(const uint8_t *bytes, size_t count);

/// Which of 64 bytes are blanks, control characters, quotation marks or question marks, as behind nearly every URL's path: bit i stands for byte i.
uint64_t ukai_path_borders(const uint8_t *bytes);

/// Whether `count` bytes hold a dot with a letter, a digit, `-`, `_` or a byte from 0x80 on at both sides.
int ukai_has_inner_dot(const uint8_t *bytes, size_t count);

/// How many bytes from `bytes` on are neither a line end nor a slash with which a field may begin. No further than `wanted` and the step that
/// takes, and never beyond `available`. Two bytes must lie before.
size_t ukai_path_stop_behind(int kernel, const uint8_t *bytes, size_t wanted, size_t available);

/// The same of the bytes before `end`. Two bytes more than `available` must lie before.
size_t ukai_path_stop_before(int kernel, const uint8_t *end, size_t wanted, size_t available);

/// The first place from `from` on, which is at least 1, where a digit stands behind what may end `://`, defanged or not: a slash or a closing
/// bracket; `count` when there is none.
size_t ukai_next_number_start(const uint8_t *bytes, size_t from, size_t count);

/// The first run from `from` on of at least 14 letters, digits and `% + - . / _ ~`, as session cookies and tokens are made of; one that goes on
/// before `from` begins there. Its end goes to `end`; `count`, twice, when there is none.
size_t ukai_next_secret_run(int kernel, const uint8_t *bytes, size_t from, size_t count, size_t *end);

/// Where a package may stand beside its version in `blocks` times 64 bytes, at most 64: an `@`, the first of two `=`, a `+` before a blank or a
/// control character. Which blocks have any, a bit each, of which alone the words of `found` are written. One byte behind the last block is read.
uint64_t ukai_find_package_signs(int kernel, const uint8_t *bytes, size_t blocks, uint64_t *found);

/// Takes `blocks` times 64 bytes into the eight words of an SHA-256 (FIPS 180-4); 0, and nothing done, where the CPU has no rounds of its own.
int ukai_sha256(uint32_t *state, const uint8_t *bytes, size_t blocks);

/// How many of some marks are what.
struct ukai_mark_kinds {
  size_t backslashes;
  /// `%` with two hexadecimal digits.
  size_t percents;
  /// What is neither `\` nor `%`.
  size_t others;
  /// Whether a control sequence may begin at any of the backslashes: 0 or 1.
  size_t sequences;
};

/// Sorts `number` marks of a text, which are in order: the backslashes to the beginning of the room, `%XX` to `number` from there, others to twice
/// that.
struct ukai_mark_kinds ukai_sort_marks(const uint8_t *text, size_t count, const size_t *marks, size_t number, size_t *room);

/// A piece of a text with escapes, and how far it is undone.
struct ukai_undone {
  size_t start;
  /// Where reading goes on.
  size_t end;
  /// How many bytes have been written.
  size_t written;
  /// Whether a backslash is among them that may begin an escape.
  bool leaves_escape;
};

/// Copies the JSON string around an escape, before which it has none, with its escapes undone: from behind the last quotation mark or line end on to
/// the next one, or to less than 96 bytes before the end of the text, which has `count`. No more of the room is written than lies between the
/// string's start and the text's end.
struct ukai_undone ukai_undo_string(const uint8_t *text, size_t count, size_t escape, uint8_t *room);

/// The same of `%XX` and the run that it is in, between blanks, control characters or quotation marks.
struct ukai_undone ukai_undo_run(const uint8_t *text, size_t count, size_t escape, uint8_t *room);

/// Copies all of a text with its escapes of JSON undone. A line end must stand behind it, and 96 bytes that may be read; as many of the room behind
/// what is told of may be written.
struct ukai_undone ukai_undo_text(const uint8_t *text, size_t count, uint8_t *room);

/// Newlines in `count` bytes; whether any of the bytes is zero goes to `has_zero`.
size_t ukai_count_newlines(const uint8_t *bytes, size_t count, int *has_zero);

/// Asks for a cache line before it is needed.
static inline void ukai_prefetch(const void *address) { __builtin_prefetch(address); }

#pragma clang assume_nonnull end
