// The header is all there is; this file lets a C compiler read it by itself.
#include "include/scan.h"
