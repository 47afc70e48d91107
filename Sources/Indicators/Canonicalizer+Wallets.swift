/// Wallet addresses that are not Bitcoin's kin.
extension Canonicalizer {
  /// `0x` and 20 bytes in the checksum form of EIP-55. Matched in lower case: the checksum is in the case.
  static func evm(_ text: Bytes) throws(Rejection) -> Observable {
    var (address, flags) = droppingChain(text)
    if !flags.isEmpty {
      // EIP-681: `ethereum:pay-0x…@1/transfer?…`.
      address = address.dropping("pay-") ?? address
      address = address[..<(address.firstIndex { $0 == 0x40 || $0 == 0x3F || $0 == 0x2F } ?? address.endIndex)]
    }
    guard let digits = address.dropping("0x") else {
      throw Rejection(!address.isEmpty && address.allSatisfy(\.isHexDigit) ? "no-0x-prefix" : "bad-char", as: .evm)
    }
    guard let lowered = lowercasedHex(digits) else { throw Rejection("bad-char", as: .evm) }
    guard lowered.count == 40 else { throw Rejection("length", as: .evm) }
    let checksummed = eip55(lowered)
    let hasLower = digits.contains { $0 &- 0x61 < 26 }
    let hasUpper = digits.contains(where: \.isUppercaseLetter)
    if hasLower && hasUpper && !digits.elementsEqual(checksummed) { throw Rejection("eip55-mismatch", as: .evm) }
    let match = "0x" + lowered.text
    guard !nullAddresses.contains(match) else { throw Rejection("null-address", as: .evm) }
    if match == "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee" { flags.append("well-known:native-token") }
    if lowered.dropLast(2).allSatisfy({ $0 == 0x30 }) { flags.append("precompile") }
    return Observable(type: .evm, canonical: "0x" + checksummed.text, match: match, flags: flags)
  }

  private static let nullAddresses: Set<String> = [
    "0x0000000000000000000000000000000000000000", "0x000000000000000000000000000000000000dead",
  ]

  /// The text after a chain's short name (`eth:`, EIP-3770) or chain id (`eip155:1:`, CAIP-10), which becomes a flag.
  private static func droppingChain(_ text: Bytes) -> (Bytes, flags: [String]) {
    guard let colon = text.lastIndex(of: 0x3A), colon > text.startIndex else { return (text, []) }
    let chain = text[..<colon]
    guard chain.count <= 32, chain.first?.isLetter == true, chain.allSatisfy({ $0.isAlphanumeric || $0 == 0x2D || $0 == 0x3A }) else {
      return (text, [])
    }
    return (text[(colon + 1)...].trimmed(), ["chain:" + chain.lowercasedASCII().text])
  }

  /// EIP-55: a letter is upper-case when the digit of the Keccak-256 of the lower-case text at its place is 8 or more.
  static func eip55(_ lowered: [UInt8]) -> [UInt8] {
    guard lowered.contains(where: \.isLetter) else { return lowered }
    let hash = Keccak.keccak256(lowered)
    var text = lowered
    for index in text.indices where text[index].isLetter {
      let digit = index & 1 == 0 ? hash[index >> 1] >> 4 : hash[index >> 1] & 15
      if digit >= 8 { text[index] = text[index].uppercased }
    }
    return text
  }

  /// Base58Check of `0x41` and 20 bytes; their hexadecimal form is converted.
  static func tron(_ text: Bytes) throws(Rejection) -> Observable {
    let text = droppingPaymentURI(text, scheme: "tron:")
    var canonical = text.text
    let hex = text.dropping("0x") ?? text
    if hex.startsIgnoringCase("41"), hex.count == 42, hex.allSatisfy(\.isHexDigit) {
      canonical = Base58.encodeChecked(bytes(ofHex: hex))
    } else {
      let payload = try checkedPayload(text, as: .tron)
      guard payload.first == 0x41 else { throw Rejection("bad-version", as: .tron) }
    }
    // The address of 20 zero bytes.
    if canonical == "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb" { throw Rejection("null-address", as: .tron) }
    return Observable(type: .tron, canonical: canonical, flags: wellKnownTron[canonical].map { ["well-known:" + $0] } ?? [])
  }

  private static let wellKnownTron: [String: String] = [
    "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t": "USDT-TRC20", "TEkxiTehnzSmSe2XqrBj4w32RUN966rdz8": "USDC-TRC20",
    "TNUC9Qb1rRpS5CbWLmNMxXBjyFoydXjWFR": "WTRX",
  ]

  /// Bytes of an even number of hexadecimal digits.
  static func bytes(ofHex digits: Bytes) -> [UInt8] {
    stride(from: digits.startIndex, to: digits.endIndex - 1, by: 2).map { digits[$0].hexValue << 4 | digits[$0 + 1].hexValue }
  }

  /// Base58 of 32 bytes. There is no checksum: only the length can be wrong.
  static func solana(_ text: Bytes) throws(Rejection) -> Observable {
    let text = droppingPaymentURI(text, scheme: "solana:")
    guard !text.isEmpty else { throw Rejection("empty", as: .sol) }
    guard Base58.isText(text) else { throw Rejection("bad-char", as: .sol) }
    guard 32...44 ~= text.count, let bytes = Base58.decode(text), bytes.count == 32 else { throw Rejection("length", as: .sol) }
    if bytes.allSatisfy({ $0 == 0 }) { throw Rejection("null-address", as: .sol) }
    let canonical = text.text
    return Observable(type: .sol, canonical: canonical, flags: wellKnownSolana[canonical].map { ["well-known:" + $0] } ?? [])
  }

  /// Programs and token mints that are in every transaction.
  private static let wellKnownSolana: [String: String] = [
    "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA": "spl-token",
    "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb": "token-2022",
    "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL": "associated-token",
    "So11111111111111111111111111111111111111112": "wrapped-sol",
    "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v": "usdc",
    "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB": "usdt",
    "ComputeBudget111111111111111111111111111111": "compute-budget",
    "Vote111111111111111111111111111111111111111": "vote",
    "Stake11111111111111111111111111111111111111": "stake",
    "SysvarRent111111111111111111111111111111111": "sysvar-rent",
    "SysvarC1ock11111111111111111111111111111111": "sysvar-clock",
    "BPFLoaderUpgradeab1e11111111111111111111111": "bpf-loader",
    "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr": "memo",
    "metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s": "metaplex-metadata",
    "JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4": "jupiter",
    "675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8": "raydium",
    "1nc1nerator11111111111111111111111111111111": "incinerator",
  ]

  /// 95 characters, or 106 with a payment id; the last four bytes are the start of the Keccak-256 of the others.
  static func monero(_ text: Bytes) throws(Rejection) -> Observable {
    let text = droppingPaymentURI(text, scheme: "monero:")
    guard !text.isEmpty else { throw Rejection("empty", as: .xmr) }
    guard Base58.isText(text) else { throw Rejection("bad-char", as: .xmr) }
    guard text.count == 95 || text.count == 106 else { throw Rejection("length", as: .xmr) }
    guard let bytes = moneroBytes(text), bytes.count == (text.count == 95 ? 69 : 77) else { throw Rejection("bad-checksum", as: .xmr) }
    guard Keccak.keccak256(bytes.dropLast(4)).prefix(4).elementsEqual(bytes.suffix(4)) else { throw Rejection("bad-checksum", as: .xmr) }
    switch (bytes[0], text.count) {
    case (18, 95): return Observable(type: .xmr, canonical: text.text)
    case (42, 95): return Observable(type: .xmr, canonical: text.text, flags: ["subaddress"])
    case (19, 106): return Observable(type: .xmr, canonical: text.text, flags: ["integrated-address"])
    case (53, _), (54, _), (63, _), (24, _), (25, _), (36, _): throw Rejection("testnet", as: .xmr)
    default: throw Rejection("bad-version", as: .xmr)
    }
  }

  /// Monero's Base58: each 8 bytes are 11 digits of their own, the last block is shorter.
  private static func moneroBytes(_ text: Bytes) -> [UInt8]? {
    let sizes: [Int?] = [0, nil, 1, 2, nil, 3, 4, 5, nil, 6, 7, 8]
    var bytes: [UInt8] = []
    var start = text.startIndex
    while start < text.endIndex {
      let block = text[start..<min(start + 11, text.endIndex)]
      guard let size = sizes[block.count] else { return nil }
      var value: UInt64 = 0
      for character in block {
        let digit = Base58.bitcoinValues[Int(character)]
        guard digit != 0xFF else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: 58)
        let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
        if overflow || carry { return nil }
        value = sum
      }
      if size < 8 && value >> UInt64(8 * size) != 0 { return nil }
      for index in stride(from: size - 1, through: 0, by: -1) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
      start = block.endIndex
    }
    return bytes
  }

  /// A classic address of the XRP Ledger. An X-address (XLS-5) is taken apart into it and its destination tag.
  static func ripple(_ text: Bytes) throws(Rejection) -> Observable {
    var flags: [String] = []
    var address = droppingPaymentURI(text, scheme: "xrpl:")
    address = droppingPaymentURI(address, scheme: "ripple:")
    if let query = address.firstIndex(of: 0x3F) {
      if let tag = address[query...].dropping("?dt="), !tag.isEmpty, tag.count <= 10, tag.allSatisfy(\.isDigit) { flags = ["tag:" + tag.text] }
      address = address[..<query]
    }
    guard !address.isEmpty else { throw Rejection("empty", as: .xrp) }
    guard Base58.isText(address, alphabet: .ripple) else { throw Rejection("bad-char", as: .xrp) }
    guard var payload = Base58.decodeChecked(address, alphabet: .ripple) else { throw Rejection("bad-checksum", as: .xrp) }
    if payload.count == 31, let first = payload.first {
      let kind = payload[payload.startIndex + 1]
      if first == 0x04 && kind == 0x93 { throw Rejection("testnet", as: .xrp) }
      guard first == 0x05, kind == 0x44 else { throw Rejection("bad-version", as: .xrp) }
      let tag = payload.suffix(9)
      if tag.first == 1 {
        let value = tag.dropFirst().prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        flags = ["tag:\(value)"]
      }
      flags.append("x-address")
      payload = ([0x00] + payload.dropFirst(2).prefix(20))[...]
    }
    guard payload.count == 21 else { throw Rejection("length", as: .xrp) }
    guard payload.first == 0x00 else { throw Rejection("bad-version", as: .xrp) }
    guard payload.contains(where: { $0 != 0 }) else { throw Rejection("null-address", as: .xrp) }
    return Observable(type: .xrp, canonical: Base58.encodeChecked(payload, alphabet: .ripple), flags: flags)
  }
}
