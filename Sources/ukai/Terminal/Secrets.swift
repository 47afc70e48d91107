import Feeds
import Terminal

extension Environment {
  /// Where feeds and destinations take their secrets from.
  static var secrets: SecretReader {
    SecretReader(environment: { value($0) }, file: { path in
      (try? LineInput.all(path: path, limit: 64 * 1024)).map { String(decoding: $0, as: UTF8.self) }
    })
  }
}
