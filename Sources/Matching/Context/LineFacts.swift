internal import Indicators

extension Sighting.Event {
  /// Takes what is not known yet from `other`: the two ends of a connection together, for half of each would be none.
  mutating func complete(from other: Sighting.Event) {
    time = time ?? other.time
    host = host ?? other.host
    user = user ?? other.user
    if sourceIP == nil, destinationIP == nil {
      (sourceIP, sourcePort, destinationIP, destinationPort) = (other.sourceIP, other.sourcePort, other.destinationIP, other.destinationPort)
      direction = direction ?? other.direction
    }
    outcome = outcome ?? other.outcome
  }
}

/// What one line tells: its format, its event, and where its fields stand.
struct LineFacts {
  /// `eve-json`, `zeek-tsv`, `apache-combined`, `plain`…
  var format: String
  /// Without ``Sighting/Event/raw``, which depends on where the hit stands.
  var event = Sighting.Event(raw: "")
  /// The line is a record of our own: an alert on it would only echo.
  var isEcho = false
  /// Byte ranges of the named fields in the line, in order.
  var fields: [(range: Range<Int>, name: String)] = []

  init(format: String) { self.format = format }

  /// The facts of a line whose message, `offset` bytes into it, has a format of its own.
  func shifted(by offset: Int) -> LineFacts {
    var moved = self
    moved.fields = fields.map { (($0.range.lowerBound + offset)..<($0.range.upperBound + offset), $0.name) }
    return moved
  }

  /// Name of the smallest field that holds all of `range`; nil when none does.
  func field(holding range: Range<Int>) -> String? {
    var low = 0
    var high = fields.count
    while low < high {
      let middle = (low + high) / 2
      if fields[middle].range.lowerBound <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    // Fields may nest (a syslog message and its payload): the last that begins before is the innermost; look back for outer ones.
    var index = low
    var tries = 0
    while index > 0, tries < 64 {
      index -= 1
      tries += 1
      if fields[index].range.upperBound >= range.upperBound { return fields[index].name }
    }
    return nil
  }
}
