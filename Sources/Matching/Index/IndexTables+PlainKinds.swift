import Indicators

/// The short ways of what fewer records hold.
extension IndexTables {
  mutating func addIPv6(_ text: UnsafeBufferPointer<UInt8>, _ entry: UInt32) -> Bool {
    guard let address = unsafe AddressText.plainIPv6(UnsafeRawBufferPointer(text)) else { return false }
    features.insert(.ipv6)
    // In the order of the network, as the key's bytes are.
    let words: InlineArray<2, UInt64> = [address.high.bigEndian, address.low.bigEndian]
    let key = unsafe words.span.bytes.withUnsafeBytes { bytes in
      unsafe bytes.bindMemory(to: UInt8.self).baseAddress.map { unsafe hash.hash(.ipv6, $0, 16, folding: KeyHash.folding(of: .ipv6)) }
    }
    guard let key else { return false }
    items.append(Item(hash: key, entry: entry, role: .whole))
    return true
  }

  mutating func addNetwork(_ text: UnsafeBufferPointer<UInt8>, _ base: UnsafePointer<UInt8>, _ entry: UInt32) -> Bool {
    guard let prefix = unsafe NetworkPrefix(ascii: text) else { return false }
    items.append(Item(hash: unsafe hash.hash(.value, base, text.count, folding: KeyHash.folding(of: .value)), entry: entry, role: .whole))
    add(prefix, entry: entry)
    return true
  }

  mutating func addMailbox(_ text: UnsafeBufferPointer<UInt8>, _ base: UnsafePointer<UInt8>, _ entry: UInt32) -> Bool {
    // Case does not count in the hash, and the domain is in lower case already.
    guard let at = unsafe text.lastIndex(of: 0x40), at + 1 < text.count, unsafe text[at + 1] != 0x5b else { return false }
    features.insert(.emails)
    items.append(Item(hash: unsafe hash.hash(.email, base, text.count, folding: KeyHash.folding(of: .email)), entry: entry, role: .whole))
    let domain = unsafe UnsafeBufferPointer(rebasing: text[(at + 1)...])
    filterKeys.append(unsafe hash.hash(.emailDomain, base + at + 1, domain.count, folding: KeyHash.folding(of: .emailDomain)))
    unsafe insertPair(of: domain, .names, times: 1)
    return true
  }

  mutating func addWallet(_ type: IndicatorType, _ text: UnsafeBufferPointer<UInt8>, _ base: UnsafePointer<UInt8>, _ entry: UInt32) -> Bool {
    switch type {
    case .evm:
      guard text.count == 42 else { return false }
      let digits = unsafe UnsafeBufferPointer(rebasing: text[2...])
      guard let tron = unsafe TronAddress.text(ofHex: digits) else { return false }
      unsafe addHex(digits, role: .whole, tronRole: .otherChain, entry)
      addToken(tron, role: .otherChain, entry)
    case .tron:
      let address = unsafe Array(text)
      guard let digits = TronAddress.hex(ofText: address) else { return false }
      addToken(address, role: .whole, entry)
      unsafe digits.withUnsafeBufferPointer { unsafe addHex($0, role: .otherChain, tronRole: .whole, tronFirst: true, entry) }
    default:
      guard text.count >= Limits.tokenLength, unsafe text.allSatisfy(ASCII.isAlphanumeric) else { return false }
      unsafe addToken(text, role: .whole, entry)
    }
    return true
  }

  /// The forty digits of an address alone, and behind TRON's `41`.
  private mutating func addHex(_ digits: UnsafeBufferPointer<UInt8>, role: KeyRole, tronRole: KeyRole, tronFirst: Bool = false, _ entry: UInt32) {
    features.insert(.hex)
    hexLengths.insert(digits.count)
    hexLengths.insert(digits.count + 2)
    let (plain, behind) = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: digits.count + 2) { bytes -> (UInt64, UInt64) in
      guard let base = bytes.baseAddress else { return (0, 0) }
      unsafe base[0] = 0x34
      unsafe base[1] = 0x31
      for index in digits.indices { unsafe base[index + 2] = digits[index] }
      let folding = KeyHash.folding(of: .hex)
      return unsafe (hash.hash(.hex, base + 2, digits.count, folding: folding), hash.hash(.hex, base, digits.count + 2, folding: folding))
    }
    let items = [Item(hash: plain, entry: entry, role: role), Item(hash: behind, entry: entry, role: tronRole)]
    for item in tronFirst ? items.reversed() : items {
      self.items.append(item)
      filterKeys.append(item.hash)
    }
  }

  private mutating func addToken(_ text: some RandomAccessCollection<UInt8>, role: KeyRole, _ entry: UInt32) {
    features.insert(.tokens)
    tokenLengths.insert(text.count)
    // Case does not count in the hash.
    let key = hash.hash(.token, Array(text))
    items.append(Item(hash: key, entry: entry, role: role))
    filterKeys.append(key)
  }
}
