internal import CShims

/// IPv4 addresses: the most frequent token of all logs, so the cheapest path.
///
/// Three dots at the right distances are known from the masks. The four octets are read with one load each; a line of the address filter,
/// chosen by the /24, answers for the address and for the networks around it with one access to memory.
extension TokenScan {
  func addresses(_ rules: inout MatchRules<IndicatorIndex>) {
    guard let block = unsafe block else { return }
    let found = quadEnds()
    guard found > 0 else { return }
    let candidates = unsafe parseQuads(found, block, &rules)
    let survivors = probeAddresses(candidates)
    for place in 0..<survivors { unsafe quad(endingAt: base &+ Int(ends[place]), &rules) }
  }

  /// Leaves the ends of well-formed addresses in ``ends``, their values in ``notes``.
  private func parseQuads(_ count: Int, _ block: UnsafePointer<UInt8>, _ rules: inout MatchRules<IndicatorIndex>) -> Int {
    var kept = 0
    let (base, masks, ends, notes) = unsafe (self.base, self.masks, self.ends, self.notes)
    for place in 0..<count {
      let end = unsafe Int(ends[place])
      if base &+ end < Self.reach {
        quad(endingAt: base &+ end, &rules)
        continue
      }
      let own = unsafe masks + (Self.guardWords &+ end &>> 6)
      var dots = unsafe Self.window(own[0].dot, own[-1].dot, end)
      let inside = unsafe Self.window(own[0].dot | own[0].digit, own[-1].dot | own[-1].digit, end)
      let total = (~inside).leadingZeroBitCount
      let fourth = dots.leadingZeroBitCount
      dots = dots &<< UInt64(truncatingIfNeeded: fourth &+ 1)
      let third = dots.leadingZeroBitCount
      dots = dots &<< UInt64(truncatingIfNeeded: third &+ 1)
      let second = dots.leadingZeroBitCount
      let first = total &- fourth &- third &- second &- 3
      let position = unsafe block + end
      var bad: UInt32 = 0
      let d = unsafe Self.octet(position, fourth, &bad)
      let c = unsafe Self.octet(position - (fourth &+ 1), third, &bad)
      let b = unsafe Self.octet(position - (fourth &+ third &+ 2), second, &bad)
      // Lengths that are none make the place of the first octet meaningless: the address is bad then anyway.
      let a = unsafe Self.octet(position - min(12, fourth &+ third &+ second &+ 3), first, &bad)
      unsafe ends[kept] = UInt32(truncatingIfNeeded: end)
      unsafe notes[kept] = a &<< 24 | b &<< 16 | c &<< 8 | d
      kept = kept &+ (bad == 0 ? 1 : 0)
    }
    return kept
  }

  /// The number of one to three digits that ends before `end`; `bad` is not 0 after any other length, a leading zero, or more than 255.
  ///
  /// No branch: lengths of octets are as good as random, and four wrong guesses an address cost more than all the arithmetic (they
  /// took a third of the lane's time).
  @inline(__always)
  private static func octet(_ end: UnsafePointer<UInt8>, _ length: Int, _ bad: inout UInt32) -> UInt32 {
    let four = unsafe UnsafeRawPointer(end - 4).loadUnaligned(as: UInt32.self)
    let count = UInt32(truncatingIfNeeded: length)
    let digits = (four & 0x0f0f_0f0f) & (UInt32.max &<< (32 &- 8 &* count))
    let value = (digits &>> 24) &+ (digits &>> 16 & 15) &* 10 &+ (digits &>> 8 & 15) &* 100
    // The least number of so many digits: 0, 0, 10, 100.
    let least = (0x640a_0000 as UInt32) &>> (8 &* count) & 255
    bad |= value &>> 8 | (value &- least) &>> 31 | count & ~3 | (count &- 1) &>> 31
    return value
  }

  /// Leaves in ``ends`` the addresses that are listed or in a listed network, as far as the filters know.
  private func probeAddresses(_ count: Int) -> Int {
    let section = unsafe index.section(.addresses)
    let lines = unsafe section.count / 64
    let filter = unsafe section.bindMemory(to: UInt64.self).baseAddress
    let wide = unsafe index.section(.networks16)
    if lines > 0, let filter = unsafe filter {
      for place in 0..<count {
        let line = unsafe AddressFilter.Probe(notes[place], hash: hash, lines: lines).line
        unsafe ukai_prefetch(filter + line &* 8)
      }
    }
    let (ends, notes, hash) = unsafe (self.ends, self.notes, self.hash)
    var kept = 0
    for place in 0..<count {
      let address = unsafe notes[place]
      var mayHit = false
      if lines > 0, let filter = unsafe filter {
        let probe = AddressFilter.Probe(address, hash: hash, lines: lines)
        let line = unsafe filter + probe.line &* 8
        mayHit = unsafe line[probe.addressWord] & probe.addressMask == probe.addressMask
          || line[probe.cellWord] & probe.cellMask == probe.cellMask
      }
      // The second half of the section: /16s that hold networks too wide for a cell.
      let block = Int(address &>> 16)
      mayHit = unsafe mayHit || wide[8192 &+ block &>> 3] &>> UInt8(truncatingIfNeeded: block & 7) & 1 == 1
      unsafe ends[kept] = ends[place]
      kept = kept &+ (mayHit ? 1 : 0)
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
      let value = AddressText.ipv4(text.slice(start, end))
    else { return }
    rules.ipv4(text, start, end, value: value)
  }

  private static func isQuadNeighbour(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || byte == 0x5f || byte == 0x2e }
}
