internal import CShims

/// IPv4 addresses: the most frequent token of all logs, so the cheapest path.
///
/// Three dots at the right distances are known from the masks. No octet is read: the text is hashed as it stands (see ``AddressFilter``), and
/// what is no address at all (`999.1.1.1`, `v1.2.3.4`) is in no filter, or falls at the rules. Reading the numbers took three times as
/// long as all that is done here now.
extension TokenScan {
  /// - Returns: how many addresses wait in ``quads`` for the filter's answer.
  func askQuads(_ rules: inout MatchRules<IndicatorIndex>) -> Int {
    guard let block = unsafe block else { return 0 }
    return unsafe hashQuads(numberEnds.flatten(to: quads.ends), block, &rules)
  }

  func answerQuads(_ count: Int, _ rules: inout MatchRules<IndicatorIndex>) {
    guard let block = unsafe block else { return }
    let survivors = unsafe probeAddresses(keepOccupied(count), block)
    for place in 0..<survivors { unsafe quad(endingAt: base &+ Int(quads.ends[place]), &rules) }
  }

  /// How many digits stand behind the nearest dot; 3 for more than there may be, which is in no filter.
  ///
  /// Out of the top four bits, by a row of sixteen small numbers: counting leading zeros takes many CPUs longer.
  @inline(__always) private static func octetLength(_ dots: UInt64) -> Int {
    Int(truncatingIfNeeded: (0x0000_0000_1111_2233 as UInt64) &>> ((dots &>> 60) &<< 2)) & 3
  }

  /// Notes the hash of each /24.
  private func hashQuads(_ count: Int, _ block: UnsafePointer<UInt8>, _ rules: inout MatchRules<IndicatorIndex>) -> Int {
    // Without a filter what is fetched does not matter.
    let lines = addressLineCount
    let prefetched = unsafe addressLines ?? UnsafePointer(keep.run)
    let (masks, ends, hashes, keepRun, hash) = unsafe (self.masks, quads.ends, quads.hashes, keep.run, self.hash)
    let hasWide = hasWideNetworks
    var kept = 0
    for place in 0..<count {
      let end = unsafe Int(ends[place])
      let dots = unsafe masks.near(end, masks.dot)
      let octet = Self.octetLength(dots)
      // What stands before the last dot: up to eleven bytes of digits and dots.
      let inside = unsafe (dots | masks.near(end, masks.digit)) &<< UInt64(truncatingIfNeeded: octet &+ 1)
      let (near, far) = (Int(truncatingIfNeeded: inside &>> 56), Int(truncatingIfNeeded: inside &>> 48) & 0xff)
      let dot = unsafe UnsafeRawPointer(block + (end &- octet &- 1))
      let high = unsafe (dot - 8).loadUnaligned(as: UInt64.self) & keepRun[near]
      let low = unsafe (dot - 16).loadUnaligned(as: UInt64.self) & keepRun[near == 0xff ? far : 0]
      let cell = AddressFilter.cell(low: low, high: high, hash: hash)
      unsafe ends[kept] = UInt32(truncatingIfNeeded: end)
      unsafe hashes[kept] = cell
      unsafe ukai_prefetch(prefetched + AddressFilter.line(cell, lines) &* 8)
      if hasWide, unsafe isWide(dots, octet, dot, inside) {
        quad(endingAt: base &+ end, &rules)
        continue
      }
      kept = kept &+ 1
    }
    return kept
  }

  /// Whether a wide network has something in the address's /16.
  ///
  /// - Parameter inside: digits and dots before the third dot.
  @inline(__always)
  private func isWide(_ dots: UInt64, _ octet: Int, _ thirdDot: UnsafeRawPointer, _ inside: UInt64) -> Bool {
    let third = (dots &<< UInt64(truncatingIfNeeded: octet &+ 1)).leadingZeroBitCount
    let length = (~inside).leadingZeroBitCount &- third &- 1
    guard third < 4, length >= 3, length <= 7 else { return false }
    let text = unsafe (thirdDot - (third &+ 9)).loadUnaligned(as: UInt64.self) & keep.high[length]
    let bit = AddressFilter.wideBit(text, hash: hash)
    return unsafe wideNetworks[bit &>> 3] &>> UInt8(truncatingIfNeeded: bit & 7) & 1 == 1
  }

  /// Leaves in ``quads`` the addresses in whose /24 something is listed, as far as the filter knows: few of them, so that this alone is in
  /// every address's way.
  private func keepOccupied(_ count: Int) -> Int {
    let number = addressLineCount
    guard number > 0, let filter = unsafe addressLines else { return 0 }
    return unsafe ukai_keep_occupied(kernel, filter, UInt64(number), quads.ends, quads.hashes, count)
  }

  /// Leaves in ``quads`` the addresses that are listed or in a listed network, as far as the filter knows.
  private func probeAddresses(_ count: Int, _ block: UnsafePointer<UInt8>) -> Int {
    guard count > 0, let filter = unsafe addressLines else { return 0 }
    let (ends, hashes) = unsafe (quads.ends, quads.hashes)
    var kept = 0
    for place in 0..<count {
      let end = unsafe Int(ends[place])
      let digits = unsafe Self.octetLength(masks.near(end, masks.dot))
      let last = unsafe UnsafeRawPointer(block + (end &- 4)).loadUnaligned(as: UInt32.self)
      let octet = last & (UInt32.max &<< UInt32(truncatingIfNeeded: 32 &- 8 &* digits))
      let probe = unsafe AddressFilter.Probe(cell: hashes[place], octet: octet)
      let line = unsafe filter + AddressFilter.line(hashes[place], addressLineCount) &* 8
      let address = unsafe ~line[probe.addressWord] & probe.addressMask
      let network = unsafe ~line[probe.networkWord] & probe.networkMask
      unsafe ends[kept] = UInt32(truncatingIfNeeded: end)
      kept = kept &+ (address == 0 || network == 0 ? 1 : 0)
    }
    return kept
  }

  /// The dotted quad before `end`, if it is a whole run of letters, digits, `_` and dots but for dots behind, or for a port.
  private func quad(endingAt place: Int, _ rules: inout MatchRules<IndicatorIndex>) {
    var end = place
    while end > 0, text[end - 1] == 0x2e { end -= 1 }
    var runEnd = end
    while text[runEnd] == 0x2e { runEnd += 1 }
    var start = end
    while end - start < 16, ASCII.isDigit(text[start - 1]) || text[start - 1] == 0x2e { start -= 1 }
    let goesOn = Self.isQuadNeighbour(text[runEnd])
    guard !Self.isQuadNeighbour(text[start - 1]), let value = AddressText.ipv4(text.slice(start, end)),
      let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress,
      unsafe index.mayHit(address: value, text: hash.hash(.urlHost, bytes + start, end - start, folding: KeyHash.caseless)),
      !goesOn || text.dottedPort(of: start..<end) != nil
    else { return }
    rules.ipv4(text, start, end, value: value)
  }

  private static func isQuadNeighbour(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || byte == 0x5f || byte == 0x2e }
}
