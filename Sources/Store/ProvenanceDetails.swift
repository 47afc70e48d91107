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
    if let line = provenance.line { object["line"] = JSONValue(line) }
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
    provenance.line = json["line"]?.integer
    provenance.description = json["description"]?.string
  }
}
