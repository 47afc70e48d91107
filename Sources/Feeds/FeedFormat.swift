/// The forms that a feed's body may have. Raw values are the names in feed files.
public enum FeedFormat: String, Sendable, CaseIterable, Codable {
  /// Decided by content.
  case auto
  case plain, csv, json, jsonl, hosts, adblock
  case stix, taxii
  case mispFeed = "misp-feed"
  case misp, openioc, yaml
  case zeekIntel = "zeek-intel"
  case suricata, maltrail, rpz, report
}
