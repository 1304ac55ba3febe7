package import Language

/// The places of an nginx configuration: in which blocks a directive may stand.
extension ContextSet {
    package static let main = ContextSet(rawValue: 1 << 0)
    package static let events = ContextSet(rawValue: 1 << 1)
    package static let http = ContextSet(rawValue: 1 << 2)
    package static let server = ContextSet(rawValue: 1 << 3)
    package static let location = ContextSet(rawValue: 1 << 4)
    package static let serverIf = ContextSet(rawValue: 1 << 5)
    package static let locationIf = ContextSet(rawValue: 1 << 6)
    package static let limitExcept = ContextSet(rawValue: 1 << 7)
    package static let upstream = ContextSet(rawValue: 1 << 8)
    package static let stream = ContextSet(rawValue: 1 << 9)
    package static let streamServer = ContextSet(rawValue: 1 << 10)
    package static let streamUpstream = ContextSet(rawValue: 1 << 11)
    package static let mail = ContextSet(rawValue: 1 << 12)
    package static let mailServer = ContextSet(rawValue: 1 << 13)

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
