import Indicators

extension MatchRules {
  /// A maximal run of hexadecimal digits of a length that a digest, an address or a transaction id has.
  mutating func hex(_ text: LogText, _ start: Int, _ end: Int) {
    asked.append(start)
    let count = end - start
    guard Self.isHexLength(count) else { return }
    let isPrefixed = (text[start - 1] | 0x20) == 0x78 && text[start - 2] == 0x30
    let shown = isPrefixed ? start - 2 : start
    if count == 71 {
      // TLSH: `T1` and seventy digits, the 1 being a digit too.
      guard text[start] == 0x31, text[start - 1] | 0x20 == 0x74 else { return }
      for match in find(.hex, text.lowercased(start + 1, end)) { emit(match.entry, start - 1, end, .exact) }
      return
    }
    for match in find(.hex, text.lowercased(start, end)) {
      guard let type = lookup.type(of: match.entry) else { continue }
      if isPrefixed, ![.evm, .tron, .txHash].contains(type) { continue }
      emit(match.entry, shown, end, match.role == .otherChain ? .weak : .exact)
    }
    if count == 64, Self.isPaddedAddress(text, start) {
      for match in find(.hex, text.lowercased(start + 24, end)) {
        guard let type = lookup.type(of: match.entry), type == .evm || type == .tron else { continue }
        emit(match.entry, shown, end, match.role == .otherChain ? .weak : .exact)
      }
    }
  }

  /// A digest as certificates show theirs, `9E:10:7D:…`; `start..<end` is a whole run of hexadecimal digits and colons.
  mutating func fingerprint(_ text: LogText, _ start: Int, _ end: Int) {
    guard let digest = text.fingerprint(start, end) else { return }
    for match in find(.hex, text.lowercased(digest.start, end).filter { $0 != 0x3a }) {
      guard let type = lookup.type(of: match.entry), [.md5, .sha1, .sha256, .sha512].contains(type) else { continue }
      emit(match.entry, digest.start, end, .exact)
    }
  }

  /// Whether some value of this many digits exists; 71 stands for TLSH with its version digit.
  @inline(__always) static func isHexLength(_ count: Int) -> Bool {
    switch count {
    case 32, 40, 42, 56, 62, 64, 70, 71, 96, 128: true
    default: false
    }
  }

  /// A topic or argument of an EVM log: twenty bytes padded to thirty-two.
  static func isPaddedAddress(_ text: LogText, _ start: Int) -> Bool {
    for index in start..<(start + 24) where text[index] != 0x30 { return false }
    return true
  }

  /// A maximal run of letters and digits, long enough to be a wallet.
  mutating func token(_ text: LogText, _ start: Int, _ end: Int) {
    asked.append(start)
    guard end - start <= 128 else { return }
    let found = find(.token, text.lowercased(start, end))
    guard !found.isEmpty else { return }
    let own = text.slice(start, end)
    let hasUpper = own.contains { $0 >= 0x41 && $0 <= 0x5a }
    let hasLower = own.contains { $0 >= 0x61 && $0 <= 0x7a }
    for match in found {
      guard let type = lookup.type(of: match.entry), let texts = lookup.texts(of: match.entry) else { continue }
      var literal = texts.match
      if match.role == .otherChain {
        guard let address = TronAddress.text(ofHex: ASCII.lowercased(literal.dropFirst(2))) else { continue }
        literal = address
      } else if let colon = literal.lastIndex(of: 0x3a) {
        literal = Array(literal[(colon + 1)...])
      }
      if literal == own {
        emit(match.entry, start, end, match.role == .otherChain ? .weak : .exact)
      } else if hasUpper && hasLower {
        continue  // another string: base58 counts case, bech32 forbids mixing it
      } else {
        emit(match.entry, start, end, Self.isCaseless(type, literal) && match.role == .whole ? .exact : .weak)
      }
    }
  }

  /// Bech32, bech32m and CashAddr may be written in capitals (QR codes); base58 in one case is what a lower-casing log left of it.
  private static func isCaseless(_ type: IndicatorType, _ address: [UInt8]) -> Bool {
    switch type {
    case .bch: true
    case .btc: address.starts(with: "bc1".utf8)
    case .ltc: address.starts(with: "ltc1".utf8)
    case .zec: address.starts(with: "zs1".utf8) || address.starts(with: "u1".utf8)
    default: false
    }
  }
}

extension LogText {
  /// Where a digest with a colon between its bytes begins that ends a run of hexadecimal digits and colons, and how many bytes it has.
  func fingerprint(_ start: Int, _ end: Int) -> (start: Int, count: Int)? {
    guard !LiteralText.isWord(self[end]), self[end] != 0x5f else { return nil }
    var (first, count) = (end + 1, 0)
    while count <= 64, first - 3 >= start, ASCII.isHexDigit(self[first - 2]), ASCII.isHexDigit(self[first - 3]) {
      (first, count) = (first - 3, count + 1)
      if self[first - 1] != 0x3a { break }
    }
    // `sha1:9e:10:…`: what belongs to the word before.
    if count > 0, LiteralText.isWord(self[first - 1]) { (first, count) = (first + 3, count - 1) }
    return count == 16 || count == 20 || count == 32 || count == 64 ? (first, count) : nil
  }
}
