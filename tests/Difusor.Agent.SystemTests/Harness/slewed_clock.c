/* A clock that is slewed, as chronyd does it with adjtimex(2): CLOCK_REALTIME, CLOCK_MONOTONIC and CLOCK_BOOTTIME run at SLEW times their
   rate from the start of the process on, and so do waits on them; CLOCK_MONOTONIC_RAW stays true. For LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double rate = 1;
static long long begun[16];

static long long raw_get(clockid_t id)
{
    struct timespec now;
    syscall(SYS_clock_gettime, id, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static struct timespec spec(long long at)
{
    struct timespec t = { at / 1000000000LL, at % 1000000000LL };
    return t;
}

__attribute__((constructor)) static void begin(void)
{
    const char *slew = getenv("SLEW");
    if (slew) rate = atof(slew);
    for (int id = 0; id < 8; id++) begun[id] = raw_get(id);
}

int clock_gettime(clockid_t id, struct timespec *t)
{
    int slewed = id == CLOCK_REALTIME || id == CLOCK_MONOTONIC || id == CLOCK_BOOTTIME || id == CLOCK_REALTIME_COARSE || id == CLOCK_MONOTONIC_COARSE;
    if (!slewed || !begun[id]) return syscall(SYS_clock_gettime, id, t);
    *t = spec(begun[id] + (long long)((raw_get(id) - begun[id]) * rate));
    return 0;
}

/* The runtime waits until an instant of CLOCK_MONOTONIC. */
int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
{
    static int (*real)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (!real) real = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    long long at = until->tv_sec * 1000000000LL + until->tv_nsec;
    struct timespec truly = spec(begun[CLOCK_MONOTONIC] + (long long)((at - begun[CLOCK_MONOTONIC]) / rate));
    return real(condition, mutex, &truly);
}
