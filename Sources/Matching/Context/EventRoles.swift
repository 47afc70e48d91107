internal import Indicators
internal import Rules

/// Which field names mean what, over all formats, and how an event is read out of them.
///
/// Names are compared in lower case; the first that says something wins. A name that means one thing in one format and another in
/// the next (Zeek's `host` is an HTTP header) is left out by ``Exceptions``.
enum EventRoles {
  static let sourceIP = [
    "src_ip", "source.ip", "id.orig_h", "id_orig_h", "src_endpoint.ip", "sourceip", "sourceipaddress", "source_ip", "srcip", "src_addr",
    "srcaddr", "src", "sourceaddress", "source.address", "client.ip", "client_ip", "clientip", "c-ip", "src-ip", "remote_ip",
    "remote_addr", "request.remote_ip", "request.remote_addr", "httprequest.remoteip", "calleripaddress", "ipaddress", "clientaddr",
    "client_addr", "sourceips[0]", "saddr", "rhost", "clientipaddress", "client", "tx_host", "properties.clientip", "ip",
    "protopayload.requestmetadata.callerip", "source_address",
  ]
  static let destinationIP = [
    "dest_ip", "destination.ip", "id.resp_h", "id_resp_h", "dst_endpoint.ip", "destinationip", "destination_ip", "dstip", "dst_ip",
    "dst_addr", "dstaddr", "dst", "destinationaddress", "destination.address", "server.ip", "s-ip", "dst-ip", "server_ip", "daddr",
    "dest", "target", "destination_address", "destinationipaddress",
  ]
  static let sourcePort = [
    "src_port", "source.port", "id.orig_p", "id_orig_p", "src_endpoint.port", "sourceport", "source_port", "srcport", "spt", "sport",
    "client.port", "src-port", "c-port", "client_port", "clientport", "sourceportnumber", "request.remote_port",
  ]
  static let destinationPort = [
    "dest_port", "destination.port", "id.resp_p", "id_resp_p", "dst_endpoint.port", "destinationport", "destination_port", "dstport",
    "dst_port", "dpt", "dport", "server.port", "dst-port", "s-port", "destinationportnumber",
  ]
  static let host = [
    "host.name", "host.hostname", "winlog.computer_name", "computer", "computername", "computer_name", "hostname", "host_name",
    "hostidentifier", "agent.hostname", "beat.hostname", "device.hostname", "device.name", "dvchost", "s-computername", "devname",
    "devicename", "machinename", "_hostname", "@system", "host", "agent.name", "shost", "dvc", "identhostname", "syslog_host",
    "kubernetes.pod_name",
  ]
  static let user = [
    "user.name", "user.username", "actor.user.name", "useridentity.username", "username", "user_name", "user", "usrname", "suser",
    "source.user.name", "duser", "srcuser", "subjectusername", "winlog.event_data.subjectusername", "winlog.event_data.user",
    "cs-username", "remote_user", "useridentity.sessioncontext.sessionissuer.username", "useridentity.principalid", "userid",
    "protopayload.authenticationinfo.principalemail", "principalemail", "caller", "accountname", "account_name", "login", "acct",
    "authenticated_user", "decorations.username", "columns.username", "targetusername",
  ]
  static let time = [
    "timestamp", "@timestamp", "eventtime", "ts", "time", "time_dt", "event.created", "devtime", "rt", "start", "datetime",
    "utctime", "timecreated", "timegenerated", "event_time", "creationtime", "receivetimestamp", "requestreceivedtimestamp",
    "stagetimestamp", "date", "unixtime", "calendartime", "__realtime_timestamp", "edgestarttimestamp", "starttime", "end", "t",
    "_time", "log_time", "created_at", "eventtimestamp", "time_iso8601", "msec", "event.start", "published", "ts_ms", "@t",
  ]
  static let outcome = [
    "alert.action", "action", "act", "verdict", "event.outcome", "outcome", "disposition", "result", "utmaction", "eventresult",
    "event.action", "resultstatus", "rcode_name", "dns.rcode", "dns.response_code", "conn_state", "errorcode", "status", "drop.reason",
    "flow.action", "flow.state", "resulttype",
  ]
  static let status = [
    "http.response.status_code", "http.status", "status_code", "sc-status", "httprequest.status", "status", "response_status", "elb_status_code",
    "edgeresponsestatus", "response.status_code", "responsestatus.code", "http_status", "http_response.code", "responsecode",
    "properties.httpstatus", "statuscode",
  ]
  static let direction = [
    "network.direction", "direction", "devicedirection", "flow_direction", "connection_info.direction", "dir",
  ]

  /// Which roles a format's fields must not fill by their common names.
  struct Exceptions: OptionSet {
    let rawValue: Int
    /// `host` and `hostname` are a header of the traffic, or the sensor.
    static let host = Exceptions(rawValue: 1)
    /// `user` and the like name a user of the observed protocol.
    static let user = Exceptions(rawValue: 2)
  }

  static func fill(_ event: inout Sighting.Event, from fields: LineFields, reference: Timestamp, except: Exceptions = []) {
    if event.time == nil { event.time = time(in: fields, reference: reference) }
    if event.host == nil {
      let names = except.contains(.host) ? host.filter { !["host", "hostname", "host_name"].contains($0) } : host
      event.host = fields.first(of: names)
    }
    if event.user == nil, !except.contains(.user) { event.user = fields.first(of: user) }
    if event.sourceIP == nil, let (ip, port) = address(in: fields, sourceIP) {
      event.sourceIP = ip
      event.sourcePort = port
    }
    if event.destinationIP == nil, let (ip, port) = address(in: fields, destinationIP) {
      event.destinationIP = ip
      event.destinationPort = port
    }
    if event.sourcePort == nil { event.sourcePort = fields.first(of: sourcePort).flatMap { AddressFacts.port($0.utf8) } }
    if event.destinationPort == nil {
      event.destinationPort = fields.first(of: destinationPort).flatMap { AddressFacts.port($0.utf8) }
    }
    if event.outcome == nil { event.outcome = outcome(in: fields) }
    if event.direction == nil {
      event.direction = direction(in: fields) ?? AddressFacts.direction(from: event.sourceIP, to: event.destinationIP)
    }
  }

  static func time(in fields: LineFields, reference: Timestamp) -> Timestamp? {
    // W3C, Fortinet and others write date and time apart.
    if let date = fields.text("date"), let clock = fields.text("time"), clock.contains(":"), !clock.contains("-") {
      let zone = fields.text("tz").map { " " + $0 } ?? ""
      if let both = EventTime.read(date + " " + clock + zone, reference: reference) ?? EventTime.read(date + " " + clock, reference: reference) {
        return both
      }
    }
    for key in time {
      if let text = fields.text(key), let time = EventTime.read(text, reference: reference) { return time }
    }
    return nil
  }

  private static func address(in fields: LineFields, _ keys: [String]) -> (String, Int?)? {
    for key in keys {
      if let text = fields.text(key), let (ip, port) = AddressFacts.address(text) { return (ip, port) }
    }
    return nil
  }

  static func outcome(in fields: LineFields) -> Sighting.Outcome? {
    for key in outcome {
      if let text = fields.text(key), let outcome = OutcomeWords.outcome(of: text) { return outcome }
    }
    for key in status {
      if let text = fields.text(key), let outcome = OutcomeWords.outcome(status: text) { return outcome }
    }
    return nil
  }

  static func direction(in fields: LineFields) -> Sighting.Direction? {
    for key in direction {
      guard let text = fields.text(key) else { continue }
      if let direction = AddressFacts.direction(word: text) { return direction }
      // CEF: 0 is inbound, 1 is outbound.
      if key == "devicedirection" { return text == "0" ? .inbound : text == "1" ? .outbound : nil }
    }
    return nil
  }
}
