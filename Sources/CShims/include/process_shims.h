#pragma once
// System calls that Swift's Glibc module lacks or cannot import.
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

/// The magic number of the file system that holds `path` (statfs(2)), or -1.
static inline long ukai_filesystem_type(const char *path) {
  struct statfs info;
  return statfs(path, &info) == 0 ? (long)info.f_type : -1;
}

/// No core file of this process, and no ptrace by other processes of the same user.
static inline int ukai_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0); }

/// Bytes that were written to a TCP socket and not yet acknowledged by the other side (tcp(7), SIOCOUTQ), or -1.
static inline int ukai_unacknowledged_bytes(int descriptor) {
  int bytes = 0;
  return ioctl(descriptor, SIOCOUTQ, &bytes) == 0 ? bytes : -1;
}

/// An extended attribute of an open file (xattr(7)): its length, or -1 where it has none, more than `capacity` bytes, or the file system keeps none.
static inline long ukai_get_attribute(int descriptor, const char *name, void *value, size_t capacity) {
  return fgetxattr(descriptor, name, value, capacity);
}

/// Sets one; 0, or -1.
static inline int ukai_set_attribute(int descriptor, const char *name, const void *value, size_t count) {
  return fsetxattr(descriptor, name, value, count, 0);
}
