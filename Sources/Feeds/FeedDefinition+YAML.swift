package import Indicators
import Rules
import Syntax

extension FeedDefinition {
  static let keys = [
    "version", "name", "url", "description", "reference", "license", "enabled", "format", "every", "timeout", "max-bytes", "max-rows",
    "allow-private", "auth", "confidence", "tlp", "tags", "actors", "valid-for", "withdraw", "match", "guard", "csv", "json",
    "taxii", "misp", "map", "tls", "proxy", "member",
  ]

  /// Reads one feed file.
  ///
  /// - Parameters:
  ///   - file: its path; relative addresses in it are relative to its directory.
  ///   - warnings: takes what is odd but not wrong.
  package init(yaml text: String, file: String, warnings: inout [Diagnostic]) throws(Diagnostic) {
    let root = try YAMLDocument(text: text, file: file).root
    let members = try root.requireMapping("feed.bad-value", "a feed file", known: Self.keys)
    for key in ["name", "url", "format"] where members[key] == nil {
      throw Diagnostic(.error, code: "feed.missing-key", "'\(key)' is missing", file: file, line: 1, column: 1)
    }
    guard let nameNode = members["name"], let urlNode = members["url"], let formatNode = members["format"] else {
      throw root.error("feed.missing-key", "'name', 'url' and 'format' are needed")
    }
    if let version = members["version"] { _ = try version.requireInteger("feed.bad-version", "'version'", in: 1...1) }
    let name = try nameNode.requireText("feed.bad-name", "'name'")
    try Self.check(name: name, at: nameNode, file: file)
    self.init(
      name: name, file: file, location: .local(path: ""), format: try formatNode.requireChoice("'format'", of: FeedFormat.self))
    fingerprint = SHA256.identity([text])
    allowPrivate = try members["allow-private"]?.requireBool("feed.bad-value", "'allow-private'") ?? false
    location = try FeedLocation(urlNode, file: file, allowPrivate: allowPrivate, warnings: &warnings)
    try readMember(members["member"])
    enabled = try members["enabled"]?.requireBool("feed.bad-value", "'enabled'") ?? true
    try readTexts(members)
    try readLimits(members)
    try readWorth(members)
    if let node = members["auth"] { authentication = try FeedAuthentication(node, warnings: &warnings) }
    if let node = members["guard"] { guards = try Guards(node) }
    if let node = members["csv"] { csv = try CSVSettings(node) }
    if let node = members["taxii"] { taxii = try TAXIISettings(node) }
    if let node = members["misp"] { misp = try MISPSettings(node) }
    if let node = members["json"] {
      let members = try node.requireMapping("feed.bad-value", "'json'", known: ["records", "next", "since"])
      records = try members["records"].map { node throws(Diagnostic) in try Self.path(node, "'records'", example: "$.data[*], $[*] or $.*[*]") }
      since = try members["since"].map { node throws(Diagnostic) in try SinceSettings(node) }
      nextPage = try members["next"].map { node throws(Diagnostic) in try Self.path(node, "'next'", example: "$.next") }
    }
    if let node = members["tls"] { tls = try TLSFiles(node, file: file) }
    if let node = members["proxy"] {
      let text = try node.requireText("feed.bad-value", "'proxy'")
      guard text.hasPrefix("http://"), text.utf8.count > 7, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("@") else {
        throw node.error("feed.bad-value", "'proxy' must be the address of an HTTP proxy", hint: "write http://proxy.example:3128")
      }
      proxy = text
    }
    if let node = members["map"] { map = try FeedMap(node) }
  }

  /// `member: recent.csv`, or the same behind the address: `…/all.zip#recent.csv`.
  private mutating func readMember(_ node: YAMLNode?) throws(Diagnostic) {
    switch location {
    case .remote(let address):
      let text = address.description
      if let hash = text.lastIndex(of: "#") { member = FilePath.percentDecoded(String(text[text.index(after: hash)...])) }
    case .local(let path):
      // Other names may hold the sign themselves.
      let endings = [".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".gz"]
      if let hash = path.lastIndex(of: "#"), endings.contains(where: { path[..<hash].lowercased().hasSuffix($0) }) {
        member = String(path[path.index(after: hash)...])
        location = .local(path: String(path[..<hash]))
      }
    }
    if member?.isEmpty == true { member = nil }
    guard let node else { return }
    if member != nil { throw node.error("feed.bad-value", "'member' and the address both name a member") }
    let text = try node.requireText("feed.bad-value", "'member'")
    guard !text.isEmpty, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw node.error("feed.bad-value", "'member' is empty or holds control characters", hint: "write the path of a file in the archive")
    }
    member = text
  }

  fileprivate static func path(_ node: YAMLNode, _ what: String, example: String) throws(Diagnostic) -> JSONPath {
    let text = try node.requireText("feed.bad-value", what)
    guard let path = JSONPath(text) else { throw node.error("feed.bad-path", "'\(text)' is not a path", hint: "write \(example)") }
    return path
  }

  private static func check(name: String, at node: YAMLNode, file: String) throws(Diagnostic) {
    let bytes = name.utf8
    guard let first = bytes.first, ASCIIKind.isAlphanumeric(first), bytes.count <= 64,
      bytes.allSatisfy({ ASCIIKind.isAlphanumeric($0) || "-_.".utf8.contains($0) })
    else {
      throw node.error(
        "feed.bad-name", "'\(name.shortened)' is not a feed name", hint: "letters, digits, '-', '_' and '.', 64 at most")
    }
    let stem = FilePath.stem(file)
    if stem != name {
      throw node.error("feed.name-differs", "the name is '\(name)' but the file is called '\(FilePath.last(file))'",
        hint: "call the file \(name).yaml")
    }
  }

  private mutating func readTexts(_ members: [String: YAMLNode]) throws(Diagnostic) {
    description = try members["description"]?.requireText("feed.bad-value", "'description'")
    reference = try members["reference"]?.requireText("feed.bad-value", "'reference'")
    license = try members["license"]?.requireText("feed.bad-value", "'license'")
    tags = try members["tags"]?.requireTexts("'tags'") ?? []
    actors = try members["actors"]?.requireTexts("'actors'") ?? []
  }

  private mutating func readLimits(_ members: [String: YAMLNode]) throws(Diagnostic) {
    every = try members["every"]?.requireSeconds("'every'") ?? every
    timeout = try members["timeout"]?.requireSeconds("'timeout'") ?? timeout
    maximumBytes = try members["max-bytes"]?.requireBytes("'max-bytes'") ?? maximumBytes
    maximumRows = try members["max-rows"]?.requireInteger("feed.bad-value", "'max-rows'", in: 1...1_000_000_000) ?? maximumRows
  }

  private mutating func readWorth(_ members: [String: YAMLNode]) throws(Diagnostic) {
    confidence = try members["confidence"]?.requireInteger("feed.bad-value", "'confidence'", in: 0...100) ?? confidence
    if let node = members["tlp"] {
      let text = try node.requireText("feed.bad-value", "'tlp'")
      guard let label = TLP.label(text) else {
        throw node.error("feed.bad-value", "'\(text)' is not a TLP label", hint: "clear, green, amber, amber+strict or red")
      }
      tlp = label
    }
    withdraw = try members["withdraw"]?.requireChoice("'withdraw'", of: Withdrawal.self) ?? withdraw
    if let node = members["valid-for"] {
      if node.isMapping {
        for (key, keyNode, value) in try node.requireMapping("feed.bad-value", "'valid-for'") {
          validFor.byType[try Self.type(key, at: keyNode)] = try value.requireSeconds("'valid-for'")
        }
      } else {
        validFor.all = try node.requireSeconds("'valid-for'")
      }
    }
    if let node = members["match"] {
      for (key, keyNode, value) in try node.requireMapping("feed.bad-value", "'match'") {
        match[try Self.type(key, at: keyNode)] = try value.requireChoice("a match mode", of: MatchMode.self)
      }
    }
  }

  private static func type(_ name: String, at node: YAMLNode) throws(Diagnostic) -> IndicatorType {
    if let type = IndicatorType(rawValue: name) { return type }
    let known = IndicatorType.allCases.map(\.rawValue)
    throw node.error(
      "feed.unknown-key", "unknown type '\(name)'",
      hint: NearestName.find(name, in: known).map { "did you mean '\($0)'?" } ?? "known: \(known.joined(separator: ", "))")
  }
}

extension FeedDefinition.Guards {
  init(_ node: YAMLNode) throws(Diagnostic) {
    self.init()
    let members = try node.requireMapping(
      "feed.bad-value", "'guard'", known: ["minimum-rows", "shrink", "grow", "churn", "contains"])
    minimumRows =
      try members["minimum-rows"]?.requireInteger("feed.bad-value", "'minimum-rows'", in: 0...FeedLimits.records) ?? minimumRows
    shrink = try members["shrink"]?.requirePercent("'shrink'") ?? shrink
    grow = try members["grow"]?.requirePercent("'grow'") ?? grow
    churn = try members["churn"]?.requirePercent("'churn'") ?? churn
    contains = try members["contains"]?.requireText("feed.bad-value", "'contains'")
  }
}

extension FeedDefinition.SinceSettings {
  init(_ node: YAMLNode) throws(Diagnostic) {
    let members = try node.requireMapping("feed.bad-value", "'since'", known: ["query", "time", "id"])
    guard let queryNode = members["query"], let timeNode = members["time"] else {
      throw node.error("feed.missing-key", "'since' needs 'query' and 'time'", hint: "write since: {query: modified_since, time: modified, id: id}")
    }
    query = try queryNode.requireText("feed.bad-value", "'query'")
    guard !query.isEmpty, query.utf8.allSatisfy({ ASCIIKind.isAlphanumeric($0) || "-._~[]".utf8.contains($0) }) else {
      throw queryNode.error("feed.bad-value", "'\(query.shortened)' is not the name of a query parameter", hint: "write modified_since")
    }
    time = try FeedDefinition.path(timeNode, "'time'", example: "modified")
    id = try members["id"].map { node throws(Diagnostic) in try FeedDefinition.path(node, "'id'", example: "id") }
  }
}

extension FeedDefinition.TLSFiles {
  init(_ node: YAMLNode, file: String) throws(Diagnostic) {
    self.init()
    let members = try node.requireMapping("feed.bad-value", "'tls'", known: ["authority", "certificate", "key"])
    func path(_ key: String) throws(Diagnostic) -> String? {
      guard let node = members[key] else { return nil }
      return FilePath.resolve(try node.requireText("feed.bad-value", "'\(key)'"), besides: file)
    }
    authority = try path("authority")
    certificate = try path("certificate")
    key = try path("key")
    if (certificate == nil) != (key == nil) {
      throw node.error("feed.missing-key", "'certificate' and 'key' belong together", hint: "the key may be in the same file: name it twice")
    }
  }
}

extension FeedDefinition.CSVSettings {
  init(_ node: YAMLNode) throws(Diagnostic) {
    self.init()
    let members = try node.requireMapping("feed.bad-value", "'csv'", known: ["delimiter", "comment", "header"])
    if let node = members["delimiter"] {
      let text = try node.requireText("feed.bad-value", "'delimiter'")
      let named = ["tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "][text] ?? text
      guard let byte = named.utf8.first, named.utf8.count == 1, byte != UInt8(ascii: "\""), byte != 0x0A, byte != 0x0D else {
        throw node.error("feed.bad-value", "'\(text)' is not a delimiter", hint: "one character, or tab")
      }
      delimiter = byte
    }
    comment = try members["comment"]?.requireText("feed.bad-value", "'comment'")
    if let node = members["header"] {
      if node.isSequence {
        header = .names(try node.requireTexts("'header'"))
      } else {
        switch try node.requireText("feed.bad-value", "'header'") {
        case "auto": header = .auto
        case "none": header = .none
        case "comment": header = .comment
        default: throw node.error("feed.bad-value", "'header' must be auto, none, comment or a list of names")
        }
      }
    }
  }
}

extension FeedDefinition.TAXIISettings {
  init(_ node: YAMLNode) throws(Diagnostic) {
    self.init()
    let members = try node.requireMapping("feed.bad-value", "'taxii'", known: ["collection", "added-after"])
    collection = try members["collection"]?.requireText("feed.bad-value", "'collection'")
    if let node = members["added-after"] {
      let text = try node.requireText("feed.bad-value", "'added-after'")
      if text != "auto" {
        guard let moment = Timestamp(parsing: text) else {
          throw node.error("feed.bad-value", "'added-after' must be auto or a time", hint: "write 2026-01-01T00:00:00Z")
        }
        addedAfter = moment
      }
    }
  }
}

extension FeedDefinition.MISPSettings {
  init(_ node: YAMLNode) throws(Diagnostic) {
    self.init()
    let members = try node.requireMapping("feed.bad-value", "'misp'", known: ["to-ids"])
    guard let choice = members["to-ids"] else { return }
    switch try choice.requireText("feed.bad-value", "'to-ids'") {
    case "marked": takesAll = false
    case "any": takesAll = true
    default: throw choice.error("feed.bad-value", "'to-ids' must be marked or any")
    }
  }
}

extension FeedAuthentication {
  init(_ node: YAMLNode, warnings: inout [Diagnostic]) throws(Diagnostic) {
    let members = try node.requireMapping(
      "feed.bad-value", "'auth'", known: ["header", "value", "basic", "bearer", "query"])
    if let header = members["header"], let value = members["value"], members.count == 2 {
      let name = try header.requireText("feed.bad-value", "'header'")
      guard !name.isEmpty, name.utf8.allSatisfy({ ASCIIKind.isAlphanumeric($0) || "!#$%&'*+-.^_`|~".utf8.contains($0) }) else {
        throw header.error("feed.bad-value", "not the name of an HTTP header")
      }
      self = .header(name: name, value: try SecretText(value, "'value'", warnings: &warnings))
    } else if let bearer = members["bearer"], members.count == 1 {
      self = .bearer(try SecretText(bearer, "'bearer'", warnings: &warnings))
    } else if let basic = members["basic"], members.count == 1 {
      let parts = try basic.requireMapping("feed.bad-value", "'basic'", known: ["user", "password"])
      guard let user = parts["user"], let password = parts["password"] else {
        throw basic.error("feed.missing-key", "'basic' needs 'user' and 'password'")
      }
      var ignored: [Diagnostic] = []
      self = .basic(
        user: try SecretText(user, "'user'", warnings: &ignored),
        password: try SecretText(password, "'password'", warnings: &warnings))
    } else if let query = members["query"], members.count == 1 {
      var values: [String: SecretText] = [:]
      for (key, _, value) in try query.requireMapping("feed.bad-value", "'query'") {
        values[key] = try SecretText(value, "'query'", warnings: &warnings)
      }
      self = .query(values)
    } else {
      throw node.error(
        "feed.bad-value", "'auth' must be one of header and value, basic, bearer, query",
        hint: "auth: {header: Auth-Key, value: \"${env:NAME}\"}")
    }
  }
}

extension SecretText {
  /// A value that should be a secret: one that stands there in the open is warned of, and never repeated.
  init(_ node: YAMLNode, _ what: String, warnings: inout [Diagnostic]) throws(Diagnostic) {
    let text = try node.requireText("feed.bad-value", what)
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw node.error("feed.bad-value", "\(what) holds control characters")
    }
    guard let parsed = SecretText(text) else {
      throw node.error("feed.bad-secret", "\(what) holds a reference that is not understood", hint: "${env:NAME} or ${file:PATH}")
    }
    self = parsed
    if !hasReferences {
      var warning = node.error(
        "feed.inline-secret", "\(what) holds a secret in the open", hint: "put it into the environment and write ${env:NAME}")
      warning.severity = .warning
      warnings.append(warning)
    }
  }
}
