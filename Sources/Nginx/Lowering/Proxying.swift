import IR
import Language
import Source

/// `proxy_pass`.
struct ProxyPass: Sendable {
    /// Where requests go.
    enum Target: Sendable {
        case fixed(UpstreamURL)
        /// With variables; `hasPath` if a path follows the host.
        case computed(Template, hasPath: Bool)
    }

    var target: Target
    var written: String
    var origin: ID<Origin>
    var range: SourceRange
}

extension NginxLowering {
    /// `proxy_pass URL`.
    ///
    /// Source: `ngx_http_proxy_pass` in src/http/modules/ngx_http_proxy_module.c.
    mutating func lowerProxyPass(_ directive: Directive) {
        let argument = directive.arguments[0]
        if argument.text.contains("$") {
            let target = template(argument)
            setProxy(.computed(target, hasPath: hasPath(target)), argument, directive)
            return
        }
        do throws(UpstreamURL.Problem) {
            let url = try UpstreamURL(argument.text)
            guard url.scheme.hasPrefix("http") else { throw .scheme }
            if url.uri != nil, let place = placeWithoutURI {
                report(
                    "proxy-pass-with-uri", .error, "`proxy_pass` cannot have a URI part in \(place)",
                    at: argument.range,
                    why: "nginx refuses to start: nothing says which part of the path it would replace",
                    help: "leave out `\(url.uri ?? "")`, or change the path with `rewrite … break` before")
                return
            }
            setProxy(.fixed(url), argument, directive)
        } catch {
            switch error {
            case .scheme:
                refuse(
                    argument, "the URL of `proxy_pass` begins with neither `http://` nor `https://`",
                    why: "nginx refuses to start: invalid URL prefix",
                    help: "write `proxy_pass http://\(argument.text);`")
            case .host:
                refuse(argument, "the URL of `proxy_pass` has no host", help: "write `http://HOST:PORT`")
            case .port:
                refuse(
                    argument, "the URL of `proxy_pass` has no usable port",
                    why: "a port is a number from 1 to 65535, and nginx refuses to start without it",
                    help: "write `http://HOST:PORT`")
            }
        }
    }

    private mutating func setProxy(_ target: ProxyPass.Target, _ argument: Argument, _ directive: Directive) {
        level.handler = .proxy(
            ProxyPass(target: target, written: argument.text, origin: origin(directive), range: argument.range))
    }

    /// The kind of block in which no URI part may stand, nil where it may.
    private var placeWithoutURI: String? {
        switch level.kind {
        case .locationIf: return "an `if`"
        case .limitExcept: return "`limit_except`"
        case .location(let name):
            switch name.modifier {
            case .pattern: return "a location given by a pattern"
            case .named: return "a named location"
            case .prefix, .exact, .prefixThatEndsSearch: return nil
            }
        default: return nil
        }
    }

    /// Whether something follows the host of a computed URL: a slash, or a variable that is a path.
    private func hasPath(_ target: Template) -> Bool {
        var seenHost = false
        for piece in target.pieces {
            switch piece {
            case .literal(let text):
                let rest = text.split(separator: "/", omittingEmptySubsequences: false)
                // "http://" alone splits into three parts; one more is a slash behind the host.
                if rest.count > (text.contains("://") ? 3 : 1) { return true }
                seenHost = true
            case .value(.path), .value(.targetAsReceived): if seenHost { return true }
            default: seenHost = true
            }
        }
        return false
    }

    /// `proxy_redirect off | default | FROM TO`.
    mutating func lowerProxyRedirect(_ directive: Directive) {
        let arguments = directive.arguments
        let place = origin(directive)
        if arguments.count == 1 {
            switch arguments[0].text {
            case "off", "false":
                level.parts.redirects = []
            case "default":
                guard case .proxy(let pass)? = level.handler else {
                    refuse(
                        arguments[0], "`proxy_redirect default` stands before any `proxy_pass`",
                        why: "nginx refuses to start: it takes the mapping from the `proxy_pass` above it",
                        help: "move it below `proxy_pass`")
                    return
                }
                if case .computed = pass.target {
                    refuse(
                        arguments[0], "`proxy_redirect default` cannot be used with variables in `proxy_pass`",
                        help: "write the mapping out: `proxy_redirect FROM TO;`")
                    return
                }
                level.parts.redirects = (level.parts.redirects ?? []) + [.standard(origin: place)]
            default:
                refuse(
                    arguments[0], "`proxy_redirect` does not know \"\(arguments[0].text)\"",
                    help: "write `off`, `default`, or what locations begin with and what takes its place")
            }
            return
        }
        guard let (from, pattern) = mappingSource(arguments[0]) else { return }
        let mapping = RedirectDraft.mapping(from: from, pattern: pattern, to: template(arguments[1]), origin: place)
        level.parts.redirects = (level.parts.redirects ?? []) + [mapping]
    }

    /// `proxy_cookie_domain` and `proxy_cookie_path`: `off | FROM TO`.
    mutating func lowerCookieMapping(_ directive: Directive, attribute: String) {
        let arguments = directive.arguments
        let place = origin(directive)
        let before = settings.forward.cookies
        guard arguments.count == 2 else {
            guard arguments[0].text == "off" else {
                refuse(arguments[0], "`\(directive.name)` needs two arguments, or `off`")
                return
            }
            settings.forward.cookies = before ?? Edit(merge: .replace, value: [], origin: place)
            return
        }
        guard let (source, pattern) = mappingSource(arguments[0]) else { return }
        var from = source
        // A domain is compared without its leading dot.
        if attribute == "domain", let text = from.literal, text.hasPrefix(".") {
            from = Template(String(text.dropFirst()))
        }
        let mapping = CookieMapping(
            attribute: attribute, from: from, pattern: pattern, to: template(arguments[1]), origin: place)
        settings.forward.cookies = Edit(
            merge: .replace, value: (before?.value ?? []) + [mapping], origin: before?.origin ?? place)
    }

    /// What a mapping begins with, or its pattern behind `~`.
    private mutating func mappingSource(_ argument: Argument) -> (Template, Pattern?)? {
        guard argument.text.hasPrefix("~") else { return (template(argument), nil) }
        let ignoresCase = argument.text.hasPrefix("~*")
        let source = String(argument.text.dropFirst(ignoresCase ? 2 : 1))
        return pattern(source, ignoresCase: ignoresCase, at: argument.range).map { (Template(), $0) }
    }

    /// `proxy_next_upstream CASE…`.
    mutating func lowerNextUpstream(_ directive: Directive) {
        var next = level.parts.nextUpstream?.value ?? NextUpstream(failures: [], statuses: [], nonIdempotent: false)
        let statuses = [
            "http_500": 500, "http_502": 502, "http_503": 503, "http_504": 504, "http_403": 403, "http_404": 404,
            "http_429": 429,
        ]
        for argument in directive.arguments {
            switch argument.text {
            case "error": next.failures.formUnion(Defaults.errors)
            case "timeout": next.failures.formUnion(Defaults.timeouts)
            case "invalid_header": next.failures.insert(.badHead)
            case "non_idempotent": next.nonIdempotent = true
            case "off": next.failures = []
            case "updating": break
            case let text where statuses[text] != nil: next.statuses.insert(statuses[text] ?? 0)
            default:
                let near = closest(
                    to: argument.text,
                    in: ["error", "timeout", "invalid_header", "non_idempotent", "off"] + statuses.keys.sorted())
                refuse(
                    argument, "`\(directive.name)` does not know \"\(argument.text)\"",
                    help: near.map { "did you mean `\($0)`?" } ?? "it takes `error`, `timeout`, `http_502` and the like"
                )
                return
            }
        }
        level.parts.nextUpstream = Stated(next, origin(directive))
    }
}
