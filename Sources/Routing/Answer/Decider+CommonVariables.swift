import HTTP
import IR

/// What an application is told by the rules of CGI, as httpd tells it.
///
/// Source: httpd's server/util_script.c, ap_add_common_vars and ap_add_cgi_vars, and
/// modules/proxy/mod_proxy_fcgi.c, send_environment.
extension Decider {
    /// Puts all of it into `Journey.told`; a value that is absent is not told after all.
    mutating func tellCommonVariables(_ journey: inout Journey, _ gateway: GatewayRecord, bodyLength: Int64?) {
        let settings = gatewaySettings(journey)
        journey.told.removeAll(keepingCapacity: true)
        journey.told.append(contentsOf: journey.redirected.variables)
        tellVariables(&journey)
        if gateway.isImplied { tell("proxy-nokeepalive", journey.put("1"), &journey) }
        for index in gateway.parameters.range {
            let parameter = tables.gatewayParameters[index]
            let value = text(parameter.value, &journey)
            if parameter.ifNotEmpty, value.count == 0 { continue }
            tell(journey.put(tables.bytes[parameter.name.range]), value, &journey)
        }
        tellBalancer(&journey)
        tellTLS(&journey, settings.tls)
        tellFields(&journey, passesLogin: settings.passesLogin)
        if let bodyLength, !journey.request.has(.contentLength) {
            tell("CONTENT_LENGTH", journey.put(bodyLength), &journey)
        }
        tellServer(&journey, settings)
        tellRequest(&journey, settings)
        tellScript(&journey, gateway, isPlain: settings.namesPlainly)
        for index in settings.edits.range {
            let edit = tables.gatewayEdits[index]
            guard edit.when < 0 || holds(edit.when, &journey) == .yes else { continue }
            let value = edit.value.isNoTemplate ? Slice.absent : copied(text(edit.value, &journey), &journey)
            tell(journey.put(tables.bytes[edit.name.range]), value, &journey)
        }
    }

    private func gatewaySettings(_ journey: borrowing Journey) -> GatewaySettingsRecord {
        let index = tables.effectives[journey.effective].gateway
        return index < 0 ? GatewaySettingsRecord(admin: .empty) : tables.gatewaySettings[index]
    }

    /// A text that is there even if it is empty.
    private func copied(_ text: Slice, _ journey: inout Journey) -> Slice {
        text.isAbsent ? Slice(start: 0, count: 0) : text
    }

    // MARK: One by one

    private func tell(_ name: StaticString, _ value: Slice, _ journey: inout Journey) {
        let name = journey.put(name)
        tell(name, value, &journey)
    }

    /// Tells a value, in the place of what was told under the same name before.
    private func tell(_ name: Slice, _ value: Slice, _ journey: inout Journey) {
        for index in journey.told.indices
        where journey.told[index].name.count == name.count && journey.equal(journey.told[index].name, name) {
            journey.told[index].value = value
            return
        }
        journey.told.append((name, value))
    }

    /// Puts what is told under a name behind the arena's end.
    func appendTold(_ op: Op, _ journey: inout Journey) {
        let name = Int(op.a)..<Int(op.a) + Int(op.b)
        for index in journey.told.indices
        where same(
            journey.arena[journey.told[index].name.range], tables.bytes[name])
        {
            return journey.repeatText(journey.told[index].value)
        }
    }

    // MARK: The request's variables and fields

    private func tellVariables(_ journey: inout Journey) {
        for slot in journey.values.indices where tables.variables[slot].kind == .assigned {
            let value = journey.values[slot]
            // What was taken away has no place in the arena; what is empty has.
            if value.isAbsent || value == .empty { continue }
            tell(journey.put(tables.bytes[tables.variables[slot].name.range]), value, &journey)
        }
    }

    /// The client's fields as edits left them.
    ///
    /// Those that CGI names itself go by those names, and passwords only where it is allowed. A name with other signs
    /// than letters, digits and hyphens is nobody's.
    private mutating func tellFields(_ journey: inout Journey, passesLogin: Bool) {
        collectToldFields(&journey)
        for index in fields.entries.indices where !fields.entries[index].isRemoved {
            let entry = fields.entries[index]
            let start = Int(entry.nameStart)
            let name = start..<start + Int(entry.nameCount)
            let id = entry.id
            if isLogin(name), !passesLogin { continue }
            if isNamed(name, "proxy") { continue }
            let value = journey.put(
                fields.bytes[Int(entry.valueStart)..<Int(entry.valueStart + entry.valueCount)])
            if id == .contentLength {
                tell("CONTENT_LENGTH", value, &journey)
            } else if id == .contentType {
                tell("CONTENT_TYPE", value, &journey)
            } else if let variable = variableName(name, &journey) {
                tell(variable, value, &journey)
            }
        }
    }

    private func isLogin(_ name: Range<Int>) -> Bool {
        isNamed(name, "authorization") || isNamed(name, "proxy-authorization")
    }

    private func isNamed(_ name: Range<Int>, _ literal: StaticString) -> Bool {
        guard name.count == literal.utf8CodeUnitCount else { return false }
        for (offset, index) in name.enumerated() {
            // The offset is below the count of the literal, compared above.
            guard unsafe asciiLower(fields.bytes[index]) == literal.utf8Start[offset] else { return false }
        }
        return true
    }

    /// `HTTP_NAME`; nil: the name is no variable's.
    private func variableName(_ name: Range<Int>, _ journey: inout Journey) -> Slice? {
        let start = journey.arena.count
        journey.arena.append("HTTP_")
        for index in name {
            let byte = fields.bytes[index]
            let isLetter = asciiLower(byte) &- UInt8(ascii: "a") < 26
            if byte == UInt8(ascii: "-") {
                journey.arena.append(UInt8(ascii: "_"))
            } else if isLetter || byte &- UInt8(ascii: "0") < 10 {
                journey.arena.append(isLetter ? byte & 0xDF : byte)
            } else {
                journey.arena.removeLast(journey.arena.count - start)
                return nil
            }
        }
        return journey.since(start)
    }

    /// The group of upstreams and the member that was chosen (modules/proxy/mod_proxy_balancer.c,
    /// proxy_balancer_pre_request).
    private func tellBalancer(_ journey: inout Journey) {
        guard journey.upstream.pool >= 0 else { return }
        let pool = plan.configuration.pools[Int(journey.upstream.pool)]
        guard pool.hidesName, let name = pool.name else { return }
        tell("BALANCER_NAME", journey.put("balancer://\(name)".utf8), &journey)
        let start = journey.arena.count
        journey.arena.append("fcgi://")
        appendMember(&journey)
        tell("BALANCER_WORKER_NAME", journey.since(start), &journey)
        let member = pool.members.first { same(journey.exchange.member.span, Array($0.authority.utf8).span) }
        tell("BALANCER_WORKER_ROUTE", journey.put((member?.route ?? "").utf8), &journey)
    }

    // MARK: TLS

    private mutating func tellTLS(_ journey: inout Journey, _ exports: Set<TLSExport>) {
        guard journey.connection.isTLS else { return }
        tell("HTTPS", journey.put("on"), &journey)
        if exports.contains(.facts) {
            for name in TLSExports.facts { tell(tls: name, &journey) }
            if let facts = journey.connection.tls {
                tell(partsOf: facts.client, "SSL_CLIENT_", &journey)
                tellAssertion(of: facts.client, &journey)
                tell(partsOf: facts.server, "SSL_SERVER_", &journey)
            }
        }
        if exports.contains(.certificates) { for name in TLSExports.certificates { tell(tls: name, &journey) } }
        if let facts = journey.connection.tls, !facts.name.isEmpty {
            tell("SSL_TLS_SNI", journey.put(facts.name), &journey)
        }
    }

    private mutating func tell(tls name: String, _ journey: inout Journey) {
        let start = journey.arena.count
        appendTLS(named: name, &journey)
        let value = journey.since(start)
        if value.count == 0, !TLSExports.isTold(evenIfEmpty: name) { return }
        tell(journey.put(name.utf8), value, &journey)
    }

    /// The parts of a certificate's names, of which there is one for each that it has.
    private func tell(partsOf certificate: CertificateRecord?, _ prefix: String, _ journey: inout Journey) {
        guard let certificate else { return }
        for (name, value) in certificate.values
        where name.hasPrefix("S_DN_") || name.hasPrefix("I_DN_") || name.hasPrefix("SAN_") {
            // The first of several has a name with and one without a number; the latter is told.
            if name.hasSuffix("_LEGACY") || name.hasSuffix("_RAW") || (name.hasSuffix("_0") && !name.hasPrefix("SAN_"))
            {
                continue
            }
            tell(journey.put((prefix + name).utf8), journey.put(value), &journey)
        }
    }

    /// The number and the issuer of the client's certificate as a directory compares them (RFC 4523, appendix A.1).
    private func tellAssertion(of certificate: CertificateRecord?, _ journey: inout Journey) {
        guard let serial = certificate?.values["M_SERIAL"], let issuer = certificate?.values["I_DN"] else { return }
        let start = journey.arena.count
        journey.arena.append("{ serialNumber ")
        journey.arena.append(contentsOf: decimal(ofHexadecimal: serial))
        journey.arena.append(", issuer rdnSequence:\"")
        journey.arena.append(contentsOf: issuer)
        journey.arena.append("\" }")
        tell("SSL_CLIENT_CERT_RFC4523_CEA", journey.since(start), &journey)
    }

    // MARK: The server

    private mutating func tellServer(_ journey: inout Journey, _ settings: GatewaySettingsRecord) {
        if let path = process.environment["PATH"] { tell("PATH", journey.put(path.utf8), &journey) }
        if let path = process.environment["LD_LIBRARY_PATH"] {
            tell("LD_LIBRARY_PATH", journey.put(path.utf8), &journey)
        }
        let name = serverName(&journey)
        let port = serverPort(&journey)
        let admin =
            settings.admin.count > 0
            ? journey.put(tables.bytes[settings.admin.range]) : journey.put("[no address given]")
        let software = tables.effectives[journey.effective].serverName
        let banner = software.isAbsent ? Slice.empty : journey.put(tables.bytes[software.range])
        let start = journey.arena.count
        if settings.signature != .none {
            sign(banner, name, port, settings.signature == .serverWithMail ? admin : .absent, &journey)
        }
        tell("SERVER_SIGNATURE", journey.since(start), &journey)
        tell("SERVER_SOFTWARE", banner, &journey)
        tell("SERVER_NAME", name, &journey)
        tell("SERVER_ADDR", journey.put(journey.connection.localText), &journey)
        tell("SERVER_PORT", port, &journey)
        tell("REMOTE_ADDR", journey.put(journey.connection.clientText), &journey)
        let root = tables.effectives[journey.effective].place
        let base = root < 0 ? Slice.empty : text(tables.placements[root].base, &journey)
        let folder = settings.root.count > 0 ? journey.put(tables.bytes[settings.root.range]) : base
        tell("DOCUMENT_ROOT", folder, &journey)
        tell("REQUEST_SCHEME", journey.put(isCalledSecure(journey) ? "https" : "http"), &journey)
        tellContext(&journey, folder)
        tell("SERVER_ADMIN", admin, &journey)
    }

    /// The line under pages that says who made them (server/core.c, ap_psignature).
    private func sign(_ banner: Slice, _ name: Slice, _ port: Slice, _ admin: Slice, _ journey: inout Journey) {
        journey.arena.append("<address>")
        journey.repeatText(banner)
        journey.arena.append(" Server at ")
        if !admin.isAbsent {
            journey.arena.append("<a href=\"")
            if !journey.describe(admin).contains(":") { journey.arena.append("mailto:") }
            journey.repeatText(admin)
            journey.arena.append("\">")
        }
        journey.repeatText(name)
        if !admin.isAbsent { journey.arena.append("</a>") }
        journey.arena.append(" Port ")
        journey.repeatText(port)
        journey.arena.append("</address>\n")
    }

    private mutating func serverName(_ journey: inout Journey) -> Slice {
        copied(text(tables.effectives[journey.effective].absolute.host, &journey), &journey)
    }

    private func serverPort(_ journey: inout Journey) -> Slice {
        let usual: Int64 = isCalledSecure(journey) ? 443 : 80
        let own = Int64(tables.listeners[journey.listener].port)
        let named = Int64(tables.sites[journey.site].port)
        switch tables.effectives[journey.effective].absolute.port {
        case .fixed(let port): return journey.put(Int64(port))
        case .none: return journey.put(usual)
        case .listener: return journey.put(own)
        case .asHostHeader:
            return journey.hostPort.count > 0 ? journey.hostPort : journey.put(named > 0 ? named : usual)
        case .asHostHeaderElseListener: return journey.hostPort.count > 0 ? journey.hostPort : journey.put(own)
        }
    }

    /// The alias that the request went by, and the folder that it stands for.
    private mutating func tellContext(_ journey: inout Journey, _ root: Slice) {
        var (prefix, folder) = (Slice.empty, root)
        if journey.placement >= 0, !journey.placedAtRoot, journey.route >= 0 {
            let route = tables.routes[journey.route]
            if route.yields == .place, route.kind == .segments || route.kind == .bytes {
                prefix = journey.put(tables.bytes[route.text.range])
                folder = text(tables.placements[journey.placement].base, &journey)
            }
        }
        tell("CONTEXT_PREFIX", prefix, &journey)
        tell("CONTEXT_DOCUMENT_ROOT", folder, &journey)
    }

    // MARK: The request

    private mutating func tellRequest(_ journey: inout Journey, _ settings: GatewaySettingsRecord) {
        tell("REMOTE_PORT", journey.put(Int64(journey.connection.clientPort)), &journey)
        if !journey.user.isAbsent {
            tell("REMOTE_USER", journey.user, &journey)
            if tables.effectives[journey.effective].login == .basic {
                tell("AUTH_TYPE", journey.put("Basic"), &journey)
            }
        }
        if tables.sites[journey.site].tellsURL {
            let (url, whole) = scriptURL(&journey)
            tell("SCRIPT_URL", url, &journey)
            tell("SCRIPT_URI", whole, &journey)
        }
        if !journey.redirected.path.isAbsent {
            let url = settings.qualifiesRedirect ? qualified(&journey) : journey.redirected.path
            tell("REDIRECT_URL", url, &journey)
            if !journey.redirected.query.isAbsent {
                tell("REDIRECT_QUERY_STRING", journey.redirected.query, &journey)
            }
        }
        tell("GATEWAY_INTERFACE", journey.put("CGI/1.1"), &journey)
        tell("SERVER_PROTOCOL", journey.put(journey.request.version.spelling.utf8), &journey)
        // An error's page is asked for with GET, even if only its head is wanted.
        let method = journey.redirected.isError ? journey.put("GET") : journey.methodText()
        tell("REQUEST_METHOD", method, &journey)
        tell("QUERY_STRING", journey.query.isAbsent ? .empty : journey.query, &journey)
        tell("REQUEST_URI", settings.tellsCurrentPath ? journey.path : originForm(journey), &journey)
    }

    /// The path that the request came with, and the same as a whole URL.
    ///
    /// Source: httpd's modules/mappers/mod_rewrite.c, hook_uri2file.
    mutating func scriptURL(_ journey: inout Journey) -> (path: Slice, whole: Slice) {
        let path = journey.redirected.path.isAbsent ? journey.pathBeforeRules : journey.redirected.firstPath
        return (path, whole(path, &journey))
    }

    private mutating func qualified(_ journey: inout Journey) -> Slice {
        let url = whole(journey.redirected.path, &journey)
        guard !journey.redirected.query.isAbsent else { return url }
        let start = journey.arena.count
        journey.repeatText(url)
        journey.arena.append(UInt8(ascii: "?"))
        journey.repeatText(journey.redirected.query)
        return journey.since(start)
    }

    private mutating func whole(_ path: Slice, _ journey: inout Journey) -> Slice {
        let name = serverName(&journey)
        let port = serverPort(&journey)
        let start = journey.arena.count
        let isSecure = isCalledSecure(journey)
        journey.arena.append(isSecure ? "https://" : "http://")
        journey.repeatText(name)
        if !journey.equals(port, isSecure ? "443" : "80") {
            journey.arena.append(UInt8(ascii: ":"))
            journey.repeatText(port)
        }
        journey.repeatText(path)
        return journey.since(start)
    }

    // MARK: The script

    private mutating func tellScript(_ journey: inout Journey, _ gateway: GatewayRecord, isPlain: Bool) {
        let file = scriptFile(&journey, gateway, isPlain: isPlain)
        tell("SCRIPT_FILENAME", file, &journey)
        tell("SCRIPT_NAME", scriptPath(journey), &journey)
        guard journey.upstream.pathInfo.count > 0 else { return }
        tell("PATH_INFO", journey.upstream.pathInfo, &journey)
        if !journey.upstream.pathTranslated.isAbsent {
            tell("PATH_TRANSLATED", journey.upstream.pathTranslated, &journey)
        }
    }

    private mutating func scriptFile(_ journey: inout Journey, _ gateway: GatewayRecord, isPlain: Bool) -> Slice {
        var path = journey.upstream.target
        if gateway.common == .file {
            findFilePath(&journey)
            path = Slice(start: journey.filePath.start, count: journey.filePath.count - journey.upstream.pathInfo.count)
        }
        let start = journey.arena.count
        if !isPlain {
            if gateway.backend.isAbsent {
                journey.arena.append("proxy:fcgi://")
                appendMember(&journey)
            } else {
                journey.arena.append(gateway.backend.range, of: tables.bytes)
            }
        }
        if gateway.common == .file {
            journey.arena.append(gateway.behind.range, of: tables.bytes)
            journey.repeatText(journey.upstream.base)
        }
        journey.repeatText(path)
        return journey.since(start)
    }

    /// The member that was chosen; the protocol's own port is left out.
    private func appendMember(_ journey: inout Journey) {
        let start = journey.arena.count
        if journey.exchange.member.isEmpty {
            journey.repeatText(journey.upstream.authority)
        } else {
            journey.appendMember()
        }
        let portStart = journey.arena.count - 5
        if portStart > start, isText(journey.arena[portStart..<journey.arena.count], ":8000") {
            journey.arena.removeLast(5)
        }
    }
}

/// The digits of a number that is too large for a word.
private func decimal(ofHexadecimal text: [UInt8]) -> [UInt8] {
    // The least digit comes first.
    var digits: [UInt8] = [0]
    for byte in text {
        var carry = Int(hexDigit(byte) ?? 0)
        for index in digits.indices {
            carry += Int(digits[index]) * 16
            digits[index] = UInt8(carry % 10)
            carry /= 10
        }
        while carry > 0 {
            digits.append(UInt8(carry % 10))
            carry /= 10
        }
    }
    return digits.reversed().map { $0 + UInt8(ascii: "0") }
}

/// What mod_ssl exports (modules/ssl/ssl_engine_kernel.c, ssl_hook_Fixup).
private enum TLSExports {
    static let facts: [String] = [
        "SSL_VERSION_INTERFACE", "SSL_VERSION_LIBRARY", "SSL_PROTOCOL", "SSL_SECURE_RENEG", "SSL_COMPRESS_METHOD",
        "SSL_CIPHER", "SSL_CIPHER_EXPORT", "SSL_CIPHER_USEKEYSIZE", "SSL_CIPHER_ALGKEYSIZE", "SSL_CLIENT_VERIFY",
        "SSL_CLIENT_M_VERSION", "SSL_CLIENT_M_SERIAL", "SSL_CLIENT_V_START", "SSL_CLIENT_V_END",
        "SSL_CLIENT_V_REMAIN", "SSL_CLIENT_S_DN", "SSL_CLIENT_I_DN", "SSL_CLIENT_A_KEY", "SSL_CLIENT_A_SIG",
        "SSL_SERVER_M_VERSION", "SSL_SERVER_M_SERIAL", "SSL_SERVER_V_START",
        "SSL_SERVER_V_END", "SSL_SERVER_S_DN", "SSL_SERVER_I_DN", "SSL_SERVER_A_KEY", "SSL_SERVER_A_SIG",
        "SSL_SESSION_ID", "SSL_SESSION_RESUMED",
    ]
    static let certificates = ["SSL_SERVER_CERT", "SSL_CLIENT_CERT"]

    /// Whether a name is told even if there is nothing to say.
    static func isTold(evenIfEmpty name: String) -> Bool { name == "SSL_SESSION_ID" }
}
