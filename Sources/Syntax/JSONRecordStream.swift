/// Cuts a JSON document into its records as the bytes come in, and never holds the document.
///
/// Only the containers on the way to the records are followed; whatever else is in the document is skipped by its brackets and
/// quotes. A record's own text is handed out unread, so one bad record (a lone surrogate, too deep) spoils only itself.
public struct JSONRecordStream: Sendable {
  /// The text of one record.
  public struct Record: Sendable {
    public var bytes: [UInt8]
    /// The line that the record starts on, from 1.
    public var line: Int
    /// The name of the nearest object member on the way to it: the site in `{"site": ["a", "b"]}`.
    public var key: String?
    /// Longer than the limit: ``bytes`` holds only its beginning.
    public var oversized: Bool
  }

  private enum Expectation: Sendable { case value, valueOrEnd, keyOrEnd, key, colon, separator, nothing }

  private struct Frame: Sendable {
    var isArray: Bool
    var index = 0
    var key: String?
  }

  private enum Taking: Sendable { case none, record, skipped, key }

  private static let keyLimit = 64 << 10

  private let path: [JSONPath.Component]
  private let limit: Int
  private let allowsSeveralDocuments: Bool
  private var frames: [Frame] = []
  private var expectation = Expectation.value
  private var taking = Taking.none
  private var taken: [UInt8] = []
  private var takenDepth = 0
  private var takenScalar = false
  private var inString = false
  private var escaped = false
  private var oversized = false
  private var line = 1
  private var recordLine = 1
  private var offset = 0
  private var started = false
  /// Whether an object stood where the path wants a list: there may be lists a step deeper.
  public private(set) var metObjectForList = false

  /// - Parameters:
  ///   - recordLimit: bytes kept of one record; a longer one is marked and cut.
  ///   - allowsSeveralDocuments: another document may follow the first, as the pages of an answer do.
  public init(path: JSONPath, recordLimit: Int = 1 << 20, allowsSeveralDocuments: Bool = false) {
    self.path = path.components
    self.limit = recordLimit
    self.allowsSeveralDocuments = allowsSeveralDocuments
  }

  /// Takes the next bytes of the document and hands out each record that ended in them.
  ///
  /// - Throws: ``JSONError`` where the document is not JSON outside its records, and whatever `emit` throws.
  public mutating func take(_ chunk: some Collection<UInt8>, emit: (Record) throws -> Void) throws {
    for byte in chunk {
      if !started, offset < 3, byte == [0xEF, 0xBB, 0xBF][offset] {
        offset += 1
        continue
      }
      started = true
      if taking == .none { try structure(byte) } else { try content(byte, emit: emit) }
      if byte == 0x0A { line += 1 }
      offset += 1
    }
  }

  /// Ends the document.
  ///
  /// - Throws: ``JSONError`` with `unexpected-end` when the document was cut.
  public mutating func finish(emit: (Record) throws -> Void) throws {
    if taking != .none, takenScalar, !inString { try endTaken(emit: emit) }
    guard taking == .none, expectation == .nothing else { throw JSONError(code: .unexpectedEnd, offset: offset) }
  }

  // MARK: Inside a value or key that is taken as a whole

  private mutating func content(_ byte: UInt8, emit: (Record) throws -> Void) throws {
    if inString {
      keep(byte)
      if escaped {
        escaped = false
      } else if byte == UInt8(ascii: "\\") {
        escaped = true
      } else if byte == UInt8(ascii: "\"") {
        inString = false
        if takenDepth == 0 { try endTaken(emit: emit) }
      }
      return
    }
    switch byte {
    case UInt8(ascii: "\""):
      if takenScalar { throw JSONError(code: .unexpectedByte, offset: offset) }
      inString = true
      keep(byte)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if takenScalar { throw JSONError(code: .unexpectedByte, offset: offset) }
      takenDepth += 1
      keep(byte)
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      if takenScalar {
        try endTaken(emit: emit)
        try structure(byte)
      } else {
        takenDepth -= 1
        keep(byte)
        if takenDepth == 0 { try endTaken(emit: emit) }
      }
    case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
      if takenScalar {
        try endTaken(emit: emit)
        try structure(byte)
      } else {
        keep(byte)
      }
    default: keep(byte)
    }
  }

  private mutating func keep(_ byte: UInt8) {
    guard taking != .skipped else { return }
    // A name on the way to the records is kept whole, whatever is wanted of them.
    if taken.count < (taking == .key ? max(limit, Self.keyLimit) : limit) { taken.append(byte) } else { oversized = true }
  }

  private mutating func endTaken(emit: (Record) throws -> Void) throws {
    let kind = taking
    taking = .none
    takenScalar = false
    switch kind {
    case .record:
      afterValue()
      let record = Record(bytes: taken, line: recordLine, key: frames.last { $0.key != nil }?.key, oversized: oversized)
      taken.removeAll(keepingCapacity: true)
      try emit(record)
    case .key:
      let name = try JSONParser.parse(taken).string ?? ""
      taken.removeAll(keepingCapacity: true)
      if !frames.isEmpty { frames[frames.count - 1].key = name }
      expectation = .colon
    case .skipped, .none: afterValue()
    }
  }

  // MARK: On the way to the records

  private mutating func structure(_ byte: UInt8) throws {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D: return
    default: break
    }
    if expectation == .nothing, allowsSeveralDocuments, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { expectation = .value }
    switch (expectation, byte) {
    case (.valueOrEnd, UInt8(ascii: "]")), (.keyOrEnd, UInt8(ascii: "}")): closeFrame()
    case (.separator, UInt8(ascii: "]")) where frames.last?.isArray == true: closeFrame()
    case (.separator, UInt8(ascii: "}")) where frames.last?.isArray == false: closeFrame()
    case (.separator, UInt8(ascii: ",")):
      if let frame = frames.last {
        if frame.isArray { frames[frames.count - 1].index += 1 }
        expectation = frame.isArray ? .value : .key
      }
    case (.colon, UInt8(ascii: ":")): expectation = .value
    case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")):
      begin(.key, with: byte)
      inString = true
    case (.value, _), (.valueOrEnd, _): try value(byte)
    default: throw JSONError(code: expectation == .nothing ? .trailingBytes : .unexpectedByte, offset: offset)
    }
  }

  private mutating func value(_ byte: UInt8) throws {
    let onPath = matches()
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if onPath, frames.count < path.count {
        let isArray = byte == UInt8(ascii: "[")
        if !isArray, path[frames.count] == .anyElement { metObjectForList = true }
        frames.append(Frame(isArray: isArray))
        expectation = isArray ? .valueOrEnd : .keyOrEnd
      } else {
        begin(onPath ? .record : .skipped, with: byte)
        takenDepth = 1
      }
    case UInt8(ascii: "\""):
      begin(onPath && frames.count == path.count ? .record : .skipped, with: byte)
      inString = true
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
      begin(onPath && frames.count == path.count ? .record : .skipped, with: byte)
      takenScalar = true
    default: throw JSONError(code: .unexpectedByte, offset: offset)
    }
  }

  private mutating func begin(_ kind: Taking, with byte: UInt8) {
    taking = kind
    takenDepth = 0
    oversized = false
    escaped = false
    recordLine = line
    taken.removeAll(keepingCapacity: true)
    keep(byte)
  }

  /// Whether the value that comes now is on the path: every frame above it matches its component.
  private func matches() -> Bool {
    guard let frame = frames.last else { return true }
    // Deeper frames exist only where the ones above matched.
    switch path[frames.count - 1] {
    case .key(let name): return !frame.isArray && frame.key == name
    case .index(let index): return frame.isArray && frame.index == index
    case .anyKey: return !frame.isArray
    case .anyElement: return frame.isArray
    }
  }

  private mutating func closeFrame() {
    frames.removeLast()
    afterValue()
  }

  private mutating func afterValue() {
    expectation = frames.isEmpty ? .nothing : .separator
  }
}
