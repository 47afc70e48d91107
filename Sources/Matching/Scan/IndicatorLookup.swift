import Indicators

/// One indicator reached by a key.
struct KeyMatch: Hashable {
  var entry: Int
  var role: KeyRole
}

/// What the rules ask a set of indicators. Two real ones: the mapped index, and the dictionaries of the reference matcher.
protocol IndicatorLookup {
  var features: IndexFormat.Features { get }

  /// Appends every indicator that has this very key.
  func find(_ kind: KeyKind, _ key: [UInt8], into matches: inout [KeyMatch])

  /// Whether a key that only the filter knows (`urlHost`, `emailDomain`, `name`, `service` without a version) may be there; may say yes wrongly.
  func mayHold(_ kind: KeyKind, _ key: [UInt8]) -> Bool

  /// Appends all networks around an address, narrowest first.
  func networks(around address: UInt32, into entries: inout [Int])
  func networks(around address: AddressText.IPv6, into entries: inout [Int])

  /// Appends the literals that stand where their body ends before `end`, with where each begins; case and what is around are still to be looked at.
  func literals(endingAt end: Int, in text: UnsafeRawBufferPointer, memory: inout LiteralMemory, into matches: inout [LiteralMatch])

  func type(of entry: Int) -> IndicatorType?
  func mode(of entry: Int) -> MatchMode?
  /// `observable.canonical` and `observable.match`.
  func texts(of entry: Int) -> (canonical: [UInt8], match: [UInt8])?
}

struct LiteralMatch {
  var entry: Int
  var role: KeyRole
  var listed: ListedLiteral
  /// Where it begins in the text.
  var start: Int
}
