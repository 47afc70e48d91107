internal import CUnicode
internal import Glibc

/// Normalisation and case folding by GNU libunistring: tables of its own, no locale.
enum UnicodeForm {
  case nfc, nfd, nfkc

  func apply(_ scalars: [UInt32]) -> [UInt32] {
    let form =
      switch self {
      case .nfc: unsafe ukai_nfc()
      case .nfd: unsafe ukai_nfd()
      case .nfkc: unsafe ukai_nfkc()
      }
    var length = 0
    return unsafe scalars.withUnsafeBufferPointer { source -> [UInt32] in
      guard let result = unsafe u32_normalize(form, source.baseAddress, source.count, nil, &length) else { return scalars }
      defer { unsafe free(result) }
      return unsafe Array(UnsafeBufferPointer(start: result, count: length))
    }
  }

  /// Full case folding with no language given, hence the same in every locale.
  static func caseFold(_ scalars: [UInt32]) -> [UInt32] {
    var length = 0
    return unsafe scalars.withUnsafeBufferPointer { source -> [UInt32] in
      guard let result = unsafe u32_casefold(source.baseAddress, source.count, nil, nil, nil, &length) else { return scalars }
      defer { unsafe free(result) }
      return unsafe Array(UnsafeBufferPointer(start: result, count: length))
    }
  }
}
