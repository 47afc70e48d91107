#include "classify_shims.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// Every kernel computes the same thing. What looks like defanging is found from few facts a byte:
//
//   hxxp              xx
//   [dot]  dot        dot, wherever
//   [.]  (.)  \.      brackets and dots, which `ukai_find_rare` looks at
//
// What begins an escape, or a command to a terminal, is a mark as it stands: `\`, `%`, ESC, and the `#` of `#033[31m`.
//
// Masks may claim too much, which costs a closer look at that place. So "bracket" is what a row of ASCII has beside them.

static const uint8_t brackets[256] = {
    ['('] = 1, [')'] = 1, ['['] = 1, ['\\'] = 1, [']'] = 1, ['^'] = 1, ['{'] = 1, ['|'] = 1, ['}'] = 1, ['~'] = 1, [0x7F] = 1};

static inline int is_bracket(uint8_t byte) { return brackets[byte]; }

enum { ESC = 0x1B };

/// Of the two bytes behind the last block only the brackets matter.
static inline void put_next(struct ukai_masks masks, size_t blocks, const uint8_t *next) {
  masks.host[blocks] = 0;
  masks.host_or_bracket[blocks] = (uint64_t)is_bracket(next[0]) | (uint64_t)is_bracket(next[1]) << 1;
}

static inline void put(
    struct ukai_masks masks, size_t word, uint64_t alphanumeric, uint64_t digit, uint64_t host, uint64_t dot, uint64_t colon,
    uint64_t host_or_bracket, uint64_t mark, uint64_t high) {
  masks.alphanumeric[word] = alphanumeric;
  masks.digit[word] = digit;
  masks.host[word] = host;
  masks.dot[word] = dot;
  masks.colon[word] = colon;
  masks.host_or_bracket[word] = host_or_bracket;
  masks.mark[word] = mark;
  masks.high[word] = high;
}

// --- Portable: a table, one byte after another; the truth for the others -----------------------------------------------------------

enum { ALNUM = 1, DIGIT = 2, HOST = 4, DOT = 8, COLON = 16, BRACKET = 32, ESCAPE = 64 };

static uint8_t class_of(uint8_t byte) {
  uint8_t letter = byte | 0x20, class = 0;
  int is_digit = byte >= '0' && byte <= '9', is_letter = letter >= 'a' && letter <= 'z';
  if (is_digit) class |= DIGIT;
  if (is_digit || is_letter) class |= ALNUM | HOST;
  if (byte == '-' || byte == '_') class |= HOST;
  if (byte == '.') class |= DOT;
  if (byte == ':') class |= COLON;
  if (is_bracket(byte)) class |= BRACKET;
  if (byte == '\\' || byte == '%' || byte == '#' || byte == ESC) class |= ESCAPE;
  return class;
}

static void classify_portable(const uint8_t *bytes, size_t blocks, struct ukai_masks masks) {
  uint8_t table[256];
  for (int byte = 0; byte < 256; byte++) table[byte] = class_of((uint8_t)byte);
  for (size_t block = 0; block < blocks; block++, bytes += 64) {
    uint64_t alnum = 0, digit = 0, host = 0, dot = 0, colon = 0, high = 0, bracket = 0, found = 0;
    for (int i = 0; i < 64; i++) {
      uint8_t byte = bytes[i], class = table[byte], letter = byte | 0x20, next = bytes[i + 1] | 0x20;
      alnum |= (uint64_t)(class & ALNUM ? 1 : 0) << i;
      digit |= (uint64_t)(class & DIGIT ? 1 : 0) << i;
      host |= (uint64_t)(class & HOST ? 1 : 0) << i;
      dot |= (uint64_t)(class & DOT ? 1 : 0) << i;
      colon |= (uint64_t)(class & COLON ? 1 : 0) << i;
      bracket |= (uint64_t)(class & BRACKET ? 1 : 0) << i;
      high |= (uint64_t)(byte >> 7) << i;
      int is_found = class & ESCAPE || (letter == 'x' && next == 'x') || (letter == 'd' && next == 'o' && (bytes[i + 2] | 0x20) == 't');
      found |= (uint64_t)(is_found ? 1 : 0) << i;
    }
    put(masks, block, alnum, digit, host, dot, colon, host | bracket, found, high);
  }
  put_next(masks, blocks, bytes);
}

#if defined(__x86_64__)

// --- AVX2: two halves of 32 bytes; movemask takes the top bit of each byte -----------------------------------------------------------
//
// Two tables of sixteen say what a byte is: one by its low half, one by its high half, and what both have is true.
//
//   class   bit  high halves   low halves
//   NUMBER   7   3             0 to 9
//   EARLY    5   4, 6          1 to F        @ to O without @, and ` to o without `
//   LATE     4   5, 7          0 to A        P to Z, p to z
//   LINE     3   5             F             _
//   DASH     2   2             D             -
//   SQUARE   1   5, 7          B to F        [ \ ] ^ { | } ~ DEL
//   PAREN    0   2             8, 9          ( )
//
// The order makes one step of what would be several bits: from LATE on a byte is a letter or a digit, from DASH on it belongs to a name, from
// PAREN on to that or a bracket; and what is added to lift the least of them into the top bit saturates. A byte from 0x80 on has no class: the
// shuffle gives 0 for it.
//
// All of this is bound by how many instructions there are. So halves are written out side by side and stored as such, what few texts have is
// asked of all blocks at once, and what brackets stand around is left to `ukai_find_rare`, which sees four words a step: with all that in this
// loop 64 bytes took 8.6 ns, and 6.3 now (Zen 3).

enum { PAREN = 1, SQUARE = 2, DASH = 4, LINE = 8, LATE = 16, EARLY = 32, NUMBER = -128, LETTER = LATE | EARLY, ALPHANUMERIC = LETTER | NUMBER };

#define LOW_CLASSES                                                                                                                      \
  LATE | NUMBER, ALPHANUMERIC, ALPHANUMERIC, ALPHANUMERIC, ALPHANUMERIC, ALPHANUMERIC, ALPHANUMERIC, ALPHANUMERIC, ALPHANUMERIC | PAREN, \
      ALPHANUMERIC | PAREN, LETTER, EARLY | SQUARE, EARLY | SQUARE, EARLY | SQUARE | DASH, EARLY | SQUARE, EARLY | SQUARE | LINE
#define HIGH_CLASSES 0, 0, PAREN | DASH, NUMBER, EARLY, LATE | SQUARE | LINE, EARLY, LATE | SQUARE, 0, 0, 0, 0, 0, 0, 0, 0
/// What a byte is taken for by its low half: each place holds what has another.
#define ESCAPES_BY_LOW_HALF 1, 0, 0, '#', 0, '%', 0, 0, 0, 0, 0, ESC, '\\', 0, 0, 0

/// Asks for the text of the next block, into the second-level cache: between two blocks so much else is done that the CPU does not foresee it,
/// and classification would wait for memory. Bytes ahead as `TokenScan.blockWords` has them.
#define FETCH_NEXT_BLOCK(bytes) __builtin_prefetch((bytes) + 8192, 0, 2)

/// The barrier keeps the compiler from turning vectors of bits into single ones, which costs it ten times the speed (clang 17 to 21).
__attribute__((target("avx2"))) static inline uint32_t bits_avx2(__m256i vector) {
  __asm__("" : "+x"(vector));
  return (uint32_t)_mm256_movemask_epi8(vector);
}

typedef uint32_t half __attribute__((may_alias));

/// Writes the bits of two vectors, `low` first.
__attribute__((target("avx2"))) static inline void put_avx2(uint64_t *word, __m256i low, __m256i high) {
  half *halves = (half *)word;
  halves[0] = bits_avx2(low);
  halves[1] = bits_avx2(high);
}

__attribute__((target("avx2"))) static void classify_avx2(const uint8_t *bytes, size_t blocks, struct ukai_masks masks) {
#define LOAD(offset) _mm256_loadu_si256((const __m256i *)(bytes + (offset)))
#define ALL(value) _mm256_set1_epi8((char)(value))
#define EQ(vector, value) _mm256_cmpeq_epi8(vector, ALL(value))
#define FROM(vector, value) _mm256_adds_epu8(vector, ALL(0x80 - (value)))
#define OR _mm256_or_si256
#define AND _mm256_and_si256
#define FOLD(vector) OR(vector, ALL(0x20))
#define TABLE(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))
#define CLASS(own) AND(_mm256_shuffle_epi8(low_table, own), _mm256_shuffle_epi8(high_table, AND(_mm256_srli_epi16(own, 4), ALL(0x0F))))
#define XX(own, offset) AND(EQ(FOLD(own), 'x'), EQ(FOLD(LOAD(offset + 1)), 'x'))
#define DOT(own, offset) AND(AND(EQ(FOLD(own), 'd'), EQ(FOLD(LOAD(offset + 1)), 'o')), EQ(FOLD(LOAD(offset + 2)), 't'))
#define ESCAPES(own) _mm256_cmpeq_epi8(_mm256_shuffle_epi8(escape_table, own), own)
#define FOUND(own, offset) OR(ESCAPES(own), OR(XX(own, offset), DOT(own, offset)))
  const __m256i low_table = TABLE(LOW_CLASSES), high_table = TABLE(HIGH_CLASSES), escape_table = TABLE(ESCAPES_BY_LOW_HALF);
  __m256i any = _mm256_setzero_si256();
  const uint8_t *start = bytes;
  for (size_t block = 0; block < blocks; block++, bytes += 64) {
    FETCH_NEXT_BLOCK(bytes);
    __m256i low = LOAD(0), high = LOAD(32);
    __m256i low_class = CLASS(low), high_class = CLASS(high);
    put_avx2(masks.digit + block, low_class, high_class);
    put_avx2(masks.alphanumeric + block, FROM(low_class, LATE), FROM(high_class, LATE));
    put_avx2(masks.host + block, FROM(low_class, DASH), FROM(high_class, DASH));
    put_avx2(masks.host_or_bracket + block, FROM(low_class, PAREN), FROM(high_class, PAREN));
    put_avx2(masks.dot + block, EQ(low, '.'), EQ(high, '.'));
    put_avx2(masks.colon + block, EQ(low, ':'), EQ(high, ':'));
    put_avx2(masks.mark + block, FOUND(low, 0), FOUND(high, 32));
    any = OR(any, OR(low, high));
  }
  put_next(masks, blocks, bytes);
  // Most texts have no byte beyond ASCII: one question for all blocks.
  int has_high = bits_avx2(any) != 0;
  for (size_t block = 0; block < blocks; block++) {
    const __m256i *halves = (const __m256i *)(start + 64 * block);
    if (has_high) put_avx2(masks.high + block, _mm256_loadu_si256(halves), _mm256_loadu_si256(halves + 1));
    else masks.high[block] = 0;
  }
#undef LOAD
#undef ALL
#undef EQ
#undef FROM
#undef OR
#undef AND
#undef FOLD
#undef TABLE
#undef CLASS
#undef XX
#undef DOT
#undef ESCAPES
#undef FOUND
}

// --- AVX-512: 64 bytes at once; a test of a class's bits gives the mask ----------------------------------------------------------------
//
// The tables of the kernel above; but any set of classes is one test, so their order does not matter.

__attribute__((target("avx512f,avx512bw"))) static void classify_avx512(
    const uint8_t *bytes, size_t blocks, struct ukai_masks masks) {
#define LOAD(offset) _mm512_loadu_si512(bytes + (offset))
#define ALL(value) _mm512_set1_epi8((char)(value))
#define EQ(vector, value) _mm512_cmpeq_epi8_mask(vector, ALL(value))
#define TABLE(...) _mm512_broadcast_i32x4(_mm_setr_epi8(__VA_ARGS__))
#define ANY_OF(classes) _mm512_test_epi8_mask(class, ALL(classes))
  // Which bits differ from a letter's; of three vectors' in the last two, ternary logic of 2^3 truths.
#define UNLIKE(vector, letter) _mm512_xor_si512(vector, ALL(letter))
#define OR_UNLIKE(sum, vector, letter) _mm512_ternarylogic_epi64(sum, vector, ALL(letter), 0xF6)
  // Letters of either case are like each other.
#define IS_LIKE(sum) _mm512_testn_epi8_mask(sum, ALL(0xDF))
  const __m512i low_table = TABLE(LOW_CLASSES), high_table = TABLE(HIGH_CLASSES), escape_table = TABLE(ESCAPES_BY_LOW_HALF);
  __m512i any = _mm512_setzero_si512();
  const uint8_t *start = bytes;
  for (size_t block = 0; block < blocks; block++, bytes += 64) {
    FETCH_NEXT_BLOCK(bytes);
    __m512i own = LOAD(0), next = LOAD(1), second = LOAD(2);
    __m512i class = _mm512_and_si512(
        _mm512_shuffle_epi8(low_table, own), _mm512_shuffle_epi8(high_table, _mm512_and_si512(_mm512_srli_epi16(own, 4), ALL(0x0F))));
    masks.alphanumeric[block] = ANY_OF(ALPHANUMERIC);
    masks.digit[block] = ANY_OF(NUMBER);
    masks.host[block] = ANY_OF(ALPHANUMERIC | DASH | LINE);
    masks.host_or_bracket[block] = ANY_OF(ALPHANUMERIC | DASH | LINE | PAREN | SQUARE);
    masks.dot[block] = EQ(own, '.');
    masks.colon[block] = EQ(own, ':');
    __mmask64 escape = _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(escape_table, own), own);
    __mmask64 xx = IS_LIKE(OR_UNLIKE(UNLIKE(own, 'x'), next, 'x'));
    __mmask64 dot = IS_LIKE(OR_UNLIKE(OR_UNLIKE(UNLIKE(own, 'd'), next, 'o'), second, 't'));
    masks.mark[block] = escape | xx | dot;
    any = _mm512_or_si512(any, own);
  }
  put_next(masks, blocks, bytes);
  // Most texts have no byte beyond ASCII: one question for all blocks.
  if (_mm512_movepi8_mask(any) == 0) {
    memset(masks.high, 0, blocks * sizeof *masks.high);
  } else {
    for (size_t block = 0; block < blocks; block++) masks.high[block] = _mm512_movepi8_mask(_mm512_loadu_si512(start + 64 * block));
  }
#undef LOAD
#undef ALL
#undef EQ
#undef TABLE
#undef ANY_OF
#undef UNLIKE
#undef OR_UNLIKE
#undef IS_LIKE
}

#endif

#if defined(__aarch64__)

// --- NEON: four quarters of 16 bytes; every 64-bit ARM has it ------------------------------------------------------------------------

/// A bit a byte out of four vectors of 0x00 and 0xFF: each byte keeps the bit of its place in eight, and neighbours are added up.
static inline uint64_t bits_neon(const uint8x16_t vectors[4]) {
  static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t place = vld1q_u8(places);
  uint8x16_t low = vpaddq_u8(vandq_u8(vectors[0], place), vandq_u8(vectors[1], place));
  uint8x16_t high = vpaddq_u8(vandq_u8(vectors[2], place), vandq_u8(vectors[3], place));
  uint8x16_t sum = vpaddq_u8(low, high);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}

static void classify_neon(const uint8_t *bytes, size_t blocks, struct ukai_masks masks) {
#define ALL(value) vdupq_n_u8((uint8_t)(value))
#define EQ(vector, value) vceqq_u8(vector, ALL(value))
#define IN(vector, low, high) vcleq_u8(vsubq_u8(vector, ALL(low)), ALL((high) - (low)))
#define OR vorrq_u8
#define AND vandq_u8
  for (size_t block = 0; block < blocks; block++, bytes += 64) {
    uint8x16_t alnum[4], digit[4], host[4], dot[4], colon[4], high[4], bracket[4], found[4];
    for (int quarter = 0; quarter < 4; quarter++) {
      const uint8_t *start = bytes + 16 * quarter;
      uint8x16_t own = vld1q_u8(start), fold = OR(own, ALL(0x20));
      uint8x16_t next = OR(vld1q_u8(start + 1), ALL(0x20)), second = OR(vld1q_u8(start + 2), ALL(0x20));
      uint8x16_t xx = AND(EQ(fold, 'x'), EQ(next, 'x'));
      uint8x16_t dotword = AND(AND(EQ(fold, 'd'), EQ(next, 'o')), EQ(second, 't'));
      digit[quarter] = IN(own, '0', '9');
      alnum[quarter] = OR(digit[quarter], IN(fold, 'a', 'z'));
      host[quarter] = OR(alnum[quarter], OR(EQ(own, '-'), EQ(own, '_')));
      dot[quarter] = EQ(own, '.');
      colon[quarter] = EQ(own, ':');
      high[quarter] = vcgeq_u8(own, ALL(0x80));
      bracket[quarter] = OR(EQ(AND(own, ALL(0xFE)), 0x28), IN(fold, 0x7B, 0x7F));
      found[quarter] = OR(OR(OR(EQ(own, '\\'), EQ(own, '%')), OR(EQ(own, '#'), EQ(own, ESC))), OR(xx, dotword));
    }
    uint64_t hosts = bits_neon(host);
    put(masks, block, bits_neon(alnum), bits_neon(digit), hosts, bits_neon(dot), bits_neon(colon), hosts | bits_neon(bracket), bits_neon(found),
        bits_neon(high));
  }
  put_next(masks, blocks, bytes);
#undef ALL
#undef EQ
#undef IN
#undef OR
#undef AND
}

#endif

int ukai_has_kernel(int kernel) {
  if (kernel == UKAI_KERNEL_PORTABLE) return 1;
#if defined(__x86_64__)
  // All that is done with vectors of 32 bytes counts leading bits, too.
  if (!__builtin_cpu_supports("lzcnt") || !__builtin_cpu_supports("bmi2")) return 0;
  if (kernel == UKAI_KERNEL_AVX2) return __builtin_cpu_supports("avx2") != 0;
  if (kernel == UKAI_KERNEL_AVX512) return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
#elif defined(__aarch64__)
  if (kernel == UKAI_KERNEL_NEON) return 1;
#endif
  return 0;
}

void ukai_classify(int kernel, const uint8_t *bytes, size_t blocks, struct ukai_masks masks) {
#if defined(__x86_64__)
  if (kernel == UKAI_KERNEL_AVX512) return classify_avx512(bytes, blocks, masks);
  if (kernel == UKAI_KERNEL_AVX2) return classify_avx2(bytes, blocks, masks);
#elif defined(__aarch64__)
  if (kernel == UKAI_KERNEL_NEON) return classify_neon(bytes, blocks, masks);
#endif
  classify_portable(bytes, blocks, masks);
}

enum { SAMPLE_BLOCKS = 32, FACTS = 8, SAMPLE_STRIDE = SAMPLE_BLOCKS + 8 };

/// All masks of a sample that a kernel gives, with room around them.
static void sample_masks(int kernel, const uint8_t *sample, uint64_t facts[FACTS][SAMPLE_STRIDE]) {
  memset(facts, 0, FACTS * sizeof *facts);
#define FACT(number) (facts[number] + 4)
  struct ukai_masks masks = {FACT(0), FACT(1), FACT(2), FACT(3), FACT(4), FACT(5), FACT(6), FACT(7)};
#undef FACT
  ukai_classify(kernel, sample, SAMPLE_BLOCKS, masks);
  ukai_find_rare(kernel, masks, SAMPLE_BLOCKS);
}

/// Whether a kernel gives the portable masks on a sample that holds every byte beside many others.
static int agrees(int kernel) {
  uint8_t sample[SAMPLE_BLOCKS * 64 + 64];
  uint64_t expected[FACTS][SAMPLE_STRIDE], found[FACTS][SAMPLE_STRIDE];
  uint64_t state = 0x9E3779B97F4A7C15u;
  for (size_t i = 0; i < sizeof sample; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    sample[i] = i < 256 ? (uint8_t)i : (uint8_t)(state >> 56 & (i % 2 ? 0xFF : 0x7F));
  }
  static const char fangs[] = "hxxp://a[.]b(dot)c\\.d [at] e dot f[:]g{@}h%20";
  memcpy(sample + 600, fangs, sizeof fangs - 1);
  sample_masks(UKAI_KERNEL_PORTABLE, sample, expected);
  sample_masks(kernel, sample, found);
  return memcmp(expected, found, sizeof expected) == 0;
}

int ukai_best_kernel(void) {
  for (int kernel = UKAI_KERNEL_NEON; kernel > UKAI_KERNEL_PORTABLE; kernel--)
    if (ukai_has_kernel(kernel) && agrees(kernel)) return kernel;
  return UKAI_KERNEL_PORTABLE;
}
