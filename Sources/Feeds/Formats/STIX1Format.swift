import Indicators

/// STIX 1.x packages: indicators with their CybOX observables, what they point at by `idref` included.
struct STIX1Format {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    let root = try XMLTree.read(body)
    guard root.name == "STIX_Package" || root.descendant("STIX_Package") != nil else {
      throw Diagnostic(
        .error, code: "feed.not-stix", "the document is <\(root.name.shortened)>, not a STIX package", file: body.name, line: root.line)
    }
    var reader = STIX1Format(sink: sink)
    reader.index(root, depth: 0)
    try reader.package(root)
  }

  private let sink: RowSink
  /// What other places refer to, by `id`.
  private var byID: [String: XMLElement] = [:]
  private var indicators: [XMLElement] = []
  private var infrastructures: [XMLElement] = []
  /// Observables of their own, outside indicators, incidents and behaviours.
  private var loose: [XMLElement] = []
  /// Actors of campaigns, by the ids of the campaigns' indicators.
  private var actorsOf: [String: [String]] = [:]
  private var tlp: String?
  private var reference: String?

  private init(sink: RowSink) { self.sink = sink }

  // MARK: Gathering

  private mutating func index(_ element: XMLElement, depth: Int) {
    if let id = element.attributes["id"], element.attributes["idref"] == nil { byID[id] = byID[id] ?? element }
    switch element.name {
    case "Indicator" where element.attributes["idref"] == nil: indicators.append(element)
    case "Infrastructure": infrastructures.append(element)
    case "Observables" where element.namespace.hasPrefix("http://stix.mitre.org/stix-1"): loose += element.all("Observable")
    case "TLPMarking", "Marking_Structure": tlp = (element.attributes["color"]).flatMap(TLP.label) ?? tlp
    case "Campaign": campaign(element)
    default: break
    }
    for child in element.children { index(child, depth: depth + 1) }
  }

  private mutating func campaign(_ element: XMLElement) {
    let actors = (element.first("Attribution")?.all("Attributed_Threat_Actor") ?? []).compactMap { $0.first("Threat_Actor").flatMap(Self.actorName) }
    for related in element.first("Related_Indicators")?.all("Related_Indicator") ?? [] {
      guard let indicator = related.first("Indicator"), let id = indicator.attributes["idref"] ?? indicator.attributes["id"] else { continue }
      actorsOf[id, default: []] += actors
    }
  }

  private static func actorName(_ actor: XMLElement) -> String? {
    actor.first("Identity")?.first("Name")?.text ?? actor.first("Title")?.text
  }

  // MARK: Rows

  private func package(_ root: XMLElement) throws {
    for indicator in indicators { try take(indicator) }
    for infrastructure in infrastructures {
      guard let holder = infrastructure.first("Observable_Characterization") else { continue }
      for observable in holder.all("Observable") {
        var row = FeedRow(line: observable.line)
        row.tags = infrastructure.all("Type").map { "infrastructure:\($0.text)" }
        row.tlp = tlp
        try take(observable, row)
      }
    }
    let isList = indicators.isEmpty && infrastructures.isEmpty
    for observable in loose where isList || !isReferred(observable) {
      if isList { try take(observable, FeedRow(line: observable.line)) } else { try sink.skipRow(line: observable.line) }
    }
  }

  /// An observable with an id is there for those who refer to it.
  private func isReferred(_ observable: XMLElement) -> Bool { observable.attributes["id"] != nil }

  private func take(_ observable: XMLElement, _ row: FeedRow) throws {
    guard let term = terms(ofObservable: observable, depth: 0) else {
      return try sink.leaveRow(observable.attributes["id"] ?? "Observable", reason: "not-matchable", line: observable.line)
    }
    var row = row
    row.tlp = row.tlp ?? tlp
    row.shown = STIX1Observable.shown(term)
    try sink.take(row, term)
  }

  private func take(_ indicator: XMLElement) throws {
    let id = indicator.attributes["id"] ?? ""
    let title = indicator.first("Title")?.text ?? indicator.first("Description")?.text
    guard let term = terms(ofIndicator: indicator, depth: 0) else {
      return try sink.leaveRow(title ?? id, reason: "no-observable", line: indicator.line)
    }
    var row = FeedRow(line: indicator.line)
    row.shown = STIX1Observable.shown(term)
    row.description = title
    row.tags = indicator.all("Type").map(\.text)
    row.confidence = indicator.first("Confidence")?.first("Value").flatMap { MappedRow.confidence($0.text) }
    let times = indicator.first("Valid_Time_Position")
    row.firstSeen = times?.first("Start_Time")?.text ?? indicator.attributes["timestamp"]
    row.validUntil = times?.first("End_Time")?.text
    row.tlp = indicator.first("Handling")?.descendant("Marking_Structure")?.attributes["color"].flatMap(TLP.label) ?? tlp
    row.reference = indicator.descendant("Reference")?.text
    for phase in indicator.first("Kill_Chain_Phases")?.children ?? [] {
      if let name = phase.attributes["name"] { row.tags.append("kill-chain:\(phase.attributes["kill_chain_name"] ?? "lmco"):\(name)") }
    }
    row.actors = actorsOf[id] ?? []
    for indicated in indicator.all("Indicated_TTP") { describe(indicated, in: &row) }
    try sink.take(row, term)
  }

  /// The malware and the technique that a TTP stands for.
  private func describe(_ holder: XMLElement, in row: inout FeedRow) {
    guard let named = holder.first("TTP") else { return }
    let ttp = named.attributes["idref"].flatMap { byID[$0] } ?? named
    for instance in ttp.descendant("Malware")?.children ?? [] {
      if let name = instance.first("Name")?.text ?? instance.first("Title")?.text { row.malware.append(name) }
    }
    if row.malware.isEmpty, let title = ttp.first("Title")?.text { row.tags.append("ttp:\(title)") }
  }

  // MARK: Conditions

  private func terms(ofIndicator indicator: XMLElement, depth: Int) -> TermTree? {
    guard depth < FeedLimits.depth else { return nil }
    if indicator.attributes["negate"] == "true" { return .unmatchable("NOT \(indicator.first("Title")?.text ?? "indicator")") }
    if let composite = indicator.first("Composite_Indicator_Expression") {
      let parts = composite.all("Indicator").compactMap { part in
        terms(ofIndicator: part.attributes["idref"].flatMap { byID[$0] } ?? part, depth: depth + 1)
      }
      return joined(parts, composite)
    }
    return joined(indicator.all("Observable").compactMap { terms(ofObservable: $0, depth: depth + 1) }, nil)
  }

  private func joined(_ parts: [TermTree], _ composite: XMLElement?) -> TermTree? {
    if parts.isEmpty { return nil }
    return composite?.attributes["operator"]?.uppercased() == "AND" ? .all(parts) : .any(parts)
  }

  private func terms(ofObservable observable: XMLElement, depth: Int) -> TermTree? {
    guard depth < FeedLimits.depth else { return nil }
    if let reference = observable.attributes["idref"] {
      return byID[reference].flatMap { terms(ofObservable: $0, depth: depth + 1) }
    }
    if observable.attributes["negate"] == "true" { return .unmatchable("NOT an observable") }
    if let composition = observable.first("Observable_Composition") {
      return joined(composition.all("Observable").compactMap { terms(ofObservable: $0, depth: depth + 1) }, composition)
    }
    guard let object = observable.first("Object") else { return nil }
    let target = object.attributes["idref"].flatMap { byID[$0] } ?? object
    return target.first("Properties").flatMap(STIX1Observable.terms)
  }
}
