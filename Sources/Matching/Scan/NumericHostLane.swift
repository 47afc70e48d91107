internal import CShims
internal import Indicators

/// Addresses in the number forms that a URL's host may have: octal, hexadecimal, fewer than four parts. Without a dot or with letters they are
/// no token of another lane.
extension TokenScan {
  func numericHosts(_ rules: inout MatchRules<IndicatorIndex>) {
    let found = unsafe numericHostPlaces.flatten(to: scratch.ends)
    for place in 0..<found {
      let start = unsafe base &+ Int(scratch.ends[place])
      if text[start &- 1] == 0x2f, text[start &- 2] == 0x2f, text[start &- 3] == 0x3a { rules.numericHost(text, start) }
    }
  }
  /// Appends the places in a blunt text (``RefangSieve``) where a listed address may stand in such a form, once its scheme is undone.
  func nominateNumericHosts(in bytes: UnsafeRawBufferPointer, _ places: inout [Int]) {
    guard !features.isDisjoint(with: [.addresses, .networks4]) else { return }
    let text = unsafe LogText(bytes: bytes)
    var place = 1
    while place < text.count {
      guard ASCII.isDigit(text[place]), Self.mayEndScheme(text[place &- 1]) else {
        place &+= 1
        continue
      }
      let start = place
      while ASCII.isAlphanumeric(text[place]) || text[place] == 0x2e { place &+= 1 }
      let host = text.lowercased(start, min(place, start + 64))
      if AddressText.ipv4(host) == nil, let address = IPv4Address(hostOfURL: host),
        index.mayHit(address: address.value, text: hash.hash(.urlHost, Array(AddressText.text(address.value).utf8)))
      {
        places.append(start)
      }
    }
  }

  /// The last byte of `://`, or of what may stand for it.
  private static func mayEndScheme(_ byte: UInt8) -> Bool { byte == 0x2f || byte == 0x5d || byte == 0x29 || byte == 0x7d || byte == 0x3e }
}
