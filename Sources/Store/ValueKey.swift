internal import Indicators

/// What the store tells one value from another by: the match key, and where that leaves a port out, the value with it.
///
/// Two ports of one host are two indicators; what a log is asked for is the host.
enum ValueKey {
  static func of(_ observable: Observable) -> String { leavesPortOut(observable.type) ? observable.canonical : observable.match }

  static func leavesPortOut(_ type: IndicatorType) -> Bool {
    switch type {
    case .ipv4Port, .ipv6Port, .domainPort: true
    default: false
    }
  }

  /// The match key of a value with its key.
  static func match(_ key: String, canonical: String, type: IndicatorType) -> String {
    guard leavesPortOut(type), key == canonical else { return key }
    if type == .ipv6Port { return (try? Canonicalizer.canonicalize(canonical, as: type))?.match ?? key }
    return key.lastIndex(of: ":").map { String(key[..<$0]) } ?? key
  }
}
