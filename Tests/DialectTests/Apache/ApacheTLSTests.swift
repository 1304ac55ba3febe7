import IR
import Routing
import TestSupport
import Testing

struct ApacheTLSTests {
    private func written(_ host: String, main: String = "") -> ApacheCase {
        ApacheCase("Listen 443\n\(main)\n<VirtualHost *:443>\nServerName a.test\n\(host)\n</VirtualHost>\n")
    }

    private func policy(_ host: String, main: String = "") throws -> TLSPolicy {
        try #require(written(host, main: main).configuration.sites.last?.tls)
    }

    private let pair = "SSLEngine on\nSSLCertificateFile /a.pem\nSSLCertificateKeyFile /a.key\n"

    @Test func `what nothing is said about is written down as httpd does it`() throws {
        let policy = try policy(pair)
        #expect(policy.certificates.map(\.certificate) == ["/a.pem"])
        #expect(policy.certificates.map(\.key) == ["/a.key"])
        #expect(policy.versions == Set(TLSVersionName.allCases))
        #expect(policy.clients.failure == .handshake)
        #expect(policy.parameters == .chosen)
    }

    @Test func `versions are added and taken away in order`() throws {
        #expect(try policy(pair + "SSLProtocol all -SSLv3 -TLSv1 -TLSv1.1").versions == [.v12, .v13])
        #expect(try policy(pair + "SSLProtocol TLSv1.2").versions == [.v12])
        #expect(try policy(pair + "SSLProtocol -all +TLSv1.3").versions == [.v13])
    }

    @Test func `a virtual host has what it does not say from the main server`() throws {
        let policy = try policy("SSLEngine on", main: "SSLCertificateFile /m.pem\nSSLHonorCipherOrder on")
        #expect(policy.certificates.map(\.key) == ["/m.pem"])
        #expect(policy.prefersOwnCiphers)
    }

    @Test func `port 443 is meant for TLS where there is a certificate`() throws {
        #expect(written("SSLCertificateFile /a.pem").configuration.listeners.last?.isTLS == true)
        #expect(written("DocumentRoot /srv").configuration.listeners.last?.isTLS == false)
        #expect(written("SSLEngine off\nSSLCertificateFile /a.pem").configuration.listeners.last?.isTLS == false)
    }

    @Test func `TLS without a certificate is an error, and a misspelt version too`() {
        #expect(written("SSLEngine on").rules().contains("tls-without-certificate"))
        #expect(written(pair + "SSLProtocol TLSv9").rules().contains("invalid-value"))
    }

    @Test func `requests without TLS are kept out where TLS is required`() {
        let apache = ApacheCase(
            site: "<Location /a>\nSSLRequireSSL\n</Location>\n<Location /b>\nRequire ssl\n</Location>")
        #expect(apache.decide("GET", "/a").status == 403)
        #expect(apache.decide("GET", "/b").status == 403)
    }

    @Test func `upstreams are asked over TLS only where the engine is on`() {
        let off = ApacheCase(site: "ProxyPass /a https://b.test/").base.forward.tls?.value
        #expect(off?.isPermitted == false)
        let on = ApacheCase(site: "SSLProxyEngine on\nSSLProxyVerify require\nSSLProxyCheckPeerCN off").base.forward.tls
        #expect(on?.value.isPermitted == true)
        #expect(on?.value.verifies == true)
        #expect(on?.value.checksName == false)
    }
}
