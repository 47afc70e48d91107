internal import Indicators

/// Hides the secrets that a chunk's hits have found: a record shows their digest, and where they stood as many asterisks.
///
/// Of a line with a stolen session cookie other indicators are found as well, in its address or its URL, so this holds for each of its records.
struct SecretRedaction {
  private struct Hidden {
    var range: Range<Int>
    /// As it reads, and as the log spells it.
    var forms: [String]
  }
  /// By place.
  private let secrets: [Hidden]
  /// How many bytes the longest of them takes, escaped as it is.
  private let longest: Int

  /// - Parameter hits: all of the chunk, by place.
  init(_ hits: [RawHit], in bytes: UnsafeRawBufferPointer, isSecret: (Int) -> Bool) {
    secrets = hits.filter { $0.range.lowerBound >= 0 && $0.range.upperBound <= bytes.count && isSecret($0.entry) }.map { hit in
      let spelled = unsafe LineText.string(bytes[hit.range])
      let read = hit.value.map { LineText.string($0) } ?? spelled
      return Hidden(range: hit.range, forms: read == spelled ? [read] : [read, spelled])
    }
    longest = secrets.map(\.range.count).max() ?? 0
  }

  /// Takes the secrets out of what a line or record tells.
  func hide(in place: inout LineInterpreter.Place) {
    guard !secrets.isEmpty else { return }
    for secret in overlapping(place.extent) {
      for index in secret.range.clamped(to: place.start..<(place.start + place.text.count)) { place.text[index - place.start] = 0x2a }
      for fact in [\Sighting.Event.host, \.user, \.sourceIP, \.destinationIP] {
        if let text = place.facts.event[keyPath: fact] { place.facts.event[keyPath: fact] = Self.hide(secret, in: text) }
      }
    }
  }

  /// The text that was matched at a place, without the secrets in it.
  func hidden(_ text: String, at range: Range<Int>) -> String {
    secrets.isEmpty ? text : overlapping(range).reduce(text) { Self.hide($1, in: $0) }
  }

  private func overlapping(_ range: Range<Int>) -> ArraySlice<Hidden> {
    let first = secrets.indices.partitionPoint { secrets[$0].range.lowerBound <= range.lowerBound - longest }
    let last = secrets.indices.partitionPoint { secrets[$0].range.lowerBound < range.upperBound }
    return secrets[first..<last].filter { $0.range.overlaps(range) }[...]
  }

  private static func hide(_ secret: Hidden, in text: String) -> String {
    secret.forms.reduce(text) { $0.replacing($1, with: String(repeating: "*", count: $1.utf8.count)) }
  }
}
