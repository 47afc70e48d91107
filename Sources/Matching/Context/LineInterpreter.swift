internal import Indicators
internal import Rules

struct LineInterpreter {
  static let headLimit = 8 << 10
  init() {}
  init(source: LogSource?, reference: Timestamp, head: [UInt8]) {}
  var dependsOnPosition: Bool { false }
  mutating func passed(_ bytes: UnsafeRawBufferPointer) {}
  mutating func lookBack(in bytes: UnsafeRawBufferPointer, before start: Int) {}
  mutating func facts(_ line: [UInt8], hit: Range<Int>, isPartial: Bool) -> LineFacts {
    var facts = LineFacts(format: "plain")
    facts.event.raw = String(decoding: line.prefix(8192), as: UTF8.self)
    return facts
  }
}
