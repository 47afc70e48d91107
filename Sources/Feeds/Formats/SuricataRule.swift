import Indicators

/// One rule, cut into its header and options as the Suricata user guide describes them.
struct SuricataRule {
  enum Names {
    case none
    case values([(text: String, label: String)])
    /// The rule asks for more beside its names: what.
    case needsMore(String)
  }

  let header: SuricataHeader
  private let all: [(name: String, value: String)]

  /// Nil for a text that is no rule.
  init?(_ text: String) {
    guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else { return nil }
    let words = text[..<open].split(separator: " ")
    let actions = ["alert", "drop", "pass", "reject", "rejectsrc", "rejectdst", "rejectboth", "log", "sdrop"]
    guard let action = words.first, actions.contains(String(action)), words.count >= 4 || words.count == 2 else { return nil }
    header = SuricataHeader(text[..<open])
    all = Self.options(text[text.index(after: open)...].dropLast())
  }

  var action: String { header.action }

  func option(_ name: String) -> String? { all.first { $0.name == name }?.value }
  func options(_ name: String) -> [String] { all.filter { $0.name == name }.map(\.value) }

  func metadata(_ key: String) -> [String] {
    options("metadata").flatMap { $0.split(separator: ",").map(\.trimmed) }.compactMap { entry in
      entry.hasPrefix(key + " ") ? entry.dropFirst(key.count + 1).trimmed : nil
    }
  }

  /// What the rule looks for by value in the buffers that hold names, digests and agents.
  var names: Names {
    var values: [(text: String, label: String)] = []
    var more: String?
    var sticky: String?
    /// A dot is put before the buffer, so that `.name` is the name as well as what is below it.
    var isDotted = false
    for (index, option) in all.enumerated() {
      if Self.buffers[option.name] != nil || option.name.contains(".") || Self.oldBuffers.contains(option.name) {
        if !Self.oldBuffers.contains(option.name) {
          sticky = option.name
          isDotted = false
        }
        continue
      }
      switch option.name {
      case "content":
        if option.value.hasPrefix("!") {
          more = more ?? "not-content"
          continue
        }
        // Old rules name the buffer behind the content: content:"name"; http_host;
        let old = all[(index + 1)...].prefix { $0.name != "content" }.first { Self.oldBuffers.contains($0.name) }?.name
        guard let label = (sticky ?? old).flatMap({ Self.buffers[$0] }) else {
          more = more ?? "content"
          continue
        }
        values.append((Self.decoded(option.value, isName: label == "domain", isDotted: isDotted), label))
      case "dotprefix": isDotted = true
      case "pcre", "dataset", "datarep", "lua", "luajit", "filemd5", "filesha1", "filesha256", "byte_test", "iprep": more = more ?? option.name
      default: break
      }
    }
    if let more { return .needsMore(more) }
    // Parts of one name: "evil" and ".example" are no values.
    if values.contains(where: { $0.label == "domain" && !$0.text.contains(".") }) { return .needsMore("content") }
    return values.isEmpty ? .none : .values(values)
  }

  /// Buffers that hold a whole value, by what it is.
  private static let buffers: [String: String] = [
    "dns.query": "domain", "dns_query": "domain", "dns.queries.rrname": "domain", "dns.answers.rrname": "domain", "tls.sni": "domain",
    "tls_sni": "domain", "http.host": "domain", "http_host": "domain", "http.host.raw": "domain", "ja3.hash": "ja3", "ja3_hash": "ja3",
    "ja4.hash": "ja4", "tls.cert_fingerprint": "sha1", "tls_cert_fingerprint": "sha1",
  ]

  /// Modifiers of the content before them.
  private static let oldBuffers: Set<String> = [
    "http_host", "http_user_agent", "http_uri", "http_header", "http_raw_uri", "http_method", "http_cookie", "http_client_body",
  ]

  /// `name:value;` and `name;`, where quotes hold semicolons and a backslash guards the next character.
  private static func options(_ text: Substring) -> [(name: String, value: String)] {
    var options: [(String, String)] = []
    var current = ""
    var quoted = false
    var escaped = false
    func add() {
      let option = current.trimmed
      if option.isEmpty { return }
      guard let colon = option.firstIndex(of: ":") else { return options.append((option, "")) }
      options.append((option[..<colon].trimmed, unquoted(option[option.index(after: colon)...].trimmed)))
    }
    for character in text {
      if escaped {
        if !"\";\\:".contains(character) { current.append("\\") }
        current.append(character)
        escaped = false
      } else if character == "\\" {
        escaped = true
      } else if character == "\"" {
        quoted.toggle()
        current.append(character)
      } else if character == ";", !quoted {
        add()
        current = ""
      } else {
        current.append(character)
      }
    }
    add()
    return options
  }

  private static func unquoted(_ text: String) -> String {
    var text = text[...]
    var negation = ""
    if text.hasPrefix("!\"") {
      negation = "!"
      text = text.dropFirst()
    }
    guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return negation + text }
    return negation + text.dropFirst().dropLast()
  }

  /// The text of a content: `|2e|` is a dot, and a name in wire form (`|04|evil|07|example|00|`) gets its dots.
  private static func decoded(_ content: String, isName: Bool, isDotted: Bool) -> String {
    var bytes: [UInt8] = []
    for (index, part) in content.split(separator: "|", omittingEmptySubsequences: false).enumerated() {
      if index % 2 == 0 { bytes += part.utf8 } else { bytes += part.split(separator: " ").compactMap { UInt8($0, radix: 16) } }
    }
    if isName, let first = bytes.first, first < 0x20 { bytes = labels(bytes) }
    var text = String(decoding: bytes, as: UTF8.self).trimmed
    // `.name` without a dot before the buffer is found below the name alone.
    if isName, text.hasPrefix(".") { text = isDotted ? String(text.dropFirst()) : "*" + text }
    return text
  }

  private static func labels(_ bytes: [UInt8]) -> [UInt8] {
    var name: [UInt8] = []
    var rest = bytes[...]
    while let length = rest.popFirst(), length > 0 {
      if !name.isEmpty { name.append(UInt8(ascii: ".")) }
      name += rest.prefix(Int(length))
      rest = rest.dropFirst(Int(length))
    }
    return name
  }
}
