package import Indicators
package import Rules

/// Spans, sizes and shares as feed files write them.
package enum FeedUnits {
  /// `60s`, `15m`, `1h`, `30d`, `2w` in seconds; nil for anything else, also for zero and above 100 years.
  package static func seconds(_ text: String) -> Int? {
    scaled(text, units: ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800], limit: 100 * 365 * 86_400)
  }

  /// `512KiB`, `256MiB`, `1GiB`, `10MB`, `1000B` in bytes.
  package static func bytes(_ text: String) -> Int? {
    let units = [
      "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "KB": 1_000, "kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000,
    ]
    return scaled(text, units: units, limit: 64 << 30)
  }

  /// `50%` as 50.
  package static func percent(_ text: String) -> Int? { scaled(text, units: ["%": 1], limit: 1_000_000) }

  private static func scaled(_ text: String, units: [String: Int], limit: Int) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), number > 0, let unit = units[text.dropFirst(digits.count).trimmed] else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    return overflow || product > limit ? nil : product
  }
}

extension YAMLNode {
  package func requireSeconds(_ what: String) throws(Diagnostic) -> Int {
    guard let text, let value = FeedUnits.seconds(text) else {
      throw error("feed.bad-span", "\(what) must be a span of time", hint: "write 60s, 15m, 1h or 30d")
    }
    return value
  }

  package func requireBytes(_ what: String) throws(Diagnostic) -> Int {
    guard let text, let value = FeedUnits.bytes(text) else {
      throw error("feed.bad-size", "\(what) must be a size", hint: "write 512KiB, 256MiB or 1GiB")
    }
    return value
  }

  package func requirePercent(_ what: String) throws(Diagnostic) -> Int {
    guard let text, let value = FeedUnits.percent(text) else {
      throw error("feed.bad-share", "\(what) must be a share", hint: "write 50%")
    }
    return value
  }

  /// One of the raw values of `Choice`.
  package func requireChoice<Choice: RawRepresentable & CaseIterable>(
    _ what: String, of type: Choice.Type
  ) throws(Diagnostic) -> Choice where Choice.RawValue == String {
    let known = Choice.allCases.map(\.rawValue)
    guard let text, !isNull else { throw error("feed.bad-value", "\(what) must be one of \(known.joined(separator: ", "))") }
    guard let choice = Choice(rawValue: text) else {
      throw error(
        "feed.bad-value", "\(what) cannot be '\(text)'",
        hint: NearestName.find(text, in: known).map { "did you mean '\($0)'?" } ?? "known: \(known.joined(separator: ", "))")
    }
    return choice
  }

  /// A text, or a list of texts.
  package func requireTexts(_ what: String) throws(Diagnostic) -> [String] {
    guard isSequence else { return [try requireText("feed.bad-value", what)] }
    var texts: [String] = []
    for node in try requireSequence("feed.bad-value", what) { texts.append(try node.requireText("feed.bad-value", what)) }
    return texts
  }
}
