internal import CShims

/// IPv4 addresses: the most frequent token of all logs, so the cheapest path.
///
/// Three dots at the right distances are known from the masks. No octet is read: the text is hashed as it stands (see ``AddressFilter``), and
/// what is no address at all (`999.1.1.1`, `v1.2.3.4`) is in no filter, or falls at the rules. Reading the numbers took three times as
/// long as all that is done here now.
extension TokenScan {
  func addresses(_ rules: inout MatchRules<IndicatorIndex>) {
    guard let block = unsafe block else { return }
    let found = unsafe numberEnds.flatten(to: ends)
    guard found > 0 else { return }
    let candidates = unsafe hashQuads(found, block, &rules)
    let survivors = probeAddresses(candidates)
    for place in 0..<survivors { unsafe quad(endingAt: base &+ Int(ends[place]), &rules) }
  }

  /// Notes the hash of each /24 in ``hashes`` and the digits of the last octet in ``notes``.
  private func hashQuads(_ count: Int, _ block: UnsafePointer<UInt8>, _ rules: inout MatchRules<IndicatorIndex>) -> Int {
    let (filter, lines) = unsafe (addressLineCount > 0 ? addressLines : nil, addressLineCount)
    let (base, masks, ends, notes, hashes, hash) = unsafe (self.base, self.masks, self.ends, self.notes, self.hashes, self.hash)
    let hasWide = hasWideNetworks
    var kept = 0
    for place in 0..<count {
      let end = unsafe Int(ends[place])
      if base &+ end < Self.reach {
        quad(endingAt: base &+ end, &rules)
        continue
      }
      let own = unsafe masks + (Self.guardWords &+ end &>> 6)
      let dots = unsafe Self.window(own[0].dot, own[-1].dot, end)
      let inside = unsafe Self.window(own[0].dot | own[0].digit, own[-1].dot | own[-1].digit, end)
      let total = (~inside).leadingZeroBitCount
      // Longer than an octet: dropped below, but loaded until then.
      let octet = min(3, dots.leadingZeroBitCount)
      let length = total &- octet &- 1
      let dot = unsafe UnsafeRawPointer(block + (end &- octet &- 1))
      let high = unsafe (dot - 8).loadUnaligned(as: UInt64.self) & keepHigh[length & 31]
      let low = unsafe (dot - 16).loadUnaligned(as: UInt64.self) & keepLow[length & 31]
      let last = unsafe UnsafeRawPointer(block + (end &- 4)).loadUnaligned(as: UInt32.self)
      let cell = AddressFilter.cell(low: low, high: high, hash: hash)
      unsafe ends[kept] = UInt32(truncatingIfNeeded: end)
      unsafe notes[kept] = last & (UInt32.max &<< UInt32(truncatingIfNeeded: 32 &- 8 &* octet))
      unsafe hashes[kept] = cell
      if let filter = unsafe filter { unsafe ukai_prefetch(filter + AddressFilter.Probe.line(cell, lines) &* 8) }
      if hasWide, unsafe isWide(dots, octet, dot, total) {
        quad(endingAt: base &+ end, &rules)
        continue
      }
      // Seven to fifteen bytes; a fraction is shorter.
      kept = kept &+ (UInt(bitPattern: total &- 7) < 9 ? 1 : 0)
    }
    return kept
  }

  /// Whether a wide network has something in the address's /16.
  @inline(__always)
  private func isWide(_ dots: UInt64, _ octet: Int, _ thirdDot: UnsafeRawPointer, _ total: Int) -> Bool {
    let third = (dots &<< UInt64(truncatingIfNeeded: octet &+ 1)).leadingZeroBitCount
    let length = total &- octet &- third &- 2
    guard third < 4, length >= 3, length <= 7 else { return false }
    let text = unsafe (thirdDot - (third &+ 9)).loadUnaligned(as: UInt64.self) & keepHigh[length]
    let bit = AddressFilter.wideBit(text, hash: hash)
    return unsafe wideNetworks[bit &>> 3] &>> UInt8(truncatingIfNeeded: bit & 7) & 1 == 1
  }

  /// Leaves in ``ends`` the addresses that are listed or in a listed network, as far as the filter knows.
  private func probeAddresses(_ count: Int) -> Int {
    let number = addressLineCount
    guard number > 0, let filter = unsafe addressLines else { return 0 }
    let (ends, notes, hashes) = unsafe (self.ends, self.notes, self.hashes)
    var kept = 0
    for place in 0..<count {
      let probe = unsafe AddressFilter.Probe(cell: hashes[place], octet: notes[place], lines: number)
      let line = unsafe filter + probe.line &* 8
      let address = unsafe ~line[probe.addressWord] & probe.addressMask
      let cell = unsafe ~line[probe.cellWord] & probe.cellMask
      unsafe ends[kept] = ends[place]
      kept = kept &+ (address == 0 || cell == 0 ? 1 : 0)
    }
    return kept
  }

  /// The dotted quad before `end`, if it is a whole run of letters, digits, `_` and dots but for dots behind.
  private func quad(endingAt place: Int, _ rules: inout MatchRules<IndicatorIndex>) {
    var end = place
    while end > 0, text[end - 1] == 0x2e { end -= 1 }
    var runEnd = end
    while text[runEnd] == 0x2e { runEnd += 1 }
    var start = end
    while end - start < 16, ASCII.isDigit(text[start - 1]) || text[start - 1] == 0x2e { start -= 1 }
    guard !Self.isQuadNeighbour(text[runEnd]), !Self.isQuadNeighbour(text[start - 1]),
      let value = AddressText.ipv4(text.slice(start, end)), let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress,
      unsafe index.mayHit(address: value, text: hash.hash(.urlHost, bytes + start, end - start, folding: KeyHash.caseless))
    else { return }
    rules.ipv4(text, start, end, value: value)
  }

  private static func isQuadNeighbour(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || byte == 0x5f || byte == 0x2e }
}
