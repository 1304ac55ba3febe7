import IR
import Language
import Source

/// mod_expires: how long answers stay fresh.
enum Expires {
    /// The module.
    static let module = Module<ApacheLowering>(
        "mod_expires",
        [
            Entry("ExpiresActive", in: .anywhere, .flag, summary: "Says whether Expires and Cache-Control are written.")
            {
                directive, state in
                guard let on = state.flag(directive) else { return }
                let origin = state.origin(directive)
                state.expires { $0.active = Stated(on, origin) }
            },
            Entry("ExpiresByType", in: .anywhere, .two, summary: "Says how long answers of a media type stay fresh.") {
                directive, state in
                guard directive.arguments.count == 2 else { return }
                state.addExpiry(directive.arguments[0].text.lowercased(), directive.arguments[1], directive)
            },
            Entry("ExpiresDefault", in: .anywhere, .one, summary: "Says how long all other answers stay fresh.") {
                directive, state in
                guard let argument = directive.arguments.first else { return }
                state.addExpiry(nil, argument, directive)
            },
        ])

    /// Seconds of each unit (`check_code` in mod_expires.c).
    fileprivate static let units: [(String, Int)] = [
        ("year", 31_536_000), ("month", 2_592_000), ("week", 604_800), ("day", 86_400), ("hour", 3600), ("minute", 60),
        ("second", 1),
    ]
}

extension ApacheLowering {
    /// Changes the draft of the place where the walk stands.
    fileprivate mutating func expires(_ change: (inout ExpiresDraft) -> Void) {
        if sections.isEmpty {
            change(&servers[server].expires)
        } else {
            change(&sections[sections.count - 1].expires)
        }
    }

    fileprivate mutating func addExpiry(_ type: String?, _ argument: Argument, _ directive: Directive) {
        guard let (seconds, fromModification) = freshness(argument) else { return }
        let entry = Expiry(
            mediaType: type, value: Template(String(seconds)), fromModification: fromModification,
            origin: origin(directive))
        expires { draft in
            draft.entries.removeAll { $0.mediaType == type }
            draft.entries.append(entry)
        }
    }

    /// `A3600`, `M3600`, or `access|now|modification [plus] number unit …`.
    private mutating func freshness(_ argument: Argument) -> (Int, Bool)? {
        let text = argument.text
        if let first = text.first, let seconds = Int(text.dropFirst()) {
            if first == "A" || first == "a" { return (seconds, false) }
            if first == "M" || first == "m" { return (seconds, true) }
        }
        let words = text.lowercased().split(separator: " ").map { String($0) }
        guard let base = words.first, ["access", "now", "modification"].contains(base) else {
            return reportFreshness(argument, "it begins with access, now or modification")
        }
        var rest = words.dropFirst()
        if rest.first == "plus" { rest = rest.dropFirst() }
        var total = 0
        while let word = rest.first {
            guard let number = Int(word) else { return reportFreshness(argument, "`\(word)` is no number") }
            rest = rest.dropFirst()
            guard let unit = rest.first else { return reportFreshness(argument, "a unit is missing behind `\(word)`") }
            guard let known = Expires.units.first(where: { unit.hasPrefix($0.0) }) else {
                return reportFreshness(argument, "`\(unit)` is no unit")
            }
            let (product, tooBig) = number.multipliedReportingOverflow(by: known.1)
            total = tooBig ? Int(Int32.max) : min(total + min(product, Int(Int32.max)), Int(Int32.max))
            rest = rest.dropFirst()
        }
        return (total, base == "modification")
    }

    private mutating func reportFreshness(_ argument: Argument, _ why: String) -> (Int, Bool)? {
        invalid(
            "`\(argument.text)` is no time of freshness", at: argument, why: why + "; the server refuses to start",
            help: "write it as in `\"access plus 1 month\"`, in quotes")
        return nil
    }

    /// What a level says about freshness, given what the server says; nil: nothing of its own.
    func expirySettings(
        _ draft: ExpiresDraft, below: ExpiresDraft?, origin: ID<Origin>
    ) -> Edit<[Expiry]>? {
        let isActive = draft.active?.value ?? below?.active?.value ?? false
        let wasActive = below?.active?.value ?? false
        let by = draft.active?.origin ?? draft.entries.first?.origin ?? origin
        if !isActive {
            return draft.active?.value == false && wasActive ? Edit(merge: .replace, value: [], origin: by) : nil
        }
        var entries = draft.entries
        if !wasActive, let below {
            entries += below.entries.filter { inherited in !entries.contains { $0.mediaType == inherited.mediaType } }
        }
        return entries.isEmpty ? nil : Edit(merge: .perKey, value: entries, origin: by)
    }
}
