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

enum { FACTS = 8, BEFORE = 2, BEHIND = 1, WORDS = BEFORE + BLOCKS + BEHIND };

static struct ukai_masks masks_of(uint64_t facts[FACTS][WORDS]) {
  return (struct ukai_masks){facts[0] + BEFORE, facts[1] + BEFORE, facts[2] + BEFORE, facts[3] + BEFORE,
                             facts[4] + BEFORE, facts[5] + BEFORE, facts[6] + BEFORE, facts[7] + BEFORE};
}

/// Masks with runs and gaps of all lengths, also in the words before the first.
static void fill_with_runs(uint64_t facts[FACTS][WORDS]) {
  for (int fact = 0; fact < FACTS; fact++)
    for (int word = 0; word < WORDS; word++) {
      uint64_t bits = next() & (next() | -(next() & 1)) & (next() | -(next() & 1));
      facts[fact][word] = next() % 3 ? bits : ~bits & -(next() & 1);
    }
}

static struct ukai_ends ends_of(uint64_t ends[4][BLOCKS]) { return (struct ukai_ends){ends[0], ends[1], ends[2]}; }

/// Ends of names, numbers, long runs and words, with runs that come in from another block.
static int same_ends(int kernel, uint64_t facts[FACTS][WORDS], size_t words) {
  for (int word = 0; word < WORDS; word++) {
    if (next() % 8 == 0) facts[2][word] = ~(uint64_t)0;
    facts[0][word] &= facts[2][word];  // What is a letter or a digit belongs to a host.
    facts[1][word] &= facts[0][word];
    facts[3][word] &= ~facts[2][word];
  }
  struct ukai_run_carries carries = {next() & 1, next() & 1, next() & 1, next() & 1, next() & 1, next() & 1}, other = carries;
  uint64_t ends[2][4][BLOCKS] = {{{0}}};
  struct ukai_filled_ends filled = ukai_find_ends(UKAI_KERNEL_PORTABLE, masks_of(facts), words, &carries, ends_of(ends[0]));
  struct ukai_filled_ends found = ukai_find_ends(kernel, masks_of(facts), words, &other, ends_of(ends[1]));
  int skips = (int)(next() % 3);
  ukai_find_word_ends(UKAI_KERNEL_PORTABLE, masks_of(facts), words, skips, ends[0][3]);
  ukai_find_word_ends(kernel, masks_of(facts), words, skips, ends[1][3]);
  return memcmp(&carries, &other, sizeof carries) == 0 && memcmp(&filled, &found, sizeof filled) == 0 && memcmp(ends[0], ends[1], sizeof ends[0]) == 0;
}

static int is_alphanumeric(uint8_t byte) {
  uint8_t letter = byte | 0x20;
  return (letter >= 'a' && letter <= 'z') || (byte >= '0' && byte <= '9');
}

/// Ends of long runs of a text, as the plainest loop would tell them: none is missing that must be there, and none there that may not be.
static int finds_long_runs(int kernel, const uint8_t *text, uint64_t facts[FACTS][WORDS]) {
  uint64_t ends[4][BLOCKS];
  struct ukai_run_carries carries = {0, 0, 0, 0, 0, 0};
  ukai_find_ends(kernel, masks_of(facts), BLOCKS, &carries, ends_of(ends));
  size_t run = 0;
  for (size_t i = 0; i < BLOCKS * 64; i++) {
    int ends_here = run > 0 && !is_alphanumeric(text[i]), is_found = (int)(ends[2][i / 64] >> i % 64 & 1);
    if ((ends_here && run >= 23 && !is_found) || (is_found && (!ends_here || run < 16))) return 0;
    run = is_alphanumeric(text[i]) ? run + 1 : 0;
  }
  return 1;
}

static int begins_field(const uint8_t *slash) {
  return *slash == '/' && (memchr("\t \"',;=|\r\n", slash[-1], 10) != NULL || (slash[-1] == '\\' && slash[-2] == '"'));
}

static int is_stop(const uint8_t *at) { return *at == '\n' || begins_field(at); }

/// Whether a kernel's answer is that of the plainest loop, which stops at `place`: behind what was wanted it may say less.
static int may_stop(size_t found, size_t place, size_t wanted, size_t available) {
  return place < wanted ? found == place : found <= place && found >= (wanted < available ? wanted : available);
}

static int finds_path_stops(int kernel, const uint8_t *text, size_t count) {
  size_t start = 2 + next() % (count - 3), behind = count - start, before = start - 2, place = 0;
  size_t wanted = next() % (2 * count);
  while (place < behind && !is_stop(text + start + place)) place++;
  if (!may_stop(ukai_path_stop_behind(kernel, text + start, wanted, behind), place, wanted, behind)) return 0;
  for (place = 0; place < before && !is_stop(text + start - place - 1);) place++;
  return may_stop(ukai_path_stop_before(kernel, text + start, wanted, before), place, wanted, before);
}

static int is_label(uint8_t byte) { return is_alphanumeric(byte) || byte == '-' || byte == '_' || byte > 0x7F; }

/// Numbers behind what may end a scheme, and dots inside names, as the plainest loops would tell them.
static int searches_pieces(const uint8_t *text, size_t count) {
  size_t place = 1 + next() % (count - 1), found = ukai_next_number_start(text, place, count);
  while (place < count && !(text[place] >= '0' && text[place] <= '9' && text[place - 1] && strchr("/)>]}", text[place - 1]))) place++;
  int has_dot = 0;
  for (size_t i = 1; i + 1 < count; i++) has_dot |= text[i] == '.' && is_label(text[i - 1]) && is_label(text[i + 1]);
  return found == place && (ukai_has_inner_dot(text, count) != 0) == has_dot;
}

/// What is left of some candidates by a filter, by the plainest loop and by a kernel.
static int keeps_candidates(int kernel, int occupied) {
  enum { MOST = 40, WORDS = 24 };
  uint64_t filter[WORDS * 8], hashes[MOST], expected[MOST];
  uint32_t ends[MOST];
  size_t number = next() % (MOST + 1), count = 1 + next() % WORDS, kept = 0;
  for (size_t i = 0; i < WORDS * 8; i++) filter[i] = next() % 3 ? next() | next() : next();
  for (size_t i = 0; i < number; i++) {
    uint64_t hash = hashes[i] = next() << 32 ^ next(), bits = occupied ? hash >> 3 : hash;
    size_t word = (hash >> 32) * count >> 32;
    if (occupied) word = word * 8 + hash % 8;
    int holds = 1;
    for (int bit = 0; bit < 4; bit++) holds &= (int)(filter[word] >> (bits >> 6 * bit) % 64 & 1);
    ends[i] = (uint32_t)i;
    if (holds) expected[kept++] = i;
  }
  uint64_t before[MOST];
  memcpy(before, hashes, sizeof before);
  size_t found = occupied ? ukai_keep_occupied(kernel, filter, count, ends, hashes, number) : ukai_keep_known(kernel, filter, count, ends, hashes, number);
  if (found != kept) return 0;
  for (size_t i = 0; i < kept; i++) {
    if (ends[i] != expected[i] || hashes[i] != before[expected[i]]) return 0;
  }
  return 1;
}

static int has_bits(uint64_t word, uint64_t hash, const unsigned *shifts, size_t count) {
  for (size_t i = 0; i < count; i++) if (!(word >> (hash >> shifts[i]) % 64 & 1)) return 0;
  return 1;
}

/// One of sixteen bits by a byte, as listed literals choose it for a place.
static int is_started(uint64_t word, uint64_t hash, int bytes, uint8_t byte) {
  unsigned half = byte % 16 == 15 ? 12 : byte % 16, own = (unsigned)(15 - bytes) % 8, eighth = half < 8 ? own : (own + 4) % 8;
  return (int)(word >> (8 * eighth + half % 8 + (hash >> 20)) % 64 & 1);
}

/// Which ends of literals are asked for, which go on and which have gates, bit by bit; and of those asked for, which have the bytes of a body.
static int walks_literals(int kernel) {
  enum { MOST = 40, WORDS = 24, TEXT_WORDS = 4, BEFORE = 80 };
  static const unsigned listed[] = {0, 6, 12, 18}, longer[] = {42, 3, 15}, gates[] = {9, 27, 33}, turns[] = {24, 36};
  uint64_t filter[WORDS], words[1 + TEXT_WORDS], hashes[MOST], before[MOST], asked_hashes[MOST], crowded_hashes[MOST];
  uint32_t ends[MOST], first_ends[MOST], asked_ends[MOST], crowded_ends[MOST];
  uint16_t asked_places[MOST], started[MOST];
  uint8_t text[BEFORE + TEXT_WORDS * 64 + 8];
  struct ukai_beginnings asked = {asked_ends, asked_hashes, asked_places, 0};
  struct ukai_literal_ends crowded = {crowded_ends, crowded_hashes, 0};
  size_t number = next() % (MOST + 1), count = 4 * (1 + next() % (WORDS / 4)), kept = 0, beginnings = 0, crowd = 0;
  unsigned known = 8 + 4 * (next() % 13);
  for (size_t i = 0; i < WORDS; i++) filter[i] = next() << 32 ^ next() | next() | next() << 32 | (next() % 3 ? next() << 16 : 0);
  for (size_t i = 0; i < 1 + TEXT_WORDS; i++) words[i] = next() ^ next() << 32;
  for (size_t i = 0; i < sizeof text; i++) text[i] = (uint8_t)next();
  for (size_t i = 0; i < number; i++) {
    hashes[i] = before[i] = next() << 32 ^ next();
    ends[i] = first_ends[i] = (uint32_t)(next() % (TEXT_WORDS * 64));
  }
  size_t left = ukai_keep_longer(kernel, filter, count, words + 1, known, ends, hashes, number, &asked, &crowded);
  for (size_t i = 0; i < number; i++) {
    uint64_t hash = before[i], place_in_filter = (hash >> 32) * count >> 32, word = filter[place_in_filter];
    if (!has_bits(word, hash, listed, 4)) continue;
    uint16_t places = 0, with_bytes = 0;
    for (int bytes = 0; bytes < 16; bytes++) {
      int lowest = bytes < 8 ? 8 * (7 - bytes) : 8 * (15 - bytes) + 1;
      // Bytes of words on both sides of where a body would begin; the window shows 56, and bits below it belong to what stands before those.
      int place = (int)first_ends[i] - (int)known - bytes, bottom = (int)first_ends[i] / 8 * 8 - 56, inside = 1;
      for (int at = place; at >= place - 1; at--) inside &= at >= bottom && at >= -64 ? (int)(words[1 + (at + 64) / 64 - 1] >> (at + 64) % 64 & 1) : 0;
      int is_listed = 1;
      for (size_t turn = 0; turn < 2; turn++) is_listed &= (int)(word >> (lowest + (hash >> turns[turn]) % 64) % 64 & 1);
      if (inside || !is_listed) continue;
      places |= (uint16_t)(0x8000 >> bytes);
      int has_bytes = is_started(filter[place_in_filter ^ 1], hash, bytes, text[BEFORE + place]);
      has_bytes &= is_started(filter[place_in_filter ^ 2], hash, bytes, text[BEFORE + place + 1]);
      if (has_bytes) with_bytes |= (uint16_t)(0x8000 >> bytes);
    }
    if (places) {
      if (beginnings >= asked.count || asked_ends[beginnings] != first_ends[i] || asked_hashes[beginnings] != hash || asked_places[beginnings] != places) return 0;
      started[beginnings++] = with_bytes;
    }
    if (has_bits(word, hash, gates, 3)) {
      if (crowd >= crowded.count || crowded_ends[crowd] != first_ends[i] || crowded_hashes[crowd] != hash) return 0;
      crowd++;
    }
    if (has_bits(word, hash, longer, 3)) {
      if (kept >= left || ends[kept] != first_ends[i] || hashes[kept] != hash) return 0;
      kept++;
    }
  }
  if (kept != left || beginnings != asked.count || crowd != crowded.count) return 0;
  memcpy(first_ends, asked_ends, sizeof asked_ends);
  memcpy(before, asked_hashes, sizeof asked_hashes);
  ukai_keep_started(kernel, filter, count, text + BEFORE, known, &asked);
  kept = 0;
  for (size_t i = 0; i < beginnings; i++) {
    if (!started[i]) continue;
    if (kept >= asked.count || asked_ends[kept] != first_ends[i] || asked_hashes[kept] != before[i] || asked_places[kept] != started[i]) return 0;
    kept++;
  }
  return kept == asked.count;
}

/// Line ends, and whether any byte is zero, of texts of all lengths.
static int counts_newlines(const uint8_t *text, size_t most) {
  uint8_t copy[512];
  size_t start = next() % 8, count = next() % (most - start), newlines = 0;
  int zero = 0, has_zero = -1;
  memcpy(copy, text, most);
  // Few of all, so that none is the usual case.
  for (size_t i = 0; i < most; i++) if (copy[i] == 0 && next() % 8) copy[i] = '\n';
  for (size_t i = 0; i < count; i++) newlines += copy[start + i] == '\n', zero |= copy[start + i] == 0;
  return ukai_count_newlines(copy + start, count, &has_zero) == newlines && has_zero == zero;
}

static int is_of(const char *bytes, uint8_t byte) { return byte != 0 && strchr(bytes, byte) != NULL; }

/// What is to be done with a name whose pair is listed: nothing, a look at it, or at the paths near it.
enum host_kind { DROPPED, LOOKED_AT, ALONE };

static enum host_kind kind_of_host(const uint8_t *text, ptrdiff_t end, uint64_t pair, uint64_t word, int *length) {
  static const unsigned names[] = {58, 52, 46, 40, 16}, urls[] = {34, 28, 22}, starts[] = {58, 52, 46, 40};
  uint64_t mixed = pair * 0x9e3779b97f4a7c15u;
  if (has_bits(word, mixed, names, 5)) return LOOKED_AT;
  if (!has_bits(word, mixed, urls, 3)) return DROPPED;
  if (text[end] == '/') {
    uint64_t start = 0;
    for (int i = 1; i <= 3; i++) {
      if (!is_label(text[end + i]) && text[end + i] != '/') return LOOKED_AT;
      start |= (uint64_t)(text[end + i] | 0x20) << 8 * (i - 1);
    }
    if (has_bits(word, (pair ^ start * 0xd6e8feb86659fd93u) * 0x9e3779b97f4a7c15u, starts, 4)) return LOOKED_AT;
    for (ptrdiff_t place = end; place < end + 64; place++) {
      if (text[place] <= ' ' || is_of("\"?", text[place])) return DROPPED;
      if (is_of("\\%#", text[place]) || (text[place] == '.' && !is_label(text[place - 1]))) return LOOKED_AT;
    }
    return LOOKED_AT;
  }
  int count = 0, is_plain = 1;
  while (count < 55 && (is_label(text[end - 1 - count]) || text[end - 1 - count] == '.')) {
    count++;
    is_plain &= text[end - count] != '.' || (text[end - count - 1] != '.' && is_label(text[end - count - 1]));
  }
  const uint8_t *first = text + end - count;
  if (count <= 2 || count == 55 || !is_plain || *first == '-' || is_of(":?", text[end]) || (first[-1] == '/' && first[-2] == '/')) return LOOKED_AT;
  if (first[-1] == '@') {
    // Of what stands before the block no masks tell.
    if (end <= count) return LOOKED_AT;
    const uint8_t *user = first - 2;
    while (user > first - 57 && (is_label(*user) || *user == '.')) user--;
    if (user <= first - 57 || !is_of("\n\r\t \"<>\\^`{|}", *user)) return LOOKED_AT;
  }
  *length = count;
  return is_of("\t\n\r \"',;=|", first[-1]) && is_of("\t\n\r \"',;=|", text[end]) ? ALONE : DROPPED;
}

/// Hosts near which a path may stand in a field of its own, of a text from `base` on, byte by byte.
static int keeps_paths(int kernel, const uint8_t *text, ptrdiff_t base, ptrdiff_t count, struct ukai_lone_hosts *lone) {
  enum { MOST = 40 };
  uint32_t ends[MOST];
  uint8_t lengths[MOST];
  size_t number = lone->count, kept = 0;
  memcpy(ends, lone->ends, number * sizeof ends[0]);
  memcpy(lengths, lone->lengths, number);
  ukai_keep_with_path(kernel, text + base, 1 - base, count - base, lone);
  for (size_t i = 0; i < number; i++) {
    ptrdiff_t end = base + ends[i], start = end - lengths[i], first = start - 1, last = end;
    while (first >= 0 && text[first] != '\n') first--;
    while (last < count && text[last] != '\n') last++;
    int is_shown = start - 256 >= 1 && end + 128 <= count && first >= start - 256 && last < end + 128, has_path = 0;
    for (ptrdiff_t place = first + 1; place < last; place++) has_path |= text[place] == '/' && place > 0 && is_of("\t\n\r \"',;=|\\", text[place - 1]);
    if (is_shown && !has_path) continue;
    if (kept >= lone->count || lone->ends[kept] != ends[i] || lone->lengths[kept] != lengths[i]) return 0;
    kept++;
  }
  return kept == lone->count;
}

/// Names whose pair is listed, by what stands around them.
static int sorts_hosts(int kernel) {
  enum { MOST = 40, WORDS = 8, BLOCK = 12, BASE = 128 };
  uint64_t filter[WORDS], services[64] = {0}, pairs[MOST], before[MOST], scratch_pairs[MOST], bits[8][2 + BLOCK] = {{0}};
  uint32_t ends[MOST], first_ends[MOST], lone_ends[MOST], scratch_ends[MOST];
  uint8_t text[BLOCK * 64], lengths[MOST], uses[MOST], is_left[MOST] = {0};
  struct ukai_masks masks = {bits[0] + 3, bits[1] + 3, bits[2] + 3, bits[3] + 3, bits[4] + 3, bits[5] + 3, bits[6] + 3, bits[7] + 3};
  struct ukai_lone_hosts lone = {lone_ends, lengths, 0};
  int breadth = (int[]){4, 16, 200}[next() % 3];
  for (size_t i = 0; i < sizeof text; i++) text[i] = (uint8_t)(next() % (uint64_t)breadth ? "aZ9_e.-k"[next() % 8] : "/ :?@\"\\%#=,.|\n"[next() % 14]);
  for (size_t i = 0; i < sizeof text; i++) {
    bits[2][1 + i / 64] |= (uint64_t)is_label(text[i]) << i % 64;
    bits[3][1 + i / 64] |= (uint64_t)(text[i] == '.') << i % 64;
    bits[6][1 + i / 64] |= (uint64_t)is_of("\\%#", text[i]) << i % 64;
  }
  for (size_t i = 0; i < WORDS; i++) filter[i] = next() << 32 ^ next() | (next() % 2 ? next() << 32 ^ next() : 0);
  for (size_t i = 0; i < 64; i++) services[i] = 1 & next() >> 3 ? 1 : 0;
  size_t number = next() % (MOST + 1), looked_at = 0, alone = 0;
  for (size_t i = 0; i < number; i++) {
    first_ends[i] = ends[i] = (uint32_t)(i * (sizeof text - BASE) / (MOST + 1));
    before[i] = pairs[i] = next() << 32 ^ next();
  }
  size_t left = ukai_sort_known_hosts(
      kernel, filter, WORDS, services, &masks, text + BASE, 130 - BASE, (BLOCK - 1) * 64 - BASE, ends, pairs, number, uses,
      &lone, scratch_ends, scratch_pairs);
  for (size_t i = 0; i < number; i++) {
    int length = 0, is_service = (int)(services[before[i] >> 58] >> (before[i] >> 52 & 63) & 1);
    enum host_kind kind = LOOKED_AT;
    if ((ptrdiff_t)first_ends[i] >= 130 - BASE && first_ends[i] < (BLOCK - 1) * 64 - BASE && !is_service) {
      kind = kind_of_host(text + BASE, first_ends[i], before[i], filter[(before[i] >> 32) * WORDS >> 32], &length);
    }
    if (kind == ALONE) {
      if (alone >= lone.count || lone_ends[alone] != first_ends[i] || lengths[alone] != length) return 0;
      alone++;
    } else if (kind == LOOKED_AT) {
      // In any order.
      size_t place = 0;
      while (place < left && (is_left[place] || ends[place] != first_ends[i] || pairs[place] != before[i])) place++;
      if (place == left) return 0;
      is_left[place] = 1;
      static const unsigned names[] = {58, 52, 46, 40, 16}, urls[] = {34, 28, 22};
      uint64_t word = filter[(before[i] >> 32) * WORDS >> 32], mixed = before[i] * 0x9e3779b97f4a7c15u;
      if (uses[place] != (has_bits(word, mixed, names, 5) | has_bits(word, mixed, urls, 3) << 1)) return 0;
      looked_at++;
    }
  }
  return looked_at == left && alone == lone.count && keeps_paths(kernel, text, BASE, sizeof text, &lone);
}

/// Eight bytes as literals are compared, the last one in the top byte; zeros before the last `length`.
static uint64_t literal_word(const uint8_t *end, int length) {
  uint64_t word = 0;
  for (int i = 1; i <= 8 && i <= length; i++) word |= (uint64_t)(end[-i] == '/' ? '\\' | 0x20 : end[-i] | 0x20) << (64 - 8 * i);
  return word;
}

static uint64_t folded_product(uint64_t left, uint64_t right) {
  unsigned __int128 product = (unsigned __int128)left * right;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/// Words whose last four bytes a table has, out of masks and out of a list of ends.
static int knows_tails(int kernel) {
  enum { TEXT_WORDS = 5, BEFORE = 8, SIZES = 4 };
  static uint64_t table[1 << (12 + SIZES - 6)];
  uint8_t text[BEFORE + 64 * TEXT_WORDS];
  uint64_t masks[TEXT_WORDS];
  uint32_t found[64 * TEXT_WORDS + 16], all[64 * TEXT_WORDS + 16];
  unsigned size = 12 + next() % SIZES, shift = 32 - size;
  size_t words = 1 + next() % TEXT_WORDS, expected = 0, count = 0;
  for (size_t i = 0; i < (size_t)1 << (size - 6); i++) table[i] = next() << 32 ^ next();
  for (size_t i = 0; i < sizeof text; i++) text[i] = (uint8_t)(next() % 3 ? next() : 'A' + next() % 60);
  for (size_t i = 0; i < words; i++) masks[i] = next() % 5 ? (next() << 32 ^ next()) & (next() << 32 ^ next()) & (next() % 2 ? ~0ull : next()) : 0;
  size_t known = ukai_known_tails(kernel, table, shift, text + BEFORE, masks, words, found);
  for (uint32_t end = 0; end < 64 * words; end++) {
    if (!(masks[end / 64] >> end % 64 & 1)) continue;
    all[count++] = end;
    uint32_t tail = 0;
    for (int byte = 0; byte < 4; byte++) tail |= (uint32_t)(text[BEFORE + end - 4 + byte] | 0x20) << 8 * byte;
    uint32_t place = tail * 0x9e3779b1u >> shift;
    if (!(table[place / 64] >> place % 64 & 1)) continue;
    if (expected >= known || found[expected] != end) return 0;
    expected++;
  }
  if (expected != known || ukai_keep_tails(kernel, table, shift, text + BEFORE, all, count) != known) return 0;
  return memcmp(all, found, known * sizeof *all) == 0;
}

/// The keys of ends and of bodies, byte by byte.
static int makes_literal_keys(int kernel) {
  enum { MOST = 12, LENGTH = 200, BEFORE = 80, ROOM = 48 };
  uint64_t filter[16] = {0}, hashes[MOST], before[MOST], body_hashes[ROOM];
  uint32_t ends[MOST], body_ends[ROOM];
  uint16_t places[MOST];
  uint8_t text[BEFORE + LENGTH];
  struct ukai_literal_hash seed = {next() << 32 ^ next(), next() << 32 ^ next(), next() << 32 ^ next()};
  size_t number = next() % (MOST + 1);
  unsigned known = (unsigned[]){0, 8, 24, 40}[next() % 4];
  for (size_t i = 0; i < sizeof text; i++) text[i] = next() % 4 ? (uint8_t)next() : '/';
  for (size_t i = 0; i < number; i++) {
    hashes[i] = before[i] = next() << 32 ^ next();
    ends[i] = (uint32_t)(next() % LENGTH);
    places[i] = (uint16_t)(1 << next() % 16 | (next() % 2 ? next() : 0));
  }
  ukai_next_ends(kernel, &seed, text + BEFORE, known, ends, hashes, number, filter, 16);
  for (size_t i = 0; i < number; i++) {
    const uint8_t *end = text + BEFORE + ends[i] - known;
    uint64_t key = known == 0 ? folded_product(seed.third ^ literal_word(end, 8), seed.second)
                              : folded_product(before[i] ^ literal_word(end, 8), seed.second ^ literal_word(end - 8, 8));
    if (hashes[i] != key) return 0;
  }
  if (known == 0) return 1;
  memcpy(hashes, before, sizeof hashes);
  ukai_next_gates(kernel, &seed, text + BEFORE, known, ends, hashes, number, filter, 16);
  for (size_t i = 0; i < number; i++) {
    uint64_t nearest = literal_word(text + BEFORE + ends[i] - known, 4);
    if (hashes[i] != folded_product(before[i] ^ nearest, seed.third)) return 0;
  }
  struct ukai_beginnings asked = {ends, before, places, number};
  size_t done = 0, written = 0, i = 0;
  int bytes = 15;
  do {
    size_t start = done;
    written = ukai_ask_bodies(kernel, &seed, text + BEFORE, known, &asked, &done, body_ends, body_hashes, 0, ROOM, filter, 16);
    if (written > ROOM || (done == start && done < number)) return 0;
    for (size_t place = 0; place < written; place++) {
      while (!(places[i] & 0x8000 >> bytes)) if (--bytes < 0) bytes = 15, i++;
      const uint8_t *end = text + BEFORE + ends[i] - known;
      uint64_t count = (uint64_t)(known + (unsigned)bytes) * 0x9e3779b97f4a7c15u;
      if (body_ends[place] != ends[i]) return 0;
      if (body_hashes[place] != folded_product(before[i] ^ literal_word(end, bytes), seed.first ^ count ^ literal_word(end - 8, bytes - 8))) return 0;
      if (--bytes < 0) bytes = 15, i++;
    }
  } while (done < number);
  while (i < number) {
    if (places[i] & 0x8000 >> bytes) return 0;
    if (--bytes < 0) bytes = 15, i++;
  }
  return 1;
}

/// The last two labels before some places of 256 bytes, as the plainest loop would measure them.
static int measures_labels(int kernel, const uint8_t *text) {
  enum { WORDS = 4, MOST = 40 };
  uint64_t words[1 + WORDS] = {0};
  struct ukai_pair_length lengths[MOST];
  uint32_t ends[MOST];
  for (size_t i = 0; i < WORDS * 64; i++) words[1 + i / 64] |= (uint64_t)(is_label(text[i]) && text[i] < 0x80) << i % 64;
  for (size_t i = 0; i < MOST; i++) ends[i] = (uint32_t)(next() % (WORDS * 64));
  ukai_pair_lengths(kernel, words + 1, ends, MOST, lengths);
  for (size_t i = 0; i < MOST; i++) {
    int place = (int)ends[i] - 1, label = 0, second = 0;
    while (place >= 0 && words[1 + place / 64] >> place % 64 & 1) place--, label++;
    for (place--; place >= 0 && words[1 + place / 64] >> place % 64 & 1; place--) second++;
    int pair = label + 1 + second, known = 56;
    if (label < known ? lengths[i].label != label : lengths[i].label < known) return 0;
    if (pair < known ? lengths[i].pair != pair : lengths[i].pair < known) return 0;
  }
  return 1;
}

/// What ends a path, of the 64 bytes from a place on.
static int finds_path_borders(const uint8_t *text, size_t count) {
  const uint8_t *start = text + next() % (count - 64);
  uint64_t borders = 0;
  for (size_t i = 0; i < 64; i++) borders |= (uint64_t)(start[i] <= ' ' || start[i] == '"' || start[i] == '?') << i;
  return ukai_path_borders(start) == borders;
}

static int is_part(uint8_t byte) { return is_alphanumeric(byte) || (byte != 0 && strchr("%+-./_~", byte) != NULL); }

/// All runs of a text from a place on, as the plainest loop would tell them.
static int finds_secret_runs(int kernel, const uint8_t *text, size_t count) {
  size_t from = next() % count, run = from;
  for (size_t place = from; place <= count; place++) {
    if (place < count && is_part(text[place])) continue;
    if (place - run >= 14) {
      size_t end = 0, start = ukai_next_secret_run(kernel, text, from, count, &end);
      if (start != run || end != place) return 0;
      from = end;
    }
    run = place + 1;
  }
  size_t end = 0;
  return ukai_next_secret_run(kernel, text, from, count, &end) == count && end == count;
}

/// Where packages may stand beside their versions, as the plainest loop would tell.
static int finds_package_signs(int kernel, const uint8_t *text) {
  size_t blocks = 1 + next() % BLOCKS;
  uint64_t found[BLOCKS], filled = ukai_find_package_signs(kernel, text, blocks, found);
  for (size_t i = 0; i < blocks * 64; i++) {
    int is_sign = text[i] == '@' || (text[i] == '=' && text[i + 1] == '=') || (text[i] == '+' && text[i + 1] <= ' ');
    int is_found = (filled >> i / 64 & 1) && (found[i / 64] >> i % 64 & 1);
    if (is_sign != is_found) return 0;
  }
  return blocks == 64 || filled >> blocks == 0;
}

static int is_bracket(uint8_t byte) { return byte != 0 && strchr("()[\\]^{|}~\x7f", byte) != NULL; }

/// Whether a place may be defanged by brackets, as the plainest look at the bytes around it would tell.
static int has_fang(const uint8_t *at, int is_first) {
  int left = !is_first && is_bracket(at[-1]), right = is_bracket(at[1]), second = is_bracket(at[2]);
  return (*at == '.' && (left || right)) || (left && (right || second) && !is_bracket(*at));
}

/// All marks of a text, and nothing else.
static int finds_marks(const uint8_t *text, uint64_t facts[FACTS][WORDS]) {
  struct ukai_masks masks = masks_of(facts);
  uint64_t found[BLOCKS];
  memcpy(found, masks.mark, sizeof found);
  ukai_find_rare(UKAI_KERNEL_PORTABLE, masks, BLOCKS);
  for (size_t i = 0; i < BLOCKS * 64; i++)
    if ((masks.mark[i / 64] >> i % 64 & 1) != ((found[i / 64] >> i % 64 & 1) | (uint64_t)has_fang(text + i, i == 0))) return 0;
  return 1;
}

static int hexadecimal(const uint8_t *text, int digits) {
  int value = 0;
  for (int i = 0; i < digits; i++) {
    const char *all = "0123456789abcdef0123456789ABCDEF", *digit = text[i] ? strchr(all, text[i]) : NULL;
    if (!digit) return -1;
    value = value << 4 | (int)((digit - all) & 15);
  }
  return value;
}

static size_t in_utf8(uint32_t value, uint8_t *to) {
  size_t more = value < 0x80 ? 0 : value < 0x800 ? 1 : value < 0x10000 ? 2 : 3;
  static const uint8_t first[] = {0, 0xC0, 0xE0, 0xF0};
  to[0] = (uint8_t)(first[more] | value >> 6 * more);
  for (size_t i = 1; i <= more; i++) to[i] = (uint8_t)(0x80 | (value >> 6 * (more - i) & 0x3F));
  return more + 1;
}

/// What an escape stands for, as the plainest reading would tell: how many bytes it is long, and goes to `written` as how many.
static size_t undo_plainly(const uint8_t *at, int is_string, uint8_t *to, size_t *written) {
  *to = *at;
  *written = 1;
  if (!is_string) {
    int value = *at == '%' ? hexadecimal(at + 1, 2) : -1;
    if (value >= 0) *to = (uint8_t)value;
    return value < 0 ? 1 : 3;
  }
  if (*at != '\\') return 1;
  const char *letters = "\"\\/=|nrtbf", *letter = at[1] ? strchr(letters, at[1]) : NULL;
  if (letter) return *to = (uint8_t)"\"\\/=|\n\r\t\b\f"[letter - letters], 2;
  int value = at[1] == 'x' ? hexadecimal(at + 2, 2) : at[1] == 'u' ? hexadecimal(at + 2, 4) : -1;
  if (value < 0) return 1;
  if (at[1] == 'x') return *to = (uint8_t)value, 4;
  int low = value >= 0xD800 && value < 0xDC00 && at[6] == '\\' && at[7] == 'u' ? hexadecimal(at + 8, 4) : -1;
  if (low >= 0xDC00 && low < 0xE000) return *written = in_utf8(0x10000 + ((uint32_t)value - 0xD800) * 0x400 + ((uint32_t)low - 0xDC00), to), 12;
  *written = in_utf8(value >= 0xD800 && value < 0xE000 ? 0xFFFD : (uint32_t)value, to);
  return 6;
}

/// Whether a backslash is left where none is, or none where one of some bytes begins an escape.
static int misses_escape(const uint8_t *bytes, size_t count, int leaves_escape) {
  uint8_t undone[4];
  size_t written;
  for (size_t i = 0; i < count; i++) {
    if (bytes[i] != '\\') continue;
    if (leaves_escape) return 0;
    uint8_t escape[16] = {0};
    memcpy(escape, bytes + i, count - i < 12 ? count - i : 12);
    if (undo_plainly(escape, 1, undone, &written) > 1) return 1;
  }
  return leaves_escape;
}

/// A piece around its first escape: as much of it as a kernel must undo, and no byte of the room behind what may be written.
static int undoes_pieces(const uint8_t *text, size_t count, int is_string) {
  enum { MOST = 600, GUARD = 64 };
  static uint8_t room[MOST + GUARD], expected[MOST + GUARD];
  size_t escape = next() % count, start, place, written = 0;
  while (escape < count && text[escape] != (is_string ? '\\' : '%')) escape++;
  if (escape == count) return 1;
#define ENDS(byte) ((byte) == '"' || (is_string ? (byte) == '\n' : (byte) <= ' '))
  for (start = escape; start > 0 && !ENDS(text[start - 1]); start--)
    if (is_string && text[start - 1] == '\\') return 1;
  for (place = start; place < escape; place++) expected[written++] = text[place];
  memset(room, 0x5A, sizeof room);
  struct ukai_undone found = is_string ? ukai_undo_string(text, count, escape, room) : ukai_undo_run(text, count, escape, room);
  while (place < found.end) {
    if (ENDS(text[place])) return 0;
    size_t bytes, read = undo_plainly(text + place, is_string, expected + written, &bytes);
    written += bytes, place += read;
  }
  for (size_t i = count - start; i < sizeof room; i++)
    if (room[i] != 0x5A) return 0;
  if (found.start != start || found.end != place || found.written != written || memcmp(room, expected, written) != 0) return 0;
  if (is_string && misses_escape(expected, written, found.leaves_escape)) return 0;
  return ENDS(text[place]) || count - place < 96;
#undef ENDS
}

/// A text that ends with a line, undone as a whole.
static int undoes_text(const uint8_t *bytes, size_t count) {
  enum { MOST = 600, BEHIND = 96 };
  static uint8_t text[MOST + BEHIND], room[MOST + BEHIND], expected[MOST + BEHIND];
  memset(text, next() % 2 ? '\\' : 'n', sizeof text);
  memcpy(text, bytes, count);
  text[count] = '\n';
  size_t written = 0, place = 0;
  while (place < count) {
    size_t bytes_of_escape, read = undo_plainly(text + place, 1, expected + written, &bytes_of_escape);
    written += bytes_of_escape, place += read;
  }
  memset(room, 0x5A, sizeof room);
  struct ukai_undone found = ukai_undo_text(text, count, room);
  for (size_t i = count + BEHIND; i < sizeof room; i++)
    if (room[i] != 0x5A) return 0;
  return found.end == count && found.written == written && memcmp(room, expected, written) == 0 && !misses_escape(expected, written, found.leaves_escape);
}

/// Whether a mark must be told of, as what a control sequence begins with.
static int begins_sequence(const uint8_t *at) {
  static const char *all[] = {"\\u001b", "\\u001B", "\\x1b[", "\\x1B[", "\\033["};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strncmp((const char *)at, all[i], strlen(all[i])) == 0) return 1;
  return 0;
}

/// Marks by what they are, in order.
static int sorts_marks(const uint8_t *text, size_t count) {
  enum { MOST = 64 };
  size_t marks[MOST], room[3 * MOST], number = 0, places[3] = {0, 0, 0}, sequences = 0;
  for (size_t mark = next() % 9; mark < count && number < MOST; mark += 1 + next() % 9) marks[number++] = mark;
  struct ukai_mark_kinds kinds = ukai_sort_marks(text, count, marks, number, room);
  for (size_t i = 0; i < number; i++) {
    uint8_t bytes[8] = {0};
    memcpy(bytes, text + marks[i], count - marks[i] < 7 ? count - marks[i] : 7);
    sequences |= (size_t)(*bytes == '\\' && begins_sequence(bytes));
    if (*bytes == '%' && hexadecimal(bytes + 1, 2) < 0) continue;
    int kind = *bytes == '\\' ? 0 : *bytes == '%' ? 1 : 2;
    if (room[(size_t)kind * number + places[kind]++] != marks[i]) return 0;
  }
  return kinds.backslashes == places[0] && kinds.percents == places[1] && kinds.others == places[2] && kinds.sequences >= sequences;
}

int main(void) {
  static const char letters[] = "abcdotDOTxX019.:-_[](){}\\%@ \x80\xff\n";
  static uint8_t text[BLOCKS * 64 + 64];
  static uint64_t expected[FACTS][WORDS], found[FACTS][WORDS], runs[FACTS][WORDS], others[FACTS][WORDS];
  for (int kernel = UKAI_KERNEL_AVX2; kernel <= UKAI_KERNEL_NEON; kernel++) {
    if (!ukai_has_kernel(kernel)) continue;
    for (int round = 0; round < ROUNDS; round++) {
      for (size_t i = 0; i < sizeof text; i++) text[i] = round % 2 ? (uint8_t)letters[next() % (sizeof letters - 1)] : (uint8_t)(next() >> 20);
      ukai_classify(UKAI_KERNEL_PORTABLE, text, BLOCKS, masks_of(expected));
      ukai_classify(kernel, text, BLOCKS, masks_of(found));
      if (memcmp(expected, found, sizeof expected) != 0) {
        printf("kernel %d differs in round %d\n", kernel, round);
        return 1;
      }
      if (!finds_marks(text, expected)) {
        printf("other marks in round %d\n", round);
        return 1;
      }
      if (round % 16 == 1) {
        uint8_t runs_text[BLOCKS * 64 + 64];
        for (size_t i = 0, left = 0; i < sizeof runs_text; i++) {
          if (left == 0) left = 1 + next() % (next() % 8 ? 40 : 300);
          runs_text[i] = --left == 0 ? '.' : 'f';
        }
        ukai_classify(kernel, runs_text, BLOCKS, masks_of(found));
        if (!finds_long_runs(kernel, runs_text, found) || !finds_long_runs(UKAI_KERNEL_PORTABLE, runs_text, found)) {
          printf("kernel %d finds other long runs in round %d\n", kernel, round);
          return 1;
        }
      }
      memset(expected, 0, sizeof expected);
      memset(found, 0, sizeof found);
      uint8_t line[512];
      for (size_t i = 0; i < sizeof line; i++) line[i] = (uint8_t)(next() % 40 ? 'a' + next() % 26 : (uint8_t)"/\n\"\\ =?"[next() % 7]);
      for (int part = 0; part < 8; part++) {
        if (!finds_path_stops(kernel, line, sizeof line) || !finds_path_stops(UKAI_KERNEL_PORTABLE, line, sizeof line)) {
          printf("kernel %d finds other paths in round %d\n", kernel, round);
          return 1;
        }
        if (!finds_path_borders(line, sizeof line)) {
          printf("other borders of paths in round %d\n", round);
          return 1;
        }
      }
      uint8_t tokens[400];
      for (size_t i = 0; i < sizeof tokens; i++) tokens[i] = (uint8_t)(next() % (round % 3 ? 16 : 90) ? "aZ09-._~+/%"[next() % 11] : next() >> 20);
      size_t length = 1 + next() % sizeof tokens;
      if (!finds_secret_runs(kernel, tokens, length) || !finds_secret_runs(UKAI_KERNEL_PORTABLE, tokens, length)) {
        printf("kernel %d finds other secrets in round %d\n", kernel, round);
        return 1;
      }
      if (!walks_literals(kernel) || !walks_literals(UKAI_KERNEL_PORTABLE)) {
        printf("kernel %d walks along other literals in round %d\n", kernel, round);
        return 1;
      }
      if (!sorts_hosts(kernel) || !sorts_hosts(UKAI_KERNEL_PORTABLE)) {
        printf("kernel %d sorts hosts otherwise in round %d\n", kernel, round);
        return 1;
      }
      if (!knows_tails(kernel) || !knows_tails(UKAI_KERNEL_PORTABLE)) {
        printf("kernel %d knows other tails in round %d\n", kernel, round);
        return 1;
      }
      if (!makes_literal_keys(kernel) || !makes_literal_keys(UKAI_KERNEL_PORTABLE)) {
        printf("kernel %d makes other keys of literals in round %d\n", kernel, round);
        return 1;
      }
      for (int is_long = 0; is_long < 2; is_long++) {
        const uint8_t *names = is_long ? line : tokens;
        if (!measures_labels(kernel, names) || !measures_labels(UKAI_KERNEL_PORTABLE, names)) {
          printf("kernel %d measures other labels in round %d\n", kernel, round);
          return 1;
        }
      }
      uint8_t rows[BLOCKS * 64 + 64];
      for (size_t i = 0; i < sizeof rows; i++) rows[i] = (uint8_t)(next() % (round % 3 ? 4 : 90) ? 'a' + next() % 26 : next() % 4 ? "@=+ "[next() % 4] : next() >> 20);
      if (!finds_package_signs(kernel, rows) || !finds_package_signs(UKAI_KERNEL_PORTABLE, rows) || !finds_package_signs(kernel, text)) {
        printf("kernel %d finds other packages in round %d\n", kernel, round);
        return 1;
      }
      for (int part = 0; part < 8; part++)
        if (!counts_newlines(text + part * 64, 512)) {
          printf("other line ends in round %d\n", round);
          return 1;
        }
      uint8_t piece[64];
      for (size_t i = 0; i < sizeof piece; i++) piece[i] = (uint8_t)(next() % 4 == 0 ? ' ' + next() % 3 : (uint8_t)"./)>]}019aZ_-\x80\n"[next() % 15]);
      if (!searches_pieces(piece, 2 + next() % (sizeof piece - 1))) {
        printf("other pieces in round %d\n", round);
        return 1;
      }
      uint8_t escapes[600];
      for (size_t i = 0; i < sizeof escapes; i++) {
        uint8_t letter = next() % 9 ? (uint8_t)('a' + next() % 26) : (uint8_t)"\" \n\xe3"[next() % 4];
        escapes[i] = next() % (round % 5 ? 3 : 40) ? (uint8_t)"\\\\%uxdD8cC013bn/=a[#\x1b"[next() % 22] : letter;
      }
      for (int part = 0; part < 8; part++) {
        size_t length = 1 + next() % sizeof escapes;
        if (!undoes_pieces(escapes, length, part % 2) || !undoes_text(escapes, length) || !sorts_marks(escapes, length)) {
          printf("other escapes in round %d\n", round);
          return 1;
        }
      }
      for (int occupied = 0; occupied < 2; occupied++) {
        if (!keeps_candidates(kernel, occupied) || !keeps_candidates(UKAI_KERNEL_PORTABLE, occupied)) {
          printf("kernel %d keeps other candidates in round %d\n", kernel, round);
          return 1;
        }
      }
      fill_with_runs(runs);
      size_t words = 1 + next() % BLOCKS;
      memcpy(others, runs, sizeof runs);
      struct ukai_rare_words rare = ukai_find_rare(UKAI_KERNEL_PORTABLE, masks_of(runs), words);
      struct ukai_rare_words other = ukai_find_rare(kernel, masks_of(others), words);
      // Each kernel may write as many words behind as its step is wide.
      for (size_t word = words; word < (words + 7) / 8 * 8; word++) masks_of(others).mark[word] = masks_of(runs).mark[word];
      if (memcmp(&rare, &other, sizeof rare) != 0 || memcmp(runs, others, sizeof runs) != 0) {
        printf("kernel %d finds other rare words in round %d\n", kernel, round);
        return 1;
      }
      if (!same_ends(kernel, runs, words)) {
        printf("kernel %d finds other ends in round %d\n", kernel, round);
        return 1;
      }
    }
    printf("kernel %d agrees\n", kernel);
  }
  printf("best %d\n", ukai_best_kernel());
  return 0;
}
