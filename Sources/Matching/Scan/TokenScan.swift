internal import CShims
internal import Indicators

/// Finds the tokens of a text that an index may hold, and asks the rules about those alone.
///
/// A text goes through in blocks that stay in the first-level cache, each in four stages:
///
/// ```
///  bytes ──kernel──▶ masks ──bit work──▶ ends of tokens ──hash──▶ filter words ──survivors──▶ rules
///  8 KiB             8 KiB               ~10 a KiB               prefetched      few a MiB
/// ```
/// 1. The kernel (C, the widest vectors this CPU has) says of each byte what it is: eight masks of 64 bits for 64 bytes.
/// 2. Additions and shifts of masks give the ends of tokens (`token_ends.c`, `TokenScan+Ends`), without a look at single bytes. Words of masks that can hold
///    no long run, no row of colons and no escape, as most do, are passed over four at a time.
/// 3. Each lane (`NameLane`, `AddressLane`, `LongTokenLane`, `ColonLane`, `WordLane`) hashes its tokens and prefetches the word of the filter
///    that each hash chooses, all of a block before any is tested: a filter of millions does not fit a cache, and waiting for memory
///    once for the lot costs what waiting for one costs.
/// 4. What the filter does not rule out goes to ``MatchRules``, which decides alone; names have a second round before (`HostQuestions`).
///
/// The filter never says no to a token that some rule would accept: so what comes out is what ``ReferenceMatcher`` finds.
@safe final class TokenScan {
  /// 64-byte words a block, whole groups of ``EndMasks``. Text and masks of a block take 24 KiB of a first-level cache of 32 KiB.
  static let blockWords = 128
  /// Words of a text's first block, which is copied: as few as that is worth.
  static let firstWords = 16
  /// Bytes before a token's end that lanes may load unasked.
  static let reach = 80

  let index: IndicatorIndex
  let hash: KeyHash
  let features: IndexFormat.Features
  let kernel: Int32

  let masks = ByteMasks(blockWords: blockWords)
  /// The text's last bytes and newlines behind them, so that no kernel reads outside the text.
  private let tail: UnsafeMutablePointer<UInt8>
  private static let tailLength = 5 * 64
  /// The text's first block behind newlines, so that no lane has to ask how far a token's end lies from the text's beginning.
  private let head: UnsafeMutablePointer<UInt8>
  /// The masks of ``EndMasks`` behind one another, those of words (``findWords()``), and which words have any end.
  private let endMasks: UnsafeMutablePointer<UInt64>
  /// Kinds of ends, of which marks have their masks from the kernel: what is left is ``wordMasks``'.
  private static let endKinds = 7
  let packageSignMasks: UnsafeMutablePointer<UInt64>
  let nameEnds: EndMasks
  let numberEnds: EndMasks
  let longRunEnds: EndMasks
  let colonPlaces: EndMasks
  let wordEnds: EndMasks
  let numericHostPlaces: EndMasks
  /// The kernel's own, where nothing has to be added.
  let markPlaces: EndMasks
  /// What a lane works on that is done with at once.
  let scratch = Candidates(capacity: TokenScan.capacity)
  /// Names and addresses between their questions and the answers.
  let pairs = Candidates(capacity: TokenScan.capacity)
  let quads = Candidates(capacity: TokenScan.capacity)
  /// Literals whose ends are known, between their questions and the answers.
  let bodies = Candidates(capacity: TokenScan.capacity)
  var beginnings: ukai_beginnings
  /// Ends of literals that have gates, and the gates before them.
  var crowded: ukai_literal_ends
  var gates: ukai_literal_ends
  let pairLengths: UnsafeMutablePointer<ukai_pair_length>
  var loneHosts: ukai_lone_hosts
  /// What hangs on each of ``pairs`` (``KeyUses``), once they are sorted.
  let pairUses: UnsafeMutablePointer<UInt8>
  /// What the filter is asked of names whose pair is listed, and of which of them.
  let questions: UnsafeMutablePointer<UInt64>
  let owners: UnsafeMutablePointer<UInt32>
  var askedHosts: [AskedHost] = []
  static let capacity = blockWords * 64 + 64
  let keep = KeepTables()
  /// Nil when the index has no filter: then no lane that asks it has anything to find.
  let filter: Filter?
  /// The same of names.
  let pairFilter: Filter?
  let labels: UnsafeRawBufferPointer
  let tokenLengths: LengthSet
  let hexLengths: LengthSet
  let servicePairs: ServicePairs
  /// Nil without secrets; runs over a text as a whole.
  let secrets: SecretLane?
  /// The keys of the words before a package's name (`npm install`): literals that are no indicators.
  let cueKeys: Set<UInt64>
  /// The last bytes of all literals, and of those of fewer than eight bytes; nil where there are none.
  let tails: TailTable?
  let shortTails: TailTable?
  /// The lines of the address filter, and how many they are.
  let addressLines: UnsafePointer<UInt64>?
  let addressLineCount: Int
  let wideNetworks: UnsafeRawBufferPointer
  /// Whether any network is too wide for the address filter.
  let hasWideNetworks: Bool

  /// The text, and where the block begins in it.
  var text = unsafe LogText(bytes: UnsafeRawBufferPointer(start: nil, count: 0))
  var base = 0
  var words = 0
  /// Places where a view may begin, in order, of the last text of which they were asked for.
  var marks: [Int] = []
  var gathersMarks = false
  /// Whether the rules are asked about a host with listed URLs or mailboxes whatever stands around it, because that may not stay.
  var asksFreely = false
  /// Where a package may stand beside its version, in order.
  var packageSigns: [Int] = []
  /// ``MatchRules/joinsFields`` of this text.
  private(set) var joinsFields = true
  var pendingTokens: [PendingToken] = []
  /// Bytes of words, and the word before the block's first (``findWords()``).
  let wordMasks: UnsafeMutablePointer<UInt64>
  /// Where a block's literals may end.
  var literalEnds: [UInt32] = []
  /// What the last look along a URL's path has seen of the text, without a detour before its end (``hasDetour(from:)``).
  var straightPath = 0..<0
  /// What the last looks for a path in a field of its own have seen of a line, without one before its end (``mayHavePath(_:)``).
  var pathless = 0..<0
  /// Whether that is all of a line.
  var isPathlessLine = false
  var state = State()

  /// What the bit work carries from word to word and from block to block.
  struct State {
    var runs = ukai_run_carries()
    var longWords = LongRuns()
    /// End of the last run of colons that was looked at.
    var colonsDone = -1
  }

  /// - Parameter kernel: a kernel of `ukai_kernel` that this CPU has; nil for the best.
  init(_ index: IndicatorIndex, kernel: Int32? = nil) {
    self.index = index
    hash = index.hash
    features = index.features
    self.kernel = kernel ?? ukai_best_kernel()
    // A vector of four words never lies across two cache lines.
    let flagsStart = Self.endKinds * Self.blockWords + ByteMasks.lineWords
    let count = flagsStart + Self.endKinds * EndMasks.groups
    let room = unsafe UnsafeMutableRawPointer.allocate(byteCount: 8 * count, alignment: 64)
      .initializeMemory(as: UInt64.self, repeating: 0, count: count)
    func flags(_ kind: Int) -> UnsafeMutablePointer<UInt64> { unsafe room + (flagsStart + kind * EndMasks.groups) }
    func ends(_ kind: Int) -> EndMasks { unsafe EndMasks(room + kind * Self.blockWords, filled: flags(kind)) }
    unsafe endMasks = room
    nameEnds = ends(0)
    numberEnds = ends(1)
    longRunEnds = ends(2)
    colonPlaces = ends(3)
    wordEnds = ends(4)
    numericHostPlaces = ends(5)
    unsafe markPlaces = EndMasks(masks.mark, filled: flags(6))
    // Behind the last kind's: a word before its first is read.
    unsafe wordMasks = room + (6 * Self.blockWords + ByteMasks.lineWords)
    unsafe tail = .allocate(capacity: Self.tailLength)
    unsafe tail.initialize(repeating: 0x0a, count: Self.tailLength)
    unsafe head = .allocate(capacity: Self.reach + 64 * Self.firstWords)
    unsafe head.initialize(repeating: 0x0a, count: Self.reach + 64 * Self.firstWords)
    unsafe packageSignMasks = .allocate(capacity: Self.blockWords)
    unsafe beginnings = ukai_beginnings(
      ends: .allocate(capacity: Self.capacity), hashes: .allocate(capacity: Self.capacity), places: .allocate(capacity: Self.capacity), count: 0)
    unsafe crowded = ukai_literal_ends(ends: .allocate(capacity: Self.capacity), hashes: .allocate(capacity: Self.capacity), count: 0)
    unsafe gates = ukai_literal_ends(ends: .allocate(capacity: Self.capacity), hashes: .allocate(capacity: Self.capacity), count: 0)
    unsafe pairLengths = .allocate(capacity: Self.capacity)
    unsafe pairUses = .allocate(capacity: Self.capacity)
    unsafe loneHosts = ukai_lone_hosts(ends: .allocate(capacity: Self.capacity), lengths: .allocate(capacity: Self.capacity), count: 0)
    unsafe questions = .allocate(capacity: Self.capacity)
    unsafe owners = .allocate(capacity: Self.capacity)
    // Looked up once: a block is scanned in a microsecond or four.
    filter = Self.filter(index, .filter)
    pairFilter = Self.filter(index, .pairs)
    unsafe labels = index.section(.labels)
    (tokenLengths, hexLengths) = index.tokenLengths
    tails = TailTable(index, .tails)
    shortTails = TailTable(index, .shortTails)
    servicePairs = ServicePairs(hash, features: features)
    secrets = SecretLane(features, kernel: self.kernel)
    cueKeys = features.contains(.services) ? Set(ServiceNames.allCues.map { [hash] in hash.hash(.literal, $0.text) }) : []
    let lines = unsafe index.section(.addresses)
    unsafe addressLines = lines.bindMemory(to: UInt64.self).baseAddress
    addressLineCount = lines.count / 64
    unsafe wideNetworks = index.section(.networks16)
    hasWideNetworks = unsafe wideNetworks.contains { $0 != 0 }
  }

  deinit {
    masks.deallocate()
    unsafe endMasks.deallocate()
    unsafe packageSignMasks.deallocate()
    unsafe tail.deallocate()
    unsafe head.deallocate()
    scratch.deallocate()
    pairs.deallocate()
    quads.deallocate()
    bodies.deallocate()
    unsafe gates.ends.deallocate()
    unsafe gates.hashes.deallocate()
    unsafe crowded.ends.deallocate()
    unsafe crowded.hashes.deallocate()
    unsafe beginnings.ends.deallocate()
    unsafe beginnings.hashes.deallocate()
    unsafe beginnings.places.deallocate()
    unsafe pairLengths.deallocate()
    unsafe pairUses.deallocate()
    unsafe loneHosts.ends.deallocate()
    unsafe loneHosts.lengths.deallocate()
    servicePairs.deallocate()
    unsafe questions.deallocate()
    unsafe owners.deallocate()
    keep.deallocate()
  }

  /// Appends to `rules.hits` what the text holds in its own spelling.
  func scan(_ bytes: UnsafeRawBufferPointer, gatheringMarks: Bool, _ rules: inout MatchRules<IndicatorIndex>) {
    text = unsafe LogText(bytes: bytes)
    gathersMarks = gatheringMarks
    joinsFields = rules.joinsFields
    if gatheringMarks { marks.removeAll(keepingCapacity: true) }
    state = State()
    straightPath = 0..<0
    pathless = 0..<0
    isPathlessLine = false
    masks.clearBefore()
    // A token may end with the text: its end stands in the word behind the last byte.
    let total = bytes.count / 64 + 1
    let whole = unsafe fillTail(bytes)
    if let start = unsafe bytes.bindMemory(to: UInt8.self).baseAddress {
      unsafe (head + Self.reach).update(from: start, count: min(bytes.count, 64 * Self.firstWords))
    }
    let findsPackages = features.contains(.packages) && rules.readsPackages
    packageSigns.removeAll(keepingCapacity: true)
    var first = 0
    while first < total {
      words = min(first == 0 ? Self.firstWords : Self.blockWords, total - first)
      base = first * 64
      unsafe classify(bytes, from: first, count: words, whole: whole)
      if findsPackages { unsafe findPackageSigns(bytes, from: first, count: words, whole: whole) }
      scanBlock(&rules)
      masks.keepLast(of: words)
      first += words
    }
    if findsPackages { packageRows(&rules) }
  }

  private func scanBlock(_ rules: inout MatchRules<IndicatorIndex>) {
    findEnds()
    if features.contains(.literals) { findWords() }
    // All questions before any answer: each lane's memory is on its way while the others hash.
    let names = features.contains(.names) ? askPairs() : 0
    let addresses = features.isDisjoint(with: [.addresses, .networks4]) ? 0 : askQuads(&rules)
    let hasTokens = !features.isDisjoint(with: [.hex, .tokens]) && askLongTokens()
    let questions = names > 0 ? askHosts(ofPairs: names, &rules) : 0
    if !features.isDisjoint(with: [.addresses, .networks4, .ipv6, .hex]) { colons(&rules) }
    if addresses > 0 { answerQuads(addresses, &rules) }
    numericHosts(&rules)
    if hasTokens { answerLongTokens(&rules) }
    if !features.isDisjoint(with: [.longWords, .shortWords, .tinyWords]) { literalWords(&rules) }
    if names > 0 { answerHosts(questions, &rules) }
    if gathersMarks { gatherMarks() }
  }

  // MARK: Masks

  /// - Returns: how many words the kernel may read from the text itself, which it leaves by two bytes.
  private func fillTail(_ bytes: UnsafeRawBufferPointer) -> Int {
    let whole = bytes.count >= 66 ? (bytes.count - 2) / 64 : 0
    let rest = bytes.count - whole * 64
    unsafe tail.update(repeating: 0x0a, count: Self.tailLength)
    for position in 0..<rest { unsafe tail[position] = bytes[whole * 64 + position] }
    return whole
  }

  private func classify(_ bytes: UnsafeRawBufferPointer, from first: Int, count: Int, whole: Int) {
    unsafe visitBlock(bytes, from: first, count: count, whole: whole) { text, words, before in
      unsafe ukai_classify(kernel, text, words, before == 0 ? masks.pointers : masks.from(before))
    }
  }

  /// The bytes of a block, in one piece or, near the text's end, in two.
  /// - Parameter visit: takes bytes, how many words they are, and how many words of the block stand before them.
  @inline(__always) func visitBlock(
    _ bytes: UnsafeRawBufferPointer, from first: Int, count: Int, whole: Int, _ visit: (UnsafePointer<UInt8>, _ words: Int, _ before: Int) -> Void
  ) {
    let direct = max(0, min(count, whole - first))
    if direct > 0, let start = unsafe bytes.bindMemory(to: UInt8.self).baseAddress { unsafe visit(start + first * 64, direct, 0) }
    let left = count - direct
    if left > 0 { unsafe visit(UnsafePointer(tail + (first + direct - whole) * 64), left, direct) }
  }

  /// The block's first byte, before which ``reach`` others may be read: the text's own, or newlines. What is behind the text may be anything.
  var block: UnsafePointer<UInt8>? {
    if base == 0 { return unsafe UnsafePointer(head + Self.reach) }
    return unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress.map { unsafe $0 + base }
  }

  // MARK: The filter

  /// The filter as the lanes test it.
  @safe struct Filter {
    let words: UnsafePointer<UInt64>
    let count: Int

    @inline(__always) func prefetch(_ hash: UInt64) { unsafe ukai_prefetch(words + HashFilter.place(hash, count: count)) }
    @inline(__always) func word(of hash: UInt64) -> UInt64 { unsafe words[HashFilter.place(hash, count: count)] }
    @inline(__always) func mayHold(_ hash: UInt64) -> Bool {
      let mask = HashFilter.mask(hash)
      return word(of: hash) & mask == mask
    }
  }

  /// A table of last bytes (``TailSet``) as the lanes test it.
  @safe struct TailTable {
    let words: UnsafePointer<UInt64>
    let shift: UInt32

    init?(_ index: IndicatorIndex, _ section: IndexFormat.Section) {
      let section = unsafe index.section(section)
      guard let words = unsafe section.bindMemory(to: UInt64.self).baseAddress, let shift = TailSet.shift(bits: section.count / 8 * 64) else { return nil }
      unsafe self.words = words
      self.shift = shift
    }
  }

  private static func filter(_ index: IndicatorIndex, _ section: IndexFormat.Section) -> Filter? {
    let section = unsafe index.section(section)
    let count = section.count / 8
    guard count > 0, let words = unsafe section.bindMemory(to: UInt64.self).baseAddress else { return nil }
    return unsafe Filter(words: words, count: count)
  }
}
