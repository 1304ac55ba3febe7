import Language

/// The places of an nginx configuration: in which blocks a directive may stand.
extension ContextSet {
    static let main = ContextSet(rawValue: 1 << 0)
    static let events = ContextSet(rawValue: 1 << 1)
    static let http = ContextSet(rawValue: 1 << 2)
    static let server = ContextSet(rawValue: 1 << 3)
    static let location = ContextSet(rawValue: 1 << 4)
    static let serverIf = ContextSet(rawValue: 1 << 5)
    static let locationIf = ContextSet(rawValue: 1 << 6)
    static let limitExcept = ContextSet(rawValue: 1 << 7)
    static let upstream = ContextSet(rawValue: 1 << 8)
    static let stream = ContextSet(rawValue: 1 << 9)
    static let streamServer = ContextSet(rawValue: 1 << 10)
    static let streamUpstream = ContextSet(rawValue: 1 << 11)
    static let mail = ContextSet(rawValue: 1 << 12)
    static let mailServer = ContextSet(rawValue: 1 << 13)

    /// `http`, `server` and `location`, where most settings may stand.
    static let anyLevel: ContextSet = [.http, .server, .location]
    /// `anyLevel` and `if` in a location.
    static let anyLevelOrIf: ContextSet = [.http, .server, .location, .locationIf]
    /// `http` and `server`.
    static let perServer: ContextSet = [.http, .server]
    /// The blocks of the stream module.
    static let streams: ContextSet = [.stream, .streamServer]
    /// The blocks of the mail module.
    static let mails: ContextSet = [.mail, .mailServer]
}

extension ContextSet {
    /// The places by name, the outermost first.
    private static let named: [(ContextSet, String)] = [
        (.main, "main"), (.events, "events"), (.http, "http"), (.server, "server"), (.location, "location"),
        (.serverIf, "if in server"), (.locationIf, "if in location"), (.limitExcept, "limit_except"),
        (.upstream, "upstream"), (.stream, "stream"), (.streamServer, "stream server"),
        (.streamUpstream, "stream upstream"), (.mail, "mail"), (.mailServer, "mail server"),
    ]

    /// The names of the places, the outermost first.
    var names: [String] {
        ContextSet.named.compactMap { contains($0.0) ? $0.1 : nil }
    }

    /// The places in words for a message: "`http`, `server` or `location`".
    var inWords: String {
        let quoted = names.map { $0 == "main" ? "the main level" : "`\($0)`" }
        guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "no block" }
        return quoted.dropLast().joined(separator: ", ") + " or " + last
    }
}
