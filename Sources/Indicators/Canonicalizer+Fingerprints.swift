/// Similarity digests and TLS fingerprints, which have a form of their own.
extension Canonicalizer {
  /// `blocksize:hash:doublehash`; a file name after a comma does not count, case does.
  static func ssdeep(_ text: Bytes) throws(Rejection) -> Observable {
    let value = droppingLabel(text, of: .ssdeep)
    let signature = value[..<(value.firstIndex(of: 0x2C) ?? value.endIndex)].trimmed()
    let fields = signature.split(separator: 0x3A, omittingEmptySubsequences: false)
    guard fields.count == 3 else { throw Rejection("field-count", as: .ssdeep) }
    guard isBlockSize(fields[0]) else { throw Rejection("block-size", as: .ssdeep) }
    guard fields[1...].allSatisfy({ $0.allSatisfy { $0.isAlphanumeric || $0 == 0x2B || $0 == 0x2F } }) else {
      throw Rejection("bad-char", as: .ssdeep)
    }
    guard fields[1].count <= 64, fields[2].count <= 64 else { throw Rejection("length", as: .ssdeep) }
    let isEmpty = fields[1].isEmpty && fields[2].isEmpty
    return Observable(type: .ssdeep, canonical: signature.text, flags: isEmpty ? ["empty-file"] : [])
  }

  /// 3·2ⁿ, n from 0 to 30, without leading zeros.
  private static func isBlockSize(_ digits: Bytes) -> Bool {
    guard digits.count <= 10, digits.first != 0x30, digits.allSatisfy(\.isDigit), let size = UInt64(digits.text) else { return false }
    return size % 3 == 0 && (size / 3).nonzeroBitCount == 1 && size / 3 <= 1 << 30
  }

  /// `T1` and 70 upper-case digits; the form before version 4 had no `T1`.
  static func tlsh(_ text: Bytes) throws(Rejection) -> Observable {
    let value = droppingLabel(text, of: .tlsh)
    if value.equalsIgnoringCase("tnull") || value.equalsIgnoringCase("null") { throw Rejection("null-hash", as: .tlsh) }
    guard let digits = lowercasedHex(value.dropping("t1") ?? value) else { throw Rejection("bad-char", as: .tlsh) }
    guard digits.count == 70 else { throw Rejection("length", as: .tlsh) }
    guard !isNull(digits) else { throw Rejection("null-hash", as: .tlsh) }
    return Observable(type: .tlsh, canonical: "T1" + digits.map(\.uppercased).text)
  }

  /// FoxIO's JA4: `t13d1516h2_8daaf6152771_e5627efa2ab1`.
  static func ja4(_ text: Bytes) throws(Rejection) -> Observable {
    let value = droppingLabel(text, of: .ja4).lowercasedASCII()[...]
    let fields = value.split(separator: 0x5F, omittingEmptySubsequences: false)
    guard fields.count == 3 else { throw Rejection("field-count", as: .ja4) }
    guard fields[0].count == 10, fields[1].count == 12, fields[2].count == 12 else { throw Rejection("length", as: .ja4) }
    let head = Array(fields[0])
    let isHead =
      "tqd".utf8.contains(head[0]) && isTLSVersion(head[1], head[2]) && "di".utf8.contains(head[3])
      && head[4...7].allSatisfy(\.isDigit) && head[8...].allSatisfy(\.isAlphanumeric)
    guard isHead, fields[1...].allSatisfy({ $0.allSatisfy(\.isHexDigit) }) else { throw Rejection("bad-char", as: .ja4) }
    return Observable(type: .ja4, canonical: value.text)
  }

  /// `13`…`10`, `s3`, `s2`, `s1`, `d1`…`d3` or `00`.
  private static func isTLSVersion(_ first: UInt8, _ second: UInt8) -> Bool {
    switch first {
    case 0x31: 0x30...0x33 ~= second
    case 0x73, 0x64: 0x31...0x33 ~= second
    default: first == 0x30 && second == 0x30
    }
  }
}
