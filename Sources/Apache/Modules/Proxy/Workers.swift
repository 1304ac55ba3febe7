import IR
import Language
import Source

/// An upstream URL and the pool behind it (`proxy_worker`): a URL that begins with another's shares its pool.
struct Worker: Sendable {
    /// Scheme, host, port and path, as httpd compares them.
    var url: String
    /// The pool.
    var pool: ID<Pool>
}

/// A balancer while its members are read.
struct BalancerDraft: Sendable {
    /// The pool, which has its place from the first mention on.
    var pool: ID<Pool>
    /// The path that its members' URLs have; nil: there is no member yet.
    var path: String?
    /// Its members speak FastCGI; nil: there is no member yet.
    var speaksFastCGI: Bool?
}

/// An upstream URL in parts.
struct UpstreamURL: Hashable, Sendable {
    /// "http", "https", "balancer" and so on, in lower case.
    var scheme: String
    /// The host in lower case, without brackets.
    var host: String
    /// The port that was written.
    var port: Int?
    /// Everything from the first slash behind the host on; empty if there is none.
    var path: String
    /// The socket of `unix:…|http://…`.
    var socket: String?

    /// Reads a URL; nil if it has no scheme or no host, or a port that is none.
    init?(_ text: String) {
        var text = Substring(text)
        if text.lowercased().hasPrefix("unix:"), let bar = text.firstIndex(of: "|") {
            socket = String(text[text.index(text.startIndex, offsetBy: 5)..<bar])
            text = text[text.index(after: bar)...]
        }
        guard let mark = text.firstRange(of: "://") else { return nil }
        scheme = text[..<mark.lowerBound].lowercased()
        let rest = text[mark.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        path = String(rest[slash...])
        var authority = rest[..<slash]
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        guard let parts = AddressText(String(authority), loneNumberIsPort: false), parts.port != -1 else { return nil }
        host = parts.host ?? ""
        port = parts.port
        if host.isEmpty, socket == nil { return nil }
    }

    /// The port, or the scheme's own.
    var effectivePort: Int { port ?? UpstreamURL.ports[scheme] ?? 80 }

    /// What is compared when pools are shared.
    var key: String { "\(socket ?? "")|\(scheme)://\(host):\(effectivePort)\(path)" }

    /// The port of each scheme.
    static let ports: [String: Int] = [
        "http": 80, "ws": 80, "https": 443, "wss": 443, "ajp": 8009, "fcgi": 8000, "scgi": 4000, "uwsgi": 3031,
        "ftp": 21,
        "h2": 443, "h2c": 80,
    ]

    /// The scheme of a URL that a request completes, perhaps behind a socket; nil: the request decides that too.
    static func scheme(of url: Template) -> String? {
        var text = ""
        for piece in url.pieces {
            if case .literal(let part) = piece { text += part } else { text += "\0" }
        }
        if text.lowercased().hasPrefix("unix:"), let bar = text.firstIndex(of: "|") {
            text = String(text[text.index(after: bar)...])
        }
        guard let mark = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<mark.lowerBound].lowercased()
        return scheme.contains("\0") ? nil : scheme
    }

    /// The schemes that are run.
    static let run: Set<String> = ["http", "https", "ws", "wss"]
}

extension ApacheLowering {
    /// The pool of a URL; one that a URL before it begins with is shared, as httpd shares its workers.
    mutating func pool(for url: UpstreamURL, _ parameters: ProxyParameters, origin: ID<Origin>) -> ID<Pool> {
        if url.scheme == "balancer" { return balancer(named: url.host, origin: origin) }
        let known = servers[server].workers.filter { url.key.hasPrefix($0.url) }
        if let shared = known.max(by: { $0.url.utf8.count < $1.url.utf8.count }) { return shared.pool }
        let pool = configuration.add(
            Pool(
                members: [member(url, parameters, origin: origin)], resolve: .firstUse, attempts: 1,
                connections: connections(parameters, scheme: url.scheme), origin: origin))
        servers[server].workers.append(Worker(url: url.key, pool: pool))
        return pool
    }

    /// A member for a URL.
    func member(_ url: UpstreamURL, _ parameters: ProxyParameters, origin: ID<Origin>) -> Member {
        Member(
            scheme: url.socket == nil
                ? (url.scheme == "ws" ? "http" : url.scheme == "wss" ? "https" : url.scheme) : "unix",
            host: url.socket ?? url.host, port: url.socket == nil ? url.effectivePort : 0,
            weight: parameters.weight ?? 1, group: parameters.group ?? 0, role: parameters.role ?? .active,
            route: parameters.route,
            // mod_proxy.h: PROXY_WORKER_DEFAULT_RETRY; a member in error is not asked even if it is alone. Only a
            // failure to connect puts it there (ap_proxy_connect_backend), not a bad answer.
            quarantine: Quarantine(
                after: parameters.retry == 0 ? 0 : 1, within: parameters.retry ?? 60, lasts: parameters.retry ?? 60,
                evenIfAlone: true, on: [.refused, .connectTimeout], alsoOn: parameters.failureStatuses),
            limit: parameters.limit,
            timeouts: MemberTimeouts(
                connect: parameters.connect ?? parameters.exchange, exchange: parameters.exchange),
            origin: origin)
    }

    /// What connections to a pool are like.
    ///
    /// A client may change to WebSocket where the URL is a `ws:` one, and to what `upgrade=` names
    /// (`ap_proxy_worker_can_upgrade`).
    func connections(_ parameters: ProxyParameters, scheme: String = "http") -> Connections {
        var upgrade = parameters.upgrade
        if upgrade.isEmpty, scheme == "ws" || scheme == "wss" { upgrade = ["websocket"] }
        if upgrade == ["none"] { upgrade = [] }
        // FastCGI's connections are used again only where somebody says so (mod_proxy_fcgi.c, proxy_fcgi_handler).
        let reuse = scheme == "fcgi" ? parameters.asksReuse : !parameters.disablesReuse
        return Connections(
            keepsIdle: reuse ? 64 : 0, idleTime: parameters.idleTime ?? 60, reuse: reuse, upgrade: upgrade)
    }

    /// The pool of a balancer; it may be named before its members are.
    mutating func balancer(named name: String, origin: ID<Origin>) -> ID<Pool> {
        let key = name.lowercased()
        if let known = balancers[key] { return known.pool }
        let pool = configuration.add(
            Pool(
                name: name, members: [], balance: .requests, resolve: .firstUse,
                connections: connections(ProxyParameters()), hidesName: true, origin: origin))
        balancers[key] = BalancerDraft(pool: pool)
        balancerNames.append(key)
        return pool
    }

    /// Writes a balancer's own parameters into its pool.
    mutating func apply(_ parameters: ProxyParameters, toBalancer name: String, at range: SourceRange) {
        guard let draft = balancers[name.lowercased()] else { return }
        let index = draft.pool.at
        if let method = parameters.method {
            switch method {
            case "byrequests": configuration.pools[index].balance = .requests
            case "bytraffic": configuration.pools[index].balance = .traffic
            case "bybusyness": configuration.pools[index].balance = .busyness
            case "heartbeat":
                notRun(
                    "`lbmethod=heartbeat` is not run; requests are counted instead", at: range,
                    why: "it needs messages that members send out", help: "choose byrequests, bytraffic or bybusyness")
            default:
                fail(
                    "invalid-value", "there is no balancing method `\(method)`", at: range,
                    why: "the server refuses to start", help: "write byrequests, bytraffic or bybusyness")
            }
        }
        if let sticky = parameters.sticky {
            let names = sticky.split(separator: "|").map { String($0) }
            let cookie = names.first ?? sticky
            configuration.pools[index].affinity = Affinity(
                reads: [.cookie(cookie), .pathParameter(names.last ?? sticky), .argument(names.last ?? sticky)],
                routeAfter: parameters.stickySeparator ?? ".", failsOver: !parameters.keepsToRoute)
        } else if parameters.keepsToRoute {
            configuration.pools[index].affinity?.failsOver = false
        }
        if let attempts = parameters.attempts { configuration.pools[index].attempts = attempts + 1 }
        if !parameters.failureStatuses.isEmpty {
            for member in configuration.pools[index].members.indices {
                configuration.pools[index].members[member].quarantine.alsoOn = parameters.failureStatuses
            }
        }
    }

    /// A member's URL may have a path, which comes before what is forwarded; all members must have the same one here.
    mutating func setMembersPath(_ path: String, of name: String, _ argument: Argument) {
        let path = path == "/" ? "" : path
        let known = balancers[name.lowercased()]?.path
        balancers[name.lowercased()]?.path = known ?? path
        guard let known, known != path else { return }
        notRun(
            "members with different paths are not run", at: argument.range,
            why: "requests are sent below `\(known)/`, as to the first member", help: "give all members the same path")
    }

    /// A sent path behind the path that the members of a balancer have.
    func behindMembersPath(_ path: SentPath, of target: Target) -> SentPath {
        guard case .pool(let pool) = target,
            let prefix = balancers.values.first(where: { $0.pool == pool })?.path, !prefix.isEmpty
        else { return path }
        func behind(_ template: Template) -> Template {
            var whole = Template(prefix)
            whole.append(template)
            return whole
        }
        switch path {
        case .suffix(let onto, let moment, let escaping): return .suffix(onto: behind(onto), of: moment, escaping)
        case .suffixAsReceived(let onto): return .suffixAsReceived(onto: behind(onto))
        case .whole(let template, let escaping): return .whole(behind(template), escaping)
        default: return path
        }
    }
}
