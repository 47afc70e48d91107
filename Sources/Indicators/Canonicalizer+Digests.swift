/// Cryptographic digests, and fingerprints that are written as one digest.
extension Canonicalizer {
  /// Names that feeds and tools write before a digest; longer ones first.
  private static func labels(of type: IndicatorType) -> [StaticString] {
    switch type {
    case .md5: ["filehash-md5", "md5sum", "md5"]
    case .sha1: ["filehash-sha1", "sha1sum", "sha-1", "sha_1", "sha1"]
    case .sha224: ["sha224sum", "sha-224", "sha_224", "sha224", "sha2-224"]
    case .sha256: ["filehash-sha256", "sha256sum", "sha-256", "sha_256", "sha256", "sha2-256"]
    case .sha384: ["sha384sum", "sha-384", "sha_384", "sha384", "sha2-384"]
    case .sha512: ["filehash-sha512", "sha512sum", "sha-512", "sha_512", "sha512", "sha2-512"]
    case .imphash: ["filehash-imphash", "imphash"]
    case .ja3: ["ja3_hash", "ja3hash", "ja3s", "ja3"]
    case .ssdeep: ["ssdeep"]
    case .tlsh: ["tlsh"]
    case .ja4: ["ja4"]
    case .jarm: ["jarm"]
    default: []
    }
  }

  /// Number of hexadecimal digits of a digest.
  static func digestLength(_ type: IndicatorType) -> Int {
    switch type {
    case .sha1: 40
    case .sha224: 56
    case .sha256: 64
    case .sha384: 96
    case .sha512: 128
    case .jarm: 62
    default: 32
    }
  }

  /// The value after the type's own label and `:`, `=` or a space.
  static func droppingLabel(_ text: Bytes, of type: IndicatorType) -> Bytes {
    for label in labels(of: type) {
      guard let rest = text.dropping(label), let separator = rest.first, separator == 0x3A || separator == 0x3D || separator.isSpace
      else { continue }
      let value = rest.trimmed()
      return value.first == 0x3A || value.first == 0x3D ? value.dropFirst().trimmed() : value
    }
    return text
  }

  static func digest(_ text: Bytes, as type: IndicatorType) throws(Rejection) -> Observable {
    let length = digestLength(type)
    if text.count == length, let observable = try plainDigest(text, as: type) { return observable }
    let value = droppingLabel(text, of: type)
    if type == .sha256, let digits = value.dropping("0x"), digits.count == 64, digits.allSatisfy(\.isHexDigit) {
      throw Rejection("tx-hash", as: type)
    }
    if type == .ja3, value.contains(0x2C), value.allSatisfy({ $0.isDigit || $0 == 0x2C || $0 == 0x2D }) {
      throw Rejection("ja3-string-not-digest", as: type)
    }
    let digits = Bytes(value.filter { !$0.isSpace && $0 != 0x3A })
    guard !digits.isEmpty else { throw Rejection("empty", as: type) }
    guard digits.allSatisfy(\.isHexDigit) else {
      throw Rejection(isTruncated(digits, length: length) ? "truncated" : "bad-char", as: type)
    }
    guard digits.count == length else { throw Rejection("length", as: type) }
    guard let observable = try plainDigest(digits, as: type) else { throw Rejection("bad-char", as: type) }
    return observable
  }

  /// Digits and nothing else; nil when there is something else.
  private static func plainDigest(_ text: Bytes, as type: IndicatorType) throws(Rejection) -> Observable? {
    guard let digits = lowercasedHex(text) else { return nil }
    if isNull(digits) { throw Rejection("null-hash", as: type) }
    let canonical = digits.text
    guard let flags = notable[canonical] else { return Observable(type: type, canonical: canonical) }
    return Observable(type: type, canonical: canonical, flags: [type == .imphash || type == .ja3 ? "common-value" : flags])
  }

  static func lowercasedHex(_ text: Bytes) -> [UInt8]? {
    var digits: [UInt8] = []
    digits.reserveCapacity(text.count)
    for byte in text {
      guard byte.isHexDigit else { return nil }
      digits.append(byte.lowercased)
    }
    return digits
  }

  /// All `0` or all `f`: what programs write when they have no digest.
  static func isNull(_ digits: some Collection<UInt8>) -> Bool {
    guard let first = digits.first, first == 0x30 || first | 0x20 == 0x66 else { return false }
    return digits.allSatisfy { $0 | 0x20 == first | 0x20 }
  }

  /// Digits around an ellipsis (`...`, `..` or U+2026), and fewer of them than the digest has.
  private static func isTruncated(_ text: Bytes, length: Int) -> Bool {
    var dots = 0
    var digits = 0
    var index = text.startIndex
    while index < text.endIndex {
      if text[index].isHexDigit {
        digits += 1
      } else if text[index] == 0x2E {
        dots += 1
      } else if text[index...].starts(with: [0xE2, 0x80, 0xA6]) {
        dots += 3
        index += 2
      } else {
        return false
      }
      index += 1
    }
    return dots >= 2 && digits > 0 && digits < length
  }

  /// Whether a digest in lower case carries a flag.
  static func isNotable(digest: String) -> Bool { notable[digest] != nil }

  /// A quick no: whether a digest in lower case begins as one of them does.
  static func mayBeNotable(digest: borrowing Span<UInt8>) -> Bool {
    notableBeginnings.contains(UInt32(digest[0]) << 24 | UInt32(digest[1]) << 16 | UInt32(digest[2]) << 8 | UInt32(digest[3]))
  }

  private static let notableBeginnings = Set(notable.keys.map { $0.utf8.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } })

  /// Digests that feeds list by mistake, and the import hashes of every .NET program.
  private static let notable: [String: String] = [
    "d41d8cd98f00b204e9800998ecf8427e": "empty-file",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709": "empty-file",
    "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f": "empty-file",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855": "empty-file",
    "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b": "empty-file",
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
      + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e": "empty-file",
    // A single line feed.
    "68b329da9893e34099c7d8ad5cb9c940": "common-value",
    "adc83b19e793491b1c6ea0fd8b46cd9f32e592fc": "common-value",
    "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b": "common-value",
    // The EICAR test file.
    "44d88612fea8a8f36de82e1278abb02f": "test-file",
    "3395856ce81f2b7382dee72602f798b642f14140": "test-file",
    "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f": "test-file",
    // Import hashes of .NET programs and libraries: mscoree.dll's _CorExeMain and _CorDllMain.
    "f34d5f2d4577ed6d9ceec516c1f5a744": "common-value",
    "dae02f32a21e03ce65412f6e56942daa": "common-value",
  ]

  /// `0x` and 64 hexadecimal digits; the `0x` is added when it is missing, so that both spellings are one value.
  static func transactionHash(_ text: Bytes) throws(Rejection) -> Observable {
    guard let digits = lowercasedHex(text.dropping("0x") ?? text) else { throw Rejection("bad-char", as: .txHash) }
    guard digits.count == 64 else { throw Rejection("length", as: .txHash) }
    guard !isNull(digits) else { throw Rejection("null-hash", as: .txHash) }
    return Observable(type: .txHash, canonical: "0x" + digits.text)
  }

  /// 62 hexadecimal digits: 30 of ciphers and versions, 32 of extensions.
  static func jarm(_ text: Bytes) throws(Rejection) -> Observable {
    try digest(text, as: .jarm)
  }
}
