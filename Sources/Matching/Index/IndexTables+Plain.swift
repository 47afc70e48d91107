import Indicators

/// A record seen where it lies, without copies: its head and its value.
@unsafe struct PlainRecord {
  let type: IndicatorType
  let encoding: IndicatorRecord.Encoding
  let context: Int
  /// The stored value, inside the records' bytes.
  let value: UnsafeBufferPointer<UInt8>

  /// Nil for bytes that no builder wrote.
  init?(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    var reader = unsafe RecordReader(UnsafeRawBufferPointer(bytes), from: range.lowerBound, to: range.upperBound)
    guard let code = reader.byte(), let type = IndexTypes.type(code), let head = reader.byte(),
      let encoding = IndicatorRecord.Encoding(rawValue: head >> 4), let context = reader.varint(), let value = reader.textRange()
    else { return nil }
    unsafe self.type = type
    unsafe self.encoding = encoding
    unsafe self.context = Int(context)
    unsafe self.value = unsafe UnsafeBufferPointer(rebasing: bytes[value])
  }
}

/// The short way of the records that most indexes consist of: digests, addresses and networks, names, web addresses, mailboxes and wallets.
/// It writes the same as the long way, which takes a record apart and names its keys; a test compares them.
extension IndexTables {
  /// False, and nothing done, for a record that needs the long way.
  /// - Parameter isNoSuffix: see ``SortedRecords/noSuffixes``.
  mutating func add(_ record: PlainRecord, mode: MatchMode?, entry: UInt32, isNoSuffix: Bool) -> Bool {
    let value = unsafe record.value
    guard let base = value.baseAddress, !value.isEmpty else { return false }
    switch unsafe (record.type, record.encoding) {
    case (.md5, .hex), (.sha1, .hex), (.sha224, .hex), (.sha256, .hex), (.sha384, .hex), (.sha512, .hex):
      let key = unsafe hash(digits: value)
      features.insert(.hex)
      hexLengths.insert(2 * value.count)
      items.append(Item(hash: key, entry: entry, role: .whole))
      filterKeys.append(key)
      return true
    case (.ipv4, .ipv4) where value.count == 4:
      features.insert(.addresses)
      unsafe items.append(Item(hash: hash.hash(.ipv4, base, 4, folding: KeyHash.folding(of: .ipv4)), entry: entry, role: .whole))
      hostAddresses.append(unsafe value.reduce(0) { $0 << 8 | UInt32($1) })
      return true
    case (.domain, .same): return unsafe addName(value, base, mode, entry, isNoSuffix)
    case (.url, .http) where mode != .host && mode != .prefix, (.url, .https) where mode != .host && mode != .prefix:
      return unsafe addURL(value, base, entry)
    case (.ipv6, .same): return unsafe addIPv6(value, entry)
    case (.cidr, .same): return unsafe addNetwork(value, base, entry)
    case (.email, .same), (.email, .lowercase): return unsafe addMailbox(value, base, entry)
    case (.btc, .same), (.tron, .same), (.evm, .same), (.evm, .lowercase): return unsafe addWallet(record.type, value, base, entry)
    default: return false
    }
  }

  /// The hash of a digest's digits, of its bytes.
  private func hash(digits value: UnsafeBufferPointer<UInt8>) -> UInt64 {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * value.count) { digits in
      for index in value.indices {
        let byte = unsafe value[index]
        unsafe digits[2 * index] = Self.digit(byte >> 4)
        unsafe digits[2 * index + 1] = Self.digit(byte & 15)
      }
      guard let base = digits.baseAddress else { return 0 }
      return unsafe hash.hash(.hex, base, digits.count, folding: KeyHash.folding(of: .hex))
    }
  }

  @inline(__always) private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

  private mutating func addName(_ name: UnsafeBufferPointer<UInt8>, _ base: UnsafePointer<UInt8>, _ mode: MatchMode?, _ entry: UInt32, _ isNoSuffix: Bool) -> Bool {
    // `www.` has a key of its own.
    if name.count > 4, unsafe name[0] == 0x77, unsafe name[1] == 0x77, unsafe name[2] == 0x77, unsafe name[3] == 0x2e { return false }
    let key = unsafe hash.hash(.name, base, name.count, folding: KeyHash.folding(of: .name))
    let isShared = unsafe !isNoSuffix && HostRules.isShared(name)
    items.append(Item(hash: key, entry: entry, role: isShared || mode == .exact ? .wholeOnly : .whole))
    filterKeys.append(key)
    unsafe insertPair(of: name, .names, times: 1)
    return true
  }

  private mutating func addURL(_ url: UnsafeBufferPointer<UInt8>, _ base: UnsafePointer<UInt8>, _ entry: UInt32) -> Bool {
    // A host of letters, digits, dots and hyphens, then a path or a port.
    var end = 0
    while end < url.count, unsafe url[end] == 0x2e || ASCII.isHostCharacter(url[end]) { end += 1 }
    guard end > 0, end < url.count, unsafe url[end] == 0x2f || url[end] == 0x3a && end + 1 < url.count && ASCII.isDigit(url[end + 1]) else { return false }
    let host = unsafe UnsafeBufferPointer(rebasing: url[..<end])
    features.insert(.urls)
    let key = unsafe hash.hash(.url, base, url.count, folding: KeyHash.folding(of: .url))
    items.append(Item(hash: key, entry: entry, role: .whole))
    filterKeys.append(key)
    let hostKey = unsafe hash.hash(.urlHost, base, end, folding: KeyHash.folding(of: .urlHost))
    filterKeys.append(hostKey)
    var times = 1
    var startKeys: [UInt64] = []
    var slash = end
    while slash < url.count, unsafe url[slash] != 0x2f { slash += 1 }
    if slash < url.count {
      var segment = slash + 1
      while segment < url.count, segment <= slash + Limits.urlStart, unsafe url[segment] != 0x2f && url[segment] != 0x3f && url[segment] != 0x23 { segment += 1 }
      startKeys.append(unsafe hash.hash(.urlStart, base, segment, folding: KeyHash.folding(of: .urlStart)))
      if slash > end { startKeys.append(unsafe hash.hash(.urlStart, base, end + 1, folding: KeyHash.folding(of: .urlStart))) }
    }
    if let query = unsafe url.firstIndex(of: 0x3f), query > end + 1, unsafe url[query - 1] != 0x2f || query > end + 2 {
      let short = unsafe hash.hash(.url, base, query, folding: KeyHash.folding(of: .url))
      queryless.append(Item(hash: short, entry: entry, role: .withoutQuery))
      filterKeys.append(short)
      filterKeys.append(hostKey)
      times = 2
    }
    for _ in 0..<times { filterKeys.append(contentsOf: startKeys) }
    if let address = unsafe AddressText.ipv4(host) {
      features.insert(.addresses)
      for _ in 0..<times { hostAddresses.append(address) }
    } else {
      unsafe insertPair(of: host, .urls, path: PathStart(url[end...]), times: times)
    }
    return true
  }

  /// - Parameter times: how often the long way names it. The filter is sized by that.
  mutating func insertPair(of name: UnsafeBufferPointer<UInt8>, _ uses: KeyUses, path: PathStart? = nil, times: Int) {
    features.insert(.names)
    if unsafe Self.hasACE(name) { features.insert(.international) }
    let found = unsafe HostName.pair(endingAt: name.count, in: name)
    let (pair, label) = found.map { ($0.pair, $0.label) } ?? (0, 0)
    let key = unsafe hash.pair(name[pair...])
    for _ in 0..<times { pairKeys.append(key) }
    pairKeys.note(uses, of: key)
    if let path { pairKeys.note(path.mask(key), of: key) }
    unsafe labels.insert(name[label...])
  }

  /// Whether a label begins with `xn--`.
  private static func hasACE(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    var isStart = true
    for index in name.indices {
      if isStart, name.count - index >= 4, unsafe name[index] == 0x78, unsafe name[index + 1] == 0x6e, unsafe name[index + 2] == 0x2d,
        unsafe name[index + 3] == 0x2d
      {
        return true
      }
      isStart = unsafe name[index] == 0x2e
    }
    return false
  }
}
