import Testing
import Transport

@Suite struct SecretTests {
  @Test func aSecretNeverShows() {
    let secret = Secret("s3cr3t-value")
    #expect("\(secret)" == "[redacted]")
    #expect(String(reflecting: secret) == "[redacted]")
    var dumped = ""
    dump(Authentication.bearer(secret), to: &dumped)
    #expect(!dumped.contains("s3cr3t"))
  }

  @Test func everyFormOfItIsTakenOutOfText() {
    let redactor = Redactor(secrets: [Secret("p/w+with=signs"), Secret("user:p@ss")])
    for form in ["p/w+with=signs", "p%2Fw%2Bwith%3Dsigns", "p%2fw%2bwith%3dsigns", "cC93K3dpdGg9c2lnbnM=", "dXNlcjpwQHNz"] {
      #expect(redactor.finds(in: "GET /\(form)/list"))
      #expect(redactor.redact("GET /\(form)/list") == "GET /[redacted]/list")
    }
    #expect(redactor.redact("nothing to hide") == "nothing to hide")
  }

  @Test func anAddressIsShownWithoutItsKeys() {
    let redactor = Redactor(secrets: [Secret("k3y-in-path")])
    #expect(redactor.redact(url: "https://u:p@h.example/v2/k3y-in-path/x?auth-key=abc&page=2#f") == "https://[redacted]@h.example/v2/[redacted]/x?auth-key=[redacted]&page=2#f")
    #expect(redactor.redact(url: "https://h.example/?q=token") == "https://h.example/?q=token")
    #expect(redactor.redact(url: "https://h.example/?X-Signature=1&Session=2") == "https://h.example/?X-Signature=[redacted]&Session=[redacted]")
  }

  @Test func headersCannotBeSmuggled() {
    #expect(HTTPHeader(name: "Auth-Key", value: "abc").isValid)
    for bad in [HTTPHeader(name: "Auth Key", value: "x"), HTTPHeader(name: "", value: "x"), HTTPHeader(name: "A", value: "x\r\nB: y"), HTTPHeader(name: "A\n", value: "")] {
      #expect(!bad.isValid)
    }
    #expect(Authentication.basic(user: "Aladdin", password: Secret("open sesame")).header?.value == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
  }
}
