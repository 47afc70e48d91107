internal import Indicators
internal import Matching
internal import Syntax

/// The part of a provenance that is stored as one JSON text, as it is read whole or not at all.
enum ProvenanceDetails {
  /// Appends the text: written as it goes, for there are millions of them.
  static func append(_ provenance: Provenance, to output: inout [UInt8]) {
    var isFirst = true
    func begin(_ member: StaticString, _ output: inout [UInt8]) {
      output.append(UInt8(ascii: isFirst ? "{" : ","))
      isFirst = false
      output.append(UInt8(ascii: "\""))
      unsafe output.append(contentsOf: UnsafeBufferPointer(start: member.utf8Start, count: member.utf8CodeUnitCount))
      output.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
    }
    func append(_ member: StaticString, _ texts: [String], _ output: inout [UInt8]) {
      if texts.isEmpty { return }
      begin(member, &output)
      for (place, text) in texts.enumerated() {
        output.append(UInt8(ascii: place == 0 ? "[" : ","))
        JSONValue.write(text, to: &output)
      }
      output.append(UInt8(ascii: "]"))
    }
    func append(_ member: StaticString, _ text: String?, _ output: inout [UInt8]) {
      guard let text else { return }
      begin(member, &output)
      JSONValue.write(text, to: &output)
    }
    append("tags", provenance.tags, &output)
    if !provenance.actors.isEmpty {
      begin("actors", &output)
      JSONValue.array(provenance.actors.map { .object($0.json) }).write(to: &output)
    }
    append("malware", provenance.malware, &output)
    append("tlp", provenance.tlp, &output)
    append("reference", provenance.reference, &output)
    append("description", provenance.description, &output)
    if isFirst { output.append(UInt8(ascii: "{")) }
    output.append(UInt8(ascii: "}"))
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
