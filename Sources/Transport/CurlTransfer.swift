internal import CCurl
internal import Glibc

/// One request and its answer: a handle, the callbacks that libcurl calls for it, and what they learned. Confined to the thread
/// that drives it. The callbacks hold it unretained: whoever gives the handle to libcurl keeps the transfer until it is done.
final class CurlTransfer {
  /// What is done with the body of a 200.
  enum Destination {
    case spool(directory: String)
    /// Kept in memory up to so many bytes; the rest is dropped. For short replies.
    case memory(limit: Int)
  }

  let handle: CurlHandle
  let address: WebAddress
  private let destination: Destination
  private let limits: BodyLimits
  private let guardsAddresses: Bool
  private let allowPrivate: Bool

  private(set) var head = ResponseHead()
  private(set) var spool: BodySpool?
  private(set) var reply: [UInt8] = []
  private(set) var wireBytes: Int64 = 0
  /// What a callback found wrong; outranks libcurl's own word.
  private(set) var failure: TransportError?
  /// The body of a redirect or an error page was long enough: the transfer was ended by us, and its status still counts.
  private(set) var stoppedReading = false
  private(set) var refusedPurpose: AddressGuard.Purpose?
  private var connectedSomewhere = false
  private(set) var excessBytes = false
  private var decoder: BodyDecoder?
  private var decodedBytes: Int64 = 0
  private var discarded = 0

  init(
    address: WebAddress, destination: Destination, limits: BodyLimits, guardsAddresses: Bool, allowPrivate: Bool
  ) throws(TransportError) {
    handle = try CurlHandle()
    self.address = address
    self.destination = destination
    self.limits = limits
    self.guardsAddresses = guardsAddresses
    self.allowPrivate = allowPrivate
    handle.set(CURLOPT_URL, address.text)
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    _ = unsafe ukai_curl_set_header(handle.raw, Self.receiveHeader, context)
    _ = unsafe ukai_curl_set_write(handle.raw, Self.receiveBody, context)
    _ = unsafe ukai_curl_set_open_socket(handle.raw, Self.openSocket, context)
    _ = unsafe ukai_curl_set_debug(handle.raw, Self.listen, context)
  }

  /// Whether every address that the name led to was refused.
  var wasRefusedByGuard: Bool { refusedPurpose != nil && !connectedSomewhere }

  /// The end of the body: decoded to the end, synced and hashed.
  func finishBody() throws(TransportError) -> (spool: BodySpool, sha256: String) {
    if let failure = decoder?.end() { throw TransportError(.refused, reason: "damaged-encoding", failure.message, isTransient: true) }
    guard let spool else { throw TransportError(.protocolError, reason: "no-answer", "the answer has no head") }
    return (spool, try spool.finish())
  }

  // MARK: Callbacks

  private static let receiveHeader: ukai_curl_data_function = { bytes, size, count, context in
    guard let context = unsafe context, let bytes = unsafe bytes else { return 0 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer.readHeader(line) ? line.count : 0
  }

  private static let receiveBody: ukai_curl_data_function = { bytes, size, count, context in
    guard let context = unsafe context, let bytes = unsafe bytes else { return 0 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer.readBody(piece) ? piece.count : 0
  }

  private static let openSocket: ukai_curl_socket_function = { context, _, address in
    guard let context = unsafe context, let address = unsafe address else { return -1 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    let family = unsafe address.pointee.family
    let length = unsafe Int(address.pointee.addrlen)
    let bytes = unsafe UnsafeRawBufferPointer(start: ukai_curl_address(address), count: length)
    guard unsafe transfer.allows(family: family, socketAddress: bytes) else { return -1 }
    return unsafe socket(family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.`protocol`)
  }

  /// libcurl says only here that a server sent more than it had declared, which means that the declared part is no whole body.
  private static let listen: ukai_curl_debug_function = { _, kind, text, count, context in
    guard kind == CURLINFO_TEXT, let context = unsafe context, let text = unsafe text else { return 0 }
    let line = unsafe UnsafeRawBufferPointer(start: text, count: count)
    if unsafe line.starts(with: "Excess found".utf8) {
      unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().excessBytes = true
    }
    return 0
  }

  private func allows(family: Int32, socketAddress bytes: UnsafeRawBufferPointer) -> Bool {
    if !guardsAddresses { return true }
    var purpose = AddressGuard.Purpose.reserved
    if family == AF_INET, bytes.count >= 8 {
      purpose = unsafe AddressGuard.purpose(ipv4: bytes[4..<8].reduce(0) { $0 << 8 | UInt32($1) })
    } else if family == AF_INET6, bytes.count >= 24 {
      purpose = unsafe AddressGuard.purpose(ipv6: Array(bytes[8..<24]))
    }
    if AddressGuard.allows(purpose, allowPrivate: allowPrivate) {
      connectedSomewhere = true
      return true
    }
    refusedPurpose = purpose
    return false
  }

  private func readHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    switch unsafe head.read(line: line) {
    case .more: return true
    case .tooLong: return fail(.protocolError, "header-cap", "the header is longer than \(ResponseHead.longestHead) bytes")
    case .malformed: return fail(.protocolError, "status-line", "the status line cannot be read")
    case .complete:
      if case .spool(let directory) = destination, head.status == 200 { return beginBody(in: directory) }
      return true
    }
  }

  private func beginBody(in directory: String) -> Bool {
    guard let length = head.contentLength else {
      return fail(.refused, "content-length", "the answer declares more than one length, or none that is a number")
    }
    if let length, length > limits.wireBytes {
      return fail(.refused, "wire-cap", "the body is \(length) bytes, more than the \(limits.wireBytes) allowed")
    }
    let codings = head.codings
    guard codings.count <= 1 else {
      return fail(.refused, "encoding-layers", "the body is encoded \(codings.count) times (\(codings.prefix(3).joined(separator: ", "))…)")
    }
    switch codings.first {
    case nil: decoder = BodyDecoder(.identity)
    case "gzip", "x-gzip": decoder = BodyDecoder(.gzip)
    case "deflate": decoder = BodyDecoder(.deflate)
    case let other?:
      return fail(.refused, "encoding", "the body is encoded as '\(other.prefix(20))', which was not asked for")
    }
    do {
      spool = try BodySpool(directory: directory)
      return true
    } catch {
      failure = error
      return false
    }
  }

  private func readBody(_ piece: UnsafeRawBufferPointer) -> Bool {
    wireBytes += Int64(piece.count)
    if case .memory(let limit) = destination {
      unsafe reply.append(contentsOf: piece.prefix(max(0, limit - reply.count)))
      discarded += piece.count
      stoppedReading = discarded > limit
      return !stoppedReading
    }
    guard head.status == 200, let decoder, let spool else {
      // Of redirects and error pages nothing is read; a little is taken off the wire so that the end can be seen.
      discarded += piece.count
      stoppedReading = discarded > 64 << 10
      return !stoppedReading
    }
    if wireBytes > limits.wireBytes {
      return fail(.refused, "wire-cap", "the body is longer than the \(limits.wireBytes) bytes allowed")
    }
    do throws(TransportError) {
      let damage = unsafe try decoder.decode(piece) { (decoded: UnsafeRawBufferPointer) throws(TransportError) in
        try self.count(decoded.count)
        try unsafe spool.write(decoded)
      }
      if let damage { return fail(.refused, "damaged-encoding", damage.message) }
      return true
    } catch {
      failure = error
      return false
    }
  }

  private func count(_ bytes: Int) throws(TransportError) {
    decodedBytes += Int64(bytes)
    if decodedBytes > limits.decodedBytes {
      throw TransportError(.refused, reason: "decoded-cap", "the body decodes to more than the \(limits.decodedBytes) bytes allowed")
    }
    if decodedBytes > limits.ratioFrom, decodedBytes / max(1, limits.ratio) > wireBytes {
      throw TransportError(
        .refused, reason: "decoded-ratio", "the body grows more than \(limits.ratio) times when decoded: a decompression bomb")
    }
  }

  private func fail(_ code: TransportError.Code, _ reason: String, _ message: String) -> Bool {
    failure = TransportError(code, reason: reason, message)
    return false
  }
}
