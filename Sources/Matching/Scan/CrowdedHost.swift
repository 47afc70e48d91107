/// A host that is listed with very many ports, as only a hostile feed lists one: to read all its entries for each place in a log where it stands
/// takes fifty milliseconds.
struct CrowdedHost {
  /// Of more ports than these the first one stands for all that are not said.
  static let limit = 64

  private var others: [KeyMatch]
  private var first: KeyMatch?
  private var ports: [Int: [KeyMatch]] = [:]

  /// - Parameter port: that of an entry.
  init(_ found: [KeyMatch], port: (Int) -> Int?) {
    others = found.filter { $0.role != .withPort }
    for match in found where match.role == .withPort {
      first = first ?? match
      if let port = port(match.entry) { ports[port, default: []].append(match) }
    }
  }

  /// What is no port's, and what is of this port; the first port where that is not listed.
  func matches(_ port: Int?) -> [KeyMatch] { others + (port.flatMap { ports[$0] } ?? first.map { [$0] } ?? []) }
}
