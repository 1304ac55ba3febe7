/// That TLS is spoken at an address.
package struct TLSEntrance: Hashable, Sendable {
    /// What a request that comes without TLS is answered.
    package var plain: Int
    /// Whatever does not begin as TLS is read as such a request; else only what begins with a common method.
    package var takesAllForHTTP: Bool
    /// The statement.
    package var origin: ID<Origin>

    package init(plain: Int, takesAllForHTTP: Bool, origin: ID<Origin>) {
        self.plain = plain
        self.takesAllForHTTP = takesAllForHTTP
        self.origin = origin
    }
}

/// How TLS is spoken with the clients of a site.
package struct TLSPolicy: Hashable, Sendable {
    /// The certificates with their keys; the client's abilities choose among kinds of keys.
    package var certificates: [CertificateFiles]
    /// The versions that are spoken.
    package var versions: Set<TLSVersionName>
    /// The ciphers of TLS 1.2 and older, in OpenSSL's language.
    package var ciphers: String
    /// The cipher suites of TLS 1.3, parted by colons; nil: the library's choice.
    package var suites: String?
    /// Of the ciphers that both know, the server's first one is taken.
    package var prefersOwnCiphers: Bool
    /// The groups for the exchange of keys, parted by colons; nil: the library's choice.
    package var groups: String?
    /// How keys are exchanged without elliptic curves.
    package var parameters: KeyParameters
    /// Which sessions are taken up again.
    package var sessions: SessionPolicy
    /// What is asked of clients.
    package var clients: ClientCertificates
    /// The file with the answer about revocation that clients are sent; nil: there is none.
    package var staple: String?
    /// Further commands in the language of OpenSSL's configuration files.
    package var commands: [LibraryCommand]
    /// The handshake is refused for this site.
    package var refusesHandshakes: Bool
    /// Clients that name no host in the handshake are answered 403 (SSLStrictSNIVHostCheck).
    package var wantsName: Bool
    /// The first statement about it.
    package var origin: ID<Origin>

    package init(
        certificates: [CertificateFiles], versions: Set<TLSVersionName>, ciphers: String, suites: String? = nil,
        prefersOwnCiphers: Bool, groups: String? = nil, parameters: KeyParameters, sessions: SessionPolicy,
        clients: ClientCertificates, staple: String? = nil, commands: [LibraryCommand] = [],
        refusesHandshakes: Bool = false, wantsName: Bool = false, origin: ID<Origin>
    ) {
        self.certificates = certificates
        self.versions = versions
        self.ciphers = ciphers
        self.suites = suites
        self.prefersOwnCiphers = prefersOwnCiphers
        self.groups = groups
        self.parameters = parameters
        self.sessions = sessions
        self.clients = clients
        self.staple = staple
        self.commands = commands
        self.refusesHandshakes = refusesHandshakes
        self.wantsName = wantsName
        self.origin = origin
    }
}

/// The files of one certificate.
package struct CertificateFiles: Hashable, Sendable {
    /// The certificate, and the certificates behind it.
    package var certificate: String
    /// The private key; it may be the same file.
    package var key: String
    /// A file with more certificates of the chain.
    package var chain: String?
    /// Where the passwords of keys are.
    package var passwords: KeyPasswords
    /// The statement that names the certificate.
    package var origin: ID<Origin>

    package init(
        certificate: String, key: String, chain: String? = nil, passwords: KeyPasswords = .none, origin: ID<Origin>
    ) {
        self.certificate = certificate
        self.key = key
        self.chain = chain
        self.passwords = passwords
        self.origin = origin
    }
}

/// Where the passwords of keys come from.
package enum KeyPasswords: Hashable, Sendable {
    case none
    /// A file with one in each line.
    case file(String)
    /// A program that prints one, called with `host:port` and the kind of key behind its own arguments.
    case program([String], host: String)
}

/// A version of TLS, under the name that configurations have for it.
package enum TLSVersionName: String, Hashable, Sendable, CaseIterable {
    case v10 = "TLSv1"
    case v11 = "TLSv1.1"
    case v12 = "TLSv1.2"
    case v13 = "TLSv1.3"
}

/// How keys are exchanged without elliptic curves.
package enum KeyParameters: Hashable, Sendable {
    /// Not at all.
    case none
    /// By parameters that fit the certificate.
    case chosen
    /// By those of a file.
    case file(String)
}

/// Which TLS sessions are taken up again.
package struct SessionPolicy: Hashable, Sendable {
    /// How many are remembered; 0: none; nil: as many as the library likes.
    package var remembered: Int?
    /// For so many seconds.
    package var seconds: Int
    /// Clients keep them, encrypted.
    package var usesTickets: Bool
    /// Files with keys for such tickets; the first encrypts.
    package var ticketKeys: [String]

    package init(remembered: Int?, seconds: Int, usesTickets: Bool, ticketKeys: [String] = []) {
        self.remembered = remembered
        self.seconds = seconds
        self.usesTickets = usesTickets
        self.ticketKeys = ticketKeys
    }
}

/// What is asked of clients in the handshake.
package struct ClientCertificates: Hashable, Sendable {
    /// Whether a certificate is asked for.
    package enum Wish: Hashable, Sendable {
        case none, optional, required
        /// One by an unknown authority will do, too.
        case optionalFromAnyone
    }

    /// What becomes of clients whose certificate is missing or does not hold.
    package enum Failure: Hashable, Sendable {
        /// The handshake fails.
        case handshake
        /// The request is answered.
        case answer(unverified: Int, missing: Int)
    }

    /// Whether a certificate is asked for.
    package var wish: Wish
    /// What becomes of clients that do not meet it.
    package var failure: Failure
    /// Files with authorities that are trusted.
    package var authorities: [String]
    /// Folders with such files.
    package var folders: [String]
    /// The files among them that clients are told of; nil: all.
    package var announced: [String]?
    /// Files with lists of withdrawn certificates.
    package var revoked: [String]
    /// Only the client's own certificate is looked up there.
    package var checksLeafOnly: Bool
    /// How many certificates may stand between the client's and an authority's.
    package var depth: Int

    package init(
        wish: Wish, failure: Failure, authorities: [String] = [], folders: [String] = [], announced: [String]? = nil,
        revoked: [String] = [], checksLeafOnly: Bool = false, depth: Int = 1
    ) {
        self.wish = wish
        self.failure = failure
        self.authorities = authorities
        self.folders = folders
        self.announced = announced
        self.revoked = revoked
        self.checksLeafOnly = checksLeafOnly
        self.depth = depth
    }
}

/// A command in the language of OpenSSL's configuration files.
package struct LibraryCommand: Hashable, Sendable {
    /// The command.
    package var name: String
    /// All that stands behind it.
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// TLS towards an upstream.
package struct UpstreamTLS: Hashable, Sendable {
    /// It may be spoken at all (SSLProxyEngine).
    package var isPermitted: Bool
    /// The name is sent (SNI).
    package var sendsName: Bool
    /// The name, with a port that is cut off; nil: that of the Host field that the configuration sends.
    package var name: Template?
    /// The certificate must come from a trusted authority.
    package var verifies: Bool
    /// The certificate must be for the name.
    package var checksName: Bool
    /// The certificate must hold today, even where nobody asks who issued it.
    package var checksExpiry: Bool
    /// Authorities that are trusted.
    package var authorities: [String]
    /// Folders with such files.
    package var folders: [String]
    /// Files with lists of withdrawn certificates.
    package var revoked: [String]
    /// How many certificates may stand between the upstream's and an authority's.
    package var depth: Int
    /// What is shown to upstreams that ask for a certificate.
    package var certificates: [CertificateFiles]
    /// The versions that are spoken.
    package var versions: Set<TLSVersionName>
    /// The ciphers of TLS 1.2 and older, in OpenSSL's language.
    package var ciphers: String
    /// The cipher suites of TLS 1.3, parted by colons; nil: the library's choice.
    package var suites: String?
    /// Sessions are taken up again.
    package var reusesSessions: Bool
    /// Further commands in the language of OpenSSL's configuration files.
    package var commands: [LibraryCommand]

    package init(
        isPermitted: Bool = true, sendsName: Bool, name: Template?, verifies: Bool, checksName: Bool = false,
        checksExpiry: Bool = false, authorities: [String] = [], folders: [String] = [], revoked: [String] = [],
        depth: Int = 1,
        certificates: [CertificateFiles] = [], versions: Set<TLSVersionName> = Set(TLSVersionName.allCases),
        ciphers: String = "DEFAULT", suites: String? = nil, reusesSessions: Bool = true,
        commands: [LibraryCommand] = []
    ) {
        self.isPermitted = isPermitted
        self.sendsName = sendsName
        self.name = name
        self.verifies = verifies
        self.checksName = checksName
        self.checksExpiry = checksExpiry
        self.authorities = authorities
        self.folders = folders
        self.revoked = revoked
        self.depth = depth
        self.certificates = certificates
        self.versions = versions
        self.ciphers = ciphers
        self.suites = suites
        self.reusesSessions = reusesSessions
        self.commands = commands
    }
}
