import IR
import Language
import Source

extension NginxLowering {
    /// Understands the statements of the innermost open block, in order.
    mutating func walk(_ directives: [Directive]) {
        for directive in directives { understand(directive) }
    }

    /// Understands one statement: finds what it is, checks place and arguments, and writes down what it means.
    private mutating func understand(_ directive: Directive) {
        guard let row = row(for: directive, in: level.context) else { return }
        let entry = row.entry
        guard checkShape(directive, of: entry), checkArguments(directive, of: entry) else {
            if entry.guards { closeGuard(directive) }
            return
        }
        guard checkRepetition(of: directive) else { return }
        switch entry.support {
        case .run:
            entry.lower(directive, &self)
        case .ignored:
            break
        case .known:
            guard !isSwitchedOff(directive) else {
                if entry.guards { level.parts.closedGuards[entry.name] = Stated(nil, origin(directive)) }
                return
            }
            diagnostics.append(
                Coverage.unsupportedDirective(directive, module: row.module, guards: entry.guards))
            if entry.guards { closeGuard(directive) }
            entry.lower(directive, &self)
            checkNames(in: directive)
        }
    }

    /// What a statement is in a place, nil where it may not stand.
    func knownRow(for directive: Directive, in context: ContextSet) -> Registry.Row? {
        registry[directive.name].first { $0.entry.contexts.contains(context) && $0.entry.isBlock == directive.isBlock }
            ?? registry[directive.name].first { $0.entry.contexts.contains(context) }
    }

    /// What a statement is in a place; reports what no one knows and what may not stand there.
    private mutating func row(for directive: Directive, in context: ContextSet) -> Registry.Row? {
        if let found = knownRow(for: directive, in: context) { return found }
        let elsewhere = registry[directive.name]
        if elsewhere.isEmpty {
            reportUnknown(directive)
        } else {
            reportWrongPlace(directive, elsewhere, context)
        }
        return nil
    }

    private mutating func reportUnknown(_ directive: Directive) {
        if let module = foreignModule(of: directive.name) {
            hasForeignDirectives = true
            diagnostics.append(
                Coverage.foreignDirective(directive, module: module.name, guards: module.guards))
            if module.guards { closeGuard(directive) }
            return
        }
        // A name with a variable or a slash is an argument that lost its directive: no spelling is near.
        let isWord = directive.name.utf8.allSatisfy {
            $0 == UInt8(ascii: "_") || ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a
        }
        diagnostics.append(
            Coverage.unknownDirective(
                directive, closest: isWord ? closest(to: directive.name, in: registry.names) : nil))
    }

    private mutating func reportWrongPlace(_ directive: Directive, _ rows: [Registry.Row], _ context: ContextSet) {
        let allowed = rows.reduce(into: ContextSet()) { $0.formUnion($1.entry.contexts) }
        report(
            "wrong-context", .error, "`\(directive.name)` cannot stand in \(context.inWords)",
            at: directive.nameRange, why: "nginx refuses to start with it there",
            help: "it belongs in \(allowed.inWords)")
        if rows.contains(where: \.entry.guards) { closeGuard(directive) }
    }

    /// Whether a statement has a block exactly if it needs one.
    private mutating func checkShape(_ directive: Directive, of entry: Entry<NginxLowering>) -> Bool {
        guard entry.isBlock != directive.isBlock else { return true }
        if entry.isBlock {
            report(
                "wrong-arguments", .error, "`\(entry.name)` needs a block in braces", at: directive.head,
                why: "nginx refuses to start without it", help: "write `\(entry.name) … { … }`")
        } else {
            report(
                "wrong-arguments", .error, "`\(entry.name)` takes no block", at: directive.head,
                why: "nginx expects a `;` where the `{` stands",
                help: "end the statement with `;`; what is in the braces belongs to something else")
        }
        return false
    }

    private mutating func checkArguments(_ directive: Directive, of entry: Entry<NginxLowering>) -> Bool {
        let allowed = entry.arity.counts
        let count = directive.arguments.count
        guard allowed.contains(count) else {
            report(
                "wrong-arguments", .error,
                "`\(entry.name)` has \(inWords(count, "argument")) where it takes \(inWords(allowed))",
                at: directive.head, why: "nginx refuses to start: invalid number of arguments",
                help: count > allowed.upperBound
                    ? "is a `;` missing, or an argument with a blank not in quotes?" : "add what is missing")
            return false
        }
        if entry.arity == .flag, flag(directive) == nil { return false }
        return true
    }

    /// A block may say most things only once.
    private mutating func checkRepetition(of directive: Directive) -> Bool {
        let name = directive.name
        guard !mayRepeat(name), !directive.isBlock || name == "http" || name == "events" else { return true }
        guard let first = level.seen.updateValue(directive.head, forKey: name) else { return true }
        level.seen[name] = first
        report(
            "duplicate-directive", .error, "`\(name)` is said twice in this block", at: directive.head,
            why: "nginx refuses to start: \"\(name)\" directive is duplicate", help: "keep one of them",
            related: [Note("first said here", at: first)])
        return false
    }

    /// Looks for names that no one knows in a block that is not run.
    private mutating func checkNames(in block: Directive) {
        let inside: ContextSet? =
            switch (block.name, level.context) {
            case ("stream", _): .stream
            case ("mail", _): .mail
            default: nil
            }
        if let inside { checkNames(of: block.children, in: inside) }
    }

    private mutating func checkNames(of directives: [Directive], in context: ContextSet) {
        for directive in directives {
            guard row(for: directive, in: context) != nil, directive.isBlock else { continue }
            switch (directive.name, context) {
            case ("server", .stream): checkNames(of: directive.children, in: .streamServer)
            case ("upstream", .stream): checkNames(of: directive.children, in: .streamUpstream)
            case ("server", .mail): checkNames(of: directive.children, in: .mailServer)
            default: break
            }
        }
    }

    /// Whether a directive that is not run is only switched off here.
    private func isSwitchedOff(_ directive: Directive) -> Bool {
        directive.arguments.count == 1 && directive.arguments[0].text == "off"
    }

    /// Closes the innermost block: a guard in it is not run.
    mutating func closeGuard(_ directive: Directive) {
        level.parts.closedGuards[directive.name] = Stated(
            "`\(directive.name)` guards this place and is not run", origin(directive))
    }
}

/// The directives that may be said again and again in one block.
private let repeatable: Set<String> = [
    "include", "server_name", "listen", "server", "set", "rewrite", "return", "break", "allow", "deny", "add_header",
    "add_trailer", "access_log", "error_log", "log_format", "error_page", "index", "env", "load_module",
    "ssl_certificate", "ssl_certificate_key", "ssl_conf_command", "ssl_protocols", "set_real_ip_from", "limit_req",
    "limit_conn", "limit_req_zone", "limit_conn_zone", "auth_request_set", "sub_filter", "mirror", "keyval",
    "keyval_zone", "debug_connection", "map_hash_max_size", "valid_referers", "early_hints", "ssl_certificate_cache",
    "ancient_browser", "modern_browser", "xslt_param", "xslt_string_param", "thread_pool", "perl_set", "perl_modules",
    "perl_require", "ssl_session_cache", "gzip_disable", "gzip_proxied", "ssl_ocsp_cache", "proxy_ssl_conf_command",
]

private let repeatableEndings = [
    "_types", "_catch_stderr", "_set_header", "_hide_header", "_pass_header", "_param", "_string_param",
    "_cache_valid", "_no_cache", "_cache_bypass", "_ignore_headers", "_next_upstream", "_cache_methods",
    "_cache_use_stale", "_cache_path",
    "_redirect", "_cookie_domain", "_cookie_path", "_cookie_flags", "_conf_command", "_ssl_protocols",
]

private func mayRepeat(_ name: String) -> Bool {
    if name == "server_name_in_redirect" || name == "absolute_redirect" || name == "port_in_redirect" { return false }
    return repeatable.contains(name) || repeatableEndings.contains { name.hasSuffix($0) } || name.hasPrefix("js_")
}

private func inWords(_ count: Int, _ noun: String) -> String {
    switch count {
    case 0: "no \(noun)"
    case 1: "one \(noun)"
    default: "\(count) \(noun)s"
    }
}

private func inWords(_ counts: ClosedRange<Int>) -> String {
    switch (counts.lowerBound, counts.upperBound) {
    case (0, 0): "none"
    case (1, 1): "one"
    case (let least, Int.max): "at least \(least)"
    case (let least, let most) where least == most: "\(least)"
    case (let least, let most): "\(least) to \(most)"
    }
}
