internal import Indicators
internal import Rules

/// What a field can tell of its event.
enum EventRole: Int, CaseIterable {
  case time, host, user, sourceIP, sourcePort, destinationIP, destinationPort, direction, outcome, status
}

/// Which field names mean what, over all formats.
///
/// Names are compared in lower case; the first of a list that says something wins. What means one thing in one format and another in the
/// next (Zeek's `host` is an HTTP header) a format ignores by name.
enum EventRoles {
  private static let names: [EventRole: [String]] = [
    .sourceIP: [
      "src_ip", "source.ip", "id.orig_h", "id_orig_h", "src_endpoint.ip", "sourceip", "sourceipaddress", "source_ip", "srcip", "src_addr",
      "srcaddr", "src", "sourceaddress", "source.address", "client.ip", "client_ip", "clientip", "c-ip", "src-ip", "request.client_ip",
      "request.remote_ip", "remote_ip", "remote_addr", "request.remote_addr", "httprequest.remoteip", "calleripaddress", "ipaddress",
      "clientaddr", "client_addr", "sourceips[0]", "saddr", "addr", "rhost", "clientipaddress", "client.ipaddress", "client",
      "properties.clientip", "http_request.client_ip_address", "httprequest.clientipaddress", "callerip", "ip",
      "protopayload.requestmetadata.callerip", "source_address", "actoripaddress", "src.ip.address", "source-address", "client-ip", "rip", "actor_ip",
      "access_device.ip", "clientaddress", "source ip", "source address", "client ip", "remip", "internal ip",
      "request.remote_address", "addr.remote", "context.ip_address", "attr.remote", "client.ip_address", "fd.cip",
    ],
    .destinationIP: [
      "dest_ip", "destination.ip", "id.resp_h", "id_resp_h", "dst_endpoint.ip", "destinationip", "destination_ip", "dstip", "dst_ip",
      "dst_addr", "dstaddr", "dst", "destinationaddress", "destination.address", "r-ip", "s-supplier-ip", "server.ip", "s-ip", "dst-ip",
      "server_ip", "daddr", "dest", "target", "destination_address", "destinationipaddress", "dst.ip.address", "destination-address", "server-ip",
      "serverip", "lip", "httprequest.serverip", "destaddress", "destination ip", "destination address", "fd.sip", "addr.local",
    ],
    .sourcePort: [
      "src_port", "source.port", "id.orig_p", "id_orig_p", "src_endpoint.port", "sourceport", "source_port", "srcport", "spt", "sport",
      "client.port", "src-port", "c-port", "client_port", "clientport", "sourceportnumber", "request.remote_port", "properties.clientport",
      "src.port.number", "source-port", "s_port", "source port", "ipport", "fd.cport",
    ],
    .destinationPort: [
      "dest_port", "destination.port", "id.resp_p", "id_resp_p", "dst_endpoint.port", "destinationport", "destination_port", "dstport",
      "dst_port", "dpt", "dport", "server.port", "dst-port", "s-port", "destinationportnumber", "dst.port.number", "destination-port", "destport", "destination port",
      "fd.sport", "service",
    ],
    .host: [
      "host.name", "host.hostname", "winlog.computer_name", "devicehostname", "computer", "computername", "computer_name", "hostname", "host_name",
      "hostidentifier", "agent.hostname", "beat.hostname", "device.hostname", "device.name", "s-computername", "devicename", "machinename",
      "_hostname", "host", "agent.name", "shost", "identhostname", "syslog_host", "kubernetes.pod_name", "devname", "dvchost", "dvc",
      "@system", "_system_name", "system_name", "device_name", "endpoint.name", "computer name", "server_hostname", "fqdn",
    ],
    .user: [
      "user.name", "user.username", "actor.user.name", "useridentity.username", "username", "user_name", "user", "usrname", "suser",
      "source.user.name", "duser", "srcuser", "winlog.event_data.subjectusername", "winlog.event_data.user", "winlog.user.name",
      "cs-username", "remote_user", "useridentity.sessioncontext.sessionissuer.username", "useridentity.principalid", "userid",
      "protopayload.authenticationinfo.principalemail", "principalemail", "actor.alternateid", "caller", "userprincipalname",
      "properties.userprincipalname", "accountname", "account_name", "login", "acct", "authenticated_user", "columns.username",
      "decorations.username", "subjectusername", "targetusername", "src.process.user", "process_username", "actor.email", "sasl_username",
      "data.dstuser", "data.srcuser", "properties.initiatingprocessaccountname", "initiatingprocessaccountname", "output_fields.user.name", "userids", "user name", "event.user", "eventdata.user", "event.eventdata.user", "actor", "auth.display_name",
    ],
    .time: [
      "properties.timestamp", "timestamp", "@timestamp", "eventtime", "ts", "time", "time_dt", "event.created", "devtime", "rt", "start", "datetime", "utctime",
      "timecreated", "timegenerated", "event_time", "event_timestamp", "eventtimestamp", "creationtime", "receivetimestamp",
      "requestreceivedtimestamp", "stagetimestamp", "date", "unixtime", "calendartime", "__realtime_timestamp", "edgestarttimestamp",
      "timeunixnano", "starttime", "end", "t", "_time", "log_time", "created_at", "time_iso8601", "msec", "event.start", "published",
      "ts_ms", "@t", "_write_ts", "query_timestamp", "time_local", "id.time", "event.time", "event.datetime", "device_timestamp", "isotimestamp",
      "eventdata.utctime", "event.eventdata.utctime", "event.system.timecreated.#attributes.systemtime", "event.system.timecreated.@attributes.systemtime",
      "event.system.timecreated_attributes.systemtime", "date-time", "creationdate", "service.eventfirstseen", "event time", "date_create", "t.$date", "_ts",
    ],
    .outcome: [
      "alert.action", "verdict.action", "action", "ftntfgtutmaction", "act", "wafaction", "securityaction", "verdict", "event.outcome", "outcome.result", "outcome",
      "disposition", "result", "res", "utmaction", "sc-filter-result", "sc-action", "eventresult", "event.action", "event.type[0]",
      "resultstatus", "rcode_name", "dns.rcode", "dns.response_code", "conn_state", "errorcode", "status", "status.value", "drop.reason",
      "flow.action", "flow.state", "resulttype", "resultsignature", "firewall_rule_action", "rcode",
      "properties.action", "event.alert.action", "accesscontrolruleaction", "inlineresult", "jsonpayload.disposition", "success",
    ],
    .status: [
      "http.response.status_code", "http.status", "status_code", "sc-status", "httprequest.status", "status", "response_status",
      "elb_status_code", "edgeresponsestatus", "response.status_code", "responsestatus.code", "http_status", "http_response.code",
      "responsecode", "properties.httpstatus", "properties.httpstatuscode", "statuscode",
      "downstreamstatus", "result",
    ],
    .direction: [
      "network.direction", "direction", "devicedirection", "flow_direction", "connection_info.direction", "dir",
      "event.network.direction",
    ],
  ]

  /// Names that mean the same however deep they stand: `winlog.event_data.SourceIp`, `http.id.orig_h` of a wrapped record.
  private static let deep: Set<String> = [
    "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "src_ip", "srcip", "sourceip", "source_ip", "dest_ip", "dst_ip", "dstip",
    "destinationip", "destination_ip", "sourceport", "destinationport", "src_port", "dest_port", "dst_port", "ipaddress", "callerip",
    "clientip", "clientipaddress", "ipport", "fd.cip", "fd.sip", "fd.cport", "fd.sport", "devicehostname", "computer", "computername", "subjectusername", "targetusername", "principalemail", "ts", "devicename", "serverip",
  ]

  /// Names that mean so only beside another: Check Point calls the port that is asked for `service`.
  private static let companions = ["service": "s_port"]

  private struct Place {
    var role: EventRole
    var rank: Int
  }

  private static let places: [String: [Place]] = {
    var places: [String: [Place]] = [:]
    for (role, list) in names {
      for (rank, name) in list.enumerated() { places[name, default: []].append(Place(role: role, rank: rank)) }
    }
    return places
  }()

  /// Whether a field of this name, in lower case, tells something.
  static func isKnown(_ name: String) -> Bool { places[name] != nil }

  /// How a format's fields differ from the common reading.
  struct Reading: Sendable {
    /// Names that mean something else here.
    var ignored: Set<String> = []
    /// The log's writer watches others: a sensor, a firewall, a proxy. Its own name is no asset.
    var observes = false
    /// A service that is called: a source outside comes in, though no address of the service is told.
    var serves = false
    /// What these begin tells of other things: what was asked of a service, and its answer.
    var foreign: [String] = []
  }

  /// Fills what is still open of `event`.
  static func fill(_ event: inout Sighting.Event, from fields: LineFields, base: TimeBase, reading: Reading = Reading()) {
    let ends = ConnectionEnds(fields)
    let ignored = ends.map { reading.ignored.union($0.names) } ?? reading.ignored
    let told = Candidates(fields, isLeftOut: { name in ignored.contains(name) || reading.foreign.contains(where: name.hasPrefix) })
    if event.time == nil { event.time = time(told, fields, base) }
    if event.host == nil { event.host = told.firstValue(.host) { isVisited($0, fields) ? nil : machine($0) } }
    if event.user == nil { event.user = told.firstValue(.user, unbracketed) }
    ends?.fill(&event)
    if event.sourceIP == nil, let (ip, port) = told.firstValue(.sourceIP, AddressFacts.address) {
      event.sourceIP = ip
      event.sourcePort = event.sourcePort ?? port
    }
    if event.destinationIP == nil, let (ip, port) = told.firstValue(.destinationIP, AddressFacts.address) {
      event.destinationIP = ip
      event.destinationPort = event.destinationPort ?? port
    }
    if event.sourcePort == nil { event.sourcePort = told.firstValue(.sourcePort) { AddressFacts.port($0.utf8) } }
    if event.destinationPort == nil { event.destinationPort = told.firstValue(.destinationPort) { AddressFacts.port($0.utf8) } }
    if event.outcome == nil {
      event.outcome = told.firstValue(.outcome, OutcomeWords.outcome(of:)) ?? told.firstValue(.status, OutcomeWords.outcome(status:))
    }
    if event.direction == nil {
      // A firewall's word may be an interface's or a file's (Check Point's `ifdir`, Fortinet's `direction`): who is inside and who is not says more.
      let shown = AddressFacts.direction(from: event.sourceIP, to: event.destinationIP)
      let isDecided = shown == .outbound || shown == .inbound
      event.direction = (isDecided ? shown : direction(told)) ?? direction(of: event, serves: reading.serves)
    }
    if reading.observes { event.hostObserves = true }
  }

  /// Proxies and firewalls name the site that was visited as they name themselves: it is what the address that was asked for begins with.
  private static func isVisited(_ host: String, _ fields: LineFields) -> Bool {
    guard let url = fields.text("url") ?? fields.text("event.url"), host.contains(".") else { return false }
    let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    return rest.lowercased().hasPrefix(host.lowercased())
  }

  /// `CORP\WS-7` is WS-7 of a domain; what is no such name stays as it is.
  private static func machine(_ name: String) -> String {
    let parts = name.utf8.split(separator: LineText.backslash, omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { LineText.isLetter($0) || LineText.isDigit($0) || "-_.".utf8.contains($0) } })
    else { return name }
    return LineText.string(parts[1])
  }

  /// `<kato@corp.example>` is a name in brackets.
  private static func unbracketed(_ name: String) -> String? {
    guard name.hasPrefix("<"), name.hasSuffix(">") else { return name }
    return LineFields.meaningful(String(name.dropFirst().dropLast()))
  }

  /// What the addresses show.
  static func direction(of event: Sighting.Event, serves: Bool) -> Sighting.Direction? {
    if let direction = AddressFacts.direction(from: event.sourceIP, to: event.destinationIP) { return direction }
    guard serves, event.destinationIP == nil else { return nil }
    return event.sourceIP.flatMap(AddressFacts.isPrivate).map { $0 ? .internal : .inbound }
  }

  private static func time(_ told: Candidates, _ fields: LineFields, _ base: TimeBase) -> Timestamp? {
    // W3C, Fortinet, Sophos and others write date and time apart, and their zone.
    var isZoned = false
    if let date = fields.text("date"), let clock = fields.text("time"), clock.contains(":"), !clock.contains("-") {
      let zone = fields.text("tz") ?? fields.text("timezone")
      isZoned = zone != nil
      // Fortinet's devices name the moment beside their own date and time.
      if zone == nil, let moment = fields.text("eventtime"), moment.utf8.allSatisfy(LineText.isDigit), let time = EventTime.read(moment, base: base) {
        return time
      }
      if let both = EventTime.read(date + " " + clock + (zone.map { " " + $0 } ?? ""), base: base) { return both }
    }
    // The day alone says less than a time in a zone that is not known.
    return told.firstValue(.time) { isZoned && $1 == "date" ? nil : EventTime.read($0, base: base) }
  }

  private static func direction(_ told: Candidates) -> Sighting.Direction? {
    told.firstValue(.direction) { text, name in
      // CEF: 0 is inbound, 1 is outbound.
      if name == "devicedirection" { return text == "0" ? .inbound : text == "1" ? .outbound : nil }
      return AddressFacts.direction(word: text)
    }
  }

  /// The fields of one line that can fill a role, best first.
  private struct Candidates {
    private let fields: LineFields
    private var byRole = [[(rank: Int, name: String)]](repeating: [], count: EventRole.allCases.count)

    init(_ fields: LineFields, isLeftOut: (String) -> Bool) {
      self.fields = fields
      for name in fields.names where !isLeftOut(name) && companions[name].map(fields.has) ?? true {
        for place in places[name] ?? [] { byRole[place.role.rawValue].append((place.rank, name)) }
        var rest = name[...]
        while let dot = rest.firstIndex(of: ".") {
          rest = rest[rest.index(after: dot)...]
          let short = String(rest)
          guard deep.contains(short), !isLeftOut(short) else { continue }
          // Behind every name that is told in full.
          for place in places[short] ?? [] { byRole[place.role.rawValue].append((place.rank + 1000, name)) }
        }
      }
      for role in byRole.indices where byRole[role].count > 1 { byRole[role].sort { ($0.rank, $0.name) < ($1.rank, $1.name) } }
    }

    func first(_ role: EventRole) -> String? { firstValue(role) { $0 } }

    func firstValue<Value>(_ role: EventRole, _ read: (String) -> Value?) -> Value? { firstValue(role) { text, _ in read(text) } }

    func firstValue<Value>(_ role: EventRole, _ read: (String, String) -> Value?) -> Value? {
      for candidate in byRole[role.rawValue] {
        if let text = fields.text(candidate.name), let value = read(text, candidate.name) { return value }
      }
      return nil
    }
  }
}
