import Indicators

/// The texts by which paths, registry keys, mutexes and other free text are found.
enum LiteralKeys {
  static func keys(of type: IndicatorType, _ match: [UInt8], canonical: [UInt8]) -> [IndexKey] {
    guard match.count >= Limits.literalMinimum || type == .filename else { return [] }
    switch type {
    case .filename, .pathWindows, .registry: return caseless(match, canonical) { anyCase(of: type, $0) }
    case .pathPOSIX: return posix(match)
    case .cve: return [IndexKey(.literal, match), IndexKey(.literal, match.map { $0 == 0x2d ? 0x5f : $0 }, role: .otherSpelling)]
    case .userAgent:
      guard match.contains(0x20) else { return [IndexKey(.literal, match)] }
      return [
        IndexKey(.literal, match),
        IndexKey(.literal, match.map { $0 == 0x20 ? 0x2b : $0 }, role: .plusForSpace),
      ]
    default: return [IndexKey(.literal, match)]
    }
  }

  private static func anyCase(of type: IndicatorType, _ text: [UInt8]) -> [IndexKey] {
    switch type {
    case .pathWindows: windows(text)
    case .registry: registry(text)
    default: [IndexKey(.literal, text)]
    }
  }

  /// Logs are compared in any case of ASCII letters. Of others there are keys in small letters, as the feed has them, and in capitals.
  private static func caseless(_ match: [UInt8], _ canonical: [UInt8], _ keys: ([UInt8]) -> [IndexKey]) -> [IndexKey] {
    var result = keys(match)
    guard match.contains(where: { $0 >= 0x80 }) else { return result }
    var capitals: [UInt8] = []
    for scalar in String(decoding: match, as: UTF8.self).unicodeScalars {
      let mapping = scalar.properties.uppercaseMapping.unicodeScalars
      capitals += String(!scalar.isASCII && mapping.count == 1 ? mapping[mapping.startIndex] : scalar).utf8
    }
    let written = ASCII.lowercased(canonical)
    if written != match {
      result += keys(written).map { IndexKey(.literal, $0.bytes, role: $0.role.isTail ? .otherSpellingTail : .otherSpelling) }
    }
    if capitals != match, capitals != written {
      result += keys(capitals).map { IndexKey(.literal, $0.bytes, role: $0.role.isTail ? .thirdSpellingTail : .thirdSpelling) }
    }
    return result
  }

  /// `C:\a\b.exe` also as `\a\b.exe`, `%TEMP%\b.exe` only as `\b.exe`: a log has the directory, never the variable.
  private static func windows(_ match: [UInt8]) -> [IndexKey] {
    var keys = [IndexKey(.literal, match)]
    if match.count > 3, match[1] == 0x3a, match[2] == 0x5c {
      let tail = Array(match[2...])
      if components(tail, separator: 0x5c) >= 2 { keys.append(IndexKey(.literal, tail, role: .pathTail)) }
    } else if match.first == 0x25, let close = match.dropFirst().firstIndex(of: 0x25), close + 2 < match.count, match[close + 1] == 0x5c {
      keys.append(IndexKey(.literal, Array(match[(close + 1)...]), role: .pathTail))
    }
    return keys
  }

  private static func posix(_ match: [UInt8]) -> [IndexKey] {
    if match.first == 0x7e, let slash = match.firstIndex(of: 0x2f), slash + 1 < match.count {
      return [IndexKey(.literal, match), IndexKey(.literal, Array(match[slash...]), role: .pathTail)]
    }
    // Found below another root too (a container, a mounted image), when it is more than one name.
    return [IndexKey(.literal, match)]
  }

  static let hives: [(canonical: String, aliases: [String])] = [
    ("hkey_local_machine", ["hklm", "hklm:", "hkey_local_machine", "hkey_local_machine:", "machine"]),
    ("hkey_current_user", ["hkcu", "hkcu:", "hkey_current_user", "hkey_current_user:"]),
    ("hkey_classes_root", ["hkcr", "hkcr:", "hkey_classes_root", "hkey_classes_root:"]),
    ("hkey_users", ["hku", "hku:", "hkey_users", "hkey_users:", "user"]),
    ("hkey_current_config", ["hkcc", "hkcc:", "hkey_current_config", "hkey_current_config:"]),
  ]

  /// A registry path is found without its hive, which every log spells its own way; the hive is compared afterwards.
  private static func registry(_ match: [UInt8]) -> [IndexKey] {
    guard let slash = match.firstIndex(of: 0x5c), slash + 1 < match.count else { return [] }
    return [IndexKey(.literal, Array(match[slash...]), role: .pathTail)]
  }

  private static func components(_ path: [UInt8], separator: UInt8) -> Int {
    path.split(separator: separator).count
  }
}
