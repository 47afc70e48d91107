import Indicators
import Matching
import Rules
import Testing

/// What lines tell that have the shape of their makers' documented samples, with invented values. Every fact counts: one that is not told may not be there.
@Suite("Lines as their makers document them")
struct VendorLineTests {
  /// `format time host user source > destination direction outcome`, a dash for what is not told.
  static let cases: [(facts: String, line: String)] = [
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 - 203.0.113.4:51234 > 10.1.1.5:22 inbound -"#,
     #"May 31 12:34:56 asa-1 %ASA-6-302014: Teardown TCP connection 99 for outside:203.0.113.4/51234 to inside:10.1.1.5/22 duration 0:00:10 bytes 900 TCP FINs"#),
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 - 10.1.1.5:51234 > 203.0.113.4:443 outbound -"#,
     #"May 31 12:34:56 asa-1 %ASA-6-302014: Teardown TCP connection 99 for outside:203.0.113.4/443 to inside:10.1.1.5/51234 duration 0:00:10 bytes 900 TCP Reset-O from outside"#),
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 - - > - - -"#,
     #"May 31 12:34:56 asa-1 %ASA-6-302014: Teardown TCP connection 99 for outside:203.0.113.4/51234 to inside:10.1.1.5/51235 duration 0:00:10 bytes 900 TCP FINs"#),
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 - 10.1.1.5:51234 > - - allowed"#,
     #"May 31 12:34:56 asa-1 %ASA-6-305011: Built dynamic TCP translation from inside:10.1.1.5/51234 to outside:203.0.113.4/51234"#),
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 - 203.0.113.4 > 10.1.1.5 inbound blocked"#,
     #"May 31 12:34:56 asa-1 %ASA-3-106014: Deny inbound icmp src outside:203.0.113.4 dst inside:10.1.1.5 (type 8, code 0)"#),
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 kato 203.0.113.4 > - inbound blocked"#,
     #"May 31 12:34:56 asa-1 %ASA-6-113005: AAA user authentication Rejected : reason = AAA failure : server = 10.1.1.9 : user = kato : user IP = 203.0.113.4"#),
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 kato 203.0.113.4 > - inbound -"#,
     #"May 31 12:34:56 asa-1 %ASA-4-113019: Group = staff, Username = kato, IP = 203.0.113.4, Session disconnected. Session Type: SSL, Duration: 0h:10m:02s, Bytes xmt: 1, Bytes rcv: 2, Reason: User Requested"#),
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 kato 203.0.113.4 > - inbound -"#,
     #"May 31 12:34:56 asa-1 %ASA-4-722051: Group <staff> User <kato> IP <203.0.113.4> IPv4 Address <10.9.9.9> IPv6 address <::> assigned to session"#),
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 kato 203.0.113.4:51234 > 10.1.1.1 inbound allowed"#,
     #"May 31 12:34:56 asa-1 %ASA-6-605005: Login permitted from 203.0.113.4/51234 to inside:10.1.1.1/ssh for user "kato""#),
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 - 203.0.113.4 > 10.1.1.5 inbound allowed"#,
     #"May 31 12:34:56 asa-1 %ASA-6-302020: Built inbound ICMP connection for faddr 203.0.113.4/0 gaddr 192.0.2.9/0 laddr 10.1.1.5/0"#),
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 - - > - - -"#,
     #"May 31 12:34:56 asa-1 %ASA-6-302021: Teardown ICMP connection for faddr 203.0.113.4/0 gaddr 192.0.2.9/0 laddr 10.1.1.5/0"#),
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 - 203.0.113.4 > 10.1.1.5 inbound blocked"#,
     #"May 31 12:34:56 asa-1 %ASA-4-401004: Shunned packet: 203.0.113.4 ==> 10.1.1.5 on interface outside"#),
    (#"syslog-3164 2026-05-31T12:34:56Z ftd-1 kato 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"May 31 12:34:56 ftd-1 : %FTD-6-430003: EventPriority: Low, DeviceUUID: 0a, InstanceID: 1, FirstPacketSecond: 2026-05-31T12:34:50Z, ConnectionID: 504, AccessControlRuleAction: Block, SrcIP: 10.1.1.5, DstIP: 203.0.113.4, SrcPort: 51234, DstPort: 443, Protocol: tcp, IngressInterface: inside, EgressInterface: outside, ACPolicy: P, AccessControlRuleName: R, User: kato, URL: https://evil.example/"#),
    (#"syslog-5424 2026-05-31T12:34:56Z ftd-1 - 10.1.1.5:51234 > 203.0.113.4:443 outbound allowed"#,
     #"<166>1 2026-05-31T12:34:56Z ftd-1 - - - - %FTD-6-430002: EventPriority: Low, DeviceUUID: 0a, AccessControlRuleAction: Allow, SrcIP: 10.1.1.5, DstIP: 203.0.113.4, SrcPort: 51234, DstPort: 443, Protocol: tcp, User: No Authentication Required, URL: https://evil.example/"#),
    (#"syslog-3164 2026-05-31T12:34:56Z ftd-1 - 203.0.113.4:51234 > 10.1.1.5:80 inbound blocked"#,
     #"<113>May 31 12:34:56 ftd-1 %FTD-1-430001: SrcIP: 203.0.113.4, DstIP: 10.1.1.5, SrcPort: 51234, DstPort: 80, Protocol: tcp, Priority: 1, GID: 1, SID: 7, InlineResult: Blocked, Message: "x", User: Unknown"#),
    (#"key-value 2026-05-31T12:34:56Z fw-2 - 10.1.1.5:51234 > 203.0.113.4:443 outbound allowed"#,
     #"<189>date=2026-05-31 time=05:34:56 devname="fw-2" devid="FG1" eventtime=1780230896789012345 tz="-0700" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=10.1.1.5 srcport=51234 srcintf="port2" srcintfrole="lan" dstip=203.0.113.4 dstport=443 dstintf="port1" sessionid=1 proto=6 action="close" policyid=1 service="HTTPS" hostname="evil.example""#),
    (#"key-value 2026-05-31T12:34:56Z fw-2 - 10.1.1.5:51234 > 203.0.113.4:443 outbound allowed"#,
     #"<189>date=2026-05-31 time=12:34:56 devname="fw-2" devid="FG1" tz="+0000" logid="0000000013" type="traffic" subtype="forward" srcip=10.1.1.5 srcport=51234 dstip=203.0.113.4 dstport=443 sessionid=1 proto=6 action="server-rst" policyid=1"#),
    (#"key-value 2026-05-31T12:34:56Z fw-2 - 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"date=2026-05-31 time=12:34:56 devname="fw-2" devid="FG1" tz="+0000" logid="0000000013" type="traffic" subtype="forward" srcip=10.1.1.5 srcport=51234 dstip=203.0.113.4 dstport=443 sessionid=1 proto=6 action="accept" utmaction="block" policyid=1"#),
    (#"key-value 2026-05-31T12:34:56Z fw-2 kato 10.1.1.5:51234 > 203.0.113.4:80 outbound blocked"#,
     #"date=2026-05-31 time=12:34:56 devname="fw-2" devid="FG1" tz="+0000" logid="0211008192" type="utm" subtype="virus" eventtype="infected" level="warning" vd="root" msg="File is infected." action="blocked" service="HTTP" sessionid=7 srcip=10.1.1.5 dstip=203.0.113.4 srcport=51234 dstport=80 srcintf="port2" dstintf="port1" proto=6 direction="incoming" filename="x" url="http://evil.example/x" user="kato""#),
    (#"key-value 2026-05-31T12:34:56Z fw-2 - 10.1.1.5:51234 > 203.0.113.4:80 outbound blocked"#,
     #"date=2026-05-31 time=12:34:56 devname="fw-2" devid="FG1" tz="+0000" logid="0419016384" type="utm" subtype="ips" severity="info" srcip=10.1.1.5 srccountry="Reserved" dstip=203.0.113.4 srcintf="port2" dstintf="port1" sessionid=7 action="dropped" proto=6 service="HTTP" attack="x" srcport=51234 dstport=80 hostname="evil.example" url="/x" direction="incoming" attackid=1"#),
    (#"key-value 2026-05-31T12:34:56Z fw-2 - 10.1.1.5:51234 > 203.0.113.4:80 outbound blocked"#,
     #"date=2026-05-31 time=12:34:56 devname="fw-2" devid="FG1" tz="+0000" type="utm" subtype="ips" srcip=10.1.1.5 dstip=203.0.113.4 action="reset" srcport=51234 dstport=80 direction="outgoing""#),
    (#"key-value 2026-05-31T12:34:56Z fw-2 kato 203.0.113.4 > - - blocked"#,
     #"date=2026-05-31 time=12:34:56 devname="fw-2" devid="FG1" tz="+0000" logid="0101039426" type="event" subtype="vpn" level="alert" logdesc="SSL VPN login fail" action="ssl-login-fail" tunneltype="ssl-web" tunnelid=0 remip=203.0.113.4 user="kato" group="N/A" dst_host="N/A" reason="sslvpn_login_unknown_user""#),
    (#"key-value 2026-05-31T12:34:56Z - - 10.1.1.5:45719 > 203.0.113.4:80 outbound allowed"#,
     #"date=2026-05-31 time=12:34:56 logid="0000000013" type="traffic" subtype="forward" level="notice" vd="vdom1" tz="+0000" srcip=10.1.1.5 srcport=45719 dstip=203.0.113.4 dstport=80 proto=6 action="close" hostname="evil.example""#),
    (#"cef 2026-02-12T11:11:30Z ws-7 - 10.1.1.5:45719 > 203.0.113.4:80 outbound blocked"#,
     #"Feb 12 11:11:30 fw-2 CEF: 0|Fortinet|Fortigate|v7.0|00013|traffic:forward close|3|FTNTFGTlogid=0000000013 cat=traffic:forward FTNTFGTtz=+0000 src=10.1.1.5 shost=ws-7 spt=45719 dst=203.0.113.4 dhost=evil.example dpt=80 act=close FTNTFGTutmaction=block"#),
    (#"syslog-5424 2026-05-31T12:34:56Z gw-5 - 10.1.1.5:51234 > 203.0.113.4 outbound blocked"#,
     #"<134>1 2026-05-31T12:34:56Z gw-5 CheckPoint 1234 - [action:"Prevent"; flags:"4"; ifdir:"inbound"; ifname:"eth0"; loguid:"{0x}"; origin:"10.0.0.254"; time:"1780230896"; dst:"203.0.113.4"; proto:"6"; s_port:"51234"; service:"443"; src:"10.1.1.5"; src_user_name:"Kato (kato)"; resource:"http://evil.example/"]"#),
    (#"cef 2026-05-31T12:34:56Z gw-5 - 10.1.1.5:51234 > 203.0.113.4:443 outbound allowed"#,
     #"<134>1 2026-05-31T12:34:56Z gw-5 CEF:0|Check Point|VPN-1 & FireWall-1|Check Point|Log|https|Unknown|act=Accept deviceDirection=0 rt=1780230896000 spt=51234 dpt=443 cs2Label=Rule Name layer_name=Network ifname=eth0 origin=10.0.0.254 dst=203.0.113.4 proto=6 src=10.1.1.5 dhost=evil.example"#),
    (#"pan-os 2026-05-31T19:34:56Z fw-4 corp\kato 10.1.1.5:51234 > 203.0.113.4:443 outbound allowed"#,
     #"<14>May 31 12:34:57 fw-4 1,2026/05/31 12:34:56,0016,TRAFFIC,end,2560,2026/05/31 12:34:56,10.1.1.5,203.0.113.4,192.0.2.1,203.0.113.4,allow-out,corp\kato,,ssl,vsys1,trust,untrust,e1/2,e1/1,fwd,2026/05/31 12:34:56,33,1,51234,443,40001,443,0x1c,tcp,allow,5000,2000,3000,20,2026/05/31 12:34:00,50,any,,7,0x0,10.0.0.0-10.255.255.255,Germany,,10,10,tcp-fin,0,0,0,0,,fw-4,from-policy,,,0,,0,,N/A,0,0,0,0,uuid,0,0,,,,,,,,0.0.0.0,,,,,,,,2026-05-31T05:34:56.789-07:00"#),
    (#"pan-os 2026-05-31T10:34:56Z fw-4 - 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"<14>1 2026-05-31T12:34:57+02:00 fw-4 - - - - 1,2026/05/31 12:34:56,0016,TRAFFIC,deny,2560,2026/05/31 12:34:56,10.1.1.5,203.0.113.4,0.0.0.0,0.0.0.0,r,,,not-applicable,vsys1,trust,untrust,e1/2,e1/1,fwd,2026/05/31 12:34:56,0,1,51234,443,0,0,0x0,tcp,deny,70,70,0,1,2026/05/31 12:34:56,0,any"#),
    (#"eve-json 2026-05-31T12:34:56.789012Z - - 10.1.1.5:51234 > 203.0.113.4:80 outbound allowed"#,
     #"{"timestamp":"2026-05-31T12:34:56.789012+0000","flow_id":1,"event_type":"alert","src_ip":"203.0.113.4","src_port":80,"dest_ip":"10.1.1.5","dest_port":51234,"proto":"TCP","alert":{"action":"allowed","signature":"x"},"app_proto":"http","direction":"to_client","flow":{"start":"2026-05-31T12:34:00+0000","src_ip":"10.1.1.5","dest_ip":"203.0.113.4","src_port":51234,"dest_port":80}}"#),
    (#"windows-xml 2026-05-31T12:34:56.789Z ws-7 - 203.0.113.4:51234 > 10.1.1.5:3389 inbound allowed"#,
     #"<Event><System><EventID>5156</EventID><TimeCreated SystemTime='2026-05-31T12:34:56.789Z'/><Channel>Security</Channel><Computer>ws-7</Computer></System><EventData><Data Name='ProcessID'>4</Data><Data Name='Direction'>%%14592</Data><Data Name='SourceAddress'>10.1.1.5</Data><Data Name='SourcePort'>3389</Data><Data Name='DestAddress'>203.0.113.4</Data><Data Name='DestPort'>51234</Data></EventData></Event>"#),
    (#"windows-json - ws-7 - 203.0.113.4:51234 > 10.1.1.5:3389 inbound allowed"#,
     #"{"EventID":5156,"Channel":"Security","Computer":"ws-7","Direction":"%%14592","SourceAddress":"203.0.113.4","SourcePort":"51234","DestAddress":"10.1.1.5","DestPort":"3389"}"#),
    (#"windows-json 2026-05-31T12:34:56Z ws-7 - 10.1.1.9:51234 > 10.1.1.5:3389 inbound blocked"#,
     #"{"@timestamp":"2026-05-31T12:34:56Z","winlog":{"event_id":5157,"channel":"Security","computer_name":"ws-7","event_data":{"Direction":"%%14592","SourceAddress":"10.1.1.5","SourcePort":"3389","DestAddress":"10.1.1.9","DestPort":"51234","Application":"evil.example"}}}"#),
    (#"windows-json 2026-05-31T12:34:56Z dc-1 kato@CORP 203.0.113.4 > - - -"#,
     #"{"EventID":4769,"Channel":"Security","Hostname":"dc-1","EventTime":"2026-05-31 12:34:56","TargetUserName":"kato@CORP","ServiceName":"krbtgt","IpAddress":"::ffff:203.0.113.4","IpPort":"51234","Status":"0x0"}"#),
    (#"syslog-3164 2026-05-31T12:34:56Z dc-1 kato 203.0.113.4 > - - allowed"#,
     #"<13>May 31 12:34:56 dc-1 nxlog[7]: {"EventTime":"2026-05-31 12:34:56","Hostname":"dc-1.corp.example","EventID":4624,"Channel":"Security","SubjectUserName":"DC-1$","TargetUserName":"kato","IpAddress":"203.0.113.4"}"#),
    (#"syslog-3164 2026-05-31T12:34:56.789012Z ids-1 - 10.1.1.5:51234 > 203.0.113.4:80 outbound allowed"#,
     #"May 31 12:34:56 ids-1 suricata[7]: {"timestamp":"2026-05-31T12:34:56.789012+0000","flow_id":1,"event_type":"alert","src_ip":"203.0.113.4","src_port":80,"dest_ip":"10.1.1.5","dest_port":51234,"alert":{"action":"allowed"},"direction":"to_client"}"#),
    (#"cloudtrail 2026-05-31T12:34:56Z - kato 203.0.113.4 > - inbound allowed"#,
     #"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"kato","principalId":"AIDA"},"eventTime":"2026-05-31T12:34:56Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","sourceIPAddress":"203.0.113.4","userAgent":"x","requestParameters":{"blockDeviceMapping":{"items":[{"deviceName":"/dev/xvda"}]}},"eventID":"1","eventType":"AwsApiCall"}"#),
    (#"cloudtrail 2026-05-31T12:34:56Z - - - > - - allowed"#,
     #"{"eventVersion":"1.08","userIdentity":{"type":"AWSService","invokedBy":"ec2.amazonaws.com"},"eventTime":"2026-05-31T12:34:56Z","eventSource":"ec2.amazonaws.com","eventName":"CreateNetworkInterface","sourceIPAddress":"ec2.amazonaws.com","requestParameters":{"ipAddress":"203.0.113.4"},"eventID":"1"}"#),
    (#"gcp-audit 2026-05-31T12:34:56.789Z - kato@corp.example 203.0.113.4 > - inbound -"#,
     #"{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","authenticationInfo":{"principalEmail":"kato@corp.example"},"requestMetadata":{"callerIp":"203.0.113.4"},"methodName":"v1.compute.instances.insert","request":{"disks":[{"deviceName":"persistent-disk-0"}],"ipAddress":"192.0.2.1"}},"timestamp":"2026-05-31T12:34:56.789Z"}"#),
    (#"okta 2026-05-31T12:34:56Z - kato@corp.example 203.0.113.4 > - inbound -"#,
     #"{"published":"2026-05-31T12:34:56Z","eventType":"policy.evaluate_sign_on","actor":{"alternateId":"kato@corp.example"},"client":{"ipAddress":"203.0.113.4"},"outcome":{"result":"CHALLENGE"}}"#),
    (#"azure-diagnostics 2026-05-31T12:34:56.789012Z - kato@corp.example 203.0.113.4 > - inbound blocked"#,
     #"{"time":"2026-05-31T12:34:56.7890123Z","resourceId":"/tenants/x/providers/Microsoft.aadiam","operationName":"Sign-in activity","category":"SignInLogs","resultType":"50126","resultSignature":"None","callerIpAddress":"203.0.113.4","properties":{"userPrincipalName":"kato@corp.example","ipAddress":"203.0.113.4","status":{"errorCode":50126},"deviceDetail":{"displayName":"WS-7"}}}"#),
    (#"azure-diagnostics 2026-05-31T12:34:56.789012Z - kato@corp.example 203.0.113.4 > - inbound allowed"#,
     #"{"time":"2026-05-31T12:34:56.7890123Z","resourceId":"/tenants/x/providers/Microsoft.aadiam","operationName":"Sign-in activity","category":"SignInLogs","resultType":"0","callerIpAddress":"203.0.113.4","properties":{"userPrincipalName":"kato@corp.example"}}"#),
    (#"json 2026-05-31T12:34:56Z - - 203.0.113.4:51234 > 10.1.1.5:22 inbound blocked"#,
     #"{"insertId":"x","jsonPayload":{"connection":{"dest_ip":"10.1.1.5","dest_port":22,"protocol":6,"src_ip":"203.0.113.4","src_port":51234},"disposition":"DENIED","instance":{"vm_name":"vm-7"},"rule_details":{"direction":"INGRESS","action":"DENY"}},"timestamp":"2026-05-31T12:34:56Z"}"#),
    (#"caddy 2026-05-31T12:34:56.789Z - kato 203.0.113.4:41342 > - inbound allowed"#,
     #"{"level":"info","ts":1780230896.789,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"203.0.113.4","remote_port":"41342","client_ip":"203.0.113.4","proto":"HTTP/2.0","method":"GET","host":"www.corp.example","uri":"/","headers":{}},"user_id":"kato","status":200}"#),
    (#"haproxy 2026-05-31T10:34:56.443Z lb-1 - 203.0.113.4:33313 > - inbound -"#,
     #"2026-05-31T12:34:56+02:00 lb-1 haproxy[14387]: 203.0.113.4:33313 [31/May/2026:12:34:56.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0"#),
    (#"haproxy 2026-05-31T12:34:56.443Z lb-1 - 203.0.113.4:33313 > - inbound -"#,
     #"2026-05-31T14:34:56+02:00 lb-1 haproxy[14387]: 203.0.113.4:33313 [31/May/2026:12:34:56.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0"#),
    (#"haproxy 2026-05-31T12:34:56.443Z lb-1 - 203.0.113.4:33313 > - inbound -"#,
     #"<134>1 2026-05-31T12:34:56Z lb-1 haproxy 7 - - 203.0.113.4:33313 [31/May/2026:12:34:56.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0"#),
    (#"apache-common 2026-05-31T12:34:56Z - - 203.0.113.4 > - inbound allowed"#,
     #"203.0.113.4 - - [31/May/2026:14:34:56 CEST] "GET /evil.example HTTP/1.1" 200 12"#),
    (#"squid 2026-05-31T12:34:56.789Z - kato 10.1.1.5 > - outbound allowed"#,
     #"1780230896.789 212 10.1.1.5 TCP_MISS/200 8211 GET http://evil.example/x kato FIRSTUP_PARENT/10.0.0.9 text/html"#),
    (#"squid 2026-05-31T12:34:56.789Z - CORP\kato@CORP 10.1.1.5 > - outbound blocked"#,
     #"1780230896.789 97 10.1.1.5 TCP_DENIED/403 1234 GET http://evil.example/x "CORP\kato@CORP" NONE/- - BLOCK_WEBCAT_12-DefaultGroup-DefaultGroup-NONE-NONE-NONE-NONE <IW_adlt,-5.0,"-","-",-,-,-,-,"-",-,-,-,"-",-,-,"-","-",-,-,IW_adlt,-,"-","-","-","-","-","-",0.00,0,-,"-","-",-,"-",-,-,"-","-",-,-,"-"> -"#),
    (#"plain 2026-05-31T12:34:56.789Z - - 10.1.1.5:4711 > - internal blocked"#,
     #"31-May-2026 12:34:56.789 rpz: info: client @0x7f12 10.1.1.5#4711 (evil.example): rpz QNAME NXDOMAIN rewrite evil.example/A/IN via evil.example.rpz.local"#),
    (#"cef 2026-05-31T12:34:56Z mgw-1 a@evil.example 203.0.113.4 > 10.1.1.5 inbound blocked"#,
     #"May 31 12:34:56 mgw-1 CEF:0|Vendor|Mail|1|100|mail|5|src=203.0.113.4 shost=mail.evil.example dst=10.1.1.5 dhost=mx-1 dvchost=mgw-1 act=quarantine suser=a@evil.example duser=kato@corp.example"#),
    (#"cef 2026-05-31T10:34:56Z - - 10.1.1.5 > 203.0.113.4 outbound allowed"#,
     #"CEF:0|Palo Alto Networks|LF|2.0|TRAFFIC|end|3|dtz=+02:00 rt=May 31 2026 12:34:56 src=10.1.1.5 dst=203.0.113.4 act=allow"#),
    (#"ecs 2026-05-31T12:34:56Z beat-1 - 10.1.1.5 > 203.0.113.4 outbound blocked"#,
     #"{"@timestamp":"2026-05-31T12:34:56Z","ecs":{"version":"8.1"},"event":{"category":["network"],"type":["connection","denied"],"outcome":"success","action":"firewall-rule"},"source":{"ip":"10.1.1.5"},"destination":{"ip":"203.0.113.4"},"host":{"name":"beat-1"},"observer":{"name":"fw-1"},"network":{"direction":"inbound"}}"#),
    (#"json 2026-05-31T12:34:56.789Z - kato 203.0.113.4 > - - -"#,
     #"{"@timestamp":1780230896789,"action":"repo.download_zip","actor":"kato","actor_ip":"203.0.113.4","org":"corp","repo":"corp/x"}"#),
    (#"syslog-3164 2026-05-31T12:34:56Z utm-1 - 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"2026:05:31-12:34:56 utm-1 ulogd[7]: id="2001" severity="info" sys="SecureNet" sub="packetfilter" name="Packet dropped" action="drop" fwrule="60001" initf="eth0" srcmac="00:11" srcip="10.1.1.5" dstip="203.0.113.4" proto="6" srcport="51234" dstport="443""#),
    (#"key-value 2026-05-31T12:34:56Z - - 203.0.113.4 > 192.0.2.1:443 external blocked"#,
     #"<134>id=firewall sn=0017 time="2026-05-31 12:34:56" fw=192.0.2.1 pri=5 c=16 m=237 msg="User login denied" usr="kato" src=203.0.113.4:0:X1 dst=192.0.2.1:443:X1"#),
    (#"syslog-3164 2026-05-31T12:34:56Z asa-1 - 203.0.113.4:51234 > 10.1.1.5:22 inbound blocked"#,
     #"<166>2026-05-31T12:34:56Z asa-1 : %ASA-4-106023: Deny tcp src outside:203.0.113.4/51234 dst inside:10.1.1.5/22 by access-group "x""#),
    (#"syslog-3164 2026-05-31T12:34:56.789Z rtr-1 kato 203.0.113.4 > - inbound allowed"#,
     #"<189>7: rtr-1: May 31 12:34:56.789: %SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: kato] [Source: 203.0.113.4] [localport: 22] at 12:34:56 UTC Sun May 31 2026"#),
    (#"syslog-3164 2026-05-31T12:34:56.789Z - - 203.0.113.4:4711 > 10.1.1.5:22 inbound blocked"#,
     #"<189>29: *May 31 12:34:56.789: %SEC-6-IPACCESSLOGP: list 101 denied tcp 203.0.113.4(4711) -> 10.1.1.5(22), 1 packet"#),
    (#"syslog-3164 2026-05-31T12:34:56Z 10.0.0.1 kato 203.0.113.4 > - inbound blocked"#,
     #"May 31 12:34:56 10.0.0.1 7: May 31 12:34:56.789: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: kato] [Source: 203.0.113.4] [localport: 22] [Reason: Login Authentication Failed] at 12:34:56 UTC Sun May 31 2026"#),
    (#"pan-os 2026-05-31T12:34:56Z fw-4 kato 203.0.113.4 > - inbound blocked"#,
     #"<14>May 31 12:34:57 fw-4 1,2026/05/31 12:34:56,0016,GLOBALPROTECT,0,2561,2026/05/31 12:34:56,vsys1,gateway-auth,login,SAML,,kato,DE,ws-7,203.0.113.4,0.0.0.0,0.0.0.0,0.0.0.0,id,serial,6.0,Windows,Win10,1,,,,failure,,0,,0,gw,77,0x0"#),
    (#"pan-os 2026-05-31T10:34:56Z fw-4 corp\kato 203.0.113.4 > - inbound allowed"#,
     #"<14>1 2026-05-31T12:34:57+02:00 fw-4 - - - - 1,2026/05/31 12:34:56,0016,GLOBALPROTECT,0,2561,2026/05/31 12:34:56,vsys1,gateway-connected,connected,,IPSec,corp\kato,DE,ws-7,203.0.113.4,0.0.0.0,10.8.0.2,0.0.0.0,id,serial,6.0,Windows,Win10,1,,,,success,,0,on-demand,0,gw,77,0x0,2026-05-31T14:34:56.789+02:00"#),
    (#"cef 2026-05-31T12:34:56Z stream-1 kato 10.1.1.5:51234 > 203.0.113.4:443 outbound allowed"#,
     #"Mar 1 20:46:50 10.0.0.9 4581 <14>1 2026-05-31T12:34:57.869Z stream-1 logforwarder - panwlogs - CEF:0|Palo Alto Networks|LF|2.0|TRAFFIC|end|3|ProfileToken=x dtz=UTC rt=May 31 2026 12:34:56 deviceExternalId=7 act=allow src=10.1.1.5 dst=203.0.113.4 spt=51234 dpt=443 suser=kato"#),
    (#"watchguard 2026-05-31T12:34:56Z wg-1 - 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"<140>May 31 12:34:56 wg-1 XTM_8_Series 80B0030CBA2D6 (2026-05-31T12:34:56) firewall: msg_id="3000-0148" Deny 1-Trusted 0-External 52 tcp 20 127 10.1.1.5 203.0.113.4 51234 443 offset 8 S 1 win 32 geo_dst="DEU" (Unhandled Internal Packet-00)"#),
    (#"watchguard 2026-05-31T12:34:56Z - kato@Firebox-DB 10.1.1.5:42017 > 203.0.113.4:80 outbound allowed"#,
     #"2026-05-31 12:34:56 Allow 10.1.1.5 203.0.113.4 http/tcp 42017 80 Trusted External Allowed (HTTP-proxy-00) proc_id="firewall" rc="406" msg_id="3000-0176" src_user="kato@Firebox-DB" dstname="evil.example""#),
    (#"watchguard 2026-05-31T12:34:56Z wg-1 - 10.1.1.5 > 203.0.113.4 outbound allowed"#,
     #"<142>May 31 12:34:56 wg-1 80BE (2026-05-31T12:34:56) firewall: msg_id="3000-0148" Allow Trusted External 60 icmp 20 128 10.1.1.5 203.0.113.4 8 0 id=1 seq=2 (Ping-00)"#),
    (#"snare 2026-05-31T12:34:56Z dc-1.corp.example kato 203.0.113.4:51234 > - - blocked"#,
     #"<13>May 31 12:34:56 dc-1 MSWinEventLog\#t1\#tSecurity\#t1234\#tSun May 31 12:34:56 2026\#t4625\#tMicrosoft-Windows-Security-Auditing\#tCORP\kato\#tN/A\#tFailure Audit\#tdc-1.corp.example\#tLogon\#t\#tAn account failed to log on.    Subject:   Security ID:  S-1-0-0   Account Name:  -   Account For Which Logon Failed:   Account Name:  kato   Network Information:   Workstation Name: WS-7   Source Network Address: 203.0.113.4   Source Port:  51234\#t77"#),
    (#"snare 2026-05-31T12:34:56Z dc-1.corp.example kato 203.0.113.4:51234 > - - allowed"#,
     #"<13>May 31 12:34:56 dc-1 MSWinEventLog\#t1\#tSecurity\#t1234\#tSun May 31 12:34:56 2026\#t4624\#tMicrosoft-Windows-Security-Auditing\#tCORP\kato\#tN/A\#tSuccess Audit\#tdc-1.corp.example\#tLogon\#t\#tAn account was successfully logged on.    Subject:   Security ID:  S-1-5-18   Account Name:  DC-1$   Account Domain:  CORP   Logon Type:   3    New Logon:   Security ID:  S-1-5-21   Account Name:  kato   Account Domain:  CORP    Network Information:   Workstation Name: WS-7   Source Network Address: 203.0.113.4   Source Port:  51234\#t77"#),
    (#"snare 2026-05-31T12:34:56Z dc-1.corp.example kato - > - - allowed"#,
     #"May 31 12:34:56 dc-1 MSWinEventLog#0111#011Security#01112#011Sun May 31 12:34:56 2026#0114688#011Microsoft-Windows-Security-Auditing#011CORP\kato#011N/A#011Success Audit#011dc-1.corp.example#011Process Creation#011#011A new process has been created.    Subject:   Account Name:  kato    Process Information:   New Process Name: C:\curl.exe  Process Command Line: curl evil.example#01178"#),
    (#"azure-diagnostics 2026-05-31T12:34:56Z - - 203.0.113.4:28746 > 10.5.16.4:443 inbound blocked"#,
     #"{"time":"2026-05-31T12:34:56.789Z","systemId":"x","category":"NetworkSecurityGroupFlowEvent","resourceId":"/SUBSCRIPTIONS/X","operationName":"NetworkSecurityGroupFlowEvents","properties":{"Version":2,"flows":[{"rule":"DefaultRule_DenyAllInBound","flows":[{"mac":"000D3AF87856","flowTuples":["1780230895,198.51.100.9,10.5.16.4,28746,443,U,I,D,B,,,,","1780230896,203.0.113.4,10.5.16.4,28746,443,U,I,D,B,,,,"]}]}]}}"#),
    (#"json 2026-05-31T12:34:56.789Z - - 10.5.16.4:51234 > 203.0.113.4:443 outbound allowed"#,
     #"{"time":"2026-05-31T12:34:56.789Z","flowLogVersion":4,"category":"FlowLogFlowEvent","flowLogResourceID":"/S","operationName":"FlowLogFlowEvent","flowRecords":{"flows":[{"aclID":"x","flowGroups":[{"rule":"r","flowTuples":["1780230896789,10.5.16.4,203.0.113.4,51234,443,6,O,B,NX,0,0,0,0"]}]}]}}"#),
    (#"aws-nlb 2026-05-31T12:34:56Z - - 203.0.113.4:51341 > 10.0.0.1:443 inbound -"#,
     #"tls 2.0 2026-05-31T12:34:56 net/my-network-loadbalancer/c6e77e28c25b2234 g3d4b5e8bb8464cd 203.0.113.4:51341 10.0.0.1:443 5 2 98 246 - arn:aws:acm:us-east-2:671290407336:certificate/2a108f19 - ECDHE-RSA-AES128-SHA tlsv12 - my-network-loadbalancer-c6e77e28c25b2234.elb.us-east-2.amazonaws.com - - - 2026-05-31T12:34:50"#),
    (#"coredns - - - 10.1.1.5:50759 > - internal allowed"#,
     #"[INFO] 10.1.1.5:50759 - 29008 "A IN evil.example. udp 41 false 4096" NOERROR qr,rd,ra,ad 68 0.037990251s"#),
    (#"coredns 2026-05-31T12:34:56.789Z - - 10.1.1.5:50759 > - internal blocked"#,
     #"2026-05-31T12:34:56.789Z stdout F [INFO] 10.1.1.5:50759 - 29008 "A IN evil.example. udp 41 false 4096" NXDOMAIN qr,rd,ra,ad 68 0.037990251s"#),
    (#"windows-dns 2026-05-31T12:34:56Z - - 10.1.1.5 > - internal -"#,
     #"5/31/2026 12:34:56 PM 0E6C PACKET  00000000028657F0 UDP Rcv 10.1.1.5        6b6f   Q [0001   D   NOERROR] A      (4)evil(7)example(0)"#),
    (#"windows-dns 2026-05-31T00:34:56Z - - 10.1.1.5 > - internal blocked"#,
     #"5/31/2026 12:34:56 AM 0E6C PACKET  00000000028657F0 UDP Snd 10.1.1.5        6b6f R Q [8381   DR NXDOMAIN] A      (3)www(4)evil(7)example(0)"#),
    (#"windows-dns 2026-05-31T12:34:56Z - - 10.1.1.5 > - internal allowed"#,
     #"31.05.2026 12:34:56 0E6C PACKET  000002C5307CFCD0 TCP Snd 10.1.1.5        6b6f R Q [8081   DR  NOERROR] AAAA   (4)evil(7)example(0)"#),
    (#"windows-dns 2026-05-31T12:34:56Z - - - > 203.0.113.53 outbound -"#,
     #"20260531 12:34:56 0E6C PACKET  028657F0 UDP Snd 203.0.113.53     6b6f   Q [0000       NOERROR] A      (4)evil(7)example(0)"#),
    (#"windows-dns 2026-05-31T12:34:56Z - - - > 10.1.1.53 internal -"#,
     #"2026-05-31 12:34:56 0E6C PACKET  028657F0 UDP Rcv 10.1.1.53     6b6f R Q [8281   DR SERVFAIL] A      (4)evil(7)example(0)"#),
    (#"windows-dns 2026-06-05T22:34:56Z - - 2001:db8::5 > - inbound blocked"#,
     #"6/5/2026 10:34:56 PM 0E6C PACKET  028657F0 UDP Snd 2001:db8::5     6b6f R Q [8305 A  R  REFUSED] A      (4)evil(7)example(0)"#),
    (#"windows-dns 2026-06-05T22:34:56Z - - 10.1.1.5 > - internal -"#,
     #"05/06/2026 22:34:56 0E6C PACKET  028657F0 UDP Rcv 10.1.1.5     6b6f   U [0028       NOERROR] SOA    (4)evil(7)example(0)"#),
    (#"windows-dns - - - 10.1.1.5 > - internal -"#,
     #"31/31/2026 12:34:56 0E6C PACKET  028657F0 UDP Rcv 10.1.1.5     6b6f   Q [0001   D   NOERROR] A      (4)evil(7)example(0)"#),
    (#"json 2026-05-31T12:34:58Z dc-1 - 10.1.1.5 > - internal blocked"#,
     #"{"@timestamp":"2026-05-31T12:34:58Z","host":{"name":"dc-1"},"message":"5/31/2026 12:34:56 PM 0E6C PACKET  00000000028657F0 UDP Snd 10.1.1.5        6b6f R Q [8381   DR NXDOMAIN] A      (4)evil(7)example(0)\r"}"#),
    (#"envoy 2026-05-31T12:34:56.789Z - - 203.0.113.4 > 10.0.2.1:80 inbound allowed"#,
     #"[2026-05-31T12:34:56.789Z] "GET /x HTTP/1.1" 204 - 154 0 226 100 "203.0.113.4" "curl/8" "cc21d9b0" "evil.example" "10.0.2.1:80""#),
    (#"envoy 2026-05-31T12:34:56.789Z - - 10.1.1.5:51234 > 203.0.113.4:80 outbound blocked"#,
     #"[2026-05-31T12:34:56.789Z] "GET /x HTTP/1.1" 403 - via_upstream - "-" 0 94 7 6 "-" "curl/8" "cc21d9b0" "evil.example" "203.0.113.4:80" outbound|80||evil.example 10.1.1.5:40000 203.0.113.4:80 10.1.1.5:51234 - default"#),
    (#"umbrella-dns 2026-05-31T12:34:56Z - kato 10.1.1.5 > - outbound blocked"#,
     #""2026-05-31 12:34:56","kato","kato,ADSite,Network","10.1.1.5","192.0.2.7","Blocked","1 (A)","NOERROR","evil.example.","Malware","AD Users","AD Users,Sites","Malware""#),
    (#"umbrella-dns 2026-05-31T12:34:56Z WS-7 - 203.0.113.9 > - outbound allowed"#,
     #""2026-05-31 12:34:56","WS-7","WS-7,Site","","203.0.113.9","Allowed","1 (A)","NOERROR","evil.example.","Photo Sharing","Roaming Computers","Roaming Computers","" "#),
    (#"umbrella-dns 2026-05-31T12:34:56Z - kato 10.1.1.5 > - outbound allowed"#,
     #""2026-05-31 12:34:56","kato", "kato,ADSite,Network", "10.1.1.5","192.0.2.7","Allowed","1 (A)", "NOERROR","evil.example.", "Photo Sharing","AD User","AD User,Site,Network","""#),
    (#"umbrella-web 2026-05-31T12:34:56Z - kato 10.1.1.5 > 203.0.113.4 outbound blocked"#,
     #""2026-05-31 12:34:56","kato","10.1.1.5","192.0.2.7","203.0.113.4","text/html","BLOCKED","https://evil.example/x","","Mozilla/5.0","403","562","1489","","","Malware","","","","","","AD Users","Malware","kato,Site","AD Users,Sites","GET""#),
    (#"xferlog 2026-05-31T12:34:56Z - kato 203.0.113.4 > - inbound allowed"#,
     #"Sun May 31 12:34:56 2026 3 203.0.113.4 12345 /srv/evil.example.zip b _ o r kato ftp 0 * c"#),
    (#"xferlog 2026-05-31T12:34:56Z - a@evil.example 203.0.113.4 > - inbound -"#,
     #"Sun May 31 12:34:56 2026 3 203.0.113.4 12345 /srv/a file evil.example b _ i a a@evil.example ftp 0 *"#),
    (#"syslog-3164 2026-05-31T12:34:56Z ftp-1 kato 203.0.113.4 > - inbound blocked"#,
     #"May 31 12:34:56 ftp-1 proftpd[7]: ftp-1 (mail.evil.example[203.0.113.4]) - USER kato (Login failed): Incorrect password"#),
    (#"syslog-3164 2026-05-31T12:34:56Z bigip-1 kato - > - - -"#,
     #"<133>May 31 12:34:56 bigip-1 notice apmd[7]: 01490010:5: /Common/vpn:Common:abcd: Username 'kato' evil.example"#),
    (#"syslog-3164 2026-05-31T12:34:56.789Z ftp-1 kato 203.0.113.4 > - inbound allowed"#,
     #"2026-05-31 12:34:56,789 ftp-1 proftpd[7] 10.1.1.5 (mail.evil.example[::ffff:203.0.113.4]): USER kato: Login successful."#),
    (#"syslog-3164 2026-05-31T12:34:56Z ftp-1 - 203.0.113.4 > - inbound blocked"#,
     #"May 31 12:34:56 ftp-1 proftpd[7] ftp-1.corp.example (mail.evil.example[203.0.113.4]): SECURITY VIOLATION: root login attempted."#),
    (#"syslog-3164 2026-05-31T12:34:56Z ftp-1 - 203.0.113.4 > - inbound blocked"#,
     #"May 31 12:34:56 ftp-1 proftpd[7]: ftp-1 (mail.evil.example[203.0.113.4]) - Maximum login attempts (3) exceeded"#),
    (#"syslog-3164 2026-05-31T12:34:56Z ftp-1 proftpd[9] 203.0.113.4 > 10.1.1.5:21 inbound blocked"#,
     #"May 31 12:34:56 ftp-1 proftpd[7] ftp-1 (203.0.113.4[203.0.113.4]): USER proftpd[9] evil.example (x[192.0.2.7]): no such user found from 203.0.113.4 [203.0.113.4] to 10.1.1.5:21"#),
    (#"symantec-ep 2026-05-31T12:34:56Z WS-7 kato 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"<54>May 31 12:34:56 sepm-1 SymantecServer: WS-7,Local Host IP: 10.1.1.5,Local Port: 51234,Local Host MAC: 020000000001,Remote Host IP: 203.0.113.4,Remote Host Name: evil.example,Remote Port: 443,Remote Host MAC: 020000000002,TCP,Outbound,Begin: 2026-05-31 12:30:00,End Time: 2026-05-31 12:30:01,Occurrences: 1,Application: C:/x.exe,Rule: No exit,Location: Default,User Name: kato,Domain Name: CORP,Action: Blocked,SHA-256: ,MD-5: "#),
    (#"symantec-ep 2026-05-31T12:34:56Z WS-7 - 203.0.113.4 > 10.1.1.5:3389 inbound -"#,
     #"May 31 12:34:56 sepm-1 SymantecServer: WS-7,Event Description: [SID: 1] Audit: Scan attack detected but not blocked. Application path: SYSTEM,Event Type: ,Local Host: 10.1.1.5,Local Host MAC: 020000000001,Remote Host Name: evil.example,Remote Host IP: 203.0.113.4,Remote Host MAC: 020000000002,Inbound,TCP,,Begin: 2026-05-31 12:30:00,End: 2026-05-31 12:30:00,Occurrences: 1,Application: SYSTEM,Location: Default,User: none,Domain: ,Local Port: 3389,Remote Port: 0,CIDS Signature ID: 1"#),
    (#"symantec-ep 2026-05-31T12:34:56Z WS-7 kato 10.1.1.5 > - - blocked"#,
     #"May 31 12:34:56 sepm-1 SymantecServer: Virus found,IP Address: 10.1.1.5,Computer name: WS-7,Source: Real Time Scan,Risk name: Test,Occurrences: 1,File path: C:\x\evil.example.exe,Description: ,Actual action: Cleaned by deletion,Requested action: Cleaned,Secondary action: Quarantined,Event time: 2026-05-31 12:30:00,Domain Name: CORP,User Name: kato,Source Computer Name: ,Source Computer IP: "#),
    (#"cisco-ise 2026-05-31T12:34:56.299Z ise-1 kato 203.0.113.4 > - inbound allowed"#,
     #"<181>May 31 14:34:57 ise-1 CISE_Passed_Authentications 0000370914 2 0 2026-05-31 14:34:56.299 +02:00 0011267964 5200 NOTICE Passed-Authentication: Authentication succeeded, ConfigVersionId=240, Device IP Address=10.1.1.9, DestinationIPAddress=10.1.1.5, DestinationPort=1812, UserName=kato, Protocol=Radius, Called-Station-ID=192.0.2.1, Calling-Station-ID=203.0.113.4, NAS-Identifier=evil.example, cisco-av-pair=a=b\, c,"#),
    (#"cisco-ise 2026-05-31T12:34:56.299Z ise-1 24-77-03-F9-4E-CC 10.1.1.7 > - internal blocked"#,
     #"<181>May 31 12:34:57 10.1.1.2 May 31 12:34:57 ise-1 CISE_Failed_Attempts 0000370914 1 0 2026-05-31 12:34:56.299 +00:00 0011267964 5400 NOTICE Failed-Attempt: Authentication failed, ConfigVersionId=240, Device IP Address=10.1.1.9, UserName=24-77-03-F9-4E-CC, Calling-Station-ID=24-77-03-F9-4E-CC, Framed-IP-Address=10.1.1.7, NetworkDeviceName=evil.example,"#),
    (#"cisco-ise 2026-05-31T12:34:57Z ise-1 - - > - - -"#,
     #"<181>May 31 12:34:57 ise-1 CISE_RADIUS_Accounting 0000370915 2 1 Acct-Session-Id=1, NetworkDeviceName=evil.example,"#),
    (#"syslog-3164 2026-05-31T12:34:56Z ftp-1 - 203.0.113.4 > - inbound blocked"#,
     #"May 31 12:34:56 ftp-1 pure-ftpd: (?@203.0.113.4) [WARNING] Authentication failed for user [kato]"#),
    (#"syslog-3164 2026-05-31T12:34:56Z ftp-1 kato 203.0.113.4 > - inbound blocked"#,
     #"May 31 12:34:56 ftp-1 vsftpd[7]: [kato] FAIL LOGIN: Client "203.0.113.4""#),
    (#"syslog-3164 2026-05-31T12:34:56Z vpn-1 kato 203.0.113.4:51234 > - inbound -"#,
     #"May 31 12:34:56 vpn-1 openvpn[7]: kato/203.0.113.4:51234 MULTI_sva: pool returned IPv4=10.8.0.6, IPv6=(Not enabled)"#),
    (#"syslog-3164 2026-05-31T12:34:56Z bigip-1 - 203.0.113.4 > - inbound -"#,
     #"May 31 12:34:56 bigip-1 notice apmd[7]: 01490500:5: /Common/vpn:Common:abcd: New session from client IP 203.0.113.4 (ST=/CC=DE/C=EU) at VIP 10.1.1.9 Listener /Common/vs"#),
    (#"json 2026-05-31T12:34:56.789Z - kato 203.0.113.4:51234 > - - -"#,
     #"{"time":"2026-05-31T12:34:56.789Z","type":"request","auth":{"display_name":"kato"},"request":{"id":"x","operation":"read","path":"secret/x","remote_address":"203.0.113.4","remote_port":51234}}"#),
    (#"json 2026-05-31T12:34:56.789Z - kato 203.0.113.4:51234 > - - -"#,
     #"{"ei":0,"event":"session.start","uid":"x","code":"T2000I","time":"2026-05-31T12:34:56.789Z","user":"kato","login":"root","addr.remote":"203.0.113.4:51234","addr.local":"10.1.1.5:3022","server_hostname":"vm-3"}"#),
    (#"auth0 2026-05-31T12:34:56.789Z - kato@corp.example 203.0.113.4 > - inbound -"#,
     #"{"date":"2026-05-31T12:34:56.789Z","type":"fp","description":"Wrong email or password.","connection":"db","client_id":"x","ip":"203.0.113.4","user_agent":"x","hostname":"corp.auth0.example","user_name":"kato@corp.example","log_id":"1"}"#),
    (#"plain 2026-05-31T12:34:56.789012Z - - - > - - blocked"#,
     #"2026-05-31T12:34:56.789012Z 7 [Note] Access denied for user 'kato'@'203.0.113.4' (using password: YES)"#),
    (#"plain 2026-05-31T12:34:56.789Z - - - > - - -"#,
     #"2026-05-31 12:34:56,789 fail2ban.actions [7]: NOTICE [sshd] Ban 203.0.113.4"#),
    (#"windows-xml 2026-05-31T12:34:56.700Z ws-7 CORP\kato 203.0.113.4:51234 > 10.1.1.5:3389 inbound -"#,
     #"<Event><System><EventID>3</EventID><TimeCreated SystemTime='2026-05-31T12:34:56.789Z'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws-7</Computer></System><EventData><Data Name='UtcTime'>2026-05-31 12:34:56.700</Data><Data Name='User'>CORP\kato</Data><Data Name='Protocol'>tcp</Data><Data Name='Initiated'>false</Data><Data Name='SourceIp'>203.0.113.4</Data><Data Name='SourceHostname'>evil.example</Data><Data Name='SourcePort'>51234</Data><Data Name='DestinationIp'>10.1.1.5</Data><Data Name='DestinationHostname'>ws-7.corp.example</Data><Data Name='DestinationPort'>3389</Data></EventData></Event>"#),
    (#"syslog-5424 2026-05-31T12:34:56Z vm-3 kato 203.0.113.4:4711 > - inbound allowed"#,
     #"<38>1 2026-05-31T12:34:56Z vm-3 sshd 81 - - Accepted password for kato from 203.0.113.4 port 4711 ssh2"#),
    (#"syslog-3164 2026-05-31T12:34:56Z mx-1 - 203.0.113.4 > - inbound blocked"#,
     #"May 31 12:34:56 mx-1 postfix/smtpd[7]: warning: unknown[203.0.113.4]: SASL LOGIN authentication failed: UGFzc3dvcmQ6"#),
    (#"plain 2026-05-31T12:34:56Z - - 203.0.113.4:51234 > - inbound blocked"#,
     #"2026-05-31 12:34:56 H=mail.evil.example [203.0.113.4]:51234 F=<a@evil.example> rejected RCPT <x@corp.example>: denied"#),
    (#"syslog-3164 2026-05-31T12:34:56Z vm-3 root 203.0.113.4 > - - blocked"#,
     #"May 31 12:34:56 vm-3 sshd[81]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.4  user=root"#),
    (#"plain 2026-05-31T12:34:56Z - - 203.0.113.4:51234 > 10.1.1.9:80 inbound -"#,
     #"May 31 12:34:56 10.1.1.2 05/31/2026:12:34:56 GMT ns-1 0-PPE-0 : default TCP CONN_DELINK 123 0 : Source 203.0.113.4:51234 - Vserver 192.0.2.1:443 - NatIP 10.1.1.2:4711 - Destination 10.1.1.9:80 - Total_bytes_send 0"#),
    (#"aws-network-firewall 2026-05-31T12:34:56Z - - 10.1.1.5:51234 > 203.0.113.4:443 outbound allowed"#,
     #"{"firewall_name":"fw","availability_zone":"us-east-1a","event_timestamp":"1780230896","event":{"timestamp":"2026-05-31T12:34:56.789012+0000","flow_id":1,"event_type":"alert","src_ip":"203.0.113.4","src_port":443,"dest_ip":"10.1.1.5","dest_port":51234,"proto":"TCP","direction":"to_client","alert":{"action":"allowed"}}}"#),
    (#"windows-xml 2026-05-31T12:34:56.789Z ws-7 CORP\kato 203.0.113.4 > - inbound -"#,
     #"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>21</EventID><TimeCreated SystemTime='2026-05-31T12:34:56.789Z'/><Channel>Microsoft-Windows-TerminalServices-LocalSessionManager/Operational</Channel><Computer>ws-7</Computer></System><UserData><EventXML xmlns='Event_NS'><User>CORP\kato</User><SessionID>2</SessionID><Address>203.0.113.4</Address></EventXML></UserData></Event>"#),
    (#"windows-xml 2026-05-31T12:34:56.789Z ws-7 kato 203.0.113.4 > - inbound -"#,
     #"<Event><System><EventID>1149</EventID><TimeCreated SystemTime='2026-05-31T12:34:56.789Z'/><Channel>Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational</Channel><Computer>ws-7</Computer></System><UserData><EventXML><Param1>kato</Param1><Param2>CORP</Param2><Param3>203.0.113.4</Param3></EventXML></UserData></Event>"#),
    (#"ocsf 2026-05-31T12:34:56.789Z - - 10.1.1.5:51234 > 203.0.113.4:443 outbound allowed"#,
     #"{"class_uid":4001,"class_name":"Network Activity","time":1780230896789,"activity_id":1,"disposition_id":1,"src_endpoint":{"ip":"10.1.1.5","port":51234},"dst_endpoint":{"ip":"203.0.113.4","port":443},"connection_info":{"direction_id":2},"cloud":{"provider":"AWS"}}"#),
    (#"ocsf 2026-05-31T12:34:56Z - - 203.0.113.4:51234 > 10.1.1.5:22 inbound blocked"#,
     #"{"metadata":{"product":{"name":"Amazon VPC"}},"class_uid":4001,"time":1780230896000,"disposition":"Blocked","disposition_id":2,"src_endpoint":{"ip":"203.0.113.4","port":51234,"instance_uid":"-"},"dst_endpoint":{"ip":"10.1.1.5","port":22},"connection_info":{"direction":"Inbound","direction_id":1}}"#),
    (#"cloudtrail 2026-05-31T12:34:56Z - kato 203.0.113.4 > - inbound blocked"#,
     #"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"kato"},"eventTime":"2026-05-31T12:34:56Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","sourceIPAddress":"203.0.113.4","errorMessage":"Failed authentication","responseElements":{"ConsoleLogin":"Failure"},"eventID":"1"}"#),
    (#"guardduty 2026-05-31T12:34:56Z - kato 203.0.113.4 > - inbound -"#,
     #"{"schemaVersion":"2.0","type":"UnauthorizedAccess:IAMUser/x","resource":{"resourceType":"AccessKey","accessKeyDetails":{"userName":"kato"}},"service":{"action":{"actionType":"AWS_API_CALL","awsApiCallAction":{"api":"ListBuckets","callerType":"Remote IP","remoteIpDetails":{"ipAddressV4":"203.0.113.4"}}},"eventFirstSeen":"2026-05-31T12:00:00Z","eventLastSeen":"2026-05-31T12:34:56Z"}}"#),
    (#"azure-diagnostics 2026-05-31T12:34:56.789Z - - 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"{"time":"2026-05-31T12:34:56.789Z","resourceId":"/SUBSCRIPTIONS/X","category":"AZFWNetworkRule","operationName":"AZFWNetworkRuleLog","properties":{"Protocol":"TCP","SourceIp":"10.1.1.5","SourcePort":51234,"DestinationIp":"203.0.113.4","DestinationPort":443,"Action":"Deny","Policy":"p"}}"#),
    (#"azure-diagnostics 2026-05-31T12:34:56.789Z - - 10.1.1.5:51234 > - - -"#,
     #"{"time":"2026-05-31T12:34:56.789Z","resourceId":"/S","category":"AzureFirewallApplicationRule","operationName":"x","properties":{"msg":"HTTPS request from 10.1.1.5:51234 to evil.example:443. Action: Allow. Rule Collection: c. Rule: r"}}"#),
    (#"azure-diagnostics 2026-05-31T12:34:56.789Z - - 10.1.1.5:51234 > - - allowed"#,
     #"{"time":"2026-05-31T12:34:56.789Z","resourceId":"/S","category":"AZFWApplicationRule","operationName":"AZFWApplicationRuleLog","properties":{"Protocol":"HTTPS","SourceIp":"10.1.1.5","SourcePort":51234,"DestinationPort":443,"Fqdn":"evil.example","TargetUrl":"","Action":"Allow","Policy":"p"}}"#),
    (#"azure-diagnostics 2026-05-31T12:34:56.789Z - - 203.0.113.4 > - inbound blocked"#,
     #"{"time":"2026-05-31T12:34:56.789Z","resourceId":"/S","operationName":"ApplicationGatewayFirewall","category":"ApplicationGatewayFirewallLog","properties":{"instanceId":"appgw_0","clientIp":"203.0.113.4","clientPort":"0","requestUri":"/x","action":"Blocked","hostname":"www.corp.example"}}"#),
    (#"azure-diagnostics 2026-05-31T12:34:56.789Z - - 203.0.113.4:51234 > - inbound allowed"#,
     #"{"time":"2026-05-31T12:34:56.789Z","resourceId":"/S","category":"FrontDoorAccessLog","operationName":"x","properties":{"clientIp":"203.0.113.4","clientPort":"51234","httpMethod":"GET","httpStatusCode":"200","requestUri":"https://www.corp.example/","hostName":"www.corp.example"}}"#),
    (#"eve-json 2026-05-31T12:34:56.789012Z - - 10.1.1.5:51234 > 203.0.113.4:443 outbound allowed"#,
     #"{"timestamp":"2026-05-31T12:34:56.789012+0000","flow_id":1,"event_type":"flow","src_ip":"10.1.1.5","src_port":51234,"dest_ip":"203.0.113.4","dest_port":443,"proto":"TCP","flow":{"pkts_toserver":1,"start":"2026-05-31T12:30:00.000000+0000","end":"2026-05-31T12:34:00.000000+0000","state":"established","reason":"timeout","alerted":false}}"#),
    (#"eve-json 2026-05-31T12:34:56.789012Z - - 10.1.1.5:51234 > 203.0.113.53:53 outbound allowed"#,
     #"{"timestamp":"2026-05-31T12:34:56.789012+0000","flow_id":1,"event_type":"dns","src_ip":"10.1.1.5","src_port":51234,"dest_ip":"203.0.113.53","dest_port":53,"proto":"UDP","dns":{"version":2,"type":"answer","id":1,"qr":true,"rrname":"evil.example","rrtype":"A","rcode":"NOERROR","answers":[{"rrname":"evil.example","rrtype":"A","ttl":60,"rdata":"203.0.113.4"}]}}"#),
    (#"ecs 2026-05-31T12:34:56Z vm-3 kato 203.0.113.4:51234 > - - blocked"#,
     #"{"@timestamp":"2026-05-31T12:34:56Z","ecs":{"version":"8.0"},"event":{"category":["authentication"],"type":["start"],"outcome":"failure","action":"ssh_login"},"source":{"ip":"203.0.113.4","port":51234},"user":{"name":"kato"},"host":{"hostname":"vm-3","ip":["10.1.1.3"]}}"#),
    (#"leef 2026-05-31T12:34:56Z - - 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"LEEF:2.0|Check Point|VPN-1 & FireWall-1|1.0|Drop|cat=VPN-1 & FireWall-1\#tdevTime=1780230896\#tsrcPort=51234\#tdstPort=443\#taction=Drop\#tifdir=inbound\#torigin=10.0.0.254\#tdst=203.0.113.4\#tsrc=10.1.1.5\#tproto=6"#),
    (#"leef 2026-05-31T12:34:56Z fw-4 corp\kato 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"<14>May 31 12:34:57 fw-4 LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|9.0|deny|cat=TRAFFIC|ReceiveTime=2026/05/31 12:34:56|SerialNumber=7|Type=TRAFFIC|Subtype=drop|devTime=May 31 2026 12:34:56 GMT|src=10.1.1.5|dst=203.0.113.4|srcPostNAT=192.0.2.1|usrName=corp\kato|srcPort=51234|dstPort=443|proto=tcp|action=deny"#),
    (#"leef 2026-05-31T12:34:56Z fw-4 corp\kato 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"<14>May 31 12:34:57 fw-4 LEEF:2.0|Palo Alto Networks|PAN-OS Syslog Integration|9.0|deny|x7C|cat=TRAFFIC|ReceiveTime=2026/05/31 12:34:56|SerialNumber=7|devTime=May 31 2026 12:34:56 GMT|src=10.1.1.5|dst=203.0.113.4|usrName=corp\kato|srcPort=51234|dstPort=443|action=deny"#),
    (#"cef 2026-05-31T12:34:56Z WS-7 - 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"May 31 12:34:56 apex-1 CEF:0|Trend Micro|Apex Central|2019|NCIE:Block|Suspicious Connection|3|deviceExternalId=1 rt=May 31 2026 12:34:56 GMT+00:00 cat=1756 deviceFacility=Apex One deviceProcessName=C:\\x.exe act=Block src=10.1.1.5 dst=203.0.113.4 spt=51234 dpt=443 dvchost=WS-7 deviceDirection=Outbound"#),
    (#"cef 2026-05-31T12:34:56.789Z WS-7 kato 10.1.1.5 > 203.0.113.4:443 outbound blocked"#,
     #"CEF:0|CrowdStrike|FalconHost|1.0|DetectionSummaryEvent|x|4|externalId=7 dvchost=WS-7 duser=kato sntdom=CORP filePath=\\Device\\x rt=1780230896789 dst=203.0.113.4 dpt=443 src=10.1.1.5 act=Blocked"#),
    (#"key-value 2026-05-31T12:34:56Z fw-2 kato 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"date=2026-05-31 time=12:34:56 devname="fw-2" devid="FG1" tz="+0000" logid="0316013056" type="utm" subtype="webfilter" eventtype="ftgd_blk" level="warning" vd="root" policyid=1 sessionid=7 user="kato" srcip=10.1.1.5 srcport=51234 srcintf="port2" dstip=203.0.113.4 dstport=443 dstintf="port1" proto=6 service="HTTPS" hostname="evil.example" profile="default" action="blocked" reqtype="direct" url="https://evil.example/" sentbyte=7 rcvdbyte=0 direction="outgoing" msg="URL belongs to a denied category""#),
    (#"key-value 2026-05-31T12:34:56Z fw-2 - 10.1.1.5:51234 > 203.0.113.4:443 outbound allowed"#,
     #"date=2026-05-31 time=12:34:56 devname="fw-2" devid="FG1" tz="+0000" logid="1059028704" type="utm" subtype="app-ctrl" eventtype="signature" direction="incoming" srcip=10.1.1.5 dstip=203.0.113.4 srcport=51234 dstport=443 action="pass" hostname="evil.example""#),
    (#"syslog-3164 2026-05-31T12:34:56Z vm-3 - 203.0.113.4:4711 > - inbound -"#,
     #"May 31 12:34:56 vm-3 sshd[81]: Unable to negotiate with 203.0.113.4 port 4711: no matching key exchange method found. Their offer: x [preauth]"#),
    (#"syslog-3164 2026-05-31T12:34:56Z gw-1 - 10.1.1.5:51234 > 203.0.113.4:443 outbound allowed"#,
     #"May 31 12:34:56 gw-1 kernel: [1.2] [UFW ALLOW] IN= OUT=eth0 SRC=10.1.1.5 DST=203.0.113.4 LEN=60 PROTO=TCP SPT=51234 DPT=443"#),
    (#"json 2026-05-31T12:34:56.789Z ws-7.corp.example kato 10.1.1.5:51234 > 203.0.113.4:443 outbound -"#,
     #"{"Timestamp":"2026-05-31T12:34:56.789Z","DeviceName":"ws-7.corp.example","ActionType":"ConnectionSuccess","RemoteIP":"203.0.113.4","RemotePort":443,"RemoteUrl":"evil.example","LocalIP":"10.1.1.5","LocalPort":51234,"InitiatingProcessAccountName":"kato"}"#),
    (#"json 2026-05-31T12:34:56.789Z ws-7 - 203.0.113.4:51234 > 10.1.1.5:3389 inbound -"#,
     #"{"Timestamp":"2026-05-31T12:34:56.789Z","DeviceName":"ws-7","ActionType":"InboundConnectionAccepted","RemoteIP":"203.0.113.4","RemotePort":51234,"LocalIP":"10.1.1.5","LocalPort":3389}"#),
    (#"okta 2026-05-31T12:34:56Z - kato@corp.example 203.0.113.4 > - inbound blocked"#,
     #"{"published":"2026-05-31T12:34:56Z","eventType":"user.authentication.auth_via_mfa","actor":{"id":"x","type":"User","alternateId":"kato@corp.example","displayName":"Kato"},"client":{"userAgent":{"os":"x"},"ipAddress":"203.0.113.4","device":"Computer"},"outcome":{"result":"FAILURE","reason":"INVALID_CREDENTIALS"},"request":{"ipChain":[{"ip":"203.0.113.4"}]},"target":[{"id":"y","type":"User","alternateId":"admin@corp.example"}]}"#),
    (#"windows-json 2026-05-31T12:34:56Z dc-1 kato - > - - blocked"#,
     #"{"EventID":4776,"Channel":"Security","Computer":"dc-1","TargetUserName":"kato","Workstation":"evil.example","Status":"0xc000006a","TimeCreated":"2026-05-31T12:34:56Z"}"#),
    (#"windows-json 2026-05-31T12:34:56.789Z dc-1 kato 203.0.113.4:51234 > - - allowed"#,
     #"{"@timestamp":"2026-05-31T12:34:56.789Z","event":{"action":"logged-in","code":"4624","outcome":"success","created":"2026-05-31T12:34:58Z"},"host":{"name":"dc-1"},"user":{"name":"kato"},"source":{"ip":"203.0.113.4","port":51234},"winlog":{"channel":"Security","computer_name":"dc-1.corp.example","event_id":"4624","event_data":{"SubjectUserName":"DC-1$","TargetUserName":"kato","IpAddress":"203.0.113.4"}}}"#),
    (#"json 2026-05-31T12:34:56.789Z WS-7 - 10.1.1.5:51234 > 203.0.113.4:443 outbound -"#,
     #"{"event_simpleName":"NetworkConnectIP4","aid":"x","timestamp":"1780230896789","LocalAddressIP4":"10.1.1.5","LocalPort":"51234","RemoteAddressIP4":"203.0.113.4","RemotePort":"443","ConnectionDirection":"0","ComputerName":"WS-7"}"#),
    (#"json 2026-05-31T12:34:56.789Z WS-7 CORP\kato 10.1.1.5:51234 > 203.0.113.4:443 outbound -"#,
     #"{"event.type":"IP Connect","event.time":1780230896789,"src.ip.address":"10.1.1.5","src.port.number":51234,"dst.ip.address":"203.0.113.4","dst.port.number":443,"event.network.direction":"OUTGOING","endpoint.name":"WS-7","src.process.user":"CORP\\kato"}"#),
    (#"key-value 2026-05-31T12:34:56Z SFW kato 10.1.1.5:51234 > 203.0.113.4:443 outbound blocked"#,
     #"<30>device_name="SFW" timestamp="2026-05-31T14:34:56+0200" device_model="XG" device_serial_id="S1" log_id="010101600001" log_type="Firewall" log_component="Firewall Rule" log_subtype="Denied" fw_rule_id="5" user_name="kato" src_ip="10.1.1.5" src_country="R1" dst_ip="203.0.113.4" protocol="TCP" src_port=51234 dst_port=443 in_interface="Port1" out_interface="Port2""#),
    (#"syslog-3164 2026-05-31T12:34:56Z gw-1 - 203.0.113.4:51234 > 10.1.1.5:22 inbound blocked"#,
     #"May 31 12:34:56 gw-1 kernel: [12345.678] [UFW BLOCK] IN=eth0 OUT= MAC=00:11 SRC=203.0.113.4 DST=10.1.1.5 LEN=60 TOS=0x00 PREC=0x00 TTL=51 ID=7 DF PROTO=TCP SPT=51234 DPT=22 WINDOW=29200 RES=0x00 SYN URGP=0"#),
    (#"apache-combined 2026-05-31T12:34:56Z - - 2001:db8::4 > - inbound -"#,
     #"2001:db8::4 - - [31/May/2026:14:34:56 +0200] "GET / HTTP/1.1" 404 12 "-" "UA""#),
    (#"aws-elb 2026-05-31T12:34:56.789012Z - - 203.0.113.4:2817 > 10.0.0.1:80 inbound blocked"#,
     #"https 2026-05-31T12:34:56.789012Z app/my-loadbalancer/50dc6c495c0c9188 203.0.113.4:2817 10.0.0.1:80 0.086 0.048 0.037 403 403 0 57 "GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:x" 1 2026-05-31T12:34:56.364000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_123456"#),
    (#"aws-elb 2026-05-31T12:34:56.789012Z - - 203.0.113.4:2817 > 10.0.0.1:80 inbound allowed"#,
     #"2026-05-31T12:34:56.789012Z my-loadbalancer 203.0.113.4:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -"#),
    (#"aws-elb 2026-05-31T12:34:56.789012Z - - 203.0.113.4:2817 > 10.0.0.1:80 inbound -"#,
     #"2026-05-31T12:34:56.789012Z my-loadbalancer 203.0.113.4:2817 10.0.0.1:80 0.001069 0.000028 0.000041 - - 82 305 "- - - " "-" - -"#),
    (#"aws-vpc-flow 2026-05-31T12:34:56Z - - 10.1.1.5:51234 > 203.0.113.4:443 outbound allowed"#,
     #"2 123456789010 eni-1235b8ca123456789 10.1.1.5 203.0.113.4 51234 443 6 20 4249 1780230896 1780230956 ACCEPT OK"#),
    (#"haproxy 2026-05-31T12:34:56.655Z lb-1 - 203.0.113.4:33317 > - inbound allowed"#,
     #"May 31 12:34:56 lb-1 haproxy[14389]: 203.0.113.4:33317 [31/May/2026:12:34:56.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1""#),
    (#"syslog-3164 2026-05-31T12:34:56Z mx-1 kato 203.0.113.4 > 10.1.1.9 inbound -"#,
     #"May 31 12:34:56 mx-1 dovecot: imap-login: Login: user=<kato>, method=PLAIN, rip=203.0.113.4, lip=10.1.1.9, mpid=7, TLS, session=<x>"#),
    (#"key-value 2026-05-31T12:34:56Z - - 203.0.113.4:51234 > - inbound -"#,
     #"2026-05-31 12:34:56 1abcde-0001 <= a@evil.example H=mail.evil.example (helo) [203.0.113.4]:51234 P=esmtps S=1234"#),
    (#"plain 2026-05-31T12:34:56.789Z - - 203.0.113.4:4711 > - inbound blocked"#,
     #"31-May-2026 12:34:56.789 security: info: client @0x7f12 203.0.113.4#4711 (evil.example): query (cache) 'evil.example/A/IN' denied"#),
    (#"syslog-3164 2026-05-31T12:34:56Z gw-1 - 10.1.1.5 > - internal -"#,
     #"May 31 12:34:56 gw-1 dnsmasq[123]: query[A] evil.example from 10.1.1.5"#),
    (#"syslog-3164 2026-05-31T12:34:56Z ns-1 - 10.1.1.5 > - internal -"#,
     #"May 31 12:34:56 ns-1 unbound: [7:0] info: 10.1.1.5 evil.example. A IN NOERROR 0.012 0 58"#),
    (#"syslog-3164 2026-05-31T12:34:56Z vpn-1 - 203.0.113.4:500 > 192.0.2.1:500 external -"#,
     #"May 31 12:34:56 vpn-1 charon[7]: 05[NET] received packet: from 203.0.113.4[500] to 192.0.2.1[500] (792 bytes)"#),
    (#"syslog-5424 2026-05-31T10:34:56.789Z srx-6 - 203.0.113.4:51234 > 10.1.1.5:80 inbound blocked"#,
     #"<14>1 2026-05-31T12:34:56.789+02:00 srx-6 RT_IDP - IDP_ATTACK_LOG_EVENT [junos@2636.1.1.1.2.86 epoch-time="1780230896" message-type="SIG" source-address="203.0.113.4" source-port="51234" destination-address="10.1.1.5" destination-port="80" protocol-name="TCP" action="DROP" nat-source-address="0.0.0.0" username="N/A"]"#),
    (#"m365-audit 2026-05-31T12:34:56Z - kato@corp.example 203.0.113.4 > - inbound blocked"#,
     #"{"CreationTime":"2026-05-31T12:34:56","Id":"x","Operation":"UserLoginFailed","OrganizationId":"o","RecordType":15,"ResultStatus":"Failed","UserKey":"k","Workload":"AzureActiveDirectory","UserId":"kato@corp.example","ClientIP":"203.0.113.4","ActorIpAddress":"203.0.113.4"}"#),
    (#"m365-audit 2026-05-31T12:34:56Z - kato@corp.example 203.0.113.4:51234 > - inbound allowed"#,
     #"{"CreationTime":"2026-05-31T12:34:56","Operation":"New-InboxRule","Workload":"Exchange","UserId":"kato@corp.example","ClientIP":"203.0.113.4:51234","ResultStatus":"True"}"#),
    (#"gcp-audit 2026-05-31T12:34:56.789Z - kato@corp.example 203.0.113.4 > - inbound blocked"#,
     #"{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","authenticationInfo":{"principalEmail":"kato@corp.example"},"requestMetadata":{"callerIp":"203.0.113.4"},"serviceName":"compute.googleapis.com","methodName":"x","status":{"code":7}},"timestamp":"2026-05-31T12:34:56.789Z","severity":"ERROR","logName":"x","receiveTimestamp":"2026-05-31T12:34:58Z"}"#),
    (#"json 2026-05-31T12:34:58Z - - 10.1.1.5:51234 > 203.0.113.4:443 outbound -"#,
     #"{"insertId":"x","jsonPayload":{"bytes_sent":"7","connection":{"dest_ip":"203.0.113.4","dest_port":443,"protocol":6,"src_ip":"10.1.1.5","src_port":51234},"start_time":"2026-05-31T12:34:50Z","end_time":"2026-05-31T12:34:56Z","reporter":"SRC","src_instance":{"vm_name":"vm-7"}},"logName":"projects/p/logs/compute.googleapis.com%2Fvpc_flows","timestamp":"2026-05-31T12:34:58Z"}"#),
    (#"osquery 2026-05-31T12:34:56Z ws-7 kato 10.1.1.5:51234 > 203.0.113.4:443 outbound -"#,
     #"{"name":"sockets","hostIdentifier":"ws-7","calendarTime":"Sun May 31 12:34:56 2026 UTC","unixTime":1780230896,"decorations":{"username":"kato"},"columns":{"action":"connect","local_address":"10.1.1.5","local_port":"51234","remote_address":"203.0.113.4","remote_port":"443"},"action":"added"}"#),
    (#"syslog-3164 2026-05-31T12:34:56Z mx-1 - 203.0.113.4 > - inbound blocked"#,
     #"May 31 12:34:56 mx-1 postfix/smtpd[7]: NOQUEUE: reject: RCPT from unknown[203.0.113.4]: 554 5.7.1 Service unavailable; Client host [203.0.113.4] blocked using zen.example; from=<a@evil.example> to=<kato@corp.example> proto=ESMTP helo=<mail.evil.example>"#),
    (#"syslog-3164 2026-05-31T12:34:56Z mx-1 - 203.0.113.4 > - inbound -"#,
     #"May 31 12:34:56 mx-1 sendmail[7]: 4F1: from=<a@evil.example>, size=7, class=0, nrcpts=1, proto=ESMTP, daemon=MTA, relay=mail.evil.example [203.0.113.4]"#),
    (#"syslog-3164 2026-05-31T12:34:56Z mx-1 - - > 203.0.113.4 outbound -"#,
     #"May 31 12:34:56 mx-1 sendmail[7]: 4F1: to=<x@evil.example>, delay=00:00:01, mailer=esmtp, relay=mx.evil.example. [203.0.113.4], dsn=2.0.0, stat=Sent (ok)"#),
    (#"nginx-error 2026-05-31T12:34:56Z - - 203.0.113.8 > - inbound -"#,
     #"2026/05/31 12:34:56 [error] 7#0: *1 no evil.example, client: 203.0.113.8, host: "#),
    (#"plain 2026-05-31T12:34:56Z - - 203.0.113.4:51234 > 10.1.1.9:80 inbound -"#,
     #"May 31 12:34:56 10.1.1.2 05/31/2026:12:34:56 GMT ns-1 0-PPE-0 : default TCP CONN_DELINK 123 0 : Source 203.0.113.4:51234 - Vserver 192.0.2.1:443 - NatIP 10.1.1.2:4711 - Destination 10.1.1.9:80 - Delink Time 05/31/2026:12:34:56 GMT - Total_bytes_send 0"#),
    (#"plain 2026-05-31T12:34:56.789Z - - - > - - -"#,
     #"2026-05-31 12:34:56,789 INFO  server: asked for evil.example"#),
    (#"plain 2026-05-31T12:34:56.789Z - - - > - - -"#,
     #"2026-05-31T12:34:56.789Z WARN resolver[7]: evil.example"#),
    (#"plain 2026-05-31T12:34:56.789Z - - - > - - -"#,
     #"2026-05-31 12:34:56,789 main INFO: evil.example"#),
    (#"plain 2026-05-31T12:34:56Z - - 203.0.113.4:51234 > - inbound -"#,
     #"2026/05/31 12:34:56 http: TLS handshake error from 203.0.113.4:51234: EOF"#),
    (#"plain 2026-05-31T12:34:56.789Z - - 203.0.113.4 > - inbound -"#,
     #"31 May 2026 12:34:56,789 [main] INFO Foo - evil.example from 203.0.113.4"#),
    (#"json 2026-05-31T12:34:56.789Z - - 203.0.113.4:51234 > - - -"#,
     #"{"t":{"$date":"2026-05-31T12:34:56.789+00:00"},"s":"I","c":"NETWORK","id":22943,"ctx":"listener","msg":"Connection accepted","attr":{"remote":"203.0.113.4:51234","uuid":"x","connectionId":7}}"#),
    (#"plain 2026-05-31T12:34:56.789Z - - 203.0.113.4:51234 > 10.1.1.5:5672 inbound -"#,
     #"2026-05-31 12:34:56.789000+00:00 [info] <0.7.0> accepting AMQP connection <0.7.0> (203.0.113.4:51234 -> 10.1.1.5:5672)"#),
    (#"syslog-3164 2026-05-31T12:34:56Z vm-3 kato - > - - blocked"#,
     #"May 31 12:34:56 vm-3 sudo:     kato : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/curl evil.example"#),
    (#"plain 2026-05-31T12:34:56.789Z - - - > - - -"#,
     #"2026-05-31 12:34:56,789 ERROR [main] com.corp.Foo: evil.example"#),
    (#"syslog-3164 2026-05-31T12:34:56.789012Z ids-1 - 10.1.1.5:51234 > 203.0.113.53:53 outbound -"#,
     #"May 31 14:34:56 ids-1 suricata[7]: {"timestamp":"2026-05-31T14:34:56.789012+0200","flow_id":1,"event_type":"dns","src_ip":"10.1.1.5","src_port":51234,"dest_ip":"203.0.113.53","dest_port":53,"dns":{"rrname":"evil.example"}}"#),
    (#"syslog-3164 2026-05-31T10:34:56Z ws-7 kato 203.0.113.4 > - - blocked"#,
     #"2026-05-31T12:34:56+02:00 ws-7 nxlog[7]: {"EventTime":"2026-05-31 12:34:56","Hostname":"ws-7","EventID":4625,"Channel":"Security","TargetUserName":"kato","IpAddress":"203.0.113.4"}"#),
  ]

  @Test("tells what it says and nothing else", arguments: cases.indices)
  func facts(index: Int) throws {
    let expected = Self.cases[index]
    var bench = Bench()
    bench.needles = ["evil.example", "evil(7)example", "203.0.113.4", "2001:db8::4"]
    let found = try #require(try bench.sighting(expected.line))
    #expect(Self.text(found) == expected.facts)
  }

  @Test("the question of a packet is a field of its own")
  func dnsServerFields() throws {
    var bench = Bench()
    bench.needles = ["evil(7)example", "NXDOMAIN"]
    let line = "5/31/2026 12:34:56 PM 0E6C PACKET  00000000028657F0 UDP Snd 10.1.1.5   6b6f R Q [8381   DR NXDOMAIN] A      (3)www(4)evil(7)example(0)"
    bench.folder.write(line + "\r\n", to: "dns.log")
    _ = try bench.run()
    #expect(bench.store.delivered.map(\.match.field) == ["rcode", "name"])
  }

  @Test("a log source gives a zone to formats that need no teaching")
  func zones() throws {
    var bench = Bench()
    bench.sources = LogSources(all: [
      try LogSource(yaml: "paths: ['*.log']\nformat: auto\ntime: { zone: '+02:00' }\n", file: "local.yaml")
    ])
    let lines: [(line: String, time: String)] = [
      ("31-May-2026 14:34:56.789 queries: info: client @0x7f12 10.1.1.5#4711 (evil.example): query: evil.example IN A +E(0)K (10.1.1.2)", "2026-05-31T12:34:56.789Z"),
      ("May 31 14:34:56 fw-8 filterlog[7]: 5,,evil.example,1000000103,em0,match,block,in,4,0x0,,64,0,0,DF,6,tcp,60,10.1.1.5,203.0.113.4,4711,22,0,S", "2026-05-31T12:34:56Z"),
      ("May 31 2026 02:34:56 PM asked for evil.example", "2026-05-31T12:34:56Z"),
      ("2026-05-31 14:34:56,789 asked for evil.example", "2026-05-31T12:34:56.789Z"),
      // What names its zone, or counts seconds, keeps its moment.
      ("2026-05-31T12:34:56Z asked for evil.example", "2026-05-31T12:34:56Z"),
      ("2026-05-31 07:34:56 EST asked for evil.example", "2026-05-31T12:34:56Z"),
      ("2026-05-31 12:34:56 (UTC) asked for evil.example", "2026-05-31T12:34:56Z"),
      ("1780230896.789 212 10.1.1.5 TCP_DENIED/403 8211 CONNECT evil.example:443 kato HIER_NONE/- text/html", "2026-05-31T12:34:56.789Z"),
    ]
    for (line, time) in lines { #expect(try bench.sighting(line)?.event.time?.iso8601 == time, "\(line)") }
    // The name is the source's, the format is told as ever.
    #expect(bench.store.delivered.map(\.source.name).allSatisfy { $0 == "local" })
    #expect(bench.store.delivered.last?.source.format == "squid")
  }

  /// Nineteen events as `evtx_dump` and the Event Viewer export them: over several lines each, or all on one.
  static let exports: [(name: String, text: String)] = {
    let events = (1...19).map { number in
      """
      <Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
        <System>
          <EventID>4625</EventID>
          <TimeCreated SystemTime="2026-05-31T12:34:\(10 + number).789Z" />
          <Channel>Security</Channel>
          <Computer>dc-\(number)</Computer>
        </System>
        <EventData>
          <Data Name="TargetUserName">user-\(number)</Data>
          <Data Name="WorkstationName">\(number % 4 == 3 ? "evil.example" : "ws-7")</Data>
        </EventData>
      </Event>
      """
    }
    let flat = events.map { $0.split(separator: "\n").map { $0.drop { $0 == " " } }.joined() }
    return [
      ("evtx_dump", events.enumerated().map { "Record \($0 + 1)\n<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + $1 + "\n" }.joined()),
      ("viewer", "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<Events>" + flat.joined() + "</Events>"),
      ("lines", flat.joined(separator: "\n") + "\n"),
    ]
  }()

  @Test("a Windows event is read as one, however an export lays it out", arguments: exports.indices, [1000, 1 << 20])
  func events(layout: Int, window: Int) throws {
    var bench = Bench()
    bench.options.window = window
    bench.options.overlap = window / 4
    bench.folder.write(Self.exports[layout].text, to: "events.xml")
    #expect(try bench.run().sightings == 5)
    for (sighting, number) in zip(bench.store.delivered, [3, 7, 11, 15, 19]) {
      let isWhole = sighting.event.user != nil
      // What a chunk cut is left out, never taken from another event.
      #expect(isWhole || window == 1000, "\(Self.exports[layout].name)")
      guard isWhole else { continue }
      #expect(sighting.event.user == "user-\(number)")
      #expect(sighting.event.host == "dc-\(number)")
      #expect(sighting.event.time?.iso8601 == "2026-05-31T12:34:\(10 + number).789Z")
      #expect(sighting.event.outcome == .blocked)
      #expect(sighting.match.field == "WorkstationName")
    }
  }

  static func text(_ sighting: Sighting) -> String {
    let event = sighting.event
    func end(_ ip: String?, _ port: Int?) -> String { ip.map { ip in ip + (port.map { ":\($0)" } ?? "") } ?? "-" }
    return [
      sighting.source.format, event.time?.iso8601 ?? "-", event.host ?? "-", event.user?.replacing(" ", with: "_") ?? "-", end(event.sourceIP, event.sourcePort), ">",
      end(event.destinationIP, event.destinationPort), event.direction?.rawValue ?? "-", event.outcome?.rawValue ?? "-",
    ].joined(separator: " ")
  }
}
