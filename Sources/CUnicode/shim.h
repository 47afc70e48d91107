#pragma once
// Unicode normalisation and case folding (GNU libunistring) and UTS #46 (GNU libidn2).
#include <idn2.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

// The forms are macros over incomplete structs, which Swift cannot import.
static inline uninorm_t ukai_nfc(void) { return UNINORM_NFC; }
static inline uninorm_t ukai_nfd(void) { return UNINORM_NFD; }
static inline uninorm_t ukai_nfkc(void) { return UNINORM_NFKC; }
