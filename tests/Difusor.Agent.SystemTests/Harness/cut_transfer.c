// Ends a server's side of a transfer at one point, told by the files that it has begun. Preloaded into sftp-server,
// scp, rsync, tar and cp. A file "cut" beside the folder "drop" says where: "in N" in the middle of the first write to
// file N, "file N" before file N is begun, "name N" before file N gets its name. Each file that is begun or named adds
// a byte to "begun" or "named" there. After the cut ("fired" is there) nothing more gets through.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

enum { MOST = 1024 };
static char *paths[MOST]; // of what is open
static int numbers[MOST]; // which file it is, of those that were begun; 0: it is only read, or not in the drop

static int real_open(const char *path, int flags, mode_t mode)
{
    REAL(int, open, const char *, int, ...);
    return real(path, flags, mode);
}

static ssize_t real_write(int file, const void *bytes, size_t count)
{
    REAL(ssize_t, write, int, const void *, size_t);
    return real(file, bytes, count);
}

static int real_close(int file)
{
    REAL(int, close, int);
    return real(file);
}

static int is_rsync(void) { return strstr(program_invocation_short_name, "rsync") != 0; }

// Writes the absolute path to "full"; returns the length of the folder that holds "drop", 0 if it is none of that.
static size_t beside(int folder, const char *path, char full[PATH_MAX])
{
    char base[PATH_MAX] = "";
    if (path[0] != '/') {
        if (folder == AT_FDCWD) { if (!getcwd(base, sizeof base)) return 0; }
        else if (folder >= 0 && folder < MOST && paths[folder]) snprintf(base, sizeof base, "%s", paths[folder]);
        else {
            char link[64];
            snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
            ssize_t length = readlink(link, base, sizeof base - 1);
            if (length < 0) return 0;
            base[length] = 0;
        }
    }
    if (snprintf(full, PATH_MAX, "%s%s%s", base, base[0] ? "/" : "", path) >= PATH_MAX) return 0;
    char *drop = strstr(full, "/drop/");
    return drop ? (size_t)(drop - full) : 0;
}

static int open_beside(const char *full, size_t length, const char *name, int flags)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%.*s/%s", (int)length, full, name) >= (int)sizeof path) return -1;
    return real_open(path, flags | O_CLOEXEC, 0600);
}

static int is_there(const char *full, size_t length, const char *name)
{
    int file = open_beside(full, length, name, O_RDONLY);
    if (file >= 0) real_close(file);
    return file >= 0;
}

// How many there are, with so many more.
static int count(const char *full, size_t length, const char *name, int more)
{
    struct stat now = {0};
    int file = open_beside(full, length, name, O_WRONLY | O_CREAT | O_APPEND);
    if (file < 0) return 0;
    if (real_write(file, "x", more) != more || fstat(file, &now) != 0) now.st_size = 0;
    real_close(file);
    return (int)now.st_size;
}

static int says(const char *full, size_t length, const char *what, int number)
{
    char text[64] = "", wanted[64];
    int file = open_beside(full, length, "cut", O_RDONLY);
    if (file < 0) return 0;
    if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
    real_close(file);
    snprintf(wanted, sizeof wanted, "%s %d\n", what, number);
    return strncmp(text, wanted, strlen(wanted)) == 0;
}

// The connection is gone. rsync tidies up after itself, unless the cut kills it.
static int fire(const char *full, size_t length)
{
    int first = !is_there(full, length, "fired");
    if (first) real_close(open_beside(full, length, "fired", O_WRONLY | O_CREAT));
    if (!is_rsync() || is_there(full, length, "kill")) _exit(255);
    if (first) raise(SIGTERM);
    errno = EIO;
    return -1;
}

// Before a file is opened: 0 if it may be, and in "number" which file it is.
static int begin(int folder, const char *path, int flags, int *number)
{
    char full[PATH_MAX];
    *number = 0;
    if ((flags & O_ACCMODE) == O_RDONLY) return 0;
    size_t length = beside(folder, path, full);
    if (!length) return 0;
    if (is_there(full, length, "fired")) return fire(full, length);
    *number = count(full, length, "begun", 0) + 1;
    return says(full, length, "file", *number) ? fire(full, length) : 0;
}

static int keep(int file, int folder, const char *path, int number)
{
    char full[PATH_MAX];
    if (file < 0 || file >= MOST) return file;
    free(paths[file]);
    size_t length = beside(folder, path, full);
    if (number) count(full, length, "begun", 1);
    paths[file] = strdup(full);
    numbers[file] = number;
    return file;
}

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
    REAL(int, openat, int, const char *, int, ...);
    int number;
    if (begin(folder, path, flags, &number)) return -1;
    return keep(real(folder, path, flags, mode), folder, path, number);
}

#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) \
    { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) { MODE return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return open_at(AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE return open_at(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE return open_at(folder, path, flags, mode); }
int creat(const char *path, mode_t mode) { return open_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode); }

static int make_temporary(char *path, int (*make)(char *))
{
    int number;
    if (begin(AT_FDCWD, path, O_RDWR, &number)) return -1;
    int file = make(path);
    return keep(file, AT_FDCWD, path, number);
}

int mkstemp(char *path) { REAL(int, mkstemp, char *); return make_temporary(path, real); }
int mkstemp64(char *path) { REAL(int, mkstemp64, char *); return make_temporary(path, real); }

static ssize_t cut_write(int file, const void *bytes, size_t size, off_t at)
{
    REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
    char full[PATH_MAX];
    size_t length = 0;
    if (file >= 0 && file < MOST && numbers[file] && (length = beside(AT_FDCWD, paths[file], full))) {
        if (is_there(full, length, "fired")) return fire(full, length);
        if (says(full, length, "in", numbers[file])) {
            if (at < 0) (void)!real_write(file, bytes, size / 2);
            else (void)!real(file, bytes, size / 2, at);
            return fire(full, length);
        }
    }
    return at < 0 ? real_write(file, bytes, size) : real(file, bytes, size, at);
}

ssize_t write(int file, const void *bytes, size_t size) { return cut_write(file, bytes, size, -1); }
ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) { return cut_write(file, bytes, size, at); }
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at) { return cut_write(file, bytes, size, at); }

// What copies inside the kernel is not seen: the caller goes back to writing.
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *into, size_t size, unsigned int flags)
{
    (void)from, (void)at, (void)to, (void)into, (void)size, (void)flags;
    errno = ENOSYS;
    return -1;
}

// Before a file gets its name. What rsync does to tidy up after the cut gets through.
static int name(int folder, const char *to)
{
    char full[PATH_MAX];
    size_t length = beside(folder, to, full);
    if (!length) return 0;
    if (is_there(full, length, "fired")) return is_rsync() && !is_there(full, length, "kill") ? 0 : fire(full, length);
    return says(full, length, "name", count(full, length, "named", 1)) ? fire(full, length) : 0;
}

int rename(const char *from, const char *to)
{
    REAL(int, rename, const char *, const char *);
    return name(AT_FDCWD, to) ? -1 : real(from, to);
}

int renameat(int folder, const char *from, int other, const char *to)
{
    REAL(int, renameat, int, const char *, int, const char *);
    return name(other, to) ? -1 : real(folder, from, other, to);
}

int renameat2(int folder, const char *from, int other, const char *to, unsigned int flags)
{
    REAL(int, renameat2, int, const char *, int, const char *, unsigned int);
    return name(other, to) ? -1 : real(folder, from, other, to, flags);
}

// sftp-server gives a name that must be free so.
int link(const char *from, const char *to)
{
    REAL(int, link, const char *, const char *);
    return name(AT_FDCWD, to) ? -1 : real(from, to);
}

static int remove_at(int folder, const char *path)
{
    char full[PATH_MAX];
    size_t length = beside(folder, path, full);
    return length && !is_rsync() && is_there(full, length, "fired") ? fire(full, length) : 0;
}

int unlink(const char *path)
{
    REAL(int, unlink, const char *);
    return remove_at(AT_FDCWD, path) ? -1 : real(path);
}

int unlinkat(int folder, const char *path, int flags)
{
    REAL(int, unlinkat, int, const char *, int);
    return remove_at(folder, path) ? -1 : real(folder, path, flags);
}
