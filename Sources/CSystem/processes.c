#define _GNU_SOURCE
#include "csystem.h"
#include "terminated.h"

#include <crypt.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int sl_fork(void) {
    pid_t process = fork();
    return process < 0 ? -errno : process;
}

int sl_exec(const uint8_t *arguments, size_t length) {
    enum { MOST = 1024 };
    char *list[MOST + 1], *text = malloc(length + 1);
    if (!text) return -ENOMEM;
    memcpy(text, arguments, length);
    text[length] = 0;
    size_t count = 0;
    for (char *each = text; each < text + length && count < MOST; each += strlen(each) + 1) list[count++] = each;
    list[count] = NULL;
    if (!count) return -EINVAL;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(list[0], list);
    return -errno;
}

void sl_exit_now(int status) {
    _exit(status);
}

int sl_wait(int process, int block, int *status) {
    pid_t ended;
    do ended = waitpid(process, status, block ? 0 : WNOHANG); while (ended < 0 && errno == EINTR);
    if (ended < 0) return -errno;
    if (ended > 0) *status = WIFEXITED(*status) ? WEXITSTATUS(*status) : 128 + WTERMSIG(*status);
    return ended;
}

int sl_kill(int process, int signal) {
    return kill(process, signal) < 0 ? -errno : 0;
}

int sl_process(void) {
    return getpid();
}

int sl_parent_process(void) {
    return getppid();
}

int sl_die_with_parent(int signal) {
    return prctl(PR_SET_PDEATHSIG, signal) < 0 ? -errno : 0;
}

int sl_new_session(void) {
    return setsid() < 0 ? -errno : 0;
}

int sl_keep_on_exec(int descriptor, int keep) {
    return fcntl(descriptor, F_SETFD, keep ? 0 : FD_CLOEXEC) < 0 ? -errno : 0;
}

int sl_set_environment(const uint8_t *name, size_t name_length, const uint8_t *value, size_t value_length) {
    char key[PATH_MAX], text[PATH_MAX];
    int failure = terminated(key, name, name_length);
    if (!failure) failure = terminated(text, value, value_length);
    if (failure) return failure;
    return setenv(key, text, 1) < 0 ? -errno : 0;
}

int sl_unset_environment(const uint8_t *name, size_t length) {
    char key[PATH_MAX];
    int failure = terminated(key, name, length);
    if (failure) return failure;
    return unsetenv(key) < 0 ? -errno : 0;
}

int sl_signals_open(const int *signals, size_t count) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < count; i++) sigaddset(&set, signals[i]);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL)) return -errno;
    int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int sl_signals_next(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t n = read(descriptor, &info, sizeof info);
    if (n == sizeof info) return (int)info.ssi_signo;
    return n < 0 && errno != EAGAIN ? -errno : 0;
}

int sl_signals_unblock(void) {
    sigset_t none;
    sigemptyset(&none);
    return pthread_sigmask(SIG_SETMASK, &none, NULL) ? -errno : 0;
}

int sl_signals_ignore(int which) {
    return signal(which, SIG_IGN) == SIG_ERR ? -errno : 0;
}

uint32_t sl_effective_user(void) {
    return geteuid();
}

int sl_user(const uint8_t *name, size_t length, uint32_t *user, uint32_t *group) {
    char text[PATH_MAX], room[4096];
    int failure = terminated(text, name, length);
    if (failure) return failure;
    struct passwd entry, *found = NULL;
    int error = getpwnam_r(text, &entry, room, sizeof room, &found);
    if (error) return -error;
    if (!found) return -ENOENT;
    *user = entry.pw_uid;
    *group = entry.pw_gid;
    return 0;
}

int sl_group(const uint8_t *name, size_t length, uint32_t *group) {
    char text[PATH_MAX], room[16384];
    int failure = terminated(text, name, length);
    if (failure) return failure;
    struct group entry, *found = NULL;
    int error = getgrnam_r(text, &entry, room, sizeof room, &found);
    if (error) return -error;
    if (!found) return -ENOENT;
    *group = entry.gr_gid;
    return 0;
}

int sl_become(const uint8_t *name, size_t length, uint32_t user, uint32_t group) {
    char text[PATH_MAX];
    int failure = terminated(text, name, length);
    if (failure) return failure;
    if (setgid(group) < 0 || initgroups(text, group) < 0 || setuid(user) < 0) return -errno;
    return 0;
}

int sl_change_owner(const uint8_t *path, size_t length, uint32_t user, uint32_t group) {
    char name[PATH_MAX];
    int failure = terminated(name, path, length);
    if (failure) return failure;
    return chown(name, user, group) < 0 ? -errno : 0;
}

int64_t sl_descriptor_limit(void) {
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : (int64_t)limit.rlim_cur;
}

int sl_set_descriptor_limit(int64_t wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    rlim_t to = (rlim_t)wanted;
    if (to > limit.rlim_max) {
        struct rlimit higher = {.rlim_cur = to, .rlim_max = to};
        if (setrlimit(RLIMIT_NOFILE, &higher) == 0) return 0;
        to = limit.rlim_max;
    }
    limit.rlim_cur = to;
    return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : 0;
}

int sl_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}

int sl_is_terminal(int descriptor) {
    return isatty(descriptor);
}

struct thread_start {
    void (*body)(void *);
    void *argument;
};

static void *run(void *start) {
    struct thread_start what = *(struct thread_start *)start;
    free(start);
    what.body(what.argument);
    return NULL;
}

int sl_thread_start(void (*body)(void *), void *argument, uint64_t *thread) {
    struct thread_start *start = malloc(sizeof *start);
    if (!start) return -ENOMEM;
    *start = (struct thread_start){body, argument};
    pthread_t started;
    int error = pthread_create(&started, NULL, run, start);
    if (error) {
        free(start);
        return -error;
    }
    *thread = (uint64_t)started;
    return 0;
}

int sl_thread_join(uint64_t thread) {
    return -pthread_join((pthread_t)thread, NULL);
}

static int64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t sl_monotonic_ns(void) {
    return now(CLOCK_MONOTONIC);
}

int64_t sl_wall_ns(void) {
    return now(CLOCK_REALTIME);
}

int sl_local_time(int64_t seconds, struct sl_local_time *time) {
    time_t at = (time_t)seconds;
    struct tm parts;
    tzset();
    if (!localtime_r(&at, &parts)) return -errno;
    *time = (struct sl_local_time){
        parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
        parts.tm_sec, parts.tm_wday, parts.tm_yday, (int)parts.tm_gmtoff,
    };
    return 0;
}

size_t sl_format_time(
    const uint8_t *format, size_t length, int64_t seconds, int universal, uint8_t *buffer, size_t capacity) {
    char text[PATH_MAX];
    if (length == 0 || terminated(text, format, length)) return 0;
    time_t at = (time_t)seconds;
    struct tm parts;
    if (!(universal ? gmtime_r(&at, &parts) : localtime_r(&at, &parts))) return 0;
    return strftime((char *)buffer, capacity, text, &parts);
}

ssize_t sl_crypt(
    const uint8_t *password, size_t password_length, const uint8_t *setting, size_t setting_length, uint8_t *buffer,
    size_t capacity) {
    char phrase[PATH_MAX], salt[PATH_MAX];
    int failure = terminated(phrase, password, password_length);
    if (!failure) failure = terminated(salt, setting, setting_length);
    if (failure) return failure;
    struct crypt_data *data = calloc(1, sizeof *data);
    if (!data) return -ENOMEM;
    const char *hash = crypt_r(phrase, salt, data);
    ssize_t n = -EINVAL;
    if (hash && hash[0] != '*' && strlen(hash) <= capacity) {
        n = (ssize_t)strlen(hash);
        memcpy(buffer, hash, (size_t)n);
    }
    explicit_bzero(phrase, sizeof phrase);
    explicit_bzero(data, sizeof *data);
    free(data);
    return n;
}
