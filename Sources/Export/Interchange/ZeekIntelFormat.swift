import Indicators

/// Zeek's intelligence file: tab-separated, `#fields` header, `Intel::` types.
struct ZeekIntelFormat: InterchangeFormat {
  let header = "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\n"

  func text(for indicator: Indicator) -> String? {
    guard let (value, type) = Self.item(indicator) else { return nil }
    let columns = [
      value, type, indicator.feeds.joined(separator: ","), indicator.summary, indicator.references.first ?? "",
    ]
    return columns.map(Self.cell).joined(separator: "\t") + "\n"
  }

  private static func item(_ indicator: Indicator) -> (String, String)? {
    let match = indicator.observable.match
    switch indicator.type {
    case .ipv4, .ipv6: return (match, "Intel::ADDR")
    case .cidr: return (match, "Intel::SUBNET")
    // A wildcard is everything but the name that Zeek would look for.
    case .domain, .onion: return (match, "Intel::DOMAIN")
    // Zeek compares URLs without their scheme.
    case .url:
      guard let start = indicator.value.firstRange(of: "://") else { return nil }
      return (String(indicator.value[start.upperBound...]), "Intel::URL")
    case .email: return (match, "Intel::EMAIL")
    case .md5, .sha1, .sha224, .sha256, .sha384, .sha512: return (match, "Intel::FILE_HASH")
    case .filename: return (indicator.value, "Intel::FILE_NAME")
    case .userAgent: return (indicator.value, "Intel::SOFTWARE")
    default: return nil
    }
  }

  /// Tabs and line ends would forge columns and rows; `-` is Zeek's word for nothing.
  private static func cell(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20 || scalar.value == 0x7F || scalar == "\\" {
        let digits = String(scalar.value, radix: 16)
        escaped += "\\x" + (digits.count == 1 ? "0" : "") + digits
      } else {
        escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped.isEmpty ? "-" : escaped
  }
}

