internal import Glibc
import Indicators
public import Transport

/// Sends messages to a syslog receiver over UDP (RFC 5426), over TCP with octet counting (RFC 6587) or over TLS (RFC 5425).
///
/// Plain syslog has no acknowledgement. Over TCP and TLS a batch counts as delivered when the receiver's system has acknowledged its last
/// byte and the connection still stands; over UDP when our system took it. The alert's id in the structured data lets a receiver drop
/// what a crash made twice.
public struct SyslogWriter: DestinationWriter {
  public let batchLimit = 200
  /// RFC 5426: what a UDP datagram can hold at most over IPv4.
  private static let longestDatagram = 65_507
  private static let timeout: Double = 10

  private let address: Destination.SyslogAddress
  private let isBare: Bool
  private let tls: TLSOptions
  private var connection: Connection?

  private enum Connection {
    case socket(Int32)
    case tls(TLSStream)
  }

  /// - Parameter isBare: the format makes whole syslog messages already; else each record rides as the text of one.
  public init(_ address: Destination.SyslogAddress, isBare: Bool, tls: TLSOptions = TLSOptions()) {
    self.address = address
    self.isBare = isBare
    self.tls = tls
  }

  public mutating func send(_ records: [ExportRecord], as format: any AlertFormat) -> DeliveryOutcome {
    var outcome = DeliveryOutcome.all(.unsettled, of: records.count)
    do throws(DeliveryFailure) {
      let connection: Connection
      if let open = self.connection { connection = open } else { connection = try connect() }
      self.connection = connection
      for (index, record) in records.enumerated() {
        let text = format.encode(record)
        let message = Array((isBare ? text : SyslogMessageFormat.envelope(record, payload: text)).utf8)
        if address.carrier == .udp {
          if message.count > Self.longestDatagram {
            outcome.results[index] = .refused("\(message.count) bytes are too many for UDP")
            continue
          }
          try write(message, to: connection)
          outcome.results[index] = .delivered
        } else {
          try write(Array("\(message.count) ".utf8) + message, to: connection)
        }
      }
      if address.carrier != .udp {
        try awaitAcknowledgement(connection)
        outcome = .all(.delivered, of: records.count)
      }
    } catch {
      close()
      outcome.failure = error.failure
    }
    return outcome
  }

  public mutating func finish() -> DeliveryOutcome.Failure? {
    if case .socket(let descriptor)? = connection, address.carrier == .tcp {
      // All that was sent has been read when the other side answers our end with its own.
      _ = shutdown(descriptor, Int32(SHUT_WR))
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&poller, 1, 2_000)
    }
    close()
    return nil
  }

  private mutating func close() {
    if case .socket(let descriptor)? = connection { _ = Glibc.close(descriptor) }
    connection = nil
  }

  private struct DeliveryFailure: Error {
    var failure: DeliveryOutcome.Failure
  }

  private func failure(_ what: String, _ exit: DeliveryOutcome.ExitClass = .unavailable) -> DeliveryFailure {
    DeliveryFailure(
      failure: DeliveryOutcome.Failure(
        Diagnostic(
          .error, code: "export.syslog", "\(address.host):\(address.port): \(what)",
          hint: "nothing is lost: the next export sends what is missing"), exit))
  }

  private func failure(_ error: TransportError) -> DeliveryFailure {
    switch error.code {
    case .protocolError: failure(error.message, .protocolError)
    case .configuration: failure(error.message, .configuration)
    default: failure(error.message)
    }
  }

  private func connect() throws(DeliveryFailure) -> Connection {
    if address.carrier == .tls {
      do throws(TransportError) {
        return .tls(try TLSStream(host: address.host, port: address.port, tls: tls, timeout: Self.timeout))
      } catch {
        throw failure(error)
      }
    }
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = address.carrier == .udp ? Int32(SOCK_DGRAM.rawValue) : Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = unsafe getaddrinfo(address.host, String(address.port), &hints, &list)
    guard code == 0 else { throw unsafe failure(String(cString: gai_strerror(code))) }
    defer { unsafe freeaddrinfo(list) }
    var last = "no address"
    var candidate = unsafe list
    while let entry = unsafe candidate {
      let socket = unsafe socket(entry.pointee.ai_family, entry.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), entry.pointee.ai_protocol)
      if socket >= 0 {
        // On Linux the limit for sending holds for connecting too.
        var limit = timeval(tv_sec: Int(Self.timeout), tv_usec: 0)
        _ = unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if unsafe Glibc.connect(socket, entry.pointee.ai_addr, entry.pointee.ai_addrlen) == 0 { return .socket(socket) }
        last = unsafe String(cString: strerror(errno))
        _ = Glibc.close(socket)
      }
      unsafe candidate = entry.pointee.ai_next
    }
    throw failure(last)
  }

  private func write(_ bytes: [UInt8], to connection: Connection) throws(DeliveryFailure) {
    let descriptor: Int32
    switch connection {
    case .tls(let stream):
      do throws(TransportError) { return try stream.write(bytes) } catch { throw failure(error) }
    case .socket(let socket): descriptor = socket
    }
    var done = 0
    while done < bytes.count {
      let sent = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done, Int32(MSG_NOSIGNAL)) }
      if sent < 0 {
        if errno == EINTR { continue }
        throw unsafe failure(String(cString: strerror(errno)))
      }
      done += sent
    }
  }

  private func awaitAcknowledgement(_ connection: Connection) throws(DeliveryFailure) {
    switch connection {
    case .tls(let stream):
      do throws(TransportError) { try stream.awaitAcknowledgement() } catch { throw failure(error) }
    case .socket(let descriptor):
      guard SentBytes.areAcknowledged(descriptor, seconds: Self.timeout) else { throw failure("the receiver does not acknowledge what was sent") }
      // A receiver that closed the connection may not have read what came last.
      if Self.isClosedByPeer(descriptor) { throw failure("the receiver closed the connection") }
    }
  }

  private static func isClosedByPeer(_ descriptor: Int32) -> Bool {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&poller, 1, 0) > 0 else { return false }
    if poller.revents & Int16(POLLERR | POLLHUP) != 0 { return true }
    var byte: UInt8 = 0
    return unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
  }
}
