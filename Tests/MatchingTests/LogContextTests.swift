import Glibc
import Indicators
import Matching
import Rules
import Testing

@Suite("What a line tells")
struct LogContextTests {
  /// One line of a format and what it must be read as.
  struct Case: CustomTestStringConvertible {
    var format: String
    var line: String
    var field: String?
    var time: String?
    var host: String?
    var user: String?
    var from: String?
    var to: String?
    var direction: Sighting.Direction?
    var outcome: Sighting.Outcome?
    var testDescription: String { format + " " + line.prefix(40) }
  }

  static let cases = [
    Case(
      format: "eve-json",
      line:
        #"{"timestamp":"2026-05-31T14:34:56.789+0200","host":"sensor-1","event_type":"dns","src_ip":"10.1.1.5","src_port":5353,"dest_ip":"198.51.100.9","dest_port":53,"dns":{"rrname":"evil.example","rcode":"NXDOMAIN"}}"#,
      field: "dns.rrname", time: "2026-05-31T12:34:56.789Z", host: "sensor-1", from: "10.1.1.5", to: "198.51.100.9", direction: .outbound, outcome: .blocked),
    Case(
      format: "ecs",
      line:
        #"{"@timestamp":"2026-05-31T12:34:56Z","ecs.version":"8.1","host":{"name":"ws-7"},"user":{"name":"mori"},"source":{"ip":"10.1.1.5"},"destination":{"ip":"203.0.113.4","domain":"evil.example"},"event":{"outcome":"success"}}"#,
      field: "destination.domain", time: "2026-05-31T12:34:56Z", host: "ws-7", user: "mori", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound,
      outcome: .allowed),
    Case(
      format: "ocsf",
      line:
        #"{"class_uid":4003,"time":1780230896789,"action_id":2,"device":{"hostname":"ws-7"},"actor":{"user":{"name":"kato"}},"src_endpoint":{"ip":"10.1.1.5"},"query":{"hostname":"evil.example"}}"#,
      field: "query.hostname", time: "2026-05-31T12:34:56.789Z", host: "ws-7", user: "kato", from: "10.1.1.5", outcome: .blocked),
    Case(
      format: "sysmon-json",
      line:
        #"{"UtcTime":"2026-05-31 12:34:56.789","Image":"C:\\Windows\\a.exe","User":"CORP\\kato","SourceIp":"10.1.1.5","SourceHostname":"ws-7","DestinationIp":"203.0.113.4","DestinationHostname":"evil.example","Initiated":"true"}"#,
      field: "DestinationHostname", time: "2026-05-31T12:34:56.789Z", host: "ws-7", user: #"CORP\kato"#, from: "10.1.1.5", to: "203.0.113.4", direction: .outbound),
    Case(
      format: "sysmon-json",
      line:
        #"{"UtcTime":"2026-05-31 12:34:56.789","Image":"C:\\new\\a.exe","User":"CORP\\n\u00e9\ud83d\ude00\tb\ud83d","SourceIp":"10.1.1.5","DestinationIp":"203.0.113.4","DestinationHostname":"evil.example"}"#,
      field: "DestinationHostname", time: "2026-05-31T12:34:56.789Z", user: #"CORP\n"# + "é😀\tb" + #"\ud83d"#, from: "10.1.1.5", to: "203.0.113.4", direction: .outbound),
    Case(
      format: "windows-xml",
      line:
        #"<Event><System><EventID>3</EventID><TimeCreated SystemTime='2026-05-31T12:34:56.789Z'/><Computer>ws-7</Computer></System><EventData><Data Name='SourceIp'>10.1.1.5</Data><Data Name='DestinationIp'>203.0.113.4</Data><Data Name='DestinationHostname'>evil.example</Data></EventData></Event>"#,
      field: "DestinationHostname", time: "2026-05-31T12:34:56.789Z", host: "ws-7", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound),
    Case(
      format: "kubernetes-audit",
      line:
        #"{"kind":"Event","auditID":"1","verb":"get","user":{"username":"system:anonymous"},"sourceIPs":["203.0.113.8"],"requestReceivedTimestamp":"2026-05-31T12:34:56.789012Z","requestURI":"/evil.example","responseStatus":{"code":403}}"#,
      field: "requestURI", time: "2026-05-31T12:34:56.789012Z", user: "system:anonymous", from: "203.0.113.8", direction: .inbound, outcome: .blocked),
    Case(
      format: "okta",
      line:
        #"{"published":"2026-05-31T12:34:56Z","eventType":"user.session.start","actor":{"alternateId":"kato@corp.example"},"client":{"ipAddress":"203.0.113.8"},"outcome":{"result":"FAILURE"},"target":"evil.example"}"#,
      field: "target", time: "2026-05-31T12:34:56Z", user: "kato@corp.example", from: "203.0.113.8", direction: .inbound, outcome: .blocked),
    Case(
      format: "cef",
      line:
        #"<134>May 31 12:34:56 fw-1 CEF:0|Vendor|Wall|1.0|100|connection to \| blocked|7|src=10.1.1.5 spt=4711 dst=203.0.113.4 dpt=443 act=blocked rt=1780230896789 request=http://evil.example/a\=b msg=a b c"#,
      field: "request", time: "2026-05-31T12:34:56.789Z", host: "fw-1", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .blocked),
    Case(
      format: "leef",
      line: "LEEF:2.0|Vendor|Wall|1.0|100|^|devTime=2026-05-31 12:34:56^src=10.1.1.5^dst=203.0.113.4^usrName=kato^url=evil.example^action=allow",
      field: "url", time: "2026-05-31T12:34:56Z", user: "kato", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .allowed),
    Case(
      format: "syslog-5424",
      line: #"<165>1 2026-05-31T14:34:56.789+02:00 app-1 proxy 8710 ID47 [request@32473 host="evil.example" src="10.1.1.5"] asked"#,
      field: "host", time: "2026-05-31T12:34:56.789Z", host: "app-1", from: "10.1.1.5"),
    Case(
      format: "syslog-3164", line: #"May 31 12:34:56 ids-1 agent[3]: {"src_ip":"10.1.1.5","dest_ip":"203.0.113.4","name":"evil.example"}"#, field: "name",
      time: "2026-05-31T12:34:56Z", host: "ids-1", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound),
    Case(
      format: "syslog-3164", line: "May 31 12:34:56 vm-3 sshd[81]: Failed password for invalid user evil.example from 203.0.113.8 port 4711 ssh2",
      field: "message", time: "2026-05-31T12:34:56Z", host: "vm-3", user: "evil.example", from: "203.0.113.8", direction: .inbound, outcome: .blocked),
    Case(
      format: "syslog-3164",
      line: "May 31 12:34:56 asa-1 %ASA-6-302013: Built outbound TCP connection 7 for outside:203.0.113.4/443 (evil.example) to inside:10.1.1.5/4711 (10.1.1.5/4711)",
      field: "message", time: "2026-05-31T12:34:56Z", host: "asa-1", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .allowed),
    Case(
      format: "squid", line: "May 31 12:34:58 proxy-1 squid[1]: 1780230896.789 212 10.1.1.5 TCP_DENIED/403 8211 CONNECT evil.example:443 kato HIER_NONE/- text/html",
      field: "url", time: "2026-05-31T12:34:56.789Z", host: "proxy-1", user: "kato", from: "10.1.1.5", direction: .outbound, outcome: .blocked),
    Case(
      format: "apache-combined",
      line: #"www.corp.example:443 203.0.113.8 - kato [31/May/2026:14:34:56 +0200] "GET /a HTTP/1.1" 200 12 "https://evil.example/x" "Agent/1.0""#,
      field: "referrer", time: "2026-05-31T12:34:56Z", user: "kato", from: "203.0.113.8", direction: .inbound, outcome: .allowed),
    Case(
      format: "nginx-error",
      line: #"2026/05/31 12:34:56 [error] 7#0: *1 no such file, client: 203.0.113.8, server: www.corp.example, request: "GET /?u=evil.example HTTP/1.1", host: "www""#,
      field: "request", time: "2026-05-31T12:34:56Z", from: "203.0.113.8", direction: .inbound),
    Case(
      format: "key-value",
      line: #"date=2026-05-31 time=12:34:56 devname="fw-2" tz="+0000" srcip=10.1.1.5 dstip=203.0.113.4 hostname="evil.example" action="deny""#,
      field: "hostname", time: "2026-05-31T12:34:56Z", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .blocked),
    Case(
      format: "key-value",
      line: #"date=2026-05-31 time=12:34:56 devname="fw-2" tz="+0000" srcip=10.1.1.5 dstip=203.0.113.4 action="deny" hostname="evil.example""#,
      field: "hostname", time: "2026-05-31T12:34:56Z", host: "fw-2", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .blocked),
    Case(
      format: "syslog-3164",
      line: "May 31 2026 12:34:56 asa-1 : %ASA-6-302013: Built outbound TCP connection 1 for outside:203.0.113.4/443 (203.0.113.4/443) to inside:10.1.1.5/4711 (evil.example/4711)",
      field: "message", time: "2026-05-31T12:34:56Z", host: "asa-1", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .allowed),
    Case(
      format: "syslog-3164",
      line: "<166>May 31 2026 12:34:56: %ASA-4-106023: Deny tcp src outside:203.0.113.4/443 dst inside:10.1.1.5/22 by access-group \"evil.example\"",
      field: "message", time: "2026-05-31T12:34:56Z", from: "203.0.113.4", to: "10.1.1.5", direction: .inbound, outcome: .blocked),
    Case(
      format: "syslog-3164", line: "May 31 2026 12:34:56 ws-7 sshd[7]: Connection closed by 203.0.113.8 port 4711 [preauth] evil.example", field: "message",
      time: "2026-05-31T12:34:56Z", host: "ws-7", from: "203.0.113.8", direction: .inbound),
    Case(
      format: "syslog-3164", line: "May 31 2026 12:34:56 ws-7 sshd[7]: Connection reset by authenticating user kato 203.0.113.8 port 4711 [preauth] evil.example",
      field: "message", time: "2026-05-31T12:34:56Z", host: "ws-7", user: "kato", from: "203.0.113.8", direction: .inbound),
    Case(
      format: "auditd", line: #"type=USER_LOGIN msg=audit(1780230896.789:94983): pid=7 acct="evil.example" exe="/usr/sbin/sshd" hostname=vm-3 addr=203.0.113.8 res=failed"#,
      field: "acct", time: "2026-05-31T12:34:56.789Z", host: "vm-3", user: "evil.example", from: "203.0.113.8", direction: .inbound, outcome: .blocked),
    Case(
      format: "snort-fast", line: "05/31-12:34:56.789012  [**] [1:2:3] evil.example asked [**] [Priority: 1] {TCP} 10.1.1.5:4711 -> 203.0.113.4:80", field: "message",
      time: "2026-05-31T12:34:56.789012Z", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound),
    Case(format: "plain", line: "2026-05-31 14:34:56,789 +0200 INFO asked for evil.example", time: "2026-05-31T12:34:56.789Z"),
    // A line need not be valid to be read.
    Case(format: "json", line: "{\"time\":\"2026-05-31T12:34:56Z\",\"a\":\"b\u{1}c\",\"q\":\"evil.example\",\"host\":\"ws-7\"}", field: "q", time: "2026-05-31T12:34:56Z", host: "ws-7"),
    Case(format: "json", line: #"{"time":"2026-05-31T12:34:56Z","bad":"\ud800\x","q":"evil.example","host":"ws-7"},"#, field: "q", time: "2026-05-31T12:34:56Z", host: "ws-7"),
    Case(format: "json", line: #"{"time":"2026-05-31T12:34:56Z","q":"evil.example","cut":"in the mid"#, field: "q", time: "2026-05-31T12:34:56Z"),
    Case(
      format: "cloudtrail",
      line: #"{"EventName":"A","EventSource":"s","Username":"kato","CloudTrailEvent":"{\"eventTime\":\"2026-05-31T12:34:56Z\",\"sourceIPAddress\":\"203.0.113.8\",\"host\":\"evil.example\"}"}"#,
      field: "CloudTrailEvent", time: "2026-05-31T12:34:56Z", user: "kato", from: "203.0.113.8", direction: .inbound),
    // Zones by name, and halves of a day.
    Case(format: "plain", line: "2026-05-31 14:34:56.789 CEST [7] kato@db LOG:  asked for evil.example", time: "2026-05-31T12:34:56.789Z"),
    Case(format: "plain", line: "2026-05-31 14:34:56.789 CST [7] kato@db LOG:  asked for evil.example", time: nil),
    Case(format: "plain", line: "2026-05-31 02:34:56 PM INFO asked for evil.example", time: "2026-05-31T14:34:56Z"),
    Case(format: "plain", line: "2026-05-31 12:34:56 AM INFO asked for evil.example", time: "2026-05-31T00:34:56Z"),
    Case(
      format: "syslog-3164",
      line: "May 31 2026 14:34:56 CEST: %ASA-6-302013: Built outbound TCP connection 1 for outside:203.0.113.4/443 (203.0.113.4/443) to inside:10.1.1.5/4711 (evil.example/4711)",
      field: "message", time: "2026-05-31T12:34:56Z", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .allowed),
    Case(
      format: "key-value",
      line: #"device="SFW" date=2026-05-31 time=14:34:56 timezone="CEST" device_name="fw-3" user_name="kato" status="Deny" src_ip=10.1.1.5 dst_ip=203.0.113.4 url="evil.example""#,
      field: "url", time: "2026-05-31T12:34:56Z", host: "fw-3", user: "kato", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .blocked),
    Case(format: "plain", line: "May 31, 2026 2:34:56 PM org.example.Server asked for evil.example", time: "2026-05-31T14:34:56Z"),
    Case(format: "plain", line: "Sun May 31 02:34:56 PM CEST 2026 asked for evil.example", time: "2026-05-31T12:34:56Z"),
    Case(format: "plain", line: "2026-05-31 14:34:56 (CEST) asked for evil.example", time: "2026-05-31T12:34:56Z"),
    Case(format: "plain", line: "2026-05-31 14:34:56 GMT+2 asked for evil.example", time: "2026-05-31T12:34:56Z"),
    Case(
      format: "key-value", line: "date=2026-05-31 time=05:34:56 devname=fw-2 eventtime=1780230896 srcip=10.1.1.5 dstip=203.0.113.4 q=evil.example", field: "q",
      time: "2026-05-31T12:34:56Z", host: "fw-2", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound),
    // What a stranger wrote is not who he is.
    Case(
      format: "syslog-3164",
      line: "May 31 12:34:56 vm-3 sshd[81]: Failed password for invalid user root from 10.9.9.9 port 22 ssh2 evil.example from 203.0.113.8 port 4711 ssh2",
      field: "message", time: "2026-05-31T12:34:56Z", host: "vm-3", from: "203.0.113.8", direction: .inbound, outcome: .blocked),
    Case(
      format: "syslog-3164", line: "May 31 12:34:56 app-1 portal: user wrote CEF:0|a|b|1|2|n|5|src=10.9.9.9 dst=203.0.113.4 request=evil.example", field: "request",
      time: "2026-05-31T12:34:56Z", host: "app-1", from: "10.9.9.9", to: "203.0.113.4", direction: .outbound),
    Case(
      format: "plain", line: "Sun May 31 12:34:56 2026 203.0.113.8:4711 TLS: Initial packet, evil.example", time: "2026-05-31T12:34:56Z"),
    Case(
      format: "auditd",
      line: #"node=vm-3 type=USER_LOGIN msg=audit(1780230896.789:94983): pid=7 msg='op=login acct="evil.example" hostname=203.0.113.8 addr=203.0.113.8 terminal=ssh res=failed'"#,
      field: "acct", time: "2026-05-31T12:34:56.789Z", host: "vm-3", user: "evil.example", from: "203.0.113.8", direction: .inbound, outcome: .blocked),
    Case(
      format: "key-value",
      line: "2026-05-31 12:34:56\taction=Blocked\thostname=evil.example\tclientpublicIP=198.51.100.7\tClientIP=10.1.1.5\tserverip=203.0.113.4\tuser=kato\turl=evil.example/x",
      field: "url", time: "2026-05-31T12:34:56Z", user: "kato", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .blocked),
    // A connection as one of its ends tells it.
    Case(
      format: "json",
      line:
        #"{"device_timestamp":"2026-05-31 12:34:56 +0000 UTC","device_name":"ws-7","process_username":"kato","local_ip":"10.1.1.5","local_port":4711,"remote_ip":"203.0.113.4","remote_port":443,"netconn_inbound":false,"netconn_domain":"evil.example"}"#,
      field: "netconn_domain", time: "2026-05-31T12:34:56Z", host: "ws-7", user: "kato", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound),
    Case(
      format: "json", line: #"{"ComputerName":"ws-7","LocalAddressIP4":"10.1.1.5","RemoteAddressIP4":"203.0.113.4","ConnectionDirection":"1","x":"evil.example"}"#,
      field: "x", host: "ws-7", from: "203.0.113.4", to: "10.1.1.5", direction: .inbound),
    Case(format: "json", line: #"{"local_addr":"10.1.1.5:4711","remote_addr":"203.0.113.4:443","x":"evil.example"}"#, field: "x"),
    Case(
      format: "json", line: #"{"time_local":"31/May/2026:14:34:56 +0200","server_addr":"10.1.1.5","remote_addr":"203.0.113.4","request":"GET /evil.example","status":"403"}"#,
      field: "request", time: "2026-05-31T12:34:56Z", from: "203.0.113.4", direction: .inbound, outcome: .blocked),
    Case(
      format: "guardduty",
      line:
        #"{"service":{"action":{"actionType":"NETWORK_CONNECTION","networkConnectionAction":{"connectionDirection":"OUTBOUND","remoteIpDetails":{"ipAddressV4":"203.0.113.4"},"localIpDetails":{"ipAddressV4":"10.1.1.5"}}}},"resource":{"instanceDetails":{"instanceId":"i-7"}},"title":"evil.example"}"#,
      field: "title", host: "i-7", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound),
    // Lines inside of records.
    Case(
      format: "journald",
      line: #"{"__REALTIME_TIMESTAMP":"1780230896789000","_HOSTNAME":"vm-3","MESSAGE":"Failed password for invalid user evil.example from 203.0.113.8 port 4711 ssh2"}"#,
      field: "MESSAGE", time: "2026-05-31T12:34:56.789Z", host: "vm-3", user: "evil.example", from: "203.0.113.8", direction: .inbound, outcome: .blocked),
    Case(
      format: "json", line: #"{"log":"203.0.113.8 - kato [31/May/2026:12:34:56 +0000] \"GET /evil.example HTTP/1.1\" 200 6\n","stream":"stdout","time":"2026-05-31T12:34:57Z"}"#,
      field: "log", time: "2026-05-31T12:34:57Z", user: "kato", from: "203.0.113.8", direction: .inbound, outcome: .allowed),
    Case(
      format: "apache-common", line: #"2026-05-31T12:34:57Z stdout F 203.0.113.8 - kato [31/May/2026:12:34:56 +0000] "GET /evil.example HTTP/1.1" 200 6"#,
      field: "request", time: "2026-05-31T12:34:56Z", user: "kato", from: "203.0.113.8", direction: .inbound, outcome: .allowed),
    Case(
      format: "windows-xml",
      line:
        #"<Event><System><EventID>4625</EventID><TimeCreated SystemTime='2026-05-31T12:34:56.789Z'/><Channel>Security</Channel><Computer>dc-1</Computer></System><EventData><Data Name='SubjectUserName'>DC-1$</Data><Data Name='TargetUserName'>kato</Data><Data Name='WorkstationName'>evil.example</Data><Data Name='IpAddress'>203.0.113.8</Data></EventData></Event>"#,
      field: "WorkstationName", time: "2026-05-31T12:34:56.789Z", host: "dc-1", user: "kato", from: "203.0.113.8", outcome: .blocked),
    Case(
      format: "windows-xml",
      line:
        #"<Event><System><EventID>5157</EventID><TimeCreated SystemTime='2026-05-31T12:34:56.789Z'/><Channel>Security</Channel><Computer>ws-7</Computer></System><EventData><Data Name='Direction'>%%14593</Data><Data Name='SourceAddress'>198.51.100.7</Data><Data Name='DestAddress'>203.0.113.4</Data><Data Name='Application'>evil.example</Data></EventData></Event>"#,
      field: "Application", time: "2026-05-31T12:34:56.789Z", host: "ws-7", from: "198.51.100.7", to: "203.0.113.4", direction: .outbound, outcome: .blocked),
    Case(
      format: "windows-json",
      line:
        ##"{"Event":{"System":{"EventID":4625,"Channel":"Security","Computer":"dc-1","TimeCreated":{"#attributes":{"SystemTime":"2026-05-31T12:34:56.789Z"}}},"EventData":{"SubjectUserName":"DC-1$","TargetUserName":"kato","WorkstationName":"evil.example","IpAddress":"203.0.113.8"}}}"##,
      field: "Event.EventData.WorkstationName", time: "2026-05-31T12:34:56.789Z", host: "dc-1", user: "kato", from: "203.0.113.8", outcome: .blocked),
    Case(
      format: "syslog-3164", line: "May 31 12:34:56 vm-3 sudo:     kato : TTY=pts/0 ; PWD=/home/kato ; USER=root ; COMMAND=/usr/bin/curl evil.example", field: "message",
      time: "2026-05-31T12:34:56Z", host: "vm-3", user: "kato"),
    // Firewalls.
    Case(
      format: "syslog-3164",
      line: "May 31 12:34:56 asa-1 %ASA-6-106100: access-list evil.example permitted tcp inside/10.1.1.5(4711) -> outside/203.0.113.4(443) hit-cnt 1",
      field: "message", time: "2026-05-31T12:34:56Z", host: "asa-1", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .allowed),
    Case(
      format: "azure-diagnostics",
      line:
        #"{"time":"2026-05-31T12:34:56Z","resourceId":"/FW","category":"AzureFirewallNetworkRule","properties":{"msg":"TCP request from 10.1.1.5:4711 to 203.0.113.4:443. Action: Deny. Rule: evil.example"}}"#,
      field: "properties.msg", time: "2026-05-31T12:34:56Z", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .blocked),
    Case(
      format: "pan-os",
      line:
        #"<14>May 31 12:34:57 fw-4 1,2026/05/31 12:34:56,0016,THREAT,url,2049,2026/05/31 12:34:56,10.1.1.5,203.0.113.4,0.0.0.0,0.0.0.0,rule,corp\kato,,web,vsys1,trust,untrust,e1/2,e1/1,fwd,2026/05/31 12:34:56,33,1,4711,80,0,0,0x4,tcp,block-url,"evil.example/a,b",(9999),malware,high"#,
      field: "misc", time: "2026-05-31T12:34:56Z", host: "fw-4", user: #"corp\kato"#, from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .blocked),
    Case(
      format: "syslog-5424",
      line: #"<134>1 2026-05-31T12:34:56Z gw-5 CheckPoint 7 - [action:"Drop"; origin:"10.0.0.254"; dst:"10.1.1.5"; s_port:"4711"; src:"203.0.113.4"; resource:"evil.example"]"#,
      field: "resource", time: "2026-05-31T12:34:56Z", host: "gw-5", from: "203.0.113.4", to: "10.1.1.5", direction: .inbound, outcome: .blocked),
    Case(
      format: "syslog-5424",
      line:
        #"<14>1 2026-05-31T14:34:56+02:00 srx-6 RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636 source-address="10.1.1.5" source-port="4711" destination-address="203.0.113.4" destination-port="443" username="kato" url="evil.example"]"#,
      field: "url", time: "2026-05-31T12:34:56Z", host: "srx-6", user: "kato", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound),
    Case(
      format: "syslog-3164", line: "May 31 12:34:56 srx-6 RT_FLOW: session created 10.1.1.5/4711->203.0.113.4/443 0x0 evil.example", field: "message",
      time: "2026-05-31T12:34:56Z", host: "srx-6", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound),
    Case(
      format: "syslog-3164", line: "May 31 12:34:56 10.0.0.1 7: %SEC-6-IPACCESSLOGP: list evil.example denied tcp 203.0.113.4(4711) -> 10.1.1.5(22), 1 packet",
      field: "message", time: "2026-05-31T12:34:56Z", host: "10.0.0.1", from: "203.0.113.4", to: "10.1.1.5", direction: .inbound, outcome: .blocked),
    Case(
      format: "pf-filterlog", line: "May 31 12:34:56 fw-8 filterlog[7]: 5,,evil.example,1000000103,em0,match,block,in,4,0x0,,64,0,0,DF,6,tcp,60,10.1.1.5,203.0.113.4,4711,22,0,S",
      field: "anchor", time: "2026-05-31T12:34:56Z", host: "fw-8", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound, outcome: .blocked),
    Case(
      format: "key-value", line: #"<134>  id=firewall sn=18 time="2026-05-31 12:34:56 UTC" fw=198.51.100.7 src=10.1.1.5:4711:X0:ws-7 dst=203.0.113.4:443:X1 dstname=evil.example"#,
      field: "dstname", time: "2026-05-31T12:34:56Z", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound),
    Case(
      format: "syslog-5424", line: "<134>1 1780230896.789000000 mx-9 urls src=10.1.1.5:4711 dst=203.0.113.4:80 mac=00:11:22:33:44:55 request: GET http://evil.example/",
      field: "message", time: "2026-05-31T12:34:56.789Z", host: "mx-9", from: "10.1.1.5", to: "203.0.113.4", direction: .outbound),
    // Names, mail and stores.
    Case(
      format: "plain", line: "31-May-2026 12:34:56.789 queries: info: client @0x7f12 10.1.1.5#4711 (evil.example): query: evil.example IN A +E(0)K (10.1.1.2)",
      time: "2026-05-31T12:34:56.789Z", from: "10.1.1.5", direction: .internal),
    Case(
      format: "plain", line: "[1780230896] unbound[7:0] info: 10.1.1.5 evil.example. A IN", time: "2026-05-31T12:34:56Z", from: "10.1.1.5", direction: .internal),
    Case(
      format: "syslog-3164", line: "May 31 12:34:56 mx-1 postfix/smtpd[7]: NOQUEUE: reject: RCPT from mail.evil.example[203.0.113.8]: 554 denied; from=<a@evil.example>",
      field: "from", time: "2026-05-31T12:34:56Z", host: "mx-1", from: "203.0.113.8", direction: .inbound, outcome: .blocked),
    Case(
      format: "syslog-3164", line: "May 31 12:34:56 mx-1 postfix/smtp[7]: 4F1: to=<x@evil.example>, relay=mx.evil.example[203.0.113.4]:25, dsn=2.0.0, status=sent (250 ok)",
      field: "relay", time: "2026-05-31T12:34:56Z", host: "mx-1", to: "203.0.113.4", direction: .outbound, outcome: .allowed),
    Case(
      format: "apache-combined", line: #"10.1.1.5 - kato [31/May/2026:14:34:56 +0200] "CONNECT evil.example:443 HTTP/1.1" 200 12 "-" "UA" TCP_TUNNEL:HIER_DIRECT"#,
      field: "request", time: "2026-05-31T12:34:56Z", user: "kato", from: "10.1.1.5", direction: .outbound, outcome: .allowed),
    Case(
      format: "aws-s3-access",
      line: #"79a59df9 bucket [31/May/2026:12:34:56 +0000] 203.0.113.8 arn:aws:iam::1:user/kato 3E57 REST.GET.OBJECT x "GET /x HTTP/1.1" 200 - 113 - 7 - "http://evil.example/" "UA" -"#,
      field: "referrer", time: "2026-05-31T12:34:56Z", user: "arn:aws:iam::1:user/kato", from: "203.0.113.8", direction: .inbound, outcome: .allowed),
  ]

  @Test("is read by its format", arguments: cases)
  func formats(expected: Case) throws {
    let found = try #require(try Bench().sighting(expected.line))
    #expect(found.source.format == expected.format)
    #expect(found.match.field == expected.field)
    #expect(found.event.time?.iso8601 == expected.time)
    #expect(found.event.sourceIP == expected.from)
    #expect(found.event.destinationIP == expected.to)
    if let host = expected.host { #expect(found.event.host == host) }
    if let user = expected.user { #expect(found.event.user == user) }
    #expect(found.event.direction == expected.direction)
    #expect(found.event.outcome == expected.outcome)
  }

  @Test("a sensor is no asset, its log's inside address is")
  func assets() throws {
    let sensor = #"{"event_type":"dns","flow_id":1,"host":"sensor-1","src_ip":"10.1.1.5","dest_ip":"198.51.100.9","dns":{"rrname":"evil.example"}}"#
    #expect(try Bench().sighting(sensor)?.asset == "10.1.1.5")
    #expect(try Bench().sighting(#"{"eventid":1,"channel":"x","computer":"ws-7","src_ip":"10.1.1.5","q":"evil.example"}"#)?.asset == "ws-7")
    // Of a visitor's request the server is the asset, not the visitor.
    let visit = #"203.0.113.8 - - [31/May/2026:14:34:56 +0200] "GET /evil.example HTTP/1.1" 200 12"#
    #expect(try Bench().sighting(visit, name: "www.log")?.asset == "www.log")
  }

  /// The same three records as documents of every layout.
  static let layouts: [(name: String, text: String)] = {
    let records = (1...400).map { number in
      #"{"eventVersion":"1.08","userIdentity":{"userName":"user-\#(number)"},"eventTime":"2026-05-31T12:34:\#(10 + number % 50)Z","eventSource":"s3","eventName":"Get","list":[{"eventVersion":"no record"}],"host":"\#(number % 100 == 7 ? "evil.example" : "fine.example")"}"#
    }
    let spread = records.map { record in
      "    {\n" + record.dropFirst().dropLast().replacing(",\"", with: ",\n      \"") + "\n    }"
    }
    return [
      ("one line", "{\"Records\":[" + records.joined(separator: ",") + "]}"),
      ("one line with spaces", "{ \"Records\": [ " + records.joined(separator: ", ") + " ] }\n"),
      ("an array", "[" + records.joined(separator: ",") + "]"),
      ("indented", "{\n  \"Records\": [\n" + spread.joined(separator: ",\n") + "\n  ]\n}\n"),
      ("an indented array", "[\n" + spread.joined(separator: ",\n") + "\n]\n"),
      ("lines in an array", "[\n" + records.joined(separator: ",\n") + "\n]\n"),
      ("lines", records.joined(separator: "\n") + "\n"),
    ]
  }()

  @Test("records of a JSON document are told apart at any border", arguments: layouts.indices, [256, 1000, 4096, 1 << 20])
  func documents(layout: Int, window: Int) throws {
    var bench = Bench()
    bench.options.window = window
    bench.options.overlap = window / 4
    bench.folder.write(Self.layouts[layout].text, to: "trail.json")
    #expect(try bench.run().sightings == 4)
    // A record that is longer than two windows of a lines log cannot be put together: what is known must still be right.
    for (sighting, number) in zip(bench.store.delivered, [7, 107, 207, 307]) {
      let user = sighting.event.user
      #expect(user == "user-\(number)" || window == 256 && user == nil, "\(Self.layouts[layout].name), window \(window)")
      if window >= 4096 {
        #expect(sighting.source.format == "cloudtrail")
        #expect(sighting.match.field == "host")
        #expect(sighting.event.time?.iso8601 == "2026-05-31T12:34:\(10 + number % 50)Z")
        #expect(sighting.event.raw.contains("user-\(number)\""))
      }
    }
  }

  @Test("what was visited, a peer and a zone are no host", arguments: [
    "2026-05-31 12:34:56\taction=Blocked\thostname=evil.example\tClientIP=10.1.1.5\turl=evil.example/x",
    #"{"time":"2026-05-31T12:34:56Z","hostname":"evil.example","url":"https://evil.example/x","client_ip":"10.1.1.5"}"#,
    "Sun May 31 12:34:56 2026 203.0.113.8:4711 TLS: Initial packet, evil.example",
    "2026-05-31 14:34:56.789 CEST [7] kato@db LOG:  asked for evil.example",
    "31-May-2026 12:34:56.789 client 10.1.1.5#4711: query: evil.example IN A +",
    #"type=USER_LOGIN msg=audit(1780230896.789:7): acct="kato" hostname=203.0.113.8 addr=203.0.113.8 exe="evil.example""#,
  ])
  func noHost(line: String) throws {
    let found = try #require(try Bench().sighting(line))
    #expect(found.event.host == nil)
  }

  @Test("a line tells what it tells without its colours", arguments: [
    ("\u{1b}[2m2026-05-31T12:34:56Z\u{1b}[0m \u{1b}[32m INFO\u{1b}[0m app: query for \u{1b}[1mevil.example\u{1b}[0m", nil),
    ("#033[90mMay 31 12:34:56#033[0m ws-7 app[7]: asked for evil.example", "message"),
    ("\u{1b}[36mtime=\u{1b}[0m2026-05-31T12:34:56Z \u{1b}[36mlevel=\u{1b}[0minfo \u{1b}[36mhost=\u{1b}[0mws-7 \u{1b}[36mquery=\u{1b}[31mevil.example\u{1b}[0m", "query"),
    (#"{"time":"2026-05-31T12:34:56Z","query":"\u001b[1mevil.example\u001b[0m"}"#, "query"),
    (#"{"time":"2026-05-31T12:34:56Z","message":"{\"query\":\"\\u001b[1mevil.example\\u001b[0m\"}"}"#, "message"),
  ] as [(String, String?)])
  func colours(line: String, field: String?) throws {
    let found = try #require(try Bench().sighting(line))
    #expect(found.event.time?.iso8601 == "2026-05-31T12:34:56Z")
    #expect(found.match.field == field)
    #expect(found.match.value == "evil.example")
    #expect(found.event.raw == line)
  }

  @Test("a side of a connection is no user")
  func users() throws {
    let built = "May 31 12:34:56 asa-1 %ASA-6-302013: Built inbound TCP connection 1 for outside:203.0.113.4/443 (203.0.113.4/443) to inside:10.1.1.5/22 evil.example"
    #expect(try Bench().sighting(built)?.event.user == nil)
    #expect(try Bench().sighting("May 31 12:34:56 ws-7 app: lookup of evil.example for user 203.0.113.4")?.event.user == nil)
    #expect(try Bench().sighting("May 31 12:34:56 ws-7 db[7]: FATAL: no entry for host \"203.0.113.4\", evil.example")?.event.user == nil)
  }

  @Test("a listed port in a field of its own makes the match exact", arguments: [
    (#"{"event_type":"flow","flow_id":1,"src_ip":"10.1.1.5","src_port":4711,"dest_ip":"203.0.113.4","dest_port":8443}"#, MatchMode.exact),
    (#"{"event_type":"flow","flow_id":1,"src_ip":"10.1.1.5","src_port":8443,"dest_ip":"203.0.113.4","dest_port":443}"#, .weak),
    ("CEF:0|v|p|1|100|n|5|src=203.0.113.4 spt=8443 dst=10.1.1.5 dpt=22", .exact),
    ("CEF:0|v|p|1|100|n|5|src=10.1.1.5 spt=8443 dst=203.0.113.4 dpt=22", .weak),
  ])
  func ports(line: String, mode: MatchMode) throws {
    for asked in [nil, MatchMode.weak] {
      let indicator = Indicator(observable: try Canonicalizer.canonicalize("203.0.113.4:8443", as: .ipv4Port), mode: asked)
      let scan = LogScan(matcher: { ReferenceMatcher([indicator]) }, indicator: { _ in indicator }, options: LogScan.Options(now: Bench.now))
      let folder = Folder()
      var modes: [MatchMode] = []
      _ = try scan.run([folder.write(line + "\n", to: "line.log")], store: nil) { modes += $0.sightings.map(\.match.mode) }
      #expect(modes == [asked ?? mode])
    }
  }

  @Test("standard input tells what a file tells", arguments: layouts.indices)
  func streams(layout: Int) throws {
    let bench = Bench()
    let name = bench.folder.write(Self.layouts[layout].text, to: "trail.json")
    try bench.run()
    let descriptor = open(name, O_RDONLY)
    defer { close(descriptor) }
    var events: [Sighting.Event] = []
    _ = try bench.scan().run(stream: descriptor) { events += $0.sightings.map(\.event) }
    #expect(events.count == 4)
    #expect(events == bench.store.delivered.map(\.event))
  }

  @Test("fields are named by the header in force, wherever it changed")
  func headers() throws {
    let bench = Bench()
    let filler = String(repeating: "1780230896.0\tx\t10.1.1.1\n", count: 20_000)
    bench.folder.write(
      "#separator \\x09\n#fields\tts\tuid\tid.orig_h\n" + filler + "#fields\tts\tquery\tid.orig_h\n" + filler + "1780230896.789\tevil.example\t10.1.1.5\n"
        + "#fields\tid.orig_h\tquery\tts\n" + filler.prefix(24 * 100) + "10.1.1.6\tevil.example\t1780230897.0\n", to: "dns.log")
    Tool.run("gzip", ["-k", bench.folder.file("dns.log")])
    try bench.run(["dns.log.gz"])
    #expect(bench.store.delivered.map(\.event.sourceIP) == ["10.1.1.5", "10.1.1.6"])
    #expect(bench.store.delivered.map(\.match.field) == ["query", "query"])
    #expect(bench.store.delivered.map { $0.event.time?.iso8601 } == ["2026-05-31T12:34:56.789Z", "2026-05-31T12:34:57Z"])
  }

  @Test("the day of a W3C log may stand in its header; a CSV names its columns")
  func tables() throws {
    let bench = Bench()
    bench.folder.write("#Version: 1.0\n#Date: 2026-05-31 12:00:00\n#Fields: time c-ip cs-uri-stem sc-status\n12:34:56 203.0.113.8 /evil.example 403\n", to: "w.log")
    bench.folder.write("StartTime,SrcAddr,DstAddr,Name,State\n2026-05-31T12:34:56Z,10.1.1.5,203.0.113.4,\"evil.example, too\",DENY\n", to: "f.csv")
    try bench.run(["w.log", "f.csv"])
    let (web, flow) = (try #require(bench.store.delivered.first), try #require(bench.store.delivered.last))
    #expect(web.event.time?.iso8601 == "2026-05-31T12:34:56Z")
    #expect(web.match.field == "cs-uri-stem")
    #expect(web.event.outcome == .blocked)
    #expect(flow.source.format == "csv")
    #expect(flow.match.field == "Name")
    #expect(flow.event.destinationIP == "203.0.113.4")
  }

  @Test("a proxy is no destination, a flow log's header and Exchange's name the fields")
  func tablesOfOthers() throws {
    let bench = Bench()
    bench.folder.write(
      "#Fields: date time c-ip cs-username sc-filter-result sc-status s-action cs-host s-ip\n2026-05-31 12:34:56 10.1.1.5 kato DENIED 403 TCP_DENIED evil.example 10.0.0.8\n",
      to: "a-proxy.log")
    bench.folder.write("action dstaddr srcaddr start dstport pkt-dst-aws-service\nREJECT 203.0.113.4 10.1.1.5 1780230896 443 evil.example\n", to: "b-flow.log")
    bench.folder.write("#Software: Exchange\n#Fields: date-time,client-ip,server-ip,sender-address\n2026-05-31T12:34:56.000Z,203.0.113.4,10.1.1.5,a@evil.example\n", to: "c-track.log")
    try bench.run()
    #expect(bench.store.delivered.map(\.source.format) == ["w3c", "aws-vpc-flow", "csv"])
    #expect(bench.store.delivered.map(\.match.field) == ["cs-host", "pkt-dst-aws-service", "sender-address"])
    #expect(bench.store.delivered.map(\.event.sourceIP) == ["10.1.1.5", "10.1.1.5", "203.0.113.4"])
    #expect(bench.store.delivered.map(\.event.destinationIP) == [nil, "203.0.113.4", "10.1.1.5"])
    #expect(bench.store.delivered.map(\.event.direction) == [.outbound, .outbound, .inbound])
    #expect(bench.store.delivered.map(\.event.outcome) == [.blocked, .blocked, nil])
    #expect(bench.store.delivered.allSatisfy { $0.event.time?.iso8601 == "2026-05-31T12:34:56Z" })
    #expect(bench.store.delivered.first?.asset == "10.1.1.5")
  }

  @Test("a log source file teaches a format")
  func taught() throws {
    var bench = Bench()
    bench.sources = LogSources(all: [
      try LogSource(
        yaml: """
          paths: ["gateway*.log"]
          format: pattern
          pattern: "{when} {client} -> {server}:{port} user={login} {verdict} {name}"
          time: { field: when, format: "YYYYMMDDThhmmss", zone: "+02:00" }
          fields: { source-ip: client, destination-ip: server, destination-port: port, user: login, outcome: verdict }
          outcome: { allowed: [pass], blocked: ["reset-*"] }
          """, file: "gateway.yaml"),
      try LogSource(
        yaml: """
          paths: ["*.ssv"]
          format: csv
          delimiter: ";"
          time: { field: Zeit, format: "DD.MM.YYYY hh:mm:ss", zone: "+01:00" }
          fields: { host: Rechner, source-ip: Quelle }
          """, file: "table.yaml"),
    ])
    bench.folder.write("20260531T143456 10.1.1.5 -> 203.0.113.4:443 user=kato reset-both evil.example\n", to: "gateway-1.log")
    bench.folder.write("Zeit;Rechner;Quelle;Text\n31.05.2026 13:34:56;ws-7;10.1.1.5;\"evil.example; \"\"so\"\"\"\n", to: "a.ssv")
    try bench.run(["gateway-1.log", "a.ssv"])
    let (gateway, table) = (try #require(bench.store.delivered.first), try #require(bench.store.delivered.last))
    #expect(gateway.event.time?.iso8601 == "2026-05-31T12:34:56Z")
    #expect(gateway.event.outcome == .blocked)
    #expect(gateway.event.destinationPort == 443)
    #expect(gateway.source.format == "gateway")
    #expect(table.event.time?.iso8601 == "2026-05-31T12:34:56Z")
    #expect(table.event.host == "ws-7")
    #expect(table.match.field == "Text")
  }

  @Test("nothing that a line can hold stops its reading")
  func mutations() throws {
    var generator = SeededGenerator(20_260_531)
    func below(_ limit: Int) -> Int { Int.random(in: 0..<max(1, limit), using: &generator) }
    var bench = Bench()
    let seeds = Self.cases.map { Array($0.line.utf8) } + VendorLineTests.cases.map { Array($0.line.utf8) } + Self.layouts.map { Array($0.text.utf8.prefix(3000)) }
    let marks = Array("\"\\{}[]|=:,<>/% \t\r\0\u{1B}#".utf8) + [0xC0, 0xFF, 0xFE]
    for round in 0..<40 {
      var log: [UInt8] = round % 4 == 0 ? Array("#fields\ta\tb\tid.orig_h\n".utf8) : []
      for _ in 0..<100 {
        var line = seeds[below(seeds.count)]
        for _ in 0..<below(6) where !line.isEmpty {
          let place = below(line.count)
          switch below(5) {
          case 0: line[place] = marks[below(marks.count)]
          case 1: line.removeSubrange(place..<min(line.count, place + below(40)))
          case 2: line.insert(contentsOf: seeds[below(seeds.count)].prefix(below(60)), at: place)
          case 3: line.insert(contentsOf: Array(repeating: marks[below(marks.count)], count: below(300)), at: place)
          default: line = Array(line.prefix(place))
          }
        }
        log += line + Array(" evil.example".utf8) + [0x0A]
      }
      let lines = log.split(separator: 0x0A, omittingEmptySubsequences: false)
      bench.folder.write(log, to: "fuzz-\(round).log")
      bench.options.window = [64, 300, 5000, 1 << 20][round % 4]
      let summary = try bench.run(["fuzz-\(round).log"])
      #expect(summary.bytes + summary.bytesSkipped + summary.bytesKnown == log.count)
      #expect(summary.lines == lines.count - 1)
      // Every line ends in the needle; windows shorter than a line cut none away.
      #expect(summary.sightings + summary.echoes >= 100)
    }
  }

  @Test("the order of a date in figures is told by the first dates of the log that show it")
  func dateOrder() throws {
    let line = { (date: String) in "\(date) 10:00:00 AM 0E6C PACKET  00000000028657F0 UDP Rcv 10.1.1.5        6b6f   Q [0001   D   NOERROR] A      (4)evil(7)example(0) evil.example\n" }
    for (head, time) in [("25/5/2026", "2026-06-05T10:00:00Z"), ("5/25/2026", "2026-05-06T10:00:00Z"), ("5/4/2026", "2026-05-06T10:00:00Z")] {
      let bench = Bench()
      bench.folder.write("DNS Server log file creation at \(head) 9:00:00 AM\n\n" + line("5/6/2026"), to: "dns.log")
      try bench.run()
      #expect(bench.store.delivered.first?.event.time == Timestamp(parsing: time), "\(head)")
    }
  }
}
