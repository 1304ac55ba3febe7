// What Swift cannot reach, or cannot reach safely, of POSIX and Linux.
//
// Every function that can fail returns a negative errno instead of setting errno, so that no Swift code has to read a
// thread-local between two calls. Paths are a pointer and a length: they are copied to the stack and terminated here,
// and a path with a NUL byte in it is refused (EINVAL) rather than cut.
#pragma once

#include "csystem_files.h"
#include "csystem_processes.h"
#include "csystem_services.h"
#include "csystem_sockets.h"
