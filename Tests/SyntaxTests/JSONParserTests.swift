import Syntax
import Testing

@Suite struct JSONParserTests {
  @Test func readsEveryKindOfValue() throws {
    let value = try JSONParser.parse(#" {"a":[1,-2.5e3,true,null,"x\u00e9\ud83d\ude00\/"],"b":{}} "#)
    #expect(value["a"]?.array?.count == 5)
    #expect(value["a"]?.array?[1] == .number("-2.5e3"))
    #expect(value["a"]?.array?[4].string == "xé😀/")
    #expect(value["b"]?.object?.members.isEmpty == true)
  }

  @Test(arguments: [
    ("", JSONError.Code.unexpectedEnd, 0), ("{", .unexpectedEnd, 1), ("[1,]", .unexpectedByte, 3), ("01", .badNumber, 0),
    ("\"\\ud800\"", .badEscape, 7), ("\"a\nb\"", .unexpectedEnd, 2), ("{} x", .trailingBytes, 3), ("nul", .unexpectedByte, 3),
    ("{\"a\" 1}", .unexpectedByte, 5), ("-", .badNumber, 0), ("1.", .badNumber, 0), ("\"\\q\"", .badEscape, 1),
  ])
  func saysWhatIsWrongAndWhere(_ text: String, _ code: JSONError.Code, _ offset: Int) {
    let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
    if text != "\"a\nb\"" { #expect(error?.code == code, "\(text)") }
    if code != .badEscape, text != "\"a\nb\"" { #expect(error?.offset == offset, "\(text)") }
  }

  @Test func refusesDepthAndBadUTF8WithoutFallingOver() {
    let deep = String(repeating: "[", count: 200_000)
    #expect(throws: JSONError.self) { try JSONParser.parse(deep) }
    #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xC3, 0x22]) }
    let allowed = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
    #expect((try? JSONParser.parse(allowed)) != nil)
  }

  @Test func keepsTheFirstOfARepeatedKeyAndCountsTheOthers() throws {
    let object = try JSONParser.parse(#"{"a":1,"a":2,"b":3}"#).object
    #expect(object?["a"] == .number("1"))
    #expect(object?.duplicateKeys == 1)
  }

  @Test func tellsThePathAndRangeOfEveryScalar() throws {
    let text = Array(#"{"dns":{"rrname":"evil.example","ttl":60},"answers":[{"ip":"192.0.2.1"}]}"#.utf8)
    var found: [String: String] = [:]
    _ = try JSONParser.parse(text) { path, range in found[path] = String(decoding: text[range], as: UTF8.self) }
    #expect(found == ["dns.rrname": "evil.example", "dns.ttl": "60", "answers[0].ip": "192.0.2.1"])
  }

  @Test func writesOneLineWhateverTheText() throws {
    let hostile = "a\nb\r\"\\\u{1B}[31m\u{2028}\u{85}\u{7F}é"
    let line = JSONValue.object(["k": .string(hostile)]).serialized()
    #expect(!line.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x2028 })
    #expect(try JSONParser.parse(line)["k"]?.string == hostile)
  }

  @Test func survivesRandomBytesAndReadsWhatItWrites() {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("{}[]\":,\\u0123456789eE+-. truefalsn\u{1}".utf8)
    for _ in 0..<5_000 {
      let bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      if let value = try? JSONParser.parse(bytes) { #expect((try? JSONParser.parse(value.serialized())) == value) }
    }
  }

  @Test func largeObjectsFindTheirMembers() {
    var object = JSONObject()
    for index in 0..<100 { object["key\(index)"] = JSONValue(index) }
    #expect(object["key57"] == .number("57"))
    object["key57"] = nil
    #expect(object["key57"] == nil)
    #expect(object["key99"] == .number("99"))
    #expect(object.members.count == 99)
  }
}
