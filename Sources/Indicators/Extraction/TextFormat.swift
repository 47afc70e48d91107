/// What a report is written in.
public enum TextFormat: String, Sendable, CaseIterable {
  case auto, plain, html

  /// HTML begins with a document type or an element that only HTML has; everything else, Markdown and AsciiDoc included, reads as lines.
  public static func detect(_ text: String) -> TextFormat {
    let head = text.unicodeScalars.prefix(4096).drop { $0.isSpace || $0 == "\u{FEFF}" }
    let lower = String(scalars: head).lowercased()
    if lower.hasPrefix("<!doctype html") || lower.hasPrefix("<html") || lower.hasPrefix("<?xml") && lower.contains("<html") { return .html }
    let tags = ["<body", "<div", "<p>", "<table", "<article", "<head", "<span", "<ul>", "<br"]
    return tags.contains { lower.contains($0) } && lower.contains("</") ? .html : .plain
  }
}

/// The readable part of a text, each scalar with its place in the original.
package struct ReadableText {
  package private(set) var scalars: [Unicode.Scalar] = []
  /// Offset in the original of each of ``scalars``.
  package private(set) var offsets: [Int] = []

  /// The text of HTML with its title; nil for anything else, which is read as it is.
  package init?(html text: String) {
    guard TextFormat.detect(text) == .html else { return nil }
    readHTML(Array(text.unicodeScalars), withTitle: true)
  }

  init(_ original: [Unicode.Scalar], format: TextFormat) {
    if format == .html { readHTML(original, withTitle: false) } else {
      scalars = original
      offsets = Array(original.indices)
    }
  }

  private mutating func append(_ scalar: Unicode.Scalar, _ offset: Int) {
    scalars.append(scalar)
    offsets.append(offset)
  }

  /// Elements whose content is not text for people.
  private static let hidden: Set<String> = ["script", "style", "noscript", "template", "svg", "head"]
  /// Elements around the text, where publishers name themselves; hidden only when they end.
  private static let frames: Set<String> = ["nav", "footer"]
  /// Elements that part lines.
  private static let blocks: Set<String> = [
    "p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "pre", "blockquote", "dt", "dd", "hr",
    "title",
  ]
  /// Elements that part cells.
  private static let cells: Set<String> = ["td", "th"]

  /// Tags out, entities decoded. A `<` that begins no tag is text; nothing is looked for further than a tag may be long.
  private mutating func readHTML(_ text: [Unicode.Scalar], withTitle: Bool) {
    var position = 0
    var hiddenBy: String?
    var isTitle = false
    let lastEnds = Self.lastEnds(text)
    while position < text.count {
      let scalar = text[position]
      if scalar == "<", let tag = Self.tag(text, position) {
        if let name = hiddenBy {
          if tag.isEnd, tag.name == name { hiddenBy = nil }
          if name == "head", withTitle, tag.name == "title", !tag.isEnd {
            hiddenBy = nil
            isTitle = true
          }
        } else {
          if !tag.isEnd, Self.hidden.contains(tag.name) || lastEnds[tag.name] ?? 0 > position { hiddenBy = tag.name }
          if !tag.isEnd, !withTitle, tag.name == "title" { hiddenBy = "title" }
          if tag.isEnd, isTitle, tag.name == "title" {
            hiddenBy = "head"
            isTitle = false
          }
          if Self.blocks.contains(tag.name) { append("\n", position) }
          if Self.cells.contains(tag.name) { append("\t", position) }
        }
        position = tag.end
      } else if hiddenBy != nil {
        position += 1
      } else if scalar == "&", let entity = Self.entity(text, position) {
        append(entity.scalar, position)
        position = entity.end
      } else {
        append(scalar, position)
        position += 1
      }
    }
  }

  /// Where the last end tag of each of ``frames`` begins.
  private static func lastEnds(_ text: [Unicode.Scalar]) -> [String: Int] {
    var ends: [String: Int] = [:]
    for index in text.indices.reversed() where text[index] == "<" && index + 1 < text.count && text[index + 1] == "/" {
      for name in frames where ends[name] == nil && text[(index + 2)...].starts(with: name.unicodeScalars, by: { RefangScanner.lowered($0) == $1 }) { ends[name] = index }
      if ends.count == frames.count { break }
    }
    return ends
  }

  private static func tag(_ text: [Unicode.Scalar], _ start: Int) -> (name: String, isEnd: Bool, end: Int)? {
    var position = start + 1
    guard position < text.count else { return nil }
    if text[position] == "!" || text[position] == "?" {
      let isComment = position + 2 < text.count && text[position + 1] == "-" && text[position + 2] == "-"
      while position < text.count {
        if text[position] == ">", !isComment || (text[position - 1] == "-" && text[position - 2] == "-") { return ("!", false, position + 1) }
        position += 1
      }
      return ("!", false, text.count)
    }
    let isEnd = text[position] == "/"
    if isEnd { position += 1 }
    var name = ""
    while position < text.count, IndicatorShape.isAlphanumeric(text[position]), name.count < 16 {
      name.unicodeScalars.append(text[position])
      position += 1
    }
    guard !name.isEmpty else { return nil }
    let limit = min(text.count, start + 16_384)
    var quote: Unicode.Scalar?
    while position < limit {
      let scalar = text[position]
      if let open = quote {
        if scalar == open { quote = nil }
      } else if scalar == "\"" || scalar == "'" {
        quote = scalar
      } else if scalar == ">" {
        return (name.lowercased(), isEnd, position + 1)
      } else if scalar == "<" {
        return nil
      }
      position += 1
    }
    return nil
  }

  private static let entities: [String: Unicode.Scalar] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "period": ".", "colon": ":", "sol": "/", "commat": "@", "lsqb": "[", "rsqb": "]",
    "ndash": "–", "mdash": "—", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "laquo": "«", "raquo": "»", "hellip": "…", "copy": "©", "middot": "·",
    "bull": "•", "shy": "\u{AD}", "ensp": " ", "emsp": " ", "thinsp": " ", "lpar": "(", "rpar": ")", "lcub": "{", "rcub": "}", "lbrack": "[", "rbrack": "]",
  ]

  private static func entity(_ text: [Unicode.Scalar], _ start: Int) -> (scalar: Unicode.Scalar, end: Int)? {
    guard let semicolon = text[start..<min(text.count, start + 12)].firstIndex(of: ";") else { return nil }
    var body = ""
    body.unicodeScalars.append(contentsOf: text[(start + 1)..<semicolon])
    let scalar: Unicode.Scalar?
    if body.hasPrefix("#x") || body.hasPrefix("#X") {
      scalar = UInt32(body.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
    } else if body.hasPrefix("#") {
      scalar = UInt32(body.dropFirst()).flatMap(Unicode.Scalar.init)
    } else {
      scalar = entities[body]
    }
    return scalar.map { ($0, semicolon + 1) }
  }
}
