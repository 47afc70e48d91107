#pragma once
// zip, tar and compressed feed bodies.
#include <archive.h>
#include <archive_entry.h>
