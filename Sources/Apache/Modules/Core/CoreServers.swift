import IR
import Language
import Source

/// Servers: who they are and where they listen (server/core.c, server/listen.c).
enum CoreServers {
    /// The directives.
    static let entries: [Entry<ApacheLowering>] = [
        Entry("<VirtualHost", in: .main, .any, block: true, summary: "Holds what applies to one virtual host.") {
            $1.lowerVirtualHost($0)
        },
        Entry("ServerName", in: .server, .one, summary: "Names the server, and the port it tells others.") {
            $1.lowerServerName($0)
        },
        Entry("ServerAlias", in: .host, .oneOrMore, summary: "Gives a virtual host more names, `*` and `?` allowed.") {
            $1.lowerServerAlias($0)
        },
        .known("ServerPath", in: .server, .one, summary: "Names a path by which old clients reach a virtual host."),
        Entry("Listen", in: .main, .oneToThree, summary: "Opens a port, at one address or at all.") {
            $1.lowerListen($0)
        },
        Entry("ServerRoot", in: .main, .one, summary: "Names the folder that relative paths are looked up in.") {
            $1.lowerServerRoot($0)
        },
        Entry("DocumentRoot", in: .server, .one, summary: "Names the folder that files are served from.") {
            $1.lowerDocumentRoot($0)
        },
        Entry("ServerAdmin", in: .server, .one, summary: "Names whom applications may tell clients to write to.") {
            directive, state in
            guard let argument = directive.arguments.first else { return }
            state.settings.forward.gateway.admin = Stated(argument.text, state.origin(directive))
        },
        .ignored("NameVirtualHost", in: .main, .one, summary: "Has had no effect since 2.4."),
        Entry("UseCanonicalName", in: .files, .one, summary: "Says whose name redirects carry: ours or the client's.") {
            $1.lowerCanonicalName($0)
        },
        Entry(
            "UseCanonicalPhysicalPort", in: .files, .one,
            summary: "Says whether redirects carry the port that the connection came in on."
        ) {
            $1.lowerPhysicalPort($0)
        },
        Entry("HostnameLookups", in: .files, .one, summary: "Says whether the names of clients are looked up.") {
            $1.lowerHostnameLookups($0)
        },
        Entry("ServerTokens", in: .main, .one, summary: "Says how much the Server field gives away.") {
            directive, state in
            guard let argument = directive.arguments.first,
                let form = state.word(argument, of: directive, among: ServerTokens.forms)
            else { return }
            state.settings.answer.serverName = Stated(form, state.origin(directive))
        },
        Entry("ServerSignature", in: .anywhere, .one, summary: "Gives applications a line about the server.") {
            directive, state in
            let forms: [(String, Signature)] = [("Off", .none), ("On", .server), ("EMail", .serverWithMail)]
            guard let argument = directive.arguments.first,
                let signature = state.word(argument, of: directive, among: forms)
            else { return }
            state.settings.forward.gateway.signature = Stated(signature, state.origin(directive))
        },
        .known(
            "StrictHostCheck", in: .server, .flag, summary: "Refuses requests for hosts that no virtual host names."),
        .known("Protocols", in: .server, .oneOrMore, summary: "Lists the protocols that clients may speak."),
        .ignored("ProtocolsHonorOrder", in: .server, .flag, summary: "Says whose order of protocols counts."),
        .ignored("Protocol", in: .server, .one, summary: "Names the protocol of a socket."),
    ]
}

extension ApacheLowering {
    /// `<VirtualHost addr[:port] …>`: a server of its own.
    fileprivate mutating func lowerVirtualHost(_ directive: Directive) {
        var draft = ServerDraft(origin: origin(directive))
        for argument in directive.arguments {
            guard let text = AddressText(argument.text, loneNumberIsPort: false) else {
                invalid(
                    "`\(argument.text)` is no address", at: argument,
                    why: "a virtual host answers at `address:port`, where either may be `*`",
                    help: "write it as in `<VirtualHost *:80>`")
                continue
            }
            draft.addresses.append(address(text, argument))
        }
        if directive.arguments.isEmpty {
            report(
                Diagnostic(
                    "wrong-arguments", .error, "`<VirtualHost>` needs an address", at: directive.head,
                    why: "without one no request ever reaches it", help: "write `<VirtualHost *:80>`"))
        }
        servers.append(draft)
        let outer = server
        server = servers.count - 1
        context = .host
        lower(directive.children)
        context = .main
        server = outer
    }

    private mutating func address(_ text: AddressText, _ argument: Argument) -> VirtualAddress {
        let port = text.port == -1 || text.port == 0 ? nil : text.port
        switch HostForm(text.host ?? "*") {
        case .all: return VirtualAddress(host: nil, port: port)
        case .address(let address): return VirtualAddress(host: address, port: port)
        case .name("localhost"): return VirtualAddress(host: "127.0.0.1", port: port, name: "localhost")
        case .name(let name):
            report(
                Diagnostic(
                    "virtual-host-by-name", .warning, "the address `\(argument.text)` is a name", at: argument.range,
                    why:
                        "httpd asks DNS for it at start; Sluice lets the virtual host answer at all addresses",
                    help: "write an address or `*`, and the name as ServerName"))
            return VirtualAddress(host: nil, port: port, name: name)
        }
    }

    /// `ServerName [scheme://]host[:port]`.
    fileprivate mutating func lowerServerName(_ directive: Directive) {
        guard let argument = directive.arguments.first else { return }
        var text = argument.text
        var scheme = ""
        if let end = text.firstRange(of: "://") {
            scheme = text[..<end.lowerBound].lowercased()
            text = String(text[end.upperBound...])
        }
        guard let parts = AddressText(text, loneNumberIsPort: false), let host = parts.host, !host.contains("/") else {
            return invalid(
                "`\(argument.text)` is no server name", at: argument, why: "it is a host name, and maybe a port",
                help: "write it as in `ServerName www.example.com`")
        }
        if argument.text.contains("*") {
            return invalid(
                "ServerName is no pattern", at: argument,
                why: "`*` is no letter of a name; the server refuses to start",
                help: "write it as `ServerAlias \(argument.text)`")
        }
        servers[server].name = Stated(host, origin(directive))
        servers[server].port = parts.port == -1 ? nil : parts.port
        servers[server].isNamedSecure = scheme == "https"
    }

    fileprivate mutating func lowerServerAlias(_ directive: Directive) {
        let origin = origin(directive)
        for argument in directive.arguments {
            servers[server].aliases.append(Stated(argument.text.lowercased(), origin))
        }
    }

    /// `Listen [address:]port [protocol]`.
    fileprivate mutating func lowerListen(_ directive: Directive) {
        guard let argument = directive.arguments.first else { return }
        guard let text = AddressText(argument.text, loneNumberIsPort: true), let port = text.port, port > 0 else {
            return invalid(
                "`Listen` needs a port, not `\(argument.text)`", at: argument, why: "the server refuses to start",
                help: "write it as in `Listen 80` or `Listen 127.0.0.1:8080`")
        }
        var draft = ListenDraft(
            port: port,
            usesTLS: directive.arguments.dropFirst().first.map { $0.text.lowercased() == "https" } ?? (port == 443),
            origin: origin(directive))
        switch HostForm(text.host ?? "*") {
        case .all: break
        case .address(let address): draft.host = address
        case .name("localhost"): draft.host = "127.0.0.1"
        case .name:
            return invalid(
                "`\(argument.text)` names a host", at: argument,
                why: "Sluice listens on addresses and does not ask DNS for them",
                help: "write the host's address")
        }
        if listens.contains(where: { $0.host == draft.host && $0.port == draft.port }) {
            return report(
                Diagnostic(
                    "duplicate-listen", .warning, "`Listen \(argument.text)` stands twice", at: directive.head,
                    why: "the server opens the socket once, or fails because the address is in use",
                    help: "leave one of them out"))
        }
        listens.append(draft)
    }

    fileprivate mutating func lowerServerRoot(_ directive: Directive) {
        guard var path = directive.arguments.first?.text else { return }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        serverRoot = path
    }

    fileprivate mutating func lowerDocumentRoot(_ directive: Directive) {
        guard let argument = directive.arguments.first else { return }
        let origin = origin(directive)
        settings.files.place = Stated(
            Placement(base: Template(withoutFinalSlash(filePath(argument.text))), drops: .nothing, origin: origin),
            origin)
        // Applications are told the folder as it is written.
        let isWritten = argument.text.hasSuffix("/") && argument.text != "/"
        if isWritten || servers[0].settings.forward.gateway.root != nil {
            settings.forward.gateway.root = Stated(isWritten ? filePath(argument.text) : "", origin)
        }
    }

    fileprivate mutating func lowerCanonicalName(_ directive: Directive) {
        guard let argument = directive.arguments.first else { return }
        // UseCanonicalPhysicalPort may stand before it.
        var namesPhysical = false
        if case .completed(_, .asHostHeaderElseListener)? = settings.url.absolute?.value { namesPhysical = true }
        let ownPort: PortSource = servers[server].port.map { .fixed($0) } ?? (namesPhysical ? .listener : .none)
        let forms: [(String, AbsoluteLocation?)] = [
            (
                "Off",
                .completed(
                    host: Template(.hostOrSiteName), port: namesPhysical ? .asHostHeaderElseListener : .asHostHeader)
            ),
            ("On", .completed(host: Template(.siteName), port: ownPort)),
            ("DNS", nil),
        ]
        guard let form = word(argument, of: directive, among: forms) else { return }
        guard let form else { return reportUnsupported(directive) }
        settings.url.absolute = Stated(form, origin(directive))
    }

    /// `UseCanonicalPhysicalPort On`: a client that names no port is told the one that it came to.
    fileprivate mutating func lowerPhysicalPort(_ directive: Directive) {
        guard let argument = directive.arguments.first,
            let isOn = word(argument, of: directive, among: [("On", true), ("Off", false)])
        else { return }
        guard isOn else { return }
        if case .completed(Template(.siteName), _)? = settings.url.absolute?.value {
            guard servers[server].port == nil else { return }
            settings.url.absolute = Stated(
                .completed(host: Template(.siteName), port: .listener), origin(directive))
            return
        }
        settings.url.absolute = Stated(
            .completed(host: Template(.hostOrSiteName), port: .asHostHeaderElseListener), origin(directive))
    }

    fileprivate mutating func lowerHostnameLookups(_ directive: Directive) {
        guard let argument = directive.arguments.first,
            let on = word(argument, of: directive, among: [("On", true), ("Off", false), ("Double", true)])
        else { return }
        if on {
            report(
                Diagnostic(
                    Coverage.unsupported, .warning, "`HostnameLookups` is not run: logs show addresses",
                    at: directive.head, why: "looking up every client's name makes each request wait for DNS",
                    help: "write `HostnameLookups Off`"))
        }
    }
}

/// A path without the slashes at its end; the root keeps its own.
func withoutFinalSlash(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
}
