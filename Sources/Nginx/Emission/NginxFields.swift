import IR
import Language

/// What one topic of settings says in a block.
struct FieldText {
    /// The topic, so that the same one can be compared between blocks.
    var name: String
    /// The statements; empty: what nginx does without any.
    var lines: [TextLine] = []
    /// What says "as if nothing had been said outside", where something was.
    var reset: [TextLine] = []
    /// What compares equal where nothing has to be said again.
    var signature: String
    /// What cannot be said as it was.
    var losses: [Loss] = []
    /// Who said it.
    var origins: [ID<Origin>] = []
    /// Where it has any effect.
    var relevance = Relevance.always
    /// What goes before everything else in a location: `if`s, which blocks inside and around know nothing of.
    var front: [TextLine] = []
    /// What has to be undone if a block inside does not say it too, by the name of the statement.
    var undoing: [(name: String, line: TextLine)] = []

    enum Relevance {
        case always, forwarding, files
    }

    init(_ name: String, _ lines: [TextLine] = [], reset: [String] = [], relevance: Relevance = .always) {
        self.name = name
        self.lines = lines
        self.reset = reset.map { TextLine($0) }
        self.relevance = relevance
        signature = lines.map { Self.signature(of: $0) }.joined(separator: ";")
    }

    private static func signature(of line: TextLine) -> String {
        line.head + (line.block.map { "{" + $0.map { signature(of: $0) }.joined(separator: ";") + "}" } ?? "")
    }
}

/// The block that settings are written into.
struct FieldPlace {
    /// The block is a location, not a server.
    var isLocation = false
    /// Requests are forwarded here.
    var forward: Forward?
    /// The path prefix of the location, for mappings that are implied by it.
    var prefix: String?
    /// Files are served here.
    var servesFiles = true
    /// Answers are made here, such as redirects.
    var answers = false
    /// The pattern that gives the location.
    var pattern: Pattern?
}

extension NginxWriter {
    /// Everything that settings say, topic by topic, in the order in which it is written.
    mutating func fields(_ settings: Settings, _ place: FieldPlace) -> [FieldText] {
        var fields = fileFields(settings.files, place)
        fields += limitFields(settings.limits)
        fields += accessFields(settings)
        fields.append(serverTokens(settings.answer))
        fields += realAddress(settings.request)
        fields += upstreamFields(settings, place)
        fields += headerFields(settings, place)
        fields += errorFields(settings, place)
        fields += urlFields(settings.url)
        fields += logFields(settings.log)
        return fields
    }

    /// The statements of a block: the topics in which it differs from the block around it.
    mutating func lines(_ own: [FieldText], over outer: [FieldText]) -> [TextLine] {
        var known: [String: FieldText] = [:]
        for field in outer { known[field.name] = field }
        var lines: [TextLine] = []
        var homeless: [String] = []
        for field in own {
            remainder.take(field.origins)
            guard field.signature != known[field.name]?.signature else {
                // What need not be said may still be explained.
                homeless += field.origins.flatMap { comment(of: $0) }
                continue
            }
            for loss in field.losses { remainder.lose(loss) }
            if field.lines.isEmpty {
                if known[field.name]?.lines.isEmpty == false { lines += field.reset }
                homeless += field.origins.flatMap { comment(of: $0) }
                continue
            }
            if !homeless.isEmpty { lines.append(TextLine("", comment: homeless)) }
            homeless = []
            for undone in known[field.name]?.undoing ?? []
            where !field.lines.contains(where: { $0.head.hasPrefix(undone.name + " ") }) {
                lines.append(undone.line)
            }
            lines += field.lines.enumerated().map { index, line in
                var line = line
                let origin = index < field.origins.count ? field.origins[index] : field.origins.first
                if line.comment.isEmpty, let origin { line.comment = comment(of: origin) }
                return line
            }
        }
        return homeless.isEmpty ? lines : lines + [TextLine("", comment: homeless)]
    }

    /// A topic with one statement.
    func field(
        _ name: String, _ line: String?, _ origin: ID<Origin>?, relevance: FieldText.Relevance = .always
    ) -> FieldText {
        var field = FieldText(name, line.map { [TextLine($0)] } ?? [], relevance: relevance)
        if let origin { field.origins = [origin] }
        return field
    }

    // MARK: - Files

    private mutating func fileFields(_ files: FileSettings, _ place: FieldPlace) -> [FieldText] {
        var fields = [self.place(files)]
        if let index = files.index {
            let names = index.value.names.compactMap { word($0) }
            let isDefault = names == ["index.html"]
            var field = field(
                "index", isDefault && !place.isLocation ? nil : "index \(names.joined(separator: " "))", index.origin,
                relevance: .files)
            field.signature = names.joined(separator: " ")
            if names.isEmpty {
                field.lines = []
                field.losses = [Loss(.dropped("nginx always looks for an index"), at: index.origin)]
            }
            fields.append(field)
        }
        if let listing = files.listing {
            var listed = field("autoindex", listing.value ? "autoindex on" : nil, listing.origin, relevance: .files)
            listed.reset = [TextLine("autoindex off")]
            fields.append(listed)
        }
        if let links = files.links {
            let line: String? =
                switch links.value {
                case .follow: nil
                case .never: "disable_symlinks on"
                case .ifOwnerMatches(let from): "disable_symlinks if_not_owner" + (from.map { " from=\($0)" } ?? "")
                }
            fields.append(field("disable_symlinks", line, links.origin, relevance: .files))
        }
        fields.append(types(files))
        if let type = files.defaultType, remainder.isWritten(type.origin) {
            let isDefault = type.value == "text/plain"
            fields.append(
                field(
                    "default_type", isDefault ? nil : "default_type \(NginxQuoting.word(type.value ?? ""))",
                    type.origin,
                    relevance: .files))
        }
        if let charset = files.charset {
            var said = field("charset", charset.value.map { "charset \(NginxQuoting.word($0))" }, charset.origin)
            said.reset = [TextLine("charset off")]
            fields.append(said)
        }
        if let tag = files.tag {
            fields.append(field("etag", tag.value == .none ? "etag off" : nil, tag.origin, relevance: .files))
        }
        if let modified = files.modified, remainder.isWritten(modified.origin) {
            let words: [Modified: String] = [.off: "off", .notLater: "before"]
            fields.append(
                field(
                    "if_modified_since", words[modified.value].map { "if_modified_since \($0)" }, modified.origin,
                    relevance: .files))
        }
        if let ranges = files.ranges, remainder.isWritten(ranges.origin) {
            fields.append(
                field("max_ranges", ranges.value.map { "max_ranges \($0)" }, ranges.origin, relevance: .files))
        }
        if let content = files.content, let why = content.value.flatMap({ Self.unsaid($0) }) {
            // A block inside another knows nothing of its `return`.
            var closed = field("handler", nil, content.origin)
            closed.front = [TextLine("return 503")]
            closed.losses = [Loss(.dropped(why), at: content.origin)]
            fields.append(closed)
        }
        return fields
    }

    /// Why a handler's content is not written; nil: it is.
    private static func unsaid(_ content: Content) -> String? {
        switch content {
        case .unavailable(let why, _): why
        case .forward: "nginx cannot send the path of a file upstream"
        default: nil
        }
    }

    private mutating func place(_ files: FileSettings) -> FieldText {
        guard let place = files.place, remainder.isWritten(place.origin) || isDerived(place.origin),
            let path = word(place.value.base)
        else { return FieldText("root", relevance: .files) }
        let name =
            switch place.value.drops {
            case .nothing: "root"
            case .matched, .everything, .bytes: "alias"
            }
        return field("root", "\(name) \(path)", place.origin, relevance: .files)
    }

    private func isDerived(_ origin: ID<Origin>) -> Bool {
        if case .derived = configuration.origins[origin.at] { return true }
        return false
    }

    /// Types that were added to those that every server knows.
    private mutating func types(_ files: FileSettings) -> FieldText {
        guard let types = files.types, remainder.isWritten(types.origin) else { return FieldText("types") }
        let known = configuration.sites[site.at].base.first.flatMap {
            configuration.layers[$0.at].settings.files.types?.value
        }
        let added = types.value.filter { (known ?? defaults.files.types?.value ?? [:])[$0.key] != $0.value }
        guard !added.isEmpty else { return FieldText("types") }
        let byType = Dictionary(grouping: added.keys.sorted(), by: { added[$0] ?? "" })
        let rows = byType.keys.sorted().map { type in
            TextLine("\(NginxQuoting.word(type)) \((byType[type] ?? []).joined(separator: " "))")
        }
        var field = FieldText(
            "types", [TextLine("include /etc/nginx/mime.types"), TextLine("types", block: rows)], relevance: .files)
        field.origins = [types.origin]
        field.losses = [Loss(.helper("/etc/nginx/mime.types has to be there"), at: types.origin)]
        return field
    }

    // MARK: - Limits

    private mutating func limitFields(_ limits: LimitSettings) -> [FieldText] {
        var fields: [FieldText] = []
        if let body = limits.body {
            let line: String? =
                body.value == 1 << 20 ? nil : "client_max_body_size \(body.value.map { size($0) } ?? "0")"
            var field = field("client_max_body_size", line, body.origin)
            field.reset = [TextLine("client_max_body_size 1m")]
            fields.append(field)
        }
        if let alive = limits.keepAlive, remainder.isWritten(alive.origin) {
            var lines: [TextLine] = []
            if alive.value.seconds != 75 { lines.append(TextLine("keepalive_timeout \(time(alive.value.seconds))")) }
            if let requests = alive.value.requests, requests != 1000 {
                lines.append(TextLine("keepalive_requests \(requests)"))
            }
            var field = FieldText("keepalive", lines)
            field.origins = [alive.origin]
            fields.append(field)
        }
        fields += waiting(limits)
        for (name, stated) in [("client_body_timeout", limits.bodyTime), ("send_timeout", limits.sendTime)] {
            guard let stated else { continue }
            fields.append(field(name, stated.value == 60 ? nil : "\(name) \(time(stated.value))", stated.origin))
        }
        return fields
    }

    /// A number of bytes with nginx's units.
    func size(_ bytes: Int) -> String {
        if bytes == 0 { return "0" }
        for (unit, factor) in [("g", 1 << 30), ("m", 1 << 20), ("k", 1 << 10)] where bytes % factor == 0 {
            return "\(bytes / factor)\(unit)"
        }
        return String(bytes)
    }

    /// A time with nginx's units.
    func time(_ seconds: Double) -> String {
        let milliseconds = Int((seconds * 1000).rounded())
        if milliseconds % 1000 != 0 { return "\(milliseconds)ms" }
        let whole = milliseconds / 1000
        if whole > 0, whole % 3600 == 0 { return "\(whole / 3600)h" }
        if whole >= 120, whole % 60 == 0 { return "\(whole / 60)m" }
        return "\(whole)s"
    }

    // MARK: - The rest

    private func serverTokens(_ answer: AnswerSettings) -> FieldText {
        guard let name = answer.serverName, remainder.isWritten(name.origin) else { return FieldText("server_tokens") }
        let hides = name.value == "nginx" || name.value == "Apache"
        return field("server_tokens", hides || name.value == nil ? "server_tokens off" : nil, name.origin)
    }

    private func urlFields(_ url: URLSettings) -> [FieldText] {
        var fields: [FieldText] = []
        if let merge = url.mergeSlashes {
            fields.append(field("merge_slashes", merge.value ? nil : "merge_slashes off", merge.origin))
        }
        guard let absolute = url.absolute, remainder.isWritten(absolute.origin) else { return fields }
        var lines: [TextLine] = []
        switch absolute.value {
        case .relative: lines = [TextLine("absolute_redirect off")]
        case .completed(let host, let port):
            if host == Template(.siteName) { lines.append(TextLine("server_name_in_redirect on")) }
            if port == .none { lines.append(TextLine("port_in_redirect off")) }
        }
        var field = FieldText("absolute", lines)
        field.origins = [absolute.origin]
        return fields + [field]
    }
}

/// What a site does, as far as its fields depend on it.
extension NginxWriter {
    /// Some requests of the site are answered with files.
    var servesFiles: Bool {
        let node = configuration.sites[site.at]
        let routes = node.locate.flatMap(\.routes)
        let scopes = routes.compactMap { route -> Scope? in
            if case .scope(let id) = route.yields { configuration.scopes[id.at] } else { nil }
        }
        if scopes.contains(where: { $0.content == .files && ($0.rules == nil || $0.probe != nil) }) { return true }
        guard configuration.scopes[node.scope.at].content == .files else { return false }
        return !routes.contains { $0.match == .bytes("/") }
    }
}
