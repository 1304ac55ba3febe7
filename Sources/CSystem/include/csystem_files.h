// Files, directories, globs and the environment.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SL_KIND_OTHER = 0, SL_KIND_FILE = 1, SL_KIND_DIRECTORY = 2, SL_KIND_LINK = 3 };

struct sl_status {
    uint8_t kind;
    uint32_t permissions;
    uint32_t user;
    uint32_t group;
    int64_t size;
    int64_t modified_ns;
    uint64_t device;
    uint64_t inode;
};

enum { SL_OPEN_READ = 0, SL_OPEN_APPEND = 1, SL_OPEN_REPLACE = 2, SL_OPEN_READWRITE = 3, SL_OPEN_CREATE_NEW = 4 };

int sl_open(const uint8_t *path, size_t length, int how, uint32_t permissions, int follow);
int sl_close(int descriptor);
ssize_t sl_read(int descriptor, void *buffer, size_t length);
ssize_t sl_pread(int descriptor, void *buffer, size_t length, int64_t offset);
ssize_t sl_write(int descriptor, const void *buffer, size_t length);
int sl_duplicate(int descriptor);
// Makes another number of a descriptor, which programs that are run keep open.
int sl_duplicate_onto(int descriptor, int number);
int sl_replace(int descriptor, int by);
int sl_wait_readable(int descriptor, int milliseconds);
int sl_wait_writable(int descriptor, int milliseconds);

int sl_stat(const uint8_t *path, size_t length, int follow, struct sl_status *status);
int sl_fstat(int descriptor, struct sl_status *status);
int sl_access(const uint8_t *path, size_t length, int write, int execute);
int sl_chmod(const uint8_t *path, size_t length, uint32_t permissions);
int sl_unlink(const uint8_t *path, size_t length);
int sl_rmdir(const uint8_t *path, size_t length);
int sl_mkdir(const uint8_t *path, size_t length, uint32_t permissions);
int sl_rename(const uint8_t *from, size_t from_length, const uint8_t *to, size_t to_length);
ssize_t sl_readlink(const uint8_t *path, size_t length, uint8_t *buffer, size_t capacity);
ssize_t sl_realpath(const uint8_t *path, size_t length, uint8_t *buffer, size_t capacity);
ssize_t sl_getcwd(uint8_t *buffer, size_t capacity);

// A directory being listed. `next` returns 1 with a name that is valid until the following call, or 0 at the end.
struct sl_directory;
struct sl_directory *sl_directory_open(const uint8_t *path, size_t length, int *error);
int sl_directory_next(struct sl_directory *directory, const uint8_t **name, size_t *length, uint8_t *kind);
void sl_directory_close(struct sl_directory *directory);

// The names that a glob(3) pattern stands for, in the order of their bytes.
struct sl_glob;
struct sl_glob *sl_glob_open(const uint8_t *pattern, size_t length, size_t *count, int *error);
const uint8_t *sl_glob_name(const struct sl_glob *names, size_t index, size_t *length);
void sl_glob_close(struct sl_glob *names);
int sl_fnmatch(const uint8_t *pattern, size_t pattern_length, const uint8_t *name, size_t name_length, int slashes);

const char *sl_environment_at(size_t index);
size_t sl_error_text(int error, uint8_t *buffer, size_t capacity);

// A file without a name in the folder, for reading and writing.
int sl_temporary_file(const uint8_t *folder, size_t length);
