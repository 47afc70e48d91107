internal import CShims

/// The second round for names whose pair is listed: the filter is asked for the name, its parents, the URL and the e-mail address that hang
/// on it, as far as anything of the kind hangs on the pair. Only a yes goes to the rules, with their copies and look-ups.
extension TokenScan {
  /// What the filter is asked, as a bit of its answers.
  private enum Question: UInt32 {
    case name = 1
    case urlHost = 2
    /// A URL's beginning (``URLParts/starts(ofKey:)``).
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
    var isForRules = false
  }

  /// - Parameter count: names in ``pairs`` that have been asked for.
  /// - Returns: how many questions wait for the filter's answer.
  func askHosts(ofPairs count: Int, _ rules: inout MatchRules<IndicatorIndex>) -> Int {
    guard let filter, let pairFilter, let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress else { return 0 }
    askedHosts.removeAll(keepingCapacity: true)
    let (hasLiterals, hasPrefixes) = (features.contains(.literals), features.contains(.prefixURLs))
    var asked = 0
    var left = keepKnownPairs(count, pairFilter)
    if hasLiterals, left > 0 { literals(ofNames: left, &rules) }
    let isSorted = !hasPrefixes && !asksFreely
    if isSorted {
      left = unsafe sortKnownPairs(left, pairFilter, bytes)
      unsafe askLoneHosts(bytes, filter, &asked, &rules)
    }
    for place in 0..<left {
      let end = unsafe base &+ Int(pairs.ends[place])
      let pair = unsafe pairs.hashes[place]
      let uses = unsafe isSorted ? KeyUses(rawValue: pairUses[place]) : KeyUses(pairFilter.word(of: pair), of: pair)
      let isSpecial = servicePairs.mayHold(pair) && mayNameService(endingAt: end) || isFull(asked)
      if isSorted, uses == .urls, !isSpecial, let start = unsafe plainURLStart(endingAt: end &- base, bytes) {
        unsafe put(.urlStart, .urlStart, bytes + start.place, start.length, filter, &asked)
        askedHosts.append(AskedHost(start: start.place, end: end, isStartOfURL: true))
        continue
      }
      guard let runEnd = runEnd(ofNameEndingAt: end) else { continue }
      if isSpecial {
        rules.name(text, runEnd: runEnd)
      } else if let host = unsafe ask(endingAt: end, uses, bytes, filter, &asked) {
        askedHosts.append(host)
      }
    }
    return asked
  }

  /// Whether no room is left for what a name may ask.
  private func isFull(_ asked: Int) -> Bool { asked > Self.capacity - Limits.nameLength }

  /// Leaves in ``pairs`` the names that have to be looked at, and puts into ``loneHosts`` those alone in a field; nothing listed is any of the others.
  private func sortKnownPairs(_ count: Int, _ filter: Filter, _ bytes: UnsafePointer<UInt8>) -> Int {
    var masks = unsafe self.masks.pointers
    let last = min((words &- 1) &* 64, text.count &- base &- ByteMasks.reach)
    let left = unsafe ukai_sort_known_hosts(
      kernel, filter.words, UInt64(filter.count), servicePairs.words, &masks, bytes + base, max(0, 2 &* ByteMasks.reach &+ 2 &- base), last, pairs.ends, pairs.hashes,
      count, pairUses, &loneHosts, owners, questions)
    unsafe ukai_keep_with_path(kernel, bytes + base, 1 &- base, text.count &- base, &loneHosts)
    return left
  }

  private func askLoneHosts(_ bytes: UnsafePointer<UInt8>, _ filter: Filter, _ asked: inout Int, _ rules: inout MatchRules<IndicatorIndex>) {
    for place in 0..<(unsafe loneHosts.count) {
      let end = unsafe base &+ Int(loneHosts.ends[place])
      let start = unsafe end &- Int(loneHosts.lengths[place])
      // As in most lines, which may be full of such hosts.
      if isPathlessLine, pathless.lowerBound <= start, end <= pathless.upperBound { continue }
      guard mayHavePath(start..<end) else { continue }
      if isFull(asked) {
        rules.name(text, runEnd: end)
        continue
      }
      let (before, host) = (asked, AskedHost(start: start, end: end))
      unsafe askSeparated(host, .urls, bytes, filter, &asked)
      if asked > before { askedHosts.append(host) }
    }
  }

  /// Asks the filter for a key of the next host of ``askedHosts``.
  @inline(__always) private func put(
    _ question: Question, _ kind: KeyKind, _ key: UnsafePointer<UInt8>, _ length: Int, _ filter: Filter, _ asked: inout Int
  ) {
    let value = unsafe hash.hash(kind, key, length, folding: KeyHash.caseless)
    filter.prefetch(value)
    unsafe questions[asked] = value
    unsafe owners[asked] = UInt32(truncatingIfNeeded: askedHosts.count &<< 4) | question.rawValue
    asked &+= 1
  }

  /// Asks for the URLs of a host that stands alone in its field, with each path near it.
  private func askSeparated(_ host: AskedHost, _ uses: KeyUses, _ bytes: UnsafePointer<UInt8>, _ filter: Filter, _ asked: inout Int) {
    guard uses.contains(.urls), !asksFreely else { return }
    guard let keys = separateStarts(host.start..<host.end, filter) else {
      return unsafe put(.urlHost, .urlHost, bytes + host.start, host.end - host.start, filter, &asked)
    }
    for key in keys {
      unsafe key.withUnsafeBufferPointer { key in
        if let start = key.baseAddress { unsafe put(.urlStart, .urlStart, start, key.count, filter, &asked) }
      }
    }
  }

  func answerHosts(_ count: Int, _ rules: inout MatchRules<IndicatorIndex>) {
    guard let filter, let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress else { return }
    for number in 0..<count where unsafe filter.mayHold(questions[number]) {
      let question = unsafe owners[number] & 15
      // Names have a table behind the filter, which is wrong once in a hundred questions.
      if question == Question.name.rawValue, unsafe !index.holds(questions[number]) { continue }
      unsafe askedHosts[Int(owners[number] >> 4)].answers |= question
    }
    var asked = 0
    for place in askedHosts.indices { unsafe judge(place, bytes, filter, &asked) }
    for number in 0..<asked where unsafe filter.mayHold(questions[number]) { unsafe askedHosts[Int(owners[number])].isForRules = true }
    for host in askedHosts where host.isForRules { rules.name(text, runEnd: host.end) }
  }

  /// Puts down what is asked of the name that ends at a place: at most one question a label and three more. Nil for what is none, and when
  /// there is nothing to ask.
  private func ask(
    endingAt end: Int, _ uses: KeyUses, _ bytes: UnsafePointer<UInt8>, _ filter: Filter, _ asked: inout Int
  ) -> AskedHost? {
    if uses.isEmpty { return nil }
    let before = asked
    func put(_ question: Question, _ kind: KeyKind, _ start: Int, _ length: Int) {
      unsafe self.put(question, kind, bytes + start, length, filter, &asked)
    }
    let local = end &- base
    let hosts = unsafe masks.near(local, masks.host)
    var dots = unsafe masks.near(local, masks.dot)
    let length = (~(hosts | dots)).leadingZeroBitCount
    if !uses.contains(.names), let start = unsafe plainStart(end, length, dots, bytes) {
      let host = wholeHost(start, end, labelEnd: start + 1, uses, put)
      unsafe askSeparated(host, uses, bytes, filter, &asked)
      return asked == before ? nil : host
    }
    var labels = 0
    var done = 0
    while done < length {
      // How far before the end a label begins, and whether another one stands before its dot.
      let dot = dots.leadingZeroBitCount
      let first = min(dot, length)
      guard first > done else { return nil }
      // Longer than what the masks show: the rules look at it.
      guard first < ByteMasks.nearReach - 1 else { return AskedHost(start: end - first, end: end, answers: Question.name.rawValue) }
      labels += 1
      if labels >= 2, uses.contains(.names) { put(.name, .name, end - first, first) }
      if dot >= length || (hosts &<< UInt64(truncatingIfNeeded: dot &+ 1)) &>> 63 == 0 {
        guard labels >= 2 else { return nil }
        let host = wholeHost(end - first, end, labelEnd: end - done, uses, put)
        unsafe askSeparated(host, uses, bytes, filter, &asked)
        return asked == before ? nil : host
      }
      done = dot &+ 1
      dots &= ~(0x8000_0000_0000_0000 &>> UInt64(truncatingIfNeeded: dot))
    }
    return nil
  }

  /// What is asked of a name from its first label on.
  private func wholeHost(
    _ start: Int, _ end: Int, labelEnd: Int, _ uses: KeyUses, _ put: (Question, KeyKind, _ start: Int, _ length: Int) -> Void
  ) -> AskedHost {
    // Hyphens in front are no part of it.
    var first = start
    while first < labelEnd - 1, text[first] == 0x2d { first += 1 }
    var host = AskedHost(start: first, end: end)
    if first != start, uses.contains(.names) { put(.name, .name, first, end - first) }
    if asksFreely {
      if uses.contains(.urls) { put(.urlHost, .urlHost, first, end - first) }
      if features.contains(.emails), uses.contains(.names) { put(.emailDomain, .emailDomain, first, end - first) }
      return host
    }
    if uses.contains(.urls), mayBeHostOfURL(first, end) {
      if !features.contains(.prefixURLs), let length = text.urlStartLength(first, end) {
        put(.urlStart, .urlStart, first, length)
        host.isStartOfURL = true
      } else {
        put(.urlHost, .urlHost, first, end - first)
      }
    }
    if features.contains(.emails), uses.contains(.names), text[first - 1] == 0x40 { put(.emailDomain, .emailDomain, first, end - first) }
    return host
  }

  /// Whether the rules have to look at a name, by the answers; asks for its URL where they leave that open.
  private func judge(_ place: Int, _ bytes: UnsafePointer<UInt8>, _ filter: Filter, _ asked: inout Int) {
    let host = askedHosts[place]
    let sure = asksFreely ? .max : Question.name.rawValue | Question.emailDomain.rawValue
    if host.answers & sure != 0 { return askedHosts[place].isForRules = true }
    if host.answers == 0 {
      // The beginning is not listed; but a path may lead back behind it.
      guard host.isStartOfURL, hasDetour(from: host.end) else { return }
      let value = unsafe hash.hash(.urlHost, bytes + host.start, host.end - host.start, folding: KeyHash.caseless)
      guard filter.mayHold(value) else { return }
    }
    guard asked <= Self.capacity - 4, let url = plainURL(hostStart: host.start, hostEnd: host.end) else {
      return askedHosts[place].isForRules = true
    }
    func put(_ value: UInt64) {
      filter.prefetch(value)
      unsafe questions[asked] = value
      unsafe owners[asked] = UInt32(truncatingIfNeeded: place)
      asked &+= 1
    }
    for end in [url.end, url.query].compactMap(\.self) {
      put(unsafe hash.hash(.url, bytes + host.start, end - host.start, folding: KeyHash.caseful))
      put(hashOfTwin(host.start, end))
    }
  }
}
