import Indicators
import Matching
import Testing

/// What a line hits, row by row of the contract; both matchers must say the same.
@Suite("What hits and how")
struct MatchSemanticsTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var type: IndicatorType
    var value: String
    var line: String
    /// `matched text` and mode of each hit; empty for none.
    var hits: [String]

    init(_ type: IndicatorType, _ value: String, _ line: String, _ hits: String...) {
      (self.type, self.value, self.line, self.hits) = (type, value, line, hits)
    }
    var testDescription: String { "\(type.rawValue) \(value) in '\(line)'" }
  }

  private func check(_ row: Row, mode: MatchMode? = nil) throws {
    let indicator = Indicator(observable: try Canonicalizer.canonicalize(row.value, as: row.type).pinned, mode: mode)
    let bytes = Array(row.line.utf8)
    func texts(_ hits: [RawHit]) -> [String] {
      hits.map { "\(String(decoding: bytes[$0.range], as: UTF8.self)) \($0.mode.rawValue)" + ($0.view == .raw ? "" : " \($0.view.rawValue)") }
    }
    var reference = ReferenceMatcher([indicator])
    #expect(texts(reference.hits(in: bytes)) == row.hits, "reference")
    var fast = FastMatcher(try makeIndex([indicator]))
    // Not at the text's beginning, where the fast matcher takes the reference's way.
    let prefix = String(repeating: "- ", count: 20) + "\n"
    let moved = fast.hits(in: Array(prefix.utf8) + bytes).map { hit in
      var hit = hit
      hit.range = (hit.range.lowerBound - prefix.utf8.count)..<(hit.range.upperBound - prefix.utf8.count)
      return hit
    }
    #expect(texts(moved) == row.hits, "fast")
  }

  @Test("addresses", arguments: [
    Row(.ipv4, "192.0.2.1", "from 192.0.2.1 port 22", "192.0.2.1 exact"),
    Row(.ipv4, "192.0.2.1", "dst=192.0.2.1:443;", "192.0.2.1 host"),
    Row(.ipv4, "192.0.2.1", "GET http://192.0.2.1/x", "192.0.2.1 host"),
    Row(.ipv4, "192.0.2.1", "sentence ends in 192.0.2.1.", "192.0.2.1 exact"),
    Row(.ipv4, "192.0.2.1", "range 192.0.2.1-192.0.2.9", "192.0.2.1 exact"),
    Row(.ipv4, "192.0.2.1", "[::ffff:192.0.2.1]:80", "192.0.2.1 exact"),
    Row(.ipv4, "192.0.2.1", "::ffff:c000:201", "::ffff:c000:201 exact"),
    Row(.ipv4, "192.0.2.1", "192[.]0[.]2[.]1 seen", "192[.]0[.]2[.]1 exact refang"),
    Row(.ipv4, "192.0.2.1", "GET http://3221225985/x", "3221225985 host"), Row(.ipv4, "192.0.2.1", "GET http://0xC0.0x0.513/ ok", "0xC0.0x0.513 host"),
    Row(.ipv4, "192.0.2.1", "to https://0300.0.2.1:8443/ ok", "0300.0.2.1 host"), Row(.ipv4, "192.0.2.1", "see http://0xc0000201.", "0xc0000201 host"),
    Row(.cidr, "192.0.2.0/24", "hxxp://3221225985/x", "3221225985 cidr"),
    Row(.url, "http://192.0.2.1/x.bin", "GET http://0xc0000201/x.bin 200", "http://0xc0000201/x.bin exact"),
    Row(.url, "http://3221225985/x.bin", "GET http://3221225985/x.bin 200", "http://3221225985/x.bin exact"),
    Row(.ipv4, "192.0.2.1", "id 3221225985, http://3221225985:word@host.example/, http://3221225985x/, http://3221225985-x/"),
    Row(.ipv4, "192.0.2.1", "192.0.2.1.5"), Row(.ipv4, "192.0.2.1", "v192.0.2.1"), Row(.ipv4, "192.0.2.1", "Chrome/192.0.2.1 Safari"),
    Row(.ipv4, "192.0.2.1", "1192.0.2.1"), Row(.ipv4, "192.0.2.1", "192.0.2.11"), Row(.ipv4, "192.0.2.1", "192.0.2.1_x"),
    Row(.ipv4, "192.0.2.1", "192.0.2.01"), Row(.ipv4, "192.0.2.1", "nginx-192.0.2.1"),
    Row(.ipv4, "192.0.2.1", "version=\"192.0.2.1\"", "192.0.2.1 weak"),
    Row(.ipv4, "192.0.2.1", "server=192.0.2.1", "192.0.2.1 exact"), Row(.ipv4, "192.0.2.1", "\"dns_server\":\"192.0.2.1\"", "192.0.2.1 exact"),
    Row(.ipv4, "192.0.2.1", "nameserver 192.0.2.1", "192.0.2.1 exact"), Row(.ipv4, "192.0.2.1", "SERVER: 192.0.2.1", "192.0.2.1 exact"),
    Row(.ipv4, "192.0.2.1", "appVer=192.0.2.1", "192.0.2.1 weak"), Row(.ipv4, "192.0.2.1", "app_ver: 192.0.2.1", "192.0.2.1 weak"),
    Row(.ipv4, "192.0.2.1", "\"Chromium\";v=\"192.0.2.1\"", "192.0.2.1 weak"), Row(.ipv4, "192.0.2.1", "srv=192.0.2.1", "192.0.2.1 exact"),
    Row(.ipv4Port, "192.0.2.9:8443", "to 192.0.2.9:8443", "192.0.2.9:8443 exact"),
    Row(.ipv4Port, "192.0.2.9:8443", "to 192.0.2.9:80", "192.0.2.9 weak"),
    Row(.ipv4Port, "192.0.2.9:8443", "peer [::ffff:192.0.2.9]:8443", "[::ffff:192.0.2.9]:8443 exact"),
    Row(.ipv4Port, "192.0.2.9:443", "GET https://192.0.2.9/x", "192.0.2.9 exact"), Row(.ipv4Port, "192.0.2.9:443", "GET http://192.0.2.9/x", "192.0.2.9 weak"),
    Row(.ipv6Port, "[2001:db8::9]:443", "to [2001:db8::9]:443", "[2001:db8::9]:443 exact"),
    Row(.ipv6Port, "[2001:db8::9]:443", "GET https://[2001:db8::9]/", "2001:db8::9 exact"),
    Row(.domainPort, "c2.example:80", "GET http://c2.example/x", "c2.example exact"), Row(.domainPort, "c2.example:80", "GET https://c2.example/x", "c2.example weak"),
    Row(.ipv6, "2001:db8::1", "src=2001:DB8:0:0:0:0:0:1 x", "2001:DB8:0:0:0:0:0:1 exact"),
    Row(.ipv6, "2001:db8::1", "[2001:db8::1]:443", "2001:db8::1 host"),
    Row(.ipv6, "2001:db8::1", "2001:db8::1%eth0", "2001:db8::1 exact"),
    Row(.ipv6, "2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:0db8:0000:0000:0000:0000:0000:0001 exact"),
    Row(.ipv6, "2001:db8::1", "2001:db8::12"), Row(.ipv6, "2001:db8::1", "12:34:56 aa:bb:cc:dd:ee:ff"),
    Row(.cidr, "198.51.100.0/24", "SRC=198.51.100.200 ", "198.51.100.200 cidr"), Row(.cidr, "198.51.100.0/24", "SRC=198.51.101.0"),
    Row(.cidr, "198.51.100.64/26", "198.51.100.127", "198.51.100.127 cidr"), Row(.cidr, "198.51.100.64/26", "198.51.100.128"),
    Row(.cidr, "198.51.100.0/15", "198.51.0.7", "198.51.0.7 cidr"),
    Row(.cidr, "198.51.100.0/24", "GET http://good.example/198.51.100.0/24 200", "198.51.100.0 weak"),
    Row(.ipv4, "192.0.2.1", "GET http://good.example/192.0.2.1/24 200", "192.0.2.1 weak"), Row(.ipv4, "192.0.2.1", "GET /net/192.0.2.1/24 200", "192.0.2.1 weak"),
    Row(.ipv4, "192.0.2.1", "Deny tcp src outside/192.0.2.1/4711 dst x", "192.0.2.1 host"), Row(.cidr, "198.51.100.0/24", "route 198.51.100.0/24 up", "198.51.100.0 cidr"),
    Row(.cidr, "2001:db8:7::/48", "2001:db8:7:1::5", "2001:db8:7:1::5 cidr"), Row(.cidr, "2001:db8:7::/48", "2001:db8:8::5"),
  ])
  func addresses(_ row: Row) throws { try check(row) }

  @Test("names", arguments: [
    Row(.domain, "evil.example", "query[A] evil.example from", "evil.example exact"),
    Row(.domain, "evil.example", "EVIL.Example.", "EVIL.Example exact"),
    Row(.domain, "evil.example", "x cdn.evil.example y", "cdn.evil.example suffix"),
    Row(.domain, "evil.example", "www.evil.example", "www.evil.example exact"),
    Row(.domain, "evil.example", "http://a.evil.example:8080/p", "a.evil.example suffix"),
    Row(.domain, "evil.example", "https://evil.example/", "evil.example host"),
    Row(.domain, "evil.example", "_dmarc.evil.example", "_dmarc.evil.example suffix"),
    Row(.domain, "evil.example", "mail to bob@evil.example now", "evil.example host"),
    Row(.domain, "evil.example", "hxxps://evil[.]example/x", "evil[.]example host refang"),
    Row(.domain, "evil.example", "u=https%3A%2F%2Fevil.example%2Fx", "evil.example host percent"),
    Row(.domain, "higan.example", "michigan.example"), Row(.domain, "evil.example", "evil.example.attacker.test"),
    Row(.domain, "evil.example", "evil.examples"), Row(.domain, "evil.example", "notevil.example"), Row(.domain, "evil.example", "evil..example"),
    Row(.domain, "evil.example", "see /srv/evil.example", "evil.example weak"),
    Row(.domain, "x.github.io", "a.x.github.io", "a.x.github.io suffix"), Row(.domain, "pages.dev", "pages.dev", "pages.dev exact"),
    Row(.domain, "pages.dev", "victim.pages.dev"), Row(.domain, "github.io", "anybody.github.io"),
    Row(.domainWildcard, "*.wild.example", "a.wild.example", "a.wild.example suffix"),
    Row(.domain, "bücher.example", "dns bücher.example ok", "bücher.example exact"),
    Row(.domain, "bücher.example", "dns xn--bcher-kva.example ok", "xn--bcher-kva.example exact"),
    Row(.email, "mallory@mail.example", "from=<Mallory@Mail.example>", "Mallory@Mail.example exact"),
    Row(.email, "mallory@mail.example", "from=<xmallory@mail.example>"),
  ])
  func names(_ row: Row) throws { try check(row) }

  @Test("ports behind a dot, as tcpdump and BSD's netstat write them", arguments: [
    Row(.ipv4, "203.0.113.77", "12:34:56.789012 IP 203.0.113.77.443 > 10.0.0.5.51234: Flags [S], seq 1", "203.0.113.77 host"),
    Row(.ipv4, "203.0.113.77", "12:34:56.789012 IP 10.0.0.5.51234 > 203.0.113.77.443: Flags [.], ack 1", "203.0.113.77 host"),
    Row(.ipv4, "203.0.113.77", "    10.0.0.5.51234 > 203.0.113.77.https: Flags [.], cksum 0x1c2d (correct)", "203.0.113.77 host"),
    Row(.ipv4, "203.0.113.77", "rule 0/0(match): block in on em0: 203.0.113.77.netbios-ns > ws-7.example.domain: udp 50", "203.0.113.77 host"),
    Row(.ipv4, "203.0.113.77", "IP 203.0.113.77 > 10.0.0.5: ICMP echo request", "203.0.113.77 exact"),
    Row(.ipv4, "203.0.113.77", "tcp4       0      0  10.0.0.5.51234         203.0.113.77.443       ESTABLISHED", "203.0.113.77 host"),
    Row(.ipv4, "203.0.113.77", "udp4 0 0 203.0.113.77.53 *.*", "203.0.113.77 host"), Row(.ipv4, "203.0.113.77", "tcp46\t0\t0\t*.22\t203.0.113.77.4711\r", "203.0.113.77 host"),
    Row(.ipv4, "203.0.113.77", "10.0.0.5.51234       203.0.113.77.443     64240      0 64240      0 ESTABLISHED", "203.0.113.77 host"),
    Row(.ipv4Port, "203.0.113.77:443", "203.0.113.77.443  10.0.0.5.51234  64240 0 64240 0 FIN_WAIT_2\r", "203.0.113.77.443 exact"),
    Row(.ipv6, "2001:db8::1", "2001:db8::2.51234  2001:db8::1.443  64240 0 64240 0 TIME_WAIT", "2001:db8::1 host"),
    Row(.ipv4, "203.0.113.77", "203.0.113.77.443 10.0.0.5 64240 0 64240 ESTABLISHED"), Row(.ipv4, "203.0.113.77", "x 10.0.0.5.1 203.0.113.77.443 1 0 1 0 ESTABLISHED"),
    Row(.ipv4, "203.0.113.77", "10.0.0.5.51234 203.0.113.77.443 64240 0 64240 0 established"), Row(.ipv4, "203.0.113.77", "lib 203.0.113.77.443 64240 0 64240 0 OK"),
    Row(.cidr, "203.0.113.0/24", "IP 10.0.0.5.51234 > 203.0.113.77.443: Flags [S]", "203.0.113.77 cidr"),
    Row(.cidr, "203.0.0.0/8", "IP 10.0.0.5.5 > 203.0.113.77.65535: Flags [S]", "203.0.113.77 cidr"),
    Row(.ipv4Port, "203.0.113.77:443", "IP 10.0.0.5.51234 > 203.0.113.77.443: Flags [S]", "203.0.113.77.443 exact"),
    Row(.ipv4Port, "203.0.113.77:443", "IP 10.0.0.5.51234 > 203.0.113.77.https: Flags [S]", "203.0.113.77.https exact"),
    Row(.ipv4Port, "203.0.113.77:443", "IP 10.0.0.5.51234 > 203.0.113.77.80: Flags [S]", "203.0.113.77 weak"),
    Row(.ipv6, "2001:db8::1", "IP6 2001:db8::1.443 > 2001:db8::2.51234: Flags [S]", "2001:db8::1 host"),
    Row(.ipv6, "2001:db8::a", "IP6 2001:db8::2.51234 > 2001:db8::a.443: Flags [S]", "2001:db8::a host"),
    Row(.ipv6Port, "[2001:db8::1]:443", "IP6 2001:db8::2.51234 > 2001:db8::1.https: Flags [S]", "2001:db8::1.https exact"),
    Row(.ipv6Port, "[2001:db8::1]:443", "tcp6       0      0  2001:db8::2.51234     2001:db8::1.443     ESTABLISHED", "2001:db8::1.443 exact"),
    Row(.ipv4, "203.0.113.77", "upgrade 203.0.113.77.4 > 203.0.113.77.5 done"), Row(.ipv4, "203.0.113.77", "from 203.0.113.77.4 to 203.0.113.78.5:"),
    Row(.ipv4, "203.0.113.77", "IP 203.0.113.77.65536 > 10.0.0.5.51234: Flags"), Row(.ipv4, "203.0.113.77", "IP 203.0.113.77.4.5 > 10.0.0.5.51234: Flags"),
    Row(.ipv4, "203.0.113.77", "IP 1.203.0.113.77.443 > 10.0.0.5.51234: Flags"), Row(.ipv4, "203.0.113.77", "IP 203.0.113.77.in-addr.arpa > 10.0.0.5.51234: Flags"),
    Row(.ipv4, "203.0.113.77", "tcp 0 203.0.113.77.443"), Row(.ipv4, "203.0.113.77", "lib 0 0 203.0.113.77.443"), Row(.ipv4, "203.0.113.77", "udp4 0 0 x 203.0.113.77.443"),
    Row(.ipv4, "203.0.113.77", "203.0.113.77.443"), Row(.ipv4, "203.0.113.77", "oid 1.3.6.1.4.203.0.113.77.443 = 7"),
  ])
  func dottedPorts(_ row: Row) throws { try check(row) }

  @Test("a URL's user is no host", arguments: [
    Row(.domain, "evil.example", "GET https://evil.example@good.example/ 200", "evil.example weak"),
    Row(.domain, "evil.example", "GET https://evil.example:443@good.example/ 200", "evil.example weak"),
    Row(.domain, "evil.example", "GET ftp://kato@evil.example:pw%21@good.example/ 200", "evil.example weak"),
    Row(.domain, "evil.example", "GET https://cdn.evil.example@good.example/ 200", "cdn.evil.example weak"),
    Row(.domain, "evil.example", "GET https://good.example@evil.example/ 200", "evil.example host"),
    Row(.domain, "evil.example", "GET https://good.example:x@evil.example:8080/ 200", "evil.example host"),
    Row(.domain, "evil.example", "GET https://evil.example/@kato 200", "evil.example host"), Row(.domain, "evil.example", "GET https://evil.example?u=kato@good.example", "evil.example host"),
    Row(.domain, "evil.example", "https://evil.example,kato@good.example", "evil.example host"), Row(.domain, "evil.example", "https://evil.example:443/@x", "evil.example host"),
    Row(.domain, "evil.example", "ssh kato@evil.example", "evil.example host"), Row(.domain, "evil.example", "from=<kato@evil.example>", "evil.example host"),
    Row(.domain, "evil.example", "kato@evil.example@good.example", "evil.example host"),
    Row(.domainPort, "evil.example:443", "GET https://evil.example:443@good.example/", "evil.example weak"),
    Row(.domainPort, "evil.example:443", "GET https://evil.example@good.example/", "evil.example weak"),
    Row(.ipv4, "192.0.2.1", "GET http://192.0.2.1@good.example/", "192.0.2.1 weak"), Row(.ipv4, "192.0.2.1", "GET http://x@192.0.2.1/", "192.0.2.1 host"),
    Row(.ipv4Port, "192.0.2.1:80", "GET http://192.0.2.1:80@good.example/", "192.0.2.1 weak"),
    Row(.url, "https://good.example/x", "GET https://evil.example@good.example/x 200", "https://evil.example@good.example/x exact"),
    Row(.url, "https://evil.example/x", "GET https://evil.example@good.example/x 200"),
    Row(.url, "ev%69l.example/x", "GET http://evil.example/x 200", "http://evil.example/x exact"),
  ])
  func users(_ row: Row) throws { try check(row) }

  @Test("names with a length before each label, as Windows' DNS server logs them", arguments: [
    Row(.domain, "evil.example", "NOERROR] A      (4)evil(7)example(0)", "evil(7)example exact refang"),
    Row(.domain, "evil.example", "A (3)cdn(4)EVIL(7)Example(0)\r", "cdn(4)EVIL(7)Example suffix refang"),
    Row(.domain, "evil.example", "A\t(4)evil(7)example(0)\tx", "evil(7)example exact refang"),
    Row(.domain, "evil.example", "{\"msg\":\"Q [0001] A (3)www(4)evil(7)example(0)\\t\"}", "www(4)evil(7)example exact refang"),
    Row(.domain, "evil.example", "      Name      \"[C00C](4)evil(7)example(0)\"", "evil(7)example exact refang"),
    Row(.domain, "evil.example", "A (4)evil(7)example", "evil(7)example exact refang"),
    Row(.domain, "evil.example", "<Data>(4)evil(7)example</Data>", "evil(7)example exact refang"),
    Row(.domain, "evil.example", "(4)evil(7)example(0)(4)evil(7)example(0)", "evil(7)example exact refang", "evil(7)example exact refang"),
    Row(.domain, "evil.example", "A (5)a b.c(4)evil(7)example(0)", "c(4)evil(7)example suffix refang"),
    Row(.domain, "longer-abcdefghijklmno.example", "A (22)longer-abcdefghijklmno(7)example(0)", "longer-abcdefghijklmno(7)example exact refang"),
    Row(.domain, "bücher.example", "A (13)xn--bcher-kva(7)example(0)", "xn--bcher-kva(7)example exact refang"),
    Row(.domain, "evil.example", "A (5)_ldap(4)_tcp(4)evil(7)example(0)", "_ldap(4)_tcp(4)evil(7)example suffix refang"),
    Row(.domainWildcard, "*.wild.example", "A (1)a(4)wild(7)example(0)", "a(4)wild(7)example suffix refang"),
    Row(.domain, "pages.dev", "A (5)pages(3)dev(0)", "pages(3)dev exact refang"), Row(.domain, "pages.dev", "A (6)victim(5)pages(3)dev(0)"),
    Row(.domain, "evil.example", "A (4)evil(7)example(8)attacker(4)test(0)"), Row(.domain, "evil.example", "A (5)evil(7)example(0)"),
    Row(.domain, "evil.example", "A (4)evil(8)example(0)"), Row(.domain, "evil.example", "A (4)evil(7)example(3)co"),
    Row(.domain, "evil.example", "A (4)evil(7)exampl"), Row(.domain, "evil.example", "A (4)evil(7)example."), Row(.domain, "evil.example", "A (4)evil(7)example(1"),
    Row(.domain, "evil.example", "A (04)evil(7)example(0)"), Row(.domain, "evil.example", "A (7)notevil(7)example(0)"),
    Row(.domain, "evil.example", "A (4)evil (7)example(0)"),
    Row(.url, "http://evil.example/x", "A (4)evil(7)example(0)"), Row(.url, "http://evil.example/", "A (4)evil(7)example(0)"),
  ])
  func countedLabels(_ row: Row) throws { try check(row) }

  @Test("escapes in the host of a URL, as browsers read them", arguments: [
    Row(.domain, "evil.example", "GET http://%65vil.example/x 200", "%65vil.example host percent"),
    Row(.domain, "evil.example", "GET http://evil%2Eexample/x 200", "evil%2Eexample host percent"),
    Row(.domain, "evil.example", "CONNECT e%76il%2eexample:443 200", "e%76il%2eexample host percent"),
    Row(.ipv4, "192.0.2.1", "GET http://%31%39%32.0.2.1/x", "%31%39%32.0.2.1 host percent"),
    Row(.url, "http://evil.example/x", "GET http://%65vil.example/x 200", "http://%65vil.example/x exact percent"),
    Row(.url, "http://%65vil%2Eexample/x", "GET http://evil.example/x 200", "http://evil.example/x exact"),
    Row(.url, "http://evil.example/x", "see https://kato@evil%2Eexample/x.", "https://kato@evil%2Eexample/x exact percent"),
    Row(.url, "http://evil.example/x", "u=\"http://evil%2Eexample/x\"", "http://evil%2Eexample/x exact percent"),
    Row(.url, "ftp://evil.example/x", "ftp://evil%2Eexample/x", "ftp://evil%2Eexample/x exact percent"),
    Row(.url, "http://evil.example/x", "/?u=http%3A%2F%2Fevil%2Eexample%2Fx", "http%3A%2F%2Fevil%2Eexample%2Fx weak percent"),
    // Another path, and the beginning of another URL.
    Row(.url, "http://evil.example/a/b", "GET http://evil%2Eexample/a%2Fb 200", "http://evil%2Eexample/a%2Fb weak percent"),
    Row(.url, "http://evil.example/x", "GET http://evil%2Eexample/x%20y 200", "http://evil%2Eexample/x weak percent"),
    Row(.domain, "evil.example", "GET http://%2565vil.example/x"), Row(.url, "http://evil.example/x", "GET http://%2565vil.example/x"),
  ])
  func escapedHosts(_ row: Row) throws { try check(row) }

  @Test("full stops of other scripts between labels of ASCII, whether or not a name beyond ASCII is listed", arguments: [
    Row(.domain, "evil.example", "dns evil。example ok", "evil。example exact"), Row(.domain, "evil.example", "dns cdn．evil｡example ok", "cdn．evil｡example suffix"),
    Row(.domain, "evil.example", "GET http://evil．example/x", "evil．example host"), Row(.domain, "evil.example", "x。evil.example", "evil.example exact"),
    Row(.url, "http://evil.example/x", "GET http://evil。example/x ok", "http://evil。example/x exact"),
    Row(.email, "mallory@evil.example", "from mallory@evil。example ok", "mallory@evil。example exact"),
    Row(.domain, "evil.example", "evil。examples"), Row(.domain, "evil.example", "notevil。example"), Row(.domain, "evil.example", "evil。。example"),
    Row(.domain, "evil.example", "evil。 example"), Row(.domain, "evil.example", "evil、example"),
  ])
  func wideDots(_ row: Row) throws {
    try check(row)
    let own = Indicator(observable: try Canonicalizer.canonicalize(row.value, as: row.type))
    let other = Indicator(observable: try Canonicalizer.canonicalize("bücher.example", as: .domain))
    let text = Array((String(repeating: "- ", count: 40) + row.line).utf8)
    for index in [try makeIndex([own]), try makeIndex([own, other])] {
      var (reference, fast) = (ReferenceMatcher(index), FastMatcher(index))
      let found = fast.hits(in: text)
      #expect(found == reference.hits(in: text))
      #expect(found.map { "\(String(decoding: text[$0.range], as: UTF8.self)) \($0.mode.rawValue)" } == row.hits)
    }
  }

  @Test("accounts in links to an app", arguments: [
    Row(.telegram, "t.me/evilchannel", "open tg://resolve?domain=EvilChannel&start=1", "tg://resolve?domain=EvilChannel exact"),
    Row(.telegram, "t.me/evilchannel", "{\"u\":\"tg:\\/\\/resolve?domain=evilchannel\"}", "tg:\\/\\/resolve?domain=evilchannel exact json"),
    Row(.telegram, "t.me/evilchannel", "u=tg%3A%2F%2Fresolve%3Fdomain%3Devilchannel", "tg%3A%2F%2Fresolve%3Fdomain%3Devilchannel exact percent"),
    Row(.telegram, "t.me/evilchannel", "tg://resolve?domain=evilchannel2"), Row(.telegram, "t.me/evilchannel", "xtg://resolve?domain=evilchannel"),
    Row(.telegram, "t.me/evilchannel", "tg://resolve?domain:evilchannel"), Row(.telegram, "t.me/evilchannel", "tg://resolve?domain/evilchannel"),
    Row(.telegramInvite, "https://t.me/+AbCdEf123456", "tg://join?invite=AbCdEf123456", "tg://join?invite=AbCdEf123456 exact"),
    Row(.telegramInvite, "https://t.me/+AbCdEf123456", "tg://join?invite=abcdef123456"),
  ])
  func appLinks(_ row: Row) throws { try check(row) }

  @Test("names beyond ASCII in other views", arguments: [
    Row(.domain, "münchen-böse.example", "{\"q\":\"m\\u00fcnchen-b\\u00f6se.example\"}", "m\\u00fcnchen-b\\u00f6se.example exact json"),
    Row(.domain, "münchen-böse.example", "{\"a\":\"{\\\"q\\\":\\\"x.M\\\\u00dcnchen-b\\\\u00f6se.example\\\"}\"}", "x.M\\\\u00dcnchen-b\\\\u00f6se.example suffix json"),
    Row(.domain, "münchen-böse.example", "?u=m%C3%BCnchen-b%C3%B6se.example&x", "m%C3%BCnchen-b%C3%B6se.example exact percent"),
    Row(.domain, "münchen-böse.example", "{\"q\":\"m\\u00fcnchen-boese.example\"}"),
    Row(.email, "mallory@bücher.example", "{\"from\":\"mallory@b\\u00fccher.example\"}", "mallory@b\\u00fccher.example exact json"),
    Row(.url, "http://bücher.example/ä", "{\"u\":\"http://b\\u00fccher.example/\\u00e4\"}", "http://b\\u00fccher.example/\\u00e4 exact json"),
    Row(.url, "http://bücher.example/ä", "GET http://b%C3%BCcher.example/%C3%A4 ", "http://b%C3%BCcher.example/%C3%A4 exact percent"),
  ])
  func internationalViews(_ row: Row) throws { try check(row) }

  @Test("of several ports the one in a field of its own")
  func portsInFields() throws {
    let indicators = try [80, 8443, 9001].map { Indicator(observable: try Canonicalizer.canonicalize("192.0.2.9:\($0)", as: .ipv4Port)) }
    for (line, port) in [("dst=192.0.2.9 dpt=9001", 9001), ("{\"dest_ip\":\"192.0.2.9\",\"dest_port\":8443}", 8443), ("192.0.2.9\t8443\ttcp", 8443), ("192.0.2.9 18443", 80)] {
      var reference = ReferenceMatcher(indicators)
      let bytes = Array((line + "\n").utf8)
      #expect(reference.hits(in: bytes).map { indicators[$0.entry].value } == ["192.0.2.9:\(port)"], "\(line)")
      var fast = FastMatcher(try makeIndex(indicators))
      #expect(fast.hits(in: bytes).count == 1)
    }
  }

  @Test("URLs", arguments: [
    Row(.url, "http://evil.example/a?id=1", "GET http://evil.example/a?id=1 HTTP", "http://evil.example/a?id=1 exact"),
    Row(.url, "http://evil.example/a?id=1", "https://EVIL.example:443/a?id=1", "https://EVIL.example:443/a?id=1 exact"),
    Row(.url, "http://evil.example/a?id=1", "http://evil.example/a", "http://evil.example/a weak"),
    Row(.url, "http://evil.example/a", "http://evil.example/a?x=2", "http://evil.example/a?x=2 exact"),
    Row(.url, "http://evil.example/a", "http://evil.example/a/", "http://evil.example/a/ weak"),
    Row(.url, "http://evil.example/a", "http://user@evil.example/a#f", "http://user@evil.example/a#f exact"),
    Row(.url, "http://evil.example/a", "(http://evil.example/a).", "http://evil.example/a exact"),
    Row(.url, "http://evil.example/a", "\"url\":\"http:\\/\\/evil.example\\/a\"", "http:\\/\\/evil.example\\/a exact json"),
    Row(.url, "http://evil.example/a", "?u=http%3A%2F%2Fevil.example%2Fa&x", "http%3A%2F%2Fevil.example%2Fa weak percent"),
    Row(.url, "http://evil.example/a", "hxxp://evil[.]example/a", "hxxp://evil[.]example/a exact refang"),
    Row(.url, "http://evil.example/a", "http://evil.example/b"), Row(.url, "http://evil.example/a", "http://evil.example/A"),
    Row(.url, "http://evil.example/a", "evil.example alone"), Row(.url, "http://evil.example/", "query evil.example. A"),
    Row(.url, "http://evil.example/a?id=1", "(http://evil.example/a?id=1)", "http://evil.example/a?id=1 exact"),
    Row(.url, "http://evil.example/a", "(compatible; Bot/1.0; +http://evil.example/a)", "http://evil.example/a exact"),
    Row(.url, "http://evil.example/a?x=1&y=2", "<Data>http://evil.example/a?x=1&amp;y=2</Data>", "http://evil.example/a?x=1&amp;y=2 exact"),
    Row(.url, "http://evil.example/a?x=1&y=2", "request=http://evil.example/a?x\\=1&y\\=2 act=allow", "http://evil.example/a?x\\=1&y\\=2 exact json"),
    Row(.url, "http://evil.example/a?x=1&y=2", "href=&quot;http://evil.example/a?x=1&amp;y=2&quot;&gt;x", "http://evil.example/a?x=1&amp;y=2 exact"),
    Row(.url, "http://evil.example/a", "<Data>iwr &quot;http://evil.example/a&quot;</Data>", "http://evil.example/a exact"),
    Row(.url, "http://evil.example/a", "&lt;a href=&apos;http://evil.example/a&apos;&gt;", "http://evil.example/a exact"),
    Row(.url, "http://evil.example/", "&lt;http://evil.example&gt; said", "http://evil.example exact"), Row(.url, "http://evil.example/a", "http://evil.example/a&#xD;&#xA;", "http://evil.example/a exact"),
    Row(.url, "http://evil.example/a", "http://evil.example/a&quota;x"), Row(.url, "http://evil.example/a", "http://evil.example/a&amp;quot"),
    Row(.url, "http://evil.example/a?id=1", "see http://evil.example/a?id=1.", "http://evil.example/a?id=1 exact"),
    Row(.url, "http://evil.example/a?id=1", "see http://evil.example/a?id=12", "http://evil.example/a?id=12 weak"),
    Row(.url, "http://evil.example/a", "“http://evil.example/a”", "http://evil.example/a exact"), Row(.url, "http://evil.example/a", "http://evil.example/aé"),
    Row(.url, "http://192.0.2.55/x.bin", "wget 192.0.2.55/x.bin", "192.0.2.55/x.bin exact"), Row(.url, "http://192.0.2.55/x.bin", "from 192.0.2.55 "),
    Row(.githubRepository, "github.com/owner/repo", "https://codeload.github.com/Owner/Repo/zip", "codeload.github.com/Owner/Repo exact"),
    Row(.githubRepository, "github.com/owner/repo", "git@github.com:owner/repo.git", "github.com:owner/repo.git exact"),
    Row(.githubRepository, "github.com/owner/repo", "https://github.com/owner/repository"),
    Row(.githubRepository, "github.com/owner/repo", "pip install git+https://github.com/owner/repo@v1#egg=x", "github.com/owner/repo@v1 exact"),
    Row(.githubRepository, "github.com/owner/repo", "git+ssh://git@github.com/owner/repo.git@v1", "github.com/owner/repo.git@v1 exact"),
    Row(.githubRepository, "github.com/owner/repo", "https://cdn.jsdelivr.net/gh/owner/repo@1.2/x.js", "cdn.jsdelivr.net/gh/owner/repo@1.2 exact"),
    Row(.githubRepository, "github.com/owner/repo", "https://owner.github.io/repo/x", "owner.github.io/repo exact"),
    Row(.githubRepository, "github.com/owner/repo", "https://owner.github.io/other/repo"),
    Row(.githubRepository, "github.com/owner/repo", "cloned from https://github.com/owner/repo.", "github.com/owner/repo exact"),
    Row(.githubRepository, "github.com/owner/repo", "look at git@github.com:owner/repo.git!", "github.com:owner/repo.git exact"),
    Row(.githubAccount, "github.com/owner", "the account is github.com/owner...", "github.com/owner exact"),
    Row(.pypi, "evil-lib", "from https://files.pythonhosted.org/packages/aa/evil_lib-1.0-py3-none-any.whl.",
      "files.pythonhosted.org/packages/aa/evil_lib-1.0-py3-none-any.whl exact"),
    Row(.githubAccount, "github.com/owner", "https://github.com/orgs/owner/people", "github.com/orgs/owner exact"),
    Row(.npm, "left-padd", "(npm install left-padd)", "left-padd exact"), Row(.npm, "left-padd", "[npm i left-padd]: ok", "left-padd exact"),
    Row(.npm, "left-padd", "npm install left-padd@1.0.0", "left-padd exact"), Row(.npm, "left-padd", "left-padd"),
    Row(.pypi, "evil_pkg", "pip install Evil.Pkg", "Evil.Pkg exact"), Row(.pypi, "evil_pkg", "pip install evil-pkg-more"),
  ])
  func urls(_ row: Row) throws { try check(row) }

  @Test("where a defanged value stands", arguments: [
    Row(.ipv4, "192.0.2.1", "http:[/][/]192[dot]0[dot]2[dot]1/x", "192[dot]0[dot]2[dot]1 host refang"),
    Row(.ipv4, "192.0.2.1", "see http[:]//192[.]0[.]2[.]1:80 and", "192[.]0[.]2[.]1 host refang"), Row(.ipv4, "192.0.2.1", "192[.]0[.]2[.]1", "192[.]0[.]2[.]1 exact refang"),
    Row(.domain, "evil.example", "htt\u{AD}p:[/][/]192[dot]0[dot]2[dot]1:x\u{AD}[@]evil[dot]example", "evil[dot]example host refang"),
    Row(.domain, "d.evil.example", "hxxps[:]//d[dot]evil[dot]example/", "d[dot]evil[dot]example host refang"),
    Row(.domain, "dan.example", "see dan[dot]example", "dan[dot]example exact refang"),
  ])
  func places(_ row: Row) throws { try check(row) }

  @Test("packages in what package managers tell", arguments: [
    Row(.pypi, "evil_pkg", "Collecting evil-pkg", "evil-pkg exact"), Row(.pypi, "evil_pkg", "Collecting Evil.Pkg (from other==2.0)", "Evil.Pkg exact"),
    Row(.pypi, "evil_pkg", "  Collecting evil-pkg[all]<2,>=1.4 (from other)", "evil-pkg exact"),
    Row(.pypi, "evil_pkg", "{\"message\":\"Collecting evil-pkg\"}", "evil-pkg exact"), Row(.pypi, "evil_pkg", "a\nCollecting evil-pkg\n  Down", "evil-pkg exact"),
    Row(.pypi, "evil_pkg==1.4", "Collecting evil-pkg==1.4.0", "evil-pkg==1.4.0 exact"), Row(.pypi, "evil_pkg==1.4", "Collecting evil-pkg==1.4.1"),
    Row(.pypi, "evil_pkg==1.4", "Collecting evil-pkg==1.4 ; python_version >= \"3\"", "evil-pkg==1.4 exact"),
    Row(.pypi, "evil_pkg", "Collecting evil-pkg from 3 hosts"), Row(.pypi, "evil_pkg", "Collecting other evil-pkg"), Row(.pypi, "evil_pkg", "Recollecting evil-pkg"),
    Row(.pypi, "evil_pkg", "  Downloading evil_pkg-1.4-py3-none-any.whl (12 kB)", "evil_pkg exact"),
    Row(.pypi, "evil_pkg==1.4", "  Using cached evil_pkg-1.4.tar.gz (12 kB)", "evil_pkg-1.4.tar.gz exact"),
    Row(.pypi, "evil_pkg", "  Downloading evil_pkg-1.4-py3-none-any.whl.metadata (2.1 kB)", "evil_pkg exact"),
    Row(.pypi, "evil_pkg==1.4", "Processing ./wh/evil-pkg-1.4.tar.gz", "evil-pkg-1.4.tar.gz exact"), Row(.pypi, "evil_pkg", "Processing evil-pkg"),
    Row(.pypi, "evil_pkg", "Processing .\\wh\\evil_pkg-1.4-py3-none-any.whl", "evil_pkg exact"),
    Row(.pypi, "evil_pkg==1.4", "  Downloading http://mirror.example:8765/simple/evil-pkg/evil-pkg-1.4.tar.gz#sha256=00 (647 bytes)", "evil-pkg-1.4.tar.gz exact"),
    Row(.pypi, "evil_pkg", "ERROR: No matching distribution found for evil-pkg", "evil-pkg exact"),
    Row(.pypi, "evil_pkg", "ERROR: Could not find a version that satisfies the requirement evil-pkg (from versions: none)", "evil-pkg exact"),
    Row(.pypi, "evil_pkg==1.4", "  Using cached evil_pkg-1.5.tar.gz"), Row(.pypi, "evil_pkg", "Downloading evil_pkg now"), Row(.pypi, "evil_pkg", "Downloading evil_pkg_more-1.0.tar.gz"),
    Row(.pypi, "evil_pkg", "Requirement already satisfied: evil-pkg in /usr/lib/python3", "evil-pkg exact"),
    Row(.pypi, "evil_pkg==1.4", "Requirement already satisfied: evil-pkg==1.4 in ./venv (from -r x.txt)", "evil-pkg==1.4 exact"),
    Row(.pypi, "evil_pkg", "Installing collected packages: other, evil-pkg, third", "evil-pkg exact"),
    Row(.pypi, "evil_pkg", "Installing collected packages: other, evil-pkg-more, third"),
    Row(.pypi, "evil_pkg", "Successfully installed other-2.0 evil-pkg-1.4 third-1", "evil-pkg exact"),
    Row(.pypi, "evil_pkg==1.4", "Successfully installed other-2.0 evil-pkg-1.4.0", "evil-pkg-1.4.0 exact"),
    Row(.pypi, "evil_pkg==1.4", "Successfully installed evil-pkg-1.5 other-1.4"), Row(.pypi, "evil_pkg", "Successfully installed evil-pkg-more-1.4"),
    Row(.pypi, "evil_pkg", "Building wheel for evil-pkg (setup.py): started", "evil-pkg exact"),
    Row(.pypi, "evil_pkg", "  Created wheel for evil-pkg: filename=x.whl size=2", "evil-pkg exact"), Row(.pypi, "evil_pkg", "Successfully built other evil-pkg", "evil-pkg exact"),
    Row(.pypi, "evil_pkg", "Attempting uninstall: evil-pkg", "evil-pkg exact"), Row(.pypi, "evil_pkg==1.4", "    Uninstalling evil-pkg-1.4:", "evil-pkg-1.4 exact"),
    Row(.pypi, "evil_pkg==1.4", "    Found existing installation: evil-pkg 1.4", "evil-pkg 1.4 exact"),
    Row(.pypi, "evil_pkg", "    Found existing installation: evil-pkg 1.4", "evil-pkg exact"), Row(.pypi, "evil_pkg==1.4", "    Found existing installation: evil-pkg 1.5"),
    Row(.pypi, "evil_pkg==1.4", "      Successfully uninstalled evil-pkg-1.4", "evil-pkg-1.4 exact"),
    Row(.pypi, "evil_pkg==1.4", "  - Installing evil-pkg (1.4.0)", "evil-pkg (1.4.0 exact"), Row(.pypi, "evil_pkg", "  • Installing evil-pkg (1.4.0)", "evil-pkg exact"),
    Row(.pypi, "evil_pkg", "(1/5) Installing evil-pkg (1.4.0-r0)"), Row(.pypi, "evil_pkg", "  - Installing evil-pkg"), Row(.pypi, "evil_pkg", "  - Installing vendor/evil-pkg (v1.4)"),
    Row(.npm, "left-padd", "npm warn deprecated left-padd@1.0.0: use other", "left-padd exact"),
    Row(.npm, "left-padd@1.14.1", "npm WARN deprecated left-padd@1.14.1: use other", "left-padd@1.14.1 exact"), Row(.npm, "left-padd@1.14.1", "npm warn deprecated left-padd@1.14.2: x"),
    Row(.npm, "@scope/pkg", "npm warn deprecated @scope/pkg@2.0.0: x", "@scope/pkg exact"),
    Row(.npm, "left-padd@1.14.1", "> left-padd@1.14.1 postinstall", "left-padd@1.14.1 exact"), Row(.npm, "left-padd@1.14.1", "> left-padd@1.14.1 preinstall /srv/x", "left-padd@1.14.1 exact"),
    Row(.npm, "@scope/pkg", "npm ERR! @scope/pkg@2.0.0 postinstall: `node setup.js`", "@scope/pkg exact"),
    Row(.npm, "left-padd@1.14.1", "└── left-padd@1.14.1", "left-padd@1.14.1 exact"), Row(.npm, "@scope/pkg", "│ ├─┬ @scope/pkg@2.0.0 deduped", "@scope/pkg exact"),
    Row(.npm, "left-padd@1.14.1", "├─ left-padd@1.14.1", "left-padd@1.14.1 exact"), Row(.npm, "left-padd", "├── left-padd"), Row(.npm, "left-padd", "└── left-padd-more@1.0.0"),
    Row(.npm, "left-padd@1.14.1", "> left-padd@1.14.2 postinstall"), Row(.npm, "left-padd", "> left-padd postinstall"), Row(.npm, "left-padd", "> my-left-padd@1.0.0 postinstall"),
  ])
  func packageReports(_ row: Row) throws { try check(row) }

  @Test("packages of npm beside their version", arguments: [
    Row(.npm, "left-padd@1.14.1", "+ left-padd@1.14.1", "left-padd@1.14.1 exact"), Row(.npm, "left-padd@1.14.1", "+ left-padd@1.14.2"), Row(.npm, "left-padd", "+ left-padd@1.14.2", "left-padd exact"),
    Row(.npm, "left-padd@1.14.1", "installed LEFT-padd@1.14.1 with binaries", "LEFT-padd@1.14.1 exact"), Row(.npm, "left-padd@1.14.1", "got left-padd@1.14.1.", "left-padd@1.14.1 exact"),
    Row(.npm, "left-padd@1.14.1", "{\"a\":\"npm i x \",\"left-padd@1.14.1\":1}", "left-padd@1.14.1 exact"), Row(.npm, "left-padd@1.14.1", "[\"left-padd@1.14.1\",[]]", "left-padd@1.14.1 exact"),
    Row(.npm, "left-padd@1.14.1", "(left-padd@1.14.1)", "left-padd@1.14.1 exact"), Row(.npm, "left-padd@1.14.1", "pkg=left-padd@1.14.1&x=1", "left-padd@1.14.1 exact"),
    Row(.npm, "left-padd@1.14.1", "  /left-padd@1.14.1:", "left-padd@1.14.1 exact"), Row(.npm, "left-padd@1.14.1", "  left-padd@1.14.1(react@18.2.0):", "left-padd@1.14.1 exact"),
    Row(.npm, "left-padd", "open /srv/.pnpm/left-padd@1.14.1_react@18.2.0/x.js", "left-padd exact"), Row(.npm, "@scope/pkg@2.0.0", "/srv/.pnpm/@scope+pkg@2.0.0/x.js", "@scope+pkg@2.0.0 exact"),
    Row(.npm, "left-padd@1.14.1", "C:\\srv\\.pnpm\\left-padd@1.14.1\\x.js", "left-padd@1.14.1 exact"),
    Row(.npm, "@scope/pkg", "@scope/pkg@2.0.0", "@scope/pkg exact"), Row(.npm, "@scope/pkg@2.0.0-rc.1", "added @scope/pkg@2.0.0-rc.1, x", "@scope/pkg@2.0.0-rc.1 exact"),
    Row(.npm, "left-padd@1.14.1", "➤ YN0013: │ left-padd@npm:1.14.1 can't be found", "left-padd@npm:1.14.1 exact"), Row(.npm, "left-padd", "➤ YN0085: │ + left-padd@npm:1.14.1", "left-padd exact"),
    Row(.npm, "left-padd@1.14.1", "\"other@npm:left-padd@1.14.1\":", "left-padd@1.14.1 exact"), Row(.npm, "left-padd", "left-padd@^1.14.0, left-padd@~1.14:", "left-padd exact", "left-padd exact"),
    Row(.npm, "left-padd", "\"left-padd@npm:^1.14.0\":", "left-padd exact"), Row(.npm, "left-padd", "jsr:left-padd@1.14.1"), Row(.npm, "@scope/pkg", "jsr:@scope/pkg@2.0.0"),
    Row(.npm, "left-padd", "npm:left-padd@1.14.1", "left-padd exact"), Row(.npm, "left-padd", "xnpm:left-padd@1.14.1"),
    Row(.npm, "left-padd", "see left-padd@1.14.1 there", "left-padd weak"), Row(.npm, "left-padd", "2026-11-27T08:00:00.123Z + left-padd@1.14.1", "left-padd exact"),
    Row(.npm, "left-padd", "web-1  | + left-padd@1.14.1", "left-padd exact"), Row(.npm, "left-padd", "host ci[12]: + left-padd@1.14.1", "left-padd exact"), Row(.npm, "left-padd", "x + left-padd@1.14.1", "left-padd weak"),
    Row(.npm, "left-padd@1.14.1", "\u{1b}[32m+\u{1b}[39m \u{1b}[1mleft-padd\u{1b}[0m@1.14.1\u{1b}[0m", "left-padd\u{1b}[0m@1.14.1 exact"),
    Row(.npm, "left-padd", "left-padd@10.0.0.1"), Row(.npm, "left-padd", "left-padd@1.14"), Row(.npm, "left-padd", "left-padd@1.14.1x"), Row(.npm, "left-padd", "left-padd@1.14.1%gcc"),
    Row(.npm, "left-padd", "left-padd@11.22.33-static.isp.example"), Row(.npm, "left-padd", "actions/left-padd@1.14.1"), Row(.npm, "left-padd", "golang.org/x/left-padd@v1.14.1"),
    Row(.npm, "left-padd", "ssh://left-padd@1.14.1/x"), Row(.npm, "left-padd", "my-left-padd@1.14.1"), Row(.npm, "left-padd", "#left-padd@1.14.1"), Row(.npm, "left-padd", "left-padd @1.14.1"),
    Row(.npm, "left-padd", "docker left-padd@sha256:00"), Row(.npm, "left-padd", "left-padd@node1.example"), Row(.npm, "left-padd", "left-padd@1[.]14[.]1"),
    Row(.npm, "pkg", "@scope/pkg@2.0.0"), Row(.npm, "pkg", "x+pkg@2.0.0"), Row(.npm, "@scope/pkg", "/x/@scope+pkg@2.0.0"), Row(.npm, "@scope/pkg", "https://mirror.example/@scope/pkg@2.0.0"),
    Row(.npm, "left-padd", "q=left-padd%401.14.1&x", "left-padd weak percent"), Row(.npm, "@scope/pkg@2.0.0", "?p=%40scope%2Fpkg%402.0.0", "%40scope%2Fpkg%402.0.0 exact percent"),
    Row(.npm, "@scope/pkg@2.0.0", "{\"m\":\"a\\n+ @scope\\/pkg@2.0.0\"}", "@scope\\/pkg@2.0.0 exact json"), Row(.npm, "left-padd", "{\"m\":\"a\\n+ left-padd@1.14.1\\n\"}", "left-padd exact json"),
    Row(.npm, "left-padd@1.14.1", "+ left-padd 1.14.1", "left-padd 1.14.1 exact"), Row(.npm, "left-padd", "+ left-padd 1.14.1 (1.15.0 is available)", "left-padd exact"),
    Row(.npm, "@scope/pkg", "+ @scope/pkg 2.0.0 deprecated", "@scope/pkg exact"), Row(.npm, "left-padd", "\u{1b}[32m+\u{1b}[39m left-padd \u{1b}[90m1.14.1\u{1b}[39m", "left-padd exact"),
    Row(.npm, "left-padd", "x + left-padd 1.14.1"), Row(.npm, "left-padd", "+ left-padd 1.14.1 more"), Row(.npm, "left-padd", "+ other left-padd 1.14.1"), Row(.npm, "left-padd", "+left-padd 1.14.1"),
    Row(.npm, "left-padd", "+ left-padd 1.14"), Row(.npm, "left-padd", "+ left-padd\n1.14.1"), Row(.npm, "left-padd@1.14.1", "left-padd 1.14.1"), Row(.npm, "left-padd", "+ x/left-padd 1.14.1"),
    Row(.purl, "pkg:npm/%40scope/pkg@2.0.0", "+ @scope/pkg@2.0.0", "@scope/pkg@2.0.0 exact"), Row(.npm, "left-padd", "@"), Row(.npm, "left-padd", "left-padd@1.14.1@"), Row(.npm, "left-padd", "+ "),
  ])
  func packageRows(_ row: Row) throws { try check(row) }

  @Test("packages of PyPI beside their version", arguments: [
    Row(.pypi, "evil_pkg==1.4", " + evil-pkg==1.4.0", "evil-pkg==1.4.0 exact"), Row(.pypi, "evil_pkg", " + evil-pkg==1.4", "evil-pkg exact"), Row(.pypi, "evil_pkg", " - evil-pkg==1.4", "evil-pkg exact"),
    Row(.pypi, "evil_pkg", " ~ evil-pkg==1.4 (from file:///srv/x)", "evil-pkg exact"), Row(.pypi, "evil_pkg==1.4", " + evil-pkg==1.5"), Row(.pypi, "evil_pkg", " + evil-pkg==14", "evil-pkg exact"),
    Row(.pypi, "evil_pkg==1.4", " \u{1b}[32m+\u{1b}[39m \u{1b}[1mevil-pkg\u{1b}[0m\u{1b}[2m==1.4\u{1b}[0m", "evil-pkg\u{1b}[0m\u{1b}[2m==1.4 exact"),
    Row(.pypi, "evil_pkg", " \u{1b}[32m+\u{1b}[39m \u{1b}[1mevil-pkg\u{1b}[0m\u{1b}[2m==1.4\u{1b}[0m", "evil-pkg exact"),
    Row(.pypi, "evil_pkg", "Evil.Pkg==1.4", "Evil.Pkg exact"), Row(.pypi, "evil_pkg", "evil-pkg[all]==1.4 ; python_version >= \"3\"", "evil-pkg exact"), Row(.pypi, "evil_pkg", "evil-pkg === 1.4", "evil-pkg exact"),
    Row(.pypi, "evil_pkg", "evil-pkg==1.4 \\\n    --hash=sha256:00", "evil-pkg exact"), Row(.pypi, "evil_pkg", "evil-pkg==1.4 --hash=sha256:00", "evil-pkg exact"), Row(.pypi, "evil_pkg", "evil-pkg==1.4  # via x", "evil-pkg exact"),
    Row(.pypi, "evil_pkg", "[\"x==1\",\"evil-pkg==1.4\"]", "evil-pkg exact"), Row(.pypi, "evil_pkg", "2026-11-27T08:00:00.1234567Z evil-pkg==1.4", "evil-pkg exact"), Row(.pypi, "evil_pkg", "host ci[12]: evil-pkg==1.4", "evil-pkg exact"),
    Row(.pypi, "evil_pkg==1.4", "Cannot install evil-pkg==1.4 and x==2.0 because", "evil-pkg==1.4 exact"), Row(.pypi, "evil_pkg", "Cannot install evil-pkg==1.4 and x==2.0 because"),
    Row(.pypi, "evil_pkg==1.4", "x==2.0,evil-pkg==1.4.", "evil-pkg==1.4 exact"), Row(.pypi, "evil_pkg==1.4", "env=evil-pkg[all]==1.4,x", "evil-pkg[all]==1.4 exact"),
    Row(.pypi, "evil_pkg", "assert evil_pkg==1.4"), Row(.pypi, "evil_pkg", "evil_pkg==14"), Row(.pypi, "evil_pkg", "if evil_pkg == 1.4:"), Row(.pypi, "evil_pkg==1.4", "if evil_pkg == 1.4:"), Row(.pypi, "evil_pkg", "x + evil_pkg==1.4"),
    Row(.pypi, "evil_pkg", "evil-pkg!=1.4"), Row(.pypi, "evil_pkg", "evil-pkg=1.4"), Row(.pypi, "evil_pkg", "evil-pkg>=1.4"), Row(.pypi, "evil_pkg==1.4", "my.evil-pkg==1.4"), Row(.pypi, "evil_pkg==1.4", "x/evil-pkg==1.4"),
    Row(.pypi, "evil_pkg==1.4", "evil-pkg==1.40"), Row(.pypi, "evil_pkg==1.4", "evil-pkg==1.4%"), Row(.pypi, "evil_pkg", "evil-pkg==1.*", "evil-pkg exact"), Row(.pypi, "evil_pkg==1.4", "evil-pkg==1.*"), Row(.pypi, "evil_pkg==1.4", "evil[.]pkg==1[.]4"),
    Row(.pypi, "evil_pkg==1.4", "p=evil-pkg%3D%3D1.4", "evil-pkg%3D%3D1.4 exact percent"), Row(.pypi, "evil_pkg", "{\"m\":\"x==1.0\\nevil-pkg==1.4\\n\"}", "evil-pkg exact json"),
    Row(.purl, "pkg:pypi/Evil_Pkg@1.4", "evil.pkg==1.4.0", "evil.pkg==1.4.0 exact"), Row(.pypi, "evil_pkg", "=="), Row(.pypi, "evil_pkg", "evil-pkg=="), Row(.pypi, "evil_pkg", "[==1.4"), Row(.pypi, "evil_pkg", "]==1.4"),
  ])
  func requirementRows(_ row: Row) throws { try check(row) }

  @Test("URLs whose host and path stand in two fields", arguments: [
    Row(.url, "http://evil.example/a/x.bin", "1.0\tGET\tevil.example\t/a/x.bin\thttp://www.example/\t1.1", "/a/x.bin exact"),
    Row(.url, "http://evil.example/a/x.bin", "{\"http\":{\"hostname\":\"EVIL.example\",\"url\":\"\\/a\\/x.bin\"}}", "\\/a\\/x.bin exact"),
    Row(.url, "http://evil.example/a/x.bin", "{\"uri\":\"/a/x.bin?q=\\u0026\",\"vhost\":\"evil.example\"}", "/a/x.bin?q=\\u0026 exact"),
    Row(.url, "https://evil.example/a?id=1", "{\"url.domain\":\"evil.example\",\"url.path\":\"/a\",\"url.query\":\"id=1\"}", "/a weak"),
    Row(.url, "https://evil.example/a?id=1", "GET /a id=1 443 - 192.0.2.1 evil.example 200", "/a exact"),
    Row(.url, "https://evil.example/a?id=1", "GET /a ?id=1 443 - 192.0.2.1 evil.example 200", "/a exact"),
    Row(.url, "https://evil.example/a", "GET /a - 443 - 192.0.2.1 evil.example 200", "/a exact"),
    Row(.url, "http://evil.example/", "{\"method\":\"GET\",\"host\":\"evil.example\",\"uri\":\"/\"}", "/ exact"),
    Row(.url, "http://evil.example/", "evil.example:80 192.0.2.1 - - \"GET / HTTP/1.1\" 200", "/ exact"),
    Row(.url, "http://evil.example/", "{\"query\":\"evil.example\",\"cwd\":\"/\",\"exe\":\"TARGET\"}", "/ weak"),
    Row(.url, "http://evil.example:8080/a", "{\"hostname\":\"evil.example\",\"http_port\":8080,\"url\":\"/a\"}", "/a exact"),
    Row(.url, "http://evil.example:8080/a", "evil.example:8080 192.0.2.1 - - \"GET /a HTTP/1.1\" 200", "/a exact"),
    Row(.url, "http://192.0.2.55:47123/Mozi.m", "10.0.0.1\t192.0.2.55\t47123\tGET\t192.0.2.55\t/Mozi.m", "/Mozi.m exact"),
    Row(.url, "http://[2001:db8::55]/i", "host=[2001:DB8:0::55] path=/i", "/i exact"),
    Row(.url, "http://evil.example/a", "{\"host\":\"evil.example\",\"uri\":\"/x/../a\"}", "/x/../a exact"),
    Row(.url, "http://evil.example/a", "{\"host\":\"evil.example\",\"uri\":\"/a\",\"filename\":\"/a\"}", "/a exact"),
    Row(.url, "http://evil.example/a", "{\"host\":\"evil.example\",\"uri\":\"/ab\"}"), Row(.url, "http://evil.example/a", "{\"host\":\"evil.example\",\"uri\":\"/a\\u001b\"}"), Row(.url, "http://evil.example/a", "host=evil.example\npath=/a"),
    Row(.url, "http://evil.example:8080/a", "{\"host\":\"evil.example\",\"port\":80,\"uri\":\"/a\"}"),
    Row(.url, "http://evil.example/a", "host=x-evil.example path=/a"), Row(.url, "http://evil.example/a", "host=evil.example.org path=/a"),
    Row(.url, "http://evil.example/a", "host=evil.example file=usr/a path=//a"),
    Row(.githubRepository, "github.com/owner/repo", "GET https codeload.github.com 443 /Owner/Repo/zip/main - 200", "/Owner/Repo/zip/main exact"),
    Row(.githubRepository, "github.com/owner/repo", "{\"domain\":\"github.com\",\"path\":\"\\/owner\\/repo\\/archive\"}", "\\/owner\\/repo\\/archive exact"),
    Row(.githubRepository, "github.com/owner/repo", "{\"domain\":\"github.com\",\"path\":\"/owner/repository\"}"),
    Row(.npm, "left-padd", "registry.npmjs.org\t/left-padd/-/left-padd-1.0.0.tgz\t200", "/left-padd/-/left-padd-1.0.0.tgz exact"),
    Row(.telegram, "t.me/evilchannel", "host=t.me path=/evilchannel", "/evilchannel exact"),
    // A record in a record in a record, and no deeper.
    Row(.url, "http://evil.example/a", "{\"m\":\"{\\\"m\\\":\\\"{\\\\\\\"m\\\\\\\":\\\\\\\"{\\\\\\\\\\\\\\\"host\\\\\\\\\\\\\\\":\\\\\\\\\\\\\\\"evil.example\\\\\\\\\\\\\\\",\\\\\\\\\\\\\\\"uri\\\\\\\\\\\\\\\":\\\\\\\\\\\\\\\"\\\\\\\\\\\\\\\\/a\\\\\\\\\\\\\\\"}\\\\\\\"}\\\"}\"}", "\\\\\\\\\\\\\\\\/a exact json"),
    Row(.url, "http://evil.example/a", "{\"m\":\"{\\\"m\\\":\\\"{\\\\\\\"m\\\\\\\":\\\\\\\"{\\\\\\\\\\\\\\\"m\\\\\\\\\\\\\\\":\\\\\\\\\\\\\\\"{\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"host\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\":\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"evil.example\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\",\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"uri\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\":\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\/a\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"}\\\\\\\\\\\\\\\"}\\\\\\\"}\\\"}\"}"),
  ])
  func separatedURLs(_ row: Row) throws { try check(row) }

  @Test("a URL out of two fields is told as a whole")
  func separatedValue() throws {
    let indicator = Indicator(observable: try Canonicalizer.canonicalize("http://evil.example:8080/a", as: .url))
    var fast = FastMatcher(try makeIndex([indicator]))
    let hits = fast.hits(in: String(repeating: " ", count: 70) + "{\"hostname\":\"evil.example\",\"http_port\":8080,\"url\":\"\\/a?x=1\"}")
    #expect(hits.map { String(decoding: $0.value ?? [], as: UTF8.self) } == ["evil.example:8080/a?x=1"])
  }

  @Test("packages of one version", arguments: [
    Row(.npm, "left-padd@1.14.1", "GET https://registry.npmjs.org/left-padd/-/left-padd-1.14.1.tgz", "registry.npmjs.org/left-padd/-/left-padd-1.14.1.tgz exact"),
    Row(.npm, "left-padd@1.14.1", "GET https://registry.npmjs.org/left-padd/-/left-padd-1.15.0.tgz"),
    Row(.npm, "left-padd@1.14.1", "GET https://registry.npmjs.org/left-padd"),
    Row(.npm, "left-padd@1.14.1", "https://registry.npmjs.org/left-padd/1.14.1 200", "registry.npmjs.org/left-padd/1.14.1 exact"),
    Row(.npm, "left-padd@1.14.1", "https://www.npmjs.com/package/left-padd/v/1.14.1.", "www.npmjs.com/package/left-padd/v/1.14.1 exact"),
    Row(.npm, "@scope/pkg@2.0.0-rc.1", "https://registry.yarnpkg.com/@scope%2fpkg/-/pkg-2.0.0-rc.1.tgz", "registry.yarnpkg.com/@scope%2fpkg/-/pkg-2.0.0-rc.1.tgz exact"),
    Row(.npm, "@scope/pkg@2.0.0", "https://registry.npmjs.org/@scope/pkg/-/pkg-2.0.0-rc.1.tgz"),
    Row(.npm, "@scope/pkg@2.0.0", "https://cdn.jsdelivr.net/npm/@scope/pkg@2.0.0/dist/x.js", "cdn.jsdelivr.net/npm/@scope/pkg@2.0.0 exact"),
    Row(.npm, "left-padd@1.14.1", "https://unpkg.com/left-padd@1.14.1/index.js", "unpkg.com/left-padd@1.14.1 exact"),
    Row(.npm, "left-padd@1.14.1", "npm i left-padd@1.14.1 other", "left-padd@1.14.1 exact"),
    Row(.npm, "left-padd@1.14.1", "npm i left-padd@^1.14.0"), Row(.npm, "left-padd@1.14.1", "npm i left-padd@latest"),
    Row(.npm, "left-padd@1.14.1", "npm i left-padd@1.14.10"), Row(.npm, "left-padd@1.14.1", "node_modules/left-padd/index.js"),
    Row(.npm, "left-padd@v1.14.1+build.7", "npm i other@npm:left-padd@1.14.1", "other@npm:left-padd@1.14.1 exact"),
    Row(.npm, "left-padd@1.14.1", "sbom pkg:npm/left-padd@1.14.1 ok", "left-padd@1.14.1 exact"),
    Row(.npm, "left-padd@latest", "npm i left-padd@1.14.1", "left-padd exact"),
    Row(.pypi, "evil_pkg==1.4.0", "pip install Evil.Pkg==1.4", "Evil.Pkg==1.4 exact"), Row(.pypi, "evil_pkg==1.4", "pip install evil-pkg"),
    Row(.pypi, "evil_pkg==1.4", "pip install evil-pkg==1.4.1"), Row(.pypi, "evil_pkg==1.4", "pip install 'evil-pkg>=1.4'"),
    Row(.pypi, "evil_pkg==1.4", "pip install evil-pkg[all]===1.4", "evil-pkg[all]===1.4 exact"),
    Row(.pypi, "evil_pkg==1.4", "pip install \"evil-pkg[all]==1.4\"", "evil-pkg[all]==1.4 exact"),
    Row(.pypi, "evil_pkg==1.4", "pip install 'other' 'evil-pkg==1.4' x", "evil-pkg==1.4 exact"),
    Row(.npm, "@scope/pkg@2.0.0", "npm i \"left\" \"@scope/pkg@2.0.0\"", "@scope/pkg@2.0.0 exact"),
    Row(.npm, "left-padd", "{\"a\":\"npm i x \",\"left-padd\":1}"), Row(.npm, "left-padd@1.14.1", "npm i \""),
    Row(.pypi, "evil_pkg==1.0a1", "https://files.pythonhosted.org/packages/ab/cd/ef/evil_pkg-1.0.0alpha1-py3-none-any.whl",
        "files.pythonhosted.org/packages/ab/cd/ef/evil_pkg-1.0.0alpha1-py3-none-any.whl exact"),
    Row(.pypi, "evil_pkg==1.4", "https://files.pythonhosted.org/packages/ab/cd/ef/evil_pkg-1.5.tar.gz"),
    Row(.pypi, "evil-2-pkg==1.4", "https://files.pythonhosted.org/packages/ab/cd/ef/evil-2-pkg-1.4.tar.gz", "files.pythonhosted.org/packages/ab/cd/ef/evil-2-pkg-1.4.tar.gz exact"),
    Row(.pypi, "evil_pkg==1.4", "https://pypi.org/project/evil-pkg/1.4/", "pypi.org/project/evil-pkg/1.4 exact"),
    Row(.pypi, "evil_pkg==1.4", "open site-packages/evil_pkg-1.4.dist-info/METADATA", "evil_pkg-1.4.dist-info exact"),
    Row(.pypi, "evil_pkg", "open site-packages/evil_pkg-1.4.dist-info/METADATA", "evil_pkg exact"),
    Row(.purl, "pkg:npm/%40scope/pkg@2.0.0", "npm i @scope/pkg@2.0.0", "@scope/pkg@2.0.0 exact"), Row(.purl, "pkg:npm/%40scope/pkg@2.0.0", "npm i @scope/pkg@2.0.1"),
    Row(.purl, "pkg:npm/left-padd", "GET https://registry.npmjs.org/left-padd", "registry.npmjs.org/left-padd exact"),
    Row(.purl, "pkg:pypi/Evil_Pkg@1.4", "pip install evil.pkg==1.4.0", "evil.pkg==1.4.0 exact"), Row(.purl, "pkg:gem/evil@1.4", "gem install evil -v 1.4"),
    Row(.purl, "pkg:npm/%40%40%40", "npm i @@@@"),
  ])
  func packageVersions(_ row: Row) throws { try check(row) }

  @Test("the name of a package of one version, where the feed asked for it", arguments: [
    Row(.npm, "left-padd@1.14.1", "node_modules/left-padd/index.js", "left-padd prefix"),
    Row(.npm, "left-padd@1.14.1", "npm i left-padd@1.14.1", "left-padd@1.14.1 exact"),
    Row(.npm, "left-padd@1.14.1", "npm i left-padd@1.15.0"),
    Row(.npm, "@scope/pkg@2.0.0", "npm i @scope/pkg@^2", "@scope/pkg prefix"),
    Row(.npm, "left-padd@1.14.1", "left-padd@^1.14.0:", "left-padd prefix"), Row(.npm, "left-padd@1.14.1", "+ left-padd@1.15.0"), Row(.pypi, "evil_pkg==1.4", "evil-pkg==1.*", "evil-pkg prefix"),
    Row(.pypi, "evil_pkg==1.4", "x evil-pkg==1.*"),
    Row(.npm, "@scope/pkg", "npm i @scope/pkg", "@scope/pkg exact"),
  ])
  func packagePrefixes(_ row: Row) throws { try check(row, mode: .prefix) }

  @Test("digests and wallets", arguments: [
    Row(.md5, "0123456789abcdef0123456789abcdef", "MD5=0123456789ABCDEF0123456789ABCDEF,SHA", "0123456789ABCDEF0123456789ABCDEF exact"),
    Row(.md5, "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef0"),
    Row(.md5, "0123456789abcdef0123456789abcdef", "01234567-89ab-cdef-0123-456789abcdef"),
    Row(.md5, "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef,0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef exact", "0123456789abcdef0123456789abcdef exact"),
    Row(.sha256, String(repeating: "0123456789abcdef", count: 4), String(repeating: "0123456789abcdef", count: 8)),
    Row(.evm, "0x52908400098527886e0f7030069857d2e4169ee7", "to 0x52908400098527886E0F7030069857D2E4169EE7",
        "0x52908400098527886E0F7030069857D2E4169EE7 exact"),
    Row(.evm, "0x52908400098527886e0f7030069857d2e4169ee7", "topic 0x00000000000000000000000052908400098527886e0f7030069857d2e4169ee7",
        "0x00000000000000000000000052908400098527886e0f7030069857d2e4169ee7 exact"),
    Row(.btc, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "bitcoin:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2?amount=1", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 exact"),
    Row(.btc, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "1bvbmseystwetqtfn5au4m4gfg7xjanvn2", "1bvbmseystwetqtfn5au4m4gfg7xjanvn2 weak"),
    Row(.btc, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4 exact"),
    Row(.btc, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "xbc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
    Row(.sha1, "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "\"fingerprint\":\"2f:d4:e1:c6:7a:2d:28:fc:ed:84:9e:e1:bb:76:e7:39:1b:93:eb:12\"", "2f:d4:e1:c6:7a:2d:28:fc:ed:84:9e:e1:bb:76:e7:39:1b:93:eb:12 exact"),
    Row(.sha1, "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "SHA1:2F:D4:E1:C6:7A:2D:28:FC:ED:84:9E:E1:BB:76:E7:39:1B:93:EB:12 ok", "2F:D4:E1:C6:7A:2D:28:FC:ED:84:9E:E1:BB:76:E7:39:1B:93:EB:12 exact"),
    Row(.sha1, "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "sha256:2f:d4:e1:c6:7a:2d:28:fc:ed:84:9e:e1:bb:76:e7:39:1b:93:eb:12", "2f:d4:e1:c6:7a:2d:28:fc:ed:84:9e:e1:bb:76:e7:39:1b:93:eb:12 exact"),
    Row(.sha1, "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "2f:d4:e1:c6:7a:2d:28:fc:ed:84:9e:e1:bb:76:e7:39:1b:93:eb:12:00"), Row(.sha1, "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "00:2f:d4:e1:c6:7a:2d:28:fc:ed:84:9e:e1:bb:76:e7:39:1b:93:eb:12"), Row(.sha1, "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "2f:d4:e1:c6:7a:2d:28:fc:ed:84:9e:e1:bb:76:e7:39:1b:93:eb:120"),
    Row(.md5, "2fd4e1c67a2d28fced849ee1bb76e739", "md5 2f:d4:e1:c6:7a:2d:28:fc:ed:84:9e:e1:bb:76:e7:39, next", "2f:d4:e1:c6:7a:2d:28:fc:ed:84:9e:e1:bb:76:e7:39 exact"),
  ])
  func digests(_ row: Row) throws { try check(row) }

  @Test("files, registry keys, mutexes, agents", arguments: [
    Row(.filename, "dropper.dll", "C:\\Windows\\DROPPER.dll loaded", "DROPPER.dll exact"), Row(.filename, "dropper.dll", "xdropper.dll"),
    Row(.filename, "dropper.dll", "dropper.dll.bak"), Row(.pathWindows, "C:\\Users\\Public\\svc.exe", "c:/users/public/svc.exe", "c:/users/public/svc.exe exact"),
    Row(.pathWindows, "C:\\Users\\Public\\svc.exe", "{\"Image\":\"C:\\\\Users\\\\Public\\\\svc.exe\"}", "C:\\\\Users\\\\Public\\\\svc.exe exact json"),
    Row(.pathWindows, "%TEMP%\\run.ps1", "D:\\t\\run.ps1", "\\run.ps1 suffix"), Row(.pathPOSIX, "/tmp/.x/miner", "exe=\"/tmp/.x/miner\"", "/tmp/.x/miner exact"),
    Row(.pathPOSIX, "/tmp/.x/miner", "/tmp/.x/miner2"),
    Row(.registry, "HKLM\\Software\\Evil\\Run", "Target: HKEY_LOCAL_MACHINE\\Software\\Evil\\Run\\v", "\\Software\\Evil\\Run prefix"),
    Row(.mutex, "Global\\{6f4a1111-2222-3333-4444-90ab12cd34ef}", "m=Global\\{6f4a1111-2222-3333-4444-90ab12cd34ef} y",
        "{6f4a1111-2222-3333-4444-90ab12cd34ef} exact"),
    Row(.userAgent, "EvilAgent/1.0 (compatible)", "\"EvilAgent/1.0 (compatible)\" 200", "EvilAgent/1.0 (compatible) exact"),
    Row(.userAgent, "EvilAgent/1.0 (compatible)", "requestClientApplication=EvilAgent/1.0 (compatible) act=allow", "EvilAgent/1.0 (compatible) exact"),
    Row(.userAgent, "EvilAgent/1.0 (compatible)", "requestClientApplication=EvilAgent/1.0 (compatible) Gecko act=allow"),
    Row(.pathWindows, "C:\\Users\\Öffentlich\\évil.dll", "C:\\Users\\Öffentlich\\évil.dll", "C:\\Users\\Öffentlich\\évil.dll exact"),
    Row(.pathWindows, "C:\\Users\\Öffentlich\\évil.dll", "D:\\users\\öffentlich\\évil.DLL", "\\users\\öffentlich\\évil.DLL suffix"),
    Row(.pathWindows, "C:\\Users\\Öffentlich\\évil.dll", "C:\\USERS\\ÖFFENTLICH\\ÉVIL.DLL", "C:\\USERS\\ÖFFENTLICH\\ÉVIL.DLL exact"),
    Row(.pathWindows, "C:\\Users\\Администратор\\x.exe", "C:/Users/Администратор/x.exe", "C:/Users/Администратор/x.exe exact"),
    Row(.filename, "Vérité.exe", "VÉRITÉ.EXE ran", "VÉRITÉ.EXE exact"), Row(.filename, "Vérité.exe", "verite.exe ran"),
    Row(.registry, "HKLM\\Software\\Über\\Run", "HKLM\\Software\\Über\\Run", "\\Software\\Über\\Run exact"),
    Row(.registry, "HKCU\\Software\\Evil", "[HKEY_CURRENT_USER\\Software\\Evil]", "\\Software\\Evil exact"),
    Row(.registry, "HKCU\\Software\\Evil", "Key:HKCU\\Software\\Evil", "\\Software\\Evil exact"), Row(.registry, "HKCU\\Software\\Evil", "[HKLM\\Software\\Evil]"),
    Row(.registry, "HKLM\\Software\\Evil", "HKLM:\\Software\\Evil", "\\Software\\Evil exact"),
    Row(.registry, "HKLM\\Software\\Evil", "<Data Name='TargetObject'>HKLM\\Software\\Evil</Data>", "\\Software\\Evil exact"),
    Row(.pathPOSIX, "/opt/evil/", "cd /opt/evil/ && ls", "/opt/evil exact"), Row(.pathPOSIX, "/opt/evil", "ls /opt/evil/x"),
    Row(.cve, "CVE-2026-12345", "\"cve\":[\"CVE_2026_12345\"]", "CVE_2026_12345 exact"),
    Row(.cve, "CVE-2026-12345", "alert cve-2026-12345 seen", "cve-2026-12345 exact"), Row(.cve, "CVE-2026-12345", "CVE-2026-123456"),
    Row(.cve, "CVE-2026-12345", "GET /CVE-2026-12345-exploit.py HTTP/1.1", "CVE-2026-12345 exact"), Row(.cve, "CVE-2026-12345", "run exploit_CVE-2026-12345 now", "CVE-2026-12345 exact"),
    Row(.cve, "CVE-2026-12345", "git clone https://github.com/x/CVE-2026-12345_poc", "CVE-2026-12345 exact"), Row(.cve, "CVE-2026-12345", "/tmp/x-cve_2026_12345.tar.gz", "cve_2026_12345 exact"),
    Row(.cve, "CVE-2026-12345", "CVE-2026-12345-CVE-2026-12345.", "CVE-2026-12345 exact", "CVE-2026-12345 exact"),
    Row(.cve, "CVE-2026-1234", "CVE-2026-1234-poc", "CVE-2026-1234 exact"), Row(.cve, "CVE-2026-1234", "CVE-2026-12345-poc"),
    Row(.cve, "CVE-2026-12345", "CVE-2026-123456-poc.py"), Row(.cve, "CVE-2026-12345", "CVE-2026-12345a-poc"), Row(.cve, "CVE-2026-12345", "XCVE-2026-12345-poc"),
    Row(.cve, "CVE-2026-12345", "1CVE-2026-12345_poc"), Row(.cve, "CVE-2026-12345", "CVE-2026-1234-5"), Row(.cve, "CVE-2026-12345", "CVE-2026.12345-poc"),
  ])
  func literals(_ row: Row) throws { try check(row) }

  private static let cookie = "3b1f5c09aa77e2d4c6b8"
  private static let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_DEF"

  @Test("session cookies, tokens and keys", arguments: [
    Row(.secret, cookie, "Cookie: a=b; SID=3b1f5c09aa77e2d4c6b8; c", "3b1f5c09aa77e2d4c6b8 exact"), Row(.secret, cookie, "/reset/3b1f5c09aa77e2d4c6b8?x", "3b1f5c09aa77e2d4c6b8 exact"),
    Row(.secret, cookie, "/3b1f5c09aa77e2d4c6b8/page", "3b1f5c09aa77e2d4c6b8 exact"), Row(.secret, cookie, "it was 3b1f5c09aa77e2d4c6b8.", "3b1f5c09aa77e2d4c6b8 exact"),
    Row(.secret, cookie, "3B1F5C09AA77E2D4C6B8"), Row(.secret, cookie, "x3b1f5c09aa77e2d4c6b8"), Row(.secret, cookie, "3b1f5c09aa77e2d4c6b8-1"),
    Row(.secret, "Bearer " + token, "{\"authorization\":\"Bearer \(token)\"}", token + " exact"), Row(.secret, token, token.dropLast() + ""),
    Row(.secret, "ab/cd+efGHIJKLMNOPQ==", "{\"k\":\"ab\\/cd+efGHIJKLMNOPQ==\"}", "ab\\/cd+efGHIJKLMNOPQ== exact json"),
    Row(.secret, "ab/cd+efGHIJKLMNOPQ==", "t=ab%2Fcd%2BefGHIJKLMNOPQ%3D%3D&u=1", "ab%2Fcd%2BefGHIJKLMNOPQ%3D%3D exact percent"),
    Row(.secret, "ab/cd+efGHIJKLMNOPQ==", "t=ab/cd+efGHIJKLMNOPQ="), Row(.secret, "s:AbCdEfGhIjKlMnOp.qrs", "connect.sid=s%3AAbCdEfGhIjKlMnOp.qrs; x", "AbCdEfGhIjKlMnOp.qrs exact percent"),
    Row(.secret, SecretDigest.canonical(of: cookie.utf8), "SID=3b1f5c09aa77e2d4c6b8", "3b1f5c09aa77e2d4c6b8 exact"),
    Row(.secret, String(SecretDigest.canonical(of: cookie.utf8).prefix(71)), "SID=3b1f5c09aa77e2d4c6b8", "3b1f5c09aa77e2d4c6b8 exact"),
  ])
  func secrets(_ row: Row) throws { try check(row) }

  @Test("between the colours of a terminal", arguments: [
    Row(.domain, "evil.example", "\u{1b}[2mdst=\u{1b}[0m\u{1b}[31mevil.example\u{1b}[0m ok", "evil.example exact"),
    Row(.ipv4, "192.0.2.1", "\u{1b}[36m192.0.2.1\u{1b}[m:443", "192.0.2.1 exact"), Row(.ipv4, "192.0.2.1", "#033[32m192.0.2.1#033[0m", "192.0.2.1 exact"),
    Row(.url, "http://evil.example/a", "{\"m\":\"\\u001b[1;31mhttp://evil.example/a\\u001b[0m\"}", "http://evil.example/a exact"),
    Row(.url, "http://evil.example/a", "{\"m\":\"{\\\"m\\\":\\\"\\\\u001b[31mhttp:\\/\\/evil.example\\/a\\\\u001b[0m\\\"}\"}", "http:\\/\\/evil.example\\/a exact json"),
    Row(.sha1, "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "\\033[33m2fd4e1c67a2d28fced849ee1bb76e7391b93eb12\\x1b[0m", "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12 exact"),
    Row(.userAgent, "EvilAgent/1.0 (compatible)", "ua=\u{1b}[33mEvilAgent/1.0 (compatible)\u{1b}[0m t", "EvilAgent/1.0 (compatible) exact"),
    Row(.filename, "dropper.dll", "\u{1b}[38;5;208mdropper.dll\u{1b}[39;49m", "dropper.dll exact"),
    Row(.cve, "CVE-2026-12345", "\u{1b}[1mCVE-2026-12345\u{1b}[22m", "CVE-2026-12345 exact"),
    Row(.domain, "evil.example", "\u{1b}mevil.example"), Row(.domain, "evil.example", "#033mevil.example"), Row(.domain, "evil.example", "[31mevil.example"),
  ])
  func colours(_ row: Row) throws { try check(row) }

  @Test("never noise", arguments: [
    "10.15.7.0 is no part of 'Chrome/93.0.0.0 Safari/537.36' nor of 1.2.3.4.5", "GET /favicon.ico HTTP/1.1", "at 2026-11-25T12:34:56.789Z took 00:16:3e:aa:bb:cc",
    "guid 6f4a1111-2222-3333-4444-90ab12cd34ef", "trace_id=0af7651916cd43dd8448eb211c80319c span=b7ad6b7169203331", "std::vector<a::b> x::y",
    "readme.md setup.py index.html a.zip lib.so.1.2.3.4", "kernel 6.1.0-13-amd64 5.10.0.1.2", "AB:CD:EF:01:23:45:67:89:AB:CD", "\u{0}\u{0}..\u{0}.:::.::",
  ])
  func noise(_ line: String) throws {
    let near: [(IndicatorType, String)] = [
      (.domain, "higan.example"), (.domain, "ico.example"), (.ipv4, "192.0.2.1"), (.cidr, "93.0.0.0/8"), (.cidr, "1.2.0.0/16"), (.cidr, "5.10.0.0/16"),
      (.md5, "6f4a1111222233334444" + "90ab12cd34ef"), (.ipv6, "2001:db8::1"), (.cidr, "ab00::/16"),
    ]
    let index = try makeIndex(near.map { Indicator(observable: try Canonicalizer.canonicalize($0.1, as: $0.0)) })
    var fast = FastMatcher(index)
    var reference = ReferenceMatcher(index)
    #expect(fast.hits(in: line).isEmpty)
    #expect(reference.hits(in: line).isEmpty)
  }

  @Test("all networks around an address, narrowest first")
  func nested() throws {
    let index = try makeIndex(["198.51.100.0/24", "198.48.0.0/13", "198.51.100.96/27", "198.51.0.0/16"].map {
      Indicator(observable: try Canonicalizer.canonicalize($0, as: .cidr))
    })
    var fast = FastMatcher(index)
    let hits = fast.hits(in: String(repeating: " ", count: 40) + "src=198.51.100.100 ")
    #expect(hits.map { index.indicator(at: $0.entry)?.value } == ["198.51.100.96/27", "198.51.100.0/24", "198.51.0.0/16", "198.48.0.0/13"])
  }
}
