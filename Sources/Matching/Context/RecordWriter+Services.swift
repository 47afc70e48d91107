internal import Indicators

/// Services whose records say in a way of their own what came of what they tell.
extension RecordWriter {
  /// The first whose marks are there; nil for all others.
  static func ofService(_ fields: LineFields) -> RecordWriter? {
    if fields.has("resolverdecision") || fields.has("email") && fields.has("sourceip") && (fields.has("httphost") || fields.has("sni")) { return cloudflareGateway }
    if fields.has("qh"), fields.has("qt"), fields.has("ip") { return adGuardHome }
    if fields.has("id.applicationname"), fields.has("events[0].name") { return workspace }
    if fields.has("cluster_name"), fields.has("event"), fields.has("code") { return RecordWriter(name: "teleport", reading: EventRoles.Reading(serves: true)) }
    if fields.has("target_user.email"), fields.has("client.ip_address") { return onePassword }
    if fields.has("rule"), fields.has("output_fields.fd.name") { return falco }
    return nil
  }

  /// Cloudflare's resolver and proxy for machines of ours: `blockedOnDNSPolicy`, `allowedOnNoPolicyMatch`, …
  private static let cloudflareGateway = RecordWriter(
    name: "cloudflare-gateway",
    prepare: { event, fields in
      event.user = fields.text("email")
      let decision = fields.text("resolverdecision")?.lowercased() ?? ""
      if decision.hasPrefix("blocked") { event.outcome = .blocked } else if decision.hasPrefix("allowed") { event.outcome = .allowed }
    })

  /// A query that no rule stopped has an answer.
  private static let adGuardHome = RecordWriter(
    name: "adguard-home", reading: EventRoles.Reading(serves: true),
    prepare: { event, fields in
      if fields.text("result.isfiltered") == "true" { event.outcome = .blocked } else if fields.text("answer") != nil { event.outcome = .allowed }
    })

  /// Google Workspace's activities: what happened is the event's name (`login_failure`).
  private static let workspace = RecordWriter(
    name: "google-workspace", reading: EventRoles.Reading(serves: true),
    prepare: { event, fields in event.outcome = fields.text("events[0].name").flatMap(OutcomeWords.outcome(of:)) })

  /// 1Password's sign-ins: `success`, `credentials_failed`, `mfa_failed`, …
  private static let onePassword = RecordWriter(
    name: "1password", reading: EventRoles.Reading(serves: true),
    prepare: { event, fields in
      event.user = fields.text("target_user.email")
      let category = fields.text("category") ?? ""
      if category == "success" { event.outcome = .allowed } else if category.hasSuffix("_failed") { event.outcome = .blocked }
    })

  /// Falco names a socket by its client and its server: `10.0.0.1:51234->192.0.2.1:443`.
  private static let falco = RecordWriter(
    name: "falco",
    prepare: { event, fields in
      guard let name = fields.text("output_fields.fd.name"), let arrow = name.firstRange(of: "->"), let from = AddressFacts.address(String(name[..<arrow.lowerBound])),
        let to = AddressFacts.address(String(name[arrow.upperBound...]))
      else { return }
      (event.sourceIP, event.sourcePort) = from
      (event.destinationIP, event.destinationPort) = to
    })
}
