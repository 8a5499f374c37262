/*
 * Preloaded into a private pcscd with libifdvpcd.so readers, so that both behave as a test bench needs:
 *
 *   recv       a frame cut short, empty or too late is an error and ends the connection; stock vpcd reports success with what came
 *   accept     TCP_NODELAY (44 ms an APDU without it), and a bound on every wait for the card
 *   select, close   a reader is seen empty before its next card comes in, however fast the change: pcscd would take it for the same card
 *   bind       readers listen on 127.0.0.1 alone, a busy port is reported; pcscd's socket lies in the private folder
 *   listen     reports when clients can come
 *   nanosleep  the 400 ms between two looks at a reader end as soon as a card comes or goes
 *   stat, mkdir, chmod, open, remove   /run/pcscd is the private folder: the machine's own pcscd is never touched, no root is needed
 *   opendir    there are no USB drivers, so that real readers stay with the machine's own pcscd
 *
 * It ends with its parent and leaves nothing. Environment: TAPBENCH_RUN (the private folder), TAPBENCH_PARENT (process id), TAPBENCH_CARD_TIMEOUT_MS.
 * Reports are lines on file descriptor 3: "busy PORT", "ready".
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define REPORT 3
#define NEXT(name)                                                                                                      \
  static __typeof__(&name) next;                                                                                       \
  if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static const char RUN[] = "/run/pcscd";
static const char DRIVERS[] = "/usr/lib/pcsc/drivers";
static const long LOOK_MS = 400;
static const struct timespec BREATH = {0, 2 * 1000 * 1000};

/* What the thread that watches a reader looked at last: the reader's listener, or the card in it. */
static __thread int listener = -1, card = -1;
static __thread int watching;

/* By file descriptor: the listener that a card came from; whether the card of a listener has gone, unseen as yet. */
static _Atomic int came_from[FD_SETSIZE], gone[FD_SETSIZE];

static long number(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

__attribute__((constructor)) static void live_with_parent(void) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != number("TAPBENCH_PARENT")) _exit(1); /* it died before the line above */
}

static int delete_entry(const char *path, const struct stat *status, int type, struct FTW *walk) {
  (void)status, (void)type, (void)walk;
  return remove(path);
}

/* Here and not in the parent, which may have died. */
__attribute__((destructor)) static void tidy(void) {
  const char *folder = getenv("TAPBENCH_RUN");
  if (folder) nftw(folder, delete_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *redirect(const char *path, char *buffer, size_t size) {
  const char *folder = getenv("TAPBENCH_RUN");
  if (!folder || strncmp(path, RUN, sizeof RUN - 1) != 0) return path;
  if (snprintf(buffer, size, "%s%s", folder, path + sizeof RUN - 1) >= (int)size) return path;
  return buffer;
}

int stat(const char *path, struct stat *status) {
  char buffer[4096];
  NEXT(stat);
  return next(redirect(path, buffer, sizeof buffer), status);
}

int mkdir(const char *path, mode_t mode) {
  char buffer[4096];
  NEXT(mkdir);
  return next(redirect(path, buffer, sizeof buffer), mode);
}

/* The private folder stays private: pcscd would open it and its socket to everyone. */
int chmod(const char *path, mode_t mode) {
  char buffer[4096];
  NEXT(chmod);
  const char *real = redirect(path, buffer, sizeof buffer);
  return real == path ? next(path, mode) : 0;
}

int open(const char *path, int flags, ...) {
  char buffer[4096];
  NEXT(open);
  mode_t mode = 0;
  if (flags & (O_CREAT | __O_TMPFILE)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return next(redirect(path, buffer, sizeof buffer), flags, mode);
}

int remove(const char *path) {
  char buffer[4096];
  NEXT(remove);
  return next(redirect(path, buffer, sizeof buffer));
}

DIR *opendir(const char *path) {
  NEXT(opendir);
  if (strcmp(path, DRIVERS) != 0) return next(path);
  errno = ENOENT;
  return NULL;
}

static int bind_reader(int fd, struct sockaddr_in address) {
  NEXT(bind);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int result = next(fd, (struct sockaddr *)&address, sizeof address);
  if (result != 0) dprintf(REPORT, "busy %d\n", ntohs(address.sin_port));
  return result;
}

int bind(int fd, const struct sockaddr *address, socklen_t size) {
  NEXT(bind);
  if (address->sa_family == AF_INET) return bind_reader(fd, *(const struct sockaddr_in *)address);
  if (address->sa_family != AF_UNIX) return next(fd, address, size);
  struct sockaddr_un local = {.sun_family = AF_UNIX};
  char buffer[sizeof local.sun_path];
  const char *path = redirect(((const struct sockaddr_un *)address)->sun_path, buffer, sizeof buffer);
  strncpy(local.sun_path, path, sizeof local.sun_path - 1);
  return next(fd, (struct sockaddr *)&local, sizeof local);
}

static int domain(int fd) {
  int family = -1;
  socklen_t size = sizeof family;
  getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
  return family;
}

int listen(int fd, int backlog) {
  NEXT(listen);
  int result = next(fd, backlog);
  if (result == 0 && domain(fd) == AF_UNIX) dprintf(REPORT, "ready\n"), close(REPORT);
  return result;
}

int accept(int fd, struct sockaddr *address, socklen_t *size) {
  NEXT(accept);
  int accepted = next(fd, address, size);
  if (accepted < 0 || accepted >= FD_SETSIZE || domain(accepted) != AF_INET) return accepted;
  came_from[accepted] = fd;
  long ms = number("TAPBENCH_CARD_TIMEOUT_MS");
  struct timeval bound = {ms / 1000, ms % 1000 * 1000};
  int yes = 1;
  setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(accepted, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
  setsockopt(accepted, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
  return accepted;
}

/* Only the driver waits for all of a frame. The shutdown makes every later call fail too: it reads on after some errors. */
ssize_t recv(int fd, void *buffer, size_t size, int flags) {
  NEXT(recv);
  if (!(flags & MSG_WAITALL)) return next(fd, buffer, size, flags);
  card = fd;
  ssize_t got = size == 0 ? 0 : next(fd, buffer, size, flags);
  if (got > 0 && (size_t)got == size) return got;
  shutdown(fd, SHUT_RDWR);
  card = -1;
  errno = EIO;
  return -1;
}

int close(int fd) {
  NEXT(close);
  if (fd >= 0 && fd < FD_SETSIZE && came_from[fd]) {
    gone[came_from[fd]] = 1;
    came_from[fd] = 0;
  }
  return next(fd);
}

/* The driver asks whether a card waits at a reader. Other threads than the one that watches it would not tell pcscd. */
int select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout) {
  NEXT(select);
  if (count < 1 || !in || domain(count - 1) != AF_INET) return next(count, in, out, except, timeout);
  listener = count - 1, card = -1;
  if (watching && !gone[listener]) return next(count, in, out, except, timeout);
  if (watching) gone[listener] = 0;
  FD_ZERO(in);
  return 0;
}

int nanosleep(const struct timespec *length, struct timespec *rest) {
  NEXT(nanosleep);
  long ms = length->tv_sec * 1000 + length->tv_nsec / 1000000;
  if (ms < LOOK_MS || (listener < 0 && card < 0)) return next(length, rest);
  watching = 1;
  struct pollfd watched = card >= 0 ? (struct pollfd){card, POLLRDHUP, 0} : (struct pollfd){listener, POLLIN, 0};
  next(&BREATH, NULL); /* so that a connection nobody takes is no busy loop */
  poll(&watched, 1, ms);
  return 0;
}
