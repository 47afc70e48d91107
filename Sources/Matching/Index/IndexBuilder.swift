#if canImport(Glibc)
  import Glibc
#endif
public import Indicators

/// What a finished index holds.
public struct IndexSummary: Sendable, Equatable {
  /// Entries in the file: distinct values of a type.
  public var indicators: Int
  /// Size of the file.
  public var bytes: Int
  /// Indicators that were given more than once and were merged.
  public var merged: Int
  /// Entries that can be looked up but never be found in a log: too short, too long, or meaningless in text.
  public var unmatchable: Int
}

/// Compiles indicators into `indicators.ukx`.
///
/// Indicators are packed as they come (about a hundred bytes each), sorted at the end, and written to a temporary file beside the
/// target, which it then replaces: readers see the old index or the new one. The file depends on the set of indicators and on the secret,
/// not on their order.
///
/// The hash seed is SHA-256 over the secret and a digest of the content. With an empty secret equal input still gives equal bytes, but
/// who knows every indicator knows the seed; with a secret of one's own (``secret(beside:)`` keeps one in the state directory) nobody
/// else can choose values that collide.
public struct IndexBuilder: ~Copyable {
  private let path: String
  private let secret: [UInt8]
  private var packed = PackedIndicators()
  /// Where feeds are fetched from, so that a scan knows the traffic of our own fetching without reading their definitions.
  public var feedAddresses: [String] = []

  /// - Parameters:
  ///   - path: the index to write or replace.
  ///   - secret: keeps hash positions unpredictable to whoever may put values into a feed.
  public init(path: String, secret: [UInt8] = []) {
    self.path = path
    self.secret = secret
  }

  /// Makes room for the values of a text of so many bytes: growing step by step costs as much as packing.
  package mutating func reserve(bytes: Int) { packed.reserve(bytes: bytes) }

  /// Adds one indicator. The same type and value again is merged: feeds, tags and actors united, times widened.
  public mutating func add(_ indicator: Indicator) throws(Diagnostic) {
    try packed.append(indicator)
  }

  /// Names what an indicator shares with others, which is all but its type, value, times and references, for
  /// ``add(code:canonical:match:first:last:until:references:context:isNoSuffix:)``.
  package mutating func context(of indicator: Indicator) -> UInt32 { packed.number(of: indicator) }

  /// The index's number of a type; nil for one that it does not know.
  package static func code(of type: IndicatorType) -> UInt8? { IndexTypes.code(of: type) }

  /// Adds one indicator as its parts, without one being made of them: what ``add(_:)`` would write.
  ///
  /// - Parameters:
  ///   - code: see ``code(of:)``.
  ///   - canonical: UTF-8, as `match`; they may be the same bytes.
  ///   - context: what ``context(of:)`` said of an indicator that shares all else.
  ///   - isNoSuffix: of a name, that ``PublicSuffix`` has been asked in this run, so that it need not be asked again.
  package mutating func add(
    code: UInt8, canonical: UnsafeBufferPointer<UInt8>, match: UnsafeBufferPointer<UInt8>, first: Timestamp?, last: Timestamp?, until: Timestamp?,
    references: [String], context: UInt32, isNoSuffix: Bool = false
  ) throws(Diagnostic) {
    try unsafe packed.append(
      code: code, canonical: canonical, match: match, first: first, last: last, until: until, references: references, context: context,
      isNoSuffix: isNoSuffix)
  }

  /// Sorts, writes, syncs and renames. The builder is empty afterwards.
  /// - Throws: `index.too-large` beyond four billion bytes of records; `index.write` when a file cannot be made, with the system's reason.
  public mutating func finish() throws(Diagnostic) -> IndexSummary { try finish(quickly: true) }

  /// - Parameter quickly: false goes the long way with every record, which a test compares with the short one.
  package mutating func finish(quickly: Bool) throws(Diagnostic) -> IndexSummary {
    var packed = PackedIndicators()
    swap(&packed, &self.packed)
    let records = try packed.finish()
    let seed = SHA256.digest(Array("ukai index seed 1".utf8) + SHA256.digest(secret) + records.digest)
    var tables = IndexTables(hash: KeyHash(seed: seed))
    tables.fill(from: records, quickly: quickly)
    var writer = try IndexWriter(path: path)
    let length = try writer.write(records: records, tables: tables, feedAddresses: feedAddresses, seed: seed)
    return IndexSummary(indicators: records.count, bytes: length, merged: records.merged, unmatchable: tables.unmatchable)
  }
}
