extension Timestamp {
  /// Reads the dates that feeds write: `2026-05-31`, `2026-05-31 12:34:56`, `…T12:34:56.789Z`, `… UTC`, `…+02:00`, and
  /// POSIX seconds or milliseconds with an optional fraction. A time without a zone is UTC. Years outside 1970–2100 are refused.
  public init?(parsing text: some StringProtocol) {
    let bytes = Array(text.utf8.drop { $0 == 0x20 })
    var reader = FieldReader(bytes: bytes)
    if let parsed = Self.posix(bytes) ?? reader.dateTime(), (1970...2100).contains(parsed.civilDate.year) {
      self = parsed
    } else {
      return nil
    }
  }

  /// POSIX seconds (9–10 digits), milliseconds (12–13) or microseconds (15–16), with an optional fraction of a second.
  private static func posix(_ bytes: [UInt8]) -> Timestamp? {
    guard bytes.count >= 9, bytes.prefix(9).allSatisfy({ 0x30...0x39 ~= $0 }), let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }),
      let whole = Int64(parts[0])
    else { return nil }
    switch parts[0].utf8.count {
    case 9...10:
      let fraction = parts.count == 2 ? Int64((parts[1] + "000000").prefix(6)) ?? 0 : 0
      return Timestamp(microseconds: whole * 1_000_000 + fraction)
    case 12...13: return Timestamp(microseconds: whole * 1_000)
    case 15...16: return Timestamp(microseconds: whole)
    default: return nil
    }
  }

  private struct FieldReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func digits(_ count: Int) -> Int? {
      guard position + count <= bytes.count else { return nil }
      var value = 0
      for index in position..<(position + count) {
        guard 0x30...0x39 ~= bytes[index] else { return nil }
        value = value * 10 + Int(bytes[index] - 0x30)
      }
      position += count
      return value
    }

    mutating func take(_ set: String) -> Bool {
      guard position < bytes.count, set.utf8.contains(bytes[position]) else { return false }
      position += 1
      return true
    }

    mutating func dateTime() -> Timestamp? {
      guard let year = digits(4), take("-/"), let month = digits(2), take("-/"), let day = digits(2) else { return nil }
      if position == bytes.count { return Timestamp(year: year, month: month, day: day) }
      guard take("Tt _") else { return nil }
      guard let hour = digits(2), take(":"), let minute = digits(2) else { return nil }
      var second = 0
      var microsecond = 0
      if take(":") {
        guard let value = digits(2) else { return nil }
        second = value
        if take(".,") {
          var scale = 100_000
          var any = false
          while let digit = digits(1) {
            microsecond += digit * scale
            scale /= 10
            any = true
          }
          if !any { return nil }
        }
      }
      guard let offset = zone() else { return nil }
      return Timestamp(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: microsecond,
        offsetMinutes: offset)
    }

    /// Minutes east of UTC; nil for a zone that is not understood.
    private mutating func zone() -> Int? {
      while take(" ") {}
      if position == bytes.count { return 0 }
      let rest = String(decoding: bytes[position...], as: UTF8.self).uppercased()
      if ["Z", "UTC", "GMT", "(UTC)"].contains(rest) { return 0 }
      let negative = bytes[position] == UInt8(ascii: "-")
      guard take("+-"), let hours = digits(2) else { return nil }
      _ = take(":")
      let minutes = position == bytes.count ? 0 : digits(2)
      guard let minutes, position == bytes.count, hours <= 14, minutes < 60 else { return nil }
      return (negative ? -1 : 1) * (hours * 60 + minutes)
    }
  }
}
