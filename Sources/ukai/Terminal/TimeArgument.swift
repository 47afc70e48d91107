import Indicators
import Terminal

/// A moment as an operator gives it: ISO 8601, or a span back from now such as `36h`, `7d`, `90m`, `2w`.
enum TimeArgument {
  static func parse(_ text: String, now: Timestamp) -> Timestamp? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    if let last = text.last, let unit = units[last], let count = Int64(text.dropLast()), count >= 0, count < 1_000_000 {
      return now.adding(seconds: -count * unit)
    }
    return Timestamp(parsing: text)
  }

  static func complaint(_ text: String) -> String { "'\(text)' is neither an ISO 8601 time nor a span such as 36h" }
}
