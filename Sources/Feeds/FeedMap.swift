public import Indicators
public import Syntax

/// Which column or path of a record holds what.
public struct FeedMap: Sendable, Hashable {
  /// One field of a record.
  public struct Field: Sendable, Hashable {
    public enum Source: Sendable, Hashable {
      /// A CSV column by its name, or by its number from 1.
      case column(String)
      /// A path relative to a JSON record.
      case path(JSONPath)
    }

    public var source: Source
    /// Characters that part several values of one field.
    public var split: String?

    public init(_ source: Source, split: String? = nil) {
      self.source = source
      self.split = split
    }
  }

  /// What says the type of a value.
  public enum TypeSource: Sendable, Hashable {
    /// The value itself.
    case auto
    /// A type or a label such as `ip` or `hash`, for all values.
    case label(String)
    /// The record.
    case field(Field)
  }

  public struct Value: Sendable, Hashable {
    public var field: Field
    public var type = TypeSource.auto
    /// A port beside an address: the two make one `ip:port`.
    public var port: Field?
    /// Versions of a package: one indicator for each of them.
    public var version: Field?

    public init(field: Field, type: TypeSource = .auto, port: Field? = nil, version: Field? = nil) {
      self.field = field
      self.type = type
      self.port = port
      self.version = version
    }
  }

  /// Rows that are not wanted.
  public struct Condition: Sendable, Hashable {
    public var field: Field
    public var equals: [String]
  }

  public var values: [Value] = []
  public var firstSeen: Field?
  public var lastSeen: Field?
  public var validUntil: Field?
  public var reference: Field?
  public var tags: Field?
  public var malware: Field?
  public var actors: Field?
  public var confidence: Field?
  public var tlp: Field?
  public var description: Field?
  public var skip: [Condition] = []

  public init() {}

  /// A map for bare lists: every value is read as `type`.
  public init(everyValueAs type: IndicatorType) {
    values = [Value(field: Field(.column("1")), type: .label(type.rawValue))]
  }
}
