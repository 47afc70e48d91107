public import Indicators

/// A form in which the normalised set feeds other sensors: a header, a line or block an indicator, a footer.
///
/// Writers are streams: a set of millions is never held whole. An indicator that a form cannot say gives nil and is counted by the
/// caller, never written wrongly.
public protocol InterchangeFormat {
  /// Text before the first indicator, with its line end; may be empty.
  var header: String { get }
  /// The indicator in this form, with its line end; nil when the form has no word for its type.
  mutating func text(for indicator: Indicator) -> String?
  /// Text after the last indicator.
  var footer: String { get }
}

/// The forms by the names of `ukai indicators export --as`.
public enum InterchangeForm: String, CaseIterable, Sendable {
  case zeekIntel = "zeek-intel"
  case suricata, stix, csv, misp, plain, hosts, rpz

  /// A writer of this form; `now` dates what has to be dated.
  public func writer(now: Timestamp) -> any InterchangeFormat {
    switch self {
    case .zeekIntel: ZeekIntelFormat()
    case .suricata: SuricataFormat()
    case .stix: STIXIndicatorFormat(now: now)
    case .csv: IndicatorCSVFormat()
    case .misp: MISPEventFormat(now: now)
    case .plain: PlainListFormat()
    case .hosts: HostsFormat()
    case .rpz: ResponsePolicyZoneFormat(now: now)
    }
  }
}

extension InterchangeFormat {
  public var header: String { "" }
  public var footer: String { "" }
}

/// One value a line: what every tool can read.
struct PlainListFormat: InterchangeFormat {
  func text(for indicator: Indicator) -> String? {
    // A value with a line end in it (a file name may have one) would become two values.
    indicator.value.unicodeScalars.contains { $0.value < 0x20 } ? nil : indicator.value + "\n"
  }
}

extension Indicator {
  /// The names of its actors, resolved ones by their primary name, for a free-text field.
  var actorNames: [String] { Set(actors.map { $0.name ?? $0.raw }).sorted() }

  /// What it is said to be, in one line: actors, malware, tags.
  var summary: String { (actorNames + malware + tags).joined(separator: ", ") }
}
