import IR
import Language
import Routing
import Source

/// Tells what deciding saw as facts that people understand.
struct Narrator {
    let lines: Lines
    let routes: RouteIndex
    let configuration: Configuration
    private var chapters: [Chapter] = []
    private var skippedRules: [ExplainedFact] = []
    private var skippedSections = 0
    private var lastRoute: ID<Origin>?
    private var wasLeftOut = false
    private var losers = 0
    private var forwards = 0

    init(_ lowered: Lowered, _ reading: Language.Reading) {
        configuration = lowered.configuration
        lines = Lines(configuration: lowered.configuration, sources: reading.sources)
        routes = RouteIndex(lowered.configuration)
    }

    /// The chapters of some steps.
    mutating func chapters(of steps: some Sequence<Trace.Step>, _ outcome: Outcome) -> [Chapter] {
        chapters = []
        forwards = 0
        for step in steps { tell(step, outcome) }
        flush()
        return chapters
    }

    private mutating func add(_ title: String, _ verdict: ExplainedFact.Verdict, _ text: String, _ origin: ID<Origin>?)
    {
        let fact = ExplainedFact(verdict, text, at: lines.place(of: origin))
        if chapters.last?.title == title {
            chapters[chapters.count - 1].facts.append(fact)
        } else {
            chapters.append(Chapter(title: title, facts: [fact]))
        }
    }

    /// Rules and sections that had no effect are told together: one by one if they are few.
    private mutating func flush() {
        if !skippedRules.isEmpty {
            if skippedRules.count > 4 {
                add("rules", .lost, "\(skippedRules.count) rules did not match", nil)
            } else {
                for fact in skippedRules {
                    add("rules", .lost, fact.text, nil)
                    chapters[chapters.count - 1].facts[chapters[chapters.count - 1].facts.count - 1].place = fact.place
                }
            }
            skippedRules = []
        }
        if skippedSections > 0 {
            add(
                "settings", .lost,
                skippedSections == 1 ? "1 section does not apply" : "\(skippedSections) sections do not apply", nil)
            skippedSections = 0
        }
    }

    private mutating func tell(_ step: Trace.Step, _ outcome: Outcome) {
        switch step.kind {
        case .ruleSkipped:
            skippedRules.append(ExplainedFact(.lost, "did not match", at: lines.place(of: step.origin)))
            return
        case .overlaySkipped:
            skippedSections += 1
            return
        case .overlayApplied: return add("settings", .matched, "applies", step.origin)
        default: break
        }
        flush()
        switch step.kind {
        case .siteChosen, .siteFallback: site(step, outcome)
        case .routeTaken, .routeLost, .routeMissed, .tableLeft, .noRoute, .scopeEntered: route(step)
        case .ruleActed: add("rules", .matched, "acted", step.origin)
        case .pathChanged: amend("rules", "acted: the path is now \(step.text)")
        case .queryChanged: amend("rules", "the query is now \(step.text.isEmpty ? "empty" : step.text)")
        case .clientNamed: add("client", .matched, "a proxy names the client: \(step.text)", step.origin)
        case .accessGranted: add("access", .matched, "granted", step.origin)
        case .accessDenied: add("access", .failed, "denied", step.origin)
        case .loginWanted: add("access", .failed, "a login is asked for", guardOrigin(outcome))
        default: fileOrAnswer(step, outcome)
        }
    }

    /// Says more about the fact that was told last.
    private mutating func amend(_ title: String, _ text: String) {
        guard chapters.last?.title == title, let fact = chapters.last?.facts.last else {
            return add(title, .happened, text, nil)
        }
        let last = chapters.count - 1
        chapters[last].facts[chapters[last].facts.count - 1].text =
            fact.text == "acted" ? text : fact.text + ", " + text
    }

    private mutating func site(_ step: Trace.Step, _ outcome: Outcome) {
        let site = outcome.site.map { configuration.sites[$0.at] }
        let name = site?.name ?? "a site without a name"
        if step.kind == .siteChosen {
            add("site", .matched, routes.reason(for: step.origin, host: step.text), step.origin)
        } else if step.text.isEmpty {
            add("site", .matched, "\(name), the default: the request names no host", step.origin)
        } else if configuration.sites.count == 1 {
            add("site", .matched, site?.name == nil ? "the only one" : "\(name), the only one", step.origin)
        } else {
            add("site", .matched, "\(name), the default: no site here has the name \(step.text)", step.origin)
        }
    }

    private mutating func route(_ step: Trace.Step) {
        let name = routes.name(of: step.origin) ?? "this"
        switch step.kind {
        case .routeTaken:
            lastRoute = step.origin
            wasLeftOut = false
            losers = 0
            add("route", .matched, "\(name) matched", step.origin)
        case .routeLost, .routeMissed:
            losers += 1
            // Hundreds of lines of one kind tell no more than the first few.
            guard losers <= 8 else { return }
            let verb = step.kind == .routeLost ? "lost" : "did not match"
            add("route", .lost, "\(name) \(verb): \(step.text)", step.origin)
        case .tableLeft:
            wasLeftOut = true
            add("route", .matched, "\(name) matched: it is not forwarded", step.origin)
        case .noRoute:
            // A server without locations, a site without proxies: nothing worth a line.
            if chapters.last?.title == "route", !wasLeftOut { add("route", .happened, "no route took the path", nil) }
        default:
            let isSite = configuration.sites.contains { $0.origin == step.origin }
            guard step.origin != lastRoute, !isSite, lines.place(of: step.origin)?.file != nil else { return }
            lastRoute = step.origin
            if let origin = step.origin, case .implied(let reason, _) = configuration.origins[origin.at] {
                add("route", .happened, reason, nil)
            } else {
                add("route", .happened, "goes on here", step.origin)
            }
        }
    }

    private mutating func fileOrAnswer(_ step: Trace.Step, _ outcome: Outcome) {
        switch step.kind {
        case .placed: return
        case .fileFound: add("file", .matched, "\(step.text) is there", step.origin)
        case .fileMissing: add("file", .failed, "\(step.text) is not there", nil)
        case .tryFailed: add("file", .lost, "\(step.text) is not there", step.origin)
        case .indexTried: add("index", .happened, "tries \(step.text)", nil)
        case .indexFound: add("index", .matched, "\(step.text) is taken", nil)
        case .reentered: add("again", .happened, "starts over with \(step.text)", nil)
        case .forwarded: forwarded(step, outcome)
        case .upstreamAnswered: add("backend", .happened, "answers \(step.text), as supposed", nil)
        case .locationMapped: add("backend", .happened, "its location \(step.text) is mapped", step.origin)
        case .answered:
            guard let origin = step.origin else { return }
            if chapters.last?.facts.last?.place == lines.place(of: origin), let title = chapters.last?.title {
                amend(title, "answers \(step.text)")
            } else {
                add("answer", .happened, "\(step.text) is answered here", origin)
            }
        case .failed:
            add("error", .failed, failure(step, outcome), cause(step.text, outcome))
        case .errorPage: add("error", .happened, "\(step.text) has a page of its own", step.origin)
        default: return
        }
    }

    private mutating func forwarded(_ step: Trace.Step, _ outcome: Outcome) {
        var text = "the request is forwarded"
        if outcome.sent.indices.contains(forwards) {
            let sent = outcome.sent[forwards]
            let scheme = sent.speaksFastCGI ? "fastcgi" : sent.isTLS ? "https" : "http"
            text += " to \(scheme)://\(sent.authority)"
            if sent.servers.count > 1 { text += " (\(sent.servers.joined(separator: ", ")))" }
        }
        forwards += 1
        add("backend", .happened, text, step.origin == lastRoute ? nil : step.origin)
    }

    private func failure(_ step: Trace.Step, _ outcome: Outcome) -> String {
        let reason = standardWords(Int(step.text) ?? 0)
        let words = reason.isEmpty ? step.text : "\(step.text) \(reason)"
        return outcome.complaint.isEmpty ? words : "\(words): \(outcome.complaint)"
    }

    /// Who wrote what an error comes from, as far as that is a setting.
    private func cause(_ status: String, _ outcome: Outcome) -> ID<Origin>? {
        switch status {
        case "403": guardOrigin(outcome)
        case "413": outcome.layers.reversed().lazy.compactMap { body(of: $0) }.first
        default: nil
        }
    }

    private func body(of layer: ID<Layer>) -> ID<Origin>? {
        configuration.layers[layer.at].settings.limits.body?.origin
    }

    /// Who wrote the guard that held.
    private func guardOrigin(_ outcome: Outcome) -> ID<Origin>? {
        for layer in outcome.layers.reversed() {
            let access = configuration.layers[layer.at].settings.access
            if let required = access.required { return required.origin }
            if let addresses = access.addresses { return addresses.origin }
        }
        return nil
    }
}
