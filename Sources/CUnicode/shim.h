#pragma once
// Unicode normalisation and case folding (GNU libunistring) and UTS #46 (GNU libidn2).
#include <idn2.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
