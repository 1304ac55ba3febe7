import IR
import TestSupport
import Testing

struct NginxTLSTests {
    private func policy(_ server: String, http: String = "") throws -> TLSPolicy {
        let text = "events {} http { \(http) server { listen 443 ssl; \(server) return 200; } }"
        return try #require(NginxCase(text).configuration.sites.first?.tls)
    }

    private let pair = "ssl_certificate a.pem; ssl_certificate_key /etc/a.key;"

    @Test func `what nothing is said about is written down as nginx does it`() throws {
        let policy = try policy(pair)
        #expect(policy.certificates.map(\.key) == ["/etc/a.key"])
        #expect(policy.certificates.first?.certificate.hasSuffix("/a.pem") == true)
        #expect(policy.versions == [.v12, .v13])
        #expect(policy.ciphers == "HIGH:!aNULL:!MD5")
        #expect(policy.sessions == SessionPolicy(remembered: 0, seconds: 300, usesTickets: true))
        #expect(policy.clients.wish == .none)
        #expect(policy.parameters == .none)
    }

    @Test func `a server has what it does not say from around it`() throws {
        let http = "ssl_session_timeout 1h; ssl_session_tickets off; ssl_ciphers A; ssl_protocols TLSv1.2;"
        let policy = try policy(pair + " ssl_ciphers B; ssl_prefer_server_ciphers on;", http: http)
        #expect(policy.sessions.seconds == 3_600)
        #expect(!policy.sessions.usesTickets)
        #expect(policy.ciphers == "B")
        #expect(policy.prefersOwnCiphers)
        #expect(policy.versions == [.v12])
    }

    @Test func `several certificates are paired in order`() throws {
        let policy = try policy(pair + " ssl_certificate /b.pem; ssl_certificate_key /b.key;")
        #expect(policy.certificates.map(\.key) == ["/etc/a.key", "/b.key"])
    }

    @Test func `clients that show no good certificate are answered`() throws {
        let policy = try policy(pair + " ssl_verify_client optional; ssl_client_certificate /c; ssl_crl /r;")
        #expect(policy.clients.wish == .optional)
        #expect(policy.clients.failure == .answer(unverified: 495, missing: 496))
        #expect(policy.clients.authorities == ["/c"])
        #expect(policy.clients.revoked == ["/r"])
    }
}
