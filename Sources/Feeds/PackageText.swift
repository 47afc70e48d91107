import Indicators

/// Packages whose versions a feed writes apart from the name.
enum PackageText {
  /// `NAME@VERSION` for each version of the lists; the name alone, which is every version, when they say nothing or `*`. A range stays whole:
  /// its ends are no versions that it lists.
  static func texts(_ name: String, versions lists: [String]) -> [String] {
    let versions = lists.flatMap { isRange($0) ? [$0.trimmed] : $0.parts(separatedBy: ",;|\n\r\t ") }.map(withoutMark).filter {
      !$0.isEmpty && !FeedRow.isNothing($0)
    }
    if versions.isEmpty || versions.contains(where: { ["*", "all", "any"].contains($0.lowercased()) }) { return [name] }
    return versions.map { "\(name)@\($0)" }
  }

  /// `>= 1.0.0, < 2.0.0`, `~> 1.2`, `1.2.3 - 1.4.0`; not `= 1.2.3`, as advisories write one version.
  private static func isRange(_ text: String) -> Bool { text.utf8.contains { "<>~^!".utf8.contains($0) } || text.contains(" - ") }

  private static func withoutMark(_ text: String) -> String { String(text.drop { $0 == "=" }) }

  /// The same of a value that may be no package, and stays as it is then.
  static func values(_ value: FeedRow.Value, versions: [String]) -> [FeedRow.Value] {
    guard value.types.contains(where: { $0 == .npm || $0 == .pypi }) else { return [value] }
    return texts(value.text, versions: versions).map { text in
      var value = value
      value.text = text
      value.splittable = false
      return value
    }
  }
}
