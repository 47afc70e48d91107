public import Indicators

/// A log format that the operator taught: which logs have it, how their lines are cut, and which of their fields means what.
///
/// ```yaml
/// paths: ["*/gateway*.log"]
/// format: pattern
/// pattern: "{when} {client} -> {server}:{port} user={login} {verdict}"
/// time: { field: when, format: "YYYY-MM-DD hh:mm:ss", zone: "+02:00" }
/// fields: { source-ip: client, destination-ip: server, destination-port: port, user: login, outcome: verdict }
/// outcome: { allowed: [pass], blocked: [drop, "reset-*"] }
/// ```
public struct LogSource: Sendable, Equatable {
  /// How a line is cut into fields.
  public enum Format: Sendable, Equatable {
    /// As without a log source: by the log's header or by what the line looks like. The source gives its name and its zone.
    case auto
    /// One JSON object a line; fields are paths such as `dns.rrname`.
    case json
    /// Separated columns with RFC 4180 quoting; nil columns stand in the log's first line.
    case csv(delimiter: UInt8, columns: [String]?)
    /// `key=value` pairs.
    case keyValue
    /// Literal text between named fields.
    case pattern(LinePattern)
  }

  /// What a field can tell.
  public enum Role: String, Sendable, CaseIterable {
    case host, user
    case sourceIP = "source-ip"
    case sourcePort = "source-port"
    case destinationIP = "destination-ip"
    case destinationPort = "destination-port"
    case direction, outcome
  }

  public var name: String
  /// Wildcards over the whole path, or over the base name when they have no `/`.
  public var paths: [String]
  public var format: Format
  public var timeField: String?
  public var timeFormat: TimePattern?
  /// Minutes east of UTC for times without a zone.
  public var zoneMinutes: Int
  public var roles: [Role: String]
  /// Texts of the outcome field, with wildcards, that mean allowed or blocked.
  public var allowed: [String]
  public var blocked: [String]

  /// True when a log at `path` has this format.
  public func fits(path: String) -> Bool {
    let base = path.split(separator: "/").last.map(String.init) ?? path
    return paths.contains { Wildcard.matches($0.contains("/") ? path : base, pattern: $0) }
  }
}

/// All log sources of `Rules/logs/`.
public struct LogSources: Sendable {
  /// In order of name; the first that fits a path is taken.
  public let all: [LogSource]
  public static let none = LogSources(all: [])

  public init(all: [LogSource]) { self.all = all.sorted { $0.name < $1.name } }

  /// The source called `name`, else, without a name, the first whose paths fit.
  public func source(named name: String?, path: String) -> LogSource? {
    if let name { return all.first { $0.name == name } }
    return all.first { $0.fits(path: path) }
  }
}

/// A line as literal text between `{fields}`; no regular expression, so no line can make it slow.
public struct LinePattern: Sendable, Equatable {
  public enum Piece: Sendable, Equatable {
    case literal([UInt8])
    case field(String)
  }
  public let pieces: [Piece]

  /// Nil when two fields touch (nothing would tell where one ends) or a brace is left open. `{{` is a brace.
  public init?(_ text: String) {
    var pieces: [Piece] = []
    var literal: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "{"), rest.first == byte {
        rest = rest.dropFirst()
        literal.append(byte)
      } else if byte == UInt8(ascii: "{") {
        guard let end = rest.firstIndex(of: UInt8(ascii: "}")), end > rest.startIndex else { return nil }
        if literal.isEmpty, case .field = pieces.last { return nil }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        literal = []
        pieces.append(.field(String(decoding: rest[..<end], as: UTF8.self)))
        rest = rest[(end + 1)...]
      } else {
        literal.append(byte)
      }
    }
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    self.pieces = pieces
  }

  public var fieldNames: [String] {
    pieces.compactMap { if case .field(let name) = $0 { name } else { nil } }
  }

  /// The fields of `line` with their places; nil when the literals are not there in order. A field ends at the first occurrence of
  /// the literal behind it; spaces of a literal stand for one or more.
  public func match(_ line: [UInt8]) -> [(name: String, range: Range<Int>)]? {
    var found: [(name: String, range: Range<Int>)] = []
    var position = 0
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .literal(let literal):
        guard let end = Self.end(of: literal, in: line, at: position) else { return nil }
        position = end
      case .field(let name):
        var end = line.count
        if index + 1 < pieces.count, case .literal(let next) = pieces[index + 1] {
          guard let start = (position..<line.count).first(where: { Self.end(of: next, in: line, at: $0) != nil }) else { return nil }
          end = start
        }
        found.append((name, position..<end))
        position = end
      }
    }
    return found
  }

  private static func end(of literal: [UInt8], in line: [UInt8], at start: Int) -> Int? {
    var position = start
    for byte in literal {
      guard position < line.count, line[position] == byte else { return nil }
      position += 1
      if byte == 0x20 { while position < line.count, line[position] == 0x20 { position += 1 } }
    }
    return position
  }
}

/// How a time is written: `YYYY` `YY` `MM` `MMM` `DD` `hh` `mm` `ss` `fff` (any digits of a fraction) `ZZ` (zone), the rest as it
/// stands; or a name: `iso8601`, `unix` (seconds, milliseconds or more, told by the number of digits).
public struct TimePattern: Sendable, Equatable {
  enum Part: Sendable, Equatable { case year, shortYear, month, monthName, day, hour, minute, second, fraction, zone, literal(UInt8) }
  let parts: [Part]
  /// Read by ``Timestamp/init(parsing:)`` instead.
  let isKnown: Bool

  /// Nil for a pattern without a day or an hour.
  public init?(_ text: String) {
    if ["iso8601", "unix"].contains(text) {
      (parts, isKnown) = ([], true)
      return
    }
    let tokens: [(String, Part)] = [
      ("YYYY", .year), ("YY", .shortYear), ("MMM", .monthName), ("MM", .month), ("DD", .day), ("hh", .hour), ("mm", .minute),
      ("ss", .second), ("fff", .fraction), ("ZZ", .zone),
    ]
    var parts: [Part] = []
    var rest = text[...]
    while let first = rest.utf8.first {
      if let (token, part) = tokens.first(where: { rest.hasPrefix($0.0) }) {
        parts.append(part)
        rest = rest.dropFirst(token.count)
      } else {
        parts.append(.literal(first))
        rest = Substring(String(decoding: rest.utf8.dropFirst(), as: UTF8.self))
      }
    }
    guard parts.contains(.day), parts.contains(.hour) else { return nil }
    (self.parts, isKnown) = (parts, false)
  }

  /// Reads `text`. A time without a year gets the one that puts it last before `reference` (and a day of grace).
  public func read(_ text: String, zoneMinutes: Int, reference: Timestamp) -> Timestamp? {
    if isKnown {
      guard let time = Timestamp(parsing: text) else { return nil }
      // Seconds since 1970 and a day alone are the same everywhere; `Z`, `UTC` and `(UTC)` end in no digit.
      let hasZone = !text.utf8.contains(0x3A) || text.utf8.last.map { !(0x30...0x39).contains($0) } ?? false
        || text.utf8.dropFirst(16).contains { $0 == 0x2B || $0 == 0x2D }
      return hasZone ? time : time.adding(seconds: Int64(-zoneMinutes * 60))
    }
    var bytes = Array(text.utf8)[...]
    var year: Int?, month = 1, day = 1, hour = 0, minute = 0, second = 0, micro = 0, zone = zoneMinutes
    func number(_ least: Int, _ most: Int) -> Int? {
      let digits = bytes.prefix { (0x30...0x39).contains($0) }.prefix(most)
      guard digits.count >= least else { return nil }
      bytes = bytes.dropFirst(digits.count)
      return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
    for part in parts {
      switch part {
      case .year: guard let value = number(4, 4) else { return nil }; year = value
      case .shortYear: guard let value = number(2, 2) else { return nil }; year = value + (value < 70 ? 2000 : 1900)
      case .month: guard let value = number(1, 2) else { return nil }; month = value
      case .day:
        while bytes.first == 0x20 { bytes = bytes.dropFirst() }
        guard let value = number(1, 2) else { return nil }
        day = value
      case .hour: guard let value = number(1, 2) else { return nil }; hour = value
      case .minute: guard let value = number(2, 2) else { return nil }; minute = value
      case .second: guard let value = number(2, 2) else { return nil }; second = value
      case .fraction:
        let digits = bytes.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { return nil }
        bytes = bytes.dropFirst(digits.count)
        micro = (digits.prefix(6) + Array(repeating: 0x30, count: max(0, 6 - digits.count))).reduce(0) { $0 * 10 + Int($1 - 0x30) }
      case .monthName:
        guard let value = MonthName.number(bytes.prefix(3)) else { return nil }
        month = value
        bytes = bytes.dropFirst(3)
      case .zone:
        guard let value = Self.zone(bytes) else { return nil }
        zone = value
        bytes = []
      case .literal(let byte):
        guard bytes.first == byte else { return nil }
        bytes = bytes.dropFirst()
      }
    }
    if let year {
      return Timestamp(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: micro, offsetMinutes: zone)
    }
    return Timestamp.withoutYear(
      month: month, day: day, hour: hour, minute: minute, second: second, microsecond: micro, offsetMinutes: zone, before: reference)
  }

  /// Minutes east of UTC of `Z`, `UTC`, `+0200`, `+02:00`.
  public static func zone(_ text: some Collection<UInt8>) -> Int? {
    let bytes = text.filter { $0 != 0x3A }
    let word = String(decoding: bytes, as: UTF8.self)
    if ["Z", "UTC", "GMT"].contains(word.uppercased()) { return 0 }
    guard bytes.count == 5 || bytes.count == 3, let sign = bytes.first, sign == 0x2B || sign == 0x2D,
      let value = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)), value >= 0
    else { return nil }
    let minutes = bytes.count == 3 ? value * 60 : value / 100 * 60 + value % 100
    guard minutes <= 14 * 60 else { return nil }
    return sign == 0x2D ? -minutes : minutes
  }
}

/// The English month names that logs write, by their first three letters.
public enum MonthName {
  private static let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

  /// 1–12, or nil.
  public static func number(_ text: some Collection<UInt8>) -> Int? {
    guard text.count == 3 else { return nil }
    return names.firstIndex(of: String(decoding: text.map { $0 | 0x20 }, as: UTF8.self)).map { $0 + 1 }
  }
}

extension Timestamp {
  /// A time whose year is not written: the last such moment that is not more than a day after `reference`.
  public static func withoutYear(
    month: Int, day: Int, hour: Int, minute: Int, second: Int, microsecond: Int = 0, offsetMinutes: Int = 0,
    before reference: Timestamp
  ) -> Timestamp? {
    let limit = reference.adding(seconds: 86_400)
    let year = limit.civilDate.year
    // Five years back, for a 29 February.
    for candidate in stride(from: year + 1, through: year - 5, by: -1) {
      if let time = Timestamp(
        year: candidate, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: microsecond,
        offsetMinutes: offsetMinutes), time <= limit
      {
        return time
      }
    }
    return nil
  }
}
