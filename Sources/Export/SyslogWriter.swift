internal import Glibc
public import Indicators

/// Sends messages to a syslog receiver over UDP, or over TCP with octet counting (RFC 6587).
///
/// Plain syslog has no acknowledgement: what the kernel took and the receiver did not close upon counts as delivered. The alert's id in
/// the structured data lets a receiver drop what a crash made twice.
public struct SyslogWriter: DestinationWriter {
  public let batchLimit = 200
  private let address: Destination.SyslogAddress
  private let isBare: Bool
  private var descriptor: Int32 = -1

  /// - Parameter isBare: the format makes whole syslog messages already; else each record rides as the text of one.
  public init(_ address: Destination.SyslogAddress, isBare: Bool) {
    self.address = address
    self.isBare = isBare
  }

  public mutating func send(_ records: [ExportRecord], as format: any AlertFormat) -> DeliveryOutcome {
    if descriptor < 0, let failure = connect() { return .failed(failure, .unavailable) }
    for record in records {
      let text = format.encode(record)
      let message = Array((isBare ? text : SyslogMessageFormat.envelope(record, payload: text)).utf8)
      let frame = address.carrier == .udp ? message : Array("\(message.count) ".utf8) + message
      if let failure = write(frame) {
        close()
        return .failed(failure, .unavailable)
      }
    }
    // A receiver that closed the connection has not taken what came after.
    if address.carrier != .udp, isClosedByPeer {
      close()
      return .failed(failure("the receiver closed the connection"), .unavailable)
    }
    return .settled(Array(repeating: .delivered, count: records.count))
  }

  public mutating func finish() -> Diagnostic? {
    guard descriptor >= 0 else { return nil }
    if address.carrier == .tcp {
      // All that was sent has reached the other side when it answers our end with its own.
      _ = shutdown(descriptor, Int32(SHUT_WR))
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&poller, 1, 2_000)
    }
    close()
    return nil
  }

  private mutating func close() {
    _ = Glibc.close(descriptor)
    descriptor = -1
  }

  private func failure(_ what: String) -> Diagnostic {
    Diagnostic(
      .error, code: "export.syslog", "\(address.host):\(address.port): \(what)", hint: "nothing is lost: the next export sends what is missing")
  }

  private mutating func connect() -> Diagnostic? {
    var hints = addrinfo()
    hints.ai_socktype = address.carrier == .udp ? Int32(SOCK_DGRAM.rawValue) : Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = unsafe getaddrinfo(address.host, String(address.port), &hints, &list)
    guard code == 0 else { return unsafe failure(String(cString: gai_strerror(code))) }
    defer { unsafe freeaddrinfo(list) }
    var last = "no address"
    var candidate = unsafe list
    while let entry = unsafe candidate {
      let socket = unsafe socket(entry.pointee.ai_family, entry.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), entry.pointee.ai_protocol)
      if socket >= 0 {
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        _ = unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if unsafe Glibc.connect(socket, entry.pointee.ai_addr, entry.pointee.ai_addrlen) == 0 {
          descriptor = socket
          return nil
        }
        last = unsafe String(cString: strerror(errno))
        _ = Glibc.close(socket)
      }
      unsafe candidate = entry.pointee.ai_next
    }
    return failure(last)
  }

  private func write(_ bytes: [UInt8]) -> Diagnostic? {
    var done = 0
    while done < bytes.count {
      let sent = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done, Int32(MSG_NOSIGNAL)) }
      if sent < 0 {
        if errno == EINTR { continue }
        return unsafe failure(String(cString: strerror(errno)))
      }
      done += sent
    }
    return nil
  }

  private var isClosedByPeer: Bool {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&poller, 1, 0) > 0 else { return false }
    if poller.revents & Int16(POLLERR | POLLHUP) != 0 { return true }
    var byte: UInt8 = 0
    return unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
  }
}
