/// What is found on a host: paths, file names, registry keys, mutexes; and vulnerabilities, networks' numbers and user agents.
extension Canonicalizer {
  // MARK: Paths

  static func windowsPath(_ text: Bytes) throws(Rejection) -> Observable {
    let type = IndicatorType.pathWindows
    if text.contains("://") { throw Rejection("url", as: type) }
    var path = Array(text.map { $0 == 0x2F ? 0x5C : $0 })[...]
    if let share = path.dropping("\\\\?\\unc\\") {
      path = [0x5C, 0x5C] + share
    } else if path.starts(with: Array("\\\\?\\".utf8)) || path.starts(with: Array("\\\\.\\".utf8)) {
      path = path.dropFirst(4)
    }
    var root: [UInt8] = []
    if path.count >= 2, path[path.startIndex].isLetter, path[path.startIndex + 1] == 0x3A {
      root = [path[path.startIndex].uppercased, 0x3A]
      path = path.dropFirst(2)
    } else if path.first == 0x25, let close = path.dropFirst().firstIndex(of: 0x25), close > path.startIndex + 1 {
      root = path[...close].map(\.uppercased)
      path = path[(close + 1)...]
    } else if path.starts(with: [0x5C, 0x5C]) {
      root = [0x5C]
      path = path.dropFirst(1)
    } else if !path.contains(0x5C) {
      throw Rejection("no-path", as: type)
    }
    let isRooted = path.first == 0x5C
    var parts = path.split(separator: 0x5C).filter { $0 != [0x2E] }
    while let last = parts.last {
      let kept = last.reversed().drop { $0 == 0x2E || $0 == 0x20 }.reversed()
      if last == [0x2E, 0x2E] || kept.count == last.count { break }
      parts.removeLast()
      if !kept.isEmpty { parts.append(Array(kept)[...]) }
    }
    // A name without any separator left is a file's, not a path.
    guard !parts.isEmpty, !root.isEmpty || isRooted || parts.count > 1 else { throw Rejection("no-path", as: type) }
    let isBad: (UInt8) -> Bool = { $0 < 0x20 || $0 == 0x7F || [0x3C, 0x3E, 0x7C, 0x22, 0x3F, 0x2A].contains($0) }
    guard !parts.contains(where: { $0.contains(where: isBad) }), !parts.dropLast().contains(where: { $0.contains(0x3A) }) else {
      throw Rejection("bad-char", as: type)
    }
    let bytes = root + (isRooted || root.isEmpty == false ? [0x5C] : []) + Array(parts.joined(separator: [0x5C]))
    // White space that a separator hid.
    guard bytes[...].trimmed().count == bytes.count else { return try windowsPath(bytes[...].trimmed()) }
    let canonical = bytes.text
    return Observable(type: type, canonical: canonical, match: canonical.lowercased())
  }

  static func posixPath(_ text: Bytes) throws(Rejection) -> Observable {
    let type = IndicatorType.pathPOSIX
    if text.contains("://") { throw Rejection("url", as: type) }
    guard !text.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { throw Rejection("bad-char", as: type) }
    guard text.first == 0x2F || text.starts(with: [0x7E, 0x2F]) || text.first == 0x24 || text.starts(with: [0x2E, 0x2F]), text.contains(0x2F) else {
      throw Rejection("no-path", as: type)
    }
    var parts = text.split(separator: 0x2F).filter { $0 != [0x2E] }
    let isRooted = text.first == 0x2F
    var head = ""
    if text.first == 0x7E || text.first == 0x24, let first = parts.first {
      head = first.text
      parts.removeFirst()
    }
    guard !parts.isEmpty else { throw Rejection("no-path", as: type) }
    // A path that is relative says so: without `./` it would be a file's name.
    let bytes = Array((isRooted ? "" : head.isEmpty ? "." : head).utf8) + [0x2F] + Array(parts.joined(separator: [0x2F]))
    // White space that a separator hid.
    guard bytes[...].trimmed().count == bytes.count else { return try posixPath(bytes[...].trimmed()) }
    return Observable(type: type, canonical: bytes.text)
  }

  /// Untouched: a fullwidth letter or an override in a file name is what makes it an indicator.
  static func filename(_ text: Bytes) throws(Rejection) -> Observable {
    guard !text.trimmed().isEmpty else { throw Rejection("empty", as: .filename) }
    guard !text.contains(0x2F), !text.contains(0x5C) else { throw Rejection("has-separator", as: .filename) }
    guard !text.contains(0) else { throw Rejection("bad-char", as: .filename) }
    let name = text.text
    var flags: [String] = []
    for scalar in name.unicodeScalars {
      switch scalar.value {
      case 0x202A...0x202E, 0x2066...0x2069: flags.append("bidi-override")
      case 0xAD, 0x200B...0x200F, 0x2060...0x2064, 0xFEFF: flags.append("zero-width")
      default: break
      }
    }
    return Observable(type: .filename, canonical: name, match: name.lowercased(), flags: flags)
  }

  // MARK: Windows objects

  private static let hives: [String: String] = [
    "hklm": "HKEY_LOCAL_MACHINE", "hkcu": "HKEY_CURRENT_USER", "hkcr": "HKEY_CLASSES_ROOT", "hku": "HKEY_USERS", "hkcc": "HKEY_CURRENT_CONFIG",
    "hkpd": "HKEY_PERFORMANCE_DATA", "hkey_local_machine": "HKEY_LOCAL_MACHINE", "hkey_current_user": "HKEY_CURRENT_USER",
    "hkey_classes_root": "HKEY_CLASSES_ROOT", "hkey_users": "HKEY_USERS", "hkey_current_config": "HKEY_CURRENT_CONFIG",
    "hkey_performance_data": "HKEY_PERFORMANCE_DATA",
  ]

  static func registry(_ text: Bytes) throws(Rejection) -> Observable {
    var text = text
    if !text.contains(0x5C) { text = text.map { $0 == 0x2F ? 0x5C : $0 }[...] }
    if let rest = text.dropping("computer\\") { text = rest }
    if let rest = text.dropping("\\registry\\machine") {
      text = Array("HKLM".utf8) + rest
    } else if let rest = text.dropping("\\registry\\user") {
      text = Array("HKU".utf8) + rest
    }
    guard !text.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { throw Rejection("bad-char", as: .registry) }
    var parts = text.split(separator: 0x5C)
    guard let first = parts.first else { throw Rejection("hive", as: .registry) }
    parts.removeFirst()
    let name = first.filter { $0 != 0x3C && $0 != 0x3E && $0 != 0x5B && $0 != 0x5D && $0 != 0x3A }
    guard let hive = hives[name.lowercasedASCII().text] else { throw Rejection("hive", as: .registry) }
    guard !parts.isEmpty else { throw Rejection("no-subkey", as: .registry) }
    let canonical = hive + "\\" + Array(parts.joined(separator: [0x5C])).text
    // White space that a separator hid.
    let bytes = Bytes(canonical)
    guard bytes.trimmed().count == bytes.count else { return try registry(bytes.trimmed()) }
    return Observable(type: .registry, canonical: canonical, match: canonical.lowercased())
  }

  /// Case counts; the session prefix does not.
  static func mutex(_ text: Bytes) throws(Rejection) -> Observable {
    guard !text.trimmed().isEmpty else { throw Rejection("empty", as: .mutex) }
    var name = text
    if let rest = name.dropping("\\basenamedobjects\\") { name = rest }
    if let rest = name.dropping("global\\") ?? name.dropping("local\\"), !rest.isEmpty { name = rest }
    return Observable(type: .mutex, canonical: text.text, match: name.text)
  }

  // MARK: Identifiers

  /// `CVE-YYYY-N{4,}`, parted by any dash, space, underscore or colon.
  static func cve(_ text: Bytes) throws(Rejection) -> Observable {
    guard var rest = text.dropping("cve") else { throw Rejection("no-prefix", as: .cve) }
    rest = afterSeparator(rest)
    let year = rest.prefix(while: \.isDigit)
    guard !year.isEmpty else { throw Rejection("bad-char", as: .cve) }
    guard year.count == 4, let number = Int(year.text), (1999...2100).contains(number) else { throw Rejection("year", as: .cve) }
    let tail = rest.dropFirst(4)
    let sequence = afterSeparator(tail)
    guard sequence.count < tail.count, !sequence.isEmpty, sequence.allSatisfy(\.isDigit) else { throw Rejection("bad-char", as: .cve) }
    guard sequence.count >= 4, sequence.count <= 19 else { throw Rejection("sequence-digits", as: .cve) }
    guard sequence.count == 4 || sequence.first != 0x30 else { throw Rejection("leading-zero", as: .cve) }
    return Observable(type: .cve, canonical: "CVE-\(year.text)-\(sequence.text)")
  }

  /// The text after one run of dashes, spaces, underscores or a colon.
  private static func afterSeparator(_ text: Bytes) -> Bytes {
    var scalars = text.text.unicodeScalars[...]
    while let first = scalars.first {
      guard "-_: \u{A0}\u{2212}".unicodeScalars.contains(first) || (0x2010...0x2015).contains(first.value) else { break }
      scalars.removeFirst()
    }
    return Bytes(String(scalars))
  }

  /// Autonomous system numbers (RFC 6793), asdot too (RFC 5396).
  static func asn(_ text: Bytes) throws(Rejection) -> Observable {
    var digits = text
    if let rest = digits.dropping("asn") ?? digits.dropping("as") { digits = rest.trimmed() }
    var flags: [String] = []
    let parts = digits.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isDigit) }) else { throw Rejection("bad-char", as: .asn) }
    var value: UInt64 = 0
    for part in parts {
      let significant = part.drop { $0 == 0x30 }
      guard significant.count <= 10, let number = UInt64(significant.isEmpty ? "0" : significant.text) else { throw Rejection("range", as: .asn) }
      if parts.count == 2, number > 65_535 { throw Rejection("range", as: .asn) }
      value = value << 16 * UInt64(parts.count == 2 ? 1 : 0) | number
    }
    if parts.count == 2 { flags.append("asdot") }
    guard value <= 4_294_967_295 else { throw Rejection("range", as: .asn) }
    switch value {
    case 0, 4_294_967_295: throw Rejection("reserved", as: .asn)
    case 23_456: flags.append("as-trans")
    case 64_496...64_511, 65_536...65_551: flags.append("documentation")
    case 64_512...65_534, 4_200_000_000...4_294_967_294: flags.append("private")
    default: break
    }
    return Observable(type: .asn, canonical: "AS\(value)", flags: flags)
  }

  static func userAgent(_ text: Bytes) throws(Rejection) -> Observable {
    let value = (text.dropping("user-agent:") ?? text).trimmed()
    guard !value.isEmpty else { throw Rejection("empty", as: .userAgent) }
    let lower = value.lowercasedASCII().text
    guard !["-", "--", "none", "null", "(null)", "n/a", "unknown", "undefined"].contains(lower) else { throw Rejection("placeholder", as: .userAgent) }
    guard !value.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else { throw Rejection("bad-char", as: .userAgent) }
    return Observable(type: .userAgent, canonical: value.text)
  }
}
