import Indicators
import Testing

@Suite("Versions of packages")
struct PackageVersionTests {
  private func npm(_ text: String) -> String? { PackageVersion.canonical(text.utf8, of: .npm).map { String(decoding: $0, as: UTF8.self) } }
  private func pypi(_ text: String) -> String? { PackageVersion.canonical(text.utf8, of: .pypi).map { String(decoding: $0, as: UTF8.self) } }

  @Test("semantic versions")
  func semantic() {
    for (text, canonical) in [("1.2.3", "1.2.3"), ("v1.2.3", "1.2.3"), ("= 1.2.3", "1.2.3"), ("1.2.3-RC.1", "1.2.3-rc.1"), ("1.2.3+build", "1.2.3"), ("0.0.0-0", "0.0.0-0")] {
      #expect(npm(text) == canonical, "\(text)")
    }
    for text in ["", "1", "1.2", "1.2.x", "^1.2.3", "~1.2.3", ">=1.2.3", "1.2.3 - 2.0.0", "1.2.3 || 1.2.4", "1.2.3+a b", "latest", "1.2.3-", "1..3", "1.2.3.4", String(repeating: "1", count: 300)] {
      #expect(npm(text) == nil, "\(text)")
    }
  }

  /// The cases of PEP 440's section on normalization.
  @Test("versions of Python")
  func python() {
    for (text, canonical) in [
      ("1.4", "1.4"), ("1.4.0", "1.4"), ("1.0.0.0", "1"), ("v1.4", "1.4"), ("00.1", "0.1"), ("1.1RC1", "1.1rc1"), ("1.1-a1", "1.1a1"), ("1.1.alpha-1", "1.1a1"),
      ("1.2c", "1.2rc0"), ("1.2-post2", "1.2.post2"), ("1.2-r4", "1.2.post4"), ("1.0-1", "1.post1"), ("1.2.dev", "1.2.dev0"), ("1!2.0", "1!2"),
      ("1.0+ubuntu-1", "1+ubuntu.1"), ("1.0b2.post345.dev456", "1b2.post345.dev456"), (" 1.4 ", "1.4"),
    ] {
      #expect(pypi(text) == canonical, "\(text)")
    }
    for text in ["", "x", "1.4.*", ">=1.4", "1.4+", "1.4-py3", "1.4,<2"] { #expect(pypi(text) == nil, "\(text)") }
  }

  @Test("a version makes an indicator of its own, a range does not")
  func identity() throws {
    let one = try Canonicalizer.canonicalize("left-padd@1.2.3", as: .npm).pinned
    #expect(one.canonical == "left-padd" && one.match == "left-padd@1.2.3" && one.written == "left-padd@1.2.3" && one.flags == ["version:1.2.3"])
    #expect(one.pinned == one && one.versionRange == nil)
    #expect(try Canonicalizer.canonicalize(one.written, as: .npm).pinned == one)
    let range = try Canonicalizer.canonicalize("left-padd@^1.2.3", as: .npm).pinned
    #expect(range.match == "left-padd" && range.written == "left-padd" && range.versionRange == "^1.2.3")
    let python = try Canonicalizer.canonicalize("Evil_Pkg==1.4.0", as: .pypi).pinned
    #expect(python.match == "evil-pkg@1.4" && python.flags == ["version:1.4.0"])
    #expect(try Canonicalizer.canonicalize(python.written, as: .pypi).pinned.match == python.match)
    #expect(try Canonicalizer.canonicalize("evil>=1.4", as: .pypi).pinned.versionRange == ">=1.4")
    #expect(try Canonicalizer.canonicalize("evil==1.4; python_version < '3'", as: .pypi).pinned.match == "evil@1.4")
    #expect(try Canonicalizer.canonicalize("evil@1!2.0", as: .pypi).pinned.match == "evil@1!2")
    #expect(try Canonicalizer.canonicalize("1.2.3.4", as: .ipv4).pinned.versionRange == nil)
  }
}
