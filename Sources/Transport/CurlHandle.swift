internal import CCurl

/// Owner of one libcurl easy handle with its error buffer and header list. Used on one thread, by one transfer, once: a new
/// handle for every hop leaves nothing behind that could be sent to the wrong place.
///
/// Safe to use: it frees what it allocates after libcurl has let go of it, and `raw` is never handed out of this module.
@safe final class CurlHandle {
  let raw: UnsafeMutableRawPointer
  private let errorBuffer = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var headers: UnsafeMutablePointer<curl_slist>?
  private var body: UnsafeMutableBufferPointer<UInt8>?

  /// libcurl wants this once a process, before any other call.
  private static let isReady: Bool = ukai_curl_global_init() == CURLE_OK

  init() throws(TransportError) {
    guard Self.isReady, let handle = unsafe curl_easy_init() else {
      unsafe errorBuffer.deallocate()
      throw TransportError(.inputOutput, reason: "libcurl", "libcurl cannot be initialised")
    }
    unsafe raw = handle
    unsafe errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    _ = unsafe ukai_curl_set_error_buffer(raw, errorBuffer)
  }

  deinit {
    unsafe curl_easy_cleanup(raw)
    unsafe curl_slist_free_all(headers)
    unsafe errorBuffer.deallocate()
    unsafe body?.deallocate()
  }

  func set(_ option: CURLoption, _ value: Int) { _ = unsafe ukai_curl_set_long(raw, option, value) }
  func set(_ option: CURLoption, _ value: Bool) { set(option, value ? 1 : 0) }
  func set(offset option: CURLoption, _ value: Int64) { _ = unsafe ukai_curl_set_offset(raw, option, Int(value)) }
  /// libcurl copies the string.
  func set(_ option: CURLoption, _ value: String) { _ = unsafe ukai_curl_set_string(raw, option, value) }

  /// The header fields of the request; a field without a value is sent empty.
  func set(headers fields: [HTTPHeader]) {
    for field in fields {
      let line = field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
      guard let longer = unsafe curl_slist_append(headers, line) else { return }
      unsafe headers = longer
    }
    _ = unsafe ukai_curl_set_list(raw, CURLOPT_HTTPHEADER, headers)
  }

  /// The body of a POST, kept alive by this handle.
  func set(postBody bytes: [UInt8]) {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, bytes.count))
    _ = unsafe copy.initialize(from: bytes)
    unsafe body = copy
    set(CURLOPT_POST, true)
    set(offset: CURLOPT_POSTFIELDSIZE_LARGE, Int64(bytes.count))
    _ = unsafe ukai_curl_set_bytes(raw, CURLOPT_POSTFIELDS, copy.baseAddress)
  }

  /// What no transfer of ours ever does otherwise: no environment, no netrc, no cookies, no signals, nothing but HTTP over a
  /// verified TLS 1.2 or later, and no redirect that we have not looked at.
  func applyPolicy(tls: TLSOptions, proxy: String?) {
    set(CURLOPT_NOSIGNAL, true)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_REDIR_PROTOCOLS_STR, "https")
    set(CURLOPT_FOLLOWLOCATION, false)
    set(CURLOPT_UNRESTRICTED_AUTH, false)
    set(CURLOPT_NETRC, 0)
    set(CURLOPT_HTTP09_ALLOWED, false)
    set(CURLOPT_HTTP_VERSION, 2)  // CURL_HTTP_VERSION_1_1: the plainest framing, and a single file gains nothing from more
    // An empty string switches the variables of the environment off.
    set(CURLOPT_PROXY, proxy ?? "")
    set(CURLOPT_SSLVERSION, 6)  // CURL_SSLVERSION_TLSv1_2 as the minimum
    set(CURLOPT_SSL_VERIFYPEER, tls.verifies)
    set(CURLOPT_SSL_VERIFYHOST, tls.verifies ? 2 : 0)
    if let file = tls.authorityFile { set(CURLOPT_CAINFO, file) }
    if let file = tls.certificateFile { set(CURLOPT_SSLCERT, file) }
    if let file = tls.keyFile { set(CURLOPT_SSLKEY, file) }
    if let password = tls.keyPassword { set(CURLOPT_KEYPASSWD, password.reveal()) }
    // A name server that hangs must not hold the run beyond its deadline.
    set(CURLOPT_QUICK_EXIT, true)
  }

  /// libcurl's own words about the failure; empty when it has none.
  var errorText: String { unsafe String(cString: errorBuffer) }

  var receivedBytes: Int64 {
    var value: curl_off_t = 0
    _ = unsafe ukai_curl_get_offset(raw, CURLINFO_SIZE_DOWNLOAD_T, &value)
    return Int64(value)
  }

  /// Seconds as the whole milliseconds that libcurl wants; at least one, as 0 means "no limit" there.
  static func milliseconds(_ seconds: Double) -> Int {
    Int(exactly: (seconds * 1_000).rounded(.up)).map { max(1, $0) } ?? 1
  }
}
