/// Session cookies, access tokens and keys, which are looked for and never shown: an indicator is the digest of one.
///
/// ```
///  Cookie: theme=dark; SESSIONID=3b1f…c09a; lang=en
///                                ╰───────╯ the run that is digested
/// ```
/// Whoever reads a log finds it by digesting the runs that are as long as a listed one, so neither an index nor a store has to know it.
public enum SecretDigest {
  /// What can be guessed is no secret, and stands in logs by chance. In bytes.
  public static let shortest = 16
  /// The most that a browser keeps of a cookie (RFC 6265, section 6.1), in bytes.
  public static let longest = 4096
  /// Fewer different bytes than these are a placeholder (`0000-0000…`, `xxxxxxxx`).
  static let leastVariety = 6

  /// Whether a secret's run may hold a byte: base64 in both alphabets, JSON Web Tokens (RFC 7515), percent escapes. Where `=` pads the end it belongs
  /// to it; elsewhere it parts a name from its value, as `:`, `;` and `&` do.
  public static func isPart(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    case 0x25, 0x2b, 0x2d, 0x2e, 0x2f, 0x5f, 0x7e: true  // % + - . / _ ~
    default: false
    }
  }

  /// The canonical form of a run: `sha256:DIGEST:LENGTH`, so that only runs of this length have to be digested.
  public static func canonical(of run: some Collection<UInt8>) -> String { "sha256:\(SHA256.hex(SHA256.digest(run))):\(run.count)" }

  /// What a canonical form says: the digest's 32 bytes, and the length; 0 where it tells none, which any length may have. Nil for anything else.
  package static func parts(ofCanonical text: [UInt8]) -> (digest: [UInt8], length: Int)? {
    let form = text.split(separator: 0x3a)
    guard form.count >= 2, form[1].count == 64 else { return nil }
    let digits = form[1].map { $0 & 15 &+ ($0 > 0x39 ? 9 : 0) }
    let length = form.count > 2 ? form[2].reduce(0) { min($0 * 10 + Int($1 & 15), longest + 1) } : 0
    return (stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }, length)
  }
}

extension Canonicalizer {
  /// A secret by its digest: that of its longest run where it is given itself (`Bearer eyJ…`, `s:eyJ….sig`), or the digest as it stands
  /// (`sha256:DIGEST:LENGTH`, `sha256:DIGEST`). Case counts.
  static func secret(_ text: Bytes) throws(Rejection) -> Observable {
    if let digest = try digested(text) { return Observable(type: .secret, canonical: digest) }
    let run = longestRun(of: text)
    guard run.count >= SecretDigest.shortest else { throw Rejection("too-short", as: .secret) }
    guard run.count <= SecretDigest.longest else { throw Rejection("length", as: .secret) }
    guard Set(run).count >= SecretDigest.leastVariety else { throw Rejection("guessable", as: .secret) }
    return Observable(type: .secret, canonical: SecretDigest.canonical(of: run), flags: run.count < text.count ? ["longest-run"] : [])
  }

  /// Nil for what does not begin as a digest does.
  private static func digested(_ text: Bytes) throws(Rejection) -> String? {
    guard let rest = text.dropping("sha256:") else { return nil }
    let digest = rest.prefix(while: \.isHexDigit)
    guard digest.count == 64 else { throw Rejection("digest-length", as: .secret) }
    let canonical = "sha256:" + Array(digest).lowercasedASCII().text
    let tail = rest.dropFirst(64)
    if tail.isEmpty { return canonical }
    guard tail.first == 0x3A, let length = Int(Array(tail.dropFirst()).text), (SecretDigest.shortest...SecretDigest.longest).contains(length) else {
      throw Rejection("length", as: .secret)
    }
    return "\(canonical):\(length)"
  }

  private static func longestRun(of text: Bytes) -> Bytes {
    var longest = text.prefix(0)
    var rest = text[...]
    while let start = rest.firstIndex(where: SecretDigest.isPart) {
      var end = start
      while end < rest.endIndex, SecretDigest.isPart(rest[end]) { end += 1 }
      let body = end
      while end < rest.endIndex, rest[end] == 0x3D, end - body < 2 { end += 1 }
      // `name=value`: no padding of the name.
      if end < rest.endIndex, SecretDigest.isPart(rest[end]) { end = body }
      if end - start > longest.count { longest = rest[start..<end] }
      rest = rest[max(end, body)...]
    }
    return longest
  }
}
