internal import CCurl
internal import Glibc

/// An absolute http, https or file address as libcurl itself reads it, so that what is judged is what is connected to.
package struct WebAddress: Sendable, Equatable {
  /// `http`, `https` or `file`, lower case.
  package let scheme: String
  /// As libcurl connects to it: lower case, numeric IPv4 spellings resolved (`0x7f.1` is `127.0.0.1`), IPv6 in brackets.
  package let host: String
  /// As it was written.
  package let writtenHost: String
  package let port: UInt16
  /// Without user, password and fragment.
  package let text: String
  package let user: String?
  package let password: String?

  /// Credentials belong to one of these: scheme, host and port.
  package struct Origin: Hashable, Sendable {
    let scheme: String
    let host: String
    let port: UInt16
  }
  package var origin: Origin { Origin(scheme: scheme, host: host, port: port) }

  /// nil for what is no absolute http or https address.
  package init?(_ text: String) { self.init(text, relativeTo: nil) }

  /// A `Location` header, relative or absolute (RFC 3986 section 5); nil for what cannot be read or is of another scheme.
  package func resolving(location: String) -> WebAddress? { WebAddress(location, relativeTo: self) }

  private init?(_ reference: String, relativeTo base: WebAddress?) {
    // Line ends and controls in an address are an attack or an accident; libcurl refuses them too.
    guard !reference.isEmpty, reference.utf8.count <= 8_192, reference.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { return nil }
    guard let handle = unsafe curl_url() else { return nil }
    defer { unsafe curl_url_cleanup(handle) }
    func set(_ text: String) -> Bool {
      unsafe curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK
    }
    if let base, !set(base.text) { return nil }
    guard set(reference) else { return nil }
    func get(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
      var value: UnsafeMutablePointer<CChar>?
      guard unsafe curl_url_get(handle, part, &value, UInt32(flags)) == CURLUE_OK, let value = unsafe value else { return nil }
      defer { unsafe curl_free(value) }
      return unsafe String(validatingCString: value)
    }
    guard let scheme = get(CURLUPART_SCHEME)?.lowercased(), ["http", "https"].contains(scheme),
      let host = get(CURLUPART_HOST)?.lowercased(), !host.isEmpty,
      let port = get(CURLUPART_PORT, Int32(CURLU_DEFAULT_PORT)).flatMap({ UInt16($0) }), port > 0
    else { return nil }
    user = get(CURLUPART_USER, Int32(CURLU_URLDECODE))
    password = get(CURLUPART_PASSWORD, Int32(CURLU_URLDECODE))
    _ = unsafe curl_url_set(handle, CURLUPART_USER, nil, 0)
    _ = unsafe curl_url_set(handle, CURLUPART_PASSWORD, nil, 0)
    _ = unsafe curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
    guard let text = get(CURLUPART_URL) else { return nil }
    self.scheme = scheme
    self.host = host.hasSuffix(".") ? String(host.dropLast()) : host
    self.port = port
    self.text = text
    writtenHost = Self.writtenHost(of: reference) ?? base?.writtenHost ?? host
  }

  /// The host of `//host` or `scheme://host` as it stands; nil for a reference without an authority.
  private static func writtenHost(of reference: String) -> String? {
    let bytes = Array(reference.utf8)
    let slash = UInt8(ascii: "/")
    var start = 0
    if let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
      bytes[..<colon].allSatisfy({ 0x61...0x7a ~= $0 | 0x20 || 0x30...0x39 ~= $0 || [0x2b, 0x2d, 0x2e].contains($0) })
    {
      start = colon + 1
    }
    guard bytes[start...].starts(with: [slash, slash]) else { return nil }
    while start < bytes.count, bytes[start] == slash { start += 1 }
    var authority = bytes[start...].prefix { ![slash, UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\\")].contains($0) }
    if let at = authority.lastIndex(of: UInt8(ascii: "@")) { authority = authority[(at + 1)...] }
    if authority.first == UInt8(ascii: "["), let close = authority.firstIndex(of: UInt8(ascii: "]")) {
      return String(decoding: authority[...close], as: UTF8.self).lowercased()
    }
    let host = authority.prefix { $0 != UInt8(ascii: ":") }
    return String(decoding: host, as: UTF8.self).lowercased()
  }

  /// The purpose of a host that is an address itself; nil for a name.
  package var literalPurpose: AddressGuard.Purpose? {
    let bare = host.hasPrefix("[") ? String(host.dropFirst().prefix { $0 != "]" && $0 != "%" }) : host
    var four = in_addr()
    if unsafe inet_pton(AF_INET, bare, &four) == 1 { return AddressGuard.purpose(ipv4: UInt32(bigEndian: four.s_addr)) }
    var sixteen = in6_addr()
    guard unsafe inet_pton(AF_INET6, bare, &sixteen) == 1 else { return nil }
    return unsafe withUnsafeBytes(of: &sixteen) { unsafe AddressGuard.purpose(ipv6: Array($0)) }
  }

  /// The same address with `name=value` added to its query, percent-encoded.
  package func addingQuery(_ items: [(name: String, value: String)]) -> WebAddress? {
    guard !items.isEmpty else { return self }
    let query = items.map { PercentCoding.encode($0.name) + "=" + PercentCoding.encode($0.value) }.joined(separator: "&")
    return WebAddress(text + (text.contains("?") ? (text.hasSuffix("?") || text.hasSuffix("&") ? "" : "&") : "?") + query)
  }
}
