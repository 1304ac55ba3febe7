import IR
import Language
import Source

/// `Order`, `Allow`, `Deny` and `Satisfy` while a section is read.
struct OlderAccessDraft: Sendable {
    /// Whether who is both allowed and denied may not pass, by the methods it is about.
    var orders: [(deniesLast: Bool, limit: MethodLimit?)] = []
    /// Who may pass.
    var allows: [OlderRule] = []
    /// Who may not.
    var denies: [OlderRule] = []
    /// Satisfy.
    var satisfy: Combine?
    /// The first statement; nil: there was none.
    var origin: ID<Origin>?
}

/// One `Allow from` or `Deny from`.
struct OlderRule: Sendable {
    /// When it applies.
    var access: Access
    /// The methods that it is about.
    var limit: MethodLimit?
}

/// mod_access_compat: the guards of httpd 2.2, which hold beside `Require`.
enum AccessCompat {
    /// The module.
    static let module = Module<ApacheLowering>(
        "mod_access_compat",
        [
            Entry("Order", in: .inside, .one, guards: true, summary: "Says whether Allow or Deny has the last word.") {
                $1.lowerOrder($0)
            },
            Entry("Allow", in: .inside, .twoOrMore, guards: true, summary: "Names who may pass.") {
                $1.lowerAllow($0, allows: true)
            },
            Entry("Deny", in: .inside, .twoOrMore, guards: true, summary: "Names who may not pass.") {
                $1.lowerAllow($0, allows: false)
            },
            Entry("Satisfy", in: .inside, .one, guards: true, summary: "Says whether address and user must both fit.") {
                directive, state in
                guard let argument = directive.arguments.first,
                    let form = state.word(argument, of: directive, among: [("All", Combine.both), ("Any", .either)])
                else { return }
                state.older(directive) { $0.satisfy = form }
            },
        ])
}

extension ApacheLowering {
    /// Changes the draft of the section that the walk stands in.
    fileprivate mutating func older(_ directive: Directive, _ change: (inout OlderAccessDraft) -> Void) {
        guard let index = sections.indices.last else { return }
        let origin = sections[index].older.origin ?? origin(directive)
        sections[index].older.origin = origin
        change(&sections[index].older)
    }

    fileprivate mutating func lowerOrder(_ directive: Directive) {
        guard let argument = directive.arguments.first else { return }
        let forms: [(String, Bool)] = [("Deny,Allow", false), ("Allow,Deny", true), ("Mutual-Failure", true)]
        guard let deniesLast = word(argument, of: directive, among: forms) else { return }
        let limit = limited
        older(directive) { $0.orders.append((deniesLast, limit)) }
    }

    /// `Allow from who …`.
    fileprivate mutating func lowerAllow(_ directive: Directive, allows: Bool) {
        guard let from = directive.arguments.first else { return }
        guard from.text.lowercased() == "from" else {
            return invalid(
                "`from` is missing behind `\(directive.name)`", at: from, why: "the server refuses to start",
                help: "write it as in `\(directive.name) from all`")
        }
        for argument in directive.arguments.dropFirst() {
            guard let access = whom(argument, allows: allows) else { continue }
            let rule = OlderRule(access: access, limit: limited)
            older(directive) { draft in
                if allows { draft.allows.append(rule) } else { draft.denies.append(rule) }
            }
        }
    }

    /// Whom a word is about (`allow_cmd` in mod_access_compat.c).
    private mutating func whom(_ argument: Argument, allows: Bool) -> Access? {
        let text = argument.text
        if text.lowercased() == "all" { return .granted }
        if text.lowercased().hasPrefix("env=!") {
            return .test(.not(.isSet(Template(environmentValue(String(text.dropFirst(5)))))))
        }
        if text.lowercased().hasPrefix("env=") {
            return .test(.isSet(Template(environmentValue(String(text.dropFirst(4))))))
        }
        if let network = Networks.network(text) { return .test(.address(Template(.clientAddress), [network])) }
        if text.lowercased() == "localhost" {
            return .test(.address(Template(.clientAddress), ["127.0.0.1", "::1"]))
        }
        if text.contains("/") {
            invalid(
                "`\(text)` is no network", at: argument, why: "the server refuses to start",
                help: "write it as in `10.0.0.0/8`")
            return nil
        }
        report(
            Diagnostic(
                Coverage.unsupported, .error, "clients are not known by name here: `\(text)`", at: argument.range,
                why: allows
                    ? "httpd asks DNS for each client's name; Sluice does not, and admits nobody by this"
                    : "httpd asks DNS for each client's name; Sluice does not, and denies everybody instead",
                help: "write the addresses"))
        return allows ? .denied : .granted
    }

    /// Writes the section's rules into its settings; a section with any of them forgets those outside it entirely.
    mutating func finishOlderAccess(of section: inout SectionDraft) {
        let draft = section.older
        guard let origin = draft.origin else { return }
        let general = draft.orders.last { $0.limit == nil }
        var access = access(draft, deniesLast: general?.deniesLast ?? false)
        for order in draft.orders {
            guard let limit = order.limit else { continue }
            let inside = self.access(draft, deniesLast: order.deniesLast)
            access = .any([
                .all([.test(limit.condition), inside]), .all([.test(.not(limit.condition)), access]),
            ])
        }
        section.settings.access.addresses = Edit(merge: .replace, value: access, origin: origin)
        section.settings.access.combine = Stated(draft.satisfy ?? .both, origin)
    }

    private func access(_ draft: OlderAccessDraft, deniesLast: Bool) -> Access {
        let allowed = Access.any(draft.allows.map { limited($0) })
        let denied = Access.none(draft.denies.map { limited($0) })
        if deniesLast { return draft.denies.isEmpty ? allowed : .all([allowed, denied]) }
        if draft.denies.isEmpty { return .granted }
        return draft.allows.isEmpty ? denied : .any([denied, allowed])
    }

    private func limited(_ rule: OlderRule) -> Access {
        rule.limit.map { .all([.test($0.condition), rule.access]) } ?? rule.access
    }
}
