#pragma once
// libcurl's setopt and getinfo are variadic, which Swift cannot call, and zlib's inflateInit2 is a macro: one typed, inlined
// wrapper per kind of argument. Nothing here decides anything.
#include <curl/curl.h>
#include <zlib.h>

static inline CURLcode ukai_curl_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode ukai_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode ukai_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode ukai_curl_set_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode ukai_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}
// POSTFIELDS: the caller keeps the bytes alive until the transfer has ended.
static inline CURLcode ukai_curl_set_bytes(CURL *handle, CURLoption option, const void *value) {
  return curl_easy_setopt(handle, option, value);
}
// ERRORBUFFER: at least CURL_ERROR_SIZE bytes, alive as long as the handle.
static inline CURLcode ukai_curl_set_error_buffer(CURL *handle, char *buffer) {
  return curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, buffer);
}

// Both body and header callbacks have this form.
typedef size_t (*ukai_curl_data_function)(char *, size_t, size_t, void *);
static inline CURLcode ukai_curl_set_write(CURL *handle, ukai_curl_data_function function, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, function);
  return code ? code : curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
}
static inline CURLcode ukai_curl_set_header(CURL *handle, ukai_curl_data_function function, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, function);
  return code ? code : curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
}

typedef int (*ukai_curl_debug_function)(CURL *, curl_infotype, char *, size_t, void *);
static inline CURLcode ukai_curl_set_debug(CURL *handle, ukai_curl_debug_function function, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, function);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_DEBUGDATA, context);
  return code ? code : curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
}

typedef int (*ukai_curl_progress_function)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
static inline CURLcode ukai_curl_set_progress(CURL *handle, ukai_curl_progress_function function, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, function);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
  return code ? code : curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
}

typedef curl_socket_t (*ukai_curl_socket_function)(void *, curlsocktype, struct curl_sockaddr *);
static inline CURLcode ukai_curl_set_open_socket(CURL *handle, ukai_curl_socket_function function, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, function);
  return code ? code : curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, context);
}
// The address of a curl_sockaddr is a struct at its end, longer than it is declared to be (sockaddr_in6).
static inline const struct sockaddr *ukai_curl_address(const struct curl_sockaddr *address) { return &address->addr; }

static inline CURLcode ukai_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode ukai_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode ukai_curl_get_string(CURL *handle, CURLINFO info, char **value) {
  return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode ukai_curl_get_socket(CURL *handle, curl_socket_t *value) {
  return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, value);
}

static inline CURLMcode ukai_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}
// The next finished transfer, or NULL; its result is a union member in the message.
static inline CURL *ukai_curl_multi_finished(CURLM *multi, CURLcode *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left)))
    if (message->msg == CURLMSG_DONE) {
      *result = message->data.result;
      return message->easy_handle;
    }
  return NULL;
}

static inline int ukai_inflate_init(z_stream *stream, int window_bits) { return inflateInit2(stream, window_bits); }
static inline int ukai_deflate_init_gzip(z_stream *stream) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
