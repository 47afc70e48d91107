/// Files that hold logs in a form that is not decoded here. They are matched as the bytes they are, and that is said.
struct UnreadContainer {
  /// As in the reason of the scan summary: `zip-not-decoded`.
  let name: String
  /// Compressed, encrypted or in another encoding: matching its bytes finds nothing.
  let hidesContent: Bool

  private static let magics: [(name: String, magic: [UInt8], hidesContent: Bool)] = [
    ("zip", [0x50, 0x4B, 0x03, 0x04], true), ("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], true), ("rar", Array("Rar!\u{1A}\u{7}".utf8), true),
    ("lz4", [0x04, 0x22, 0x4D, 0x18], true), ("lzip", Array("LZIP\u{1}".utf8), true), ("compress", [0x1F, 0x9D], true),
    ("lzop", [0x89, 0x4C, 0x5A, 0x4F], true), ("parquet", Array("PAR1".utf8), true), ("avro", Array("Obj\u{1}".utf8), true),
    ("snappy", [0xFF, 0x06, 0x00, 0x00] + Array("sNaPpY".utf8), true), ("zlib", [0x78, 0x01], true), ("zlib", [0x78, 0x9C], true),
    ("zlib", [0x78, 0xDA], true), ("cab", Array("MSCF\0\0\0\0".utf8), true), ("pdf", Array("%PDF-".utf8), true),
    ("utf-32", [0xFF, 0xFE, 0x00, 0x00], true), ("utf-32", [0x00, 0x00, 0xFE, 0xFF], true),
    ("encrypted", Array("age-encryption.org/v1\n".utf8), true), ("encrypted", Array("-----BEGIN AGE ENCRYPTED FILE-----".utf8), true),
    ("encrypted", Array("-----BEGIN PGP MESSAGE-----".utf8), true), ("encrypted", Array("Salted__".utf8), true),
    // Its texts are UTF-16.
    ("evtx", Array("ElfFile\0".utf8), true),
    ("journal", Array("LPKSHHRH".utf8), false), ("sqlite", Array("SQLite format 3\0".utf8), false),
    ("pcap", [0xD4, 0xC3, 0xB2, 0xA1], false), ("pcap", [0xA1, 0xB2, 0xC3, 0xD4], false), ("pcapng", [0x0A, 0x0D, 0x0D, 0x0A], false),
  ]

  /// Nil for everything else, text above all.
  /// - Parameter encoding: of the log; what was compressed may hold what is compressed again.
  init?(head: [UInt8], in encoding: LogEncoding = .plain) {
    let inner = LogEncoding(magic: Array(head.prefix(LogEncoding.magicLength)))
    if let found = Self.magics.first(where: { head.starts(with: $0.magic) }) {
      self.init(name: found.name, hidesContent: found.hidesContent)
    } else if encoding != .plain, inner != .plain {
      self.init(name: inner.rawValue, hidesContent: true)
    } else if Self.isTar(head) {
      self.init(name: "tar", hidesContent: Self.tarHidesContent(head))
    } else if Self.isLZMA(head) {
      self.init(name: "lzma", hidesContent: true)
    } else if Self.isUTF32(head) {
      self.init(name: "utf-32", hidesContent: true)
    } else if Self.isBinary(head) {
      self.init(name: "binary", hidesContent: true)
    } else {
      return nil
    }
  }

  private init(name: String, hidesContent: Bool) { (self.name, self.hidesContent) = (name, hidesContent) }

  // MARK: What has no magic number

  /// The format before xz: properties, a dictionary of a whole number of KiB, and a length that is unknown or below a TiB.
  private static func isLZMA(_ head: [UInt8]) -> Bool {
    guard head.count >= 13, head[0] == 0x5D, head[1] == 0, head[2] == 0 else { return false }
    return head[5..<13].allSatisfy { $0 == 0xFF } || head[10..<13].allSatisfy { $0 == 0 }
  }

  /// ASCII of four bytes a letter, without a mark.
  private static func isUTF32(_ head: [UInt8]) -> Bool {
    let letters = min(head.count, 256) / 4
    guard letters >= 8 else { return false }
    func isLetter(_ unit: ArraySlice<UInt8>, _ low: Int) -> Bool {
      unit.indices.allSatisfy { $0 - unit.startIndex == low ? (0x09..<0x7F).contains(unit[$0]) : unit[$0] == 0 }
    }
    return [0, 3].contains { low in
      let found = (0..<letters).count { isLetter(head[(4 * $0)..<(4 * $0 + 4)], low) }
      return found * 10 >= letters * 9
    }
  }

  /// Bytes that are spread as no text's are: many control characters and many from 0x80 on. What was compressed or encrypted in a form that is
  /// not known looks so, and no log in whatever old encoding.
  private static func isBinary(_ head: [UInt8]) -> Bool {
    let sample = head.prefix(4096)
    guard sample.count >= 128 else { return false }
    let controls = sample.count { ($0 < 0x20 && ![0x00, 0x09, 0x0A, 0x0D, 0x1B].contains($0)) || $0 == 0x7F }
    let high = sample.count { $0 >= 0x80 }
    return controls * 20 >= sample.count && high * 4 >= sample.count
  }

  // MARK: tar

  private static let tarBlock = 512

  private static func isTar(_ head: [UInt8]) -> Bool { head.count >= tarBlock && head[257...].starts(with: "ustar".utf8) }

  /// Whether a member in sight is one whose bytes say nothing.
  private static func tarHidesContent(_ head: [UInt8]) -> Bool {
    var header = 0
    while header + tarBlock < head.count, head[(header + 257)...].starts(with: "ustar".utf8) {
      let content = Array(head[(header + tarBlock)...])
      let length = tarLength(head[(header + 124)..<(header + 136)])
      if length > 0 {
        if LogEncoding(magic: Array(content.prefix(LogEncoding.magicLength))) != .plain { return true }
        if UnreadContainer(head: Array(content.prefix(length)))?.hidesContent ?? false { return true }
      }
      guard length <= head.count else { return false }
      header += tarBlock + (length + tarBlock - 1) / tarBlock * tarBlock
    }
    return false
  }

  /// Octal digits; 0 for what is none.
  private static func tarLength(_ digits: ArraySlice<UInt8>) -> Int {
    digits.prefix { (0x30...0x37).contains($0) }.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }
}
