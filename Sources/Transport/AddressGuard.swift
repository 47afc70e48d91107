/// Which addresses a feed may be fetched from. Judged on the address a socket is about to connect to, after resolution, so
/// neither a spelling nor a changing name gets around it.
public enum AddressGuard {
  /// What an address is for: the special-purpose registries of IANA (RFC 6890 and its updates), as far as they matter here.
  public enum Purpose: String, Sendable, CaseIterable {
    case global
    case unspecified, loopback, `private`, shared, uniqueLocal = "unique-local", linkLocal = "link-local", siteLocal = "site-local"
    case metadata, documentation, benchmarking, multicast, broadcast, reserved
  }

  /// The purpose of an IPv4 address in host byte order.
  public static func purpose(ipv4 value: UInt32) -> Purpose {
    if metadataV4.contains(value) { return .metadata }
    if value == 0xffff_ffff { return .broadcast }
    for (network, length, purpose) in specialV4 where (value ^ network) >> (32 - length) == 0 { return purpose }
    return .global
  }

  /// The purpose of an IPv6 address given as 16 bytes. An address that carries an IPv4 address (mapped, compatible, 6to4,
  /// NAT64, Teredo, ISATAP) is judged by the one it carries as well: a packet may end there.
  public static func purpose(ipv6 bytes: [UInt8]) -> Purpose {
    guard bytes.count == 16 else { return .reserved }
    func four(_ start: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[start + $1]) }
    }
    func begins(_ prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }
    let zeros = [UInt8](repeating: 0, count: 16)
    if bytes == zeros { return .unspecified }
    if bytes == zeros.dropLast() + [1] { return .loopback }
    if begins([UInt8](repeating: 0, count: 10) + [0xff, 0xff]) { return purpose(ipv4: four(12)) }
    if begins([UInt8](repeating: 0, count: 8) + [0xff, 0xff, 0, 0]) { return purpose(ipv4: four(12)) }
    if begins([UInt8](repeating: 0, count: 12)) { return notGlobal(purpose(ipv4: four(12))) }
    if begins([0x00, 0x64, 0xff, 0x9b] + [UInt8](repeating: 0, count: 8)) { return purpose(ipv4: four(12)) }
    if begins([0x00, 0x64, 0xff, 0x9b, 0x00, 0x01]) { return .private }
    if begins([0x20, 0x02]) { return purpose(ipv4: four(2)) }
    if begins([0x20, 0x01, 0x00, 0x00]) {
      let client = purpose(ipv4: ~four(12))
      return client == .global ? purpose(ipv4: four(4)) : client
    }
    if bytes == awsMetadataV6 { return .metadata }
    if bytes[0] == 0xff { return .multicast }
    if bytes[0] & 0xfe == 0xfc { return .uniqueLocal }
    if bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80 { return .linkLocal }
    if bytes[0] == 0xfe && bytes[1] & 0xc0 == 0xc0 { return .siteLocal }
    if begins([0x20, 0x01, 0x0d, 0xb8]) || begins([0x3f, 0xff]) && bytes[2] & 0xf0 == 0 { return .documentation }
    if begins([0x20, 0x01, 0x00, 0x02, 0x00, 0x00]) { return .benchmarking }
    // ISATAP: the interface identifier is 0000:5efe or 0200:5efe and an IPv4 address.
    if bytes[8] & 0xfd == 0, bytes[9] == 0, bytes[10] == 0x5e, bytes[11] == 0xfe { return purpose(ipv4: four(12)) }
    // 2001::/23 is for protocols, apart from what stands above; only 2000::/3 is given to hosts of the Internet.
    if begins([0x20, 0x01]) && bytes[2] & 0xfe == 0 { return .reserved }
    return bytes[0] & 0xe0 == 0x20 ? .global : .reserved
  }

  /// Whether a connection to an address of this purpose is allowed.
  ///
  /// - Parameter allowPrivate: the operator said that this host may stand on this machine or in an own network. Link-local
  ///   addresses, and with them the metadata services of clouds, stay refused.
  public static func allows(_ purpose: Purpose, allowPrivate: Bool) -> Bool {
    switch purpose {
    case .global: true
    case .loopback, .private, .shared, .uniqueLocal, .siteLocal, .benchmarking: allowPrivate
    case .unspecified, .linkLocal, .metadata, .documentation, .multicast, .broadcast, .reserved: false
    }
  }

  private static func notGlobal(_ purpose: Purpose) -> Purpose { purpose == .global ? .reserved : purpose }

  /// Metadata services outside 169.254.0.0/16 as well: Alibaba, Oracle's older one, Azure's wire server.
  private static let metadataV4: Set<UInt32> = [0xa9fe_a9fe, 0xa9fe_aa02, 0x6464_64c8, 0xc000_00c0, 0xa83f_8110]
  /// fd00:ec2::254
  private static let awsMetadataV6: [UInt8] = [0xfd, 0x00, 0x0e, 0xc2] + [UInt8](repeating: 0, count: 10) + [0x02, 0x54]

  private static let specialV4: [(UInt32, UInt32, Purpose)] = [
    (0x0000_0000, 8, .unspecified),  // 0.0.0.0/8: "this network"; Linux connects 0.0.0.0 to loopback
    (0x7f00_0000, 8, .loopback),
    (0x0a00_0000, 8, .private), (0xac10_0000, 12, .private), (0xc0a8_0000, 16, .private),
    (0x6440_0000, 10, .shared),  // RFC 6598
    (0xa9fe_0000, 16, .linkLocal),
    (0xc000_0000, 24, .reserved),  // IETF protocol assignments
    (0xc000_0200, 24, .documentation), (0xc633_6400, 24, .documentation), (0xcb00_7100, 24, .documentation),
    (0xc058_6300, 24, .reserved),  // 6to4 relay anycast, withdrawn
    (0xc612_0000, 15, .benchmarking),
    (0xe000_0000, 4, .multicast),
    (0xf000_0000, 4, .reserved),
  ]
}
