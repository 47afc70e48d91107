import Indicators
import Matching
import Store
import Terminal

extension ScanPlace {
  /// The state directory's index, or another that is named; with its alert store unless nothing is to be kept. A filter with an index of
  /// its own needs no state: it must run where there is none.
  init(_ places: PlaceOptions, index named: String?, keepsNothing: Bool, command: String) throws {
    if keepsNothing, let named {
      self.init(index: named)
      return
    }
    let directory = try StateDirectory(places.state)
    if named == nil, !Files.exists(directory.index) {
      throw CommandFailure(
        .missingInput, Diagnostic(.error, code: "index.missing", "there is no index yet", hint: "run ukai sync first", file: directory.index))
    }
    self.init(index: named ?? directory.index)
    let store = keepsNothing ? nil : try AlertStore(path: directory.alerts)
    let exported = Set(try store?.destinationNames().compactMap { $0.hasPrefix("file:") ? ScanRun.resolved(String($0.dropFirst(5))) : nil } ?? [])
    let own = ScanRun.resolved(directory.path)
    isOwn = { exported.contains($0) || $0 == own || $0.hasPrefix(own + "/") }
    guard let store else { return }
    cursors = store
    commit = { batches, now, assetsPerIndicator in
      let commit = try store.commit(batches, now: now, assetsPerIndicator: assetsPerIndicator)
      return (commit.newSightings, commit.newAlerts)
    }
    note = { exit, summary, now in try store.note(run: command, exit: exit, summary: summary, now: now) }
  }
}
