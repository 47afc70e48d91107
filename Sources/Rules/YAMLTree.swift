internal import CYAML
internal import Indicators

/// A YAML document as a tree with places, made of libyaml's events. Anchors, aliases and depth beyond the limit end the reading at once: a
/// bomb is made of them.
struct YAMLTree {
  enum Content {
    /// A scalar's own characters; plain ones stand without quotes, block marks or a tag.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLTree])
    case mapping([(key: YAMLTree, value: YAMLTree)])
  }

  var content: Content
  /// From 1.
  var line: Int
  var column: Int

  /// Reads the only document of `text`; nil when there is none.
  static func read(_ text: String, file: String, depthLimit: Int) throws(Diagnostic) -> YAMLTree? {
    let events = try YAMLEvents(text, file: file)
    guard let first = try events.next(), let root = try tree(first, events, depth: 0, limit: depthLimit) else { return nil }
    if let other = try events.next() {
      throw events.error("yaml.syntax", "expected a single document, and here begins another", at: other)
    }
    return root
  }

  private static func tree(_ event: YAMLEvents.Event, _ events: YAMLEvents, depth: Int, limit: Int) throws(Diagnostic) -> YAMLTree? {
    func refuse(_ reason: String) -> Diagnostic { events.error("yaml.forbidden", reason, at: event, hint: "write the value out in full") }
    if depth > limit { throw refuse("nested deeper than \(limit)") }
    if event.hasAnchor { throw refuse("anchors are not allowed") }
    let content: Content
    switch event.kind {
    case .alias: throw refuse("aliases are not allowed")
    case .end: return nil
    case .scalar(let text, let isPlain): content = .scalar(text, isPlain: isPlain)
    case .sequence:
      var items: [YAMLTree] = []
      while let next = try events.next(), let item = try tree(next, events, depth: depth + 1, limit: limit) { items.append(item) }
      content = .sequence(items)
    case .mapping:
      var members: [(key: YAMLTree, value: YAMLTree)] = []
      while let next = try events.next(), let key = try tree(next, events, depth: depth + 1, limit: limit) {
        guard let next = try events.next(), let value = try tree(next, events, depth: depth + 1, limit: limit) else { break }
        members.append((key, value))
      }
      content = .mapping(members)
    }
    return YAMLTree(content: content, line: event.line, column: event.column)
  }
}

/// libyaml's events, one at a time.
///
/// Invariant of the unsafe part: `parser` and the `input` that it reads from live from `init` to `deinit`; every event is deleted in the call
/// that got it.
@safe private final class YAMLEvents {
  enum Kind {
    case scalar(String, isPlain: Bool)
    case sequence, mapping, end, alias
  }

  struct Event {
    var kind: Kind
    var hasAnchor = false
    var line: Int
    var column: Int
  }

  private let file: String
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>

  init(_ text: String, file: String) throws(Diagnostic) {
    self.file = file
    let bytes = Array(text.utf8)
    unsafe input = .allocate(capacity: max(1, bytes.count))
    _ = unsafe input.initialize(from: bytes)
    unsafe parser = .allocate(capacity: 1)
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      throw Diagnostic(.error, code: "yaml.memory", "no memory to read it", file: file)
    }
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  /// The next event of a node; nil at the end of the stream.
  func next() throws(Diagnostic) -> Event? {
    while true {
      var event = unsafe yaml_event_t()
      guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw unsafe complaint(parser.pointee) }
      defer { unsafe yaml_event_delete(&event) }
      var result = unsafe Event(kind: .end, line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1)
      switch unsafe event.type {
      case YAML_SCALAR_EVENT:
        let scalar = unsafe event.data.scalar
        let text = unsafe String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        result.kind = unsafe .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nil)
        result.hasAnchor = unsafe scalar.anchor != nil
      case YAML_SEQUENCE_START_EVENT:
        result.kind = .sequence
        result.hasAnchor = unsafe event.data.sequence_start.anchor != nil
      case YAML_MAPPING_START_EVENT:
        result.kind = .mapping
        result.hasAnchor = unsafe event.data.mapping_start.anchor != nil
      case YAML_ALIAS_EVENT: result.kind = .alias
      case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: result.kind = .end
      case YAML_STREAM_END_EVENT: return nil
      default: continue
      }
      return result
    }
  }

  func error(_ code: String, _ message: String, at event: Event, hint: String? = nil) -> Diagnostic {
    Diagnostic(.error, code: code, message, hint: hint, file: file, line: event.line, column: event.column)
  }

  private func complaint(_ parser: yaml_parser_t) -> Diagnostic {
    let problem = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "not YAML"
    let mark = unsafe parser.problem_mark
    return Diagnostic(.error, code: "yaml.syntax", problem, file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }
}
