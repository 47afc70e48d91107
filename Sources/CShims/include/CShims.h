#pragma once
// C that Swift cannot say: byte-classification kernels, and system calls. No policy.
#include "process_shims.h"
#include "classify_shims.h"
