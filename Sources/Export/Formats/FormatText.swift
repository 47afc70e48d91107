internal import Indicators
internal import Matching

/// Text in which no control character is left.
enum ControlText {
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
  }

  /// Control characters become spaces: LEEF has no escape for its delimiter.
  static func oneLine(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(isControl(scalar) ? " " : scalar) }
    return String(result)
  }
}

/// Actors in one line of text.
enum ActorText {
  /// `TraderTraitor (ta-tradertraitor); "Labyrinth Chollima" is ta-a or ta-b`.
  static func line(_ actors: [ActorAttribution]) -> String {
    actors.map { actor in
      switch actor.status {
      case .resolved: "\(actor.name ?? actor.raw) (\(actor.id ?? ""))"
      case .ambiguous, .related: "\"\(actor.raw)\" \(actor.status.rawValue): \(actor.candidates.joined(separator: " or "))"
      case .unknown, .notActor: "\"\(actor.raw)\""
      }
    }.joined(separator: "; ")
  }
}

/// An alert in a few words.
enum AlertText {
  /// `domain evil.example on wks-1`, with its warning.
  static func title(_ alert: Alert) -> String {
    let asset = alert.wideAssets > 0 ? "\(alert.wideAssets) assets" : alert.asset
    return "\(alert.indicator.type.rawValue) \(alert.indicator.value) on \(asset)"
  }

  static func message(_ alert: Alert) -> String { title(alert) + (alert.warning.map { ": " + $0 } ?? "") }
}
