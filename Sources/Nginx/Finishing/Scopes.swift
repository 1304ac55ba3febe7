import IR
import Language

extension NginxLowering {
    /// Writes a location, an `if` block or a `limit_except` down as a scope.
    mutating func scope(of level: Level, _ around: Surroundings) -> Scope {
        let (settings, parts) = state(level, over: around.parts, in: around.site)
        checkLogin(level, parts)
        let layer = configuration.add(Layer(settings: settings, origin: level.origin))
        var inside = around
        inside.layers.append(layer)
        inside.parts = parts
        if level.location != nil { inside.location = level }
        var scope = Scope(layers: inside.layers, onlyInternally: level.onlyInternally, origin: level.origin)
        let name = inside.location?.location
        scope.prefixLength = name?.replacesPath == true ? name?.text.utf8.count ?? 0 : 0
        scope.inner = table(of: level, inside)
        scope.probe = probe(of: level, around.site)
        scope.content = content(of: level, parts) ?? inheritedContent(of: level, around)
        var blocks: [Int: ID<Scope>] = [:]
        for (index, child) in level.children.enumerated() {
            switch child.kind {
            case .locationIf:
                let block = self.scope(of: child, inside)
                blocks[index] = configuration.add(block)
            case .limitExcept(let methods):
                let others = self.scope(of: child, inside)
                scope.methods = MethodSplit(allowed: methods, otherwise: configuration.add(others))
            default: break
            }
        }
        // An `if` block's own statements run inside the program of the block around it.
        if case .locationIf = level.kind { return scope }
        let statements = statements(of: level.statements, in: level.children, scopes: blocks)
        if !statements.isEmpty {
            scope.rules = configuration.add(Program(statements: statements, origin: level.origin))
        }
        return scope
    }

    /// Who answers in a block without a handler: in an `if` whoever did before, in `limit_except` the location's.
    private mutating func inheritedContent(of level: Level, _ around: Surroundings) -> Content? {
        switch level.kind {
        case .locationIf: nil
        case .limitExcept: around.location.flatMap { content(of: $0, around.parts) } ?? .files
        default: .files
        }
    }

    /// The statements of the rewrite module, with `if` blocks among them.
    func statements(of drafts: [Level.Draft], in children: [Level], scopes: [Int: ID<Scope>]) -> [Statement] {
        drafts.map { draft in
            switch draft {
            case .rule(let rule):
                return .rule(rule)
            case .block(let index):
                let child = children[index]
                let inner = statements(of: child.statements, in: child.children, scopes: [:])
                return .block(
                    Block(
                        when: child.condition, statements: inner, enters: scopes[index], origin: child.origin))
            }
        }
    }

    /// `try_files`.
    mutating func probe(of level: Level, _ site: SiteContext) -> Probe? {
        guard let draft = level.probe else { return nil }
        let origin = origin(draft.directive)
        let otherwise: Exit
        switch draft.otherwise {
        case .status(let status):
            otherwise = .answer(Answer(status: status, closes: status == 444, origin: origin))
        case .uri(let uri): otherwise = .redirect(uri, .siteRules)
        case .named(let name):
            if let scope = site.named[name] {
                otherwise = .go(.scope(scope))
            } else {
                reportMissingLocation(name, at: draft.directive.arguments.last?.range)
                otherwise = .answer(Answer(status: 500, origin: origin))
            }
        }
        return Probe(tries: draft.tries, otherwise: otherwise, origin: origin)
    }

    /// Who answers in a block, nil where it has no handler of its own.
    mutating func content(of level: Level, _ parts: Parts) -> Content? {
        switch level.handler {
        case nil: nil
        case .content(let content), .gateway(let content): content
        case .proxy(let pass): forward(pass)
        case .fastCGI(let pass): call(pass, parts.fastCGI)
        }
    }

    /// `fastcgi_pass`: a call with the parameters that hold here.
    private mutating func call(_ pass: ProxyPass, _ parts: FastCGIParts) -> Content {
        let socket: Target =
            switch pass.target {
            case .fixed(let url): .pool(pool(for: url, pass))
            case .computed(let target, _): .computed(target)
            }
        return .process(
            GatewayCall(
                socket: socket, parameters: parts.parameters ?? [], wire: "fastcgi",
                keepsConnection: parts.keepsConnection?.value ?? false, catches: parts.catches ?? [],
                origin: pass.origin))
    }

    /// `proxy_pass`: which path is sent depends on whether the URL has one.
    private mutating func forward(_ pass: ProxyPass) -> Content {
        let rewritten = SentPath.path(.upstreamPath)
        let raw = SentPath.unchanged(since: .received, .targetAsReceived, otherwise: rewritten)
        switch pass.target {
        case .computed(let target, let hasPath):
            return .forward(
                Forward(
                    to: .computed(target), path: .inTarget(otherwise: raw),
                    query: hasPath ? .inTemplate : .append(keepsBareMark: false), written: pass.written,
                    origin: pass.origin))
        case .fixed(let url):
            let path =
                url.uri.map {
                    SentPath.unchanged(
                        since: .located, .suffix(onto: Template($0), of: .sent, .upstreamPath), otherwise: rewritten)
                } ?? raw
            return .forward(
                Forward(
                    to: .pool(pool(for: url, pass)), path: path, query: .append(keepsBareMark: false),
                    written: url.written, origin: pass.origin))
        }
    }
}
