/// What a context is made from: the contents of files, never their paths, so that whoever makes it needs no rights.
package struct TLSSettings: Sendable {
    /// Certificates with their keys, one of each kind of key; the last of a kind counts.
    package var credentials: [TLSCredential] = []
    /// The oldest and the newest version that is spoken; nil: the library's own limit.
    package var least: TLSVersion?
    package var most: TLSVersion?
    /// Versions between them that are not spoken all the same.
    package var excluded: Set<TLSVersion> = []
    /// The ciphers of TLS 1.2 and older in OpenSSL's language; nil: the library's choice.
    package var ciphers: String?
    /// The cipher suites of TLS 1.3, parted by colons; nil: the library's choice.
    package var suites: String?
    /// The groups for the exchange of keys, parted by colons; nil: the library's choice.
    package var groups: String?
    /// Parameters for the exchange of keys without elliptic curves, in PEM; nil: there is none.
    package var parameters: [UInt8]?
    /// The library chooses such parameters by the certificate's strength.
    package var choosesParameters = false
    /// Of the ciphers that both know, the server's first one is taken.
    package var prefersOwnCiphers = false
    /// A server may be without any certificate: it then refuses every handshake.
    package var mayLackCertificate = false
    /// Whether the peer shows a certificate, and what it is held against.
    package var peer = TLSPeerCheck()
    /// Sessions that may be taken up again.
    package var sessions = TLSSessions()
    /// An answer about revocation that is sent to clients that ask for one, in DER.
    package var staple: [UInt8]?
    /// Further commands in the language of OpenSSL's configuration files, in order.
    package var commands: [TLSCommand] = []
    /// What sessions belong to: one is only taken up again where this is the same.
    package var identity: [UInt8] = []

    package init() {}
}

/// A certificate with those between it and the authority, and its key.
package struct TLSCredential: Hashable, Sendable {
    /// The certificate and what follows it, in PEM.
    package var chain: [UInt8]
    /// The private key in PEM.
    package var key: [UInt8]
    /// Passwords that the key may be encrypted with.
    package var passwords: [String]
    /// The files, for messages.
    package var certificateName: String
    package var keyName: String

    package init(chain: [UInt8], key: [UInt8], passwords: [String], certificateName: String, keyName: String) {
        self.chain = chain
        self.key = key
        self.passwords = passwords
        self.certificateName = certificateName
        self.keyName = keyName
    }
}

/// What a peer's certificate is held against.
package struct TLSPeerCheck: Sendable {
    /// Whether a certificate is asked for.
    package enum Wish: Int32, Sendable { case no, optional, required }

    /// What becomes of a certificate that does not hold.
    package enum Lenience: Int32, Sendable {
        /// The handshake fails.
        case none
        /// The handshake goes on; `TLSConnection.verification` tells.
        case all
        /// The handshake goes on if only the issuer is unknown.
        case unknownIssuer
    }

    /// Whether a certificate is asked for.
    package var wish = Wish.no
    /// What becomes of one that does not hold.
    package var lenience = Lenience.none
    /// Authorities that are trusted, in PEM.
    package var authorities: [[UInt8]] = []
    /// Authorities that a client is told of, in PEM.
    package var announced: [[UInt8]] = []
    /// Lists of withdrawn certificates, in PEM; with one, every certificate of a chain must be vouched for.
    package var revoked: [[UInt8]] = []
    /// Only the peer's own certificate must be on no list, not those of its issuers.
    package var checksLeafOnly = false
    /// How many certificates may stand between the peer's and an authority's.
    package var depth = 1

    package init() {}
}

/// How sessions are taken up again.
package struct TLSSessions: Sendable {
    /// How many are remembered here; 0: none; nil: as many as the library likes.
    package var remembered: Int? = 0
    /// For so many seconds.
    package var seconds = 300
    /// Clients keep them, encrypted.
    package var usesTickets = true
    /// 80 bytes that such tickets are encrypted with; empty: random ones.
    package var ticketKeys: [UInt8] = []

    package init() {}
}

/// A command of OpenSSL's configuration language.
package struct TLSCommand: Hashable, Sendable {
    /// The command.
    package var name: String
    /// All that stands behind it.
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A version of the protocol.
package enum TLSVersion: Int32, Comparable, Sendable, CaseIterable {
    case v10 = 0x0301
    case v11, v12, v13

    package static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }
}

/// Why a context cannot be made: what, and what the library says.
package struct TLSProblem: Error, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}
