internal import Indicators

/// What a message in the error log of nginx or Apache says of the request. Only how it begins counts: further on stands what a stranger asked for.
enum ErrorLogVerdict {
  private static let refusals = ["access forbidden by rule", "ModSecurity: Access denied", "client denied by server configuration", "directory index of "]
  private static let failures = ["password mismatch", "Password Mismatch", "not found"]

  /// - Parameter start: behind the time.
  static func fill(_ event: inout Sighting.Event, _ line: [UInt8], from start: Int) {
    let message = begin(line, from: start)
    if refusals.contains(where: { LineText.starts(line, at: message, with: $0) }) { event.outcome = .blocked }
    guard LineText.starts(line, at: message, with: "user "), message + 6 < line.count else { return }
    // `user "kato" was not found in …`, `user kato: authentication failure for …: Password Mismatch`
    let isQuoted = line[message + 5] == LineText.quote
    let name = line[(message + (isQuoted ? 6 : 5))...].prefix { isQuoted ? $0 != LineText.quote : $0 != LineText.space && $0 != UInt8(ascii: ":") }
    event.user = LineFields.meaningful(LineText.string(name))
    if failures.contains(where: { LineText.find($0, in: line, from: name.endIndex) != nil }) { event.outcome = .blocked }
  }

  /// Behind `[error] 7#0: *1 `, `[authz_core:error] [pid 7] [client 192.0.2.1:51234] AH01630: `.
  private static func begin(_ line: [UInt8], from start: Int) -> Int {
    var position = start
    while position < line.count {
      if line[position] == LineText.space {
        position += 1
      } else if line[position] == UInt8(ascii: "["), let close = line[position...].firstIndex(of: UInt8(ascii: "]")) {
        position = close + 1
      } else if let end = line[position...].firstIndex(of: LineText.space), isNumber(line[position..<end]) {
        position = end
      } else {
        break
      }
    }
    return position
  }

  /// `7#0:`, `*1`, `AH01630:`
  private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
    let rest = word.starts(with: "AH".utf8) ? word.dropFirst(2) : word
    return rest.contains(where: LineText.isDigit) && rest.allSatisfy { LineText.isDigit($0) || "#:*".utf8.contains($0) }
  }
}
