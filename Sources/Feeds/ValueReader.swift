package import Indicators

/// Reads one value of a feed: refangs it and lets it decide its type. The feed's label is a hint, and a wrong one is repaired.
package enum ValueReader {
  package struct Reading: Sendable {
    package var observables: [Observable]
    /// The label named a type that the value is not.
    package var mislabelled: Bool
    /// Parts of a list that are no values.
    package var rejections: [(text: String, rejection: Rejection)] = []
  }

  /// The short way: what ``read(_:)`` would say of a value that is its own canonical form and needs no repair; nil when the long way has
  /// to look.
  package static func plain(_ value: FeedRow.Value) -> Observable? {
    guard let observable = plain(value.text) else { return nil }
    guard let first = value.types.first, first != observable.type else { return observable }
    // No type before it in these lists could be what it is.
    switch observable.type {
    case .ipv4Port, .ipv6, .cidr: return value.types == TypeLabel.address ? observable : nil
    case .evm, .tron: return value.types == TypeLabel.wallet ? observable : nil
    case .md5, .sha1, .sha224, .sha256, .sha384, .sha512: return value.types == TypeLabel.digest ? observable : nil
    default: return nil
    }
  }

  /// The same of a value that nothing is called.
  static func plain(_ text: String) -> Observable? { Canonicalizer.canonicalReading(of: text) }

  /// All that `text` says, or why it says nothing.
  package static func read(_ value: FeedRow.Value) -> Result<[Reading], Rejection> {
    let text = value.text.trimmed
    if text.utf8.count > FeedLimits.fieldBytes { return .failure(Rejection("field-too-long", as: nil)) }
    let whole = single(text, value)
    guard case .failure(let rejection) = whole, value.splittable else { return whole.map { [$0] } }
    // `name.example (compromised site)`
    if text.hasSuffix(")"), let note = text.firstRange(of: " ("), case .success(let reading) = single(text[..<note.lowerBound].trimmed, value) {
      return .success([reading])
    }
    if let inner = spreadsheetText(text), case .success(let reading) = single(inner, value) { return .success([reading]) }
    let parts = text.parts(separatedBy: ",;|\n\r\t ")
    guard parts.count > 1, parts.count <= FeedLimits.columns else { return .failure(rejection) }
    var readings: [Reading] = []
    var bad = Reading(observables: [], mislabelled: false)
    for part in parts {
      switch single(part, value) {
      case .success(let reading): readings.append(reading)
      case .failure(let rejection): bad.rejections.append((part, rejection))
      }
    }
    // Half a list is no list: prose with a domain in it stays prose.
    if bad.rejections.isEmpty { return .success(readings) }
    let isList = !value.types.isEmpty && bad.rejections.count < readings.count
    return isList ? .success(readings + [bad]) : .failure(rejection)
  }

  /// What a spreadsheet made text with `'value` or `="value"`.
  private static func spreadsheetText(_ text: String) -> String? {
    if text.hasPrefix("=\""), text.hasSuffix("\""), text.utf8.count > 3 { return text.dropFirst(2).dropLast().trimmed }
    return text.hasPrefix("'") && !text.dropFirst().contains("'") ? text.dropFirst().trimmed : nil
  }

  private static func single(_ text: String, _ value: FeedRow.Value) -> Result<Reading, Rejection> {
    let opaque = value.types.count >= 1 && value.types.allSatisfy(TypeLabel.opaque.contains)
    if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      return .failure(Rejection("control-character", as: value.types.first))
    }
    // What stands for bytes that were no text: no log line holds it.
    if text.unicodeScalars.contains("\u{FFFD}") { return .failure(Rejection("bad-utf8", as: value.types.first)) }
    if !opaque, text.hasSuffix("…") || text.hasSuffix("...") { return .failure(Rejection("truncated", as: value.types.first)) }
    let clean = opaque ? text : Refang.refang(text).output
    var rejection: Rejection?
    for type in Self.ordered(value.types, for: clean) {
      do throws(Rejection) {
        let observable = try Canonicalizer.canonicalize(clean, as: type)
        if type == .url, observable.flags.contains("scheme-assumed"), let host = bareHost(clean) {
          return .success(Reading(observables: [host], mislabelled: true))
        }
        return .success(Reading(observables: [observable.pinned], mislabelled: false))
      } catch {
        // The family's first reading says best what is wrong, unless a later one got further than its form.
        if rejection == nil { rejection = error }
      }
    }
    let readings = Canonicalizer.readings(of: clean)
    // `203.0.113.0/33` is a network that is none, not the page /33 of a host.
    if let first = readings.first, !(first.type == .url && isNetworkLike(clean)) {
      if opaque, !canStandIn(first.type) { return .failure(rejection ?? Rejection("unrecognized", as: nil)) }
      // An address that is valid on several chains is watched for on all of them.
      let wallets = readings.filter { TypeLabel.wallet.contains($0.type) }
      return .success(
        Reading(observables: wallets.count > 1 ? wallets : [first.pinned], mislabelled: !value.types.isEmpty))
    }
    return .failure(rejection.flatMap { value.types.count == 1 ? $0 : nil } ?? explanation(clean))
  }

  private static func isNetworkLike(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2F } && text.utf8.count { $0 == 0x2F } == 1
  }

  /// A path's first character says which of the two kinds it is.
  private static func ordered(_ types: [IndicatorType], for text: String) -> [IndicatorType] {
    guard types.contains(.pathPOSIX), types.first != .pathPOSIX, text.hasPrefix("/") || text.hasPrefix("~/") else { return types }
    return [.pathPOSIX] + types.filter { $0 != .pathPOSIX }
  }

  /// The host that a text labelled as an address of a page really is: `www.name.example`, `192.0.2.1:443`.
  private static func bareHost(_ text: String) -> Observable? {
    guard !text.contains("/"), let first = Canonicalizer.readings(of: text).first, first.type != .url else { return nil }
    return first
  }

  /// Types that show themselves so surely that they overrule a label such as `filename`.
  private static func canStandIn(_ type: IndicatorType) -> Bool {
    switch type {
    case .md5, .sha1, .sha256, .sha512, .sha224, .sha384, .url, .ipv4, .ipv4Port, .email, .evm, .pathWindows, .pathPOSIX,
      .githubRepository, .registry, .cve, .filename:
      true
    default: false
    }
  }

  /// Why a text that looks like a type is not one.
  private static func explanation(_ text: String) -> Rejection {
    let type: IndicatorType? =
      if text.contains("://") {
        .url
      } else if text.contains("@") {
        .email
      } else if text.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E || $0 == 0x2F }), text.contains(".") {
        text.contains("/") ? .cidr : .ipv4
      } else if text.hasPrefix("0x") || text.hasPrefix("0X") {
        text.contains(".") ? .ipv4 : .evm
      } else if text.contains(":"), text.utf8.allSatisfy({ isHex($0) || ":./".utf8.contains($0) }) {
        text.contains("/") ? .cidr : .ipv6
      } else if text.utf8.count >= 28, text.utf8.allSatisfy(isHex) {
        text.utf8.count < 36 ? .md5 : text.utf8.count < 50 ? .sha1 : .sha256
      } else if text.utf8.count == 95 || text.utf8.count == 106, text.hasPrefix("4") || text.hasPrefix("8"), text.utf8.allSatisfy(ASCIIKind.isAlphanumeric) {
        .xmr
      } else if text.utf8.count >= 26, text.utf8.count <= 62, text.utf8.allSatisfy(ASCIIKind.isAlphanumeric) {
        .btc
      } else if !text.contains(" ") {
        .domain
      } else {
        nil
      }
    guard let type else { return Rejection("unrecognized", as: nil) }
    do throws(Rejection) {
      _ = try Canonicalizer.canonicalize(text, as: type)
      return Rejection("unrecognized", as: nil)
    } catch {
      return error
    }
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }
}
