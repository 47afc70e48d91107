import ArgumentParser
import Indicators
import Syntax
import Terminal

/// `ukai normalize`: the canonical form of values, or why they have none.
struct Normalize: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "normalize", abstract: "Canonical form, match key and flags of values, or the reason of a rejection.",
    discussion: """
      With - values are read from standard input, one a line, or type<TAB>value; every line gives exactly one line, in order.

      Examples:
        ukai normalize 'hxxps://Evil[.]example:443/a/../b'
        ukai normalize --type evm 0x52908400098527886E0F7030069857D2E4169EE7
        printf 'domain\\tEVIL.example.\\n' | ukai normalize --json -
      """)

  @Option(help: ArgumentHelp("Read values as this type (\(IndicatorType.allCases.map(\.rawValue).joined(separator: ", "))).", valueName: "type"))
  var type: IndicatorType?

  @OptionGroup var output: FormatOptions

  @Argument(help: "Values; - reads standard input.")
  var values: [String] = ["-"]

  func run() throws {
    var console = output.console()
    try ValueInput.forEach(values) { line in
      let (type, text) = declared(line)
      let shown = Observation.shown(text, as: type)
      switch Observation.read(text, as: type) {
      case .success(let observable): try console.record(json(line: shown, observable), text: self.text(observable))
      case .failure(let rejection): try console.record(json(line: shown, rejection), text: self.text(shown, rejection))
      }
    }
    try console.flush()
  }

  private func declared(_ line: String) -> (IndicatorType?, String) {
    guard type == nil, let tab = line.firstIndex(of: "\t"), let declared = IndicatorType(rawValue: String(line[..<tab])) else {
      return (type, line)
    }
    return (declared, String(line[line.index(after: tab)...]))
  }

  private func json(line: String, _ observable: Observable) -> JSONObject {
    [
      "input": .string(line), "type": .string(observable.type.rawValue), "canonical": .string(observable.canonical),
      "match": .string(observable.match), "flags": JSONValue(observable.flags),
    ]
  }

  private func json(line: String, _ rejection: Rejection) -> JSONObject {
    ["input": .string(line), "type": rejection.type.map { .string($0.rawValue) } ?? .null, "reason": .string(rejection.reason)]
  }

  private func text(_ observable: Observable) -> String {
    var columns = [observable.type.rawValue, observable.canonical]
    if observable.match != observable.canonical { columns.append("match=\(observable.match)") }
    if !observable.flags.isEmpty { columns.append("[\(observable.flags.joined(separator: ", "))]") }
    return columns.map { Console.visible($0) }.joined(separator: "\t")
  }

  private func text(_ input: String, _ rejection: Rejection) -> String {
    "rejected\t\(Console.visible(input))\t\(rejection.type.map { $0.rawValue + ": " } ?? "")\(rejection.reason)"
  }
}

/// The way of one value through refang and canonicaliser, the same for every command that is given values.
enum Observation {
  /// Values that people defang; all other types are read as they stand, for a bracket in a mutex is a bracket.
  private static let defangable: Set<IndicatorType> = [
    .ipv4, .ipv6, .cidr, .ipv4Port, .ipv6Port, .ipRange, .domain, .domainPort, .domainWildcard, .onion, .url, .email,
    .githubRepository, .githubAccount, .linkedInProfile, .linkedInCompany, .telegram, .telegramInvite,
  ]

  /// Styles that are also plain parts of a value, or that the canonical form takes away by itself.
  private static let standardForms: Set<String> = ["wrapping", "zero-width", "backslashes", "///"]

  /// A value as answers repeat it: a secret is not repeated.
  static func shown(_ text: String, as type: IndicatorType?) -> String { type == .secret ? "(a secret of \(text.utf8.count) bytes)" : text }

  static func read(_ text: String, as type: IndicatorType?) -> Result<Observable, Rejection> {
    do {
      guard let type else { return .success(try Canonicalizer.detect(Refang.refang(text).output)) }
      let refanged = defangable.contains(type) ? Refang.refang(text) : nil
      if let refanged, refanged.changed {
        // Whoever names the type means the value as it stands: a question mark at a URL's end is part of it. Defanging is undone.
        if refanged.styles.allSatisfy(standardForms.contains), let observable = try? Canonicalizer.canonicalize(text, as: type) { return .success(observable) }
        // Punctuation at the end alone is no defanging: `192.0.2.` and `evil.example..` are what they are.
        let isMorePunctuation = refanged.styles == ["wrapping"] && text.hasPrefix(refanged.output)
        if !isMorePunctuation, let observable = try? Canonicalizer.canonicalize(refanged.output, as: type) { return .success(observable) }
      }
      return .success(try Canonicalizer.canonicalize(text, as: type))
    } catch {
      return .failure(error)
    }
  }
}

/// Values given as arguments, or lines of standard input for `-`.
enum ValueInput {
  static func forEach(_ values: [String], _ body: (String) throws -> Void) throws {
    for value in values {
      if value != "-" {
        try body(value)
      } else {
        var input = try LineInput(path: "-")
        while let line = try input.next() { try body(line) }
      }
    }
  }
}
