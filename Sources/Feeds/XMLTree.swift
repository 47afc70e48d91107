internal import CExpat
package import Indicators

/// One element of an XML document: names without their prefixes, text of its own, and where it stood.
package final class XMLElement {
  /// The local name: `Indicator` of `<stix:Indicator>`.
  package let name: String
  /// The namespace's address; empty when there is none.
  package let namespace: String
  /// By local name.
  package let attributes: [String: String]
  /// From 1.
  package let line: Int
  package fileprivate(set) var children: [XMLElement] = []
  fileprivate var bytes: [UInt8] = []

  fileprivate init(name: String, namespace: String, attributes: [String: String], line: Int) {
    self.name = name
    self.namespace = namespace
    self.attributes = attributes
    self.line = line
  }

  /// The element's own text, trimmed; what is longer than a field may be is cut one byte beyond the limit, so that it is refused.
  package var text: String { String(decoding: bytes, as: UTF8.self).trimmed }

  package func first(_ name: String) -> XMLElement? { children.first { $0.name == name } }
  package func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

  /// The first element of that name anywhere below, in document order.
  package func descendant(_ name: String) -> XMLElement? {
    for child in children {
      if child.name == name { return child }
      if let found = child.descendant(name) { return found }
    }
    return nil
  }
}

/// Reads an XML document with expat into ``XMLElement``s.
///
/// A DOCTYPE refuses the document: external entities, parameter entities and entity bombs all need one. Nesting is bounded.
///
/// Invariant of the unsafe part: `parser` lives from `init` to `deinit`; expat holds an unretained pointer to this object, and calls
/// it back only inside ``read(_:)``, while `self` is alive.
@safe package final class XMLTree {
  private let parser: XML_Parser
  private let name: String
  private var open: [XMLElement] = []
  private var root: XMLElement?
  private var failure: Diagnostic?

  /// - Throws: `feed.doctype`, `feed.too-deep`, `feed.not-xml`, `feed.truncated`, and what the body's own reading throws.
  package static func read(_ body: BodyStream) throws(Diagnostic) -> XMLElement {
    try XMLTree(name: body.name).read(body)
  }

  private init(name: String) throws(Diagnostic) {
    // A control character cannot occur in a namespace's name, so it parts the two safely.
    guard let parser = unsafe XML_ParserCreateNS(nil, XML_Char(bitPattern: 0x1F)) else {
      throw Diagnostic(.error, code: "feed.not-xml", "no memory to read the document", file: name)
    }
    unsafe self.parser = parser
    self.name = name
    unsafe XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    unsafe XML_SetElementHandler(
      parser,
      { data, name, attributes in
        guard let tree = unsafe XMLTree.owner(data), let name = unsafe name else { return }
        unsafe tree.begin(name, attributes)
      },
      { data, _ in unsafe XMLTree.owner(data)?.end() })
    unsafe XML_SetCharacterDataHandler(parser) { data, text, count in
      guard let tree = unsafe XMLTree.owner(data), let text = unsafe text, count > 0 else { return }
      let buffer = unsafe UnsafeBufferPointer(start: text, count: Int(count))
      unsafe tree.take(buffer.map { UInt8(bitPattern: $0) })
    }
    unsafe XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
      unsafe XMLTree.owner(data)?.stop("feed.doctype", "the document has a DOCTYPE", hint: "feeds need none; entities are never read")
    }
  }

  deinit { unsafe XML_ParserFree(parser) }

  private static func owner(_ data: UnsafeMutableRawPointer?) -> XMLTree? {
    unsafe data.map { unsafe Unmanaged<XMLTree>.fromOpaque($0).takeUnretainedValue() }
  }

  private func read(_ body: BodyStream) throws(Diagnostic) -> XMLElement {
    var total = 0
    while true {
      let chunk = try body.read()
      total += chunk.count
      if total > FeedLimits.documentBytes {
        throw Diagnostic(
          .error, code: "feed.document-too-large", "the document is larger than \(FeedLimits.documentBytes) bytes", file: name)
      }
      let status = unsafe chunk.withUnsafeBytes { buffer in
        unsafe XML_Parse(parser, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), chunk.isEmpty ? 1 : 0)
      }
      if let failure { throw failure }
      if status == XML_STATUS_ERROR { throw broken() }
      if chunk.isEmpty { break }
    }
    guard let root else { throw Diagnostic(.error, code: "feed.not-xml", "the document has no element", file: name) }
    return root
  }

  private func broken() -> Diagnostic {
    let code = unsafe XML_GetErrorCode(parser)
    let reason = unsafe XML_ErrorString(code).map { unsafe String(cString: $0) } ?? "not XML"
    let isCut = code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN || code == XML_ERROR_UNCLOSED_CDATA_SECTION
    return Diagnostic(
      .error, code: isCut ? "feed.truncated" : "feed.not-xml", "not XML: \(reason)", file: name, line: line,
      column: unsafe Int(XML_GetCurrentColumnNumber(parser)) + 1)
  }

  private var line: Int { unsafe Int(XML_GetCurrentLineNumber(parser)) }

  private func stop(_ code: String, _ message: String, hint: String? = nil) {
    if failure == nil { failure = Diagnostic(.error, code: code, message, hint: hint, file: name, line: line) }
    unsafe XML_StopParser(parser, XML_Bool(XML_FALSE))
  }

  private func begin(_ name: UnsafePointer<XML_Char>, _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?) {
    if failure != nil { return }
    if open.count >= FeedLimits.depth { return stop("feed.too-deep", "elements nest deeper than \(FeedLimits.depth)") }
    var found: [String: String] = [:]
    if let attributes = unsafe attributes {
      var index = 0
      while index < 2 * FeedLimits.columns, let key = unsafe attributes[index], let value = unsafe attributes[index + 1] {
        found[unsafe Self.split(String(cString: key)).name] = unsafe String(cString: value)
        index += 2
      }
    }
    let (space, local) = unsafe Self.split(String(cString: name))
    let element = XMLElement(name: local, namespace: space, attributes: found, line: line)
    if let parent = open.last { parent.children.append(element) } else if root == nil { root = element }
    open.append(element)
  }

  private func end() { _ = open.popLast() }

  private func take(_ text: [UInt8]) {
    guard let element = open.last else { return }
    element.bytes.append(contentsOf: text.prefix(max(0, FeedLimits.fieldBytes + 1 - element.bytes.count)))
  }

  private static func split(_ name: String) -> (namespace: String, name: String) {
    guard let separator = name.firstIndex(of: "\u{1F}") else { return ("", name) }
    return (String(name[..<separator]), String(name[name.index(after: separator)...]))
  }
}
