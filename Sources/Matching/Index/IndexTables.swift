internal import CShims
import Indicators

/// The search structures of an index under construction. See ``IndexFormat`` for where each one goes.
struct IndexTables: ~Copyable {
  let hash: KeyHash
  var features = IndexFormat.Features(rawValue: 0)
  var labels = LabelSet()
  var tokenLengths = LengthSet()
  var hexLengths = LengthSet()
  var filter: [UInt64] = []
  var pairs: [UInt64] = []
  var slots: [UInt64] = []
  var addresses: [UInt64] = []
  /// By a hash of the /16: those that hold networks too wide for cells.
  var networks16 = [UInt64](repeating: 0, count: AddressFilter.wideBits / 64)
  var networks4: [Network] = []
  var networks6: [Network] = []
  private(set) var unmatchable = 0

  struct Network {
    var prefix: NetworkPrefix
    var entry: UInt32
    /// Place of the narrowest network around this one, plus one; 0 for none.
    var parent: UInt32 = 0
  }

  struct Item {
    var hash: UInt64
    var entry: UInt32
    var role: KeyRole
  }
  var items: [Item] = []
  var queryless: [Item] = []
  /// See ``TailSet``.
  var tails: [UInt64] = []
  private var literalTails: Set<UInt32> = []
  /// The same of literals of fewer than eight bytes.
  var shortTails: [UInt64] = []
  private var shortLiteralTails: Set<UInt32> = []
  private var literalEnds = LiteralEnds()
  var filterKeys = FilterKeys()
  var pairKeys = FilterKeys()
  var hostAddresses: [UInt32] = []
  private var cells: [UInt32] = []

  init(hash: KeyHash) { self.hash = hash }

  /// - Parameter quickly: false takes every record apart, as a test does to see that the short way gives the same.
  mutating func fill(from records: SortedRecords, quickly: Bool = true) {
    items.reserveCapacity(records.count + records.count / 4)
    filterKeys.reserveCapacity(3 * records.count / 2)
    pairKeys.reserveCapacity(2 * records.count / 3, names: records.count / 2, urls: records.count / 4)
    hostAddresses.reserveCapacity(records.count / 4)
    let modes = records.contexts.map { $0.first.flatMap(IndexContext.mode) }
    unsafe records.data.withUnsafeBufferPointer { bytes in
      for place in 0..<records.count {
        if quickly, let record = unsafe PlainRecord(bytes, records.range(place)), unsafe add(record, mode: modes[record.context], entry: UInt32(place), isNoSuffix: records.isNoSuffix(place)) { continue }
        guard let (body, context) = records.body(at: place) else { continue }
        add(body, mode: modes[context], entry: UInt32(place))
      }
    }
    if features.contains(.services) { addServices() }
    dropGenericQueryless()
    buildSlots()
    if literalEnds.note(in: &filterKeys, hash: hash) { features.insert(.crowdedEnds) }
    filter = filterKeys.table(bitsPerKey: HashFilter.bitsPerKey)
    filterKeys = FilterKeys()
    pairs = pairKeys.table(bitsPerKey: PairFilter.bitsPerKey)
    pairKeys = FilterKeys()
    buildAddresses()
    tails = TailSet.table(literalTails)
    literalTails = []
    shortTails = TailSet.table(shortLiteralTails)
    shortLiteralTails = []
    Self.link(&networks4)
    Self.link(&networks6)
  }

  private mutating func add(_ body: RecordBody, mode: MatchMode?, entry: UInt32) {
    let keys = IndicatorKeys.keys(of: body.type, body.match, canonical: body.canonical, mode: mode)
    var isMatchable = keys.contains { $0.kind != .value }
    for key in keys {
      let item = Item(hash: hash.hash(key), entry: entry, role: key.role)
      if key.role == .withoutQuery { queryless.append(item) } else { items.append(item) }
      anchor(key, hash: item.hash)
    }
    if body.type == .cidr || body.type == .ipRange {
      let text = String(decoding: body.match, as: UTF8.self)
      for prefix in IndicatorKeys.networks(of: Observable(type: body.type, canonical: text, match: text)) {
        isMatchable = true
        add(prefix, entry: entry)
      }
    }
    if body.type == .url, mode == .prefix { features.insert(.prefixURLs) }
    if body.type == .cve { features.insert(.vulnerabilities) }
    if ServiceNames.prefix(of: body.type) != nil { serviceTypes.insert(body.type) }
    if body.type == .purl, let type = ServiceNames.type(ofPackageURL: body.match) { serviceTypes.insert(type) }
    if !isMatchable { unmatchable += 1 }
  }

  private var serviceTypes: Set<IndicatorType> = []

  /// Puts into the filter what the scan will ask it for.
  private mutating func anchor(_ key: IndexKey, hash value: UInt64) {
    switch key.kind {
    case .ipv4:
      features.insert(.addresses)
      hostAddresses.append(key.bytes.reduce(0) { $0 << 8 | UInt32($1) })
    case .ipv6: features.insert(.ipv6)
    case .name:
      filterKeys.append(value)
      insertPair(of: key.bytes, .names)
    case .url:
      features.insert(.urls)
      filterKeys.append(value)
      guard let host = URLParts.host(ofKey: key.bytes) else { return }
      if URLParts.authority(ofKey: key.bytes) != nil { features.insert(.otherSchemes) }
      filterKeys.append(hash.hash(.urlHost, host))
      for start in URLParts.starts(ofKey: key.bytes) { filterKeys.append(hash.hash(.urlStart, start)) }
      if let address = AddressText.ipv4(host) {
        features.insert(.addresses)
        hostAddresses.append(address)
      } else if host.first == 0x5b {
        features.insert(.ipv6)
      } else {
        insertPair(of: host, .urls, path: URLParts.path(ofKey: key.bytes, behind: host).flatMap(PathStart.init))
      }
    case .email:
      features.insert(.emails)
      guard let at = key.bytes.lastIndex(of: 0x40) else { return }
      let domain = Array(key.bytes[(at + 1)...])
      filterKeys.append(hash.hash(.emailDomain, domain))
      insertPair(of: domain, .names)
    case .hex:
      features.insert(.hex)
      hexLengths.insert(key.bytes.count)
      filterKeys.append(value)
    case .token:
      features.insert(.tokens)
      tokenLengths.insert(key.bytes.count)
      filterKeys.append(value)
    case .literal: insertLiteral(key.bytes)
    case .service:
      features.insert(.services)
      filterKeys.append(hash.hash(.service, ServiceNames.withoutVersion(key.bytes)))
    case .secret:
      features.insert(.secrets)
      filterKeys.append(hash.hash(.secretLength, Array(key.bytes.suffix(2))))
    case .value, .urlHost, .urlStart, .emailDomain, .secretLength: break
    }
  }

  private mutating func insertPair(of name: [UInt8], _ uses: KeyUses, path: PathStart? = nil) {
    features.insert(.names)
    if name.starts(with: "xn--".utf8) || Self.hasInnerACE(name) { features.insert(.international) }
    let (pair, label) = HostName.pair(of: name)
    let key = hash.pair(pair)
    pairKeys.append(key)
    pairKeys.note(uses, of: key)
    if let path { pairKeys.note(path.mask(key), of: key) }
    labels.insert(label)
  }

  static func hasInnerACE(_ name: [UInt8]) -> Bool {
    name.split(separator: 0x2e).contains { $0.starts(with: "xn--".utf8) }
  }

  private mutating func insertLiteral(_ bytes: [UInt8]) {
    guard let text = LiteralText(bytes) else { return }
    features.insert(.literals)
    switch text.anchor {
    case .pair(let pair, let label):
      features.insert(.names)
      pairKeys.append(hash.pair(pair))
      labels.insert(label)
    case .longWord: insertWord(text, .longWords)
    case .shortWord: insertWord(text, .shortWords)
    case .tinyWord:
      insertWord(text, .tinyWords)
      shortLiteralTails.formUnion(TailSet.tails(of: text.body))
    }
    let keys = LiteralHash.keys(of: text.body, hash: hash)
    filterKeys.append(keys.body)
    literalEnds.append(keys.ends, of: text.body, to: &filterKeys)
  }

  private mutating func insertWord(_ text: LiteralText, _ feature: IndexFormat.Features) {
    features.insert(feature)
    if let first = text.trailer.first, [0x2d, 0x2e, 0x5f].contains(first) { features.insert(.openTrailers) }
    literalTails.formUnion(TailSet.tails(of: text.body))
  }

  private mutating func addServices() {
    if serviceTypes.contains(.npm) || serviceTypes.contains(.pypi) { features.insert(.packages) }
    for type in IndexTypes.codes where serviceTypes.contains(type) {
      for host in ServiceNames.hosts(of: type) { insertPair(of: Array(host.utf8), []) }
      for cue in ServiceNames.cues(of: type) { insertLiteral(cue.text) }
    }
  }

  mutating func add(_ prefix: NetworkPrefix, entry: UInt32) {
    if !prefix.isIPv4 {
      features.insert(.ipv6)
      networks6.append(Network(prefix: prefix, entry: entry))
      return
    }
    features.insert(.networks4)
    networks4.append(Network(prefix: prefix, entry: entry))
    let first = UInt32(truncatingIfNeeded: prefix.base.low)
    let last = UInt32(truncatingIfNeeded: prefix.last.low)
    if prefix.length <= AddressFilter.widestCell {
      for block in (first >> 16)...(last >> 16) {
        let bit = AddressFilter.wideBit(of: block << 16, hash: hash)
        networks16[bit >> 6] |= 1 << UInt64(bit & 63)
      }
    } else {
      for cell in (first >> 8)...(last >> 8) { cells.append(cell) }
    }
  }

  /// Where many URLs differ in their query alone (`…/download?id=`), their common part is an endpoint, not an indicator.
  private mutating func dropGenericQueryless() {
    queryless.sort { ($0.hash, $0.entry) < ($1.hash, $1.entry) }
    var start = 0
    while start < queryless.count {
      var end = start
      while end < queryless.count, queryless[end].hash == queryless[start].hash { end += 1 }
      if end - start <= Limits.sharedQueryless { items.append(contentsOf: queryless[start..<end]) }
      start = end
    }
    queryless = []
  }

  /// How many items ahead a place is asked for: they lie all over the tables.
  private static let ahead = 16
  private static let slotBlock = 512

  private mutating func buildSlots() {
    guard !items.isEmpty else { return }
    slots = Array(repeating: IndexSlot.empty, count: items.count + items.count / 2 + 4)
    unsafe slots.withUnsafeMutableBufferPointer { slots in
      guard let base = slots.baseAddress else { return }
      // How many slots of each block are taken: of one key with very many entries (all ports of a host) each would else walk past all others.
      var taken = [UInt16](repeating: 0, count: slots.count / Self.slotBlock + 1)
      for (number, item) in items.enumerated() {
        if number + Self.ahead < items.count { unsafe ukai_prefetch(base + IndexSlot.home(items[number + Self.ahead].hash, count: slots.count)) }
        var place = IndexSlot.home(item.hash, count: slots.count)
        while unsafe slots[place] != IndexSlot.empty {
          let block = place / Self.slotBlock
          place = Int(taken[block]) == Self.slotBlock ? (block + 1) * Self.slotBlock : place + 1
          if place >= slots.count { place = 0 }
        }
        unsafe slots[place] = IndexSlot.word(hash: item.hash, role: item.role, entry: item.entry)
        taken[place / Self.slotBlock] += 1
      }
    }
    items = []
  }

  private mutating func buildAddresses() {
    let keys = hostAddresses.count + cells.count
    guard keys > 0 else { return }
    let lines = max(1, keys * AddressFilter.bitsPerKey / 512 + 1)
    addresses = Array(repeating: 0, count: lines * 8)
    for address in hostAddresses {
      let (cell, octet) = AddressFilter.parts(of: address, hash: hash)
      let probe = AddressFilter.Probe(cell: cell, octet: octet)
      mark(cell, lines, probe.addressWord, probe.addressMask)
    }
    for network in cells {
      let cell = AddressFilter.parts(of: network << 8, hash: hash).cell
      let probe = AddressFilter.Probe(cell: cell, octet: 0)
      mark(cell, lines, probe.networkWord, probe.networkMask)
    }
    hostAddresses = []
    cells = []
  }

  private mutating func mark(_ cell: UInt64, _ lines: Int, _ word: Int, _ mask: UInt64) {
    let line = AddressFilter.line(cell, lines) * 8
    addresses[line + AddressFilter.occupiedWord(cell)] |= AddressFilter.occupiedMask(cell)
    addresses[line + word] |= mask
  }

  /// Sorts networks by first address, wider first, and finds each one's parent.
  private static func link(_ networks: inout [Network]) {
    networks.sort {
      if $0.prefix.base != $1.prefix.base { return $0.prefix.base < $1.prefix.base }
      return ($0.prefix.length, $0.entry) < ($1.prefix.length, $1.entry)
    }
    var open: [Int] = []
    for index in networks.indices {
      while let around = open.last, networks[around].prefix.last < networks[index].prefix.base { open.removeLast() }
      if let around = open.last { networks[index].parent = UInt32(around + 1) }
      open.append(index)
    }
  }
}

extension KeyHash {
  func hash(_ key: IndexKey) -> UInt64 { hash(key.kind, key.bytes) }
}
