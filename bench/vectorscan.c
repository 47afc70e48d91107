// Vectorscan as a rival of the scan: caseless literals, and a boundary check of our own in the callback, as a user of it would write.
// Prints one line: seconds to compile, CPU seconds of the fastest of N passes, lines that hit, peak memory in KiB.
//
//   vectorscan SET LOG PASSES LINES-OUT
#include <hs/hs.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static char *slurp(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) { perror(path); exit(1); }
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(*length + 1);
  if (!bytes || fread(bytes, 1, *length, file) != *length) { perror(path); exit(1); }
  bytes[*length] = 0;
  fclose(file);
  return bytes;
}

struct scan {
  const char *bytes;
  size_t length;
  const unsigned *lengths;
  unsigned char *hit;  // a byte for each place where a match ends
  size_t matches;
};

static int is_word(int byte) { return isalnum(byte) || byte == '-' || byte == '_'; }

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
  (void)from, (void)flags;
  struct scan *scan = context;
  size_t start = to - scan->lengths[id];
  int before = start > 0 ? (unsigned char)scan->bytes[start - 1] : '\n', after = to < scan->length ? (unsigned char)scan->bytes[to] : '\n';
  int behind = to + 1 < scan->length ? (unsigned char)scan->bytes[to + 1] : '\n';
  if (is_word(before) || is_word(after) || (after == '.' && is_word(behind))) return 0;
  // Four numbers after a dot are no address; names may have labels before them.
  if (before == '.' && isdigit((unsigned char)scan->bytes[to - 1])) return 0;
  scan->matches++;
  scan->hit[to] = 1;
  return 0;
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  size_t set_length, log_length;
  char *set = slurp(arguments[1], &set_length), *log = slurp(arguments[2], &log_length);
  size_t capacity = 1024, patterns = 0;
  const char **texts = malloc(capacity * sizeof *texts);
  size_t *sizes = malloc(capacity * sizeof *sizes);
  for (char *line = strtok(set, "\n"); line; line = strtok(NULL, "\n")) {
    // A network is no literal.
    size_t size = strlen(line);
    if (size > 3 && strchr(line, '/') && isdigit((unsigned char)line[0]) && !strstr(line, "//")) continue;
    if (patterns == capacity) {
      capacity *= 2;
      texts = realloc(texts, capacity * sizeof *texts);
      sizes = realloc(sizes, capacity * sizeof *sizes);
    }
    texts[patterns] = line;
    sizes[patterns++] = size;
  }
  unsigned *ids = malloc(patterns * sizeof *ids), *flags = malloc(patterns * sizeof *flags), *lengths = malloc(patterns * sizeof *lengths);
  for (size_t i = 0; i < patterns; i++) ids[i] = (unsigned)i, flags[i] = HS_FLAG_CASELESS, lengths[i] = (unsigned)sizes[i];

  double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
  hs_database_t *database;
  hs_compile_error_t *error;
  if (hs_compile_lit_multi(texts, flags, ids, sizes, (unsigned)patterns, HS_MODE_BLOCK, NULL, &database, &error) != HS_SUCCESS) {
    fprintf(stderr, "vectorscan: %s\n", error->message);
    return 1;
  }
  double compile = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
  hs_scratch_t *scratch = NULL;
  if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) return 1;
  struct scan scan = {log, log_length, lengths, calloc(log_length + 1, 1), 0};
  double best = 1e9;
  for (int pass = 0; pass < atoi(arguments[3]); pass++) {
    scan.matches = 0;
    start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    // Pieces of whole lines: a block is at most 4 GiB, and caches like small ones.
    for (size_t at = 0; at < log_length;) {
      size_t end = at + (1 << 20) < log_length ? at + (1 << 20) : log_length;
      while (end < log_length && log[end - 1] != '\n') end--;
      struct scan piece = {log + at, end - at, lengths, scan.hit + at, 0};
      if (hs_scan(database, log + at, (unsigned)(end - at), 0, scratch, on_match, &piece) != HS_SUCCESS) return 1;
      scan.matches += piece.matches;
      at = end;
    }
    double used = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    if (used < best) best = used;
  }
  FILE *out = fopen(arguments[4], "w");
  size_t line = 1, last = 0, lines = 0;
  for (size_t i = 0; i < log_length; i++) {
    if (scan.hit[i] && last != line) fprintf(out, "%zu\n", last = line), lines++;
    if (log[i] == '\n') line++;
  }
  fclose(out);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("%.4f %.4f %zu %ld\n", compile, best, lines, usage.ru_maxrss);
  return 0;
}
