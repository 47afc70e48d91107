import Export
import Foundation
import Indicators
import Matching
import Syntax
import Testing

/// Every format against its frozen output: `Tests/Fixtures/alerts/FORMAT`. A wanted change is frozen anew with
/// `UKAI_FREEZE=1 swift test --filter GoldenFormatTests`, and looked at in the diff.
@Suite struct GoldenFormatTests {
  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/alerts")

  static func text(_ form: AlertForm) -> String {
    form.format.header + SampleAlerts.all.map { form.format.encode($0.record) + "\n" }.joined()
  }

  @Test(arguments: AlertForm.allCases)
  func formatIsAsFrozen(form: AlertForm) throws {
    let file = Self.directory.appendingPathComponent("alerts.\(form.rawValue)")
    let text = Self.text(form)
    if ProcessInfo.processInfo.environment["UKAI_FREEZE"] != nil {
      try FileManager.default.createDirectory(at: Self.directory, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  @Test(arguments: AlertForm.allCases)
  func anAlertIsOneLine(form: AlertForm) {
    let expected = form == .bulk ? 2 : 1
    for (name, record) in SampleAlerts.all {
      let lines = form.format.encode(record).split(omittingEmptySubsequences: false) { $0.isNewline && $0 != "\r" }
      #expect(lines.count == expected, "\(form.rawValue), \(name)")
    }
  }

  @Test(arguments: [AlertForm.cef, .leef, .csv, .syslog])
  func noControlCharacterIsLeft(form: AlertForm) {
    for (name, record) in SampleAlerts.all {
      let text = form.format.encode(record)
      let controls = text.unicodeScalars.filter { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
      let allowed: Set<Unicode.Scalar> = form == .csv ? ["\r"] : form == .leef ? ["\t"] : []
      #expect(controls.allSatisfy(allowed.contains), "\(form.rawValue), \(name)")
    }
  }

  @Test(arguments: [AlertForm.jsonl, .ecs, .bulk, .ocsf, .hec, .stix])
  func everyLineIsJSON(form: AlertForm) throws {
    for (_, record) in SampleAlerts.all {
      for line in form.format.encode(record).split(separator: "\n") { #expect(throws: Never.self) { try JSONParser.parse(String(line)) } }
    }
  }

  @Test func aStatusChangeIsAnUpdateOfTheSameThing() throws {
    func document(_ form: AlertForm, _ name: String) throws -> JSONValue {
      let record = try #require(SampleAlerts.all.first { $0.name == name }).record
      return try JSONParser.parse(try #require(form.format.encode(record).split(separator: "\n").first.map(String.init)))
    }
    let created = try document(.ocsf, "domain")
    let closed = try document(.ocsf, "closed")
    #expect(created["activity_id"]?.integer == 1)
    #expect(closed["activity_id"]?.integer == 3)
    #expect(closed["type_uid"]?.integer == 200_403)
    #expect(created["finding_info"]?["uid"] == closed["finding_info"]?["uid"])
    let first = try document(.bulk, "domain")["create"]?["_id"]?.string
    let second = try document(.bulk, "closed")["create"]?["_id"]?.string
    #expect(second == first.map { $0 + "-2" })
    func sighting(_ name: String) throws -> JSONValue? {
      try document(.stix, name)["objects"]?.array?.first { $0["type"]?.string == "sighting" }
    }
    let earlier = try sighting("domain")
    let later = try sighting("closed")
    #expect(earlier?["id"] == later?["id"])
    let before = try #require(earlier?["modified"]?.string)
    let after = try #require(later?["modified"]?.string)
    #expect(after > before)
  }
}
