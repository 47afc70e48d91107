/// One line on standard error that is written over as work goes on.
package enum Progress {
  /// Replaces the line.
  package static func show(_ text: String) { try? Console.write(Array("\r\u{1B}[K\(text)".utf8), to: 2) }

  /// Takes the line away before anything else is said.
  package static func clear(_ wasShown: Bool) { if wasShown { try? Console.write(Array("\r\u{1B}[K".utf8), to: 2) } }

  /// `512 B`, `1.4 MB`; decimal units.
  package static func bytes(_ count: Int64) -> String {
    var value = Double(count)
    var unit = 0
    let units = ["B", "kB", "MB", "GB", "TB"]
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(count) B" : "\((value * 10).rounded() / 10) \(units[unit])"
  }

  package static func seconds(_ value: Double) -> String { "\((value * 100).rounded() / 100) s" }
}
