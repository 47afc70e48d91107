#pragma once
// The Public Suffix List as Debian keeps it, compiled into libpsl.
#include <libpsl.h>
