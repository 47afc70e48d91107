public import Indicators

extension LogSource {
  private static let code = "log-source.value"
  private static let known = ["name", "paths", "format", "pattern", "delimiter", "columns", "time", "fields", "outcome"]

  /// Reads one file of `Rules/logs/`.
  public init(yaml text: String, file: String) throws(Diagnostic) {
    let root = try YAMLDocument(text: text, file: file).root
    let members = try root.requireMapping(Self.code, "a log source", known: Self.known)
    let base = file.split(separator: "/").last.map(String.init) ?? file
    name = try members["name"]?.requireText(Self.code, "name") ?? String(base.prefix { $0 != "." })
    guard let pathsNode = members["paths"] else {
      throw root.error("log-source.paths", "a log source needs 'paths'", hint: "paths: [\"*/gateway*.log\"]")
    }
    paths = try Self.texts(pathsNode, "paths")
    format = try Self.format(root, members)
    (timeField, timeFormat, zoneMinutes) = (nil, nil, 0)
    (roles, allowed, blocked) = ([:], [], [])
    if let node = members["time"] { try readTime(node) }
    if let node = members["fields"] {
      for (key, value) in try node.requireMapping(Self.code, "fields", known: Role.allCases.map(\.rawValue)) {
        guard let role = Role(rawValue: key) else { continue }
        let field = try value.requireText(Self.code, key)
        try Self.check(field, value, format)
        roles[role] = field
      }
    }
    if let node = members["outcome"] {
      let fields = try node.requireMapping(Self.code, "outcome", known: ["allowed", "blocked"])
      if let value = fields["allowed"] { allowed = try Self.texts(value, "allowed") }
      if let value = fields["blocked"] { blocked = try Self.texts(value, "blocked") }
    }
  }

  private mutating func readTime(_ node: YAMLNode) throws(Diagnostic) {
    let fields = try node.requireMapping(Self.code, "time", known: format == .auto ? ["zone"] : ["field", "format", "zone"])
    if format != .auto {
      guard let field = fields["field"] else { throw node.error(Self.code, "time needs its 'field'") }
      let name = try field.requireText(Self.code, "field")
      try Self.check(name, field, format)
      timeField = name
    }
    if let value = fields["format"] {
      let text = try value.requireText(Self.code, "format")
      guard let pattern = TimePattern(text) else {
        throw value.error(Self.code, "'\(text)' is no time format", hint: "iso8601, unix, or a pattern such as \"YYYY-MM-DD hh:mm:ss\"")
      }
      timeFormat = pattern
    }
    if let value = fields["zone"] {
      guard let minutes = TimePattern.zone(Array((value.text ?? "").utf8)) else {
        throw value.error(Self.code, "zone must be UTC or an offset such as \"+02:00\"")
      }
      zoneMinutes = minutes
    }
  }

  private static func format(_ root: YAMLNode, _ members: [String: YAMLNode]) throws(Diagnostic) -> Format {
    guard let node = members["format"] else {
      throw root.error("log-source.format", "a log source needs its 'format'", hint: "auto, json, csv, key-value or pattern")
    }
    let kind = try node.requireText(code, "format")
    for (key, owner) in [("pattern", "pattern"), ("delimiter", "csv"), ("columns", "csv")] where kind != owner {
      if let stray = members[key] { throw stray.error(code, "'\(key)' belongs to format: \(owner)") }
    }
    switch kind {
    case "auto":
      for key in ["fields", "outcome"] {
        if let stray = members[key] { throw stray.error(code, "'\(key)' needs a format of its own: auto reads the line as ever") }
      }
      return .auto
    case "json": return .json
    case "key-value": return .keyValue
    case "csv":
      var delimiter = UInt8(ascii: ",")
      if let value = members["delimiter"] {
        let text = try value.requireText(code, "delimiter")
        guard let byte = text == "\\t" || text == "tab" ? 0x09 : text.utf8.first, text.utf8.count == 1 || byte == 0x09 else {
          throw value.error(code, "delimiter must be one character, or tab")
        }
        delimiter = byte
      }
      var columns: [String]?
      if let value = members["columns"] { columns = try texts(value, "columns") }
      return .csv(delimiter: delimiter, columns: columns)
    case "pattern":
      guard let value = members["pattern"] else { throw node.error(code, "format: pattern needs its 'pattern'") }
      guard let pattern = LinePattern(try value.requireText(code, "pattern")) else {
        throw value.error(code, "not a pattern", hint: "text between {fields}, and some text between any two of them")
      }
      return .pattern(pattern)
    default:
      let nearest = NearestName.find(kind, in: ["auto", "json", "csv", "key-value", "pattern"])
      throw node.error(code, "unknown format '\(kind)'", hint: nearest.map { "did you mean '\($0)'?" } ?? "auto, json, csv, key-value or pattern")
    }
  }

  /// A field that the format cannot have is a mistake in writing.
  private static func check(_ field: String, _ node: YAMLNode, _ format: Format) throws(Diagnostic) {
    let names: [String]
    switch format {
    case .pattern(let pattern): names = pattern.fieldNames
    case .csv(_, .some(let columns)): names = columns
    default: return
    }
    if !names.contains(field) {
      let nearest = NearestName.find(field, in: names)
      throw node.error("log-source.unknown-field", "no field '\(field)' in this format", hint: nearest.map { "did you mean '\($0)'?" })
    }
  }

  private static func texts(_ node: YAMLNode, _ what: String) throws(Diagnostic) -> [String] {
    if !node.isSequence { return [try node.requireText(code, what)] }
    var result: [String] = []
    for item in try node.requireSequence(code, what) { result.append(try item.requireText(code, what)) }
    return result
  }
}
