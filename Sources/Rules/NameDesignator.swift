/// A numbered name such as `UNC4899`, `APT-C-36` or `CL-STA-0240`: a prefix that a namer counts under, and the number.
///
/// Numbered names are compared as (prefix, number), never as strings: `APT-C-36` is not `APT36`, `UNC48990` not `UNC4899`.
struct NameDesignator: Hashable {
  /// In compact form; `storm` stands for `DEV` too, which Microsoft renamed in April 2023 with the numbers kept.
  let prefix: String
  let number: String

  /// Compact prefixes, and the words that make them up.
  static let prefixes: [String: [String]] = [
    "apt": ["apt"], "aptc": ["apt", "c"], "unc": ["unc"], "dev": ["dev"], "storm": ["storm"], "ta": ["ta"], "fin": ["fin"],
    "tag": ["tag"], "atk": ["atk"], "uac": ["uac"], "itg": ["itg"], "ref": ["ref"], "hive": ["hive"], "g": ["g"],
    "clsta": ["cl", "sta"], "clcri": ["cl", "cri"], "clunk": ["cl", "unk"],
  ]

  private static let paddedTo4: Set<String> = ["storm", "uac", "clsta", "clcri", "clunk"]
  /// No namer has counted to a billion.
  static let maximumDigits = 9

  /// Reads a whole name, given as its folded words; nil when it is not a numbered name.
  init?(words: [String]) {
    guard (1...4).contains(words.count), let last = words.last else { return nil }
    let digits = last.utf8.reversed().prefix { 0x30...0x39 ~= $0 }.count
    guard (1...Self.maximumDigits).contains(digits) else { return nil }
    let prefix = words.dropLast().joined() + last.dropLast(digits)
    self.init(prefix: prefix, digits: String(last.suffix(digits)))
  }

  /// - Parameter prefix: compact and folded, e.g. `aptc`.
  init?(prefix: String, digits: String) {
    guard Self.prefixes[prefix] != nil else { return nil }
    self.prefix = prefix == "dev" ? "storm" : prefix
    var number = digits
    if Self.paddedTo4.contains(self.prefix) {
      number = String(number.drop { $0 == "0" })
      number = String(repeating: "0", count: max(0, 4 - number.utf8.count)) + number
    }
    self.number = number
  }

  /// One digit changed, added or left out, or two neighbours swapped: a slip of the hand.
  func isSlip(of other: NameDesignator) -> Bool {
    prefix == other.prefix && number != other.number
      && EditDistance.isWithin(1, Array(number.unicodeScalars.map(\.value)), Array(other.number.unicodeScalars.map(\.value)))
  }
}
