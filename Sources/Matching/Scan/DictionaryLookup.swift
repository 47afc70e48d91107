import Indicators

/// Indicators in plain dictionaries and lists: what the mapped index is compared with.
final class DictionaryLookup: IndicatorLookup {
  private struct Key: Hashable {
    var kind: KeyKind
    var bytes: [UInt8]
  }
  private let indicators: [Indicator]
  private var keys: [Key: [KeyMatch]] = [:]
  private var anchors: Set<Key> = []
  private var literalKeys: [[UInt8]: [(entry: Int, role: KeyRole, literal: [UInt8])]] = [:]
  private var literalLengths: Set<Int> = []
  private var prefixes: [(prefix: NetworkPrefix, entry: Int)] = []
  let features: IndexFormat.Features

  init(_ indicators: [Indicator]) {
    self.indicators = indicators
    var features = IndexFormat.Features(rawValue: .max)
    features.remove([.services, .prefixURLs, .secrets])
    var queryless: [Key: [KeyMatch]] = [:]
    for (entry, indicator) in indicators.enumerated() {
      for key in IndicatorKeys.keys(of: indicator.observable, mode: indicator.mode) {
        let name = Key(kind: key.kind, bytes: key.bytes)
        if key.role == .withoutQuery {
          queryless[name, default: []].append(KeyMatch(entry: entry, role: key.role))
        } else if key.kind == .literal {
          guard let text = LiteralText(key.bytes) else { continue }
          let folded = text.body.map(KeyHash.literalFold)
          literalKeys[folded, default: []].append((entry, key.role, key.bytes))
          literalLengths.insert(folded.count)
        } else {
          keys[name, default: []].append(KeyMatch(entry: entry, role: key.role))
        }
        if key.kind == .name || key.kind == .url { anchors.insert(name) }
        if key.kind == .url, let host = URLParts.host(ofKey: key.bytes) { anchors.insert(Key(kind: .urlHost, bytes: host)) }
        if key.kind == .url { anchors.formUnion(URLParts.starts(ofKey: key.bytes).map { Key(kind: .urlStart, bytes: $0) }) }
        if key.kind == .email, let at = key.bytes.lastIndex(of: 0x40) {
          anchors.insert(Key(kind: .emailDomain, bytes: Array(key.bytes[(at + 1)...])))
        }
        if key.kind == .service {
          features.insert(.services)
          anchors.insert(Key(kind: .service, bytes: ServiceNames.withoutVersion(key.bytes)))
        }
        if key.kind == .secret {
          features.insert(.secrets)
          anchors.insert(Key(kind: .secretLength, bytes: Array(key.bytes.suffix(2))))
        }
      }
      if indicator.type == .url, indicator.mode == .prefix { features.insert(.prefixURLs) }
      for prefix in IndicatorKeys.networks(of: indicator.observable) { prefixes.append((prefix, entry)) }
    }
    for (key, matches) in queryless where matches.count <= Limits.sharedQueryless { keys[key, default: []] += matches }
    self.features = features
  }

  func find(_ kind: KeyKind, _ key: [UInt8], into matches: inout [KeyMatch]) {
    matches += keys[Key(kind: kind, bytes: key)] ?? []
  }

  func mayHold(_ kind: KeyKind, _ key: [UInt8]) -> Bool { anchors.contains(Key(kind: kind, bytes: key)) }

  func networks(around address: UInt32, into entries: inout [Int]) {
    entries += around(.init(high: 0, low: UInt64(address)), isIPv4: true)
  }

  func networks(around address: AddressText.IPv6, into entries: inout [Int]) { entries += around(address, isIPv4: false) }

  private func around(_ address: AddressText.IPv6, isIPv4: Bool) -> [Int] {
    prefixes.filter { $0.prefix.isIPv4 == isIPv4 && $0.prefix.base <= address && address <= $0.prefix.last }
      .sorted { ($1.prefix.length, $1.entry) < ($0.prefix.length, $0.entry) }
      .map(\.entry)
  }

  func literals(endingAt end: Int, in text: UnsafeRawBufferPointer, memory: inout LiteralMemory, into matches: inout [LiteralMatch]) {
    let log = unsafe LogText(bytes: text)
    for length in literalLengths.sorted() where length <= end {
      let start = end - length
      let body = log.slice(start, end)
      if body.contains(0x0a) || LiteralText.isWord(body[0]) && LiteralText.isWord(log[start - 1]) { continue }
      for (entry, role, literal) in literalKeys[body.map(KeyHash.literalFold)] ?? []
      where unsafe LiteralRules.stands(literal, at: start, in: text) {
        guard let type = type(of: entry), let texts = texts(of: entry) else { continue }
        let listed = ListedLiteral(type: type, literal: literal, match: texts.match)
        matches.append(LiteralMatch(entry: entry, role: role, listed: listed, start: start))
      }
    }
  }

  func type(of entry: Int) -> IndicatorType? { indicators[safe: entry]?.type }
  func mode(of entry: Int) -> MatchMode? { indicators[safe: entry]?.mode }
  func texts(of entry: Int) -> (canonical: [UInt8], match: [UInt8])? {
    indicators[safe: entry].map { (Array($0.observable.canonical.utf8), Array($0.observable.match.utf8)) }
  }
}
