/// What a body may hold at most; every refusal names the limit it met.
package enum FeedLimits {
  /// Bytes of one line.
  package static let lineBytes = 1 << 20
  /// A single line beyond this refuses the whole body.
  package static let hopelessLineBytes = 8 << 20
  /// Bytes of one field.
  package static let fieldBytes = 64 << 10
  package static let columns = 256
  /// Nesting of JSON and XML.
  package static let depth = 64
  /// Rows of a body, unless its feed file says otherwise.
  package static let records = 10_000_000
  /// Bytes of one JSON record.
  package static let recordBytes = 1 << 20
  /// Bytes of one STIX object: a report may refer to hundreds of thousands of others.
  package static let objectBytes = 16 << 20
  /// Bytes of a document that has to be held whole (a MISP event, an OpenIOC or STIX 1 file).
  package static let documentBytes = 64 << 20
  /// A compressed body may not grow by more than this factor once it is larger than ``ratioFloor``.
  package static let ratio = 200
  package static let ratioFloor = 10 << 20
  /// Bytes read at once.
  package static let chunkBytes = 256 << 10
  /// Unicode scalars of an input that a report of its rejection shows.
  package static let shownInput = 256
}
