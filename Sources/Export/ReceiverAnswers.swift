internal import Syntax

/// The answer to an Elasticsearch `_bulk` request.
enum BulkReply {
  struct Item: Equatable {
    var status: Int
    var reason: String
  }

  /// The items in the order of the request; nil for anything that is not such an answer.
  static func read(_ body: [UInt8]) -> [Item]? {
    guard let text = String(validating: body, as: UTF8.self), let json = try? JSONParser.parse(text), let items = json["items"]?.array else { return nil }
    var results: [Item] = []
    for item in items {
      guard let action = item.object?.members.first?.value, let status = action["status"]?.integer else { return nil }
      let error = action["error"]
      let parts = [error?["type"]?.string, error?["reason"]?.string, error?.string].compactMap { $0 }
      results.append(Item(status: status, reason: parts.joined(separator: ": ")))
    }
    return results
  }
}

/// What receivers say, made short and harmless: it is stored and shown.
enum ReceiverText {
  static func isHECSuccess(_ body: [UInt8]) -> Bool {
    (try? JSONParser.parse(String(decoding: body, as: UTF8.self)))?["code"]?.integer == 0
  }

  static func reason(status: Int, _ body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(400), as: UTF8.self)
    return visible("status \(status)" + (text.isEmpty ? "" : ": \(text)"))
  }

  static func visible(_ text: String) -> String { String(ControlText.oneLine(text).prefix(500)) }
}
