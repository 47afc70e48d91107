public import Indicators

/// A YAML file read strictly: every complaint has file:line:column, an unknown key names its nearest known one, anchors and
/// aliases are refused (a bomb is made of them), and depth is bounded.
public struct YAMLDocument {
  public let file: String
  public let root: YAMLNode

  /// Files above this are refused unread, in bytes.
  public static let sizeLimit = 1 << 20
  static let depthLimit = 32

  /// Parses `text`. An empty document is an empty mapping.
  public init(text: String, file: String) throws(Diagnostic) {
    self.file = file
    if text.utf8.count > Self.sizeLimit {
      throw Diagnostic(.error, code: "yaml.too-large", "file is larger than 1 MiB", file: file)
    }
    let tree = try YAMLTree.read(text, file: file, depthLimit: Self.depthLimit)
    root = YAMLNode(file: file, node: tree ?? YAMLTree(content: .mapping([]), line: 0, column: 0))
  }
}

/// One node of a ``YAMLDocument`` with its place.
public struct YAMLNode {
  public let file: String
  let node: YAMLTree

  init(file: String, node: YAMLTree) {
    self.file = file
    self.node = node
  }

  /// From 1; 0 when unknown.
  public var line: Int { node.line }
  public var column: Int { node.column }

  /// An error at this node.
  public func error(_ code: String, _ message: String, hint: String? = nil) -> Diagnostic {
    Diagnostic(.error, code: code, message, hint: hint, file: file, line: line == 0 ? nil : line, column: column == 0 ? nil : column)
  }

  /// Nothing, `~` or `null`, without quotes.
  public var isNull: Bool {
    if case .scalar(let text, isPlain: true) = node.content { ["", "~", "null", "Null", "NULL"].contains(text) } else { false }
  }

  /// A scalar's own characters, whatever YAML would have made of them: `no` is the text "no", not a boolean.
  public var text: String? {
    if case .scalar(let text, _) = node.content { text } else { nil }
  }

  public func requireText(_ code: String, _ what: String) throws(Diagnostic) -> String {
    guard let text, !isNull else { throw error(code, "\(what) must be text") }
    return text
  }

  public func requireInteger(_ code: String, _ what: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
    guard let text, let value = Int(text.filter { $0 != "_" }), range.contains(value) else {
      throw error(code, "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  public func requireBool(_ code: String, _ what: String) throws(Diagnostic) -> Bool {
    switch text {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: throw error(code, "\(what) must be true or false")
    }
  }

  /// The members of a mapping in order; a key written twice is an error.
  public func requireMapping(_ code: String, _ what: String) throws(Diagnostic) -> [(key: String, keyNode: YAMLNode, value: YAMLNode)] {
    guard case .mapping(let mapping) = node.content else { throw error(code, "\(what) must be a mapping (key: value)") }
    var members: [(key: String, keyNode: YAMLNode, value: YAMLNode)] = []
    var seen: Set<String> = []
    for (key, value) in mapping {
      let keyNode = YAMLNode(file: file, node: key)
      guard let name = keyNode.text else { throw keyNode.error(code, "a key must be text") }
      if !seen.insert(name).inserted { throw keyNode.error("yaml.duplicate-key", "key '\(name)' is written twice") }
      members.append((name, keyNode, YAMLNode(file: file, node: value)))
    }
    return members
  }

  public func requireSequence(_ code: String, _ what: String) throws(Diagnostic) -> [YAMLNode] {
    guard case .sequence(let items) = node.content else { throw error(code, "\(what) must be a list") }
    return items.map { YAMLNode(file: file, node: $0) }
  }

  public var isMapping: Bool {
    if case .mapping = node.content { true } else { false }
  }

  public var isSequence: Bool {
    if case .sequence = node.content { true } else { false }
  }

  /// The members of a mapping by name, all of them known; else an error at the unknown key with the nearest known one.
  public func requireMapping(
    _ code: String, _ what: String, known: [String]
  ) throws(Diagnostic) -> [String: YAMLNode] {
    var result: [String: YAMLNode] = [:]
    for (key, keyNode, value) in try requireMapping(code, what) {
      guard known.contains(key) else {
        let nearest = NearestName.find(key, in: known)
        throw keyNode.error(
          "\(code.prefix { $0 != "." }).unknown-key", "unknown key '\(key)'",
          hint: nearest.map { "did you mean '\($0)'?" } ?? "known keys: \(known.joined(separator: ", "))")
      }
      result[key] = value
    }
    return result
  }
}

/// Finds the known name that a mistyped one probably meant.
public enum NearestName {
  /// The closest of `known` within a third of the length in edits (at least 1), or nil.
  public static func find(_ name: String, in known: [String]) -> String? {
    let limit = max(1, name.count / 3)
    let scored = known.map { ($0, distance(Array(name.lowercased()), Array($0.lowercased()))) }
    return scored.filter { $0.1 <= limit }.min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
  }

  /// Damerau–Levenshtein distance (optimal string alignment).
  public static func distance<Element: Equatable>(_ left: [Element], _ right: [Element]) -> Int {
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var beforePrevious = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for row in 1...left.count {
      var current = [row] + [Int](repeating: 0, count: right.count)
      for column in 1...right.count {
        let cost = left[row - 1] == right[column - 1] ? 0 : 1
        current[column] = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          current[column] = min(current[column], beforePrevious[column - 2] + 1)
        }
      }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }
}
