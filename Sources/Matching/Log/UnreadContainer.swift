/// Files that hold logs in a form that is not decoded here. They are matched as the bytes they are, and that is said.
struct UnreadContainer {
  /// As in the reason of the scan summary: `zip-not-decoded`.
  let name: String
  /// Compressed: matching its bytes finds nothing.
  let hidesContent: Bool

  private static let magics: [(name: String, magic: [UInt8], hidesContent: Bool)] = [
    ("zip", [0x50, 0x4B, 0x03, 0x04], true), ("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], true), ("rar", Array("Rar!\u{1A}\u{7}".utf8), true),
    ("lz4", [0x04, 0x22, 0x4D, 0x18], true), ("lzip", Array("LZIP\u{1}".utf8), true), ("compress", [0x1F, 0x9D], true),
    ("lzop", [0x89, 0x4C, 0x5A, 0x4F], true), ("parquet", Array("PAR1".utf8), true), ("avro", Array("Obj\u{1}".utf8), true),
    ("evtx", Array("ElfFile\0".utf8), false), ("journal", Array("LPKSHHRH".utf8), false), ("sqlite", Array("SQLite format 3\0".utf8), false),
    ("pcap", [0xD4, 0xC3, 0xB2, 0xA1], false), ("pcap", [0xA1, 0xB2, 0xC3, 0xD4], false), ("pcapng", [0x0A, 0x0D, 0x0D, 0x0A], false),
  ]

  /// Nil for everything else, text above all.
  init?(head: [UInt8]) {
    guard let found = Self.magics.first(where: { head.starts(with: $0.magic) }) else { return nil }
    (name, hidesContent) = (found.name, found.hidesContent)
  }
}
