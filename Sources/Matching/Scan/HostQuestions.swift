internal import CShims

/// The second round for names whose pair is listed: the filter is asked for the name, its parents, the URL and the e-mail address that hang
/// on it. Only a yes goes to the rules, with their copies and look-ups.
extension TokenScan {
  /// What the filter is asked, as a bit of its answers.
  private enum Question: UInt32 {
    case name = 1
    case urlHost = 2
    /// A URL's beginning (``URLParts/start(ofKey:)``).
    case urlStart = 4
    case emailDomain = 8
  }

  /// A name between its questions and its answers.
  struct AskedHost {
    var start: Int
    var end: Int
    var answers: UInt32 = 0
    /// Whether ``Question/urlStart`` was asked.
    var isStartOfURL = false
  }

  func askHosts(_ count: Int, _ filter: Filter, _ rules: inout MatchRules<IndicatorIndex>) {
    guard let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress else { return }
    askedHosts.removeAll(keepingCapacity: true)
    var asked = 0
    for place in 0..<count {
      let end = unsafe base &+ Int(ends[place])
      guard let runEnd = runEnd(ofNameEndingAt: end, &rules) else { continue }
      if features.contains(.services) || asked > Self.capacity - Limits.nameLength {
        rules.name(text, runEnd: runEnd)
      } else if let host = unsafe ask(endingAt: end, bytes, filter, &asked) {
        askedHosts.append(host)
      }
    }
    for number in 0..<asked where unsafe filter.mayHold(questions[number]) {
      let question = unsafe owners[number] & 15
      // Names have a table behind the filter, which is wrong once in a hundred questions.
      if question == Question.name.rawValue, unsafe !index.holds(questions[number]) { continue }
      unsafe askedHosts[Int(owners[number] >> 4)].answers |= question
    }
    for host in askedHosts where unsafe isForRules(host, bytes, filter) { rules.name(text, runEnd: host.end) }
  }

  /// Puts down what is asked of the name that ends at a place: at most one question a label and three more. Nil for what is none.
  private func ask(endingAt end: Int, _ bytes: UnsafePointer<UInt8>, _ filter: Filter, _ asked: inout Int) -> AskedHost? {
    func put(_ question: Question, _ kind: KeyKind, _ start: Int, _ length: Int) {
      let value = unsafe hash.hash(kind, bytes + start, length, folding: KeyHash.caseless)
      filter.prefetch(value)
      unsafe questions[asked] = value
      unsafe owners[asked] = UInt32(truncatingIfNeeded: askedHosts.count &<< 4) | question.rawValue
      asked &+= 1
    }
    let local = end &- base
    let hosts = unsafe masks.before(local, masks.host)
    var dots = unsafe masks.before(local, masks.dot)
    let length = (~(hosts | dots)).leadingZeroBitCount
    var labels = 0
    var done = 0
    while done < length {
      // How far before the end a label begins, and whether another one stands before its dot.
      let dot = dots.leadingZeroBitCount
      let first = min(dot, length)
      guard first > done else { return nil }
      // Longer than what the masks show: the rules look at it.
      guard first < ByteMasks.reach - 1 else { return AskedHost(start: end - first, end: end, answers: Question.name.rawValue) }
      labels += 1
      if labels >= 2 { put(.name, .name, end - first, first) }
      if dot >= length || (hosts &<< UInt64(truncatingIfNeeded: dot &+ 1)) &>> 63 == 0 {
        return labels >= 2 ? wholeHost(end - first, end, labelEnd: end - done, put) : nil
      }
      done = dot &+ 1
      dots &= ~(0x8000_0000_0000_0000 &>> UInt64(truncatingIfNeeded: dot))
    }
    return nil
  }

  /// What is asked of a name from its first label on.
  private func wholeHost(
    _ start: Int, _ end: Int, labelEnd: Int, _ put: (Question, KeyKind, _ start: Int, _ length: Int) -> Void
  ) -> AskedHost {
    // Hyphens in front are no part of it.
    var first = start
    while first < labelEnd - 1, text[first] == 0x2d { first += 1 }
    var host = AskedHost(start: first, end: end)
    if first != start { put(.name, .name, first, end - first) }
    if features.contains(.urls), mayBeHostOfURL(first, end) {
      if let length = urlStartLength(first, end) {
        put(.urlStart, .urlStart, first, length)
        host.isStartOfURL = true
      } else {
        put(.urlHost, .urlHost, first, end - first)
      }
    }
    if features.contains(.emails), text[first - 1] == 0x40 { put(.emailDomain, .emailDomain, first, end - first) }
    return host
  }

  private func isForRules(_ host: AskedHost, _ bytes: UnsafePointer<UInt8>, _ filter: Filter) -> Bool {
    if host.answers & (Question.name.rawValue | Question.emailDomain.rawValue) != 0 { return true }
    if host.answers == 0 {
      // The beginning is not listed; but a path may lead back behind it.
      guard host.isStartOfURL, hasDetour(from: host.end) else { return false }
      let value = unsafe hash.hash(.urlHost, bytes + host.start, host.end - host.start, folding: KeyHash.caseless)
      guard filter.mayHold(value) else { return false }
    }
    return mayBeListedURL(hostStart: host.start, hostEnd: host.end)
  }
}
