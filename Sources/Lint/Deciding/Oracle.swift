import IR
import Language
import Routing

/// Asks the deciding machine what a configuration does: what lint says of it can never differ from what it does.
struct Oracle: ~Copyable {
    private let subject: LintSubject
    private var decider: Decider
    /// A listener and a host that lead to each site, as far as there are any.
    private let doors: [Door?]

    init(_ subject: LintSubject) {
        self.subject = subject
        decider = Decider(Plan(subject.configuration))
        doors = subject.configuration.sites.indices.map { subject.configuration.door(to: ID($0)) }
    }

    /// The host, port and scheme through which a site can be reached.
    func door(to site: Int) -> Door? { doors.indices.contains(site) ? doors[site] : nil }

    /// What becomes of a request to a site; nil when nothing leads there.
    mutating func ask(
        _ target: String, of site: Int, fields: [SupposedField] = [],
        backend: BackendDeed = .answers(SupposedAnswer(status: 200))
    ) -> Outcome? {
        guard let door = door(to: site) else { return nil }
        let outcome = ask(target, through: door, fields: fields, backend: backend)
        return outcome.site == ID(site) ? outcome : nil
    }

    /// What becomes of a request through a door.
    mutating func ask(
        _ target: String, through door: Door, fields: [SupposedField] = [],
        backend: BackendDeed = .answers(SupposedAnswer(status: 200))
    ) -> Outcome {
        let connection = ConnectionFacts(
            supposedListener: door.listener, port: door.port, client: Oracle.client, isTLS: door.isTLS)
        let request = SupposedRequest(host: door.authority, target: target, fields: fields, connection: connection)
        var world = World()
        world.backend = { _ in backend }
        return decider.decide(request, in: world)
    }

    /// The address that supposed clients have (RFC 5737).
    static let client = "198.51.100.7"
}

/// How a request gets to a site.
struct Door: Hashable {
    /// The number of the listener.
    var listener: Int
    /// The host that is asked for.
    var host: String
    /// The listener's port.
    var port: Int
    /// The listener speaks TLS.
    var isTLS: Bool

    /// `http://host` with the port where it is not the scheme's own.
    var origin: String { "\(isTLS ? "https" : "http")://\(authority)" }

    /// The host with the port where it is not the scheme's own.
    var authority: String { port == (isTLS ? 443 : 80) ? host : "\(host):\(port)" }
}

extension Configuration {
    /// A way to a site: by one of its names, else by a name that nobody has where it answers those.
    fileprivate func door(to site: ID<Site>) -> Door? {
        for (index, listener) in listeners.enumerated() {
            for name in listener.names.names where name.site == site {
                guard let host = name.pattern.example else { continue }
                return Door(listener: index, host: host, port: listener.port, isTLS: listener.isTLS)
            }
        }
        for (index, listener) in listeners.enumerated() where listener.names.fallback == site {
            return Door(listener: index, host: "example.test", port: listener.port, isTLS: listener.isTLS)
        }
        return nil
    }
}

extension NamePattern {
    /// A host that it takes; nil where none is easily found.
    var example: String? {
        switch self {
        // Names such as `_` are written so that no host has them.
        case .exact(let text): text.contains { $0.isLetter || $0.isNumber } ? text : nil
        case .suffix(let text, let andItself): andItself ? String(text.drop { $0 == "." }) : "www" + text
        case .prefix(let text): text + "test"
        case .glob(let text): text.replacing("*", with: "www").replacing("?", with: "x")
        case .pattern: nil
        }
    }
}
