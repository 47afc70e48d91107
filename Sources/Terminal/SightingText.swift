import Indicators
import Matching

/// Sightings and alerts as lines for people. What comes from logs and feeds is made visible, never obeyed.
package enum SightingText {
  /// One sighting: severity, time, what was matched by what, whose it is, between whom, where it stands.
  package static func line(_ sighting: Sighting, colour: Bool) -> String {
    let indicator = sighting.indicator
    var parts = [
      sighting.severity.label(colour: colour), sighting.event.time?.iso8601 ?? "-", found(sighting), actors(indicator.actors),
    ]
    let ends = [sighting.event.sourceIP, sighting.event.destinationIP].map { $0 ?? "-" }
    if ends != ["-", "-"] { parts.append(ends.joined(separator: " → ")) }
    if let user = sighting.event.user { parts.append("user " + user) }
    if let outcome = sighting.event.outcome { parts.append(outcome.rawValue) }
    parts.append("\(sighting.source.path):\(sighting.match.line)")
    return visible(parts, colour: colour)
  }

  package static func line(_ alert: Alert, colour: Bool) -> String {
    let parts = [
      String(alert.id.prefix(12)), alert.severity.label(colour: colour), alert.status.rawValue, alert.lastSeen.iso8601,
      "\(alert.count)×", "\(alert.indicator.value) (\(alert.indicator.type.rawValue))", actors(alert.indicator.actors),
      "on " + alert.asset, "[" + alert.indicator.feeds.joined(separator: ", ") + "]",
    ]
    return visible(parts, colour: colour)
  }

  /// `TraderTraitor (ta-tradertraitor < ta-lazarus < ta-rgb), said "Jade Sleet"`.
  package static func actors(_ attributions: [ActorAttribution]) -> String {
    if attributions.isEmpty { return "no actor" }
    return attributions.map { attribution in
      switch attribution.status {
      case .resolved:
        let name = attribution.name ?? attribution.raw
        let said = attribution.raw == name ? "" : ", said \"\(attribution.raw)\""
        return "\(name) (\(([attribution.id ?? ""] + attribution.parents).joined(separator: " < "))\(said))"
      case .ambiguous, .related:
        return "\"\(attribution.raw)\" \(attribution.status.rawValue): \(attribution.candidates.joined(separator: ", "))"
      case .unknown, .notActor: return "\"\(attribution.raw)\" (\(attribution.status.rawValue))"
      }
    }.joined(separator: "; ")
  }

  private static func found(_ sighting: Sighting) -> String {
    let indicator = sighting.indicator
    let how = sighting.match.view == .raw ? sighting.match.mode.rawValue : "\(sighting.match.mode.rawValue), \(sighting.match.view.rawValue)"
    return sighting.match.value == indicator.value
      ? "\(indicator.value) (\(indicator.type.rawValue), \(how))"
      : "\(sighting.match.value) ← \(indicator.value) (\(indicator.type.rawValue), \(how))"
  }

  /// The severity may carry our own colour; everything else is a stranger's text.
  private static func visible(_ parts: [String], colour: Bool) -> String {
    parts.map { part in
      colour && part.hasPrefix("\u{1B}[") && part.hasSuffix("\u{1B}[0m") && Severity.allCases.contains { part == $0.label(colour: true) }
        ? part : Console.visible(part)
    }.joined(separator: "  ")
  }
}
