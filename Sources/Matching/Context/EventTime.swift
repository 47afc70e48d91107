internal import Indicators
internal import Rules

/// Reads the times that logs write. A time without a zone is in that of the base, UTC unless a log source says otherwise; one without a year is
/// the last such moment before the reference.
enum EventTime {
  private static let standard = TimePattern("iso8601")

  /// The moment that `text` names as a whole; nil when it is no time that is known.
  static func read(_ text: String, base: TimeBase) -> Timestamp? {
    if let time = standard?.read(text, zoneMinutes: base.zoneMinutes, reference: base.reference) { return time }
    let bytes = Array(text.utf8)
    if let time = nanoseconds(bytes) ?? patterned(bytes, base) ?? joined(bytes, base) { return time }
    if let (time, end) = named(bytes, from: 0, base: base), end == bytes.count { return time }
    guard let space = bytes.lastIndex(of: LineText.space), space >= 8, bytes.count <= 64 else { return nil }
    return read(LineText.string(bytes[..<space]), base: base.zoned(0)).flatMap { suffixed($0, behind: bytes[..<space], bytes[(space + 1)...], base) ?? nil }
  }

  /// A time that was read as UTC without the word behind it, as that word changes it: a zone (then it may be unknown), `AM` or `PM`. Nil when the
  /// word says nothing of the time.
  private static func suffixed(_ time: Timestamp, behind text: ArraySlice<UInt8>, _ word: ArraySlice<UInt8>, _ base: TimeBase) -> Timestamp?? {
    let word = word.last.map { ",:;".utf8.contains($0) } ?? false ? word.dropLast() : word
    if let half = DayHalf(word) { return .some(time.adding(seconds: Int64(half.shift(of: Int(time.seconds % 86_400) / 3600) * 3600 - base.zoneMinutes * 60))) }
    switch ZoneName(word) {
    case nil: return nil
    case .ambiguous?: return .some(nil)
    case .minutes(let minutes)?:
      // `+0000 UTC`: the zone was read already.
      let last = text.lastIndex(of: LineText.space).map { text[($0 + 1)...] } ?? []
      return .some([0x2B, 0x2D].contains(last.first) && ZoneName(last) != nil ? time : time.adding(seconds: Int64(-minutes * 60)))
    }
  }

  /// `2009-11-18+09:00:03.914398` (Argus), and a date with a colon before a time.
  private static func joined(_ bytes: [UInt8], _ base: TimeBase) -> Timestamp? {
    guard bytes.count >= 19, bytes[10] == UInt8(ascii: "+") || bytes[10] == UInt8(ascii: ":"), bytes[4] == UInt8(ascii: "-") else { return nil }
    var text = bytes
    text[10] = 0x20
    return standard?.read(LineText.string(text), zoneMinutes: base.zoneMinutes, reference: base.reference)
  }

  /// Apache and its kin, BIND, Sophos, Snort, with the blanks that each has.
  private static let patterns = [
    "DD/MMM/YYYY:hh:mm:ss ZZ", "DD/MMM/YYYY:hh:mm:ss.fff", "DD/MMM/YYYY:hh:mm:ss", "DD-MMM-YYYY hh:mm:ss.fff", "DD-MMM-YYYY hh:mm:ss",
    "YYYY:MM:DD-hh:mm:ss", "MM/DD-hh:mm:ss.fff", "MM/DD/YY-hh:mm:ss.fff",
  ].compactMap { text in TimePattern(text).map { (pattern: $0, blanks: text.utf8.count { $0 == LineText.space }) } }

  /// `10/Oct/2000:13:55:36 -0700`, `20-Nov-2026 10:00:00.123`, `2026:05:31-12:34:56`, `12/28-12:55:38.765402`. A word behind it is another matter.
  private static func patterned(_ bytes: [UInt8], _ base: TimeBase) -> Timestamp? {
    guard (14...32).contains(bytes.count), bytes.prefix(5).contains(where: { "/-:".utf8.contains($0) }) else { return nil }
    let text = LineText.string(bytes)
    let blanks = bytes.count { $0 == LineText.space }
    return patterns.lazy.compactMap { $0.blanks == blanks ? $0.pattern.read(text, zoneMinutes: base.zoneMinutes, reference: base.reference) : nil }.first
  }

  /// The time that stands at `start` of a line, and where it ends; the time is nil when its zone may be one of several.
  static func prefix(of line: [UInt8], from start: Int = 0, base: TimeBase) -> (time: Timestamp?, end: Int)? {
    guard start < line.count else { return nil }
    if LineText.isDigit(line[start]) {
      let words = LineText.words(line, from: start, limit: 3, quotes: false)
      // `2026-05-31 14:34:56,789 +0200 …`
      if words.count == 3, let zone = trimmed(line, words[2]), TimePattern.zone(zone.text.utf8) != nil,
        let all = trimmed(line, words[0].lowerBound..<words[2].upperBound), all.text.contains(":"), let time = read(all.text, base: base)
      {
        return (time, all.end)
      }
      // `2026-05-31 14:34:56.789 CEST …`, `2026-05-31 02:34:56 PM …`, `2026-05-31T14:34:56 CEST …`
      for last in words.indices.dropFirst() {
        if let before = trimmed(line, words[0].lowerBound..<words[last - 1].upperBound), before.text.contains(":"),
          let time = read(before.text, base: base.zoned(0)), let word = trimmed(line, words[last]),
          let changed = suffixed(time, behind: line[words[0].lowerBound..<before.end], line[words[last].lowerBound..<word.end], base)
        {
          return (changed, word.end)
        }
      }
      // `2026-05-31 12:34:56,789 …` and `2026-05-31T12:34:56.789Z …`
      if words.count >= 2, let both = trimmed(line, words[0].lowerBound..<words[1].upperBound),
        let time = read(both.text, base: base), both.text.contains(":")
      {
        return (time, both.end)
      }
      if let word = words.first, let one = trimmed(line, word), let time = read(one.text, base: base) { return (time, one.end) }
    }
    return named(line, from: start, base: base)
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

  /// `[Mon ]Jun  6[ 2016] 18:43:28[.123][ 2016][ UTC| +0200]` and `[Tue, ]01 Nov 2016 13:49:33 +0000`.
  private static func named(_ line: [UInt8], from start: Int, base: TimeBase) -> (Timestamp?, Int)? {
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
    var end = words[index].upperBound - (clock.last == 0x3A || clock.last == 0x2C ? 1 : 0)
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
    var zone = base.zoneMinutes
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
          offsetMinutes: zone, before: base.reference) : nil)
    return moment.map { (isAmbiguous ? nil : $0, end) }
  }

  /// `18:43:28`, with a fraction or a colon behind it; Java sets a comma before the fraction.
  private static func clock(_ bytes: ArraySlice<UInt8>) -> (hour: Int, minute: Int, second: Int, micro: Int)? {
    let parts = LineText.string(bytes.last == 0x3A || bytes.last == 0x2C ? bytes.dropLast() : bytes).split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = Int(parts[0]), let minute = Int(parts[1]) else { return nil }
    let seconds = parts[2].split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
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
