import Testing
import Transport

@Suite struct AddressGuardTests {
  /// What libcurl connects to for each way of writing a host, and what the guard says of it.
  @Test(arguments: [
    ("http://127.0.0.1/", "loopback"), ("http://127.255.255.254/", "loopback"), ("http://2130706433/", "loopback"), ("http://0x7f.1/", "loopback"),
    ("http://0177.0.0.1/", "loopback"), ("http://127.1/", "loopback"), ("http://[::1]/", "loopback"), ("http://[::ffff:127.0.0.1]/", "loopback"),
    ("http://[::ffff:7f00:1]/", "loopback"), ("http://[64:ff9b::7f00:1]/", "loopback"), ("http://[2002:7f00:1::]/", "loopback"),
    ("http://0.0.0.0/", "unspecified"), ("http://[::]/", "unspecified"), ("http://0/", "unspecified"),
    ("http://10.1.2.3/", "private"), ("http://172.31.0.1/", "private"), ("http://192.168.1.1/", "private"), ("http://100.64.0.1/", "shared"),
    ("http://[fd12::1]/", "unique-local"), ("http://[fe80::1]/", "link-local"), ("http://[fec0::1]/", "site-local"),
    ("http://169.254.1.1/", "link-local"), ("http://169.254.169.254/", "metadata"), ("http://[::ffff:a9fe:a9fe]/", "metadata"),
    ("http://100.100.100.200/", "metadata"), ("http://168.63.129.16/", "metadata"), ("http://[fd00:ec2::254]/", "metadata"),
    ("http://224.0.0.1/", "multicast"), ("http://255.255.255.255/", "broadcast"), ("http://[ff02::1]/", "multicast"),
    ("http://198.18.0.1/", "benchmarking"), ("http://192.0.2.1/", "documentation"), ("http://[2001:db8::1]/", "documentation"),
    ("http://1.1.1.1/", "global"), ("http://172.32.0.1/", "global"), ("http://[2606:4700::1111]/", "global"), ("http://[64:ff9b::101:101]/", "global"),
  ])
  func purposeOfEverySpelling(_ url: String, _ purpose: String) throws {
    let address = try #require(WebAddress(url))
    #expect(address.literalPurpose?.rawValue == purpose)
  }

  @Test func onlyTheInternetIsOpenAndOwnNetworksWhenAllowed() {
    for purpose in AddressGuard.Purpose.allCases {
      #expect(AddressGuard.allows(purpose, allowPrivate: false) == (purpose == .global))
    }
    #expect(AddressGuard.allows(.loopback, allowPrivate: true))
    #expect(AddressGuard.allows(.private, allowPrivate: true))
    // Metadata services and link-local addresses stay shut, whatever a feed file says.
    #expect(!AddressGuard.allows(.metadata, allowPrivate: true))
    #expect(!AddressGuard.allows(.linkLocal, allowPrivate: true))
  }

  @Test func everyAddressHasAPurposeAndNoneTraps() {
    var generator = Seeded(state: 3)
    for _ in 0..<20_000 {
      _ = AddressGuard.purpose(ipv4: UInt32.random(in: .min ... .max, using: &generator))
      _ = AddressGuard.purpose(ipv6: (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
    #expect(AddressGuard.purpose(ipv6: []) == .reserved)
  }
}

@Suite struct WebAddressTests {
  @Test func redirectsAreResolvedAsBrowsersDo() throws {
    let base = try #require(WebAddress("https://feeds.example/a/b?c=1#d"))
    #expect(base.text == "https://feeds.example/a/b?c=1")
    #expect(base.resolving(location: "x")?.text == "https://feeds.example/a/x")
    #expect(base.resolving(location: "/x")?.text == "https://feeds.example/x")
    #expect(base.resolving(location: "//other.example/x")?.text == "https://other.example/x")
    #expect(base.resolving(location: "?y=2")?.text == "https://feeds.example/a/b?y=2")
    #expect(base.resolving(location: "ftp://other.example/") == nil)
    #expect(base.resolving(location: "file:///etc/passwd") == nil)
    #expect(base.resolving(location: "javascript:alert(1)") == nil)
    #expect(base.resolving(location: "https://a\r\nHost: b/") == nil)
    #expect(base.resolving(location: "") == nil)
  }

  @Test func originsDifferBySchemeHostAndPort() throws {
    let origin = try #require(WebAddress("https://feeds.example/"))
    #expect(WebAddress("https://FEEDS.example:443/x")?.origin == origin.origin)
    #expect(WebAddress("https://feeds.example./x")?.origin == origin.origin)
    for other in ["http://feeds.example/", "https://feeds.example:8443/", "https://feeds.example.evil.example/", "https://evil.example/"] {
      #expect(WebAddress(other)?.origin != origin.origin)
    }
  }

  @Test func credentialsAreTakenOutOfTheAddress() throws {
    let address = try #require(WebAddress("https://us%40er:pa%3Ass@feeds.example/x"))
    #expect(address.user == "us@er")
    #expect(address.password == "pa:ss")
    #expect(address.text == "https://feeds.example/x")
    #expect(address.addingQuery([("auth-key", "a&b=c")])?.text == "https://feeds.example/x?auth-key=a%26b%3Dc")
  }
}
