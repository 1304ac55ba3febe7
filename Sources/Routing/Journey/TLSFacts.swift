package import IR

/// What is known of the TLS that a connection speaks; made once, behind the handshake.
package final class TLSFacts: Sendable {
    /// What holding the client's certificate against the authorities came to.
    package enum Verification: Hashable, Sendable {
        /// The client showed none.
        case none
        case success
        /// It was taken though nobody knows who issued it.
        case lenient
        /// The library's words.
        case failed(String)
    }

    /// The version: `TLSv1.3`.
    package let version: [UInt8]
    /// The cipher's name.
    package let cipher: [UInt8]
    /// How many bits of its key are secret, and how many it has.
    package let usedBits: Int
    package let allBits: Int
    /// The session's number in hexadecimal digits.
    package let session: [UInt8]
    /// The session was taken up again.
    package let isResumed: Bool
    /// The name that the client asked for, in its letters; empty: none.
    package let name: [UInt8]
    /// Some site has that name.
    package let nameIsKnown: Bool
    /// What was agreed on for what follows (ALPN); empty: nothing.
    package let application: [UInt8]
    /// How the client's certificate fared.
    package let verification: Verification
    /// The client's certificate.
    package let client: CertificateRecord?
    /// The server's certificate.
    package let server: CertificateRecord?
    /// What is the same for sites whose TLS is the same; see `Decider.tlsChoice`.
    package let likeness: UInt64

    package init(
        version: [UInt8], cipher: [UInt8], usedBits: Int, allBits: Int, session: [UInt8], isResumed: Bool,
        name: [UInt8], nameIsKnown: Bool, application: [UInt8], verification: Verification,
        client: CertificateRecord?, server: CertificateRecord?, likeness: UInt64
    ) {
        self.version = version
        self.cipher = cipher
        self.usedBits = usedBits
        self.allBits = allBits
        self.session = session
        self.isResumed = isResumed
        self.name = name
        self.nameIsKnown = nameIsKnown
        self.application = application
        self.verification = verification
        self.client = client
        self.server = server
        self.likeness = likeness
    }
}

/// A certificate as applications are told of it.
package final class CertificateRecord: Sendable {
    /// Values by the names that mod_ssl has behind `SSL_CLIENT_` and `SSL_SERVER_`, and nginx's where only it has one.
    package let values: [String: [UInt8]]
    /// When it ceases to hold, in seconds since 1970.
    package let endsAt: Int64

    package init(values: [String: [UInt8]], endsAt: Int64) {
        self.values = values
        self.endsAt = endsAt
    }
}

/// Which site's TLS a client is answered with.
package struct TLSChoice: Hashable, Sendable {
    /// The site of the name that the client asked for, else the one that answers unknown names.
    package var site: ID<Site>
    /// The site that answers unknown names there.
    package var fallback: ID<Site>
    /// Some site has the name.
    package var isKnown: Bool
    /// What is the same for sites whose TLS is the same.
    package var likeness: UInt64
}

extension TLSPolicy {
    /// A number that is the same for policies between which a request may change on one connection.
    ///
    /// Source: `ssl_server_compatible` in httpd's modules/ssl/ssl_engine_kernel.c.
    ///
    /// Between policies that only have to ask the same of clients (`SSLVHostSNIPolicy authonly`), nothing else counts.
    func likeness(onlyOfClients: Bool) -> UInt64 {
        var text = ""
        if !onlyOfClients {
            text = ciphers + "|" + (suites ?? "") + "|" + versions.map(\.rawValue).sorted().joined(separator: ",")
            for files in certificates { text += "|\(files.certificate)|\(files.key)|\(files.chain ?? "")" }
        }
        text += "|\(clients.wish)|\(clients.depth)|\(clients.authorities)|\(clients.folders)|\(clients.revoked)"
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
