import IR

/// A compiled table of routes.
struct TableRecord: Sendable {
    /// How a winner is found.
    var search: RouteSearch
    /// It looks at the path before the site's rules.
    var beforeRules: Bool
    /// The group that is left together.
    var group: Int32
    /// The routes.
    var routes: Span32
    /// The exact routes by path.
    var exact: ByteMap
    /// The prefixes.
    var prefixes: PrefixTrie
    /// The routes that are patterns or globs, in order.
    var patterns: [Int32]
}

/// A compiled route.
struct RouteRecord: Sendable {
    /// What is compared.
    var kind: Kind
    /// The prefix or glob in the plan's texts.
    var text: Slice
    /// The pattern; -1: none.
    var pattern: Int32
    /// The bank that its groups go to; -1: none.
    var bank: Int8
    /// Patterns are not asked when it is the longest prefix.
    var endsSearch: Bool
    /// It does not take requests for which this condition holds; -2: there is none.
    var unless: Int32
    /// Where it leads.
    var yields: Yield
    /// A scope, content, placement or answer.
    var index: Int32
    /// The next route with the same prefix; -1: none.
    var next: Int32
    /// Who wrote it.
    var origin: Int32

    enum Kind: UInt8, Sendable { case exact, segments, bytes, glob, pattern }
    enum Yield: UInt8, Sendable { case scope, content, place, answer, leaveTable }
}

/// A compiled scope.
struct ScopeRecord: Sendable {
    /// The fold of the site's base and its layers.
    var effective: Int32
    /// The layers in the order of the fold, base included.
    var layers: Span32
    /// Its rules; -1: none.
    var rules: Int32
    /// Nested places; -1: none.
    var inner: Int32
    /// Methods that stay, as names in the plan's texts; empty with `otherwise` -1.
    var methods: Span32
    /// Where other methods stand; -1: all stay.
    var otherwise: Int32
    /// What is tried; -1: nothing.
    var probe: Int32
    /// What answers; -1: what stood before stays.
    var content: Int32
    /// Requests from outside are answered 404.
    var onlyInternally: Bool
    /// Nothing stands between it and its content: no rules, guards, variables and files to be tried.
    var isStraight: Bool
    /// How many bytes of the path its prefix has.
    var prefixLength: Int32
    /// Who wrote it.
    var origin: Int32
}

/// A compiled probe.
struct ProbeRecord: Sendable {
    /// The candidates.
    var tries: Span32
    /// The exit if none exists.
    var otherwise: Int32
    /// Who wrote it.
    var origin: Int32
}

/// A compiled candidate.
struct TryRecord: Sendable {
    /// The path.
    var path: TemplateRef
    /// It must be a directory.
    var directory: Bool
    /// It was written without values: nginx then puts it behind an `alias` as it is.
    var isLiteral: Bool
}

/// A compiled site.
struct SiteRecord: Sendable {
    /// Its name in the plan's texts.
    var name: Slice
    /// The port that it tells with its name; 0: the scheme's own.
    var port: Int32
    /// What it says of itself begins with `https`, however it is spoken to.
    var isNamedSecure: Bool
    /// The fold of its base.
    var base: Int32
    /// Programs; -1: none.
    var early: Int32
    var rules: Int32
    /// Its tables.
    var tables: Span32
    /// Where a request stands when no table gave another place.
    var scope: Int32
    /// Its overlays.
    var overlays: Span32
    /// Some overlay looks at the file's path.
    var looksAtFiles: Bool
    /// Names of discovered configuration in the plan's texts; empty: none is looked for.
    var discovered: Span32
    /// Where it may be found: overlays of paths, the last that matches holds.
    var allowances: Span32
    /// Applications are told the URL as it was before the site's rules.
    var tellsURL: Bool
    /// How often a request may enter anew.
    var rounds: Int32
    /// What is the same for sites whose TLS is the same.
    var likeness: UInt64
    /// Whether clients are asked for a certificate, and what becomes of those without a good one.
    var clients: ClientCertificates.Wish
    var clientFailure: ClientCertificates.Failure
    /// Clients must name a host in the handshake.
    var wantsTLSName: Bool
    /// Who wrote it.
    var origin: Int32
}

/// A compiled overlay.
struct OverlayRecord: Sendable {
    /// Where it applies, by index.
    var selector: Int32
    /// What it says.
    var layer: Int32
}

/// A compiled selector.
struct SelectorRecord: Sendable {
    /// What it looks at.
    var subject: Subject
    /// A matcher (an unlisted route record), a condition, or the first of two selectors.
    var index: Int32
    /// The second of two selectors.
    var second: Int32 = -1

    enum Subject: UInt8, Sendable { case url, directory, fileName, target, condition, both }
}

/// A compiled discovery allowance.
struct AllowanceRecord: Sendable {
    /// A matcher (an unlisted route record).
    var matcher: Int32
    /// Something may be said there.
    var allowsAny: Bool
}

/// A compiled listener.
struct ListenerRecord: Sendable {
    /// Its names.
    var names: Int32
    /// Tables of more specific local addresses: address in the plan's texts, table.
    var more: [(address: [UInt8], names: Int32)]
    /// The local port.
    var port: Int32
    /// How hosts are read.
    var hosts: HostReading
    /// What is refused before a site is known.
    var reading: Reading
}

/// A compiled table of names.
struct NamesRecord: Sendable {
    /// The first in order wins.
    var firstInOrder: Bool
    /// Exact names: their rank.
    var exact: ByteMap
    /// `.x` by reversed labels, `x.` by labels: rank.
    var suffixes: ByteMap
    var prefixes: ByteMap
    /// Globs and patterns with their rank, in order.
    var others: [OtherName]
    /// The site of each rank, and who wrote it.
    var sites: [Int32]
    var origins: [Int32]
    /// The site that answers every other name.
    var fallback: Int32
    /// What a request is answered that comes without TLS; 0: TLS is not spoken here.
    var plainStatus: Int32 = 0
    /// A request may not change to a site whose TLS is another's.
    var refusesOtherPolicy = false
    /// A request may not change to a site that asks clients for certificates.
    var refusesClientCheck = false
    /// How proxies introduce clients here; nil: they do not.
    var proxy: ProxyEntranceRecord?
}

/// A name that is a glob or a pattern.
struct OtherName: Sendable {
    /// Its place in order.
    var rank: Int32
    /// The glob in the plan's texts, if it is one.
    var glob: Slice
    /// The pattern; -1: none.
    var pattern: Int32
    /// The bank that its groups go to.
    var bank: Int8
}
