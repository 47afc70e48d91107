internal import Indicators
internal import Matching
internal import Syntax

/// The part of a provenance that is stored as one JSON text, as it is read whole or not at all.
enum ProvenanceDetails {
  static func text(_ provenance: Provenance) -> String {
    var object = JSONObject()
    if !provenance.tags.isEmpty { object["tags"] = JSONValue(provenance.tags) }
    if !provenance.actors.isEmpty { object["actors"] = .array(provenance.actors.map { .object($0.json) }) }
    if !provenance.malware.isEmpty { object["malware"] = JSONValue(provenance.malware) }
    if let tlp = provenance.tlp { object["tlp"] = .string(tlp) }
    if let reference = provenance.reference { object["reference"] = .string(reference) }
    if let description = provenance.description { object["description"] = .string(description) }
    return object.serialized()
  }

  static func read(_ text: String, into provenance: inout Provenance) {
    guard let json = try? JSONParser.parse(text) else { return }
    provenance.tags = json["tags"]?.strings ?? []
    provenance.actors = json["actors"]?.array?.compactMap(ActorAttribution.init(json:)) ?? []
    provenance.malware = json["malware"]?.strings ?? []
    provenance.tlp = json["tlp"]?.string
    provenance.reference = json["reference"]?.string
    // Where listings of the first schema have it.
    if let line = json["line"]?.integer { provenance.line = line }
    provenance.description = json["description"]?.string
  }
}

/// Details that were read already: thousands of listings share one text.
final class DetailsMemory {
  private var known: [String: Provenance] = [:]

  /// A provenance that holds what `text` says, and nothing else.
  func provenance(_ text: String) -> Provenance {
    if let provenance = known[text] { return provenance }
    var provenance = Provenance(feed: "")
    ProvenanceDetails.read(text, into: &provenance)
    if known.count >= 10_000 { known.removeAll(keepingCapacity: true) }
    known[text] = provenance
    return provenance
  }
}
