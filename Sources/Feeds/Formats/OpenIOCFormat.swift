import Indicators

/// OpenIOC 1.0 and 1.1: the terms of a definition. What stands under AND is looked for only as far as a part says enough by itself.
enum OpenIOCFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    let root = try XMLTree.read(body)
    let documents = root.name.lowercased() == "ioc" || root.name == "OpenIOC" ? [root] : root.children.filter { $0.name.lowercased() == "ioc" }
    guard !documents.isEmpty else {
      throw Diagnostic(.error, code: "feed.not-openioc", "the document is <\(root.name.shortened)>, not OpenIOC", file: body.name, line: root.line)
    }
    for document in documents { try read(document, into: sink) }
  }

  private static func read(_ document: XMLElement, into sink: RowSink) throws {
    var common = FeedRow(line: document.line)
    let metadata = document.first("metadata") ?? document
    common.description = metadata.first("short_description")?.text
    common.firstSeen = metadata.first("authored_date")?.text
    for link in metadata.descendant("links")?.all("link") ?? [] {
      let text = link.text
      switch link.attributes["rel"]?.lowercased() {
      case "threatgroup", "threat group", "threat_group", "actor": common.actors.append(text)
      case "family", "malware": common.malware.append(text)
      case "threatcategory", "category": common.tags.append(text.lowercased())
      case "campaign": common.tags.append("campaign:\(text)")
      case "report", "reference", "blog", "url": common.reference = common.reference ?? link.attributes["href"] ?? text
      default: break
      }
    }
    for top in (document.first("definition") ?? document.first("criteria"))?.all("Indicator") ?? [] {
      if isAlternatives(top) {
        for child in top.children { try take(child, common, into: sink) }
      } else {
        try take(top, common, into: sink)
      }
    }
  }

  private static func isAlternatives(_ element: XMLElement) -> Bool { element.attributes["operator"]?.uppercased() != "AND" }

  private static func take(_ element: XMLElement, _ common: FeedRow, into sink: RowSink) throws {
    guard element.name == "Indicator" || element.name == "IndicatorItem" else { return }
    var row = common
    row.line = element.line
    row.shown = shown(element)
    try sink.take(row, terms(element, depth: 0))
  }

  private static func shown(_ element: XMLElement) -> String {
    if element.name == "IndicatorItem" { return element.first("Content")?.text ?? "" }
    let parts = element.children.map(shown).filter { !$0.isEmpty }
    return parts.joined(separator: isAlternatives(element) ? " OR " : " AND ").shortened
  }

  private static func terms(_ element: XMLElement, depth: Int) -> TermTree {
    if element.name == "IndicatorItem" { return term(element) }
    let parts = element.children.filter { $0.name == "Indicator" || $0.name == "IndicatorItem" }.map { terms($0, depth: depth + 1) }
    return isAlternatives(element) ? .any(parts) : .all(parts)
  }

  private static func term(_ item: XMLElement) -> TermTree {
    let search = item.first("Context")?.attributes["search"] ?? ""
    let content = item.first("Content")?.text ?? ""
    let condition = (item.attributes["condition"] ?? "is").lowercased()
    let asked = "\(search) \(condition) '\(content)'"
    let isNegated = item.attributes["negate"]?.lowercased() == "true"
    if let end = end(ofPort: search), !isNegated, condition == "is", let number = FeedRow.port(content) {
      return .port(TermTree.Port(number: number, end: end, asked: asked))
    }
    guard !isNegated, let types = types(search) else { return .unmatchable(asked) }
    // A name that is contained is a name with what stands before it, which is how names are matched anyway.
    let isWhole = condition == "is" || (types.first == .domain && ["contains", "ends-with"].contains(condition)) || (types.first == .url && content.contains("://"))
    guard isWhole else { return .unmatchable(asked) }
    // It is the far end of a connection that is listed.
    return .host(FeedRow.Value(content, label: search, types: types, splittable: false), .destination)
  }

  /// The end of a connection whose port a search path is; nil when it is none.
  private static func end(ofPort search: String) -> TermTree.End? {
    switch search.lowercased().split(separator: "/").last {
    case "remoteport", "destinationport", "dstport": .destination
    case "localport", "sourceport", "srcport": .source
    case "port": .either
    default: nil
    }
  }

  /// What a search path is; nil for what no log line shows.
  private static func types(_ search: String) -> [IndicatorType]? {
    let path = search.lowercased().split(separator: "/")
    guard let item = path.first, let last = path.last else { return nil }
    switch last {
    case "md5sum", "md5": return [.md5]
    case "sha1sum", "sha1": return [.sha1]
    case "sha256sum", "sha256": return [.sha256]
    case "sha512sum", "sha512": return [.sha512]
    case "ssdeep": return [.ssdeep]
    case "importhash", "imphash": return [.imphash]
    case "remoteip", "ipv4address", "ipv6address", "ip": return [.ipv4, .ipv6, .cidr]
    case "useragent": return [.userAgent]
    case "hostname", "dns", "recordname", "host": return item == "systeminfoitem" ? nil : [.domain, .ipv4, .ipv6]
    case "uri", "url": return [.url]
    default: break
    }
    switch (item, last) {
    case ("fileitem", "filename"): return [.filename]
    case ("fileitem", "fullpath"), ("fileitem", "filepath"), ("driveritem", "drivername"): return [.pathWindows, .pathPOSIX, .filename]
    case ("registryitem", "keypath"), ("registryitem", "path"): return [.registry]
    case ("email", "from"): return [.email]
    case ("processitem", "name") where path.contains("handle"): return [.mutex]
    case ("mutex", "name"), ("mutexitem", "name"): return [.mutex]
    default: return nil
    }
  }
}
