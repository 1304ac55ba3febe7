import IR
import Language
import Source

/// Error pages (server/core.c: `set_error_document`).
enum CoreErrors {
    /// The directives.
    static let entries: [Entry<ApacheLowering>] = [
        Entry("ErrorDocument", in: .anywhere, .two, summary: "Says what is shown for an error: a text, a page, a URL.")
        {
            $1.lowerErrorDocument($0)
        },
        Entry("QualifyRedirectURL", in: .files, .flag, summary: "Makes REDIRECT_URL a whole URL.") {
            directive, state in
            guard let on = state.flag(directive) else { return }
            state.settings.forward.gateway.qualifiesRedirect = Stated(on, state.origin(directive))
        },
    ]

    /// The statuses that httpd has a slot for (`status_lines` in modules/http/http_protocol.c).
    static let known: Set<Int> = {
        var known: Set<Int> = Set(400...418)
        known.formUnion([421, 422, 423, 424, 425, 426, 428, 429, 431, 451])
        known.formUnion([500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511])
        known.formUnion([100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226])
        known.formUnion([300, 301, 302, 303, 304, 305, 306, 307, 308])
        return known
    }()
}

extension ApacheLowering {
    /// `ErrorDocument status what`: what begins with `/` is a page, a URL is a redirect, all else is text.
    fileprivate mutating func lowerErrorDocument(_ directive: Directive) {
        guard directive.arguments.count == 2 else { return }
        let code = directive.arguments[0]
        guard let status = Int(code.text), CoreErrors.known.contains(status) else {
            return invalid(
                "`\(code.text)` is no status that the server has an error page for", at: code,
                why: "the server refuses to start", help: "write a status such as 404 or 503")
        }
        let what = directive.arguments[1]
        guard let page = page(what, status: status, directive) else { return }
        let rule = ErrorRule(status: status, page: page, origin: origin(directive))
        var rules = settings.errors.rules?.value.filter { $0.status != status } ?? []
        rules.append(rule)
        settings.errors.rules = Edit(
            merge: .perKey, value: rules, origin: settings.errors.rules?.origin ?? rule.origin)
    }

    private mutating func page(_ what: Argument, status: Int, _ directive: Directive) -> Page? {
        var text = what.text
        if text.lowercased() == "default" { return .builtIn }
        if text.hasPrefix("/"), !text.contains(" ") {
            return .request(string(text, at: what.range), method: .getUnlessHead)
        }
        if isURL(text), !text.contains(" ") {
            guard status == 401 else { return .redirect(string(text, at: what.range), 302) }
            // AH00113: a redirect would take the challenge away from the client.
            report(
                Diagnostic(
                    "error-page-hides-challenge", .warning, "a whole URL cannot stand for 401", at: what.range,
                    why: "the client would never be asked for a password, so the server ignores the line",
                    help: "write the path of a page on this server"))
            return nil
        }
        if text.hasPrefix("\"") { text.removeFirst() }
        return .text(string(text, at: what.range), mediaType: "text/html; charset=iso-8859-1")
    }
}

/// Whether a text is an absolute URL (`ap_is_url`): a scheme and `://`.
func isURL(_ text: String) -> Bool {
    guard let mark = text.firstRange(of: "://") else { return false }
    let scheme = text[..<mark.lowerBound]
    return !scheme.isEmpty
        && scheme.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: false
            }
        }
}
