public import Indicators

extension LogSources {
  /// Reads every `*.yaml` of `directory`. A directory that is not there is empty; one bad file stops no other.
  public static func load(directory: String) -> (LogSources, [Diagnostic]) {
    var sources: [LogSource] = []
    var diagnostics: [Diagnostic] = []
    for name in YAMLFiles.names(in: directory) {
      let path = directory + "/" + name
      guard let text = YAMLFiles.text(of: path) else {
        diagnostics.append(Diagnostic(.error, code: "log-source.unreadable", "cannot be read as UTF-8", file: path))
        continue
      }
      do throws(Diagnostic) { sources.append(try LogSource(yaml: text, file: path)) } catch { diagnostics.append(error) }
    }
    return (LogSources(all: sources), diagnostics)
  }
}
