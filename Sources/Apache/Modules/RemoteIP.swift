import IR
import Language
import Source

/// mod_remoteip: the client's address, where a proxy stands before this server.
enum RemoteIP {
    /// The module.
    static let module = Module<ApacheLowering>(
        "mod_remoteip",
        [
            Entry("RemoteIPHeader", in: .server, .one, summary: "Takes the client's address from a field.") {
                directive, state in
                guard let field = directive.arguments.first?.text else { return }
                state.servers[state.server].remoteIP.header = Stated(field, state.origin(directive))
            },
            Entry("RemoteIPTrustedProxy", in: .server, .oneOrMore, summary: "Lists proxies that are believed.") {
                $1.lowerProxies($0, areOwn: false)
            },
            Entry("RemoteIPInternalProxy", in: .server, .oneOrMore, summary: "Lists proxies of the own network.") {
                $1.lowerProxies($0, areOwn: true)
            },
            Entry("RemoteIPTrustedProxyList", in: .server, .one, summary: "Names a file of proxies that are believed.")
            {
                $1.lowerProxyList($0, areOwn: false)
            },
            Entry("RemoteIPInternalProxyList", in: .server, .one, summary: "Names a file of the own network's proxies.")
            {
                $1.lowerProxyList($0, areOwn: true)
            },
            Entry("RemoteIPProxiesHeader", in: .server, .one, summary: "Names the field of proxies passed.") {
                directive, state in
                guard let field = directive.arguments.first?.text else { return }
                state.servers[state.server].remoteIP.proxiesHeader = Stated(field, state.origin(directive))
            },
            Entry(
                "RemoteIPProxyProtocol", in: .server, .flag, guards: true,
                summary: "Takes the client's address from the PROXY protocol."
            ) { directive, state in
                guard let isOn = state.flag(directive) else { return }
                state.lowerProxyProtocol(isOn, directive)
            },
            Entry(
                "RemoteIPProxyProtocolExceptions", in: .server, .oneOrMore, summary: "Lists who does not speak it."
            ) {
                $1.lowerProxyExceptions($0)
            },
        ])
}

extension ApacheLowering {
    fileprivate mutating func lowerProxies(_ directive: Directive, areOwn: Bool) {
        for argument in directive.arguments { trust(argument.text, argument, directive, areOwn) }
    }

    private mutating func trust(_ text: String, _ argument: Argument, _ directive: Directive, _ areOwn: Bool) {
        // A list that holds nobody still is one: without any, everybody would be believed.
        let before = servers[server].remoteIP.trusts
        var trusts = before?.value ?? []
        if let network = Networks.network(text) {
            trusts.append(TrustedNetwork(network, isOwn: areOwn))
        } else {
            notRun(
                "`\(text)` is no address of a proxy", at: argument.range,
                why: "httpd asks DNS for it at start; Sluice does not, and believes nobody by this word",
                help: "write the proxy's address")
        }
        servers[server].remoteIP.trusts = Stated(trusts, before?.origin ?? origin(directive))
    }

    fileprivate mutating func lowerProxyList(_ directive: Directive, areOwn: Bool) {
        guard let argument = directive.arguments.first else { return }
        do throws(FileProblem) {
            let text = String(configuration: try reading.request.files.read(filePath(argument.text)))
            for line in text.split(whereSeparator: { $0.isNewline }) {
                for word in line.prefix(while: { $0 != "#" }).split(separator: " ") {
                    trust(String(word), argument, directive, areOwn)
                }
            }
        } catch {
            fail(
                "missing-file", "the list `\(argument.text)` cannot be read", at: argument.range,
                why: "\(error.explanation); the server refuses to start", help: "check the path")
        }
    }

    /// `RemoteIPProxyProtocol`: at the addresses of the server it stands in.
    ///
    /// Two lists for the whole process, as `remoteip_enable_proxy_protocol` keeps them: what is on both is off.
    fileprivate mutating func lowerProxyProtocol(_ isOn: Bool, _ directive: Directive) {
        let own = servers[server].addresses
        let addresses = server == 0 ? [ProxiedAddress(host: nil, port: nil)] : own.map(ProxiedAddress.init)
        let place = origin(directive)
        for address in addresses { proxyProtocol.state(address, isOn: isOn, origin: place) }
    }

    fileprivate mutating func lowerProxyExceptions(_ directive: Directive) {
        for argument in directive.arguments {
            guard let network = Networks.network(argument.text) else {
                invalid(
                    "`\(argument.text)` is no address or network", at: argument, why: "the server refuses to start",
                    help: "write it as in `10.0.0.0/8`")
                continue
            }
            proxyProtocol.exceptions.append(network)
        }
    }
}
