/// A STIX pattern (STIX 2.1, section 9; 2.0 part 5) as its grammar reads it.
public indirect enum STIXPattern: Sendable, Equatable {
  /// `[ … ]`
  case observation(Comparison)
  case and([STIXPattern])
  case or([STIXPattern])
  case followedBy([STIXPattern])
  /// `WITHIN 5 SECONDS`, `REPEATS 3 TIMES`, `START t'…' STOP t'…'`, as written.
  case qualified(STIXPattern, qualifier: String)

  /// What stands between the brackets of one observation.
  public indirect enum Comparison: Sendable, Equatable {
    case test(Test)
    case and([Comparison])
    case or([Comparison])
  }

  public enum Operator: String, Sendable {
    case equal = "=", notEqual = "!=", less = "<", greater = ">", lessOrEqual = "<=", greaterOrEqual = ">="
    case isIn = "IN", like = "LIKE", matches = "MATCHES", isSubset = "ISSUBSET", isSuperset = "ISSUPERSET", exists = "EXISTS"
  }

  public struct Test: Sendable, Equatable {
    public var path: ObjectPath
    public var isNegated: Bool
    public var comparison: Operator
    /// One literal, or the members of a set; none for EXISTS.
    public var literals: [Literal]

    public init(path: ObjectPath, isNegated: Bool, comparison: Operator, literals: [Literal]) {
      self.path = path
      self.isNegated = isNegated
      self.comparison = comparison
      self.literals = literals
    }
  }

  /// `file:hashes.'SHA-256'`: object type and property steps, quotes taken off.
  public struct ObjectPath: Sendable, Equatable {
    public var objectType: String
    /// Names and, in brackets, indices: `hashes`, `SHA-256`, `[*]`.
    public var steps: [String]

    public init(objectType: String, steps: [String]) {
      self.objectType = objectType
      self.steps = steps
    }

    public var description: String {
      objectType + ":" + steps.reduce("") { $0 + ($1.hasPrefix("[") || $0.isEmpty ? "" : ".") + $1 }
    }
  }

  public enum Literal: Sendable, Equatable {
    case string(String)
    /// Its own characters: no number is computed.
    case number(String)
    case bool(Bool)
    /// `t'…'`, `h'…'`, `b'…'`: prefix and content.
    case tagged(Character, String)

    /// The literal's characters without quotes.
    public var text: String {
      switch self {
      case .string(let text), .number(let text), .tagged(_, let text): text
      case .bool(let flag): flag ? "true" : "false"
      }
    }
  }

  public static let byteLimit = 64 << 10
  public static let depthLimit = 32

  /// Parses `text`.
  /// - Throws: ``STIXPatternError`` with the place and what was expected there.
  public init(_ text: String) throws(STIXPatternError) {
    self = try STIXPatternParser.parse(text)
  }
}

/// Why a text is no STIX pattern, and where.
public struct STIXPatternError: Error, Sendable, Equatable {
  public enum Code: String, Sendable {
    case tooLong = "pattern-too-long"
    case tooDeep = "pattern-too-deep"
    case syntax = "bad-pattern"
  }
  public let code: Code
  /// Byte offset in the pattern, from 0.
  public let offset: Int
  public let message: String
}
