internal import Feeds
internal import Indicators
internal import Syntax

extension FeedState {
  var json: JSONObject {
    var object = JSONObject()
    func put(_ key: String, _ text: String?) { if let text { object[key] = .string(text) } }
    func put(_ key: String, _ time: Timestamp?) { if let time { object[key] = .string(time.iso8601) } }
    put("etag", etag)
    put("last_modified", lastModified)
    put("body_hash", bodyHash)
    object["rows"] = JSONValue(rows)
    object["indicators"] = JSONValue(indicators)
    put("last_attempt", lastAttempt)
    put("last_success", lastSuccess)
    put("last_change", lastChange)
    put("not_before", notBefore)
    put("body_date", bodyDate)
    object["failures"] = JSONValue(consecutiveFailures)
    put("last_error", lastError)
    put("refused_hash", refusedHash)
    put("refused_since", refusedSince)
    object["refused_count"] = JSONValue(refusedCount)
    put("bookmark", bookmark)
    put("validators_address", validatorsAddress)
    if !generations.isEmpty {
      object["generations"] = .array(
        generations.map { generation in
          var entry: JSONObject = ["hash": .string(generation.hash), "accepted_at": .string(generation.acceptedAt.iso8601)]
          if let bookmark = generation.bookmark { entry["bookmark"] = .string(bookmark) }
          return .object(entry)
        })
    }
    if !withheld.isEmpty { object["withheld"] = JSONValue(withheld) }
    return object
  }

  init(feed: String, json: JSONValue) {
    self.init(feed: feed)
    func time(_ key: String) -> Timestamp? { json[key]?.string.flatMap { Timestamp(parsing: $0) } }
    etag = json["etag"]?.string
    lastModified = json["last_modified"]?.string
    bodyHash = json["body_hash"]?.string
    rows = json["rows"]?.integer ?? 0
    indicators = json["indicators"]?.integer ?? 0
    lastAttempt = time("last_attempt")
    lastSuccess = time("last_success")
    lastChange = time("last_change")
    notBefore = time("not_before")
    bodyDate = time("body_date")
    consecutiveFailures = json["failures"]?.integer ?? 0
    lastError = json["last_error"]?.string
    refusedHash = json["refused_hash"]?.string
    refusedSince = time("refused_since")
    refusedCount = json["refused_count"]?.integer ?? 0
    bookmark = json["bookmark"]?.string
    validatorsAddress = json["validators_address"]?.string
    generations = (json["generations"]?.array ?? []).compactMap { entry in
      guard let hash = entry["hash"]?.string, let at = entry["accepted_at"]?.string.flatMap({ Timestamp(parsing: $0) }) else { return nil }
      return Generation(hash: hash, acceptedAt: at, bookmark: entry["bookmark"]?.string)
    }
    withheld = json["withheld"]?.strings ?? []
  }
}
