// Included by `token_ends.c` alone, once for each width: `LANES` words of masks a step, four or eight, for the CPUs of `TARGET`. Within a step a carry
// goes from a word to the next, and no further unless a word is one run from end to end; those are left to the loop of single words.

#define JOIN_(name, lanes) name##_by_##lanes
#define JOIN(name, lanes) JOIN_(name, lanes)
#define WIDE(name) JOIN(name, LANES)
typedef uint64_t WIDE(words) __attribute__((vector_size(8 * LANES), aligned(8), may_alias));
typedef uint8_t WIDE(bytes) __attribute__((vector_size(8 * LANES), aligned(1), may_alias));

#define LOAD(fact, offset) (*(const WIDE(words) *)(masks.fact + word + (offset)))
#define DELAYED_WIDE(fact, shift) (LOAD(fact, 0) << (shift) | LOAD(fact, -1) >> (64 - (shift)))

/// Bit i for the i-th word that is not zero. The barrier keeps the compiler from gathering such results in a vector.
TARGET static inline uint64_t WIDE(filled)(WIDE(words) words) {
#if LANES == 4
  uint64_t filled = 15 ^ (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64((__m256i)words, _mm256_setzero_si256())));
#else
  uint64_t filled = _mm512_test_epi64_mask((__m512i)words, (__m512i)words);
#endif
  __asm__("" : "+r"(filled));
  return filled;
}

/// The bits that words hand on to the next, out of those of the step before and their own: 0 or 1 each.
#if LANES == 4
#define HANDED_ON(last, own) __builtin_shufflevector(last, own, 3, 4, 5, 6)
#define IN_LAST(value) ((WIDE(words)){0, 0, 0, value})
#else
#define HANDED_ON(last, own) __builtin_shufflevector(last, own, 7, 8, 9, 10, 11, 12, 13, 14)
#define IN_LAST(value) ((WIDE(words)){0, 0, 0, 0, 0, 0, 0, value})
#endif

/// As `run_ends`, where no run fills a word. `last` holds the carries of the step before, of which only the last word's matters.
TARGET static inline WIDE(words) WIDE(run_ends)(WIDE(words) runs, WIDE(words) starts, WIDE(words) *last) {
  WIDE(words) sum = runs + starts;
  // What was carried out of the top bit left it empty: nothing else does, as no run begins there that another addition has reached.
  WIDE(words) carries = (runs & ~sum) >> 63;
  WIDE(words) moved = HANDED_ON(*last, carries);
  *last = carries;
  return (sum + moved) & ~runs;
}

/// A step's words. Apart, for in the loop below it would take that one's registers.
__attribute__((noinline)) static void WIDE(single_ends)(struct ukai_masks masks, size_t first, struct ukai_run_carries *carries, struct ukai_ends ends) {
  for (size_t word = first; word < first + LANES; word++) end_word(masks, word, carries, ends);
}

/// The carries of a step's words; those of the last go on.
struct WIDE(carries) {
  WIDE(words) labels, numbers, octets, thirds, quads, long_runs;
};

#define LAST(kind) last.kind[LANES - 1]
#define AFTER(kind) IN_LAST(carries.kind)

TARGET static inline struct ukai_run_carries WIDE(last_carries)(struct WIDE(carries) last) {
  return (struct ukai_run_carries){LAST(labels), LAST(numbers), LAST(octets), LAST(thirds), LAST(quads), LAST(long_runs)};
}

TARGET static inline struct WIDE(carries) WIDE(after_carries)(struct ukai_run_carries carries) {
  return (struct WIDE(carries)){AFTER(labels), AFTER(numbers), AFTER(octets), AFTER(thirds), AFTER(quads), AFTER(long_runs)};
}

TARGET static struct ukai_filled_ends WIDE(ends)(struct ukai_masks masks, size_t words, struct ukai_run_carries *carries, struct ukai_ends ends) {
  struct ukai_filled_ends filled = {0, 0, 0};
  struct WIDE(carries) last = WIDE(after_carries)(*carries);
  size_t word = 0;
  for (; word + LANES <= words; word += LANES) {
    WIDE(words) host = LOAD(host, 0), dot = LOAD(dot, 0), digit = LOAD(digit, 0), alphanumeric = LOAD(alphanumeric, 0);
    if (WIDE(filled)((WIDE(words))(host == ~(WIDE(words)){0}))) {
      *carries = WIDE(last_carries)(last);
      WIDE(single_ends)(masks, word, carries, ends);
      last = WIDE(after_carries)(*carries);
    } else {
      WIDE(words) starts = host & DELAYED_WIDE(dot, 1) & DELAYED_WIDE(host, 2);
      WIDE(words) after_octet = DELAYED_WIDE(dot, 3) | DELAYED_WIDE(dot, 4) | DELAYED_WIDE(dot, 5);
      WIDE(words) number_ends = WIDE(run_ends)(digit, starts & digit, &last.numbers);
      WIDE(words) octet_ends = WIDE(run_ends)(digit, starts & digit & after_octet, &last.octets);
      WIDE(words) thirds = octet_ends & dot, after_third = thirds << 1 | HANDED_ON(last.thirds, thirds >> 63);
      last.thirds = thirds >> 63;
      WIDE(words) quad_ends = WIDE(run_ends)(digit, after_third & digit, &last.quads);
      WIDE(words) label_ends = WIDE(run_ends)(host, starts, &last.labels);
      // A byte of a mask is a group, and what lies a byte before it the group before.
      WIDE(bytes) groups = (WIDE(bytes))alphanumeric & *(const WIDE(bytes) *)((const uint8_t *)(masks.alphanumeric + word) - 1);
      WIDE(words) long_runs = (WIDE(words))(groups == 0xff) & 0x0101010101010101u;
      *(WIDE(words) *)(ends.names + word) = label_ends & ~(dot & host >> 1) & ~number_ends;
      *(WIDE(words) *)(ends.numbers + word) = quad_ends & ~alphanumeric;
      *(WIDE(words) *)(ends.long_runs + word) = WIDE(run_ends)(alphanumeric, long_runs, &last.long_runs);
    }
    filled.names |= WIDE(filled)(*(WIDE(words) *)(ends.names + word)) << word;
    filled.numbers |= WIDE(filled)(*(WIDE(words) *)(ends.numbers + word)) << word;
    filled.long_runs |= WIDE(filled)(*(WIDE(words) *)(ends.long_runs + word)) << word;
  }
  *carries = WIDE(last_carries)(last);
  ends_from(masks, word, words, carries, ends, &filled);
  return filled;
}

TARGET static void WIDE(word_ends)(struct ukai_masks masks, size_t words, uint64_t skips, uint64_t kept_numbers, uint64_t *ends) {
  size_t word = 0;
  for (; word + LANES < words; word += LANES) {
    WIDE(words) own = LOAD(alphanumeric, 0), mask = own | LOAD(high, 0);
    WIDE(words) before = (LOAD(alphanumeric, -1) | LOAD(high, -1)) >> 63;
    WIDE(words) longer = (LOAD(host, 0) & ~own) | (LOAD(dot, 0) & (own >> 1 | LOAD(alphanumeric, 1) << 63));
    WIDE(words) number = BEHIND_NUMBER(LOAD(digit, 0), LOAD(digit, -1));
    *(WIDE(words) *)(ends + word) = (mask << 1 | before) & ~mask & ~(longer & skips & ~(number & kept_numbers));
  }
  struct ukai_masks rest = masks;
  rest.alphanumeric += word, rest.high += word, rest.host += word, rest.dot += word, rest.digit += word;
  word_ends(rest, words - word, skips, kept_numbers, ends + word);
}

#undef JOIN_
#undef JOIN
#undef WIDE
#undef LOAD
#undef DELAYED_WIDE
#undef HANDED_ON
#undef IN_LAST
#undef LAST
#undef AFTER
