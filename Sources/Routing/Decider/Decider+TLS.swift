import HTTP
import IR

/// What deciding has to do with TLS.
extension Decider {
    /// Whether TLS is spoken at the local address of a connection.
    package func speaksTLS(_ connection: borrowing ConnectionFacts) -> Bool {
        tables.nameTables[Int(nameTable(connection))].plainStatus != 0
    }

    /// What a request without TLS is answered at the local address of a connection; nil: nothing is wrong with it.
    func plainStatus(_ connection: borrowing ConnectionFacts) -> Int32? {
        let status = tables.nameTables[Int(nameTable(connection))].plainStatus
        return status == 0 ? nil : status
    }

    /// Whose certificate is shown to a client that asks for a name (empty: for none).
    package mutating func tlsChoice(_ name: [UInt8], _ connection: ConnectionFacts) -> TLSChoice {
        let table = Int(nameTable(connection))
        let fallback = tables.nameTables[table].fallback
        var site = fallback
        var isKnown = false
        if !name.isEmpty {
            var journey = Journey()
            let lowered = name.map { asciiLower($0) }
            let isDotted = lowered.count > 1 && lowered[lowered.count - 1] == UInt8(ascii: ".")
            journey.host = journey.put(isDotted ? lowered[..<(lowered.count - 1)] : lowered[...])
            let rank = findName(&journey, table)
            if rank >= 0 {
                site = tables.nameTables[table].sites[rank]
                isKnown = true
            }
        }
        return TLSChoice(
            site: ID(Int(site)), fallback: ID(Int(fallback)), isKnown: isKnown,
            likeness: tables.sites[site].likeness)
    }

    /// What a request is answered that comes without TLS where it is spoken, or for a site that wants other TLS than
    /// was agreed on; nil: it may go on.
    ///
    /// Sources: `ngx_http_set_virtual_server` and `ngx_http_process_request` in nginx's src/http/ngx_http_request.c,
    /// `ssl_hook_ReadReq` in httpd's modules/ssl/ssl_engine_kernel.c.
    func refusedTLS(_ journey: inout Journey, _ table: NamesRecord) -> Int32? {
        guard let facts = journey.connection.tls else {
            if journey.connection.isTLS { return nil }
            journey.complaint = "the client speaks plain HTTP where TLS is spoken"
            journey.explains = 497
            return table.plainStatus
        }
        let site = tables.sites[journey.site]
        if table.refusesOtherPolicy, site.likeness != facts.likeness { return misdirected(&journey) }
        if !facts.name.isEmpty {
            if table.refusesOtherPolicy, journey.host.isAbsent { return 400 }
            if table.refusesClientCheck, facts.nameIsKnown, site.clients != .none, !hostIs(facts.name, journey) {
                return misdirected(&journey)
            }
        } else if site.wantsTLSName {
            journey.complaint = "the client named no host in the TLS handshake"
            return 403
        }
        guard case .answer(let unverified, let missing) = site.clientFailure, site.clients != .none else { return nil }
        switch facts.verification {
        case .success, .lenient: return nil
        case .failed(let words):
            journey.complaint = "client SSL certificate verify error: \(words)"
            return Int32(unverified)
        case .none:
            if site.clients != .required { return nil }
            journey.complaint = "client sent no required SSL certificate"
            return Int32(missing)
        }
    }

    private func misdirected(_ journey: inout Journey) -> Int32 {
        journey.complaint = "the request's host is not the one that TLS was agreed on for"
        return 421
    }

    private func hostIs(_ name: [UInt8], _ journey: borrowing Journey) -> Bool {
        guard journey.host.range.count == name.count else { return false }
        for (offset, index) in journey.host.range.enumerated() where journey.arena[index] != asciiLower(name[offset]) {
            return false
        }
        return true
    }

    // MARK: Values

    /// Puts what a name of mod_ssl's or nginx's stands for behind the arena's end; nothing where it has no value.
    func appendTLS(_ op: Op, _ journey: inout Journey) {
        let name = tables.bytes[Int(op.a)..<Int(op.a) + Int(op.b)]
        if isText(name, "https") {
            if journey.connection.isTLS { journey.arena.append("on") }
            return
        }
        appendTLS(named: tables.bytes.text(Int(op.a)..<Int(op.a) + Int(op.b)), &journey)
    }

    /// The same for a name that is no part of the plan.
    func appendTLS(named name: String, _ journey: inout Journey) {
        var text = name
        let isApache = text.uppercased().hasPrefix("SSL_") || text == "HTTPS"
        text = text.uppercased()
        if text.hasPrefix("SSL_") { text.removeFirst(4) }
        if text == "HTTPS" {
            journey.arena.append(journey.connection.isTLS ? "on" : "off")
        } else if text == "VERSION_LIBRARY" || text == "VERSION_INTERFACE" {
            journey.arena.append(contentsOf: text == "VERSION_LIBRARY" ? process.library : Array("mod_ssl/2.4.71".utf8))
        } else if let facts = journey.connection.tls {
            append(text, of: facts, isApache: isApache, &journey)
        }
    }

    private func append(_ name: String, of facts: TLSFacts, isApache: Bool, _ journey: inout Journey) {
        switch name {
        case "PROTOCOL": journey.arena.append(contentsOf: facts.version)
        case "CIPHER": journey.arena.append(contentsOf: facts.cipher)
        case "SERVER_NAME", "TLS_SNI": journey.arena.append(contentsOf: facts.name)
        case "SESSION_ID": journey.arena.append(contentsOf: facts.session)
        case "SESSION_REUSED": journey.arena.append(facts.isResumed ? "r" : ".")
        case "SESSION_RESUMED": journey.arena.append(facts.isResumed ? "Resumed" : "Initial")
        case "ALPN_PROTOCOL": journey.arena.append(contentsOf: facts.application)
        case "CIPHER_USEKEYSIZE": journey.arena.appendDecimal(Int64(facts.usedBits))
        case "CIPHER_ALGKEYSIZE": journey.arena.appendDecimal(Int64(facts.allBits))
        case "CIPHER_EXPORT": journey.arena.append(facts.usedBits < 56 ? "true" : "false")
        case "COMPRESS_METHOD": journey.arena.append("NULL")
        case "SECURE_RENEG": journey.arena.append("true")
        case "CLIENT_VERIFY": appendVerification(of: facts, &journey)
        case "CLIENT_V_REMAIN": appendRemaining(facts.client, &journey)
        case "SERVER_V_REMAIN": appendRemaining(facts.server, &journey)
        case "CLIENT_CERT" where !isApache: appendFolded(facts.client, &journey)
        case "CLIENT_ESCAPED_CERT": appendEscaped(facts.client, &journey)
        case "CLIENT_RAW_CERT": append("CERT", of: facts.client, &journey)
        case "CLIENT_SERIAL": append("M_SERIAL", of: facts.client, &journey)
        case "CLIENT_S_DN" where !isApache, "CLIENT_I_DN" where !isApache:
            appendASCII(String(name.dropFirst(7)), of: facts.client, &journey)
        default:
            if name.hasPrefix("CLIENT_") { append(String(name.dropFirst(7)), of: facts.client, &journey) }
            if name.hasPrefix("SERVER_") { append(String(name.dropFirst(7)), of: facts.server, &journey) }
        }
    }

    private func append(_ name: String, of certificate: CertificateRecord?, _ journey: inout Journey) {
        if let value = certificate?.values[name] { journey.arena.append(contentsOf: value) }
    }

    private func appendVerification(of facts: TLSFacts, _ journey: inout Journey) {
        switch facts.verification {
        case .none: journey.arena.append("NONE")
        case .success: journey.arena.append("SUCCESS")
        case .lenient: journey.arena.append("GENEROUS")
        case .failed(let words): journey.arena.append(contentsOf: Array("FAILED:\(words)".utf8))
        }
    }

    private func appendRemaining(_ certificate: CertificateRecord?, _ journey: inout Journey) {
        guard let certificate else { return }
        journey.arena.appendDecimal(max(0, certificate.endsAt - journey.now.seconds) / 86_400)
    }

    /// The certificate as nginx puts it into a header field: every line but the first begins with a tab.
    private func appendFolded(_ certificate: CertificateRecord?, _ journey: inout Journey) {
        guard let text = certificate?.values["CERT"] else { return }
        for byte in text.dropLast() {
            journey.arena.append(byte)
            if byte == 10 { journey.arena.append(9) }
        }
    }

    private func appendEscaped(_ certificate: CertificateRecord?, _ journey: inout Journey) {
        for byte in certificate?.values["CERT"] ?? [] {
            let letter = byte | 0x20
            let passes =
                (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z"))
                || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || isText([byte].span, "-")
                || isText([byte].span, ".") || isText([byte].span, "_") || isText([byte].span, "~")
            if passes {
                journey.arena.append(byte)
            } else {
                journey.arena.append(UInt8(ascii: "%"))
                journey.arena.append(upperHexDigits[Int(byte >> 4)])
                journey.arena.append(upperHexDigits[Int(byte & 15)])
            }
        }
    }

    /// Bytes beyond ASCII as `\XX` (`ASN1_STRFLGS_ESC_MSB`).
    private func appendASCII(_ name: String, of certificate: CertificateRecord?, _ journey: inout Journey) {
        for byte in certificate?.values[name] ?? [] {
            if byte < 0x80 {
                journey.arena.append(byte)
            } else {
                journey.arena.append(UInt8(ascii: "\\"))
                journey.arena.append(upperHexDigits[Int(byte >> 4)])
                journey.arena.append(upperHexDigits[Int(byte & 15)])
            }
        }
    }
}

private let upperHexDigits = Array("0123456789ABCDEF".utf8)
