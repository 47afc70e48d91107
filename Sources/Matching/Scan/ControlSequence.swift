internal import Indicators

/// Colours and other commands to a terminal (control sequences of ECMA-48), as programs write them into the logs of containers and daemons.
///
/// ```
///  log     ESC[2mdst=ESC[0mESC[31mevil.exampleESC[0m      the `m` before a name would be a part of it
///  read    ␟␟␟␟dst=␟␟␟␟␟␟␟␟␟evil.example␟␟␟␟      of the same length: what is found stands where it stands in the log
/// ```
/// The escape may be written out: by JSON (`\u001b[31m`, in JSON inside JSON as well), by C (`\x1b[31m`, `\033[31m`) and by syslog daemons
/// (`#033[31m`).
enum ControlSequence {
  static let escape: UInt8 = 0x1b
  /// What stands for each byte of a sequence: a border as good as any, and no mark.
  static let blank: UInt8 = 0x1f

  /// Whether any of the places begins a sequence.
  static func stands(in text: LogText, at places: some Sequence<Int>) -> Bool { places.contains { end(text, $0) != nil } }

  /// The text with each byte of its sequences a border.
  /// - Parameter places: in order, such as marks.
  static func blanked(_ text: LogText, at places: some Sequence<Int>) -> [UInt8] {
    var bytes = text.slice(0, text.count)
    var done = 0
    for place in places where place >= done {
      guard let end = end(text, place) else { continue }
      for index in place..<end { bytes[index] = blank }
      done = end
    }
    return bytes
  }

  /// Where the sequence that begins at a place ends; nil where none does.
  @inline(__always) static func end(_ text: LogText, _ place: Int) -> Int? {
    switch text[place] {
    case escape: end(text, behind: place + 1)
    case 0x5c: escapedEnd(text, place)
    case 0x23: has(text, place + 1, 0x30, 0x33, 0x33) ? end(text, behind: place + 4) : nil
    default: nil
    }
  }

  /// The longest of parameters that are read; terminals take no more than some dozens.
  private static let longest = 64

  /// What follows the escape: `[`, parameters, and the letter that says what is commanded.
  private static func end(_ text: LogText, behind start: Int) -> Int? {
    guard text[start] == 0x5b else { return nil }
    var place = start + 1
    while (0x20...0x3f).contains(text[place]) {
      place += 1
      if place - start > longest { return nil }
    }
    return (0x40...0x7e).contains(text[place]) ? place + 1 : nil
  }

  /// `\u001b`, `\x1b`, `\033`.
  @inline(__always) private static func escapedEnd(_ text: LogText, _ place: Int) -> Int? {
    switch text[place + 1] {
    case 0x75: has(text, place + 2, 0x30, 0x30, 0x31) && text[place + 5] | 0x20 == 0x62 ? end(text, behind: place + 6) : nil
    case 0x78: text[place + 2] == 0x31 && text[place + 3] | 0x20 == 0x62 ? end(text, behind: place + 4) : nil
    case 0x30: text[place + 2] == 0x33 && text[place + 3] == 0x33 ? end(text, behind: place + 4) : nil
    default: nil
    }
  }

  @inline(__always) private static func has(_ text: LogText, _ place: Int, _ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
    text[place] == first && text[place + 1] == second && text[place + 2] == third
  }
}
