import IR
import Language

/// Rules of a server that forward by themselves (`RewriteRule … [P]`), or call an application.
extension ExclusiveScopes {
    /// Makes each such rule one that leads to a place of its own, from which requests are forwarded.
    mutating func forwardingRules() {
        guard let program = node.rules else { return }
        var routes: [Route] = []
        var statements = configuration.programs[program.at].statements
        for index in statements.indices {
            guard case .rule(var rule) = statements[index] else { continue }
            let place = "/.upstream\(internalPaths.count + 1)/"
            if let (path, call) = calling(rule) {
                internalPaths.insert(place)
                let content = Content.process(led(&rule, to: place, path, call))
                statements[index] = .rule(rule)
                routes.append(Route(match: .bytes(place), yields: .content(content), origin: rule.origin))
                continue
            }
            guard let (path, forward) = forwarding(rule) else { continue }
            internalPaths.insert(place)
            var target = Template(String(place.dropLast()))
            target.append(path)
            rule.edits.append(.path(target))
            rule.then = .exit(.go(.locate))
            statements[index] = .rule(rule)
            routes.append(Route(match: .bytes(place), yields: .content(.forward(forward)), origin: rule.origin))
        }
        guard !routes.isEmpty else { return }
        configuration.sites[site.at].rules = configuration.add(Program(statements: statements, origin: node.origin))
        configuration.sites[site.at].locate.insert(RouteTable(search: .firstInOrder, routes: routes), at: 0)
    }

    /// Rules that call an application, or say that one answers, are answered here: what they take must not go on to
    /// where files are sent.
    mutating func callingRules() {
        for program in configuration.programs.indices {
            let isServers = configuration.sites.contains { $0.rules?.at == program }
            for index in configuration.programs[program].statements.indices {
                guard case .rule(var rule) = configuration.programs[program].statements[index], rule.calls,
                    !isServers || calling(rule) == nil
                else { continue }
                losses.append(
                    Loss(.approximate("nginx cannot call an application by a rule: 503 is answered"), at: rule.origin))
                rule.edits.removeAll { if case .content = $0 { true } else { false } }
                rule.then = .exit(.answer(Answer(status: 503, origin: rule.origin)))
                configuration.programs[program].statements[index] = .rule(rule)
            }
        }
    }

    /// The script that a rule names and the call of its application; nil: it does something else, or more than this can
    /// say.
    private func calling(_ rule: Rule) -> (path: Template, call: GatewayCall)? {
        guard case .exit(.content(.process(let call))) = rule.then, call.wire == "fastcgi", case .pool = call.socket,
            case .sent(.whole(let path, _))? = call.common?.script, rule.when != .always
        else { return nil }
        for edit in rule.edits {
            if case .path = edit { return nil }
        }
        return (path, call)
    }

    /// Has a rule remember the script and its own path, and lead to a place where the application is called.
    private mutating func led(
        _ rule: inout Rule, to place: String, _ path: Template, _ call: GatewayCall
    ) -> GatewayCall {
        let number = internalPaths.count
        func variable(_ name: String) -> ID<Variable> {
            configuration.add(
                Variable(
                    name: "\(name)_\(number)", definition: .assigned(initial: ""), origin: call.origin))
        }
        let (file, name) = (variable("script_file"), variable("script_name"))
        rule.edits += [.set(file, path), .set(name, Template(.path)), .path(Template(place))]
        rule.then = .exit(.go(.locate))
        var call = call
        call.common?.script = .sent(.whole(Template(.variable(file)), nil))
        call.parameters.append(GatewayParameter(name: "SCRIPT_NAME", value: Template(.variable(name))))
        return call
    }

    /// The path that a rule sends and what forwards it; nil: it does something else, or more than this can say.
    private func forwarding(_ rule: Rule) -> (path: Template, forward: Forward)? {
        guard case .exit(.content(.forward(var forward))) = rule.then, case .pool = forward.to,
            case .whole(let path, let escaping?) = forward.path, rule.when != .always,
            case .literal(let text)? = path.pieces.first, text.hasPrefix("/")
        else { return nil }
        for edit in rule.edits {
            if case .path = edit { return nil }
        }
        forward.path = .suffix(onto: "/", of: .matched, escaping)
        return (path, forward)
    }
}

extension Rule {
    /// An application answers what it takes.
    fileprivate var calls: Bool {
        if case .exit(.content(.process)) = then { return true }
        return edits.contains { edit in
            switch edit {
            case .content(.process), .content(.unavailable), .content(.forward): true
            default: false
            }
        }
    }
}
