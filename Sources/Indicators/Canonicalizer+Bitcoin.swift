/// Bitcoin, and the chains that took its address forms: Base58Check with a version byte, and segregated-witness addresses.
extension Canonicalizer {
  static func bitcoin(_ text: Bytes) throws(Rejection) -> Observable {
    let text = droppingPaymentURI(text, scheme: "bitcoin:")
    if looksLikeSegwit(text) {
      return try segwit(text, prefix: Array("bc".utf8), testPrefixes: ["tb", "bcrt"], as: .btc)
    }
    let payload = try checkedPayload(text, as: .btc)
    switch payload.first {
    case 0x00, 0x05:
      return Observable(type: .btc, canonical: text.text, flags: burnAddresses.contains(text.text) ? ["burn-address"] : [])
    case 0x6F, 0xC4: throw Rejection("testnet", as: .btc)
    default: throw Rejection("bad-version", as: .btc)
    }
  }

  /// Addresses whose key nobody has.
  private static let burnAddresses: Set<String> = [
    "1111111111111111111114oLvT2", "1BitcoinEaterAddressDontSendf59kuE", "1CounterpartyXXXXXXXXXXXXXXXUWLpVr",
  ]

  /// The address of a payment URI (BIP-21): without scheme, slashes and query.
  static func droppingPaymentURI(_ text: Bytes, scheme: StaticString) -> Bytes {
    guard var rest = text.dropping(scheme) else { return text }
    if rest.starts(with: [0x2F, 0x2F]) { rest = rest.dropFirst(2) }
    return rest[..<(rest.firstIndex { $0 == 0x3F || $0 == 0x23 } ?? rest.endIndex)].trimmed()
  }

  /// The version byte and the hash of a Base58Check address: 21 bytes.
  static func checkedPayload(_ text: Bytes, length: Int = 21, as type: IndicatorType) throws(Rejection) -> Bytes {
    guard !text.isEmpty else { throw Rejection("empty", as: type) }
    guard Base58.isText(text) else { throw Rejection("bad-char", as: type) }
    // 25 bytes have 26 digits or more but for the rarest, which have leading ones.
    guard text.count >= 26 else { throw Rejection("too-short", as: type) }
    guard let payload = Base58.decodeChecked(text) else { throw Rejection("bad-checksum", as: type) }
    guard payload.count == length else { throw Rejection("length", as: type) }
    return payload
  }

  /// Whether the text is meant as Bech32: letters, then `1`, then at least the checksum; Base58 addresses of these chains start with
  /// a digit or have at most 35 characters of both cases.
  static func looksLikeSegwit(_ text: Bytes) -> Bool {
    guard let separator = text.firstIndex(of: 0x31), separator > text.startIndex, text.endIndex - separator > 6 else { return false }
    let prefix = text[..<separator]
    guard prefix.count <= 8, prefix.allSatisfy(\.isLetter) else { return false }
    if ["bc", "tb", "bcrt", "ltc", "tltc"].contains(prefix.lowercasedASCII().text) { return true }
    return !Base58.isText(text) || text.count > 35 || !Bech32.isMixedCase(text)
  }

  /// A segregated-witness address (BIP-141): Bech32 for version 0, Bech32m for all later ones.
  static func segwit(
    _ text: Bytes, prefix: [UInt8], testPrefixes: [StaticString], as type: IndicatorType
  ) throws(Rejection) -> Observable {
    if Bech32.isMixedCase(text) { throw Rejection("mixed-case", as: type) }
    guard let found = Bech32.prefix(text) else { throw Rejection("bad-hrp", as: type) }
    guard Bech32.groups(text.dropFirst(found.count + 1)) != nil else { throw Rejection("bad-char", as: type) }
    guard found == prefix else {
      let isTest = testPrefixes.contains { found[...].equalsIgnoringCase($0) }
      throw Rejection(isTest ? "testnet" : "bad-hrp", as: type)
    }
    let decoded: Bech32.Decoded
    do throws(Bech32.Fault) {
      decoded = try Bech32.decode(text)
    } catch {
      throw Rejection(error == .badCharacter ? (text.count > 90 ? "program-length" : "bad-char") : "bad-checksum", as: type)
    }
    guard let version = decoded.groups.first else { throw Rejection("program-length", as: type) }
    guard version <= 16 else { throw Rejection("witness-version", as: type) }
    guard let program = Bech32.bytes(decoded.groups.dropFirst()) else { throw Rejection("padding", as: type) }
    guard 2...40 ~= program.count, version > 0 || program.count == 20 || program.count == 32 else {
      throw Rejection("program-length", as: type)
    }
    guard decoded.encoding == (version == 0 ? .bech32 : .bech32m) else { throw Rejection("bad-checksum", as: type) }
    return Observable(type: type, canonical: text.lowercasedASCII().text)
  }

  static func litecoin(_ text: Bytes) throws(Rejection) -> Observable {
    let text = droppingPaymentURI(text, scheme: "litecoin:")
    if looksLikeSegwit(text) {
      return try segwit(text, prefix: Array("ltc".utf8), testPrefixes: ["tltc", "rltc"], as: .ltc)
    }
    let payload = try checkedPayload(text, as: .ltc)
    switch payload.first {
    case 0x30, 0x32: return Observable(type: .ltc, canonical: text.text)
    // Before 2017 script addresses had Bitcoin's version byte: the same text was an address of both chains.
    case 0x05:
      return Observable(type: .ltc, canonical: Base58.encodeChecked([0x32] + payload.dropFirst()), flags: ["legacy-3-form"])
    case 0x6F, 0xC4, 0x3A: throw Rejection("testnet", as: .ltc)
    default: throw Rejection("bad-version", as: .ltc)
    }
  }

  static func dogecoin(_ text: Bytes) throws(Rejection) -> Observable {
    try versioned(droppingPaymentURI(text, scheme: "dogecoin:"), main: [0x1E, 0x16], test: [0x71, 0xC4, 0x6F], as: .doge)
  }

  static func dash(_ text: Bytes) throws(Rejection) -> Observable {
    try versioned(droppingPaymentURI(text, scheme: "dash:"), main: [0x4C, 0x10], test: [0x8C, 0x13], as: .dash)
  }

  private static func versioned(_ text: Bytes, main: [UInt8], test: [UInt8], as type: IndicatorType) throws(Rejection) -> Observable {
    let payload = try checkedPayload(text, as: type)
    guard let version = payload.first, main.contains(version) else {
      throw Rejection(payload.first.map(test.contains) == true ? "testnet" : "bad-version", as: type)
    }
    return Observable(type: type, canonical: text.text)
  }

  /// Transparent `t1…`, `t3…`, Sapling `zs1…`, unified `u1…` and transparent-source-only `tex1…` addresses (ZIP-32, 316, 320).
  static func zcash(_ text: Bytes) throws(Rejection) -> Observable {
    let text = droppingPaymentURI(text, scheme: "zcash:")
    if text.startsIgnoringCase("zs1") || text.startsIgnoringCase("u1") || text.startsIgnoringCase("tex1") {
      return try shieldedZcash(text)
    }
    if text.startsIgnoringCase("ztestsapling1") || text.startsIgnoringCase("utest1") || text.startsIgnoringCase("textest1") {
      throw Rejection("testnet", as: .zec)
    }
    guard Base58.isText(text) else { throw Rejection(looksLikeSegwit(text) ? "bad-hrp" : "bad-char", as: .zec) }
    let isSprout = text.count > 90
    let payload = try checkedPayload(text, length: isSprout ? 66 : 22, as: .zec)
    switch (payload[payload.startIndex], payload[payload.startIndex + 1]) {
    case (0x1C, 0xB8) where !isSprout, (0x1C, 0xBD) where !isSprout, (0x16, 0x9A) where isSprout:
      return Observable(type: .zec, canonical: text.text)
    case (0x1D, 0x25), (0x1C, 0xBA), (0x16, 0xB6): throw Rejection("testnet", as: .zec)
    default: throw Rejection("bad-version", as: .zec)
    }
  }

  private static func shieldedZcash(_ text: Bytes) throws(Rejection) -> Observable {
    let decoded: Bech32.Decoded
    do throws(Bech32.Fault) {
      decoded = try Bech32.decode(text, maximumLength: 1024)
    } catch {
      switch error {
      case .mixedCase: throw Rejection("mixed-case", as: .zec)
      case .badCharacter: throw Rejection("bad-char", as: .zec)
      case .noSeparator: throw Rejection("bad-hrp", as: .zec)
      case .badChecksum: throw Rejection("bad-checksum", as: .zec)
      }
    }
    guard let program = Bech32.bytes(decoded.groups) else { throw Rejection("padding", as: .zec) }
    let isValid =
      switch decoded.prefix.text {
      case "zs": decoded.encoding == .bech32 && program.count == 43
      case "u": decoded.encoding == .bech32m && program.count >= 40
      case "tex": decoded.encoding == .bech32m && program.count == 20
      default: false
      }
    guard isValid else { throw Rejection("program-length", as: .zec) }
    return Observable(type: .zec, canonical: text.lowercasedASCII().text)
  }

  /// CashAddr with its prefix. The older Base58 form, which is also a Bitcoin address, is converted.
  static func bitcoinCash(_ text: Bytes) throws(Rejection) -> Observable {
    let bare = droppingPaymentURI(text, scheme: "bitcoincash:")
    if bare.count == text.count, let colon = text.firstIndex(of: 0x3A) {
      let prefix = text[..<colon].lowercasedASCII().text
      throw Rejection(["bchtest", "bchreg"].contains(prefix) ? "testnet" : "bad-hrp", as: .bch)
    }
    if let first = bare.first, first == 0x31 || first == 0x33, Base58.isText(bare) { return try legacyBitcoinCash(bare) }
    if Bech32.isMixedCase(bare.count == text.count ? bare : text[..<bare.endIndex]) { throw Rejection("mixed-case", as: .bch) }
    // A letter outside the alphabet is a letter that was mistyped: the checksum is what it breaks.
    guard let groups = Bech32.groups(bare) else { throw Rejection(bare.allSatisfy(\.isAlphanumeric) ? "bad-checksum" : "bad-char", as: .bch) }
    guard groups.count > 8, CashAddress.isChecked(prefix: "bitcoincash".utf8, groups: groups) else {
      throw Rejection("bad-checksum", as: .bch)
    }
    guard let payload = Bech32.bytes(groups.dropLast(8)), let version = payload.first else { throw Rejection("padding", as: .bch) }
    let sizes = [20, 24, 28, 32, 40, 48, 56, 64]
    guard version & 0x80 == 0, payload.count - 1 == sizes[Int(version & 7)] else { throw Rejection("program-length", as: .bch) }
    // 0 and 1 are key and script hashes, 2 and 3 the same for wallets that know CashTokens.
    guard version >> 3 & 15 <= 3 else { throw Rejection("bad-version", as: .bch) }
    return Observable(type: .bch, canonical: "bitcoincash:" + bare.lowercasedASCII().text)
  }

  private static func legacyBitcoinCash(_ text: Bytes) throws(Rejection) -> Observable {
    let payload = try checkedPayload(text, as: .bch)
    guard let version = payload.first, version == 0x00 || version == 0x05 else { throw Rejection("bad-version", as: .bch) }
    let canonical = CashAddress.encode(
      prefix: Array("bitcoincash".utf8), version: version == 0x05 ? 0x08 : 0x00, hash: payload.dropFirst())
    return Observable(type: .bch, canonical: canonical, flags: ["legacy-form"])
  }
}
