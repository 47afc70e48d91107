internal import Glibc
public import Indicators
internal import Syntax

/// What lists do that do not say it themselves: `actions.yaml` beside them.
struct WarninglistActions {
  private var byName: [String: WarninglistVerdict.Action] = [:]
  private var off: Set<String> = []
  /// A list of a stranger that says nothing only flags: what it holds may be used by good and bad alike.
  private var standard = WarninglistVerdict.Action.flag

  init() {}

  init(yaml text: String, file: String) throws(Diagnostic) {
    let members = try YAMLDocument(text: text, file: file).root.requireMapping(
      "warninglist.actions", "the actions of warninglists", known: ["default", "drop", "flag", "off"])
    if let node = members["default"] {
      guard let action = WarninglistVerdict.Action(rawValue: try node.requireText("warninglist.actions", "'default'")) else {
        throw node.error("warninglist.actions", "'default' must be drop or flag")
      }
      standard = action
    }
    for (key, action) in [("drop", WarninglistVerdict.Action.drop), ("flag", .flag)] {
      for node in try members[key]?.requireSequence("warninglist.actions", "'\(key)'") ?? [] {
        byName[try node.requireText("warninglist.actions", "a list's file or name").lowercased()] = action
      }
    }
    for node in try members["off"]?.requireSequence("warninglist.actions", "'off'") ?? [] {
      off.insert(try node.requireText("warninglist.actions", "a list's file or name").lowercased())
    }
  }

  func isOff(_ names: [String]) -> Bool { names.contains { off.contains($0.lowercased()) } }

  func action(of names: [String], said: String?) -> WarninglistVerdict.Action {
    for name in names { if let action = byName[name.lowercased()] { return action } }
    return said.flatMap(WarninglistVerdict.Action.init(rawValue:)) ?? standard
  }
}

extension Warninglists {
  /// Reads every `*.json` of `directory`, and `*/list.json` below it, in order of name, and `actions.yaml`. A directory that is not there
  /// is empty; one bad file never stops the others.
  public static func load(directory: String) -> (Warninglists, [Diagnostic]) {
    var result = Warninglists()
    var diagnostics: [Diagnostic] = []
    var actions = WarninglistActions()
    let file = directory + "/actions.yaml"
    if let bytes = content(of: file) {
      do throws(Diagnostic) { actions = try WarninglistActions(yaml: String(decoding: bytes, as: UTF8.self), file: file) } catch { diagnostics.append(error) }
    }
    for (stem, path) in files(in: directory) {
      do throws(Diagnostic) { try result.add(path, stem: stem, actions, &diagnostics) } catch { diagnostics.append(error) }
    }
    result.networks.finish()
    return (result, diagnostics)
  }

  /// The lists and what they are called by their place: the file's name, or its directory's as in the MISP repository.
  private static func files(in directory: String) -> [(stem: String, path: String)] {
    names(directory).flatMap { name -> [(stem: String, path: String)] in
      if name.hasSuffix(".json") { return [(String(name.dropLast(5)), directory + "/" + name)] }
      return names(directory + "/" + name).filter { $0 == "list.json" }.map { (name, directory + "/" + name + "/" + $0) }
    }
  }

  private static func names(_ directory: String) -> [String] { DirectoryNames.all(in: directory).filter { !$0.hasPrefix(".") } }

  private mutating func add(
    _ file: String, stem: String, _ actions: WarninglistActions, _ diagnostics: inout [Diagnostic]
  ) throws(Diagnostic) {
    guard let bytes = Self.content(of: file) else { throw Diagnostic(.error, code: "warninglist.unreadable", "cannot be read", file: file) }
    let document: JSONValue
    do throws(JSONError) { document = try JSONParser.parse(bytes) } catch {
      throw Diagnostic(.error, code: "warninglist.not-json", "not JSON at byte \(error.offset)", file: file)
    }
    guard let name = document["name"]?.string, let entries = document["list"]?.array else {
      throw Diagnostic(.error, code: "warninglist.shape", "needs 'name' and 'list'", file: file)
    }
    if actions.isOff([stem, name]) { return }
    let kind = document["type"]?.string ?? "string"
    guard ["string", "hostname", "substring", "cidr"].contains(kind) else {
      diagnostics.append(
        Diagnostic(.warning, code: "warninglist.type", "lists of type '\(kind)' are not used", hint: "string, hostname, substring and cidr are", file: file))
      return
    }
    let said = document["action"]?.string
    if let said, WarninglistVerdict.Action(rawValue: said) == nil {
      throw Diagnostic(.error, code: "warninglist.shape", "'action' must be drop or flag, not '\(said)'", file: file)
    }
    let number = Int32(clamping: lists.count)
    lists.append(ListInfo(name: name, action: actions.action(of: [stem, name], said: said), types: Self.types(document)))
    for entry in entries.lazy.compactMap(\.scalarText) { add(entry, of: kind, number) }
  }

  private mutating func add(_ entry: String, of kind: String, _ list: Int32) {
    let text = entry.lowercased()
    switch kind {
    case "cidr":
      if let network = IPNetwork(ascii: text.utf8) ?? IPNetwork(ascii: (text + (text.contains(":") ? "/128" : "/32")).utf8) {
        networks.add(network, list: list)
      } else {
        strings[text, default: []].append(list)
      }
    case "substring": if text.utf8.count >= 3 { substrings.append((text, list)) }
    // `.name` and `*.name` mean the name and all below, in whichever kind of list they stand.
    case _ where text.hasPrefix(".") || text.hasPrefix("*."):
      let name = String(text.drop { $0 == "." || $0 == "*" })
      if !name.isEmpty { suffixes[name, default: []].append(list) }
    case "hostname": hostnames[text, default: []].append(list)
    default: strings[text, default: []].append(list)
    }
  }

  /// The types that a list is for, from our own key or MISP's; empty means all.
  private static func types(_ document: JSONValue) -> Set<IndicatorType> {
    let own = document["indicator_types"]?.strings.compactMap(IndicatorType.init(rawValue:)) ?? []
    if !own.isEmpty { return Set(own) }
    var types: Set<IndicatorType> = []
    for attribute in document["matching_attributes"]?.strings ?? [] {
      for part in attribute.split(separator: "|") where part != "filename" || !attribute.contains("|") { types.formUnion(misp[String(part)] ?? []) }
    }
    return types
  }

  private static let address: Set<IndicatorType> = [.ipv4, .ipv6, .cidr, .ipRange, .ipv4Port, .ipv6Port]
  private static let name: Set<IndicatorType> = [.domain, .domainWildcard, .domainPort, .onion]

  /// MISP's attribute types as ours.
  private static let misp: [String: Set<IndicatorType>] = [
    "ip-src": address, "ip-dst": address, "ip": address, "domain": name, "hostname": name, "url": [.url], "uri": [.url], "link": [.url],
    "email": [.email], "email-src": [.email], "email-dst": [.email], "md5": [.md5], "sha1": [.sha1], "sha224": [.sha224], "sha256": [.sha256],
    "sha384": [.sha384], "sha512": [.sha512], "ssdeep": [.ssdeep], "tlsh": [.tlsh], "imphash": [.imphash], "filename": [.filename], "btc": [.btc],
    "AS": [.asn], "user-agent": [.userAgent], "mutex": [.mutex], "regkey": [.registry], "vulnerability": [.cve],
  ]

  private static func content(of path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 { return nil }
      if count == 0 { return bytes }
      bytes += block[..<count]
      if bytes.count > 64 << 20 { return nil }
    }
  }
}
