import IR
import Language
import Source

/// What blocks say about matters that the IR keeps as one value though nginx has a directive for each part.
///
/// A block's parts are laid over those of the blocks around it; `Finishing` states the result where it differs.
struct Parts: Sendable {
    var connectTime: Stated<Double>?
    var sendTime: Stated<Double>?
    var readTime: Stated<Double>?
    var nextUpstream: Stated<NextUpstream>?
    var tries: Stated<Int>?
    @Boxed var triesTime: Stated<Double>?
    @Boxed var buffers = BufferParts()
    @Boxed var client = ClientParts()
    @Boxed var fastCGI = FastCGIParts()

    var absoluteRedirect: Stated<Bool>?
    var portInRedirect: Stated<Bool>?
    var nameInRedirect: Stated<Bool>?

    var idleTime: Stated<KeepAlive>?
    var requestsPerConnection: Stated<Int>?

    var upstreamHeaders: [HeaderEdit]?
    /// nil: nothing was said; `proxy_redirect off` is an empty list.
    var redirects: [RedirectDraft]?
    var errorPages: [ErrorPageDraft]?

    var addresses: [AccessRule]?
    var satisfiesAny: Stated<Bool>?
    var realm: Stated<Realm>?
    var userFile: Stated<Template>?
    /// Guards that are not run, by directive; nil text: switched off here.
    var closedGuards: [String: Stated<String?>] = [:]

    @Boxed var tls = UpstreamTLSParts()

    var trustedProxies: Stated<[String]>?
    var addressHeader: Stated<String>?
    var followsAddresses: Stated<Bool>?
    /// The block (or one outside) maps locations because of its own `proxy_pass`.
    var impliesRedirects = false
    /// `alias`, with the number of bytes that it takes from the path.
    var alias: AliasDraft?

    /// These parts laid over those of the block around.
    func over(_ outer: Parts) -> Parts {
        var result = self
        result.connectTime = connectTime ?? outer.connectTime
        result.sendTime = sendTime ?? outer.sendTime
        result.readTime = readTime ?? outer.readTime
        result.nextUpstream = nextUpstream ?? outer.nextUpstream
        result.tries = tries ?? outer.tries
        result.triesTime = triesTime ?? outer.triesTime
        result.buffers = buffers.over(outer.buffers)
        result.client = client.over(outer.client)
        result.fastCGI = fastCGI.over(outer.fastCGI)
        result.absoluteRedirect = absoluteRedirect ?? outer.absoluteRedirect
        result.portInRedirect = portInRedirect ?? outer.portInRedirect
        result.nameInRedirect = nameInRedirect ?? outer.nameInRedirect
        result.idleTime = idleTime ?? outer.idleTime
        result.requestsPerConnection = requestsPerConnection ?? outer.requestsPerConnection
        result.upstreamHeaders = upstreamHeaders ?? outer.upstreamHeaders
        result.redirects = redirects ?? outer.redirects
        result.errorPages = errorPages ?? outer.errorPages
        result.addresses = addresses ?? outer.addresses
        result.satisfiesAny = satisfiesAny ?? outer.satisfiesAny
        result.realm = realm ?? outer.realm
        result.userFile = userFile ?? outer.userFile
        result.closedGuards = outer.closedGuards.merging(closedGuards) { _, mine in mine }
        result.tls = tls.over(outer.tls)
        result.trustedProxies = trustedProxies ?? outer.trustedProxies
        result.addressHeader = addressHeader ?? outer.addressHeader
        result.followsAddresses = followsAddresses ?? outer.followsAddresses
        result.impliesRedirects = impliesRedirects || outer.impliesRedirects
        result.alias = alias ?? outer.alias
        return result
    }
}

/// `proxy_next_upstream`.
struct NextUpstream: Hashable, Sendable {
    var failures: Set<Failure>
    var statuses: Set<Int>
    var nonIdempotent: Bool
}

/// `auth_basic`.
enum Realm: Hashable, Sendable {
    case off
    case text(Template)
}

/// `proxy_redirect`.
enum RedirectDraft: Sendable {
    /// From the upstream's URL to the location's path.
    case standard(origin: ID<Origin>)
    case mapping(from: Template, pattern: Pattern?, to: Template, origin: ID<Origin>)
}

/// `error_page`, before named locations are known.
struct ErrorPageDraft: Sendable {
    var statuses: [Int]
    var result: ResultStatus
    var target: Target
    var origin: ID<Origin>
    var range: SourceRange

    enum Target: Sendable {
        case named(String)
        case uri(Template)
        case redirect(Template)
    }
}

/// `alias` of a prefix location.
struct AliasDraft: Sendable {
    var base: Template
    /// The location's text.
    var prefix: String
    var origin: ID<Origin>
}

/// Settings that count while a request's head is read, before its server is known.
struct ReadingParts: Sendable {
    var headerTime: Double?
    var headerBuffer: Int?
    var largeBuffer: Int?
    var underscores: Bool?
    var dropsInvalid: Bool?
    var headerFields: Int?

    /// These settings laid over those of the block around.
    func over(_ outer: ReadingParts) -> ReadingParts {
        ReadingParts(
            headerTime: headerTime ?? outer.headerTime, headerBuffer: headerBuffer ?? outer.headerBuffer,
            largeBuffer: largeBuffer ?? outer.largeBuffer, underscores: underscores ?? outer.underscores,
            dropsInvalid: dropsInvalid ?? outer.dropsInvalid, headerFields: headerFields ?? outer.headerFields)
    }
}
