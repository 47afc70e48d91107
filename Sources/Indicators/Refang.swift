/// Text with its defanging undone.
public struct Refanged: Sendable, Hashable {
  public let output: String
  /// Whether ``output`` differs from the input.
  public let changed: Bool
  /// The styles of defanging that were met, e.g. `hxxp`, `[.]`. Sorted, unique; for people.
  public let styles: [String]
}

/// Defanging (`hxxps[:]//evil[.]example`) and its undoing.
///
/// Only what would be an indicator afterwards changes; prose, code, paths and numbers stay as they are. One pass, bounded look-ahead:
/// linear in the input whatever it holds.
public enum Refang {
  /// Undoes the defanging of a value, or of all values in a text.
  ///
  /// A text that is one value is also freed of what wraps it: quotes, brackets, a Markdown link, punctuation at its end.
  public static func refang(_ text: String) -> Refanged {
    isPlain(text) ? Refanged(output: text, changed: false, styles: []) : refangByGrammar(text)
  }

  /// The same without a look at whether it is needed.
  package static func refangByGrammar(_ text: String) -> Refanged {
    var output = Array(text.unicodeScalars)
    var styles: Set<String> = []
    // What one style hid may let another be seen: `[at]` before a host whose dot was an entity. Twice is nearly always enough.
    for _ in 0..<maximumRounds {
      var scanner = RefangScanner(output)
      scanner.run()
      var next = scanner.output
      styles.formUnion(scanner.styles)
      if let inner = RefangWrapping.unwrap(next) {
        next = inner
        styles.insert("wrapping")
      }
      if next == output { break }
      output = next
    }
    let refanged = String(scalars: output)
    // Compared by scalars: a soft hyphen more or less is a difference.
    let changed = !refanged.unicodeScalars.elementsEqual(text.unicodeScalars)
    return Refanged(output: changed ? refanged : text, changed: changed, styles: changed ? styles.sorted() : [])
  }

  private static let maximumRounds = 8

  /// Makes the values in a text safe to mail and paste; ``refang(_:)`` reads them back.
  public static func defang(_ text: String) -> String {
    var output = ""
    var token: [Unicode.Scalar] = []
    func finish() {
      output.unicodeScalars.append(contentsOf: Defanging.token(token))
      token.removeAll(keepingCapacity: true)
    }
    for scalar in text.unicodeScalars {
      if scalar.isSpace {
        finish()
        output.unicodeScalars.append(scalar)
      } else {
        token.append(scalar)
      }
    }
    finish()
    return output
  }
}
