public import Indicators
public import Matching

/// An alert on its way out.
public struct ExportRecord: Sendable {
  public var alert: Alert
  /// Grows when the alert's status or severity changes; 1 when it is new.
  public var version: Int
  /// The destination has not had this alert before.
  public var isFirst: Bool
  /// When it is exported.
  public var exportedAt: Timestamp

  public init(alert: Alert, version: Int = 1, isFirst: Bool = true, exportedAt: Timestamp) {
    self.alert = alert
    self.version = version
    self.isFirst = isFirst
    self.exportedAt = exportedAt
  }
}

/// One form in which a SIEM takes alerts. A record is one line (or one block of lines) that no text in it can break.
public protocol AlertFormat: Sendable {
  /// Bytes before the first record of a file or a standard output; may be empty.
  var header: String { get }
  /// The record, without a line end.
  func encode(_ record: ExportRecord) -> String
  /// The body's type when it is posted.
  var contentType: String { get }
}

extension AlertFormat {
  public var header: String { "" }
  public var contentType: String { "application/x-ndjson" }
}

/// The formats by the names of `ukai export --as`.
public enum AlertForm: String, CaseIterable, Sendable {
  case jsonl, ecs, bulk, ocsf, cef, leef, stix, hec, csv, syslog

  public var format: any AlertFormat {
    switch self {
    case .jsonl: JSONLinesAlertFormat()
    case .ecs: ECSFormat()
    case .bulk: ElasticsearchBulkFormat()
    case .ocsf: OCSFFormat()
    case .cef: CEFFormat()
    case .leef: LEEFFormat()
    case .stix: STIXAlertFormat()
    case .hec: SplunkHECFormat()
    case .csv: AlertCSVFormat()
    case .syslog: SyslogMessageFormat()
    }
  }
}

/// Who speaks, in every format.
enum Product {
  static let vendor = "Ukai"
  static let name = "ukai"
  static let version = "0.1.0"
}
