package import Indicators

/// One record of a body, cut into its fields and not yet understood.
package struct FeedRow: Sendable {
  package struct Value: Sendable {
    package var text: String
    /// What the feed calls its type; nil when it says nothing.
    package var label: String?
    /// The types that the label may mean; empty when the value is to decide alone.
    package var types: [IndicatorType]
    /// Text may hold several values, parted by commas, blanks or line ends.
    package var splittable: Bool

    package init(_ text: String, label: String? = nil, types: [IndicatorType] = [], splittable: Bool = true) {
      self.text = text
      self.label = label
      self.types = types
      self.splittable = splittable
    }

    /// The text as it may be told of: not at all where it is called a secret.
    package var shown: String { types == [.secret] ? "(a secret of \(text.utf8.count) bytes)" : text }

    /// A value under the feed's own name for its type.
    package init(_ text: String, labelled label: String) {
      self.init(text, label: label, types: TypeLabel.types(of: label) ?? [])
    }
  }

  /// From 1.
  package var line: Int
  package var values: [Value] = []
  package var firstSeen: String?
  package var lastSeen: String?
  package var validUntil: String?
  package var reference: String?
  package var tags: [String] = []
  package var malware: [String] = []
  package var actors: [String] = []
  /// Names that the body lumps together as one actor's. They are a hint, no truth: see ``RowSink``.
  package var actorAliases: [String] = []
  package var confidence: Int?
  package var tlp: String?
  package var description: String?
  package var mode: MatchMode?
  /// What stood for a port and is none: the values are found on every port, which has to be said.
  var unreadPort: String?
  /// The fields were chosen by their names, not by the operator: one that is no value beside one that is, is only noted.
  package var isGuessed = false
  /// What the record looked like, to be shown when it holds no value at all.
  package var shown: String {
    get { shownBytes.isEmpty ? shownText : String(decoding: shownBytes.prefix(FeedRow.shownBytesLimit), as: UTF8.self).trimmed }
    set {
      shownText = newValue
      shownBytes = []
    }
  }
  private var shownText = ""
  /// The same as bytes, which are decoded only when they are asked for.
  package var shownBytes: [UInt8] = []
  private static let shownBytesLimit = 512

  package init(line: Int) { self.line = line }

  package init(line: Int, value: Value) {
    self.line = line
    self.values = [value]
    self.shown = value.text
  }

  /// A port as it stands beside an address; nil for what is none, as the 0 that stands for "any".
  package static func port(_ text: String) -> String? {
    Int(text.trimmed).flatMap { (1...65_535).contains($0) ? String($0) : nil }
  }

  /// The ports of a field, `443` or `443;8443`; none when it means all of them, or something else, which is kept in ``unreadPort``.
  mutating func ports(_ text: String) -> [String] {
    if let port = Self.port(text) { return [port] }
    let parts = text.parts(separatedBy: ",;| ")
    let ports = parts.compactMap(Self.port)
    if ports.count == parts.count, ports.count <= FeedLimits.columns { return ports }
    if !["0", "*", "any", "all"].contains(text.trimmed.lowercased()), !Self.isNothing(text.trimmed) { unreadPort = text }
    return []
  }

  /// Texts that feeds write where there is no value.
  package static func isNothing(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return true }
    switch text.utf8.count {
    case 1: return text == "-" || text == "?"
    // `none`, `null`, `n/a`; `unknown`; `--`; `(null)`.
    case 2...7 where first | 0x20 == 0x6E || first | 0x20 == 0x75 || first == 0x2D || first == 0x28: return ["none", "null", "n/a", "na", "nan", "nil", "unknown", "--", "(null)", "n.a."].contains(text.lowercased())
    default: return false
    }
  }
}
