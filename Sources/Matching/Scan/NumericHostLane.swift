internal import CShims
internal import Indicators

/// Addresses in the number forms that a URL's host may have: octal, hexadecimal, fewer than four parts. Without a dot or with letters they are
/// no token of another lane.
extension TokenScan {
  func numericHosts(_ rules: inout MatchRules<IndicatorIndex>) {
    let found = unsafe numericHostPlaces.flatten(to: scratch.ends)
    for place in 0..<found {
      let start = unsafe base &+ Int(scratch.ends[place])
      if text[start &- 1] == 0x2f, text[start &- 2] == 0x2f, text[start &- 3] == 0x3a, numericHost(in: text, from: start).isListed {
        rules.numericHost(text, start)
      }
    }
  }

  /// Appends the places in a blunt text (``RefangSieve``) where a listed address may stand in such a form, once its scheme is undone.
  func nominateNumericHosts(in bytes: UnsafeRawBufferPointer, _ places: inout [Int]) {
    guard !features.isDisjoint(with: [.addresses, .networks4]), let start = unsafe bytes.bindMemory(to: UInt8.self).baseAddress else { return }
    let text = unsafe LogText(bytes: bytes)
    var place = 1
    while true {
      place = unsafe ukai_next_number_start(start, place, text.count)
      guard place < text.count else { return }
      let host = numericHost(in: text, from: place)
      if host.isListed { places.append(place) }
      place = host.end
    }
  }

  /// Where the run of letters, digits and dots from a place on ends, and whether it is a listed address in such a form, as far as the index
  /// knows before the rules are asked.
  private func numericHost(in text: LogText, from start: Int) -> (end: Int, isListed: Bool) {
    var end = start
    while ASCII.isAlphanumeric(text[end]) || text[end] == 0x2e { end &+= 1 }
    var host = text.lowercased(start, min(end, start + 64))
    while host.last == 0x2e { host.removeLast() }
    guard AddressText.ipv4(host) == nil, let address = IPv4Address(hostOfURL: host) else { return (end, false) }
    return (end, index.mayHit(address: address.value, text: hash.hash(.urlHost, Array(AddressText.text(address.value).utf8))))
  }
}
