import Foundation
import Indicators
import Matching
import Store

/// A directory that is gone when its owner is.
final class Folder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("ukai-store-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
}

enum Sample {
  static let now = Timestamp(seconds: 1_717_200_000)

  static func indicator(_ value: String = "evil.example", feeds: [String] = ["list"]) -> Indicator {
    Indicator(
      observable: Observable(type: .domain, canonical: value), feeds: feeds, firstSeen: now, lastSeen: now, confidence: 80, tags: ["phishing"],
      actors: [
        ActorAttribution(
          status: .resolved, raw: "Jade Sleet", id: "ta-tradertraitor", name: "TraderTraitor", parents: ["ta-lazarus", "ta-rgb"])
      ])
  }

  static func sighting(
    _ number: Int, value: String = "evil.example", host: String? = "wks-1", at time: Timestamp = now, severity: Severity = .medium
  ) -> Sighting {
    var event = Sighting.Event(raw: "line \(number) \u{1B}[31m \"quoted\"")
    event.time = time
    event.host = host
    event.sourceIP = "10.0.0.\(number % 250)"
    event.destinationPort = 443
    event.direction = .outbound
    event.outcome = .allowed
    return Sighting(
      id: SHA256.identity(["test", String(number)]), indicator: indicator(value),
      match: Sighting.Match(value: "cdn." + value, mode: .suffix, view: .raw, line: number, offset: number * 10, length: 16, field: "dns.rrname"),
      source: Sighting.Source(path: "/var/log/dns.log", name: "dns", format: "eve-json"), event: event, severity: severity, observedAt: time)
  }

  static func cursor(_ offset: Int) -> LogCursor {
    LogCursor(
      generation: String(repeating: "a", count: 32), path: "/var/log/dns.log", device: .max, inode: 7, prefixLength: 1024, prefixHash: "head",
      offset: offset, anchorHash: "anchor", lines: offset / 10, diskSize: offset, modifiedAt: 1, updatedAt: now)
  }
}
