import IR
import Language

/// Sections in the order in which they are merged, and rewriting by server and by section.
extension ApacheLowering {
    /// The overlays of a site: the main server's sections of each kind come before its own.
    mutating func overlays(_ index: Int) -> [Overlay] {
        let sources = index == 0 ? [0] : [0, index]
        var drafts: [(server: Int, draft: OverlayDraft)] = []
        for source in sources { drafts += servers[source].overlays.map { (source, $0) } }
        let order = drafts.indices.sorted { left, right in
            let (a, b) = (drafts[left].draft, drafts[right].draft)
            return (a.rank, a.nesting, left) < (b.rank, b.nesting, right)
        }
        var overlays: [Overlay] = []
        for place in order {
            let (source, draft) = drafts[place]
            overlays.append(overlay(draft, of: index, source: source))
        }
        for source in sources {
            guard let closed = closedServers[source] else { continue }
            overlays.append(closing(closed.reason, closed.origin))
        }
        return overlays
    }

    private mutating func overlay(_ draft: OverlayDraft, of index: Int, source: Int) -> Overlay {
        var layer = draft.layer
        let server = servers[index].expires
        let below = ExpiresDraft(
            active: server.active ?? servers[0].expires.active,
            entries: server.entries.isEmpty ? servers[0].expires.entries : server.entries)
        layer.settings.answer.expires = expirySettings(draft.expires, below: below, origin: layer.origin)
        if let origin = draft.upstreamTLS.origin {
            let outside = servers[index].upstreamTLS.over(servers[0].upstreamTLS)
            layer.settings.forward.tls = Stated(draft.upstreamTLS.over(outside).policy(), origin)
        }
        complete(&layer.settings, index)
        if !draft.rewriting.isEmpty {
            let programs = rewriting(draft, server: index)
            layer.settings.programs.lateRules = Edit(
                merge: merge(draft.rewriting), value: programs, origin: draft.rewriting.isOn?.origin ?? layer.origin)
        }
        return Overlay(selector: draft.selector, layer: configuration.add(layer), rank: draft.rank)
    }

    /// A layer behind all others that lets nobody in: the server has a guard that cannot be run.
    private mutating func closing(_ reason: String, _ origin: ID<Origin>) -> Overlay {
        var layer = Layer(origin: origin)
        layer.settings.access.required = Edit(merge: .bothMustPass, value: .undecidable(reason), origin: origin)
        layer.settings.access.combine = Stated(.both, origin)
        return Overlay(selector: .when(.always), layer: configuration.add(layer), rank: .condition)
    }

    private func merge(_ draft: RewriteDraft) -> Merge {
        switch draft.inherits {
        case nil: .replace
        case .after: .before
        case .before: .after
        }
    }

    /// What names in rules mean.
    private func words(_ index: Int, knowsFile: Bool) -> RewriteTemplate.Words {
        RewriteTemplate.Words(
            knowsFile: knowsFile,
            // Rules of the server that pass a path on change what rules of sections start from.
            requestPath: knowsFile && servers[index].rewriting.rules.contains { $0.flags.passesThrough }
                ? .path : .pathBeforeRules,
            documentRoot: servers[index].settings.files.place?.value.base ?? servers[0].settings.files.place?.value.base
                ?? "/usr/local/apache2/htdocs",
            maps: servers[0].maps.merging(servers[index].maps) { $1 },
            processEnvironment: reading.request.environment)
    }

    /// The rules of a server; a virtual host has the main server's only if it asks for them.
    mutating func rewriting(_ index: Int) -> ID<Program>? {
        let draft = servers[index].rewriting
        guard let isOn = draft.isOn ?? servers[0].rewriting.isOn, isOn.value else { return nil }
        var rules = draft.rules
        if index > 0 {
            switch draft.inherits {
            case nil: break
            case .after: rules += servers[0].rewriting.rules
            case .before: rules = servers[0].rewriting.rules + rules
            }
        }
        guard !rules.isEmpty else { return nil }
        let place = RewritePlace(isServer: true, server: index, words: words(index, knowsFile: false))
        return program(rules, place, origin: isOn.origin)
    }

    /// The rules of a section; none if rewriting is off there.
    private mutating func rewriting(_ draft: OverlayDraft, server: Int) -> [ID<Program>] {
        let isOn = draft.rewriting.isOn?.value ?? outerState(of: draft, server)
        guard isOn, !draft.rewriting.rules.isEmpty else { return [] }
        let place = RewritePlace(
            isServer: false, base: draft.rewriting.base?.value, server: server, words: words(server, knowsFile: true))
        return [
            program(draft.rewriting.rules, place, origin: draft.rewriting.isOn?.origin ?? draft.layer.origin)
        ]
    }

    /// Whether a directory around a section has rewriting switched on.
    private func outerState(of draft: OverlayDraft, _ server: Int) -> Bool {
        guard let path = draft.path else { return false }
        var state = false
        var longest = -1
        for source in Set([0, server]) {
            for other in servers[source].overlays {
                guard let folder = other.path, let isOn = other.rewriting.isOn, folder.utf8.count > longest,
                    path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
                else { continue }
                state = isOn.value
                longest = folder.utf8.count
            }
        }
        return state
    }
}

extension RewriteDraft {
    /// Whether nothing about rewriting was written.
    var isEmpty: Bool { isOn == nil && base == nil && inherits == nil && rules.isEmpty && pending.isEmpty }
}
