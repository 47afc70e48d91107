package import Indicators
internal import Syntax

/// The `manifest.json` of a MISP feed: which events there are, and when each last changed.
package struct MISPManifest: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    /// A checked UUID in lower case: what a file's name may be made of.
    package var uuid: String
    /// When the event last changed, in seconds since 1970.
    package var timestamp: Int
    package var info: String

    /// The event's file beside the manifest.
    package var file: String { uuid + ".json" }
  }

  /// Oldest change first; of equal ones by UUID.
  package var entries: [Entry] = []
  /// Entries whose name is no UUID or whose timestamp is none: they are never fetched.
  package var rejected: [String] = []

  /// - Throws: `feed.truncated`, `feed.not-json`, `feed.manifest`.
  package init(_ bytes: [UInt8], file: String) throws(Diagnostic) {
    let document: JSONValue
    do throws(JSONError) {
      document = try JSONParser.parse(bytes)
    } catch {
      throw Diagnostic(
        .error, code: error.code == .unexpectedEnd ? "feed.truncated" : "feed.not-json", "the manifest is not JSON at byte \(error.offset)",
        file: file)
    }
    guard let object = document.object, !object.members.isEmpty, Self.isManifest(document) else {
      throw Diagnostic(.error, code: "feed.manifest", "not the manifest of a MISP feed", hint: "url: must be the feed's folder", file: file)
    }
    for (key, value) in object.members {
      guard let uuid = Self.uuid(key), let timestamp = Self.seconds(value["timestamp"]) else {
        rejected.append(key.shortened)
        continue
      }
      entries.append(Entry(uuid: uuid, timestamp: timestamp, info: value["info"]?.string ?? ""))
    }
    entries.sort { ($0.timestamp, $0.uuid) < ($1.timestamp, $1.uuid) }
  }

  /// The events that changed after those of `known`, a map from UUID to the timestamp that was read.
  package func changed(since known: [String: Int]) -> [Entry] {
    entries.filter { entry in known[entry.uuid].map { entry.timestamp > $0 } ?? true }
  }

  /// The events that changed after `moment`, in seconds since 1970.
  package func changed(after moment: Int) -> [Entry] { entries.filter { $0.timestamp > moment } }

  /// Whether a document is a map from UUIDs to event headers.
  static func isManifest(_ document: JSONValue) -> Bool {
    guard let members = document.object?.members, let first = members.first else { return false }
    return members.count <= FeedLimits.records && first.value["timestamp"] != nil && first.value["Event"] == nil
      && (uuid(first.key) != nil || first.value["Orgc"] != nil)
  }

  private static func seconds(_ value: JSONValue?) -> Int? {
    guard let text = value?.scalarText, let seconds = Int(text), (0...4_102_444_800).contains(seconds) else { return nil }
    return seconds
  }

  /// RFC 9562's text form, nothing else: this becomes part of an address and of a file name.
  package static func uuid(_ text: String) -> String? {
    let bytes = Array(text.lowercased().utf8)
    guard bytes.count == 36 else { return nil }
    for (index, byte) in bytes.enumerated() {
      let isDash = [8, 13, 18, 23].contains(index)
      let isHex = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
      if isDash ? byte != UInt8(ascii: "-") : !isHex { return nil }
    }
    return text.lowercased()
  }
}
