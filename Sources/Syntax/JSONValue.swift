/// A JSON value that keeps what JSON says: member order, and numbers as they were written.
///
/// Numbers stay text so that a 26-digit integer or `1e999999` in a feed is data, not a trap.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// The number's own characters, e.g. `-1.50e3`.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// The member of an object, or nil.
  public subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { return object[key] }
    return nil
  }

  public var string: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  /// The text of a string, a number or a boolean: what a CSV cell would have held.
  public var scalarText: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    default: nil
    }
  }

  public var integer: Int? {
    switch self {
    case .number(let text): Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    default: nil
    }
  }

  public var array: [JSONValue]? {
    if case .array(let items) = self { return items }
    return nil
  }

  public var object: JSONObject? {
    if case .object(let object) = self { return object }
    return nil
  }

  /// A string array; elements that are not strings are left out.
  public var strings: [String] { array?.compactMap(\.string) ?? [] }
}

/// The members of a JSON object in the order in which they were written.
///
/// A key that is written twice keeps its first value; ``duplicateKeys`` counts the others.
public struct JSONObject: Sendable, Equatable {
  public private(set) var members: [(key: String, value: JSONValue)] = []
  public private(set) var duplicateKeys = 0
  /// Built only for large objects; small ones are searched in order.
  private var positions: [String: Int] = [:]
  private static let indexedFrom = 16

  public init() {}

  public subscript(key: String) -> JSONValue? {
    get { position(of: key).map { members[$0].value } }
    set {
      if let position = position(of: key) {
        if let newValue {
          members[position].value = newValue
        } else {
          members.remove(at: position)
          positions = [:]
          if members.count >= Self.indexedFrom { reindex() }
        }
      } else if let newValue {
        append(key, newValue)
      }
    }
  }

  /// Adds a member as a parser meets it: the first value of a repeated key wins.
  mutating func insertFirst(_ key: String, _ value: JSONValue) {
    if position(of: key) != nil { duplicateKeys += 1 } else { append(key, value) }
  }

  private mutating func append(_ key: String, _ value: JSONValue) {
    members.append((key, value))
    if members.count == Self.indexedFrom { reindex() } else if members.count > Self.indexedFrom { positions[key] = members.count - 1 }
  }

  private mutating func reindex() {
    positions = Dictionary(members.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private func position(of key: String) -> Int? {
    if members.count >= Self.indexedFrom { return positions[key] }
    return members.firstIndex { $0.key == key }
  }

  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.count == right.members.count
      && zip(left.members, right.members).allSatisfy { $0.key == $1.key && $0.value == $1.value }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .number(String(value)) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }

  public init(_ text: String) { self = .string(text) }
  public init(_ number: Int) { self = .number(String(number)) }
  public init(_ flag: Bool) { self = .bool(flag) }
  public init(_ items: [String]) { self = .array(items.map(JSONValue.string)) }
  /// A finite number, or null: JSON has no other.
  public init(_ number: Double) { self = number.isFinite ? .number(String(number)) : .null }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }
}
