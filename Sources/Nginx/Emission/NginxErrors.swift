import IR
import Language

/// Error pages, and statuses of failures that nginx does not tell apart by itself.
extension NginxWriter {
    mutating func errorFields(_ settings: Settings, _ place: FieldPlace) -> [FieldText] {
        let errors = settings.errors
        var rules = (errors.rules?.value ?? []).filter { $0.page != .builtIn }
        var field = FieldText("error_page", reset: ["error_page 599 /"])
        field.origins = (errors.rules?.value ?? []).map(\.origin)
        var special: TextLine?
        var showsPages = false
        if place.forward != nil, let split = failureCodes(settings) {
            // Without limits and interception nginx has no 503 of its own here.
            let keeps503 = errors.replacesUpstreams?.value != .never || settings.limits.rates != nil
            rules.removeAll { $0.status == 502 || $0.status == 504 || ($0.status == 503 && !keeps503) }
            special = TextLine("error_page 502 504 = \(failureLocation(split, settings))")
            showsPages = (errors.rules?.value ?? []).contains {
                $0.page != .builtIn && ($0.status == split.unreached || $0.status == split.reached)
            }
        }
        for group in grouped(rules) {
            guard let shown = shown(group[0]) else {
                field.losses.append(Loss(.dropped("nginx cannot show this page"), at: group[0].origin))
                continue
            }
            let statuses = group.map { String($0.status) }.joined(separator: " ")
            let comments = group.flatMap { comment(of: $0.origin) }
            field.lines.append(TextLine("error_page \(statuses) \(shown)", comment: comments))
        }
        if let special { field.lines.append(special) }
        field.signature = field.lines.map(\.head).joined(separator: ";")
        // Comments are with their lines already.
        var fields = [field]
        if let nested = errors.nested {
            var line: String?
            if case .rules = nested.value { line = "recursive_error_pages on" }
            // The status that tells the failures apart is an error again, with a page of its own.
            if showsPages { line = "recursive_error_pages on" }
            if nested.value == .first, rules.contains(where: { if case .request = $0.page { true } else { false } }) {
                note("an error page that is itself missing is answered 404 by nginx, with the first status by Apache")
            }
            fields.append(self.field("recursive_error_pages", line, nested.origin))
        }
        fields.append(intercepting(errors, rules))
        return fields
    }

    private mutating func intercepting(_ errors: ErrorSettings, _ rules: [ErrorRule]) -> FieldText {
        guard let stated = errors.replacesUpstreams else { return FieldText("proxy_intercept_errors") }
        let isOn = stated.value != .never
        var field = field(
            "proxy_intercept_errors", isOn ? "proxy_intercept_errors on" : nil, stated.origin, relevance: .forwarding)
        field.reset = [TextLine("proxy_intercept_errors off")]
        if case .all = stated.value {
            field.losses = [
                Loss(
                    .approximate(
                        "nginx replaces only errors that have a page of their own here; Apache replaces all from 400 on"
                    ),
                    at: stated.origin, witness: "a request that the upstream answers 418")
            ]
        }
        return field
    }

    /// Rules that show the same thing for several statuses, in the order of the first.
    private func grouped(_ rules: [ErrorRule]) -> [[ErrorRule]] {
        var groups: [[ErrorRule]] = []
        for rule in rules {
            let same = groups.firstIndex { group in
                guard case .text = rule.page else {
                    return group[0].page == rule.page && group[0].result == rule.result
                }
                return false
            }
            if let same { groups[same].append(rule) } else { groups.append([rule]) }
        }
        return groups
    }

    /// What follows the statuses.
    private mutating func shown(_ rule: ErrorRule) -> String? {
        let result: String =
            switch rule.result {
            case .kept: ""
            case .set(let status): "=\(status) "
            case .fromPage: "= "
            }
        switch rule.page {
        case .request(let path, _): return word(path).map { result + $0 }
        case .enter(let scope): return result + name(of: scope)
        case .redirect(let url, let status): return word(url).map { (status == 302 ? "" : "=\(status) ") + $0 }
        case .text(let body, let mediaType):
            guard let body = word(body) else { return nil }
            let name = "@error_\(rule.status)" + suffix(for: "@error_\(rule.status)", body)
            extra(
                name,
                TextLine(
                    "location \(name)",
                    block: [
                        TextLine("default_type \(NginxQuoting.word(mediaType))"),
                        TextLine("return \(rule.status) \(body)"),
                    ],
                    isApart: true))
            return name
        case .builtIn: return nil
        }
    }

    /// Distinguishes locations of one name that say different things.
    private func suffix(for name: String, _ body: String) -> String {
        let taken = serverExtras.filter { $0.key.hasPrefix(name) }
        if taken.isEmpty { return "" }
        if let same = taken.first(where: { $0.line.block?.last?.head.hasSuffix(body) == true }) {
            return String(same.key.dropFirst(name.count))
        }
        return "_\(taken.count + 1)"
    }

    mutating func extra(_ key: String, _ line: TextLine) {
        if !serverExtras.contains(where: { $0.key == key }) { serverExtras.append((key, line)) }
    }

    /// The name of a location that is entered by name.
    mutating func name(of scope: ID<Scope>) -> String {
        if let name = scopeNames[scope] { return name }
        let written = configuration.presentation.names[configuration.scopes[scope.at].origin]
        var name = written ?? "@place\(scopeNames.count + 1)"
        if !name.hasPrefix("@") { name = "@" + name }
        scopeNames[scope] = name
        pendingScopes.append(scope)
        return name
    }

    // MARK: - Failures

    /// The statuses of failures before and after a connection was made, where they are not nginx's own.
    func failureCodes(_ settings: Settings) -> (unreached: Int, reached: Int)? {
        guard let codes = settings.forward.failures?.value, let native = defaults.forward.failures?.value,
            codes[.refused] != native[.refused] || codes[.readTimeout] != native[.readTimeout]
        else { return nil }
        return (codes[.refused] ?? 502, codes[.closedEarly] ?? 502)
    }

    /// nginx has one status for an upstream that refuses and one that hangs up; whether anything was sent tells them
    /// apart.
    private mutating func failureLocation(_ codes: (unreached: Int, reached: Int), _ settings: Settings) -> String {
        let name = "@upstream_failed"
        let block = [
            TextLine("if ($upstream_bytes_sent ~ [1-9])", block: [TextLine("return \(codes.reached)")]),
            TextLine("return \(codes.unreached)"),
        ]
        let comment = "\(codes.unreached) if no connection was made, \(codes.reached) if the upstream was reached."
        extra(name, TextLine("location \(name)", block: block, comment: [comment], isApart: true))
        return name
    }
}
