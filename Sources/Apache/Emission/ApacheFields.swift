import IR
import Language

/// What one topic of settings says in a section.
struct ApacheField {
    /// The topic.
    var name: String
    /// The statements.
    var lines: [TextLine] = []
    /// What compares equal where nothing has to be said again.
    var signature: String
    var losses: [Loss] = []
    var origins: [ID<Origin>] = []

    init(_ name: String, _ lines: [String] = [], _ origins: [ID<Origin>] = [], losses: [Loss] = []) {
        self.name = name
        self.lines = lines.map { TextLine($0) }
        self.origins = origins
        self.losses = losses
        signature = lines.joined(separator: "\n")
    }
}

/// Where settings are written.
struct ApachePlace {
    /// In a section; else in the virtual host itself.
    var isSection = false
    /// Something is forwarded here.
    var forwards = false
    /// The path of a section that is about whole segments.
    var path: String?
    /// Only answers made here, such as redirects.
    var answers = false
    /// The settings that hold outside.
    var outer: Settings?
}

extension ApacheWriter {
    /// Everything that settings say, topic by topic.
    mutating func fields(_ settings: Settings, _ place: ApachePlace) -> [ApacheField] {
        var fields = fileFields(settings.files, place)
        if let body = settings.limits.body {
            let forwards = configuration.sites[site.at].locate.flatMap(\.routes).contains { route in
                if case .content(.forward) = route.yields { true } else { false }
            }
            let loss = Loss(
                .approximate("httpd forwards bodies of any length: the limit holds for what it answers itself"),
                at: body.origin, witness: "a long body to what is forwarded")
            let isLost = forwards && body.value != nil && remainder.isWritten(body.origin)
            fields.append(
                ApacheField(
                    "body", body.value == 1 << 30 ? [] : ["LimitRequestBody \(body.value ?? 0)"], [body.origin],
                    losses: isLost ? [loss] : []))
        }
        if let handler = handler(settings) { fields.append(handler) }
        takeWaiting(settings)
        fields += accessFields(settings)
        fields += forwardFields(settings, place)
        fields += requestHeaders(settings, place)
        fields.append(answerHeaders(settings, place))
        fields.append(expires(settings.answer))
        fields += errorFields(settings, place)
        if !place.isSection { fields += serverFields(settings) }
        return fields
    }

    /// The statements in which a section differs from what is around it.
    mutating func lines(_ own: [ApacheField], over outer: [ApacheField]) -> [TextLine] {
        let known = Dictionary(outer.map { ($0.name, $0) }) { first, _ in first }
        var lines: [TextLine] = []
        var homeless: [String] = []
        for field in own {
            remainder.take(field.origins)
            guard field.signature != known[field.name]?.signature else {
                homeless += field.origins.flatMap { comment(of: $0) }
                continue
            }
            for loss in field.losses { remainder.lose(loss) }
            guard !field.lines.isEmpty else {
                homeless += field.origins.flatMap { comment(of: $0) }
                continue
            }
            if !homeless.isEmpty { lines.append(TextLine("", comment: homeless)) }
            homeless = []
            lines += field.lines.enumerated().map { index, line in
                var line = line
                let origin = index < field.origins.count ? field.origins[index] : field.origins.first
                if line.comment.isEmpty, let origin { line.comment = comment(of: origin) }
                return line
            }
        }
        return homeless.isEmpty ? lines : lines + [TextLine("", comment: homeless)]
    }

    private mutating func fileFields(_ files: FileSettings, _ place: ApachePlace) -> [ApacheField] {
        var fields: [ApacheField] = []
        if let root = files.place, !place.isSection, remainder.isWritten(root.origin) || servesFiles,
            let base = root.value.base.literal
        {
            fields.append(ApacheField("DocumentRoot", ["DocumentRoot \(ApacheQuoting.word(base))"], [root.origin]))
        }
        if let index = files.index {
            let names = index.value.names.compactMap { text($0) }
            fields.append(
                ApacheField(
                    "index",
                    names == ["index.html"] && !place.isSection
                        ? []
                        : ["DirectoryIndex \(names.isEmpty ? "disabled" : names.joined(separator: " "))"],
                    [index.origin]))
        }
        if let listing = files.listing, place.isSection || listing.value {
            fields.append(ApacheField("listing", ["Options \(listing.value ? "+" : "-")Indexes"], [listing.origin]))
        }
        if let links = files.links, links.value != .follow {
            let word = links.value == .never ? "-FollowSymLinks" : "+SymLinksIfOwnerMatch"
            fields.append(ApacheField("links", ["Options \(word)"], [links.origin]))
        }
        if let types = files.types, remainder.isWritten(types.origin) {
            let added = types.value.filter { defaults.files.types?.value[$0.key] != $0.value }
            let byType = Dictionary(grouping: added.keys.sorted(), by: { added[$0] ?? "" })
            let lines = byType.keys.sorted().map {
                "AddType \($0) \((byType[$0] ?? []).map { ".\($0)" }.joined(separator: " "))"
            }
            fields.append(ApacheField("types", lines, [types.origin]))
        }
        if let type = files.defaultType, remainder.isWritten(type.origin) {
            var field = ApacheField("default_type", [], [type.origin])
            field.signature = type.value ?? ""
            field.losses = [Loss(.approximate("files without a known extension get no media type"), at: type.origin)]
            fields.append(field)
        }
        if let charset = files.charset {
            fields.append(
                ApacheField("charset", charset.value.map { ["AddDefaultCharset \($0)"] } ?? [], [charset.origin]))
        }
        if let tag = files.tag {
            fields.append(ApacheField("etag", tag.value == .none ? ["FileETag None"] : [], [tag.origin]))
        }
        return fields
    }

    // MARK: - Access

    /// Limits that httpd does not have: nobody is let in where they hold, so that no guard goes missing.
    private func limits(_ settings: Settings) -> ApacheField? {
        let all = (settings.limits.rates?.value ?? []) + (settings.limits.connections?.value ?? [])
        guard !all.isEmpty else { return nil }
        let losses = all.map { rate in
            Loss(
                .approximate(
                    "httpd cannot limit rates or connections, so nobody is let in: replace `Require all denied`"),
                at: rate.origin)
        }
        return ApacheField("access", ["Require all denied"], all.map(\.origin), losses: losses)
    }

    private mutating func accessFields(_ settings: Settings) -> [ApacheField] {
        let access = settings.access
        if let field = limits(settings) {
            return [field]
        }
        let required = access.required?.value ?? .granted
        let addresses = access.addresses?.value ?? .granted
        var origins = [access.required?.origin, access.addresses?.origin, access.combine?.origin].compactMap { $0 }
        origins += [access.login?.origin, access.realm?.origin, access.userFile?.origin].compactMap { $0 }
        guard required != .granted || addresses != .granted else {
            var field = ApacheField("access", [], origins)
            field.lines = [TextLine("Require all granted")]
            return [field]
        }
        let isEither = access.combine?.value == .either
        var tree = required
        if addresses != .granted {
            tree =
                required == .granted
                ? addresses : isEither ? .any([required, addresses]) : .all([addresses, required])
        }
        var lines: [TextLine] = []
        if access.login?.value == .basic, mentionsLogin(tree) {
            lines.append(TextLine("AuthType Basic"))
            lines.append(TextLine("AuthName \(ApacheQuoting.word(access.realm.flatMap { text($0.value) } ?? ""))"))
            if let file = access.userFile.flatMap({ text($0.value) }) {
                lines.append(TextLine("AuthUserFile \(ApacheQuoting.word(file))"))
            }
        }
        var field = ApacheField("access", [], origins)
        if let required = require(tree) {
            field.lines = lines + required
        } else {
            field.lines = [TextLine("Require all denied")]
            if let origin = origins.first {
                field.losses = [Loss(.approximate("httpd cannot say this guard, so nobody is let in"), at: origin)]
            }
        }
        let isOpen = field.lines.map(\.head) == ["Require all granted"]
        field.signature = isOpen ? "" : signature(field.lines)
        return [field]
    }

    private func signature(_ lines: [TextLine]) -> String {
        lines.map { $0.head + ($0.block.map { "{" + signature($0) + "}" } ?? "") }.joined(separator: "\n")
    }

    private func mentionsLogin(_ access: Access) -> Bool {
        switch access {
        case .login: true
        case .all(let parts), .any(let parts), .none(let parts): parts.contains { mentionsLogin($0) }
        default: false
        }
    }

    /// A tree as `Require` lines; nil: it cannot be said.
    private mutating func require(_ access: Access) -> [TextLine]? {
        switch access {
        case .granted: return [TextLine("Require all granted")]
        case .denied: return [TextLine("Require all denied")]
        case .login(.anyone): return [TextLine("Require valid-user")]
        case .login(.users(let names)): return [TextLine("Require user \(names.joined(separator: " "))")]
        case .login(.members(let names)): return [TextLine("Require group \(names.joined(separator: " "))")]
        case .test(.address(_, let networks)): return [TextLine("Require ip \(networks.joined(separator: " "))")]
        case .test(.among(let subject, let names)) where subject == Template(.method):
            return [
                TextLine("Require method \(names.compactMap(\.literal).filter { $0 != "HEAD" }.joined(separator: " "))")
            ]
        case .test(.always): return [TextLine("Require all granted")]
        case .inOrder(let rules, let otherwise): return inOrder(rules[...], otherwise)
        case .all(let parts): return container("RequireAll", parts)
        case .any(let parts): return container("RequireAny", parts)
        case .none(let parts): return container("RequireNone", parts)
        case .test, .ask, .undecidable: return nil
        }
    }

    private mutating func container(_ name: String, _ parts: [Access]) -> [TextLine]? {
        if parts.count == 1, name != "RequireNone" { return require(parts[0]) }
        var lines: [TextLine] = []
        for part in parts {
            guard let own = require(part) else { return nil }
            lines += own
        }
        return [TextLine(name, block: lines)]
    }

    /// Rules of which the first that fits decides, as one list of the other kind: who may, then who may not, and so on.
    private mutating func inOrder(_ rules: ArraySlice<AccessRule>, _ otherwise: Bool) -> [TextLine]? {
        guard let first = rules.first else { return [TextLine("Require all \(otherwise ? "granted" : "denied")")] }
        if first.when == .always { return [TextLine("Require all \(first.grants ? "granted" : "denied")")] }
        let same = rules.prefix { $0.grants == first.grants && $0.when != .always }
        var networks: [String] = []
        for rule in same {
            guard case .address(_, let own) = rule.when else { return nil }
            networks += own
        }
        guard let rest = inOrder(rules.dropFirst(same.count), otherwise) else { return nil }
        let list = networks.joined(separator: " ")
        if first.grants {
            if rest.map(\.head) == ["Require all denied"] { return [TextLine("Require ip \(list)")] }
            return [TextLine("RequireAny", block: [TextLine("Require ip \(list)")] + rest)]
        }
        return [TextLine("RequireAll", block: rest + [TextLine("Require not ip \(list)")])]
    }
}
