/* Preloaded into a process (LD_PRELOAD): file calls on paths that contain $FAILING_PATH fail as the file
 * $FAILING_CONTROL says, which holds "<call> <errno>" with <call> one of write, sync, read; an empty or absent file
 * lets everything through. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* Straight to the kernel, so that looking never comes back here. */
static ssize_t kernel_read(int fd, void* buffer, size_t size) { return syscall(SYS_read, fd, buffer, size); }

static int concerns(int fd) {
  const char* path = getenv("FAILING_PATH");
  char link[64];
  char target[4096];
  if (path == NULL) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, target, sizeof target - 1);
  if (length < 0) return 0;
  target[length] = '\0';
  return strstr(target, path) != NULL;
}

/* Whether the call is to fail; errno is set then. */
static int fails(const char* call, int fd) {
  const char* control = getenv("FAILING_CONTROL");
  char text[64];
  char name[16];
  int code = 0;
  if (control == NULL) return 0;
  int file = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t length = kernel_read(file, text, sizeof text - 1);
  syscall(SYS_close, file);
  if (length <= 0) return 0;
  text[length] = '\0';
  if (sscanf(text, "%15s %d", name, &code) != 2 || strcmp(name, call) != 0 || !concerns(fd)) return 0;
  errno = code;
  return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void* data, size_t size) { return fails("write", fd) ? -1 : REAL(write)(fd, data, size); }

ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
  return fails("write", fd) ? -1 : REAL(pwrite)(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  return fails("write", fd) ? -1 : REAL(pwrite64)(fd, data, size, at);
}

int ftruncate(int fd, off_t size) { return fails("write", fd) ? -1 : REAL(ftruncate)(fd, size); }

int ftruncate64(int fd, off64_t size) { return fails("write", fd) ? -1 : REAL(ftruncate64)(fd, size); }

int fsync(int fd) { return fails("sync", fd) ? -1 : REAL(fsync)(fd); }

int fdatasync(int fd) { return fails("sync", fd) ? -1 : REAL(fdatasync)(fd); }

ssize_t read(int fd, void* data, size_t size) { return fails("read", fd) ? -1 : REAL(read)(fd, data, size); }

ssize_t pread(int fd, void* data, size_t size, off_t at) {
  return fails("read", fd) ? -1 : REAL(pread)(fd, data, size, at);
}

ssize_t pread64(int fd, void* data, size_t size, off64_t at) {
  return fails("read", fd) ? -1 : REAL(pread64)(fd, data, size, at);
}
