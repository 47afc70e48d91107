import Indicators
import Rules
import Syntax

extension FeedMap {
  static let keys = [
    "value", "first-seen", "last-seen", "valid-until", "reference", "tags", "malware", "actors", "confidence", "tlp",
    "description", "skip-if",
  ]

  init(_ node: YAMLNode) throws(Diagnostic) {
    let members = try node.requireMapping("feed.bad-value", "'map'", known: Self.keys)
    func field(_ key: String) throws(Diagnostic) -> Field? {
      guard let node = members[key] else { return nil }
      return try Field(node, key)
    }
    guard let value = members["value"] else { throw node.error("feed.missing-key", "'map' needs 'value'") }
    for item in value.isSequence ? try value.requireSequence("feed.bad-value", "'value'") : [value] {
      values.append(try Value(item))
    }
    if values.isEmpty { throw value.error("feed.bad-value", "'value' is empty") }
    firstSeen = try field("first-seen")
    lastSeen = try field("last-seen")
    validUntil = try field("valid-until")
    reference = try field("reference")
    tags = try field("tags")
    malware = try field("malware")
    actors = try field("actors")
    confidence = try field("confidence")
    tlp = try field("tlp")
    description = try field("description")
    if let node = members["skip-if"] {
      for item in node.isSequence ? try node.requireSequence("feed.bad-value", "'skip-if'") : [node] {
        let members = try item.requireMapping("feed.bad-value", "'skip-if'", known: ["column", "path", "equals"])
        guard let equals = members["equals"] else { throw item.error("feed.missing-key", "'skip-if' needs 'equals'") }
        skip.append(Condition(field: try Field(item, "skip-if", members: members), equals: try equals.requireTexts("'equals'")))
      }
    }
  }
}

extension FeedMap.Field {
  init(_ node: YAMLNode, _ what: String) throws(Diagnostic) {
    if node.isMapping {
      try self.init(
        node, what, members: try node.requireMapping("feed.bad-value", "'\(what)'", known: ["column", "path", "split"]))
    } else {
      throw node.error("feed.bad-value", "'\(what)' must name a column or a path", hint: "write {column: NAME} or {path: NAME}")
    }
  }

  init(_ node: YAMLNode, _ what: String, members: [String: YAMLNode]) throws(Diagnostic) {
    let source: Source
    switch (members["column"], members["path"]) {
    case (let column?, nil):
      let name = try column.requireText("feed.bad-value", "'column'")
      if name.trimmed.isEmpty { throw column.error("feed.bad-value", "'column' is empty") }
      source = .column(name)
    case (nil, let path?):
      let text = try path.requireText("feed.bad-value", "'path'")
      guard let parsed = JSONPath(text) else {
        throw path.error("feed.bad-path", "'\(text)' is not a path", hint: "write data.value or tags[*].name")
      }
      source = .path(parsed)
    default: throw node.error("feed.bad-value", "'\(what)' must name either a column or a path")
    }
    let split = try members["split"]?.requireText("feed.bad-value", "'split'")
    if let split, split.isEmpty { throw node.error("feed.bad-value", "'split' is empty") }
    self.init(source, split: split)
  }
}

extension FeedMap.Value {
  init(_ node: YAMLNode) throws(Diagnostic) {
    guard node.isMapping else {
      throw node.error("feed.bad-value", "'value' must name a column or a path", hint: "write {column: NAME} or {path: NAME}")
    }
    let members = try node.requireMapping("feed.bad-value", "'value'", known: ["column", "path", "split", "type", "port", "version"])
    let field = try FeedMap.Field(node, "value", members: members)
    var type = FeedMap.TypeSource.auto
    if let typeNode = members["type"] {
      if typeNode.isMapping {
        type = .field(try FeedMap.Field(typeNode, "type"))
      } else {
        let label = try typeNode.requireText("feed.bad-value", "'type'")
        if label != "auto" {
          guard TypeLabel.types(of: label) != nil else {
            let known = IndicatorType.allCases.map(\.rawValue) + ["auto", "ip", "hash"]
            throw typeNode.error(
              "feed.bad-value", "'\(label)' is not a type",
              hint: NearestName.find(label, in: known).map { "did you mean '\($0)'?" } ?? "known: \(known.joined(separator: ", "))")
          }
          type = .label(label)
        }
      }
    }
    let port = try members["port"].map { node throws(Diagnostic) in try FeedMap.Field(node, "port") }
    let version = try members["version"].map { node throws(Diagnostic) in try FeedMap.Field(node, "version") }
    self.init(field: field, type: type, port: port, version: version)
  }
}
