import IR
import Language
import Source

/// `Require` and its containers while a section is read.
struct GuardDraft: Sendable {
    /// What was required directly in the section: one of them is enough.
    var entries: [GuardEntry] = []
    /// How the section's tree combines with the one below it.
    var merge: Merge = .replace
    /// A guard that cannot be run.
    var undecidable: String?
    /// The first statement.
    var origin: ID<Origin>?
    /// The containers that are open, innermost last.
    var containers: [[GuardEntry]] = []
}

/// One requirement.
struct GuardEntry: Sendable {
    /// What it asks for.
    var access: Access
    /// It only says who may not pass.
    var isNegative = false
    /// The methods that it is about.
    var limit: MethodLimit?
    /// Where it was written.
    var range: SourceRange
}

/// What combines the requirements inside.
enum GuardContainer: String, Sendable {
    case all = "RequireAll"
    case any = "RequireAny"
    case none = "RequireNone"
}

extension ApacheLowering {
    /// Adds a requirement to the innermost container, or to the section itself.
    mutating func add(_ entry: GuardEntry, _ origin: ID<Origin>) {
        guard let index = sections.indices.last else { return }
        var entry = entry
        entry.limit = limited
        sections[index].guards.origin = sections[index].guards.origin ?? origin
        if sections[index].guards.containers.isEmpty {
            if entry.isNegative { reportNegative(entry, in: .any) }
            sections[index].guards.entries.append(entry)
        } else {
            sections[index].guards.containers[sections[index].guards.containers.count - 1].append(entry)
        }
    }

    /// Reads a container and adds what it asks for.
    mutating func lowerContainer(_ directive: Directive, _ kind: GuardContainer) {
        guard let index = sections.indices.last else { return }
        let origin = origin(directive)
        sections[index].guards.containers.append([])
        lower(directive.children)
        let entries = sections[index].guards.containers.popLast() ?? []
        if kind != .all {
            for entry in entries where entry.isNegative { reportNegative(entry, in: kind) }
        }
        guard !entries.isEmpty else { return }
        if kind == .all, entries.allSatisfy(\.isNegative) {
            fail(
                "invalid-value", "`<RequireAll>` holds nothing but `not`", at: directive.head,
                why: "nobody could ever pass; the server refuses to start", help: "add `Require all granted` to it")
        }
        let parts = entries.map { limiting($0, kind: kind) }
        let access: Access =
            switch kind {
            case .all: .all(parts)
            case .any: .any(parts)
            case .none: .none(parts)
            }
        add(GuardEntry(access: access, isNegative: kind == .none, range: directive.head), origin)
    }

    private mutating func reportNegative(_ entry: GuardEntry, in kind: GuardContainer) {
        let place = kind == .any ? "a section or `<RequireAny>`" : "`<\(kind.rawValue)>`"
        fail(
            "invalid-value", "a requirement with `not` has no effect here", at: entry.range,
            why: "in \(place) it can never let anybody in; the server refuses to start",
            help: "put it into `<RequireAll>` beside `Require all granted`")
    }

    /// A requirement for some methods only takes no part in the others.
    private func limiting(_ entry: GuardEntry, kind: GuardContainer) -> Access {
        guard let limit = entry.limit else { return entry.access }
        switch kind {
        case .all: return .any([.test(.not(limit.condition)), entry.access])
        case .any, .none: return .all([.test(limit.condition), entry.access])
        }
    }

    /// Writes the section's requirements into its settings.
    mutating func finishGuards(of section: inout SectionDraft) {
        let guards = section.guards
        let origin = guards.origin ?? section.origin
        if let reason = guards.undecidable {
            section.settings.access.required = Edit(merge: guards.merge, value: .undecidable(reason), origin: origin)
            return
        }
        guard !guards.entries.isEmpty else { return }
        var access: Access =
            guards.entries.count == 1 && guards.entries[0].limit == nil
            ? guards.entries[0].access : .any(guards.entries.map { limiting($0, kind: .any) })
        // A tree that is about some methods only does not guard the others (mod_authz_core: `section->limited`).
        if guards.entries.allSatisfy({ $0.limit != nil }) {
            let others = guards.entries.compactMap { $0.limit.map { Condition.not($0.condition) } }
            access = .any([.test(.all(others)), access])
        }
        section.settings.access.required = Edit(merge: guards.merge, value: access, origin: origin)
    }
}
