import ArgumentParser
import Feeds
import Glibc
import Indicators
import Matching
import Rules
import Store
import Syntax
import Terminal

/// `ukai doctor`: checks state, configuration and libraries, and says what to do.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "doctor", abstract: "Check state, configuration and libraries; says what to do.")

  @OptionGroup var places: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run() throws {
    var console = output.console()
    var worst: ExitStatus = .success
    for finding in Examination(places).findings() {
      if finding.status != .good, worst == .success { worst = finding.exit }
      try console.record(
        [
          "check": .string(finding.check), "status": .string(finding.status.rawValue), "message": .string(finding.message),
          "hint": finding.hint.map { .string($0) } ?? .null,
        ],
        text: Console.visible("\(finding.status.rawValue)  \(finding.check): \(finding.message)") + (finding.hint.map { "\n  hint: " + Console.visible($0) } ?? ""))
    }
    try console.flush()
    if worst != .success { throw CommandFailure(worst) }
  }
}

/// The checks, each by itself: one that fails stops no other.
struct Examination {
  struct Finding {
    enum Status: String { case good, warning, bad }

    let check: String
    let status: Status
    let message: String
    let hint: String?
    let exit: ExitStatus
  }

  private let places: PlaceOptions

  init(_ places: PlaceOptions) { self.places = places }

  func findings() -> [Finding] {
    var findings: [Finding] = []
    do throws(Diagnostic) {
      let directory = try StateDirectory(places.state)
      findings.append(good("state", directory.path))
      findings += databases(directory)
      findings.append(index(directory))
    } catch {
      findings.append(bad("state", error))
    }
    findings += feeds()
    findings += rules()
    findings.append(good("sqlite", "\(StoreLibrary.version), journal \(StoreLibrary.usesWAL ? "WAL" : "DELETE (this version's WAL can lose pages; see Documentation/operations.md)")"))
    return findings
  }

  private func good(_ check: String, _ message: String) -> Finding {
    Finding(check: check, status: .good, message: message, hint: nil, exit: .success)
  }

  private func bad(_ check: String, _ diagnostic: Diagnostic) -> Finding {
    let place = [diagnostic.file, diagnostic.line.map(String.init), diagnostic.column.map(String.init)].compactMap { $0 }.joined(separator: ":")
    return Finding(
      check: check, status: .bad, message: (place.isEmpty ? "" : place + ": ") + diagnostic.message, hint: diagnostic.hint,
      exit: CommandFailure.status(of: diagnostic))
  }

  private func databases(_ directory: StateDirectory) -> [Finding] {
    var findings: [Finding] = []
    do throws(Diagnostic) {
      let store = try IndicatorStore(path: directory.indicators)
      try store.check()
      findings.append(good("indicators.sqlite", "whole"))
    } catch {
      findings.append(
        Finding(
          check: "indicators.sqlite", status: .bad, message: error.message,
          hint: error.hint ?? "it can be rebuilt: move it away, then ukai sync --force", exit: CommandFailure.status(of: error)))
    }
    do throws(Diagnostic) {
      let store = try AlertStore(path: directory.alerts)
      try store.check()
      findings.append(good("alerts.sqlite", "whole"))
    } catch {
      findings.append(
        Finding(
          check: "alerts.sqlite", status: .bad, message: error.message,
          hint: error.hint ?? "it is precious: copy it away before anything else, then restore a backup", exit: CommandFailure.status(of: error)))
    }
    return findings
  }

  private func index(_ directory: StateDirectory) -> Finding {
    do throws(Diagnostic) {
      let index = try IndicatorIndex.open(path: directory.index)
      try index.verify()
      return good("indicators.ukx", "whole, \(index.count) indicators")
    } catch {
      return Finding(
        check: "indicators.ukx", status: .bad, message: error.message, hint: "run ukai sync: the index is compiled anew",
        exit: error.code == "index.missing" ? .missingInput : .refused)
    }
  }

  private func feeds() -> [Finding] {
    let (definitions, diagnostics) = FeedCatalog.load(directory: places.feeds)
    var findings = diagnostics.map { diagnostic in
      diagnostic.severity == .error
        ? bad("feeds", diagnostic)
        : Finding(check: "feeds", status: .warning, message: "\(diagnostic.file ?? ""): \(diagnostic.message)", hint: diagnostic.hint, exit: .success)
    }
    if definitions.isEmpty, diagnostics.isEmpty {
      findings.append(
        Finding(
          check: "feeds", status: .bad, message: "no definitions in \(places.feeds)", hint: "point --feeds or UKAI_FEEDS at a directory of them",
          exit: .missingInput))
    }
    for definition in definitions where definition.enabled {
      if case .failure(let diagnostic) = FeedsCommand.Health.secrets(definition) {
        findings.append(Finding(check: "feeds", status: .warning, message: "\(definition.name) is off: \(diagnostic.message)", hint: diagnostic.hint, exit: .success))
      }
    }
    if !definitions.isEmpty { findings.append(good("feeds", "\(definitions.count) definitions in \(places.feeds)")) }
    return findings
  }

  private func rules() -> [Finding] {
    let rules = RuleDirectory(places)
    var findings: [Finding] = []
    let checks: [(String, () throws -> String)] = [
      ("scoring.yaml", { _ = try rules.scoring(); return "read" }), ("suppressions.yaml", { "\(try rules.suppressions().entries.count) entries" }),
      ("destinations.yaml", { "\(try rules.destinations().count) destinations" }), ("logs", { "\(try rules.logSources().all.count) log sources" }),
    ]
    for (name, check) in checks {
      do { findings.append(good(name, try check())) } catch let diagnostic as Diagnostic {
        findings.append(bad(name, diagnostic))
      } catch let failure as CommandFailure {
        if let diagnostic = failure.diagnostic { findings.append(bad(name, diagnostic)) }
      } catch {
        findings.append(Finding(check: name, status: .bad, message: "\(error)", hint: nil, exit: .configuration))
      }
    }
    return findings
  }
}
