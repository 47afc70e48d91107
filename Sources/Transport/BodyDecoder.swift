internal import CCurl

/// Undoes the content coding of a body, piece by piece, and refuses what is damaged or goes on after its end.
///
/// We decode ourselves instead of letting libcurl do it, so that both sides can be counted: bytes on the wire as they come,
/// decoded bytes as they are made. libcurl 7.88 bounds neither.
///
/// Safe to use: the zlib stream and the output buffer live and die with it, and input pointers are used within one call only.
@safe package final class BodyDecoder {
  package enum Coding: Equatable {
    case identity, gzip
    /// HTTP's `deflate` is zlib's format (RFC 9110 section 8.4.1.2); some servers send bare deflate.
    case deflate
  }

  package struct Failure: Error {
    package let message: String
  }

  private let coding: Coding
  private var stream = unsafe z_stream()
  private var isOpen = false
  private var memberEnded = false
  private var sawInput = false
  private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

  package init(_ coding: Coding) { self.coding = coding }

  deinit {
    if isOpen { unsafe inflateEnd(&stream) }
    unsafe output.deallocate()
  }

  /// Decodes `input` and hands the result on in pieces of at most 64 KiB; the receiver may throw to stop.
  package func decode<E: Error>(_ input: UnsafeRawBufferPointer, into sink: (UnsafeRawBufferPointer) throws(E) -> Void) throws(E) -> Failure? {
    guard coding != .identity else {
      unsafe try sink(input)
      return nil
    }
    guard let first = unsafe input.first, let base = input.baseAddress else { return nil }
    if !isOpen, let failure = start(firstByte: first) { return failure }
    sawInput = true
    unsafe stream.next_in = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
    unsafe stream.avail_in = UInt32(clamping: input.count)
    while unsafe stream.avail_in > 0 || !memberEnded {
      if memberEnded {
        // Zeros fill the last block up, as gzip itself allows.
        if coding == .gzip, unsafe UnsafeBufferPointer(start: stream.next_in, count: Int(stream.avail_in)).allSatisfy({ $0 == 0 }) { return nil }
        // RFC 1952: a gzip file may be several members in a row. Anything else behind the end is not ours to guess.
        guard coding == .gzip, unsafe stream.next_in.pointee == 0x1f, unsafe inflateReset(&stream) == Z_OK else {
          return Failure(message: "bytes after the end of the \(name) data")
        }
        memberEnded = false
      }
      unsafe stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      unsafe stream.avail_out = UInt32(output.count)
      let status = unsafe inflate(&stream, Z_NO_FLUSH)
      let made = unsafe output.count - Int(stream.avail_out)
      if made > 0 { try unsafe sink(UnsafeRawBufferPointer(rebasing: output[..<made])) }
      switch status {
      case Z_STREAM_END: memberEnded = true
      case Z_OK: break
      case Z_BUF_ERROR where made == 0: return nil  // needs more input
      case Z_BUF_ERROR: break
      default: return Failure(message: "the \(name) data are damaged")
      }
    }
    return nil
  }

  /// nil when the data ended where they should.
  package func end() -> Failure? {
    coding == .identity || !sawInput || memberEnded ? nil : Failure(message: "the \(name) data are cut off")
  }

  private var name: String { coding == .gzip ? "gzip" : "deflate" }

  private func start(firstByte: UInt8) -> Failure? {
    // A zlib header begins with a byte whose low four bits are 8 (method) and whose high four are at most 7 (window).
    let isZlib = firstByte & 0x0f == 8 && firstByte >> 4 <= 7
    let windowBits: Int32 = coding == .gzip ? 15 + 16 : isZlib ? 15 : -15
    guard unsafe ukai_inflate_init(&stream, windowBits) == Z_OK else { return Failure(message: "no memory to decode") }
    isOpen = true
    return nil
  }
}
