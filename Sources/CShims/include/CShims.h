#pragma once
// C that Swift cannot say: typed wrappers over libcurl's variadic calls, and byte-classification kernels. No policy.
#include "curl_shims.h"
#include "process_shims.h"
#include "classify_shims.h"
