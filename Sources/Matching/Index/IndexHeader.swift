package import Indicators

extension IndexFormat.Header {
  /// Reads and checks a header: after this every section lies inside the file and has a possible length.
  package init(reading bytes: UnsafeRawBufferPointer, path: String) throws(Diagnostic) {
    func damaged(_ what: String) -> Diagnostic {
      Diagnostic(
        .error, code: "index.damaged", what, hint: IndicatorIndex.rebuildHint, file: path)
    }
    func read(_ offset: Int, _ width: Int) -> UInt64 {
      var value: UInt64 = 0
      for index in 0..<width { value |= unsafe UInt64(bytes[offset + index]) << UInt64(8 * index) }
      return value
    }
    guard bytes.count >= 8, unsafe bytes.prefix(8).elementsEqual(IndexFormat.magic) else {
      throw Diagnostic(
        .error, code: "index.not-an-index", "this is not an index of ukai",
        hint: "name the file that 'ukai index build --out' or 'ukai sync' wrote (indicators.ukx)", file: path)
    }
    guard bytes.count >= IndexFormat.headerLength else { throw damaged("the index is cut off inside its header") }
    guard read(8, 4) == UInt64(IndexFormat.version) else {
      throw Diagnostic(
        .error, code: "index.version", "the index has version \(read(8, 4)), this ukai reads version \(IndexFormat.version)",
        hint: IndicatorIndex.rebuildHint, file: path)
    }
    let head = unsafe Array(bytes.prefix(IndexFormat.headerLength - 8))
    guard Checksum.of(head) == read(IndexFormat.headerLength - 8, 8) else { throw damaged("the index's header is damaged") }
    guard read(12, 4) == UInt64(IndexFormat.Section.allCases.count) else { throw damaged("the index has another number of sections") }
    self.init()
    fileLength = read(16, 8)
    entries = read(24, 8)
    features = IndexFormat.Features(rawValue: read(32, 8))
    seed = unsafe Array(bytes[40..<72])
    guard fileLength == UInt64(bytes.count) else {
      throw damaged("the index has \(bytes.count) bytes instead of \(fileLength)")
    }
    guard entries < UInt64(UInt32.max) else { throw damaged("the index claims \(entries) entries") }
    for section in IndexFormat.Section.allCases {
      let start = 72 + section.rawValue * 24
      let extent = Extent(offset: read(start, 8), length: read(start + 8, 8), checksum: read(start + 16, 8))
      guard extent.offset >= UInt64(IndexFormat.headerLength), extent.offset % UInt64(IndexFormat.alignment) == 0,
        extent.offset <= fileLength, extent.length <= fileLength - extent.offset,
        fileLength - extent.offset - extent.length >= UInt64(IndexFormat.tailPadding),
        Self.isPossible(extent.length, of: section, entries: entries)
      else { throw damaged("the index's section '\(section.name)' is damaged") }
      sections[section.rawValue] = extent
    }
  }

  private static func isPossible(_ length: UInt64, of section: IndexFormat.Section, entries: UInt64) -> Bool {
    switch section {
    case .labels: length == UInt64(IndexFormat.labelBits / 8)
    case .lengths: length == 32
    case .networks16: length == 16384
    case .tails, .shortTails: length == 0 || length.nonzeroBitCount == 1 && TailSet.shift(bits: Int(clamping: length) &* 8) != nil
    case .filter: length % 32 == 0 && length / 8 <= UInt64(UInt32.max)
    case .pairs, .slots: length % 8 == 0 && length / 8 <= UInt64(UInt32.max)
    case .addresses: length % 64 == 0 && length / 64 <= UInt64(UInt32.max)
    case .networks4: length % 16 == 0
    case .networks6: length % 40 == 0
    case .offsets: length == (entries + 1) * 4
    case .contextOffsets: length % 4 == 0 && length >= 4
    case .records, .contexts, .types: length <= UInt64(UInt32.max)
    case .feedAddresses: length <= 16 << 20
    }
  }
}
