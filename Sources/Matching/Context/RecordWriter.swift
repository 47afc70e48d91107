internal import Indicators

/// Who wrote a JSON record, and what that changes in its reading.
struct RecordWriter: Sendable {
  /// The format's name in records.
  var name: String
  var reading = EventRoles.Reading()
  /// Facts that come before the common names.
  var prepare: @Sendable (inout Sighting.Event, LineFields) -> Void = { _, _ in }
  /// Facts that are still open after them.
  var finish: @Sendable (inout Sighting.Event, LineFields) -> Void = { _, _ in }

  /// The first whose marks are there; the order matters.
  static func of(_ fields: LineFields) -> RecordWriter {
    if fields.has("event_type"), fields.has("src_ip") || fields.has("flow_id") || fields.has("stats.uptime") { return eve }
    if fields.has("firewall_name"), fields.has("event.event_type") { return networkFirewall }
    if isZeek(fields) { return zeek }
    if fields.has("eventsource"), fields.has("eventname") { return cloudTrail }
    if fields.has("class_uid") { return openSchema }
    if fields.has("protopayload.@type") || fields.has("protopayload.methodname") { return googleAudit }
    if fields.has("winlog.channel") || fields.has("winlog.event_id") { return windows(fields) }
    if fields.has("event.system.channel"), fields.has("event.system.computer") { return windows(fields) }
    if fields.has("eventid"), fields.has("channel") || fields.has("computer") || fields.has("hostname") { return windows(fields) }
    if fields.has("utctime"), fields.has("processguid") || fields.has("image") || fields.has("rulename") { return windows(fields) }
    if fields.has("@timestamp"), isElastic(fields) { return elastic }
    if fields.has("service.action.actiontype") { return guardDuty }
    if fields.has("hostidentifier"), fields.has("calendartime") || fields.has("unixtime") { return RecordWriter(name: "osquery") }
    if fields.has("creationtime"), fields.has("workload"), fields.has("operation") { return service("m365-audit") }
    if isAzure(fields) { return service("azure-activity") }
    if fields.has("resourceid"), fields.has("operationname") || fields.has("category") { return azureDiagnostics(fields) }
    if fields.has("rayid"), fields.has("clientip") { return service("cloudflare") }
    if fields.has("auditid"), fields.has("verb") { return service("kubernetes-audit") }
    if fields.has("actor.alternateid"), fields.has("eventtype") { return okta }
    if fields.has("logger"), fields.has("request.remote_ip") { return caddy }
    // Auth0's `hostname` is the name under which it is called.
    if fields.has("log_id"), fields.has("client_id"), fields.has("type") { return RecordWriter(name: "auth0", reading: EventRoles.Reading(ignored: ["hostname"], serves: true)) }
    if let service = ofService(fields) { return service }
    if fields.has("__realtime_timestamp") { return RecordWriter(name: "journald") }
    if fields.names.contains(where: { $0.hasPrefix("resourcelogs[0].") }) { return RecordWriter(name: "otlp-json") }
    return RecordWriter(
      name: "json",
      finish: { event, fields in
        event.hostObserves = event.sourceIP != nil && event.destinationIP != nil
        // A visitor's request; a client inside may as well ask a proxy.
        let isRequest = ["request", "method", "request_method", "requestmethod", "httprequest.uri"].contains(where: fields.has)
        if isRequest, event.direction == nil, event.destinationIP == nil, event.sourceIP.flatMap(AddressFacts.isPrivate) == false { event.direction = .inbound }
      })
  }

  private static func isZeek(_ fields: LineFields) -> Bool {
    if fields.has("id.orig_h") || fields.has("id_orig_h") || fields.has("uid") && fields.has("ts") { return true }
    return fields.names.contains { $0.hasSuffix(".id.orig_h") }
  }

  private static func isElastic(_ fields: LineFields) -> Bool {
    ["ecs.version", "event.kind", "event.category", "event.outcome", "event.dataset", "agent.type"].contains(where: fields.has)
  }

  private static func isAzure(_ fields: LineFields) -> Bool {
    fields.has("caller") && (fields.has("operation_name.value") || fields.has("operationname") || fields.has("operationname.value"))
  }

  // MARK: Sensors

  /// Suricata's EVE. `host` is the sensor.
  private static let eve = RecordWriter(
    name: "eve-json", reading: EventRoles.Reading(observes: true),
    prepare: { event, fields in prepareSuricata(&event, fields, "") })

  /// AWS Network Firewall: Suricata's records in a frame.
  private static let networkFirewall = RecordWriter(
    name: "aws-network-firewall", reading: EventRoles.Reading(observes: true), prepare: { event, fields in prepareSuricata(&event, fields, "event.") })

  private static func prepareSuricata(_ event: inout Sighting.Event, _ fields: LineFields, _ frame: String) {
    func text(_ name: String) -> String? { fields.text(frame + name) }
    if text("event_type") == "drop" { event.outcome = .blocked }
    // An alert names the ends of the packet that set it off: an answer's source is the one that was asked.
    guard text("direction") == "to_client", let source = text("dest_ip"), let destination = text("src_ip") else { return }
    (event.sourceIP, event.destinationIP) = (source, destination)
    event.sourcePort = text("dest_port").flatMap { AddressFacts.port($0.utf8) }
    event.destinationPort = text("src_port").flatMap { AddressFacts.port($0.utf8) }
  }

  /// Zeek. `host` is an HTTP header, `@system` the sensor.
  private static let zeek = RecordWriter(
    name: "zeek-json", reading: EventRoles.Reading(ignored: ["host", "hostname", "host_name", "http.host"], observes: true))

  /// ECS. That a connection was denied is its type; its outcome may be that the denial succeeded.
  private static let elastic = RecordWriter(
    name: "ecs",
    prepare: { event, fields in
      let types = ["event.type", "event.type[0]", "event.type[1]", "event.type[2]", "event.type[3]"].compactMap { fields.text($0) }
      if types.contains("denied") { event.outcome = .blocked } else if types.contains("allowed") { event.outcome = .allowed }
    })

  // MARK: Services in the cloud

  private static func service(_ name: String) -> RecordWriter { RecordWriter(name: name, reading: EventRoles.Reading(serves: true)) }

  /// A second factor that is asked for lets nobody in and keeps nobody out.
  private static let okta = RecordWriter(
    name: "okta", reading: EventRoles.Reading(serves: true),
    finish: { event, fields in if fields.text("outcome.result") == "CHALLENGE" { event.outcome = nil } })

  private static let caddy = RecordWriter(
    name: "caddy", reading: EventRoles.Reading(serves: true), prepare: { event, fields in event.user = fields.text("user_id") })

  private static func azureDiagnostics(_ fields: LineFields) -> RecordWriter {
    // Azure's firewall watches others; other services are called.
    let isFirewall = fields.text("category").map { $0.hasPrefix("AZFW") || $0.hasPrefix("AzureFirewall") } ?? false
    return RecordWriter(
      name: "azure-diagnostics", reading: isFirewall ? EventRoles.Reading(observes: true) : EventRoles.Reading(serves: true), prepare: { signIn(&$0, $1) })
  }

  /// Sign-ins have a number for what came of them: 0 is success; unknown, locked, expired and disabled accounts, a wrong password, refused by a policy.
  private static func signIn(_ event: inout Sighting.Event, _ fields: LineFields) {
    guard fields.text("category")?.hasSuffix("SignInLogs") == true else { return }
    switch fields.text("resulttype") {
    case "0": event.outcome = .allowed
    case "50034", "50053", "50055", "50057", "50126", "53000", "53001", "53003": event.outcome = .blocked
    default: break
    }
  }

  private static let cloudTrail = RecordWriter(
    name: "cloudtrail", reading: EventRoles.Reading(serves: true, foreign: ["requestparameters.", "responseelements."]),
    finish: { event, fields in
      if event.user == nil { event.user = fields.text("useridentity.arn") ?? fields.text("useridentity.accountid") }
      guard event.outcome == nil else { return }
      if let login = fields.text("responseelements.consolelogin") { event.outcome = OutcomeWords.outcome(of: login) }
      // A call that failed says so; one that was refused says why.
      if event.outcome == nil, !fields.has("errorcode"), !fields.has("errormessage"), fields.has("eventid") { event.outcome = .allowed }
    })

  private static let googleAudit = RecordWriter(
    name: "gcp-audit", reading: EventRoles.Reading(ignored: ["host"], serves: true, foreign: ["protopayload.request.", "protopayload.response."]),
    prepare: { event, fields in
      // google.rpc.Code: 7 is PERMISSION_DENIED, 16 UNAUTHENTICATED.
      switch fields.text("protopayload.status.code") {
      case "7", "16": event.outcome = .blocked
      case nil, "0": if fields.text("protopayload.authorizationinfo[0].granted") == "true" { event.outcome = .allowed }
      default: break
      }
    })

  /// GuardDuty: the address of our instance is the local one.
  private static let guardDuty = RecordWriter(
    name: "guardduty",
    prepare: { event, fields in
      func port(_ name: String) -> Int? { fields.text(name).flatMap { AddressFacts.port($0.utf8) } }
      let remote = fields.names.sorted().first { $0.hasSuffix("remoteipdetails.ipaddressv4") }.flatMap { fields.text($0) }
      let connection = "service.action.networkconnectionaction."
      let local = fields.text(connection + "localipdetails.ipaddressv4") ?? fields.text("resource.instancedetails.networkinterfaces[0].privateipaddress")
      let word = fields.text(connection + "connectiondirection")
      let ports = (local: port(connection + "localportdetails.port"), remote: port(connection + "remoteportdetails.port"))
      switch word.flatMap(AddressFacts.direction(word:)) {
      case .outbound?:
        (event.sourceIP, event.destinationIP, event.direction) = (local, remote, .outbound)
        (event.sourcePort, event.destinationPort) = ports
      case .inbound?:
        (event.sourceIP, event.destinationIP, event.direction) = (remote, local, .inbound)
        (event.sourcePort, event.destinationPort) = (ports.remote, ports.local)
      default:
        // Calls and probes come from there.
        guard word == nil, let remote else { break }
        (event.sourceIP, event.direction) = (remote, .inbound)
      }
      event.time = fields.text("service.eventlastseen").flatMap { Timestamp(parsing: $0) }
      event.host = fields.text("resource.instancedetails.instanceid")
      event.user = fields.text("resource.accesskeydetails.username")
      let isBlocked = fields.names.first { $0.hasPrefix("service.action.") && $0.hasSuffix("action.blocked") }.flatMap { fields.text($0) }
      event.outcome = isBlocked == "true" ? .blocked : isBlocked == "false" ? .allowed : nil
    })

  /// OCSF: ids beside their words.
  private static let openSchema = RecordWriter(
    name: "ocsf",
    prepare: { event, fields in
      switch fields.text("action_id") ?? fields.text("disposition_id") {
      case "1": event.outcome = .allowed
      case "2": event.outcome = .blocked
      default:
        if fields.text("status_id") == "1" { event.outcome = .allowed }
        if fields.text("status_id") == "2" { event.outcome = .blocked }
      }
      switch fields.text("connection_info.direction_id") {
      case "1": event.direction = .inbound
      case "2": event.direction = .outbound
      case "3": event.direction = .internal
      default: break
      }
    })

  // MARK: Windows

  private static func windows(_ fields: LineFields) -> RecordWriter {
    let channel = (windowsText("channel", fields) ?? "").lowercased()
    let isSysmon = channel.contains("sysmon") || fields.has("utctime")
    let reading = EventRoles.Reading(ignored: FilteringPlatform.isInbound(fields) ? FilteringPlatform.names : [])
    return RecordWriter(
      name: isSysmon ? "sysmon-json" : "windows-json", reading: reading, prepare: { prepareWindows(&$0, $1) }, finish: { finishWindows(&$0, $1) })
  }

  /// A member of a Windows event, wherever its writer puts it: at the top (NXLog), under `winlog` (Winlogbeat) or as the XML has it (evtx tools).
  static func windowsText(_ name: String, _ fields: LineFields) -> String? {
    ["", "winlog.", "winlog.event_data.", "eventdata.", "event.system.", "event.eventdata.", "userdata.eventxml.", "event.userdata.eventxml."].lazy.compactMap { fields.text($0 + name) }.first
  }

  static func windowsID(_ fields: LineFields) -> String {
    windowsText("eventid", fields) ?? fields.text("winlog.event_id") ?? fields.text("event.system.eventid.#text") ?? ""
  }

  private static func prepareWindows(_ event: inout Sighting.Event, _ fields: LineFields) {
    let id = windowsID(fields)
    if FilteringPlatform.isInbound(fields) { FilteringPlatform.fill(&event, fields) }
    switch id {
    // Windows Filtering Platform and logons.
    case "5156", "5158", "4624": event.outcome = .allowed
    case "5152", "5157", "5159", "4625", "4771", "4776": event.outcome = id == "4776" && fields.text("status") == "0x0" ? .allowed : .blocked
    default: break
    }
    RemoteDesktop.fill(&event, fields, id: id)
    // Of a logon, who logged on; of other events, who did it.
    if id == "4624" || id == "4625" { event.user = windowsText("targetusername", fields) }
  }

  private static func finishWindows(_ event: inout Sighting.Event, _ fields: LineFields) {
    // A connection names both ends; ours is the one that Sysmon runs on.
    let initiated = windowsText("initiated", fields)?.lowercased()
    if event.host == nil, let initiated {
      event.host = windowsText(initiated == "true" ? "sourcehostname" : "destinationhostname", fields)
    }
    if event.direction == nil || event.direction == .external, let initiated { event.direction = initiated == "true" ? .outbound : .inbound }
    // Audit success and audit failure.
    if event.outcome == nil {
      switch fields.text("keywords")?.lowercased() {
      case "0x8020000000000000", "audit success": event.outcome = .allowed
      case "0x8010000000000000", "audit failure": event.outcome = .blocked
      default: break
      }
    }
  }
}
