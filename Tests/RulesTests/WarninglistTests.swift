import Foundation
import Indicators
import Rules
import Testing

@Suite struct WarninglistTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("ukai-lists-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder + "/clouds", withIntermediateDirectories: true)
  }

  private func write(_ text: String, to name: String) throws { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }

  private func lists() -> Warninglists {
    let (lists, diagnostics) = Warninglists.load(directory: folder)
    #expect(diagnostics.isEmpty, "\(diagnostics)")
    return lists
  }

  private func say(_ lists: Warninglists, _ type: IndicatorType, _ value: String) -> String? {
    lists.verdict(for: Observable(type: type, canonical: value)).map { "\($0.action.rawValue) \($0.list)" }
  }

  @Test func namesStandForThemselvesUnlessTheyBeginWithADot() throws {
    try write(#"{"name": "top", "type": "hostname", "list": ["good.example", ".bank.example", "*.cdn.example"], "action": "drop"}"#, to: "top.json")
    try write(#"{"name": "plain", "type": "string", "list": ["NAME.example", ".corp.example"], "action": "drop"}"#, to: "plain.json")
    let lists = lists()
    for name in ["good.example", "www.good.example", "bank.example", "a.b.bank.example", "x.cdn.example", "name.example", "www.name.example", "x.corp.example"] {
      #expect(say(lists, .domain, name) != nil, "\(name)")
    }
    for name in ["evil.good.example", "notgood.example", "good.example.evil.example", "mybank.example", "x.name.example", "example"] {
      #expect(say(lists, .domain, name) == nil, "\(name)")
    }
    #expect(say(lists, .domainPort, "good.example:443") == "drop top")
    // A page on a good host may be bad; the bare host is the host.
    #expect(lists.verdict(for: Observable(type: .url, canonical: "https://good.example/", match: "good.example/")) != nil)
    #expect(lists.verdict(for: Observable(type: .url, canonical: "https://good.example/a", match: "good.example/a")) == nil)
  }

  @Test func addressesAreFoundInNetworksOfEveryLength() throws {
    try write(#"{"name": "resolvers", "type": "cidr", "list": ["192.0.2.53", "198.51.100.0/24", "2001:DB8:1::/48", "2001:db8:2::53"], "action": "drop"}"#, to: "r.json")
    let lists = lists()
    #expect(say(lists, .ipv4, "192.0.2.53") == "drop resolvers")
    #expect(say(lists, .ipv4, "192.0.2.54") == nil)
    #expect(say(lists, .ipv4, "198.51.100.255") == "drop resolvers")
    #expect(say(lists, .ipv4Port, "198.51.100.7:8080") == "drop resolvers")
    #expect(say(lists, .ipv6, "2001:db8:1:ffff::1") == "drop resolvers")
    #expect(say(lists, .ipv6Port, "[2001:db8:2::53]:853") == "drop resolvers")
    #expect(say(lists, .ipv6, "2001:db8:3::1") == nil)
    #expect(say(lists, .cidr, "198.51.100.128/25") == "drop resolvers")
    // A wider network swallows listed addresses: it may be meant, and is said.
    #expect(say(lists, .cidr, "192.0.2.0/24") == "flag resolvers")
    #expect(say(lists, .cidr, "198.51.0.0/16") == "flag resolvers")
    #expect(say(lists, .cidr, "203.0.113.0/24") == nil)
    #expect(lists.verdict(for: Observable(type: .url, canonical: "http://192.0.2.53/", match: "192.0.2.53/")) != nil)
  }

  @Test func theTableAgreesWithAskingEveryNetwork() throws {
    var generator = SystemRandomNumberGenerator()
    let networks = (0..<300).compactMap { _ in
      IPNetwork(IPv4Address(value: UInt32.random(in: 0...0xFFFF, using: &generator) << 16), prefix: Int.random(in: 4...32, using: &generator))
    }
    let names = networks.map { "\"\($0)\"" }.joined(separator: ",")
    try write(#"{"name": "n", "type": "cidr", "list": [\#(names)], "action": "drop"}"#, to: "n.json")
    let lists = lists()
    for _ in 0..<3_000 {
      let address = IPv4Address(value: UInt32.random(in: .min ... .max, using: &generator))
      #expect((say(lists, .ipv4, "\(address)") != nil) == networks.contains { $0.contains(address) }, "\(address)")
    }
  }

  @Test func listsAreForTheTypesTheyName() throws {
    let empty = "d41d8cd98f00b204e9800998ecf8427e"
    try write(#"{"name": "hashes", "type": "string", "list": ["\#(empty)"], "matching_attributes": ["md5", "filename|md5"], "action": "drop"}"#, to: "h.json")
    try write(#"{"name": "sandbox", "type": "substring", "list": ["sandbox.example"], "matching_attributes": ["domain", "url"], "action": "flag"}"#, to: "s.json")
    let lists = lists()
    #expect(say(lists, .md5, empty) == "drop hashes")
    #expect(say(lists, .ja3, empty) == nil)
    #expect(say(lists, .filename, empty) == nil)
    #expect(say(lists, .domain, "a.sandbox.example.org") == "flag sandbox")
    #expect(say(lists, .email, "x@sandbox.example") == nil)
  }

  @Test func actionsAreTheOperators() throws {
    try write(#"{"name": "List of clouds", "type": "cidr", "list": ["192.0.2.0/24"]}"#, to: "clouds/list.json")
    try write(#"{"name": "known bad idea", "type": "string", "list": ["a.example"], "action": "flag"}"#, to: "bad.json")
    try write(#"{"name": "noise", "type": "string", "list": ["b.example"]}"#, to: "noise.json")
    // A stranger's list that says nothing only flags.
    #expect(say(lists(), .ipv4, "192.0.2.1") == "flag List of clouds")
    try write("drop: [clouds, Known Bad Idea]\noff: [noise]\n", to: "actions.yaml")
    let changed = lists()
    #expect(say(changed, .ipv4, "192.0.2.1") == "drop List of clouds")
    #expect(say(changed, .domain, "a.example") == "drop known bad idea")
    #expect(say(changed, .domain, "b.example") == nil)
    // One that drops goes before one that flags.
    try write(#"{"name": "aaa", "type": "string", "list": ["a.example"], "action": "flag"}"#, to: "aaa.json")
    #expect(say(lists(), .domain, "a.example") == "drop known bad idea")
    try write("dropp: [clouds]\n", to: "actions.yaml")
    let (_, diagnostics) = Warninglists.load(directory: folder)
    #expect(diagnostics.first?.line == 1)
  }

  @Test func whatCannotBeReadIsSaidAndStopsNoOther() throws {
    try write("{", to: "a.json")
    try write(#"{"list": []}"#, to: "b.json")
    try write(#"{"name": "r", "type": "regex", "list": ["/^(a+)+$/"]}"#, to: "c.json")
    try write(#"{"name": "good", "list": ["x.example"]}"#, to: "d.json")
    let (lists, diagnostics) = Warninglists.load(directory: folder)
    #expect(diagnostics.map(\.code) == ["warninglist.not-json", "warninglist.shape", "warninglist.type"])
    #expect(say(lists, .domain, "x.example") == "flag good")
  }

  /// The lists that ship, and MISP's own beside the project when it is there.
  @Test func shippedListsGuardWhatTheyAreFor() throws {
    let rules = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Rules/warninglists")
    let (lists, diagnostics) = Warninglists.load(directory: rules.path)
    #expect(diagnostics.isEmpty, "\(diagnostics)")
    for (type, value) in [
      (IndicatorType.ipv4, "8.8.8.8"), (.ipv4Port, "1.1.1.1:53"), (.domain, "google.com"), (.domain, "www.github.com"), (.md5, "d41d8cd98f00b204e9800998ecf8427e"),
      (.evm, "0x000000000000000000000000000000000000dEaD"), (.evm, "0x28C6c06298d514Db089934071355E5743bf21d60"), (.btc, "34xp4vRoCGJym3xR7yCVPFHoCNxv4Twseo"),
    ] {
      #expect(lists.verdict(for: Observable(type: type, canonical: value))?.action == .drop, "\(value)")
    }
    #expect(lists.verdict(for: Observable(type: .ipv4, canonical: "192.0.2.1"))?.action == .flag)
    let misp = rules.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data/warninglists").path
    guard FileManager.default.fileExists(atPath: misp) else { return }
    let (theirs, complaints) = Warninglists.load(directory: misp)
    #expect(complaints.map(\.code) == ["warninglist.type"])
    #expect(theirs.names.count == 40)
    #expect(theirs.verdict(for: Observable(type: .domain, canonical: "accounts.google.ae")) != nil)
    #expect(theirs.verdict(for: Observable(type: .domain, canonical: "evil.duckdns.org")) != nil)
    #expect(theirs.verdict(for: Observable(type: .sha256, canonical: "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b")) != nil)
  }
}
