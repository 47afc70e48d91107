public import Indicators

/// Decides whether a parsed body may replace the last good one. A feed that dies, is cut, hijacked or rewritten must never
/// weaken protection: in doubt the old set stays in force, and the refusal says how a person accepts the new one.
public struct FeedGuard: Sendable, Equatable {
  /// The bounds of a feed file's `guard:`. Fractions: 0.5 is 50%.
  public struct Policy: Sendable, Equatable {
    /// Fewer rows than this are refused.
    public var minimumRows: Int
    /// The new body must hold at least this fraction of the last one.
    public var shrink: Double
    /// And at most this one.
    public var grow: Double
    /// The largest fraction of the old values that may be gone at once.
    public var churn: Double
    /// Text that a good body holds.
    public var contains: String?
    /// The fraction of entry lines that must be understood.
    public var parsed: Double
    /// Shrinking, growing and churn are judged from so many rows up.
    public var judgedFrom: Int
    /// The feed brings only what is new (TAXII `added_after`, a MISP manifest): size says nothing, and nothing new is no error.
    public var isIncremental: Bool
    /// The feed is a page for people (`format: report`), so HTML is what is expected.
    public var allowsHTML: Bool

    public init(
      minimumRows: Int = 1, shrink: Double = 0.5, grow: Double = 5, churn: Double = 0.9, contains: String? = nil,
      parsed: Double = 0.95, judgedFrom: Int = 20, isIncremental: Bool = false, allowsHTML: Bool = false
    ) {
      self.minimumRows = minimumRows
      self.shrink = shrink
      self.grow = grow
      self.churn = churn
      self.contains = contains
      self.parsed = parsed
      self.judgedFrom = judgedFrom
      self.isIncremental = isIncremental
      self.allowsHTML = allowsHTML
    }
  }

  /// What is known of a new body when it is judged.
  public struct Evidence: Sendable, Equatable {
    /// SHA-256 of the body, in hexadecimal.
    public var bodyHash: String
    /// What the first bytes look like.
    public var appearance: BodyAppearance
    /// Entries (lines, records, objects) that stand for something, understood or not.
    public var rows: Int
    /// Entries that could not be understood. Values refused by a guard list or as too wide do not belong here.
    public var unparsed: Int
    /// Indicators that would come into force.
    public var indicators: Int
    /// Values of the last accepted set that are in force, and how many of them the new body no longer has; nil when not known.
    public var previousValues: Int?
    public var removedValues: Int?
    /// Whether the text of ``Policy/contains`` was seen; nil when there is none to look for.
    public var containsSentinel: Bool?
    /// The date or serial that the body claims.
    public var bodyDate: Timestamp?

    public init(
      bodyHash: String, appearance: BodyAppearance = .plain, rows: Int, unparsed: Int = 0, indicators: Int,
      previousValues: Int? = nil, removedValues: Int? = nil, containsSentinel: Bool? = nil, bodyDate: Timestamp? = nil
    ) {
      self.bodyHash = bodyHash
      self.appearance = appearance
      self.rows = rows
      self.unparsed = unparsed
      self.indicators = indicators
      self.previousValues = previousValues
      self.removedValues = removedValues
      self.containsSentinel = containsSentinel
      self.bodyDate = bodyDate
    }
  }

  /// Why a body was refused. The raw value is the `reason` of the sync summary.
  public enum Reason: String, Sendable, CaseIterable {
    case empty, html, errorDocument = "error-document", binary, sentinelMissing = "sentinel-missing", unparsed
    case minimumRows = "minimum-rows", shrunk, grown, churned, older

    /// The same content, seen in three syncs over a day, confirms itself. Never: a body without content, or one that is no feed.
    public var confirmsItself: Bool {
      switch self {
      case .minimumRows, .shrunk, .grown, .churned, .older: true
      case .empty, .html, .errorDocument, .binary, .sentinelMissing, .unparsed: false
      }
    }

    /// `--accept-change` lets it in. An error page is not a feed, whoever asks.
    public var canBeAccepted: Bool {
      switch self {
      case .html, .errorDocument, .binary: false
      default: true
      }
    }
  }

  public enum Verdict: Sendable, Equatable {
    /// Let it in. `overridden` is the refusal that a person or repetition has lifted; `isPartial` when some entries were not
    /// understood (the run then ends with 3).
    case accept(overridden: Reason?, isPartial: Bool)
    case refuse(Reason, Diagnostic)
  }

  /// Syncs that must have brought the same refused content, and the seconds between the first and now, until it is believed.
  public static let confirmations = 3
  public static let confirmationSpan: Int64 = 24 * 3_600

  public let policy: Policy

  public init(policy: Policy = Policy()) { self.policy = policy }

  /// Judges a body against the last accepted one.
  ///
  /// - Parameters:
  ///   - state: what was stored after the last attempt, before this one.
  ///   - isAccepted: a person said `--accept-change` for this feed.
  public func judge(_ evidence: Evidence, against state: FeedState, isAccepted: Bool, now: Timestamp) -> Verdict {
    let isPartial = evidence.unparsed > 0
    guard let (reason, message) = objection(to: evidence, state) else {
      return .accept(overridden: nil, isPartial: isPartial)
    }
    if isAccepted && reason.canBeAccepted { return .accept(overridden: reason, isPartial: isPartial) }
    if reason.confirmsItself && isConfirmed(evidence, state, now) { return .accept(overridden: reason, isPartial: isPartial) }
    return .refuse(reason, diagnostic(reason, message, feed: state.feed))
  }

  private func isConfirmed(_ evidence: Evidence, _ state: FeedState, _ now: Timestamp) -> Bool {
    guard state.refusedHash == evidence.bodyHash, let since = state.refusedSince else { return false }
    // This sync is one more than those counted.
    return state.refusedCount >= Self.confirmations - 1 && since.adding(seconds: Self.confirmationSpan) <= now
  }

  private func diagnostic(_ reason: Reason, _ message: String, feed: String) -> Diagnostic {
    let hint =
      switch reason {
      case .html: "open the address in a browser; if the page itself is meant, set 'format: report'"
      case .errorDocument: "the server answered with an error instead of data; is the key set and valid?"
      case .binary: "set the format, or look at the address: this is not text"
      default: "the last good set stays in force; if the change is real: ukai sync --accept-change \(feed)"
      }
    return Diagnostic(.error, code: "feed.\(reason.rawValue)", message, hint: hint, file: feed)
  }
}

extension FeedGuard {
  /// The first thing that speaks against the body, the most telling first.
  private func objection(to evidence: Evidence, _ state: FeedState) -> (Reason, String)? {
    if evidence.appearance == .html && !policy.allowsHTML { return (.html, "the body is an HTML page, not data") }
    if evidence.appearance == .errorDocument { return (.errorDocument, "the body is an error message, not data") }
    if evidence.appearance == .binary { return (.binary, "the body is binary data of no known kind") }
    if policy.isIncremental {
      return evidence.unparsed > 0 && isUnparsed(evidence) ? unparsed(evidence) : nil
    }
    if evidence.appearance == .empty || evidence.rows <= 0 {
      return (.empty, state.rows > 0 ? "the body holds no entries; the last one held \(state.rows)" : "the body holds no entries")
    }
    if isUnparsed(evidence) { return unparsed(evidence) }
    if evidence.indicators <= 0 {
      return (.empty, "none of \(evidence.rows) entries gives a usable indicator")
    }
    if policy.contains != nil && evidence.containsSentinel != true {
      return (.sentinelMissing, "the body lacks the text that a good one contains (guard: contains)")
    }
    if evidence.rows < policy.minimumRows {
      return (.minimumRows, "\(evidence.rows) entries, fewer than the \(policy.minimumRows) that a good body has (guard: minimum-rows)")
    }
    if let date = evidence.bodyDate, let last = state.bodyDate, date < last {
      return (.older, "the body says it is of \(date.iso8601), older than the accepted one of \(last.iso8601)")
    }
    return change(evidence, state)
  }

  private func change(_ evidence: Evidence, _ state: FeedState) -> (Reason, String)? {
    for (name, new, old) in [("entries", evidence.rows, state.rows), ("indicators", evidence.indicators, state.indicators)]
    where old >= max(1, policy.judgedFrom) {
      let fraction = Double(new) / Double(old)
      if fraction < policy.shrink {
        return (.shrunk, "\(new) \(name) after \(old): below \(Self.percent(policy.shrink)) (guard: shrink)")
      }
      if fraction > policy.grow {
        return (.grown, "\(new) \(name) after \(old): above \(Self.percent(policy.grow)) (guard: grow)")
      }
    }
    if let old = evidence.previousValues, let removed = evidence.removedValues, old >= max(1, policy.judgedFrom),
      Double(removed) / Double(old) > policy.churn
    {
      return (.churned, "\(removed) of \(old) known values are gone at once: above \(Self.percent(policy.churn)) (guard: churn)")
    }
    return nil
  }

  /// Of a handful of entries one bad one is more than the fraction allows, and says nothing: there, half must be understood.
  private func isUnparsed(_ evidence: Evidence) -> Bool {
    parsedFraction(evidence) < (evidence.rows < policy.judgedFrom ? min(0.5, policy.parsed) : policy.parsed)
  }

  private func parsedFraction(_ evidence: Evidence) -> Double {
    evidence.rows <= 0 ? 0 : Double(max(0, evidence.rows - evidence.unparsed)) / Double(evidence.rows)
  }

  private func unparsed(_ evidence: Evidence) -> (Reason, String) {
    (.unparsed, "\(evidence.unparsed) of \(evidence.rows) entries are not understood: more than \(Self.percent(1 - policy.parsed))")
  }

  /// `0.5` as `50%`; nonsense stays readable.
  private static func percent(_ fraction: Double) -> String {
    let value = (fraction * 100).rounded()
    return Int(exactly: value).map { "\($0)%" } ?? "\(fraction)"
  }
}
