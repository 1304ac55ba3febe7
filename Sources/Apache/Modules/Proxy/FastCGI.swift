import IR
import Language
import Source

/// mod_proxy_fcgi: forwarding requests to FastCGI applications.
enum FastCGI {
    /// The module.
    static let module = Module<ApacheLowering>(
        "mod_proxy_fcgi",
        [
            Entry("ProxyFCGIBackendType", in: .anywhere, .one, summary: "Says what kind of FastCGI server answers.") {
                directive, state in
                guard let argument = directive.arguments.first,
                    let isPlain = state.word(argument, of: directive, among: [("FPM", false), ("GENERIC", true)])
                else { return }
                state.settings.forward.gateway.namesPlainly = Stated(isPlain, state.origin(directive))
            },
            Entry(
                "ProxyFCGISetEnvIf", in: .anywhere, .twoOrThree,
                summary: "Changes what FastCGI servers are told, where an expression holds."
            ) {
                $1.lowerGatewayEdit($0)
            },
        ])

    /// modules/proxy/mod_proxy_fcgi.c, fcgi_do_request (tested with 2.4.71).
    static let failures: [Failure: Int] = [.closedEarly: 503, .sendTimeout: 503, .readTimeout: 504, .badHead: 500]
}

/// A pool that a handler's address has until all upstreams are known.
struct HandlerPool: Sendable {
    /// The pool.
    var pool: ID<Pool>
    /// The server that the handler stands in.
    var server: Int
    /// What `UpstreamURL.key` says of the address.
    var key: String
}

/// A balancer that a handler names, before its members are known to speak FastCGI.
struct HandlerBalancer: Sendable {
    /// The balancer's name.
    var name: String
    /// The balancer.
    var pool: ID<Pool>
    /// How paths are escaped where it is named.
    var escaping: Escaping
}

extension ApacheLowering {
    /// `ProxyFCGISetEnvIf expression [!]name [value]`.
    fileprivate mutating func lowerGatewayEdit(_ directive: Directive) {
        let arguments = directive.arguments
        guard let condition = condition(arguments[0].text, at: arguments[0].range) else { return }
        var name = arguments[1].text
        var value: Template?
        if name.hasPrefix("!") {
            name.removeFirst()
        } else {
            value = arguments.count > 2 ? string(arguments[2].text, at: arguments[2].range, isExpression: true) : ""
        }
        let origin = origin(directive)
        let edit = GatewayEdit(
            when: condition.replacing { told($0) }, name: name, value: value?.replacing { told($0) }, origin: origin)
        let before = settings.forward.gateway.edits
        settings.forward.gateway.edits = Edit(
            merge: .after, value: (before?.value ?? []) + [edit], origin: before?.origin ?? origin)
    }

    /// What an expression finds that is asked once the application's variables have been put together.
    private func told(_ value: Value) -> Template? {
        switch value {
        case .environment(let name): Template(.told(name))
        case .variable(let id): Template(.told(configuration.variables[id.at].name))
        case .tls(let name) where name != "https": Template(.told(name))
        case .filePath: Template(.told("SCRIPT_FILENAME"))
        case .pathInfo: Template(.told("PATH_INFO"))
        default: nil
        }
    }

    // MARK: Handlers

    /// What answers by a handler's name: an application behind `proxy:`; nil: none that is run.
    ///
    /// Source: httpd's modules/proxy/mod_proxy.c, proxy_handler, which puts the file's path behind the name.
    mutating func content(ofHandler handler: Argument, _ origin: ID<Origin>) -> Content? {
        guard handler.text.hasPrefix("proxy:") else { return nil }
        if handler.text.contains("%{") { return computedContent(ofHandler: handler, origin) }
        guard let url = UpstreamURL(String(handler.text.dropFirst(6))) else { return nil }
        let pool: ID<Pool>
        var backend: String?
        switch url.scheme {
        case "fcgi":
            pool = handlerPool(url, origin)
            backend = self.backend(url)
        case "balancer":
            pool = balancer(named: url.host, origin: origin)
            // Whether its members speak FastCGI is known at the end.
            handlerBalancers.append(HandlerBalancer(name: url.host, pool: pool, escaping: escaping))
        case "http", "https":
            return .forward(
                Forward(
                    to: .pool(handlerPool(url, origin)), path: .file(behind: url.path, escaping),
                    query: .append(keepsBareMark: true), written: handler.text, origin: origin))
        default: return nil
        }
        return .process(
            GatewayCall(
                socket: .pool(pool), parameters: [], wire: "fastcgi",
                common: CommonVariables(
                    script: .file(behind: url.path), backend: backend, failures: FastCGI.failures), origin: origin))
    }

    /// What answers by a handler whose address an expression decides.
    private mutating func computedContent(ofHandler handler: Argument, _ origin: ID<Origin>) -> Content? {
        let text = string(String(handler.text.dropFirst(6)), at: handler.range)
        switch UpstreamURL.scheme(of: text) {
        case "fcgi":
            return computedCall(text, .file(behind: ""), written: "", isImplied: true, origin)
        case "http", "https":
            return .forward(
                Forward(
                    to: .computed(text), path: .file(behind: "", escaping), query: .append(keepsBareMark: true),
                    written: handler.text, origin: origin))
        default: return nil
        }
    }

    /// A call to an application whose address the request decides.
    func computedCall(
        _ url: Template, _ script: CalledScript, written: String, isImplied: Bool = false, _ origin: ID<Origin>
    ) -> Content {
        .process(
            GatewayCall(
                socket: .computed(url), parameters: [], wire: "fastcgi",
                common: CommonVariables(
                    script: script, backend: nil, written: written, failures: FastCGI.failures, isImplied: isImplied),
                origin: origin))
    }

    private mutating func handlerPool(_ url: UpstreamURL, _ origin: ID<Origin>) -> ID<Pool> {
        // What is looked for is the whole URL, in which the file's path follows.
        let key = url.key + "/"
        if let known = handlerPools.first(where: { $0.server == server && $0.key == key }) { return known.pool }
        let pool = implied(url, origin)
        handlerPools.append(HandlerPool(pool: pool, server: server, key: key))
        return pool
    }

    /// A pool for an address that nobody set up: no connection is used again, no failure kept in mind.
    mutating func implied(_ url: UpstreamURL, _ origin: ID<Origin>) -> ID<Pool> {
        var parameters = ProxyParameters()
        parameters.disablesReuse = true
        parameters.retry = 0
        return configuration.add(
            Pool(
                members: [member(url, parameters, origin: origin)], resolve: .firstUse, attempts: 1,
                connections: connections(parameters, scheme: url.scheme), isImplied: true, origin: origin))
    }

    /// Gives the pools of handlers what `<Proxy>` or ProxyPass said about their address, wherever it stands.
    mutating func settleHandlerPools() {
        for handler in handlerPools {
            let workers = servers[handler.server].workers + (handler.server == 0 ? [] : servers[0].workers)
            let known = workers.filter { handler.key.hasPrefix($0.url) }
            guard let worker = known.max(by: { $0.url.utf8.count < $1.url.utf8.count }) else { continue }
            configuration.pools[handler.pool.at] = configuration.pools[worker.pool.at]
        }
    }

    /// Handlers that name a balancer whose members speak HTTP forward by HTTP.
    mutating func settleHandlerBalancers() {
        for handler in handlerBalancers where !speaksFastCGI(balancer: handler.name) {
            for index in configuration.layers.indices {
                let content = configuration.layers[index].settings.files.content
                guard let value = content?.value, let forward = forwarded(value, handler), let content else { continue }
                configuration.layers[index].settings.files.content = Stated(forward, content.origin)
            }
            for index in configuration.layers.indices {
                guard var contents = configuration.layers[index].settings.files.contents else { continue }
                contents.value = contents.value.mapValues { forwarded($0, handler) ?? $0 }
                configuration.layers[index].settings.files.contents = contents
            }
            for program in configuration.programs.indices {
                let statements = configuration.programs[program].statements
                configuration.programs[program].statements = statements.map { settled($0, handler) }
            }
        }
    }

    private func settled(_ statement: Statement, _ handler: HandlerBalancer) -> Statement {
        guard case .rule(var rule) = statement else { return statement }
        rule.edits = rule.edits.map { edit in
            guard case .content(let content) = edit, let forward = forwarded(content, handler) else { return edit }
            return .content(forward)
        }
        return .rule(rule)
    }

    /// What a call to a balancer is where its members speak HTTP; nil: it is another content.
    private func forwarded(_ content: Content, _ handler: HandlerBalancer) -> Content? {
        guard case .process(let call) = content, call.socket == .pool(handler.pool),
            case .file(let text)? = call.common?.script
        else { return nil }
        return .forward(
            Forward(
                to: call.socket, path: .file(behind: text, handler.escaping), query: .append(keepsBareMark: true),
                origin: call.origin))
    }

    /// Whether the members of a balancer speak FastCGI.
    func speaksFastCGI(balancer name: String) -> Bool { balancers[name.lowercased()]?.speaksFastCGI == true }

    // MARK: Forwarding

    /// A forward to a FastCGI server as the call that it is; every other forward as it is.
    func content(_ forward: Forward, to url: UpstreamURL) -> Content {
        if url.scheme == "fcgi", case .computed(let target) = forward.to { return content(forward, computing: target) }
        let isBalancer = url.scheme == "balancer"
        guard isBalancer ? speaksFastCGI(balancer: url.host) : url.scheme == "fcgi" else { return .forward(forward) }
        return .process(
            GatewayCall(
                socket: forward.to, parameters: [], wire: "fastcgi",
                common: CommonVariables(
                    script: .sent(forward.path), backend: isBalancer ? nil : backend(url), written: forward.written,
                    failures: FastCGI.failures), origin: forward.origin))
    }

    /// A forward to a URL that the request decides: a call where that is a FastCGI server's.
    func content(_ forward: Forward, computing url: Template) -> Content {
        guard UpstreamURL.scheme(of: url) == "fcgi" else { return .forward(forward) }
        return computedCall(url, .sent(forward.path), written: forward.written, forward.origin)
    }

    /// What stands before the path in an application's SCRIPT_FILENAME.
    private func backend(_ url: UpstreamURL) -> String {
        let host = url.host.contains(":") ? "[\(url.host)]" : url.host
        return "proxy:fcgi://\(host)" + (url.effectivePort == 8000 ? "" : ":\(url.effectivePort)")
    }
}
