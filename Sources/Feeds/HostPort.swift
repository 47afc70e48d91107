import Indicators

/// A host and a port that a record keeps apart, as the one value that they are: the address alone would be found on every port.
enum HostPort {
  /// The hosts that `value` says, each with the port; `value` as it is where it says something else as well: a network, a URL, a digest,
  /// a host that has its port already.
  static func values(_ value: FeedRow.Value, port: String) -> [FeedRow.Value] {
    // The usual case, read once.
    if IPv4Address(ascii: value.text.utf8) != nil { return [joined("\(value.text):\(port)", .ipv4Port, value)] }
    guard !value.text.contains("/"), case .success(let readings) = ValueReader.read(value) else { return [value] }
    var values: [FeedRow.Value] = []
    for reading in readings {
      guard reading.rejections.isEmpty, reading.observables.count == 1, let host = reading.observables.first else { return [value] }
      switch host.type {
      case .ipv4: values.append(joined("\(host.canonical):\(port)", .ipv4Port, value))
      case .ipv6: values.append(joined("[\(host.canonical)]:\(port)", .ipv6Port, value))
      case .domain: values.append(joined("\(host.canonical):\(port)", .domainPort, value))
      default: return [value]
      }
    }
    return values
  }

  /// The same with each of several ports.
  static func values(_ value: FeedRow.Value, ports: [String]) -> [FeedRow.Value] {
    let together = ports.flatMap { values(value, port: $0) }
    // What has no place for a port is itself, once.
    return together.isEmpty || together.contains { $0.text == value.text } ? [value] : together
  }

  private static func joined(_ text: String, _ type: IndicatorType, _ value: FeedRow.Value) -> FeedRow.Value {
    FeedRow.Value(text, label: value.label, types: [type], splittable: false)
  }
}
