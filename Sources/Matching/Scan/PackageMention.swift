import Indicators

/// A package as a log names it: on a command line, in a path, in a URL.
struct PackageMention {
  /// A key of kind `service`, without the version.
  let key: [UInt8]
  /// How many bytes of the text are the name.
  let length: Int
  /// In its canonical form; nil when the text says none, or no exact one.
  var version: [UInt8]? { PackageVersion.canonical(versionText, of: type) }
  private let type: IndicatorType
  private let versionText: [UInt8]

  /// `left-pad@1.3.0`, `@scope/name`, `alias@npm:name@1.0.0`; `name==1.4`, `name[extra]>=2`, `name-1.4.dist-info`.
  init?(_ type: IndicatorType, _ text: [UInt8]) {
    if type != .npm {
      self.init(pypi: text)
    } else if text.contains(where: { $0 == 0x25 || $0 == 0x40 || $0 == 0x3a }) {
      self.init(npm: text)
    } else {
      self.init(plainNPM: Self.withoutPoint(text))
    }
  }

  private init?(npm text: [UInt8]) {
    var name = text.percentDecoded
    let isPlain = name == text
    var version: [UInt8] = []
    if let at = name.dropFirst().firstIndex(of: 0x40) {
      version = Array(name[(at + 1)...])
      // What an alias stands for is the package.
      if version.starts(with: "npm:".utf8) {
        name = Array(version.dropFirst(4))
        version = name.dropFirst().firstIndex(of: 0x40).map { Array(name[($0 + 1)...]) } ?? []
      }
    }
    if name.starts(with: "npm:".utf8) { name = Array(name.dropFirst(4)) }
    if let at = name.dropFirst().firstIndex(of: 0x40) { name = Array(name[..<at]) }
    name = Array(Self.withoutPoint(name))
    guard !name.isEmpty else { return nil }
    key = Self.npmKey(name[...])
    length = isPlain ? min(name.count, text.count) : text.count
    type = .npm
    versionText = Array(Self.withoutPoint(version))
  }

  private init?(plainNPM name: ArraySlice<UInt8>) {
    guard !name.isEmpty else { return nil }
    key = Self.npmKey(name)
    length = name.count
    type = .npm
    versionText = []
  }

  private static func npmKey(_ name: ArraySlice<UInt8>) -> [UInt8] {
    var key: [UInt8] = []
    key.reserveCapacity(4 + name.count)
    key += "npm:".utf8
    for byte in name { key.append(ASCII.lowercased(byte)) }
    return key
  }

  private init?(pypi text: [UInt8]) {
    for ending in [".dist-info", ".egg-info"] where text.suffix(ending.utf8.count).elementsEqual(ending.utf8) {
      guard let hyphen = text.firstIndex(of: 0x2d) else { break }
      self.init(pypiName: text[..<hyphen], version: text[(hyphen + 1)...].dropLast(ending.utf8.count).prefix { $0 != 0x2d })
      return
    }
    let name = text.prefix { ASCII.isAlphanumeric($0) || $0 == 0x2d || $0 == 0x5f || $0 == 0x2e }
    var rest = text[name.endIndex...]
    if rest.first == 0x5b { rest = rest.drop { $0 != 0x5d }.dropFirst() }
    let mark = rest.prefix { $0 == 0x3d || $0 == 0x40 }
    self.init(pypiName: name, version: mark.isEmpty || mark.elementsEqual([0x3d]) ? [] : Self.withoutPoint(rest[mark.endIndex...]))
  }

  /// The project of `name-1.0-py3-none-any.whl` (PEP 427) or `name-1.0.tar.gz` (PEP 625).
  init?(distribution file: [UInt8]) {
    var file = file[...]
    if file.suffix(9).elementsEqual(".metadata".utf8) { file = file.dropLast(9) }
    if file.suffix(4).elementsEqual(".whl".utf8) || file.suffix(4).elementsEqual(".egg".utf8) {
      let parts = file.split(separator: 0x2d)
      guard parts.count >= 3 else { return nil }
      self.init(pypiName: parts[0], version: parts[1])
      return
    }
    for ending in [".tar.gz", ".zip", ".tar.bz2", ".tgz"] where file.suffix(ending.utf8.count).elementsEqual(ending.utf8) {
      let stem = file.dropLast(ending.utf8.count)
      guard let hyphen = stem.lastIndex(of: 0x2d), hyphen + 1 < stem.endIndex, ASCII.isDigit(stem[hyphen + 1]) else { return nil }
      self.init(pypiName: stem[..<hyphen], version: stem[(hyphen + 1)...])
      return
    }
    return nil
  }

  /// The project of `name-1.2`, as pip writes what it has installed: no version has a hyphen there (PEP 440).
  init?(installed text: [UInt8]) {
    guard let hyphen = text.lastIndex(of: 0x2d), hyphen + 1 < text.endIndex, ASCII.isDigit(text[hyphen + 1]) else {
      self.init(.pypi, text)
      return
    }
    self.init(pypiName: text[..<hyphen], version: text[(hyphen + 1)...])
  }

  /// A package beside its version.
  init(_ row: PackageRow, of text: LogText) {
    var name: [UInt8] = []
    row.visitKey(of: text) { name.append(ASCII.lowercased($0)) }
    key = name
    length = row.name.count
    type = row.type
    versionText = text.slice(row.version.lowerBound, row.version.upperBound)
  }

  /// A project by its name and a version as they stand in a text.
  init?(pypiName name: ArraySlice<UInt8>, version: ArraySlice<UInt8>) {
    guard !name.isEmpty else { return nil }
    key = Array("pypi:".utf8) + Self.normalized(name)
    length = name.count
    type = .pypi
    versionText = Array(version)
  }

  /// PEP 503: lower case, runs of `-`, `_` and `.` as one hyphen.
  static func normalized(_ name: ArraySlice<UInt8>) -> [UInt8] {
    var normal: [UInt8] = []
    for byte in name {
      if byte == 0x2d || byte == 0x5f || byte == 0x2e {
        if normal.last != 0x2d { normal.append(0x2d) }
      } else {
        normal.append(ASCII.lowercased(byte))
      }
    }
    while normal.last == 0x2d { normal.removeLast() }
    return normal
  }

  /// Without what a sentence, a list or a bracket puts behind.
  static func withoutPoint<Text: BidirectionalCollection<UInt8>>(_ text: Text) -> Text.SubSequence {
    var text = text[...]
    while let last = text.last, ".,:)]}".utf8.contains(last) { text.removeLast() }
    return text
  }
}

extension [UInt8] {
  var percentDecoded: [UInt8] { contains(0x25) ? PercentView.decode(self).bytes : self }
}
