internal import CShims

/// Packages beside their versions (``PackageRow``): only where any are listed.
///
/// A block is searched while it lies in the first-level cache; what is found is read at the text's end, where all of a row is there.
extension TokenScan {
  func findPackageSigns(_ bytes: UnsafeRawBufferPointer, from first: Int, count: Int, whole: Int) {
    let found = unsafe packageSignMasks
    unsafe visitBlock(bytes, from: first, count: count, whole: whole) { text, words, before in
      for group in stride(from: 0, to: words, by: EndMasks.groupWords) {
        var filled = unsafe ukai_find_package_signs(kernel, text + group &* 64, min(words &- group, EndMasks.groupWords), found)
        while filled != 0 {
          let word = filled.trailingZeroBitCount
          filled &= filled &- 1
          unsafe addSigns(found[word], base &+ (before &+ group &+ word) &* 64)
        }
      }
    }
  }

  /// Notes the places of a word's signs, which begins at `start`.
  private func addSigns(_ signs: UInt64, _ start: Int) {
    var signs = signs
    while signs != 0 {
      let place = start &+ signs.trailingZeroBitCount
      signs &= signs &- 1
      // Behind nearly every `@` stands the host of a mail address.
      if text[place] != 0x40 || mayBeVersion(text[place &+ 1]) { packageSigns.append(place) }
    }
  }

  /// A digit, `^`, `~`, or the `n` of `npm:`.
  @inline(__always) private func mayBeVersion(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || byte == 0x5e || byte == 0x7e || byte == 0x6e }

  func packageRows(_ rules: inout MatchRules<IndicatorIndex>) {
    guard let filter else { return }
    for sign in packageSigns {
      if let row = PackageRow(text, at: sign), mayBeListed(row, filter) { rules.row(row, of: text) }
    }
  }

  /// The question of ``MatchRules/row(_:of:)``, asked without an allocation: logs of build machines are full of packages.
  private func mayBeListed(_ row: PackageRow, _ filter: Filter) -> Bool {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: PackageRow.longestKey) { key in
      guard let base = key.baseAddress else { return true }
      var count = 0
      row.visitKey(of: text) { byte in
        guard count < key.count else { return }
        unsafe (base + count).initialize(to: byte)
        count += 1
      }
      return unsafe filter.mayHold(hash.hash(.service, base, count, folding: KeyHash.folding(of: .service)))
    }
  }
}
