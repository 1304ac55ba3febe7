import Routing
import TLS

extension TLSFacts {
    /// What is known of a conversation behind its handshake.
    convenience init(
        _ connection: borrowing TLSConnection, _ choice: TLSChoice, _ entrance: TLSContexts.Entrance, asked: [UInt8]
    ) {
        let client = connection.peerCertificate
        let bits = connection.bits
        let verification: Verification
        if client == nil {
            verification = .none
        } else if connection.verification == 0 {
            verification = .success
        } else if entrance.isLenient, Self.unknownIssuers.contains(connection.verification) {
            verification = .lenient
        } else {
            verification = .failed(connection.verificationText)
        }
        self.init(
            version: connection.version, cipher: connection.cipher, usedBits: bits.used, allBits: bits.all,
            session: connection.sessionID.flatMap { [lowerHex[Int($0 >> 4)], lowerHex[Int($0 & 15)]] },
            isResumed: connection.isResumed, name: asked, nameIsKnown: choice.isKnown,
            application: connection.applicationProtocol, verification: verification,
            client: client.map { CertificateRecord($0) }, server: entrance.certificate, likeness: choice.likeness)
    }

    /// What OpenSSL says of certificates whose issuer is not known: X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
    /// DEPTH_ZERO_SELF_SIGNED_CERT, SELF_SIGNED_CERT_IN_CHAIN, UNABLE_TO_VERIFY_LEAF_SIGNATURE and CERT_UNTRUSTED.
    private static let unknownIssuers: Set<Int> = [18, 19, 20, 21, 27]
}

extension CertificateRecord {
    /// A certificate under the names that applications know its parts by.
    convenience init(_ facts: CertificateFacts) {
        var values: [String: [UInt8]] = [
            "S_DN": facts.subject, "I_DN": facts.issuer, "S_DN_LEGACY": facts.subjectOneLine,
            "I_DN_LEGACY": facts.issuerOneLine, "M_SERIAL": facts.serial, "FINGERPRINT": facts.fingerprint,
            "V_START": facts.begins, "V_END": facts.ends, "A_SIG": facts.signature, "A_KEY": facts.key,
            "CERT": facts.text, "M_VERSION": Array("\(facts.version)".utf8),
        ]
        for (prefix, parts) in [("S_DN_", facts.subjectParts), ("I_DN_", facts.issuerParts)] {
            var counts: [String: Int] = [:]
            for part in parts {
                let count = counts[part.name, default: 0]
                // Several parts of a name are numbered; the first also goes without a number.
                if count == 0 { values[prefix + part.name] = part.value }
                values["\(prefix)\(part.name)_\(count)"] = part.value
                counts[part.name] = count + 1
            }
        }
        for (index, host) in facts.hosts.enumerated() { values["SAN_DNS_\(index)"] = host }
        for (index, mailbox) in facts.mailboxes.enumerated() { values["SAN_Email_\(index)".uppercased()] = mailbox }
        self.init(values: values, endsAt: facts.endsAt)
    }
}

private let lowerHex = Array("0123456789abcdef".utf8)
