/// A small JSONPath: where the records of a document are, or where a field is in a record.
///
/// `$.data[*]`, `$[*]`, `$.*[*]`, `$.events[0].list[*]`; relative ones leave out `$.`: `ioc`, `tags[*].name`, `['odd key'].value`.
public struct JSONPath: Hashable, Sendable {
  public enum Component: Hashable, Sendable {
    case key(String)
    case index(Int)
    /// Every member of an object.
    case anyKey
    /// Every element of an array.
    case anyElement
  }

  public let components: [Component]
  /// The path as it was written.
  public let text: String

  /// The path of the document itself.
  public static let document = JSONPath(components: [], text: "$")

  private init(components: [Component], text: String) {
    self.components = components
    self.text = text
  }

  /// Nil when `text` is not a path.
  public init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    var components: [Component] = []
    if rest.first == UInt8(ascii: "$") {
      rest = rest.dropFirst()
      if let next = rest.first, next != UInt8(ascii: "."), next != UInt8(ascii: "[") { return nil }
    } else if let next = rest.first, next != UInt8(ascii: "[") {
      rest = [UInt8(ascii: ".")] + rest
    }
    while let first = rest.first {
      rest = rest.dropFirst()
      if first == UInt8(ascii: ".") {
        let name = rest.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") }
        rest = rest.dropFirst(name.count)
        guard !name.isEmpty else { return nil }
        components.append(name.elementsEqual("*".utf8) ? .anyKey : .key(String(decoding: name, as: UTF8.self)))
      } else if first == UInt8(ascii: "[") {
        let inner = rest.prefix { $0 != UInt8(ascii: "]") }
        rest = rest.dropFirst(inner.count)
        guard rest.first == UInt8(ascii: "]"), let component = Self.bracketed(inner) else { return nil }
        rest = rest.dropFirst()
        components.append(component)
      } else {
        return nil
      }
    }
    self.components = components
    self.text = text
  }

  private static func bracketed(_ inner: ArraySlice<UInt8>) -> Component? {
    let text = String(decoding: inner, as: UTF8.self)
    if text == "*" { return .anyElement }
    if let quote = inner.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
      guard inner.count >= 2, inner.last == quote else { return nil }
      return .key(String(text.dropFirst().dropLast()))
    }
    guard let index = Int(text), index >= 0 else { return nil }
    return .index(index)
  }

  /// All values that the path leads to in `value`, in order.
  public func values(in value: JSONValue) -> [JSONValue] {
    var found = [value]
    for component in components {
      found = found.flatMap { value -> [JSONValue] in
        switch (component, value) {
        case (.key(let name), .object(let object)): object[name].map { [$0] } ?? []
        // A field of each element, as most people mean it when they write `tags.name`.
        case (.key(let name), .array(let items)): items.compactMap { $0[name] }
        case (.anyKey, .object(let object)): object.members.map(\.value)
        case (.anyKey, .array(let items)), (.anyElement, .array(let items)): items
        case (.index(let index), .array(let items)): index < items.count ? [items[index]] : []
        default: []
        }
      }
    }
    return found
  }
}
