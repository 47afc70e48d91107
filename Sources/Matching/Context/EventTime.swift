internal import Indicators
internal import Rules

/// Reads the times that logs write. A time without a zone is UTC; one without a year is the last such moment before the reference.
enum EventTime {
  /// The moment that `text` names as a whole; nil when it is no time that is known.
  static func read(_ text: String, reference: Timestamp) -> Timestamp? {
    if let time = Timestamp(parsing: text) { return time }
    let bytes = Array(text.utf8)
    if let time = nanoseconds(bytes) ?? apache(bytes) ?? snort(bytes, reference: reference) ?? joined(bytes) ?? dashed(bytes) { return time }
    if let (time, end) = named(bytes, from: 0, reference: reference), end == bytes.count { return time }
    guard let space = bytes.lastIndex(of: LineText.space), space >= 8, bytes.count <= 64 else { return nil }
    return read(LineText.string(bytes[..<space]), reference: reference).flatMap { suffixed($0, behind: bytes[..<space], bytes[(space + 1)...]) ?? nil }
  }

  /// A time that was read without the word behind it, as that word changes it: a zone (then it may be unknown), `AM` or `PM`. Nil when the word says
  /// nothing of the time.
  private static func suffixed(_ time: Timestamp, behind text: ArraySlice<UInt8>, _ word: ArraySlice<UInt8>) -> Timestamp?? {
    let word = word.last.map { ",:;".utf8.contains($0) } ?? false ? word.dropLast() : word
    if let half = DayHalf(word) { return .some(time.adding(seconds: Int64(half.shift(of: Int(time.seconds % 86_400) / 3600)) * 3600)) }
    switch ZoneName(word) {
    case nil: return nil
    case .ambiguous?: return .some(nil)
    case .minutes(let minutes)?:
      // `+0000 UTC`: the zone was read already.
      let last = text.lastIndex(of: LineText.space).map { text[($0 + 1)...] } ?? []
      return .some([0x2B, 0x2D].contains(last.first) && ZoneName(last) != nil ? time : time.adding(seconds: Int64(-minutes * 60)))
    }
  }

  /// The same for a text that may lack its zone: then it is `zoneMinutes` east of UTC.
  static func read(_ text: String, reference: Timestamp, zoneMinutes: Int) -> Timestamp? {
    TimePattern("iso8601")?.read(text, zoneMinutes: zoneMinutes, reference: reference) ?? read(text, reference: reference)
  }

  /// `2009-11-18+09:00:03.914398` (Argus), and a date with slashes before a time.
  private static func joined(_ bytes: [UInt8]) -> Timestamp? {
    guard bytes.count >= 19, bytes[10] == UInt8(ascii: "+") || bytes[10] == UInt8(ascii: ":"), bytes[4] == UInt8(ascii: "-") else { return nil }
    var text = bytes
    text[10] = 0x20
    return Timestamp(parsing: LineText.string(text))
  }

  private static let dashedPatterns = [TimePattern("DD-MMM-YYYY hh:mm:ss.fff"), TimePattern("DD-MMM-YYYY hh:mm:ss")]

  /// `20-Nov-2026 10:00:00.123` (BIND)
  private static func dashed(_ bytes: [UInt8]) -> Timestamp? {
    guard (20...28).contains(bytes.count), bytes[2] == UInt8(ascii: "-"), bytes[6] == UInt8(ascii: "-") else { return nil }
    return dashedPatterns.lazy.compactMap { $0?.read(LineText.string(bytes), zoneMinutes: 0, reference: Timestamp(seconds: 0)) }.first
  }

  /// The time that stands at `start` of a line, and where it ends; the time is nil when its zone may be one of several.
  static func prefix(of line: [UInt8], from start: Int = 0, reference: Timestamp) -> (time: Timestamp?, end: Int)? {
    guard start < line.count else { return nil }
    if LineText.isDigit(line[start]) {
      let words = LineText.words(line, from: start, limit: 3, quotes: false)
      // `2026-05-31 14:34:56,789 +0200 …`
      if words.count == 3, let zone = trimmed(line, words[2]), TimePattern.zone(zone.text.utf8) != nil,
        let all = trimmed(line, words[0].lowerBound..<words[2].upperBound), all.text.contains(":"), let time = read(all.text, reference: reference)
      {
        return (time, all.end)
      }
      // `2026-05-31 14:34:56.789 CEST …`, `2026-05-31 02:34:56 PM …`, `2026-05-31T14:34:56 CEST …`
      for last in words.indices.dropFirst() {
        if let before = trimmed(line, words[0].lowerBound..<words[last - 1].upperBound), before.text.contains(":"),
          let time = read(before.text, reference: reference), let word = trimmed(line, words[last]),
          let changed = suffixed(time, behind: line[words[0].lowerBound..<before.end], line[words[last].lowerBound..<word.end])
        {
          return (changed, word.end)
        }
      }
      // `2026-05-31 12:34:56,789 …` and `2026-05-31T12:34:56.789Z …`
      if words.count >= 2, let both = trimmed(line, words[0].lowerBound..<words[1].upperBound),
        let time = read(both.text, reference: reference), both.text.contains(":")
      {
        return (time, both.end)
      }
      if let word = words.first, let one = trimmed(line, word), let time = read(one.text, reference: reference) { return (time, one.end) }
      return nil
    }
    return named(line, from: start, reference: reference)
  }

  /// The text of `range` without punctuation behind it, and nothing behind a bar.
  private static func trimmed(_ line: [UInt8], _ range: Range<Int>) -> (text: String, end: Int)? {
    var end = line[range].firstIndex(of: UInt8(ascii: "|")) ?? range.upperBound
    while end > range.lowerBound, [0x3A, 0x2C, 0x3B, 0x5D, 0x29, 0x7C].contains(line[end - 1]) { end -= 1 }
    guard end - range.lowerBound <= 48 else { return nil }
    return (LineText.string(line[range.lowerBound..<end]), end)
  }

  /// 19 digits: nanoseconds since 1970.
  private static func nanoseconds(_ bytes: [UInt8]) -> Timestamp? {
    guard bytes.count == 19, bytes.allSatisfy(LineText.isDigit), let value = Int64(LineText.string(bytes)) else { return nil }
    return Timestamp(microseconds: value / 1000)
  }

  private static let apachePattern = TimePattern("DD/MMM/YYYY:hh:mm:ss ZZ")
  private static let apacheFraction = TimePattern("DD/MMM/YYYY:hh:mm:ss.fff")
  private static let apacheBare = TimePattern("DD/MMM/YYYY:hh:mm:ss")

  /// `10/Oct/2000:13:55:36 -0700`
  private static func apache(_ bytes: [UInt8]) -> Timestamp? {
    guard bytes.count >= 20, bytes.count <= 32, bytes[2] == UInt8(ascii: "/") || bytes[1] == UInt8(ascii: "/") else { return nil }
    let text = LineText.string(bytes)
    for pattern in [apachePattern, apacheFraction, apacheBare] {
      if let time = pattern?.read(text, zoneMinutes: 0, reference: Timestamp(seconds: 0)) { return time }
    }
    return nil
  }

  private static let snortPatterns = [TimePattern("MM/DD-hh:mm:ss.fff"), TimePattern("MM/DD/YY-hh:mm:ss.fff")]

  private static func snort(_ bytes: [UInt8], reference: Timestamp) -> Timestamp? {
    guard bytes.count >= 14, bytes.count <= 28, bytes[2] == UInt8(ascii: "/"), !bytes.contains(0x20) else { return nil }
    let text = LineText.string(bytes)
    for pattern in snortPatterns {
      if let time = pattern?.read(text, zoneMinutes: 0, reference: reference) { return time }
    }
    return nil
  }

  /// `[Mon ]Jun  6[ 2016] 18:43:28[.123][ 2016][ UTC| +0200]` and `[Tue, ]01 Nov 2016 13:49:33 +0000`.
  private static func named(_ line: [UInt8], from start: Int, reference: Timestamp) -> (Timestamp?, Int)? {
    let words = LineText.words(line, from: start, limit: 8, quotes: false)
    var index = 0
    func word(_ offset: Int = 0) -> ArraySlice<UInt8>? {
      words.indices.contains(index + offset) ? line[words[index + offset]] : nil
    }
    func number(_ bytes: ArraySlice<UInt8>?, _ digits: ClosedRange<Int>) -> Int? {
      guard let bytes, digits.contains(bytes.count), bytes.allSatisfy(LineText.isDigit) else { return nil }
      return Int(LineText.string(bytes))
    }
    if let first = word(), first.count <= 4, MonthName.number(first) == nil, first.first.map(LineText.isLetter) == true { index += 1 }
    var month: Int?, day: Int?, year: Int?
    if let value = word().flatMap({ MonthName.number($0) }) {
      month = value
      day = number(word(1).map { $0.last == 0x2C ? $0.dropLast() : $0 }, 1...2)
    } else if let value = word(1).flatMap({ MonthName.number($0) }) {
      month = value
      day = number(word(), 1...2)
    }
    guard let month, let day else { return nil }
    index += 2
    if let value = number(word(), 4...4) {
      year = value
      index += 1
    }
    guard let clock = word(), var time = Self.clock(clock), words.indices.contains(index) else { return nil }
    var end = words[index].upperBound - (clock.last == 0x3A ? 1 : 0)
    index += 1
    if let half = word().flatMap({ DayHalf($0) }) {
      time.hour += half.shift(of: time.hour)
      end = words[index].upperBound
      index += 1
    }
    if year == nil, let value = number(word(), 4...4), (1970...2100).contains(value) {
      year = value
      end = words[index].upperBound
      index += 1
    }
    var zone = 0
    var isAmbiguous = false
    if let text = word(), let name = ZoneName(text) {
      if case .minutes(let minutes) = name { zone = minutes } else { isAmbiguous = true }
      end = words[index].upperBound - (text.last == 0x3A ? 1 : 0)
      index += 1
      if year == nil, let value = number(word(), 4...4) {
        year = value
        end = words[index].upperBound
      }
    }
    let moment =
      year.flatMap {
        Timestamp(
          year: $0, month: month, day: day, hour: time.hour, minute: time.minute, second: time.second, microsecond: time.micro,
          offsetMinutes: zone)
      }
      ?? (year == nil
        ? Timestamp.withoutYear(
          month: month, day: day, hour: time.hour, minute: time.minute, second: time.second, microsecond: time.micro,
          offsetMinutes: zone, before: reference) : nil)
    return moment.map { (isAmbiguous ? nil : $0, end) }
  }

  /// `18:43:28`, with a fraction or a colon behind it.
  private static func clock(_ bytes: ArraySlice<UInt8>) -> (hour: Int, minute: Int, second: Int, micro: Int)? {
    let parts = LineText.string(bytes.last == 0x3A ? bytes.dropLast() : bytes).split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = Int(parts[0]), let minute = Int(parts[1]) else { return nil }
    let seconds = parts[2].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let second = seconds.first.flatMap({ Int($0) }), (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    var micro = 0
    if seconds.count == 2 {
      guard !seconds[1].isEmpty, seconds[1].utf8.allSatisfy(LineText.isDigit) else { return nil }
      micro = Int((seconds[1] + "000000").prefix(6)) ?? 0
    }
    return (hour, minute, second, micro)
  }
}

/// `AM` and `PM` behind a clock of twelve hours.
private enum DayHalf {
  case first, second

  init?(_ word: ArraySlice<UInt8>) {
    if word.elementsEqual("AM".utf8) { self = .first } else if word.elementsEqual("PM".utf8) { self = .second } else { return nil }
  }

  /// Hours to add to what the clock shows.
  func shift(of hour: Int) -> Int { (1...12).contains(hour) ? hour % 12 - hour + (self == .second ? 12 : 0) : 0 }
}
