import IR
import Language
import Source

/// What a rule makes of a request (`apply_rewrite_rule`, `hook_uri2file`, `hook_fixup`).
extension ApacheLowering {
    /// Writes a substitution into a rule: its edits and what follows.
    mutating func substitute(
        _ rule: RewriteRule, _ place: RewritePlace, _ words: RewriteTemplate.Words, _ result: inout Rule
    ) {
        let text = template(rule.substitution, words, at: rule.range)
        var (path, query) = split(text, atLast: rule.flags.splitsQueryAtLast)
        let edits = queryEdits(query, rule.flags)
        if rule.flags.allowsQuestionMark {
            notRun(
                "`UnsafeAllow3F` begins no query here", at: rule.range,
                why: "a `?` in what the rule puts in its path is escaped", help: nil)
        } else {
            let values = path.pieces.filter { if case .literal = $0 { false } else { true } }
            result.unquestioned = Template(pieces: values)
        }
        if rule.flags.forwards { return forward(path, edits, rule, place, &result) }
        var isURL = isAbsoluteURL(path)
        if isURL, rule.flags.redirects == nil, let local = localPath(of: path, place.server) {
            path = local
            isURL = false
        }
        if rule.flags.redirects != nil || isURL { return redirect(path, isURL: isURL, edits, rule, place, &result) }
        if place.isServer { path = withSlash(path, rule) }
        result.edits += [.path(path)] + edits
        guard place.isServer, !rule.flags.passesThrough else { return }
        result.edits.append(
            .leaveWith(
                .place(
                    Placement(
                        base: words.documentRoot, drops: .nothing, ifExistsAtFileRoot: true, origin: rule.origin))))
    }

    /// A path from the root; in a server's rules httpd puts a missing slash before it.
    private func withSlash(_ path: Template, _ rule: RewriteRule) -> Template {
        let isRelative =
            switch path.pieces.first {
            case nil: true
            case .literal(let text): !text.hasPrefix("/")
            case .value(.capture(0, 1)): rule.pattern.hasPrefix("^/(")
            default: false
            }
        guard isRelative else { return path }
        var whole = Template("/")
        whole.append(path)
        return whole
    }

    /// The path and what is behind its first (or last) literal `?`.
    private func split(_ text: Template, atLast: Bool) -> (Template, Template?) {
        let indices = atLast ? Array(text.pieces.indices.reversed()) : Array(text.pieces.indices)
        for index in indices {
            guard case .literal(let literal) = text.pieces[index],
                let mark = atLast ? literal.lastIndex(of: "?") : literal.firstIndex(of: "?")
            else { continue }
            var path = Template(pieces: Array(text.pieces[..<index]))
            path.append(String(literal[..<mark]))
            var query = Template(String(literal[literal.index(after: mark)...]))
            query.append(Template(pieces: Array(text.pieces[(index + 1)...])))
            return (path, query)
        }
        return (text, nil)
    }

    private func queryEdits(_ query: Template?, _ flags: RewriteFlags) -> [RequestEdit] {
        guard var query else { return flags.dropsQuery ? [.query(.drop)] : [] }
        if case .literal(let last)? = query.pieces.last, last.hasSuffix("&") {
            query.pieces[query.pieces.count - 1] = .literal(String(last.dropLast()))
        }
        if query.pieces.isEmpty { return flags.appendsQuery && !flags.dropsQuery ? [] : [.query(.drop)] }
        return [.query(flags.appendsQuery && !flags.dropsQuery ? .prepend(query) : .replace(query))]
    }

    /// Whether a template begins with a scheme and `://`.
    private func isAbsoluteURL(_ template: Template) -> Bool {
        guard let first = template.pieces.first else { return false }
        if case .value(.scheme) = first, template.pieces.count > 1, case .literal(let text) = template.pieces[1] {
            return text.hasPrefix("://")
        }
        // `http%{ENV:s}://` is as absolute as `https://`.
        if case .literal(let text) = first {
            if isURL(text) { return true }
            let isScheme = text == "http" || text == "https"
            if isScheme, template.pieces.count > 2, case .literal(let next) = template.pieces[2] {
                return next.hasPrefix("://")
            }
        }
        return false
    }

    /// The path of a URL of this very server, which httpd does not redirect to (`reduce_uri`).
    ///
    /// The port must be the one that ServerName names, or an address of the virtual host must be written with the name.
    private func localPath(of template: Template, _ server: Int) -> Template? {
        guard case .literal(let text)? = template.pieces.first, let url = UpstreamURL(text),
            url.scheme == "http" || url.scheme == "https", template.pieces.count == 1 || !url.path.isEmpty
        else { return nil }
        let draft = servers[server]
        let names = [draft.name?.value].compactMap { $0 } + draft.aliases.map(\.value)
        let isNamed = draft.port == url.effectivePort && names.contains(url.host)
        let isAddress = draft.addresses.contains {
            $0.name == url.host && ($0.port == nil || $0.port == url.effectivePort)
        }
        guard url.scheme == (speaksTLS(server) ? "https" : "http"), isNamed || isAddress else { return nil }
        var path = Template(url.path.isEmpty ? "/" : url.path)
        path.append(Template(pieces: Array(template.pieces.dropFirst())))
        return path
    }

    private func redirect(
        _ path: Template, isURL: Bool, _ edits: [RequestEdit], _ rule: RewriteRule, _ place: RewritePlace,
        _ result: inout Rule
    ) {
        var answer = Answer(status: rule.flags.redirects ?? 302, keepsQuery: true, origin: rule.origin)
        let leaves = rule.flags.isLast || rule.flags.isEnd
        let isComplete = isURL || startsAtRoot(path, place)
        let path = isURL || !place.isServer ? path : withSlash(path, rule)
        if leaves, isComplete {
            result.edits += edits
            setLocation(path, of: &answer, rule, changesQuery: !edits.isEmpty)
            result.then = .exit(.answer(answer))
            return
        }
        var target = path
        if !isComplete, place.base == nil {
            // Without RewriteBase httpd puts the result behind the directory's path, not behind its URL.
            target = Template(.layerDirectory)
            target.append("/")
            target.append(path)
        } else if isComplete, !isURL {
            // The rules behind this one see the whole URL that the client is sent to.
            target = Template(.scheme)
            target.append("://")
            target.append(.requestHeader("host"))
            target.append(path)
        }
        setLocation(Template(.path), of: &answer, rule, changesQuery: !edits.isEmpty)
        result.edits += [.path(target)] + edits
        if leaves { result.then = .exit(.answer(answer)) } else { result.edits.append(.leaveWith(.answer(answer))) }
    }

    /// Path and query are escaped unless NE is set; a query that no rule changed stays as it came.
    private func setLocation(_ path: Template, of answer: inout Answer, _ rule: RewriteRule, changesQuery: Bool) {
        answer.location = path
        if rule.flags.isUnescaped { return }
        guard changesQuery else {
            answer.locationEscaping = Escapings.path
            return
        }
        answer.keepsQuery = false
        answer.location = Template(pieces: [
            .apply(.escape(Escapings.path), [path]), .value(.queryMark),
            .apply(.escape(Escapings.path), [Template(.query)]),
        ])
    }

    /// Whether a result is a path from the root; in a server's rules all are.
    private func startsAtRoot(_ path: Template, _ place: RewritePlace) -> Bool {
        if place.isServer { return true }
        switch path.pieces.first {
        case .literal(let text): return text.hasPrefix("/")
        case .value(.path): return true
        default: return false
        }
    }

    // MARK: - [P]

    private mutating func forward(
        _ url: Template, _ edits: [RequestEdit], _ rule: RewriteRule, _ place: RewritePlace, _ result: inout Rule
    ) {
        result.edits += edits
        result.then = .exit(.content(upstream(url, rule, place)))
    }

    private mutating func upstream(_ url: Template, _ rule: RewriteRule, _ place: RewritePlace) -> Content {
        let origin = rule.origin
        let escaping = rule.flags.isUnescaped ? nil : escaping(ofServer: place.server)
        guard case .literal(let text)? = url.pieces.first, let mark = text.firstRange(of: "://") else {
            var whole = url
            if !isAbsoluteURL(url), !namesSocket(url) {
                // A path alone is forwarded to the very server that it was asked of.
                whole = Template(.scheme)
                whole.append("://")
                whole.append(.requestHeader("host"))
                whole.append(url)
            }
            return content(computed(whole, rule, escaping), computing: whole)
        }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard UpstreamURL.run.contains(scheme) || scheme == "balancer" || scheme == "fcgi" || scheme.hasPrefix("unix:")
        else {
            notRun(
                "forwarding by `\(scheme)` is not run", at: rule.range,
                why: "requests that this rule takes are answered 503 here")
            return .unavailable("forwarding by `\(scheme)` is not run by Sluice", guards: false)
        }
        guard let parts = UpstreamURL(text), url.pieces.count == 1 || !parts.path.isEmpty else {
            return content(computed(url, rule, escaping), computing: url)
        }
        var path = Template(parts.path)
        path.append(Template(pieces: Array(url.pieces.dropFirst())))
        if path.pieces.isEmpty { path = "/" }
        let target = Target.pool(ruleset(parts, place.server, origin))
        return content(
            Forward(
                to: target, path: behindMembersPath(.whole(path, escaping), of: target),
                query: .append(keepsBareMark: false), written: rule.substitution, origin: origin), to: parts)
    }

    /// Whether a URL's host is named behind a socket, whose path a request completes.
    private func namesSocket(_ url: Template) -> Bool {
        guard case .literal(let text)? = url.pieces.first else { return false }
        return text.lowercased().hasPrefix("unix:")
    }

    private func computed(_ url: Template, _ rule: RewriteRule, _ escaping: Escaping?) -> Forward {
        Forward(
            to: .computed(url), path: .inTarget(escaping, otherwise: .whole("/", escaping)),
            query: .append(keepsBareMark: true), written: rule.substitution, origin: rule.origin)
    }

    /// The pool of a rule's URL: one that ProxyPass or `<Proxy>` made, else one that keeps nothing in mind.
    private mutating func ruleset(_ url: UpstreamURL, _ server: Int, _ origin: ID<Origin>) -> ID<Pool> {
        let before = self.server
        self.server = server
        defer { self.server = before }
        if url.scheme == "balancer" { return balancer(named: url.host, origin: origin) }
        if servers[server].workers.contains(where: { url.key.hasPrefix($0.url) }) {
            return pool(for: url, ProxyParameters(), origin: origin)
        }
        return implied(url, origin)
    }

    private func escaping(ofServer server: Int) -> Escaping {
        servers[server].settings.url.encodedSlash?.value == .keep
            ? Escapings.upstreamKeepingSlashes : Escapings.upstream
    }
}
