/// What answers a request.
package indirect enum Content: Hashable, Sendable {
    /// An upstream.
    case forward(Forward)
    /// The file at the request's place.
    case files
    /// An answer made here.
    case answer(Answer)
    /// A process behind a gateway protocol.
    case process(GatewayCall)
    /// A report about this server (status, counters).
    case report(String)
    /// Nothing that can be run here: the reason; `guards` if leaving it out would open what was closed.
    case unavailable(String, guards: Bool)
}

/// How a request is forwarded.
package struct Forward: Hashable, Sendable {
    /// To whom.
    package var to: Target
    /// With which path.
    package var path: SentPath
    /// With which query.
    package var query: SentQuery
    /// Name under which the target was written, as a whole URL.
    package var written: String = ""
    /// The statement.
    package var origin: ID<Origin>

    package init(to: Target, path: SentPath, query: SentQuery, written: String = "", origin: ID<Origin>) {
        self.to = to
        self.path = path
        self.query = query
        self.written = written
        self.origin = origin
    }
}

/// Whom a request is forwarded to.
package enum Target: Hashable, Sendable {
    /// A group that is known from the start.
    case pool(ID<Pool>)
    /// `scheme://host:port` computed at each request; a path behind it is the sent path if `SentPath.inTarget` says so.
    case computed(Template)
}

/// Which path is sent upstream.
package indirect enum SentPath: Hashable, Sendable {
    /// The target as it was received, query included.
    case targetAsReceived
    /// What followed the match in the target as it was received, put behind `onto`.
    case suffixAsReceived(onto: Template)
    /// What follows the match in the path, escaped, put behind `onto`.
    case suffix(onto: Template, of: Moment, Escaping)
    /// Only this.
    case whole(Template, Escaping?)
    /// The path as it is, escaped.
    case path(Escaping)
    /// The file's path, without what follows the file in the request's path, escaped, put behind this text.
    case file(behind: String, Escaping)
    /// The path of the computed target URL, if it has one, escaped up to its query; else the other.
    case inTarget(Escaping? = nil, otherwise: SentPath)
    /// The first only as long as nothing changed the path since then.
    case unchanged(since: Since, SentPath, otherwise: SentPath)
}

/// Since when a path may not have changed.
package enum Since: Hashable, Sendable {
    /// Since it was received.
    case received
    /// Since a route was found for it.
    case located
}

/// Where the sent suffix begins.
package enum Moment: Hashable, Sendable {
    /// Behind what matched.
    case matched
    /// So many bytes as the matched prefix had are cut off the path as it is by then.
    case sent
}

/// Which query is sent upstream.
package enum SentQuery: Hashable, Sendable {
    /// The request's; with `keepsBareMark` a `?` without a query stays.
    case append(keepsBareMark: Bool)
    /// None.
    case none
    /// It is part of the sent path already.
    case inTemplate
}

/// Where in the file system a request's path lies.
package struct Placement: Hashable, Sendable {
    /// The directory or file.
    package var base: Template
    /// How much of the path is left out.
    package var drops: Dropped
    /// If the path's first segment exists at the file system's root, the path is a file's path itself (mod_rewrite).
    package var ifExistsAtFileRoot: Bool = false
    /// The statement.
    package var origin: ID<Origin>

    package init(base: Template, drops: Dropped, ifExistsAtFileRoot: Bool = false, origin: ID<Origin>) {
        self.base = base
        self.drops = drops
        self.ifExistsAtFileRoot = ifExistsAtFileRoot
        self.origin = origin
    }
}

/// How much of the path is left out before it is put behind a placement's base.
package enum Dropped: Hashable, Sendable {
    /// Nothing.
    case nothing
    /// What the route matched, as long as the path is unchanged since.
    case matched
    /// So many bytes: what a location outside matched (nginx's `alias`, inherited by a nested location).
    case bytes(Int)
    /// Everything: the base is the file.
    case everything
}
