/// Defanging of one token; what it writes, ``Refang/refang(_:)`` reads back.
enum Defanging {
  static func token(_ token: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var lead = token[...]
    var prefix: [Unicode.Scalar] = []
    while let first = lead.first, "([{<\"'`«“「（".unicodeScalars.contains(first), !IndicatorShape.isIndicator(lead) {
      prefix.append(first)
      lead.removeFirst()
    }
    let suffixLength = lead.reversed().prefix { ".,;:!?)]}>\"'`»”」）。、،؛".unicodeScalars.contains($0) }.count
    let core = Array(lead.dropLast(suffixLength))
    guard IndicatorShape.isIndicator(core) else { return token }
    return prefix + value(core) + lead.suffix(suffixLength)
  }

  private static func value(_ core: [Unicode.Scalar]) -> [Unicode.Scalar] {
    if let authority = IndicatorShape.schemeEnd(core) {
      let end = core[authority...].firstIndex { "/?#".unicodeScalars.contains($0) } ?? core.endIndex
      return scheme(Array(core[..<(authority - 3)])) + host(core[authority..<end]) + core[end...]
    }
    if IndicatorShape.isIPv6(core) { return core.flatMap { $0 == ":" ? Array("[:]".unicodeScalars) : [$0] } }
    if core.allSatisfy(IndicatorShape.isHexadecimal) { return core }
    let end = core.firstIndex { "/?#".unicodeScalars.contains($0) } ?? core.endIndex
    return host(core[..<end]) + core[end...]
  }

  /// `http` → `hxxp://`; a scheme that has no such form keeps its name and loses its colon: `tcp[:]//`.
  private static func scheme(_ scheme: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scheme)
    let fanged: [String: String] = ["http": "hxxp://", "https": "hxxps://", "ftp": "fxp://", "sftp": "sfxp://", "ftps": "fxps://"]
    return Array((fanged[String(view)] ?? String(view) + "[:]//").unicodeScalars)
  }

  private static func host(_ host: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
    host.flatMap { scalar -> [Unicode.Scalar] in
      switch scalar {
      case ".": Array("[.]".unicodeScalars)
      case "@": Array("[@]".unicodeScalars)
      default: [scalar]
      }
    }
  }
}
