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
                guard let field = directive.arguments.first?.text.lowercased() else { return }
                state.realAddress(directive) { $0.header = field }
            },
            Entry("RemoteIPTrustedProxy", in: .server, .oneOrMore, summary: "Lists proxies that are believed.") {
                $1.lowerProxies($0)
            },
            Entry("RemoteIPInternalProxy", in: .server, .oneOrMore, summary: "Lists proxies of the own network.") {
                $1.lowerProxies($0)
            },
            Entry("RemoteIPTrustedProxyList", in: .server, .one, summary: "Names a file of proxies that are believed.")
            {
                $1.lowerProxyList($0)
            },
            Entry("RemoteIPInternalProxyList", in: .server, .one, summary: "Names a file of the own network's proxies.")
            {
                $1.lowerProxyList($0)
            },
            .known("RemoteIPProxiesHeader", in: .server, .one, summary: "Names the field of proxies passed."),
            .known(
                "RemoteIPProxyProtocol", in: .server, .flag, guards: true,
                summary: "Takes the client's address from the PROXY protocol."),
            .known("RemoteIPProxyProtocolExceptions", in: .server, .oneOrMore, summary: "Lists who does not speak it."),
        ])
}

extension ApacheLowering {
    /// Changes what a server says about the client's address; without a header it says nothing yet.
    fileprivate mutating func realAddress(_ directive: Directive, _ change: (inout RealAddress) -> Void) {
        let known = servers[server].settings.request.realAddress ?? servers[0].settings.request.realAddress
        var address = known.flatMap { $0.value } ?? RealAddress(header: "", recursive: true)
        change(&address)
        settings.request.realAddress = Stated(address, origin(directive))
    }

    fileprivate mutating func lowerProxies(_ directive: Directive) {
        for argument in directive.arguments { trust(argument.text, argument, directive) }
    }

    private mutating func trust(_ text: String, _ argument: Argument, _ directive: Directive) {
        guard let network = Networks.network(text) else {
            return notRun(
                "`\(text)` is no address of a proxy", at: argument.range,
                why: "httpd asks DNS for it at start; Sluice does not, and believes nobody by this word",
                help: "write the proxy's address")
        }
        realAddress(directive) { $0.trusts = ($0.trusts ?? []) + [network] }
    }

    fileprivate mutating func lowerProxyList(_ directive: Directive) {
        guard let argument = directive.arguments.first else { return }
        do throws(FileProblem) {
            let text = String(configuration: try reading.request.files.read(filePath(argument.text)))
            for line in text.split(whereSeparator: { $0.isNewline }) {
                for word in line.prefix(while: { $0 != "#" }).split(separator: " ") {
                    trust(String(word), argument, directive)
                }
            }
        } catch {
            fail(
                "missing-file", "the list `\(argument.text)` cannot be read", at: argument.range,
                why: "\(error.explanation); the server refuses to start", help: "check the path")
        }
    }
}
