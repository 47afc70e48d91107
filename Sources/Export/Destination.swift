internal import Foundation
public import Indicators

/// Where alerts go. Known by what it is, so that its cursor survives a renamed configuration.
public struct Destination: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case standardOutput
    case file(String)
    case syslog(SyslogAddress)
    case http(String)
  }

  public struct SyslogAddress: Sendable, Hashable {
    public enum Carrier: String, Sendable { case udp, tcp, tls }
    public var carrier: Carrier
    public var host: String
    public var port: Int
  }

  public var kind: Kind
  /// Identity of its deliveries in the alert store.
  public var id: String

  /// Reads `-`, a path, `syslog+tcp://HOST:PORT` (udp, tls) or an `http(s)://` address.
  /// - Throws: `usage.destination`.
  public init(_ text: String) throws(Diagnostic) {
    if text == "-" {
      self.init(kind: .standardOutput, id: "-")
      return
    }
    for carrier in [SyslogAddress.Carrier.udp, .tcp, .tls] {
      let prefix = "syslog+\(carrier.rawValue)://"
      guard text.hasPrefix(prefix) else { continue }
      guard let (host, port) = Self.hostAndPort(text.dropFirst(prefix.count)) else {
        throw Diagnostic(.error, code: "usage.destination", "'\(text)' needs HOST:PORT", hint: "\(prefix)siem.example.org:6514")
      }
      self.init(kind: .syslog(SyslogAddress(carrier: carrier, host: host, port: port)), id: "\(prefix)\(host):\(port)")
      return
    }
    if text.hasPrefix("http://") || text.hasPrefix("https://") {
      if text.contains("@") {
        throw Diagnostic(
          .error, code: "usage.destination", "an address with a password in it",
          hint: "name the destination in Rules/destinations.yaml with auth: and ${env:NAME}")
      }
      self.init(kind: .http(text), id: text)
      return
    }
    if text.contains("://") {
      throw Diagnostic(
        .error, code: "usage.destination", "'\(text)' is no destination that ukai knows",
        hint: "-, a file, syslog+udp://, syslog+tcp://, syslog+tls://, http(s)://, or a name of Rules/destinations.yaml")
    }
    if text.isEmpty { throw Diagnostic(.error, code: "usage.destination", "the destination is empty") }
    let path = text.hasPrefix("/") ? text : FileManager.default.currentDirectoryPath + "/" + text
    self.init(kind: .file(path), id: "file:" + path)
  }

  public init(kind: Kind, id: String) {
    self.kind = kind
    self.id = id
  }

  private static func hostAndPort(_ text: Substring) -> (String, Int)? {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (1...65535).contains(port) else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return host.isEmpty || host.contains("/") ? nil : (String(host), port)
  }
}

/// How the delivery of a batch ended.
public struct DeliveryOutcome: Sendable {
  /// By position in the batch.
  public var results: [ItemResult]
  /// Why the run must end; what is not settled may succeed later.
  public var failure: Failure?

  public enum ItemResult: Sendable, Equatable {
    case delivered
    /// For good, with the reason.
    case refused(String)
    /// Tried, and to be tried again in a later run.
    case later
    /// Not tried, or nobody knows.
    case unsettled
  }

  public struct Failure: Sendable {
    public var diagnostic: Diagnostic
    public var exit: ExitClass
    /// Seconds that the remote side asks to be left alone.
    public var retryAfter: Int?

    public init(_ diagnostic: Diagnostic, _ exit: ExitClass, retryAfter: Int? = nil) {
      self.diagnostic = diagnostic
      self.exit = exit
      self.retryAfter = retryAfter
    }
  }

  /// All of a batch had the same end.
  public static func all(_ result: ItemResult, of count: Int) -> DeliveryOutcome {
    DeliveryOutcome(results: Array(repeating: result, count: count))
  }

  /// Nothing of a batch is known to be delivered.
  public static func failed(_ diagnostic: Diagnostic, _ exit: ExitClass, of count: Int) -> DeliveryOutcome {
    DeliveryOutcome(results: Array(repeating: .unsettled, count: count), failure: Failure(diagnostic, exit))
  }

  public enum ExitClass: Int32, Sendable {
    case unavailable = 69, inputOutput = 74, protocolError = 76, permission = 77, cannotCreate = 73, configuration = 78
  }
}

/// Takes encoded alerts to one place. What it calls delivered must be safe there.
public protocol DestinationWriter {
  /// Records that are sent at once, at most.
  var batchLimit: Int { get }
  mutating func send(_ records: [ExportRecord], as format: any AlertFormat) -> DeliveryOutcome
  mutating func finish() -> DeliveryOutcome.Failure?
}
