/* The wall clock, moved by the nanoseconds that the file $PLATFORM_TEST_CLOCK holds.
   Loaded by LD_PRELOAD into each process of a test installation. The monotonic clock, waiting and the times of files
   stay as they are: marks of files are compared, and must not move. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile long long *offset;

__attribute__((constructor)) static void start(void) {
    const char *file = getenv("PLATFORM_TEST_CLOCK");
    int fd = file ? open(file, O_RDONLY) : -1;
    if (fd < 0) return;
    void *place = mmap(NULL, sizeof(long long), PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (place != MAP_FAILED) offset = place;
}

static void move(struct timespec *at) {
    if (!offset || !at) return;
    long long nanoseconds = at->tv_nsec + *offset % 1000000000LL;
    at->tv_sec += *offset / 1000000000LL;
    if (nanoseconds < 0) { nanoseconds += 1000000000LL; at->tv_sec -= 1; }
    if (nanoseconds >= 1000000000LL) { nanoseconds -= 1000000000LL; at->tv_sec += 1; }
    at->tv_nsec = nanoseconds;
}

int clock_gettime(clockid_t clock, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(clock, at);
    if (!done && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) move(at);
    return done;
}

int gettimeofday(struct timeval *at, void *zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
