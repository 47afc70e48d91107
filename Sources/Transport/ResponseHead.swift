internal import CCurl
internal import Indicators

/// The status line and header fields of an answer, read line by line as libcurl hands them over. Interim answers (1xx) are
/// forgotten when the next one begins; fields behind a chunked body (trailers) are not ours to believe.
struct ResponseHead {
  /// All header lines of one answer together; libcurl itself refuses a single line above 100 KiB.
  static let longestHead = 256 << 10

  private(set) var status = 0
  private(set) var fields: [HTTPHeader] = []
  private(set) var isComplete = false
  private var bytes = 0

  enum Event: Equatable { case more, complete, tooLong, malformed }

  mutating func read(line raw: UnsafeRawBufferPointer) -> Event {
    bytes += raw.count
    if bytes > Self.longestHead { return .tooLong }
    var line = unsafe Array(raw)
    while let last = line.last, last == 0x0a || last == 0x0d { line.removeLast() }
    if line.starts(with: Array("HTTP/".utf8)) {
      let words = line.split(separator: 0x20, maxSplits: 2)
      guard words.count >= 2, words[1].count == 3, let number = Int(String(decoding: words[1], as: UTF8.self)), number >= 100
      else { return .malformed }
      let total = bytes
      self = ResponseHead()
      bytes = total
      status = number
      return .more
    }
    if isComplete { return .more }
    if line.isEmpty {
      isComplete = status >= 200
      return isComplete ? .complete : .more
    }
    if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
      let name = String(decoding: line[..<colon], as: UTF8.self)
      let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
      fields.append(HTTPHeader(name: name, value: String(decoding: value, as: UTF8.self).trimmingTrailingBlanks()))
    }
    return .more
  }

  func values(_ name: String) -> [String] {
    let lower = name.lowercased()
    return fields.filter { $0.name.lowercased() == lower }.map(\.value)
  }

  func value(_ name: String) -> String? { values(name).first }

  /// The length of the body that the answer declares. Two different ones, or one that is no number, are an attack or a
  /// broken server: nil inside the result says so.
  var contentLength: Int64?? {
    let lengths = Set(values("content-length").flatMap { $0.split(separator: ",").map { $0.filter { $0 != " " } } })
    guard let first = lengths.first else { return .some(.none) }
    guard lengths.count == 1, first.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let length = Int64(first) else { return .none }
    return .some(length)
  }

  /// Content codings in the order in which they were applied, without `identity`.
  var codings: [String] {
    values("content-encoding").flatMap { $0.split(separator: ",") }
      .map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
      .filter { !$0.isEmpty && $0 != "identity" }
  }

  /// A validator that may be stored and sent back: at most 1 KiB of visible ASCII (blanks are part of dates).
  func validator(_ name: String) -> String? {
    guard let value = value(name), !value.isEmpty, value.utf8.count <= 1_024, value.utf8.allSatisfy({ 0x20...0x7e ~= $0 }) else {
      return nil
    }
    return value
  }

  /// Seconds of `Retry-After`, as a number or as a date (RFC 9110 section 10.2.3), at most an hour; nil for none and for nonsense.
  func retryAfter(now: Timestamp) -> Int? {
    guard let text = value("retry-after"), !text.isEmpty, text.utf8.count <= 64 else { return nil }
    if text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) {
      return Int(text).map { min($0, RetrySchedule.longestRetryAfter) } ?? RetrySchedule.longestRetryAfter
    }
    guard text.utf8.first.map({ 0x41...0x5a ~= $0 }) == true else { return nil }
    let date = unsafe curl_getdate(text, nil)
    guard date >= 0 else { return nil }
    let (wait, overflow) = Int64(date).subtractingReportingOverflow(now.seconds)
    return overflow ? nil : Int(max(0, min(wait, Int64(RetrySchedule.longestRetryAfter))))
  }

  /// Seconds for which the answer is fresh: `max-age` less `Age`; nil when the server does not say or forbids storing.
  var freshFor: Int? {
    let directives = values("cache-control").flatMap { $0.split(separator: ",") }
      .map { $0.lowercased().filter { $0 != " " && $0 != "\"" } }
    if directives.contains(where: { ["no-store", "no-cache"].contains($0) }) { return nil }
    guard let maximum = directives.lazy.compactMap({ $0.hasPrefix("max-age=") ? Int($0.dropFirst(8)) : nil }).first, maximum > 0
    else { return nil }
    let age = value("age").flatMap { Int($0) } ?? 0
    return max(0, min(maximum, 1 << 31) - max(0, min(age, 1 << 31)))
  }
}

extension String {
  fileprivate func trimmingTrailingBlanks() -> String {
    var text = self[...]
    while let last = text.utf8.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
    return String(text)
  }
}
