internal import GRDB

/// The rows that a feed's listings came from, by ``FeedIndicator/row``: one that stands in the new body as it stood in the last needs
/// neither to be read nor written again.
///
/// Sixteen bytes a row. What is beyond ``limit`` is read like anything new.
struct ListedRows {
  private var rows: [UInt64] = []
  private var numbers: [Int64] = []
  /// Where the rows begin whose first sixteen bits are the place's number.
  private var starts: [Int] = []
  /// One bit for each indicator's number.
  private var seen: [UInt64] = []
  /// Indicators that were met.
  private(set) var count = 0
  private static let limit = 4_000_000

  var isEmpty: Bool { rows.isEmpty }

  init() {}

  /// - Parameter feed: the feed's number.
  init(_ database: Database, feed: Int64) throws {
    let listed = try Row.fetchCursor(
      database, sql: "SELECT row_identity, indicator FROM listing WHERE feed = ? AND withdrawn_at IS NULL AND row_identity IS NOT NULL LIMIT ?",
      arguments: [feed, Self.limit])
    var pairs: [(row: UInt64, number: Int64)] = []
    while let row = try listed.next() { pairs.append((UInt64(bitPattern: row[0] as Int64), row[1])) }
    pairs.sort { $0.row < $1.row }
    rows = pairs.map(\.row)
    numbers = pairs.map(\.number)
    starts = [Int](repeating: 0, count: 65_537)
    for row in rows { starts[Int(row >> 48) + 1] += 1 }
    for place in 1...65_536 { starts[place] += starts[place - 1] }
    seen = [UInt64](repeating: 0, count: Int(numbers.max() ?? 0) / 64 + 1)
  }

  /// Whether `row` is one of them; its indicator is met from then on.
  mutating func take(_ row: UInt64) -> Bool {
    if rows.isEmpty { return false }
    var low = starts[Int(row >> 48)]
    var high = starts[Int(row >> 48) + 1]
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < row { low = middle + 1 } else { high = middle }
    }
    guard low < rows.count, rows[low] == row else { return false }
    // Two listings of one row would be a collision: both are read.
    if low + 1 < rows.count, rows[low + 1] == row { return false }
    let number = Int(numbers[low])
    if seen[number / 64] & 1 << UInt64(number % 64) == 0 {
      seen[number / 64] |= 1 << UInt64(number % 64)
      count += 1
    }
    return true
  }

  /// Whether a row was met that listed the indicator.
  func holds(_ number: Int64) -> Bool {
    let place = Int(number) / 64
    return place < seen.count && seen[place] & 1 << UInt64(number % 64) != 0
  }
}
