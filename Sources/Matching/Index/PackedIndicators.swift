import Indicators

/// Indicators on their way into the index, each as the bytes of its record: sorted and merged before they are written.
struct PackedIndicators: ~Copyable {
  /// Records one after another: type, presence and encoding, context, value, other value, times, references. As in the file, but that the
  /// number of the context has four bytes: it changes when all are known.
  var data: [UInt8] = []
  private(set) var count = 0

  var contexts: [[UInt8]] = []
  /// How many records each context has.
  var uses: [Int] = []
  private var contextNumbers: [[UInt8]: UInt32] = [:]
  private var lastContext: (shared: Indicator, number: UInt32)?

  init() {}

  /// Beside a context's number, of a name of which whoever added it has just asked the list of public suffixes: it is none.
  static let noSuffix: UInt32 = 1 << 31
  /// Type, presence and encoding, context.
  static let headLength = 6

  /// Room that is not used costs addresses and no memory; beyond a gigabyte it is left to growing.
  mutating func reserve(bytes: Int) {
    guard bytes > 0, bytes <= 1 << 30 else { return }
    data.reserveCapacity(data.count + bytes + bytes / 4)
  }

  mutating func append(_ indicator: Indicator) throws(Diagnostic) {
    guard let code = IndexTypes.code(of: indicator.type) else {
      throw Diagnostic(.error, code: "index.unknown-type", "the index has no code for type \(indicator.type.rawValue)")
    }
    let context = number(of: indicator)
    try unsafe indicator.observable.canonical.utf8.span.withUnsafeBufferPointer { canonical throws(Diagnostic) in
      try unsafe indicator.observable.match.utf8.span.withUnsafeBufferPointer { match throws(Diagnostic) in
        try unsafe append(
          code: code, canonical: canonical, match: match, first: indicator.firstSeen, last: indicator.lastSeen, until: indicator.validUntil,
          references: indicator.references, context: context)
      }
    }
  }

  /// Adds an indicator as its parts: see ``IndexBuilder/add(code:canonical:match:first:last:until:references:context:isNoSuffix:)``.
  mutating func append(
    code: UInt8, canonical: UnsafeBufferPointer<UInt8>, match: UnsafeBufferPointer<UInt8>, first: Timestamp?, last: Timestamp?, until: Timestamp?,
    references: [String], context: UInt32, isNoSuffix: Bool = false
  ) throws(Diagnostic) {
    guard data.count < Int(UInt32.max) - 1 << 20 else {
      throw Diagnostic(.error, code: "index.too-large", "the index is full: \(count) indicators", hint: "leave out a feed")
    }
    count += 1
    uses[Int(context)] += 1
    var presence: IndicatorRecord.Presence = []
    if first != nil { presence.insert(.first) }
    if last != nil { presence.insert(.last) }
    if until != nil { presence.insert(.until) }
    if !references.isEmpty { presence.insert(.references) }
    // In one piece: an array asks whether it is shared for every byte.
    let room = Self.headLength + IndicatorRecord.room(canonical: canonical.count, match: match.count)
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { record in
      guard let base = record.baseAddress else { return }
      let (encoding, length) = unsafe IndicatorRecord.write(canonical: canonical, match: match, at: base + Self.headLength)
      unsafe base[0] = code
      unsafe base[1] = presence.rawValue | encoding.rawValue << 4
      unsafe UnsafeMutableRawPointer(base + 2).storeBytes(of: (isNoSuffix ? context | Self.noSuffix : context).littleEndian, as: UInt32.self)
      unsafe data.append(contentsOf: UnsafeBufferPointer(start: base, count: Self.headLength + length))
    }
    if presence.isEmpty { return }
    if let first { data.appendTime(first) }
    if let last { data.appendTime(last) }
    if let until { data.appendTime(until) }
    if !references.isEmpty {
      data.appendVarint(UInt64(references.count))
      for reference in references { data.appendText(reference.utf8) }
    }
  }

  /// The number of what an indicator shares with others.
  mutating func number(of indicator: Indicator) -> UInt32 {
    if let lastContext, Self.shareContext(lastContext.shared, indicator) { return lastContext.number }
    let bytes = IndexContext(indicator).bytes
    let number: UInt32
    if let known = contextNumbers[bytes] {
      number = known
    } else {
      number = UInt32(contexts.count)
      contexts.append(bytes)
      uses.append(0)
      contextNumbers[bytes] = number
    }
    lastContext = (indicator, number)
    return number
  }

  private static func shareContext(_ left: Indicator, _ right: Indicator) -> Bool {
    left.confidence == right.confidence && left.feeds == right.feeds && left.tags == right.tags && left.mode == right.mode
      && left.tlp == right.tlp && left.malware == right.malware && left.observable.flags == right.observable.flags
      && left.actors == right.actors
  }
}
