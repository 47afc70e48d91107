import Terminal

/// Metrics in the Prometheus text exposition format, version 0.0.4.
struct PrometheusText {
  enum Kind: String { case gauge, counter }

  private(set) var text = ""
  private var introduced: Set<String> = []

  /// Adds one sample. All samples of a name must be added together, as the format wants them grouped.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, labels: [(String, String)] = [], _ value: Double) {
    if introduced.insert(name).inserted {
      text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }
    let list = labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }.joined(separator: ",")
    text += name + (list.isEmpty ? "" : "{\(list)}") + " " + Self.number(value) + "\n"
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }

  /// Feed and destination names come from files: a quote or a line end in one must not make a metric of its own.
  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
