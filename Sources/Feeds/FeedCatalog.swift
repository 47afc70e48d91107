internal import Glibc
internal import Rules
public import Indicators

/// All feed files of a directory.
public enum FeedCatalog {
  /// Reads every `*.yaml` and `*.yml` file of `directory`, in order of name.
  ///
  /// One bad file never stops the others. A directory that does not exist is empty.
  public static func load(directory: String) -> (definitions: [FeedDefinition], diagnostics: [Diagnostic]) {
    var definitions: [FeedDefinition] = []
    var diagnostics: [Diagnostic] = []
    var files: [String: String] = [:]
    for name in DirectoryNames.all(in: directory) where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
      let path = directory.hasSuffix("/") ? directory + name : directory + "/" + name
      if name.hasPrefix(".") { continue }
      do throws(Diagnostic) {
        let definition = try load(file: path, warnings: &diagnostics)
        if let other = files[definition.name] {
          diagnostics.append(
            Diagnostic(
              .error, code: "feed.duplicate-name", "the feed '\(definition.name)' is already defined in \(other)", file: path,
              line: 1))
          continue
        }
        files[definition.name] = path
        definitions.append(definition)
      } catch {
        diagnostics.append(error)
      }
    }
    return (definitions, diagnostics)
  }

  /// Reads one feed file.
  public static func load(file: String, warnings: inout [Diagnostic]) throws(Diagnostic) -> FeedDefinition {
    let descriptor = try FileDescriptor(reading: file, name: file)
    if descriptor.size > 1 << 20 {
      throw Diagnostic(.error, code: "yaml.too-large", "file is larger than 1 MiB", file: file)
    }
    let bytes = try descriptor.read(descriptor.size + 1, name: file)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic(.error, code: "yaml.encoding", "not UTF-8", hint: "save the file as UTF-8", file: file)
    }
    return try FeedDefinition(yaml: text, file: file, warnings: &warnings)
  }
}

/// The files that a local feed address stands for.
package enum FileSet {
  /// The file itself, the files of a directory (walked, hidden ones left out) or those that a glob names. Sorted.
  package static func files(at path: String) throws(Diagnostic) -> [String] {
    if path.contains(where: { "*?[".contains($0) }), kind(of: path) == nil { return try matches(of: path) }
    switch kind(of: path) {
    case .directory: return walk(path, depth: 0)
    case .file: return [path]
    case nil: throw Diagnostic(.error, code: "feed.unreadable", "no such file or directory", file: path)
    }
  }

  /// Whether there is a file or directory of that name.
  package static func exists(_ path: String) -> Bool { kind(of: path) != nil }

  private enum Kind { case file, directory }

  private static func kind(of path: String) -> Kind? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .directory
    case S_IFREG: return .file
    default: return nil
    }
  }

  private static func walk(_ directory: String, depth: Int) -> [String] {
    guard depth < 32 else { return [] }
    return DirectoryNames.all(in: directory).flatMap { name -> [String] in
      let path = directory + "/" + name
      if name.hasPrefix(".") { return [] }
      switch kind(of: path) {
      case .directory: return walk(path, depth: depth + 1)
      case .file: return [path]
      case nil: return []
      }
    }
  }

  private static func matches(of pattern: String) throws(Diagnostic) -> [String] {
    var result = unsafe glob_t()
    defer { unsafe globfree(&result) }
    guard unsafe glob(pattern, 0, nil, &result) == 0 else {
      throw Diagnostic(.error, code: "feed.unreadable", "no file is called so", file: pattern)
    }
    var paths: [String] = []
    for index in 0..<Int(unsafe result.gl_pathc) {
      if let path = unsafe result.gl_pathv[index], case let name = unsafe String(cString: path), kind(of: name) == .file {
        paths.append(name)
      }
    }
    return paths
  }
}
