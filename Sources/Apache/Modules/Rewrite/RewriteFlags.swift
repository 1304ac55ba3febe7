import IR
import Language
import Source

/// The flags of a RewriteRule (`cmd_rewriterule_setflag` in mod_rewrite.c).
struct RewriteFlags: Sendable {
    /// NC: case does not matter.
    var ignoresCase = false
    /// L: the last rule.
    var isLast = false
    /// END: the last rule for good.
    var isEnd = false
    /// PT: the result is looked up in the tables.
    var passesThrough = false
    /// P: forward.
    var forwards = false
    /// R: answer a redirect or, outside 300 to 399, this status.
    var redirects: Int?
    /// F or G: answer this status.
    var refuses: Int?
    /// C: the next rule belongs to this one.
    var isChained = false
    /// S: rules that are skipped.
    var skips = 0
    /// N: begin again, at most so often.
    var rounds: Int?
    /// QSA: the request's query is put behind the new one.
    var appendsQuery = false
    /// QSD: the request's query goes.
    var dropsQuery = false
    /// QSL: the last `?` begins the query.
    var splitsQueryAtLast = false
    /// NE: the result is not escaped.
    var isUnescaped = false
    /// B: groups are escaped; with some letters, only these.
    var escapes: String??
    /// BNP: a blank becomes `%20`, not `+`.
    var escapesBlanks = false
    /// BNE: letters that B leaves alone.
    var escapesNot = ""
    /// NS: not in internal looks.
    var onlyInMainRequest = false
    /// DPI: what was behind the file's path is forgotten.
    var dropsPathInfo = false
    /// UnsafeAllow3F.
    var allowsQuestionMark = false
    /// E: variables and their values; nil takes one away.
    var variables: [(name: String, value: String?)] = []
    /// CO: cookies.
    var cookies: [String] = []
    /// T: the media type.
    var mediaType: String?
    /// H: the handler.
    var handler: String?
}

extension ApacheLowering {
    /// Reads `[flag,flag=value,…]`; nil after an error.
    mutating func rewriteFlags(_ argument: Argument) -> RewriteFlags? {
        let text = argument.text
        guard text.hasPrefix("["), text.hasSuffix("]"), text.utf8.count >= 2 else {
            invalid(
                "flags stand in brackets, not `\(text)`", at: argument, why: "the server refuses to start",
                help: "write them as in `[R=301,L]`, without blanks")
            return nil
        }
        var flags = RewriteFlags()
        for part in text.dropFirst().dropLast().split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = pair[0].filter { $0 != " " }
            let value = pair.count > 1 ? String(pair[1]) : nil
            guard set(name, value, in: &flags, argument) else { return nil }
        }
        return flags
    }

    private mutating func set(
        _ name: String, _ value: String?, in flags: inout RewriteFlags, _ argument: Argument
    ) -> Bool {
        switch name.lowercased() {
        case "nc", "nocase": flags.ignoresCase = true
        case "l", "last": flags.isLast = true
        case "end": flags.isEnd = true
        case "pt", "passthrough": flags.passesThrough = true
        case "p", "proxy": flags.forwards = true
        case "f", "forbidden": flags.refuses = 403
        case "g", "gone": flags.refuses = 410
        case "r", "redirect": return setRedirect(value, in: &flags, argument)
        case "c", "chain": flags.isChained = true
        case "s", "skip": flags.skips = value.flatMap { Int($0) } ?? 0
        case "n", "next": flags.rounds = value.flatMap { Int($0) } ?? 10_000
        case "qsa", "qsappend": flags.appendsQuery = true
        case "qsd", "qsdiscard": flags.dropsQuery = true
        case "qsl", "qslast": flags.splitsQueryAtLast = true
        case "ne", "noescape": flags.isUnescaped = true
        case "b", "escapebackreferences": flags.escapes = .some(value)
        case "bnp", "backrefnoplus": flags.escapesBlanks = true
        case "bne": flags.escapesNot = value ?? ""
        case "bctls": flags.escapes = .some(Self.controls)
        case "ns", "nosubreq": flags.onlyInMainRequest = true
        case "dpi", "discardpath": flags.dropsPathInfo = true
        case "unsafeallow3f": flags.allowsQuestionMark = true
        case "unsafeprefixstat", "unc", "unsafe_prefix_stat", "unsafeprefixstatus": break
        case "e", "env": setVariable(value ?? "", in: &flags)
        case "co", "cookie": if let value { flags.cookies.append(value) }
        case "t", "type": flags.mediaType = value
        case "h", "handler": flags.handler = value
        default:
            invalid(
                "there is no flag `\(name)`", at: argument, why: "the server refuses to start",
                help: closest(to: name, in: Self.flagNames).map { "did you mean `\($0)`?" } ?? "leave it out")
            return false
        }
        return true
    }

    private mutating func setRedirect(_ value: String?, in flags: inout RewriteFlags, _ argument: Argument) -> Bool {
        switch value?.lowercased() {
        case nil, "", "temp": flags.redirects = 302
        case "permanent": flags.redirects = 301
        case "seeother": flags.redirects = 303
        default:
            if let status = value.flatMap({ Int($0) }),
                !CoreErrors.known.contains(status) || status == 418
            {
                invalid(
                    "\(status) is no status that the server knows", at: argument,
                    why: "the server refuses to start", help: "write a status that is known, such as 301 or 404")
                return false
            }
            guard let status = value.flatMap({ Int($0) }) else {
                flags.redirects = 302
                report(
                    Diagnostic(
                        "unknown-redirect-status", .warning, "`R=\(value ?? "")` is no status", at: argument.range,
                        why: "the server answers 302 instead", help: "write permanent, temp, seeother or a number"))
                return true
            }
            flags.redirects = status
        }
        return true
    }

    private func setVariable(_ text: String, in flags: inout RewriteFlags) {
        if text.hasPrefix("!") {
            flags.variables.append((String(text.dropFirst()), nil))
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        flags.variables.append((String(parts[0]), parts.count > 1 ? String(parts[1]) : ""))
    }

    private static let controls = String(
        decoding: Array(UInt8(0)...UInt8(0x20)) + [0x7F], as: UTF8.self)

    private static let flagNames = [
        "B", "BNP", "BNE", "BCTLS", "C", "CO", "DPI", "E", "END", "F", "G", "H", "L", "N", "NC", "NE", "NS", "P", "PT",
        "QSA", "QSD", "QSL", "R", "S", "T", "UnsafeAllow3F",
    ]
}
