import Indicators
import Rules
import Syntax

/// YAML documents of indicators, as repositories keep them: read as the JSON of the same shape.
enum YAMLFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    let bytes = try body.readAll(limit: YAMLDocument.sizeLimit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic(.error, code: "feed.encoding", "the document is not UTF-8", file: body.name)
    }
    let root = try YAMLDocument(text: text, file: body.name).root
    for node in try records(root) {
      let value = try Self.value(node, depth: 0)
      try JSONFormat.take(value, line: max(1, node.line), key: nil, shown: value.serialized().shortened, into: sink)
    }
  }

  /// The items of a list; of a mapping, those of its lists, else the mapping itself.
  private static func records(_ root: YAMLNode) throws(Diagnostic) -> [YAMLNode] {
    if root.isSequence { return try root.requireSequence("feed.no-records", "the document") }
    let members = try root.requireMapping("feed.no-records", "the document")
    let lists = members.filter { $0.value.isSequence }
    if lists.count == 1, let list = lists.first, FieldRole(name: list.key) == nil || FieldRole(name: list.key) == .value {
      return try list.value.requireSequence("feed.no-records", "'\(list.key)'")
    }
    return [root]
  }

  private static func value(_ node: YAMLNode, depth: Int) throws(Diagnostic) -> JSONValue {
    if depth > FeedLimits.depth { throw node.error("feed.too-deep", "nested deeper than \(FeedLimits.depth)") }
    if node.isNull { return .null }
    if node.isSequence {
      var items: [JSONValue] = []
      for item in try node.requireSequence("feed.bad-value", "a list") { items.append(try value(item, depth: depth + 1)) }
      return .array(items)
    }
    if node.isMapping {
      var object = JSONObject()
      for (key, _, member) in try node.requireMapping("feed.bad-value", "a mapping") { object[key] = try value(member, depth: depth + 1) }
      return .object(object)
    }
    return .string(node.text ?? "")
  }
}
