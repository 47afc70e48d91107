/// What this is.
package enum Version {
  package static let number = "0.1.0"

  package static func text(_ command: String) -> String { "\(command) \(number)" }
}
