public import Indicators

/// Why bytes did not get through. The text is safe to store and print: secrets have been taken out before it was made.
public struct TransportError: Error, Sendable, Equatable {
  /// What kind of failure it was; decides the exit status of the command and whether a new try may help.
  public enum Code: String, Sendable, CaseIterable {
    /// The remote side cannot be reached, does not answer in time or answers with an error status.
    case unavailable
    /// The remote side does not keep to HTTP or TLS, or leads where we do not go.
    case protocolError = "protocol"
    /// Bytes came, but a limit or rule refuses them.
    case refused
    /// A local file system error; nothing was changed.
    case inputOutput = "io"
    /// A local input does not exist.
    case missingInput = "missing"
    /// A local input may not be read, or a remote side refuses our credentials for delivery.
    case permission
    /// The request itself is wrong: an address or a certificate file that cannot be used.
    case configuration
    /// A signal asked the run to end.
    case cancelled

    /// The exit status of `sysexits.h` that the command ends with when nothing else succeeded.
    public var exitStatus: Int32 {
      switch self {
      case .unavailable, .cancelled: 69
      case .protocolError: 76
      case .refused: 65
      case .inputOutput: 74
      case .missingInput: 66
      case .permission: 77
      case .configuration: 78
      }
    }
  }

  public var code: Code
  /// A stable word for the exact cause, without the module's prefix: `redirect-downgrade`, `truncated`, `wire-cap`…
  public var reason: String
  public var message: String
  public var hint: String?
  /// The address it happened at, redacted.
  public var address: String?
  /// HTTP status of the last answer, when there was one.
  public var status: Int?
  /// Seconds the remote side asks us to wait, already limited to an hour.
  public var retryAfter: Int?
  /// Whether the same request may succeed a little later.
  public var isTransient: Bool

  public init(
    _ code: Code, reason: String, _ message: String, hint: String? = nil, address: String? = nil, status: Int? = nil,
    retryAfter: Int? = nil, isTransient: Bool = false
  ) {
    self.code = code
    self.reason = reason
    self.message = message
    self.hint = hint
    self.address = address
    self.status = status
    self.retryAfter = retryAfter
    self.isTransient = isTransient
  }

  /// The same as a diagnostic of `file` (a feed or destination as the user named it), with the code `transport.<reason>`.
  public func diagnostic(file: String? = nil) -> Diagnostic {
    let place = address.map { "\($0): " } ?? ""
    return Diagnostic(.error, code: "transport.\(reason)", place + message, hint: hint, file: file)
  }
}
