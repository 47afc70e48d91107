import Indicators
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("2026-05-31T12:34:56.789Z", "2026-05-31T12:34:56.789Z"), ("2020-12-08 13:36:27 UTC", "2020-12-08T13:36:27Z"),
    ("2024-02-29", "2024-02-29T00:00:00Z"), ("2024-03-01T01:00:00+09:00", "2024-02-29T16:00:00Z"),
    ("2024-03-01T01:00:00-0330", "2024-03-01T04:30:00Z"), ("1710900661.104", "2024-03-20T02:11:01.104Z"),
    ("1710900661104", "2024-03-20T02:11:01.104Z"), ("2016-12-31 23:59:60", "2016-12-31T23:59:59Z"),
    ("2024/03/20 02:11", "2024-03-20T02:11:00Z"), ("1970-01-01T00:00:00.000001Z", "1970-01-01T00:00:00.000001Z"),
  ])
  func readsTheDatesOfFeeds(_ text: String, _ expected: String) {
    #expect(Timestamp(parsing: text)?.iso8601 == expected)
  }

  @Test(arguments: [
    "", "yesterday", "2024-02-30", "2023-02-29", "9999-01-01", "1969-12-31", "2024-13-01", "2024-01-01T25:00:00Z",
    "2024-01-01T10:00:00 CEST", "12345", "2024-01-01T10:00:00.Z", "99999999999999999999",
  ])
  func refusesWhatIsNoDate(_ text: String) { #expect(Timestamp(parsing: text) == nil) }

  @Test func everyDayOfTwoCenturiesComesBack() {
    for day in stride(from: Int64(-3650), to: 73_000, by: 1) {
      let time = Timestamp(seconds: day * 86_400)
      let (year, month, dayOfMonth) = time.civilDate
      #expect(Timestamp(year: year, month: month, day: dayOfMonth) == time)
    }
  }

  @Test func arithmeticSaturates() {
    #expect(Timestamp(microseconds: .max - 5).adding(seconds: 10).microseconds == .max)
    #expect(Timestamp(seconds: 100).adding(seconds: -40) == Timestamp(seconds: 60))
  }
}
