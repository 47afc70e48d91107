import Testing
import Transport

/// A generator that gives the same numbers in every run.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
  }
}

@Suite struct RetryScheduleTests {
  @Test func waitsStayInTheirBoundsAndTriesEnd() {
    var generator = Seeded(state: 7)
    for _ in 0..<2_000 {
      var schedule = RetrySchedule()
      var waits: [Int] = []
      while case .wait(let milliseconds) = schedule.next(isTransient: true, retryAfter: nil, remaining: 1_000_000, using: &generator) {
        waits.append(milliseconds)
      }
      // Four tries are three waits: below 3 s, 9 s and 27 s, never below one.
      #expect(waits.count == 3)
      #expect(zip(waits, [3_000, 9_000, 27_000]).allSatisfy { 1_000...$1 ~= $0 })
    }
  }

  @Test func fullJitterUsesTheWholeSpan() {
    var generator = Seeded(state: 11)
    var firsts: [Int] = []
    for _ in 0..<500 {
      var schedule = RetrySchedule()
      if case .wait(let wait) = schedule.next(isTransient: true, retryAfter: nil, remaining: .max, using: &generator) { firsts.append(wait) }
    }
    #expect((firsts.min() ?? 0) < 1_100)
    #expect((firsts.max() ?? 0) > 2_900)
  }

  @Test func nothingIsTriedAgainThatWillNotPass() {
    var generator = Seeded(state: 1)
    var schedule = RetrySchedule()
    #expect(schedule.next(isTransient: false, retryAfter: nil, remaining: 60_000, using: &generator) == .stop)
    var asked = RetrySchedule()
    // The server named its time: the next run heeds it, this one does not wait.
    #expect(asked.next(isTransient: true, retryAfter: 2, remaining: 60_000, using: &generator) == .stop)
    var late = RetrySchedule()
    #expect(late.next(isTransient: true, retryAfter: nil, remaining: 500, using: &generator) == .stop)
  }

  @Test func oddPoliciesAreMended() {
    let policy = RetrySchedule.Policy(tries: -3, shortestWait: -1, longestWait: -5)
    #expect(policy.tries == 1)
    #expect(policy.shortestWait == 0)
    #expect(policy.longestWait == 0)
    var generator = Seeded(state: 1)
    var schedule = RetrySchedule(policy: RetrySchedule.Policy(tries: 60, shortestWait: 1, longestWait: .max))
    for _ in 0..<59 { _ = schedule.next(isTransient: true, retryAfter: nil, remaining: .max, using: &generator) }
    #expect(schedule.next(isTransient: true, retryAfter: nil, remaining: .max, using: &generator) == .stop)
  }
}
