/* A file layer with faults, for LD_PRELOAD: it counts what a process does to the files of one folder, and at
 * the n-th such operation kills the process or lets the operation fail. Python, DuckDB, SQLite and Arrow all
 * go through it. Nothing of it is in what users install; `layer.py` compiles it and says what it does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPEN = 1, WRITE = 2, SYNC = 4, RENAME = 8, REMOVE = 16, MAKE = 32, RESIZE = 64, READ = 128 };
enum { OFF, COUNT, KILL, TORN, FAIL, SHORT };

static char root[PATH_MAX], part[PATH_MAX];
static int mode = OFF, ops, code, stays, trace = -1, pid;
static long at;
static atomic_long seen;

/* The process that arms is the one that is watched: what it forks is not. */
void faulty_arm(const char *folder, const char *named, int what, int how, long when, int error, int sticks, int log) {
    snprintf(root, sizeof root, "%s", folder);
    snprintf(part, sizeof part, "%s", named);
    ops = what; at = when; code = error; stays = sticks; trace = log; pid = getpid();
    atomic_store(&seen, 0);
    mode = how;
}

long faulty_seen(void) { return atomic_load(&seen); }

static int ours(const char *path) {
    return strncmp(path, root, strlen(root)) == 0 && (!part[0] || strstr(path, part));
}

/* What is to become of an operation on a path: 0 go on, else one of TORN, FAIL, SHORT. A kill does not return. */
static int fate(int op, const char *name, const char *path) {
    if (mode == OFF || !(ops & op) || getpid() != pid || !ours(path)) return 0;
    long n = atomic_fetch_add(&seen, 1) + 1;
    if (mode == COUNT) {
        char line[PATH_MAX + 32];
        int length = snprintf(line, sizeof line, "%s\t%s\n", name, path + strlen(root));
        static ssize_t (*put)(int, const void *, size_t);
        if (!put) put = dlsym(RTLD_NEXT, "write");
        if (trace >= 0) put(trace, line, length);
        return 0;
    }
    if (n < at || (n > at && !stays)) return 0;
    if (mode == KILL || (mode == TORN && op != WRITE)) { kill(pid, SIGKILL); for (;;) pause(); }
    return mode;
}

static int fate_at(int op, const char *name, int folder, const char *path) {
    char whole[2 * PATH_MAX], base[PATH_MAX];
    if (mode == OFF || !path) return 0;
    if (path[0] == '/') return fate(op, name, path);
    if (folder == AT_FDCWD) {
        if (!getcwd(base, sizeof base)) return 0;
    } else {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, base, sizeof base - 1);
        if (length < 0) return 0;
        base[length] = 0;
    }
    snprintf(whole, sizeof whole, "%s/%s", base, path);
    return fate(op, name, whole);
}

static int fate_of(int op, const char *name, int fd) {
    char link[64], path[PATH_MAX];
    if (mode == OFF) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fate(op, name, path);
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAILS do { errno = code; return -1; } while (0)

#define OPENS(name, extra, given)                                                        \
    int name(extra const char *path, int flags, ...) {                                   \
        REAL(name);                                                                      \
        va_list rest; va_start(rest, flags);                                             \
        mode_t bits = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;        \
        va_end(rest);                                                                    \
        int writes = flags & (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR);                    \
        if (fate_at(writes ? OPEN : READ, "open", FOLDER, path)) FAILS;                  \
        return real(given path, flags, bits);                                            \
    }
#define FOLDER AT_FDCWD
OPENS(open, , )
OPENS(open64, , )
#undef FOLDER
#define FOLDER folder
#define COMMA ,
OPENS(openat, int folder COMMA, folder COMMA)
OPENS(openat64, int folder COMMA, folder COMMA)

/* Half of a write, then the kill; or half, and the caller has to ask again; or none and an error. */
#define WRITES(name, data, size, more, half, whole)                                      \
    ssize_t name(int fd, data, size more) {                                              \
        REAL(name);                                                                      \
        int how = fate_of(WRITE, "write", fd);                                           \
        if (how == FAIL) FAILS;                                                          \
        if ((how == SHORT || how == TORN) && count > 1) {                                \
            ssize_t done = half;                                                         \
            if (how == TORN) { kill(pid, SIGKILL); for (;;) pause(); }                   \
            return done;                                                                 \
        }                                                                                \
        if (how == TORN) { kill(pid, SIGKILL); for (;;) pause(); }                       \
        return whole;                                                                    \
    }
#define AT(kind) COMMA kind where
WRITES(write, const void *data, size_t count, , real(fd, data, count / 2), real(fd, data, count))
WRITES(pwrite, const void *data, size_t count, AT(off_t), real(fd, data, count / 2, where), real(fd, data, count, where))
WRITES(pwrite64, const void *data, size_t count, AT(off64_t), real(fd, data, count / 2, where), real(fd, data, count, where))
WRITES(writev, const struct iovec *data, int count, , real(fd, data, count / 2), real(fd, data, count))

#define READS(name, size, more, whole)                                                   \
    ssize_t name(int fd, void *data, size count more) {                                  \
        REAL(name);                                                                      \
        if (fate_of(READ, "read", fd)) FAILS;                                            \
        return whole;                                                                    \
    }
READS(read, size_t, , real(fd, data, count))
READS(pread, size_t, AT(off_t), real(fd, data, count, where))
READS(pread64, size_t, AT(off64_t), real(fd, data, count, where))

#define ON_FD(name, op, told, more, given)                                               \
    int name(int fd more) { REAL(name); if (fate_of(op, told, fd)) FAILS; return real(fd given); }
ON_FD(fsync, SYNC, "fsync", , )
ON_FD(fdatasync, SYNC, "fsync", , )
ON_FD(ftruncate, RESIZE, "truncate", COMMA off_t size, COMMA size)
ON_FD(ftruncate64, RESIZE, "truncate", COMMA off64_t size, COMMA size)
ON_FD(fallocate, RESIZE, "allocate", COMMA int how COMMA off_t from COMMA off_t size, COMMA how COMMA from COMMA size)
ON_FD(fchmod, MAKE, "chmod", COMMA mode_t bits, COMMA bits)

#define ON_PATH(name, op, told, more, given)                                             \
    int name(const char *path more) {                                                    \
        REAL(name); if (fate_at(op, told, AT_FDCWD, path)) FAILS; return real(path given); \
    }
ON_PATH(unlink, REMOVE, "unlink", , )
ON_PATH(remove, REMOVE, "unlink", , )
ON_PATH(rmdir, REMOVE, "rmdir", , )
ON_PATH(mkdir, MAKE, "mkdir", COMMA mode_t bits, COMMA bits)
ON_PATH(chmod, MAKE, "chmod", COMMA mode_t bits, COMMA bits)
ON_PATH(truncate, RESIZE, "truncate", COMMA off_t size, COMMA size)
ON_PATH(truncate64, RESIZE, "truncate", COMMA off64_t size, COMMA size)

int unlinkat(int folder, const char *path, int flags) {
    REAL(unlinkat); if (fate_at(REMOVE, "unlink", folder, path)) FAILS; return real(folder, path, flags);
}
int mkdirat(int folder, const char *path, mode_t bits) {
    REAL(mkdirat); if (fate_at(MAKE, "mkdir", folder, path)) FAILS; return real(folder, path, bits);
}
int rename(const char *from, const char *to) {
    REAL(rename); if (fate_at(RENAME, "rename", AT_FDCWD, to)) FAILS; return real(from, to);
}
int renameat(int folder, const char *from, int other, const char *to) {
    REAL(renameat); if (fate_at(RENAME, "rename", other, to)) FAILS; return real(folder, from, other, to);
}
ssize_t sendfile64(int to, int from, off64_t *where, size_t count) {
    static ssize_t (*real)(int, int, off64_t *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "sendfile64");
    int how = fate_of(WRITE, "write", to);
    if (how == FAIL) FAILS;
    ssize_t done = real(to, from, where, how && count > 1 ? count / 2 : count);
    if (how == TORN) { kill(pid, SIGKILL); for (;;) pause(); }
    return done;
}
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t count, unsigned flags) {
    REAL(copy_file_range);
    int how = fate_of(WRITE, "write", to);
    if (how == FAIL) FAILS;
    ssize_t done = real(from, a, to, b, how && count > 1 ? count / 2 : count, flags);
    if (how == TORN) { kill(pid, SIGKILL); for (;;) pause(); }
    return done;
}
