#pragma once
// System calls that Swift's Glibc module lacks or cannot import.
#include <sys/prctl.h>
#include <sys/vfs.h>

/// The magic number of the file system that holds `path` (statfs(2)), or -1.
static inline long ukai_filesystem_type(const char *path) {
  struct statfs info;
  return statfs(path, &info) == 0 ? (long)info.f_type : -1;
}

/// No core file of this process, and no ptrace by other processes of the same user.
static inline int ukai_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0); }
