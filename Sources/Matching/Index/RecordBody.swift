import Indicators

/// A record without its context.
struct RecordBody {
  var type: IndicatorType
  var canonical: [UInt8]
  var match: [UInt8]
  var first: Timestamp?
  var last: Timestamp?
  var until: Timestamp?
  var references: [String] = []

  /// Nil for bytes that no builder wrote.
  init?(_ reader: inout RecordReader, afterHead: (inout RecordReader) -> Void = { _ in }) {
    guard let code = reader.byte(), let type = IndexTypes.type(code), let head = reader.byte(),
      let encoding = IndicatorRecord.Encoding(rawValue: head >> 4)
    else { return nil }
    afterHead(&reader)
    guard let stored = reader.text() else { return nil }
    var other: [UInt8] = []
    if encoding == .both {
      guard let text = reader.text() else { return nil }
      other = text
    }
    self.type = type
    (canonical, match) = IndicatorRecord.decode(encoding, stored, other: other)
    let presence = IndicatorRecord.Presence(rawValue: head & 15)
    if presence.contains(.first) {
      guard let time = reader.time() else { return nil }
      first = time
    }
    if presence.contains(.last) {
      guard let time = reader.time() else { return nil }
      last = time
    }
    if presence.contains(.until) {
      guard let time = reader.time() else { return nil }
      until = time
    }
    if presence.contains(.references) {
      guard let texts = reader.strings() else { return nil }
      references = texts
    }
  }

  func indicator(_ context: IndexContext) -> Indicator {
    Indicator(
      observable: Observable(
        type: type, canonical: String(decoding: canonical, as: UTF8.self), match: String(decoding: match, as: UTF8.self),
        flags: context.flags),
      feeds: context.feeds, firstSeen: first, lastSeen: last, validUntil: until, confidence: context.confidence, tags: context.tags,
      actors: context.actors, malware: context.malware, tlp: context.tlp, references: references, mode: context.mode)
  }
}
