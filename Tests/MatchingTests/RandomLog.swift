import FoundationEssentials
import Indicators
import Matching

/// A generator whose every number follows from its seed.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) {
    state = seed
    // Neighbouring seeds must not walk the same sequence at another place.
    state = next() ^ seed &* 0xd134_2543_de82_ef95
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  mutating func chance(_ one: Int) -> Bool { Int(next() % UInt64(one)) == 0 }
  mutating func pick<Value>(_ values: [Value]) -> Value { values[Int(next() % UInt64(values.count))] }
}

/// Invented indicators of every matchable type, and texts that hold them, nearly hold them, and do neither.
struct RandomLog {
  var generator: SeededGenerator
  let values: [[UInt8]]

  static let observables: [(IndicatorType, String)] = {
    let hex = { (count: Int, seed: UInt64) -> String in
      var generator = SeededGenerator(seed)
      return String((0..<count).map { _ in generator.pick(Array("0123456789abcdef")) })
    }
    var all: [(IndicatorType, String)] = [
      (.ipv4, "192.0.2.1"), (.ipv4, "198.51.100.77"), (.ipv4, "203.0.113.254"), (.ipv4Port, "192.0.2.9:8443"), (.ipv4Port, "192.0.2.1:443"),
      (.ipv6, "2001:db8::1"), (.ipv6, "2001:db8:a:b:c:d:e:f"), (.ipv6Port, "[2001:db8::5]:8080"), (.ipv6, "::ffff:198.51.100.9"),
      (.cidr, "198.51.100.0/24"), (.cidr, "198.51.100.64/26"), (.cidr, "203.0.112.0/15"), (.cidr, "2001:db8:7::/48"), (.cidr, "203.0.113.8/29"),
      (.ipRange, "192.0.2.100-192.0.2.119"),
      (.domain, "evil.example"), (.domain, "higan.example"), (.domain, "a-b.evil2.example"), (.domain, "www.bad.example"), (.domain, "x.github.io"),
      (.domain, "pages.dev"), (.domain, "xn--bcher-kva.example"), (.domain, "1.2.3.4.evil.example"), (.domain, "loader.zip"), (.domain, "t.co"),
      (.domainPort, "c2.example:4444"), (.domainWildcard, "*.wild.example"), (.domain, "longer-abcdefghijklmno.example"),
      (.url, "http://shared.example/files/loader.bin"), (.url, "http://shared.example/x"), (.url, "http://shared.example/twelve-bytes"),
      (.url, "http://evil.example/a/b.php?id=1"), (.url, "https://host.example/drop/"), (.url, "http://192.0.2.55/x.bin"),
      (.url, "http://host.example:8080/p"), (.url, "http://[2001:db8::77]/i"), (.url, "ftp://files.example/f.exe"), (.url, "http://host.example/"),
      (.url, "http://host.example/A%20b"), (.url, "http://github.com/owner/repo/raw/x.exe"),
      (.email, "mallory@mail.example"), (.email, "m.x+tag@evil.example"),
      (.cve, "CVE-2026-12345"), (.filename, "evil loader.exe"), (.filename, "dropper.dll"), (.filename, "invoice_2026"),
      (.pathWindows, "C:\\Users\\Public\\svc.exe"), (.pathWindows, "%TEMP%\\run.ps1"), (.pathPOSIX, "/tmp/.x/miner"), (.pathPOSIX, "~/.cache/kworker"),
      (.registry, "HKLM\\Software\\Evil\\Run"), (.mutex, "Global\\{6f4a1111-2222-3333-4444-90ab12cd34ef}"), (.mutex, "MUTEX_42_x"), (.mutex, "Dash mutex-"), (.mutex, "Under mutex_"),
      (.userAgent, "EvilAgent/1.0 (compatible)"), (.npm, "left-padd"), (.npm, "@scope/evil-pkg"), (.npm, "left-padd@1.2.3"), (.purl, "pkg:npm/%40scope/evil-pkg@3.0.0"), (.pypi, "evil_pkg.name==1.4"), (.pypi, "evil_pkg.name"),
      (.githubRepository, "github.com/owner/repo"), (.githubAccount, "github.com/badowner"), (.telegram, "t.me/evilchannel"),
      (.btc, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"), (.btc, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
      (.evm, "0x52908400098527886e0f7030069857d2e4169ee7"), (.txHash, "0x" + hex(64, 9)), (.jarm, hex(62, 14)),
      (.tlsh, "T1" + hex(70, 15).uppercased()), (.ja3, hex(32, 16)), (.imphash, hex(32, 17)),
      (.secret, hex(20, 18)), (.secret, "90ab12cd-34ef-4a11-9122-6f4a11112222"), (.secret, "ab/cd+efGHIJKLMNOPQ=="), (.secret, "AbCdEfGhIjKlMnO="),
      (.secret, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_DEF"), (.secret, "s%3AAbCdEfGhIjKlMnOp.qrs"),
    ]
    for (place, (type, count)) in [(IndicatorType.md5, 32), (.sha1, 40), (.sha224, 56), (.sha256, 64), (.sha384, 96), (.sha512, 128)].enumerated() {
      all.append((type, hex(count, UInt64(20 + place))))
    }
    if let tron = try? Canonicalizer.canonicalize("41" + hex(40, 99), as: .tron) { all.append((.tron, tron.canonical)) }
    return all
  }()

  /// What of ``observables`` the canonicaliser takes.
  static let indicators: [Indicator] = observables.compactMap { type, value in
    (try? Canonicalizer.canonicalize(value, as: type)).map { Indicator(observable: $0.pinned, feeds: ["list"]) }
  }

  init(seed: UInt64) {
    generator = SeededGenerator(seed)
    values = Self.observables.map { Array($0.1.utf8) } + Self.indicators.map { Array($0.observable.match.utf8) } + Self.company.map { Array($0.utf8) }
  }

  /// Benign neighbours and the shapes that look like indicators.
  private static let company = [
    "http://shared.example/abc/../x", "https://shared.example/other/%2e%2e/x", "http://shared.example/other\\..\\x", "shared.example/other/page/./../../x",
    "http://shared.example/FILES/loader.bin", "http://shared.example/fil%65s/loader.bin", "http://shared.example/other?u=/../x",
    "http://shared.example/a-longer-path-than-the-masks-show-in-one-look/that-goes-on-for-a-while/../../x",
    "michigan.example", "tg://resolve?domain=evilchannel&start=1", "tg://resolve?domain=other", "evil。example", "http://shared．example/x", "a。evil｡example.", "evil。。example", "evil。examples", "例evil。example", "exploit_CVE-2026-12345.py", "CVE-2026-12345-poc", "CVE-2026-123456_x", "http://%65vil.example/a/b.php?id=1", "http://shared%2Eexample/x", "http://shared%2Eexample/x%20y", "https://files.pythonhosted.org/packages/ab/cd/evil_pkg.name-1.4.tar.gz", "https://pypi.org/simple/Evil-Pkg-Name/", "https://pypi.org/project/other-pkg/1.0/", "http://0xc0000201/x", "http://3221225985", "http://0xC0.0.567/x.bin", "http://0300.0.2.9:8443/", "://198.51.25700.", "Chrome/93.0.0.0", "favicon.ico", "1.2.3.4.5", "v1.2.3.4", "2026-11-25T12:34:56.789Z", "00:16:3e:aa:bb:cc", "std::vector",
    "6f4a1111-2222-3333-4444-90ab12cd34ef", "trace_id=0af7651916cd43dd8448eb211c80319c", "index.html", "10.0.0.1", "evil.example.attacker.net",
    "Collecting evil-pkg-name", "Collecting evil_pkg.name==1.4 (from x)", "Downloading evil_pkg.name-1.4-py3-none-any.whl", "Using cached evil_pkg_name-1.4.tar.gz",
    "Requirement already satisfied: evil-pkg-name", "Installing collected packages: evil-pkg-name, x", "Successfully installed evil-pkg-name-1.4 x-1",
    "Found existing installation: evil-pkg-name 1.4", "Building wheel for evil-pkg-name", "  - Installing evil-pkg-name (1.4)", "npm warn deprecated left-padd@1.2.3: x",
    "> left-padd@1.2.3 postinstall", "└── left-padd@1.2.3", "├─ @scope/evil-pkg@3.0.0", "@scope/evil-pkg@3.0.0 preinstall",
    "\n+ left-padd@1.2.3\n", "\n+ left-padd 1.2.3\n", "left-padd@1.2.4", "left-padd@^1.2.0:", "@scope/evil-pkg@npm:3.0.0", ".pnpm/@scope+evil-pkg@3.0.0/", "left-padd@10.0.0.1", "x/left-padd@1.2.3",
    "\n + evil-pkg-name==1.4\n", "\nevil_pkg.name[x]==1.4 \\\n", "\"evil-pkg-name==1.5\"", "if evil_pkg_name == 1.4:", "]: evil-pkg-name==1.4.0 # x", "evil-pkg-name==1.*", " \u{1b}[32m+\u{1b}[39m \u{1b}[1mevil-pkg-name\u{1b}[0m\u{1b}[2m==1.4\u{1b}[0m\n",
    "npm install left-padd", "npm i @scope/evil-pkg", "npm i left-padd@1.2.3", "https://registry.npmjs.org/left-padd/-/left-padd-1.2.3.tgz", "pip install evil-pkg-name==1.4.0", "\"EvilAgent/1.0 (compatible)\"", "name=Global\\{6f4a1111-2222-3333-4444-90ab12cd34ef} x",
    "pip install evil-pkg-name", "node_modules/left-padd/x.js", "https://raw.githubusercontent.com/owner/repo/main/a",
    "git@github.com:owner/repo.git", "::1", "fe80::1%eth0", "aa:bb:cc:dd:ee:ff:00:11", "bücher.example", "evil。example", "日本語.example", "name@",
    "(see above).", "\"run.ps1.-\"", "a.b", "...", "..evil.example..", "-evil.example", "evil.example-", "_dmarc.evil.example", "http://user@evil.example/",
    "http://shared.example/other/page?id=1", "http://shared.example/files/../files/loader.bin", "http://shared.example/a/../x", "http://shared.example/./x",
    "http://shared.example/%78", "http://shared.example/a/%2e%2e/x", "https://SHARED.example/files/loader.bin#top", "http://shared.example/x.", "shared.example/x",
    "http://shared.example/twelve-bytes-and-more", "http://shared.example/twelve-b", "http://shared.example/x?q=1", "(http://shared.example/x)", "http://shared.example/x,y",
    "192.0.2.1.-", "192.0.2.1-192.0.2.5", "10.0.0.1-192.0.2.1", "192.0.2.1..", "25/Nov/2026:08:00:00", "1:2:3:4:5:6:7:8", "2001:db8:a:b:c:d:e:f:1",
    "2001:db8:a:b:c:d:192.0.2.1", "0.123456", "1764000000.123456", "1.22.333.4444", "192.0.2.1_", "----longer-abcdefghijklmno.example",
    "IP 192.0.2.1.443 > 10.0.0.1.5:", "10.0.0.1.5 > 198.51.100.77.http:", "tcp4 0 0 10.0.0.1.5 203.0.113.254.4444 ", "IP6 2001:db8::1.443 > 2001:db8::5.8080:",
    "192.0.2.1.443 > x", " > 203.0.113.254.https:", "http://evil.example@host.example/drop/", "http://x@evil.example:8080@shared.example/x", "http://192.0.2.1:x@evil.example",
    "------------------------------------------------------------------evil.example", "other-abcdefghijklmno.example",
  ]

  private static let separators = [
    " ", " ", " ", "\n", "\n", "\t", "\"", "'", ",", ";", ":", "/", "\\", "|", "=", "(", ")", "[", "]", "{", "}", "<", ">", "@", ".", "-", "_", "%", "&", "?", "#", "\0", " > ", ".443: ",
    "\r\n", "é", "日", "\\n", "\\\"", "://", "x", "1", "a", "\n+ ", "==1.4", "@1.2.3", "\u{1b}[1;31m", "\u{1b}[0m", "#033[32m", "\\u001b[m", "\\x1b[0m", "\u{1b}", "#033",
  ].map { Array($0.utf8) }

  /// About `count` bytes.
  mutating func text(_ count: Int) -> [UInt8] {
    var text: [UInt8] = []
    while text.count < count {
      text += value()
      for _ in 0..<Int(generator.next() % 3) { text += generator.pick(Self.separators) }
      if generator.chance(40) { text.append(UInt8(truncatingIfNeeded: generator.next())) }
      if generator.chance(25) { text += generator.pick(Self.filler) }
    }
    return text
  }

  private static let filler: [[UInt8]] = [
    Array(String(repeating: "word ", count: 20).utf8), Array(repeating: 0x61, count: 130), Array(repeating: 0x2e, count: 70),
    Array(repeating: 0x3a, count: 9), Array(String(repeating: "0", count: 24).utf8), Array(String(repeating: "a.", count: 140).utf8), [0x5c, 0x5c, 0x5c],
    Array(String(repeating: "b", count: 70).utf8) + Array(".example".utf8), Array(repeating: 0x0a, count: 3),
  ]

  mutating func value() -> [UInt8] {
    var value = generator.pick(values)
    switch generator.next() % 16 {
    case 0: value = value.map { (0x61...0x7a).contains($0) ? $0 - 0x20 : $0 }
    case 1: value = value.map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }
    case 2: value = Array("sub.".utf8) + value
    case 3: value += generator.pick([Array("x".utf8), Array(":443".utf8), Array("/".utf8), Array("?q=1".utf8), Array(".".utf8)])
    case 4: value.remove(at: Int(generator.next() % UInt64(value.count)))
    case 5: value[Int(generator.next() % UInt64(value.count))] = UInt8(truncatingIfNeeded: generator.next())
    case 6: value = escaped(value, below: 0xff) { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    case 7: value = escaped(value) { $0 == 0x2f || $0 == 0x5c || $0 == 0x22 ? "\\" + String(Unicode.Scalar($0)) : "\\u00" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    case 12: value = Array(String(decoding: value, as: UTF8.self).unicodeScalars.map { scalar in
      let digits = String(scalar.value, radix: 16)
      return scalar.isASCII || digits.count > 4 ? String(scalar) : "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined().utf8)
    case 8: value = value.flatMap { $0 == 0x2f || $0 == 0x5c ? [0x5c, $0] : [$0] }
    case 9: value = Array(Refang.defang(String(decoding: value, as: UTF8.self)).utf8)
    case 10: value = Array("\"".utf8) + value + Array("\"".utf8)
    case 11: value = Array("{\"k\":\"{\\\"v\\\":\\\"".utf8) + value.flatMap { $0 == 0x5c ? [0x5c, 0x5c, 0x5c, 0x5c] : [$0] } + Array("\\\"}\"}".utf8)
    case 13: value = defanged(value)
    case 14: value = separated() ?? value
    case 15 where value.count >= 32 && value.count % 2 == 0: value = value.indices.flatMap { $0 > 0 && $0 % 2 == 0 ? [0x3a, value[$0]] : [value[$0]] }
    case 15: value = counted(value)
    default: break
    }
    return value
  }

  /// Signs of a value in any of the spellings that people make them unclickable by, some as they are; not always the same in one value.
  private mutating func defanged(_ value: [UInt8]) -> [UInt8] {
    let own: [UInt8: [String]] = [
      0x2e: [
        "[.]", "(.)", "{.}", "<.>", "[dot]", "(dot)", "{DOT}", " dot ", " [.] ", "\\.", "[.", ".]", "[[.]]", "[ . ]", "。", "．", "［．］", "&#46;", "[,]",
        "[punkt]", "\u{200b}.", ".",
      ],
      0x40: ["[at]", "(at)", " at ", " [at] ", "＠", "[@]", "@"], 0x3a: ["[:]", "[://]", ":", " : "], 0x2f: ["[/]", "/"],
    ]
    let isOne = generator.chance(2)
    var result: [UInt8] = []
    var chosen: [UInt8: String] = [:]
    for byte in value {
      guard let spellings = own[byte] else {
        result.append(byte)
        if generator.chance(40) { result += Array("\u{ad}".utf8) }
        continue
      }
      let spelling = isOne ? chosen[byte] ?? generator.pick(spellings) : generator.pick(spellings)
      chosen[byte] = spelling
      result += Array(spelling.utf8)
    }
    for scheme in ["http", "www."] where result.starts(with: scheme.utf8) && generator.chance(2) {
      result = Array(generator.pick(scheme == "http" ? ["hxxp", "meow", "(http)", "hXXp"] : ["[www]."]).utf8) + result.dropFirst(4)
    }
    return generator.chance(6) ? Array(generator.pick(["http__", "hxxp://", "hxxp[:]//", "(", "[", "see "]).utf8) + result : result
  }

  /// Each label behind its length, as names stand in a packet; now and then a length or an end that is wrong.
  private mutating func counted(_ value: [UInt8]) -> [UInt8] {
    var result: [UInt8] = generator.chance(6) ? Array(generator.pick(["x", "-", "(", "(4)", "[C00C]", "(0)", "(12"]).utf8) : []
    for label in value.split(separator: 0x2e) {
      let length = generator.chance(20) ? generator.pick([0, 7, 64, 100, label.count + 1]) : label.count
      result += Array("(\(generator.chance(30) ? "0" : "")\(length))".utf8) + label
    }
    return result + Array(generator.pick(["(0)", "(0)", "(0)", "(0)", "", " ", "(", "(0", ".", "(3)", "(0)x"]).utf8)
  }

  /// A URL with its host, port and path in fields of their own, perhaps with others of the kind between.
  private mutating func separated() -> [UInt8]? {
    let urls = values.map { String(decoding: $0, as: UTF8.self) }.filter { $0.hasPrefix("http") || $0.hasPrefix("github.com/") || $0.hasPrefix("t.me/") }
    let picked = generator.pick(urls)
    let url = picked.contains("://") ? picked : "https://" + picked
    guard let scheme = url.range(of: "://"), let slash = url[scheme.upperBound...].firstIndex(of: "/") else { return nil }
    var host = String(url[scheme.upperBound..<slash])
    var path = String(url[slash...])
    var fields: [(String, String)] = []
    if let colon = host.lastIndex(of: ":"), host.last != "]", generator.chance(2) {
      fields.append(("port", String(host[host.index(after: colon)...])))
      host = String(host[..<colon])
    }
    if generator.chance(3), let mark = path.firstIndex(of: "?") {
      fields.append(("query", String(path[path.index(after: mark)...])))
      path = String(path[..<mark])
    }
    if generator.chance(4) { path = path.replacing("/", with: "\\/") }
    fields.insert(("path", path), at: 0)
    for _ in 0..<Int(generator.next() % 3) {
      fields.append(generator.pick([("status", "200"), ("file", "/other"), ("root", "/"), ("agent", "x/1.0"), ("port", "8080"), ("host", "shared.example")]))
    }
    fields.insert(("host", host), at: generator.chance(2) ? 0 : Int(generator.next() % UInt64(fields.count)))
    if generator.chance(5) { fields.shuffle(using: &generator) }
    let lines: [String] = [
      "{" + fields.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",") + "}", fields.map { "\($0)=\($1)" }.joined(separator: " "),
      "-\t" + fields.map(\.1).joined(separator: "\t") + "\t-", "- " + fields.map(\.1).joined(separator: " ") + " -",
    ]
    return Array(generator.pick(lines).utf8)
  }

  /// Each byte with a chance of its own to be written as an escape.
  private mutating func escaped(_ value: [UInt8], below limit: UInt8 = 0x80, _ escape: (UInt8) -> String) -> [UInt8] {
    var result: [UInt8] = []
    for byte in value {
      if generator.chance(4), byte < limit { result += Array(escape(byte).utf8) } else { result.append(byte) }
    }
    return result
  }
}
