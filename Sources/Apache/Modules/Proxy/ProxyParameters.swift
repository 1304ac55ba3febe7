import IR
import Language
import Source

/// The `key=value` parameters of ProxyPass, BalancerMember and ProxySet (`set_worker_param` in mod_proxy.c).
struct ProxyParameters: Hashable, Sendable {
    /// A request to connect may take so long, in seconds.
    var connect: Double?
    /// Each read and write may take so long, in seconds.
    var exchange: Double?
    /// A member that failed is left alone so long, in seconds.
    var retry: Double?
    /// How many idle connections are kept.
    var idle: Int?
    /// How long an idle connection is kept, in seconds.
    var idleTime: Double?
    /// Connections are not used again.
    var disablesReuse = false
    /// They are, in so many words.
    var asksReuse = false
    /// The most connections.
    var limit: Int?
    /// A member's share.
    var weight: Double?
    /// A member's group.
    var group: Int?
    /// A member's role.
    var role: Role?
    /// A member's route.
    var route: String?
    /// The protocols that a client may change to.
    var upgrade: [String] = []
    /// The path is sent as it was received.
    var isRaw = false
    /// A balancer's method.
    var method: String?
    /// A balancer's mark for requests that belong together.
    var sticky: String?
    /// What parts the mark from the route.
    var stickySeparator: String?
    /// Another member may not serve instead.
    var keepsToRoute = false
    /// How many members are tried.
    var attempts: Int?
    /// Statuses that count as failures.
    var failureStatuses: Set<Int> = []
}

extension ApacheLowering {
    /// Reads one parameter; says what is wrong with it.
    mutating func read(_ argument: Argument, of directive: Directive, into parameters: inout ProxyParameters) {
        let parts = argument.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let key = parts[0].lowercased()
        guard parts.count == 2 else {
            switch key {
            case "nocanon": parameters.isRaw = true
            case "noquery", "interpolate": reportParameter(argument, key)
            default:
                invalid(
                    "`\(argument.text)` is no parameter of `\(directive.name)`", at: argument,
                    why: argument.text.hasPrefix("#")
                        ? "`#` begins no comment behind a directive; the server refuses to start"
                        : "parameters are written as `key=value`; the server refuses to start",
                    help: argument.text.hasPrefix("#")
                        ? "put the comment on a line of its own" : "write it as in `timeout=30`")
            }
            return
        }
        if !readTime(key, String(parts[1]), argument, &parameters),
            !readMember(key, String(parts[1]), argument, &parameters),
            !readBalancer(key, String(parts[1]), argument, &parameters)
        {
            if Self.tuning.contains(key) { return }
            let near = closest(to: key, in: Self.parameterNames)
            invalid(
                "there is no parameter `\(key)`", at: argument, why: "the server refuses to start",
                help: near.map { "did you mean `\($0)`?" } ?? "leave it out")
        }
    }

    private mutating func reportParameter(_ argument: Argument, _ key: String) {
        notRun(
            "the parameter `\(key)` is not run", at: argument.range,
            why: "requests are forwarded as if it were not there")
    }

    private mutating func readTime(
        _ key: String, _ value: String, _ argument: Argument, _ parameters: inout ProxyParameters
    ) -> Bool {
        switch key {
        case "timeout": parameters.exchange = time(value, argument)
        case "connectiontimeout": parameters.connect = time(value, argument)
        case "retry": parameters.retry = time(value, argument)
        case "ttl": parameters.idleTime = time(value, argument)
        case "max", "smax": if let number = Int(value) { parameters.limit = key == "max" ? number : parameters.limit }
        case "disablereuse", "enablereuse":
            parameters.disablesReuse = (value.lowercased() == "on") == (key == "disablereuse")
            parameters.asksReuse = !parameters.disablesReuse
        case "upgrade": parameters.upgrade = value.split(separator: ",").map { $0.lowercased() }
        case "mapping": reportParameter(argument, key)
        default: return false
        }
        return true
    }

    private mutating func time(_ text: String, _ argument: Argument) -> Double? {
        if let seconds = parseSeconds(text) { return seconds }
        invalid("`\(text)` is no time", at: argument, help: "write seconds, or a number with ms, s, min or h behind it")
        return nil
    }

    private mutating func readMember(
        _ key: String, _ value: String, _ argument: Argument, _ parameters: inout ProxyParameters
    ) -> Bool {
        switch key {
        case "loadfactor":
            guard let number = Double(value), (1...100).contains(number) else {
                invalid(
                    "`loadfactor` must be from 1 to 100", at: argument, help: "write a number such as `loadfactor=10`")
                return true
            }
            parameters.weight = number
        case "lbset": parameters.group = Int(value)
        case "route": parameters.route = value
        case "status": readStatus(value, argument, &parameters)
        default: return false
        }
        return true
    }

    private mutating func readStatus(_ value: String, _ argument: Argument, _ parameters: inout ProxyParameters) {
        var isOn = true
        for letter in value {
            switch letter {
            case "+": isOn = true
            case "-": isOn = false
            case "H", "h": parameters.role = isOn ? .standby : nil
            case "R", "r": parameters.role = isOn ? .spare : nil
            case "D", "d", "S", "s": parameters.role = isOn ? .down : nil
            case "N", "n": parameters.role = isOn ? .draining : nil
            case "I", "i", "E", "e", "C", "c": break
            default:
                return invalid(
                    "`\(letter)` is no status of a member", at: argument, help: "write H, R, D, S, N, I or E")
            }
        }
    }

    private mutating func readBalancer(
        _ key: String, _ value: String, _ argument: Argument, _ parameters: inout ProxyParameters
    ) -> Bool {
        switch key {
        case "lbmethod": parameters.method = value.lowercased()
        case "stickysession": parameters.sticky = value
        case "stickysessionsep": parameters.stickySeparator = value
        case "nofailover": parameters.keepsToRoute = value.lowercased() == "on"
        case "maxattempts": parameters.attempts = Int(value)
        case "failonstatus": parameters.failureStatuses = Set(value.split(separator: ",").compactMap { Int($0) })
        case "failontimeout", "forcerecovery", "growth", "nonce", "scolonpathdelim", "timeout": break
        default: return false
        }
        return true
    }

    /// What only tunes connections and changes no answer.
    private static let tuning: Set<String> = [
        "min", "acquire", "keepalive", "flushpackets", "flushwait", "iobuffersize", "receivebuffersize", "ping",
        "addressttl", "responsefieldsize", "redirect", "secret", "flusher", "hcmethod", "hcpasses", "hcfails",
        "hcinterval", "hcuri", "hctemplate", "hcexpr",
    ]

    private static let parameterNames = [
        "timeout", "connectiontimeout", "retry", "ttl", "max", "smax", "min", "acquire", "disablereuse", "enablereuse",
        "upgrade", "loadfactor", "lbset", "route", "status", "lbmethod", "stickysession", "stickysessionsep",
        "nofailover", "maxattempts", "failonstatus", "keepalive", "flushpackets", "ping", "nocanon", "interpolate",
    ]
}
