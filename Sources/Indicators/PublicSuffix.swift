internal import CPublicSuffix

/// The Public Suffix List, by libpsl: the newest copy that the system keeps, or the one built into the library.
///
/// Names are lower-case A-labels without root dot.
public enum PublicSuffix {
  /// Whether anybody may register names under `name` (`com`, `co.uk`), or rent them (`github.io`).
  public static func isPublicSuffix(_ name: String) -> Bool {
    list.isSuffix(name, PSL_TYPE_ICANN | PSL_TYPE_PRIVATE | PSL_TYPE_NO_STAR_RULE)
  }

  /// The same of a name's bytes.
  package static func isPublicSuffix(_ name: borrowing Span<UInt8>) -> Bool {
    list.isSuffix(name, PSL_TYPE_ICANN | PSL_TYPE_PRIVATE | PSL_TYPE_NO_STAR_RULE)
  }

  /// Whether `name` is a suffix under which a company lets its customers have names: `github.io`, `pages.dev`.
  public static func isPrivateSuffix(_ name: String) -> Bool {
    list.isSuffix(name, PSL_TYPE_PRIVATE | PSL_TYPE_NO_STAR_RULE)
  }

  /// Whether `name` is such a suffix only because every name at its place is (`*.compute-1.amazonaws.com`): one rented machine.
  public static func isWildcardSuffix(_ name: String) -> Bool {
    guard let dot = name.firstIndex(of: "."), !list.isSuffix(name, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) else { return false }
    return isPrivateSuffix(name) && isPrivateSuffix("no-such-name-0" + name[dot...])
  }

  /// Whether `name` is a top-level domain of the IANA root zone.
  public static func isKnownTLD(_ name: String) -> Bool {
    // The list has rules for what stands under .za, and none for .za itself.
    name == "za" || (!name.contains(".") && list.isSuffix(name, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE))
  }

  /// The name that somebody registered: the public suffix and one label more. Nil for a suffix itself.
  public static func registrableDomain(_ name: String) -> String? { list.registrableDomain(name) }

  private static let list = SuffixList()
}

/// Owner of libpsl's list. It is made once, never changed and never freed, so any thread may read it.
@safe private struct SuffixList: @unchecked Sendable {
  private let pointer: OpaquePointer?

  init() {
    if let latest = unsafe psl_latest(nil) {
      unsafe pointer = latest
    } else {
      unsafe pointer = psl_builtin()
    }
  }

  func isSuffix(_ name: String, _ kind: Int32) -> Bool {
    guard let pointer = unsafe pointer else { return false }
    return unsafe psl_is_public_suffix2(pointer, name, kind) == 1
  }

  func isSuffix(_ name: borrowing Span<UInt8>, _ kind: Int32) -> Bool {
    guard let pointer = unsafe pointer else { return false }
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: name.count + 1) { text in
      for index in 0..<name.count { unsafe text[index] = CChar(bitPattern: name[index]) }
      unsafe text[name.count] = 0
      return unsafe psl_is_public_suffix2(pointer, text.baseAddress, kind) == 1
    }
  }

  func registrableDomain(_ name: String) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe name.withCString { start -> String? in
      // The answer points into the name itself.
      guard let domain = unsafe psl_registrable_domain(pointer, start) else { return nil }
      return unsafe String(cString: domain)
    }
  }
}
