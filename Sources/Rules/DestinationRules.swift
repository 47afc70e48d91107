public import Indicators

/// One named destination of `Rules/destinations.yaml`.
public struct DestinationRule: Sendable, Equatable {
  /// How the destination is told who we are. Values are texts with `${env:NAME}` or `${file:PATH}` in them.
  public enum Authentication: Sendable, Equatable {
    case header(name: String, value: String)
    case basic(user: String, password: String)
    case bearer(String)
    /// Elasticsearch's `Authorization: ApiKey …`.
    case apiKey(String)
  }

  public struct TLS: Sendable, Equatable {
    public var authorities: String?
    public var certificate: String?
    public var key: String?
    /// False takes any certificate; said on every run.
    public var verify = true
  }

  public var name: String
  /// A path, `syslog+tcp://HOST:PORT`, an `https://` address.
  public var to: String
  /// Name of a format of `ukai export --as`.
  public var form: String?
  public var minimumSeverity: Severity?
  /// Only alerts of these actors (ids) or of actors below them; empty means all.
  public var actors: [String] = []
  /// Only alerts of these types; empty means all.
  public var types: [IndicatorType] = []
  public var authentication: Authentication?
  public var tls = TLS()
  /// Seconds that one exchange may take.
  public var timeout = 60
  /// Alerts in one request, at most; nil takes what suits the format.
  public var batch: Int?
  /// Tries of one request in a run, the first included.
  public var tries = 4
  /// Seconds that one wait between tries lasts at most.
  public var longestWait = 30
  public var line = 0
}

/// Reads `destinations.yaml` strictly.
public enum DestinationRules {
  private static let keys = ["to", "as", "min-severity", "actors", "types", "auth", "tls", "timeout", "batch", "tries", "longest-wait"]

  /// - Throws: `destinations.*` with file, line and column.
  public static func load(yaml text: String, file: String, forms: [String]) throws(Diagnostic) -> [DestinationRule] {
    let root = try YAMLDocument(text: text, file: file).root
    let top = try root.requireMapping("destinations.mapping", "the file", known: ["version", "destinations"])
    guard let list = top["destinations"], !list.isNull else { return [] }
    var rules: [DestinationRule] = []
    for (name, keyNode, value) in try list.requireMapping("destinations.mapping", "destinations") {
      rules.append(try rule(name, keyNode, value, forms))
    }
    return rules
  }

  private static func rule(_ name: String, _ keyNode: YAMLNode, _ node: YAMLNode, _ forms: [String]) throws(Diagnostic) -> DestinationRule {
    let members = try node.requireMapping("destinations.mapping", "destination '\(name)'", known: keys)
    guard let to = members["to"] else { throw keyNode.error("destinations.to", "destination '\(name)' needs 'to'") }
    var rule = DestinationRule(name: name, to: try to.requireText("destinations.to", "'to'"))
    rule.line = keyNode.line
    if let form = members["as"] {
      let text = try form.requireText("destinations.as", "'as'")
      guard forms.contains(text) else {
        throw form.error("destinations.as", "'\(text)' is no format", hint: NearestName.find(text, in: forms).map { "did you mean '\($0)'?" } ?? forms.joined(separator: ", "))
      }
      rule.form = text
    }
    if let severity = members["min-severity"] {
      let text = try severity.requireText("destinations.min-severity", "'min-severity'")
      guard let value = Severity(rawValue: text) else {
        throw severity.error("destinations.min-severity", "'\(text)' is no severity", hint: Severity.allCases.map(\.rawValue).joined(separator: ", "))
      }
      rule.minimumSeverity = value
    }
    if let actors = members["actors"] {
      for item in try actors.requireSequence("destinations.actors", "'actors'") { rule.actors.append(try item.requireText("destinations.actors", "an actor")) }
    }
    if let types = members["types"] {
      for item in try types.requireSequence("destinations.types", "'types'") {
        let text = try item.requireText("destinations.types", "a type")
        guard let type = IndicatorType(rawValue: text) else {
          throw item.error("destinations.types", "'\(text)' is no type", hint: NearestName.find(text, in: IndicatorType.allCases.map(\.rawValue)).map { "did you mean '\($0)'?" })
        }
        rule.types.append(type)
      }
    }
    if let auth = members["auth"] { rule.authentication = try authentication(auth) }
    if let tls = members["tls"] { rule.tls = try tlsOptions(tls) }
    if let value = members["timeout"] { rule.timeout = try seconds(value, "timeout", in: 1...3600) }
    if let value = members["batch"] { rule.batch = try value.requireInteger("destinations.batch", "'batch'", in: 1...10_000) }
    if let value = members["tries"] { rule.tries = try value.requireInteger("destinations.tries", "'tries'", in: 1...20) }
    if let value = members["longest-wait"] { rule.longestWait = try seconds(value, "longest-wait", in: 0...3600) }
    return rule
  }

  /// Seconds of `30s`, `5m` or a plain number.
  private static func seconds(_ node: YAMLNode, _ key: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
    let text = node.text ?? ""
    let unit = ["s": 1, "m": 60][text.suffix(1)]
    guard let count = Int(unit == nil ? text[...] : text.dropLast()), range.contains(count), range.contains(count * (unit ?? 1)) else {
      throw node.error("destinations.\(key)", "'\(key)' must be a time such as 30s, from \(range.lowerBound)s to \(range.upperBound)s")
    }
    return count * (unit ?? 1)
  }

  private static func authentication(_ node: YAMLNode) throws(Diagnostic) -> DestinationRule.Authentication {
    let members = try node.requireMapping("destinations.auth", "'auth'", known: ["header", "value", "basic", "bearer", "api-key"])
    if let bearer = members["bearer"] { return .bearer(try bearer.requireText("destinations.auth", "'bearer'")) }
    if let key = members["api-key"] { return .apiKey(try key.requireText("destinations.auth", "'api-key'")) }
    if let basic = members["basic"] {
      let parts = try basic.requireMapping("destinations.auth", "'basic'", known: ["user", "password"])
      guard let user = parts["user"], let password = parts["password"] else { throw basic.error("destinations.auth", "'basic' needs user and password") }
      return .basic(user: try user.requireText("destinations.auth", "'user'"), password: try password.requireText("destinations.auth", "'password'"))
    }
    guard let header = members["header"], let value = members["value"] else {
      throw node.error("destinations.auth", "'auth' needs bearer, basic, api-key, or header and value")
    }
    return .header(name: try header.requireText("destinations.auth", "'header'"), value: try value.requireText("destinations.auth", "'value'"))
  }

  private static func tlsOptions(_ node: YAMLNode) throws(Diagnostic) -> DestinationRule.TLS {
    let members = try node.requireMapping("destinations.tls", "'tls'", known: ["authorities", "certificate", "key", "verify"])
    var tls = DestinationRule.TLS()
    if let value = members["authorities"] { tls.authorities = try value.requireText("destinations.tls", "'authorities'") }
    if let value = members["certificate"] { tls.certificate = try value.requireText("destinations.tls", "'certificate'") }
    if let value = members["key"] { tls.key = try value.requireText("destinations.tls", "'key'") }
    if let value = members["verify"] { tls.verify = try value.requireBool("destinations.tls", "'verify'") }
    return tls
  }
}
