package import IR
package import Routing
internal import TLS

/// What speaks TLS for a plan: a context for each site and for each way to speak with upstreams.
package final class TLSContexts: Sendable {
    /// The TLS of a site.
    struct Entrance: Sendable {
        var context: TLSContext
        /// Its certificate, as applications are told of it.
        var certificate: CertificateRecord?
        /// Handshakes for its names are refused.
        var refuses: Bool
        /// An unknown issuer of a client's certificate is let pass.
        var isLenient: Bool
    }

    /// The TLS of upstreams.
    struct Exit: Sendable {
        var context: TLSContext
        var checksName: Bool
        var sendsName: Bool
        var checksExpiry: Bool
        var reusesSessions: Bool
    }

    /// By the indices of sites; nil where a site has no TLS that can be used.
    let entrances: [Entrance?]
    /// By the indices of `Plan.upstreamTLS`; nil where it is not permitted, or cannot be used.
    let exits: [Exit?]
    /// The sites without one that ask clients for certificates.
    private let closed: Set<Int>
    /// What is wrong and does not stop the server.
    package let complaints: [String]
    /// What stops it: addresses where TLS would be spoken and nobody has a certificate.
    package let failures: [String]

    /// Nothing that speaks TLS.
    package static let none = TLSContexts(entrances: [], exits: [])

    private init(entrances: [Entrance?], exits: [Exit?]) {
        self.entrances = entrances
        self.exits = exits
        closed = []
        complaints = []
        failures = []
    }

    /// Makes the contexts of a plan from files that were read before.
    package init(_ plan: Plan, files: TLSFiles, place: (ID<Origin>) -> String?) {
        let configuration = plan.configuration
        var complaints: [String] = []
        var reasons: [Int: String] = [:]
        entrances = configuration.sites.indices.map { index in
            guard let policy = configuration.sites[index].tls else { return nil }
            do throws(TLSProblem) {
                var found: [String] = []
                defer {
                    complaints += found.map { (place(policy.origin).map { "\($0): " } ?? "") + $0 }
                    reasons[index] = found.first
                }
                return try Entrance(policy, name: configuration.sites[index].name ?? "", files, complaints: &found)
            } catch {
                complaints.append((place(policy.origin).map { "\($0): " } ?? "") + error.description)
                reasons[index] = error.description
                return nil
            }
        }
        exits = plan.upstreamTLS.map { tls in
            guard tls.isPermitted else { return nil }
            do throws(TLSProblem) {
                return try Exit(tls, files)
            } catch {
                complaints.append("TLS with upstreams: \(error.description)")
                return nil
            }
        }
        self.complaints = complaints
        let made = entrances
        closed = Set(
            configuration.sites.indices.filter { index in
                made[index] == nil && (configuration.sites[index].tls?.clients.wish ?? .none) != .none
            })
        failures = Self.failures(configuration, entrances, reasons, place)
    }

    private static func failures(
        _ configuration: Configuration, _ entrances: [Entrance?], _ reasons: [Int: String],
        _ place: (ID<Origin>) -> String?
    ) -> [String] {
        var failures: [String] = []
        for listener in configuration.listeners {
            for table in [listener.names] + listener.names.more.flatMap(\.names) {
                guard let entrance = table.tls else { continue }
                let sites = [table.fallback] + table.names.map(\.site)
                if sites.contains(where: { entrances[$0.at] != nil }) { continue }
                let words = (place(entrance.origin).map { "\($0): " } ?? "")
                let reason = sites.lazy.compactMap { reasons[$0.at] }.first ?? "no certificate is configured"
                failures.append("\(words)no site can speak TLS at port \(listener.port): \(reason)")
            }
        }
        return failures
    }

    /// The TLS that a client is answered with: its site's, or that of the site for unknown names, or of any other.
    ///
    /// A site that asks clients for certificates and has no TLS that can is answered with nothing: another's would let
    /// everybody in.
    func entrance(_ choice: TLSChoice) -> Entrance? {
        if entrances.indices.contains(choice.site.at), let own = entrances[choice.site.at] { return own }
        let isFallback = entrances.indices.contains(choice.fallback.at)
        var other = (isFallback ? entrances[choice.fallback.at] : nil) ?? entrances.lazy.compactMap(\.self).first
        if closed.contains(choice.site.at) { other?.refuses = true }
        return other
    }

    /// The TLS with upstreams of that number.
    func exit(_ number: Int32) -> Exit? {
        exits.indices.contains(Int(number)) ? exits[Int(number)] : nil
    }
}

extension TLSContexts.Entrance {
    fileprivate init(
        _ policy: TLSPolicy, name: String, _ files: TLSFiles, complaints: inout [String]
    ) throws(TLSProblem) {
        var settings = TLSSettings()
        settings.credentials = credentials(policy.certificates, files, complaints: &complaints)
        settings.choose(policy.versions)
        settings.ciphers = policy.ciphers
        settings.suites = policy.suites
        settings.groups = policy.groups
        settings.prefersOwnCiphers = policy.prefersOwnCiphers
        settings.mayLackCertificate = policy.refusesHandshakes
        switch policy.parameters {
        case .none: break
        case .chosen: settings.choosesParameters = true
        case .file(let path): settings.parameters = try files.bytes(path)
        }
        settings.peer = try check(policy.clients, files)
        settings.sessions.remembered = policy.sessions.remembered
        settings.sessions.seconds = policy.sessions.seconds
        settings.sessions.usesTickets = policy.sessions.usesTickets
        settings.sessions.ticketKeys = try ticketKeys(policy.sessions, files)
        if let staple = policy.staple { settings.staple = try files.bytes(staple) }
        settings.commands = policy.commands.map { TLSCommand($0.name, $0.value) }
        settings.identity = Array("\(name)|\(policy.clients)|\(policy.certificates.map(\.certificate))".utf8)
        context = try TLSContext(server: settings, complaints: &complaints)
        certificate = context.certificates.first.map { CertificateRecord($0) }
        refuses = policy.refusesHandshakes
        isLenient = policy.clients.wish == .optionalFromAnyone
    }
}

extension TLSContexts.Exit {
    fileprivate init(_ tls: UpstreamTLS, _ files: TLSFiles) throws(TLSProblem) {
        var settings = TLSSettings()
        var complaints: [String] = []
        settings.credentials = credentials(tls.certificates, files, complaints: &complaints)
        if let first = complaints.first { throw TLSProblem(first) }
        settings.choose(tls.versions)
        settings.ciphers = tls.ciphers
        settings.suites = tls.suites
        settings.commands = tls.commands.map { TLSCommand($0.name, $0.value) }
        settings.peer.depth = tls.depth
        if tls.verifies { settings.peer.wish = .required }
        for path in tls.authorities + tls.folders { settings.peer.authorities.append(try files.bytes(path)) }
        for path in tls.revoked { settings.peer.revoked.append(try files.bytes(path)) }
        context = try TLSContext(client: settings)
        checksName = tls.checksName
        sendsName = tls.sendsName
        checksExpiry = tls.checksExpiry
        reusesSessions = tls.reusesSessions
    }
}

/// The certificates whose files could be read; the others are told of.
private func credentials(
    _ certificates: [CertificateFiles], _ files: TLSFiles, complaints: inout [String]
) -> [TLSCredential] {
    var found: [TLSCredential] = []
    for certificate in certificates {
        do throws(TLSProblem) {
            var chain = try files.bytes(certificate.certificate)
            if let more = certificate.chain { chain += try [10] + files.bytes(more) }
            found.append(
                TLSCredential(
                    chain: chain, key: try files.bytes(certificate.key),
                    passwords: try files.passwords(certificate.passwords), certificateName: certificate.certificate,
                    keyName: certificate.key))
        } catch {
            complaints.append(error.description)
        }
    }
    return found
}

private func check(_ clients: ClientCertificates, _ files: TLSFiles) throws(TLSProblem) -> TLSPeerCheck {
    var check = TLSPeerCheck()
    if clients.wish == .none { return check }
    let decidesItself = clients.failure == .handshake
    check.wish = clients.wish == .required && decidesItself ? .required : .optional
    check.lenience = decidesItself ? (clients.wish == .optionalFromAnyone ? .unknownIssuer : .none) : .all
    check.depth = clients.depth
    for path in clients.authorities + clients.folders { check.authorities.append(try files.bytes(path)) }
    for path in clients.announced ?? clients.authorities + clients.folders {
        check.announced.append(try files.bytes(path))
    }
    for path in clients.revoked { check.revoked.append(try files.bytes(path)) }
    check.checksLeafOnly = clients.checksLeafOnly
    return check
}

/// 80 bytes: a name of 16, a key of 32 that signs, a key of 32 that encrypts.
///
/// Files have 80 bytes in this order, or 48 with keys of 16 (the encrypting one first), which are doubled here.
private func ticketKeys(_ sessions: SessionPolicy, _ files: TLSFiles) throws(TLSProblem) -> [UInt8] {
    guard let path = sessions.ticketKeys.first else { return files.ticketKeys }
    let bytes = try files.bytes(path)
    switch bytes.count {
    case 80: return bytes
    case 48:
        let (name, cipher, signature) = (bytes[0..<16], bytes[16..<32], bytes[32..<48])
        return Array(name + signature + signature + cipher + cipher)
    default: throw TLSProblem("\(path) is no key of session tickets: it has \(bytes.count) bytes, not 48 or 80")
    }
}

extension TLSSettings {
    /// Speaks these versions and no others.
    fileprivate mutating func choose(_ names: Set<TLSVersionName>) {
        let versions = Set(
            names.map { name -> TLSVersion in
                switch name {
                case .v10: .v10
                case .v11: .v11
                case .v12: .v12
                case .v13: .v13
                }
            })
        least = versions.min()
        most = versions.max()
        excluded = Set(TLSVersion.allCases).subtracting(versions)
    }
}
