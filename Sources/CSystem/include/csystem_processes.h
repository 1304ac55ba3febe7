// Processes, signals, users, limits, threads, clocks and passwords.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

int sl_fork(void);
// The arguments lie one behind the other, each ended by a NUL.
int sl_exec(const uint8_t *arguments, size_t length);
void sl_exit_now(int status);
int sl_wait(int process, int block, int *status);
int sl_kill(int process, int signal);
int sl_process(void);
int sl_parent_process(void);
int sl_die_with_parent(int signal);
int sl_new_session(void);
// Whether a descriptor stays open when another program takes the process over.
int sl_keep_on_exec(int descriptor, int keep);
int sl_set_environment(const uint8_t *name, size_t name_length, const uint8_t *value, size_t value_length);
int sl_unset_environment(const uint8_t *name, size_t length);

// Signals are blocked for the whole process and read from a descriptor, so that no handler ever interrupts Swift code.
int sl_signals_open(const int *signals, size_t count);
int sl_signals_next(int descriptor);
int sl_signals_unblock(void);
int sl_signals_ignore(int signal);

uint32_t sl_effective_user(void);
int sl_user(const uint8_t *name, size_t length, uint32_t *user, uint32_t *group);
int sl_group(const uint8_t *name, size_t length, uint32_t *group);
int sl_become(const uint8_t *name, size_t length, uint32_t user, uint32_t group);
int sl_change_owner(const uint8_t *path, size_t length, uint32_t user, uint32_t group);

int64_t sl_descriptor_limit(void);
int sl_set_descriptor_limit(int64_t limit);
int sl_processors(void);
int sl_is_terminal(int descriptor);

int sl_thread_start(void (*body)(void *), void *argument, uint64_t *thread);
int sl_thread_join(uint64_t thread);

int64_t sl_monotonic_ns(void);
int64_t sl_wall_ns(void);

struct sl_local_time {
    int year, month, day, hour, minute, second, weekday, yearday;
    int offset_seconds;
};
int sl_local_time(int64_t seconds, struct sl_local_time *time);
size_t sl_format_time(
    const uint8_t *format, size_t length, int64_t seconds, int universal, uint8_t *buffer, size_t capacity);

// crypt_r(3): the hash, or a negative errno. The passphrase is a pointer and a length; a NUL in it is refused.
ssize_t sl_crypt(
    const uint8_t *password, size_t password_length, const uint8_t *setting, size_t setting_length, uint8_t *buffer,
    size_t capacity);
