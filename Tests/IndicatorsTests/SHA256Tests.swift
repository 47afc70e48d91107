import Indicators
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  /// Examples of FIPS 180-4 and of what `sha256sum` gives.
  @Test("known digests, by the CPU's own rounds and without them", arguments: [false, true])
  func known(portably: Bool) {
    let known = [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
      (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]
    for (text, digest) in known {
      var hash = SHA256(portably: portably)
      hash.update(text.utf8)
      #expect(SHA256.hex(hash.finalize()) == digest)
    }
  }

  @Test("the two ways agree, however the bytes come")
  func ways() {
    var state: UInt64 = 7
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    for _ in 0..<300 {
      let bytes = (0..<next(700)).map { _ in UInt8(next(256)) }
      var (own, plain) = (SHA256(), SHA256(portably: true))
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(1 + next(150))
        own.update(piece)
        rest = rest.dropFirst(piece.count)
      }
      for byte in bytes { plain.update([byte]) }
      #expect(own.finalize() == plain.finalize())
    }
  }
}
