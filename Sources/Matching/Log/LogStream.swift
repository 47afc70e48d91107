/// The content of one log from its first byte: decompressed, and UTF-16 turned into UTF-8.
public final class LogStream {
  public let descriptor: LogDescriptor
  /// As the first bytes told.
  public private(set) var encoding: LogEncoding = .plain
  /// True when the content was UTF-16 with a byte order mark.
  public private(set) var isUTF16 = false
  /// A pipe or terminal: bytes come when they come, and nothing can be read twice.
  public let isInteractive: Bool
  /// The first decoded bytes, up to ``beginningLimit``, where headers stand; grows as the log is read.
  public private(set) var beginning: [UInt8] = []
  public static let beginningLimit = 8 << 10
  /// The first decoded bytes, up to ``LogCursor/prefixLimit``, that name the log.
  public var head: [UInt8] { Array(beginning.prefix(LogCursor.prefixLimit)) }

  private let input: LogInput
  private let decodesAhead: Bool
  private var decoder: any LogDecoder
  /// Decoded while looking at the beginning, not yet delivered.
  private var lookedAt: ArraySlice<UInt8> = []
  /// Decoded bytes delivered, or skipped by a seek.
  private(set) var position = 0
  private var refusedMagic: LogDamage?
  private var utf16: UTF16Decoder?
  /// ``fillHead()`` was called: reading from the first byte must give the ``beginning``.
  private var knowsBeginning = false
  /// Up to ``seamLimit`` bytes before ``position`` of a seekable log.
  private var seam: [UInt8] = []
  private static let seamLimit = 64
  /// What was last read does not belong to what was read before: the log was cut and written anew underneath. It was not delivered.
  private(set) var isReplaced = false

  /// - Parameter decodesAhead: decompress on a second thread.
  public init(_ descriptor: LogDescriptor, decodesAhead: Bool = false) {
    self.descriptor = descriptor
    self.decodesAhead = decodesAhead
    isInteractive = !(descriptor.status()?.isRegular ?? false)
    if isInteractive { descriptor.widenPipe() }
    input = LogInput(descriptor)
    decoder = PlainDecoder(input)
    open()
  }

  /// Bytes as stored that were decoded so far; exact at the end.
  public var storedBytesRead: Int { input.consumed }
  /// What was wrong with the log; complete at the end.
  public var damage: LogDamage? { decoder.damage ?? refusedMagic }
  /// Whether ``seek(to:)`` costs nothing.
  public var isSeekable: Bool { !isInteractive && encoding == .plain && !isUTF16 }

  private func open() {
    encoding = LogEncoding(magic: input.peek(LogEncoding.magicLength, until: LogEncoding.cannotBeCompressed))
    decoder = bareDecoder()
    lookedAt = firstBytes()
    if encoding != .plain, let damage = decoder.damage { refuse(damage) }
    if decodesAhead, encoding != .plain, refusedMagic == nil { decoder = DecodeAhead(decoder) }
    if let order = UTF16Decoder.byteOrder(of: Array(lookedAt)) {
      let text = UTF16Decoder(decoder, order: order, head: Array(lookedAt))
      (isUTF16, utf16, decoder, lookedAt) = (true, text, text, [])
    }
  }

  /// A log whose writer could choose its first bytes must not escape by choosing a magic number: when decoding ends near the beginning, all of the
  /// log is read as it is stored. Lines that came out before are read too, for a small archive may well be damaged.
  private func refuse(_ damage: LogDamage) {
    guard damage.leavesBytes || (damage.reason == "truncated" && lookedAt.isEmpty), input.rewind() else { return }
    decoder = PlainDecoder(input)
    if lookedAt.contains(0x0A) {
      refusedMagic = damage
      if lookedAt.last != 0x0A { lookedAt.append(0x0A) }
    } else {
      refusedMagic = damage.reason == "corrupt" ? LogDamage("not-\(encoding.rawValue)") : damage
      encoding = .plain
      lookedAt = firstBytes()
    }
  }

  /// A place between two decoded offsets whose place in the log before decoding is known; nil for a log that is no UTF-16.
  func original(between start: Int, and end: Int) -> (decoded: Int, original: Int)? { utf16?.checkpoint(between: start, and: end) }

  /// Where a log that began as UTF-16 goes on in bytes of text.
  var bytesFrom: (decoded: Int, original: Int)? { utf16?.bytesFrom }

  private func bareDecoder() -> any LogDecoder {
    switch encoding {
    case .plain: PlainDecoder(input)
    case .gzip: GzipDecoder(input)
    case .zstd: ZstdDecoder(input)
    case .xz: XzDecoder(input)
    case .bzip2: Bzip2Decoder(input)
    }
  }

  /// The first decoded piece: at least 64 bytes where there are as many, so that UTF-16 can be told; of an archive enough to see that it is one.
  /// Of a pipe no more than is there.
  private func firstBytes() -> ArraySlice<UInt8> {
    var first: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: LogCursor.prefixLimit)
    while first.count < (encoding == .plain ? 64 : Self.beginningLimit) {
      let count = unsafe piece.withUnsafeMutableBytes { unsafe decoder.read(into: $0) }
      if count == 0 { break }
      first += piece[..<count]
      let waits = encoding == .plain || input.isEmpty
      if isInteractive, waits, first.count >= 4 || ![0xFE, 0xFF].contains(first[0]) { break }
    }
    return first[...]
  }

  /// Fills `buffer` from the front. 0 at the end, and once the log ``isReplaced``; a plain file that has grown since goes on.
  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    if isReplaced { return 0 }
    var count = 0
    if lookedAt.isEmpty {
      count = unsafe decoder.read(into: buffer)
    } else {
      count = min(buffer.count, lookedAt.count)
      unsafe buffer.copyBytes(from: lookedAt.prefix(count))
      lookedAt = lookedAt.dropFirst(count)
    }
    if isSeekable, count > 0 {
      let piece = unsafe UnsafeRawBufferPointer(rebasing: buffer.prefix(count))
      guard unsafe belongs(piece) else {
        isReplaced = true
        return 0
      }
      seam = unsafe piece.count >= Self.seamLimit ? Array(piece.suffix(Self.seamLimit)) : Array((seam + piece).suffix(Self.seamLimit))
    }
    if position == beginning.count, beginning.count < Self.beginningLimit {
      unsafe beginning += buffer.prefix(min(count, Self.beginningLimit - beginning.count))
    }
    position += count
    return count
  }

  /// Whether `piece`, just read, continues what was read before. A log that is copied and cut (copytruncate) is another one from one call to the next;
  /// looking at the bytes before the piece after it was read shows that it was still the same then.
  private func belongs(_ piece: UnsafeRawBufferPointer) -> Bool {
    if position > 0 { return descriptor.bytes(at: position - seam.count, count: seam.count) == seam }
    guard knowsBeginning else { return true }
    let common = min(piece.count, beginning.count)
    return unsafe common > 0 && piece.prefix(common).elementsEqual(beginning.prefix(common))
  }

  /// Nothing more is delivered: what stands before ``position`` is not what was expected.
  func refuseAsReplaced() { isReplaced = true }

  /// Reads and keeps the log's ``beginning``, without delivering it.
  public func fillHead() {
    knowsBeginning = true
    if isSeekable {
      beginning = descriptor.bytes(at: 0, count: Self.beginningLimit)
      return
    }
    guard position == 0, !isInteractive else { return }
    var piece = [UInt8](repeating: 0, count: Self.beginningLimit + 8)
    while lookedAt.count < Self.beginningLimit {
      let count = unsafe piece.withUnsafeMutableBytes { unsafe decoder.read(into: $0) }
      if count == 0 { break }
      lookedAt += piece[..<count]
    }
    beginning = Array(lookedAt.prefix(Self.beginningLimit))
  }

  /// Goes to `offset` of a seekable log, before which `bytes` stand; `head` must have been filled.
  func seek(to offset: Int, after bytes: [UInt8]) -> Bool {
    guard isSeekable, input.seek(to: offset) else { return false }
    lookedAt = []
    seam = Array(bytes.suffix(Self.seamLimit))
    position = offset
    return true
  }

  /// Starts again at the first byte; false for a pipe.
  func restart() -> Bool {
    guard !isInteractive else { return false }
    // A decoder on a second thread must let go of the input first.
    decoder = PlainDecoder(input)
    guard input.seek(to: 0) else { return false }
    (isUTF16, utf16, refusedMagic, lookedAt, position, beginning) = (false, nil, nil, [], 0, [])
    (knowsBeginning, seam) = (false, [])
    open()
    return true
  }
}
