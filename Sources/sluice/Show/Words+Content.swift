import IR

extension Words {
    /// What answers, in one line.
    func content(_ content: Content?, in configuration: Configuration) -> String {
        switch content {
        case .forward(let forward): "forward to " + target(of: forward, in: configuration)
        case .files: "files"
        case .answer(let answer): self.answer(answer)
        case .process(let call): "\(call.wire) \(target(call.socket, in: configuration))"
        case .report(let name): "report \(name)"
        case .unavailable(let reason, _): "unavailable: \(reason)"
        case nil: "what stood before"
        }
    }

    /// Whom a request is forwarded to, as it was written.
    func target(of forward: Forward, in configuration: Configuration) -> String {
        forward.written.isEmpty ? target(forward.to, in: configuration) : forward.written
    }

    /// A pool's name, its only member, or the computed target.
    func target(_ target: Target, in configuration: Configuration) -> String {
        switch target {
        case .pool(let id):
            guard configuration.pools.indices.contains(id.at) else { return "?" }
            let pool = configuration.pools[id.at]
            return pool.name ?? pool.members.first.map(member) ?? "nobody"
        case .computed(let template): return self.template(template)
        }
    }

    /// An answer that is made here.
    func answer(_ answer: Answer) -> String {
        if answer.closes { return "close the connection" }
        return "answer \(answer.status)" + (answer.location.map { " " + template($0) } ?? "")
    }

    /// Where a route leads, in one line.
    func yield(_ yield: Yield, in configuration: Configuration) -> String {
        switch yield {
        case .scope(let id):
            configuration.scopes.indices.contains(id.at)
                ? content(configuration.scopes[id.at].content, in: configuration) : "?"
        case .content(let content): self.content(content, in: configuration)
        case .place(let placement): "files in " + template(placement.base)
        case .answer(let answer): self.answer(answer)
        case .leaveTable: "not forwarded"
        }
    }

    /// The settings of a scope or site that matter most to people: where files lie, what errors show.
    func pages(_ rules: [ErrorRule]) -> [String] {
        rules.map { rule in
            switch rule.page {
            case .request(let path, _): "\(rule.status) -> \(template(path))"
            case .enter: "\(rule.status) -> another place"
            case .redirect(let url, let status): "\(rule.status) -> redirect \(status) \(template(url))"
            case .text: "\(rule.status) -> text"
            case .builtIn: "\(rule.status) -> built-in page"
            }
        }
    }
}
