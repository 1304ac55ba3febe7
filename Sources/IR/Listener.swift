/// An address that is listened on, with the sites that answer there.
package struct Listener: Hashable, Sendable {
    /// The local address.
    package var address: Address
    /// The TCP port; 0 with a unix socket.
    package var port: Int
    /// What is refused or repaired before a site is known.
    package var reading: Reading
    /// Which site answers which name.
    package var names: NameTable
    /// Connections that may wait to be accepted; nil: the system's limit.
    package var backlog: Int?
    /// The statement that opens it.
    package var origin: ID<Origin>

    package init(
        address: Address, port: Int, reading: Reading, names: NameTable,
        backlog: Int? = nil, origin: ID<Origin>
    ) {
        self.address = address
        self.port = port
        self.reading = reading
        self.names = names
        self.backlog = backlog
        self.origin = origin
    }

    /// Whether TLS is spoken at its own address.
    package var isTLS: Bool { names.tls != nil }
}

/// A local address; the most specific one owns a connection, and names never cross addresses.
package enum Address: Hashable, Sendable {
    /// All addresses.
    case any
    /// One address in its usual spelling, IPv6 without brackets.
    case ip(String)
    /// A unix socket's path.
    case unix(String)
}

/// Which site answers which name at an address.
///
/// One listener may hold tables for several local addresses: see `more`.
package struct NameTable: Hashable, Sendable {
    /// How a winner is found.
    package var search: NameSearch
    /// The names in the order they were written.
    package var names: [SiteName] = []
    /// The site that answers every other name.
    package var fallback: ID<Site>
    /// TLS is spoken here, each site's as the site says; nil: it is not.
    package var tls: TLSEntrance?
    /// What happens when the name in TLS and the name in the request differ.
    package var tlsMismatch: Misdirected = .allow
    /// Proxies introduce their clients here; nil: they do not.
    package var proxy: ProxyEntrance?
    /// Tables for more specific local addresses that arrive at this listener's wildcard socket, by address.
    package var more: [AddressNames] = []

    package init(
        search: NameSearch, names: [SiteName] = [], fallback: ID<Site>, tls: TLSEntrance? = nil,
        tlsMismatch: Misdirected = .allow, proxy: ProxyEntrance? = nil, more: [AddressNames] = []
    ) {
        self.search = search
        self.names = names
        self.fallback = fallback
        self.tls = tls
        self.tlsMismatch = tlsMismatch
        self.proxy = proxy
        self.more = more
    }
}

/// The names of one local address behind a wildcard listener.
package struct AddressNames: Hashable, Sendable {
    /// The local address in its usual spelling.
    package var address: String
    /// Its names; its own `more` is empty.
    package var names: [NameTable]

    package init(address: String, names: [NameTable]) {
        self.address = address
        self.names = names
    }
}

/// A name and the site that answers it.
package struct SiteName: Hashable, Sendable {
    /// What is compared with the host.
    package var pattern: NamePattern
    /// Who answers.
    package var site: ID<Site>
    /// The statement that names it.
    package var origin: ID<Origin>

    package init(pattern: NamePattern, site: ID<Site>, origin: ID<Origin>) {
        self.pattern = pattern
        self.site = site
        self.origin = origin
    }
}

/// How the site for a name is found.
package enum NameSearch: Hashable, Sendable {
    /// The first that matches, in the order written (Apache).
    case firstInOrder
    /// Exact, then the longest `*.x`, then the longest `x.*`, then the first pattern (nginx).
    case exactThenLongestSuffixThenLongestPrefixThenPatterns
}

/// What a host is compared with; always without regard to case.
package enum NamePattern: Hashable, Sendable {
    /// The very name.
    case exact(String)
    /// `.x`: names that end so; with `andItself` also the name without the leading dot.
    case suffix(String, andItself: Bool)
    /// `x.`: names that begin so.
    case prefix(String)
    /// `*` and `?` anywhere.
    case glob(String)
    /// A regular expression.
    case pattern(Pattern, into: Bank?)
}

/// What to do with a request whose host is not the one that TLS was spoken for.
package enum Misdirected: Hashable, Sendable {
    /// Serve it.
    case allow
    /// Answer 421 in the named cases.
    case refuse(whenClientCertificate: Bool, whenPoliciesDiffer: Bool)
    /// Answer 421 where other certificates are asked of clients.
    case refuseOtherClients
    /// Answer 421 for every other site.
    case refuseOthers
}

/// What is refused or repaired before a site is known.
package struct Reading: Hashable, Sendable {
    /// Lines that end without CR.
    package var bareLF: Refusal = .accept
    /// Header values that go on in the next line.
    package var folding: Refusal = .answer(400)
    /// Content-Length beside Transfer-Encoding.
    package var lengthAndChunked: Refusal = .answer(400)
    /// A transfer coding other than chunked.
    package var unknownCoding: Int = 501
    /// A method that is not known.
    package var unknownMethod: Refusal = .accept
    /// A method with lower-case letters.
    package var lowerCaseMethod: Refusal = .accept
    /// TRACE.
    package var trace: Refusal = .accept
    /// CONNECT.
    package var connect: Refusal = .answer(405)
    /// `OPTIONS *`.
    package var asterisk: Refusal = .accept
    /// Header names with underscores.
    package var underscores: Refusal = .accept
    /// Header names with other odd bytes, such as dots.
    package var oddHeaderNames: Refusal = .accept
    /// Control bytes in header values.
    package var controlBytes: Refusal = .answer(400)
    /// Header fields that come twice.
    package var duplicates: Duplicates = .keep
    /// `Expect: 100-continue`.
    package var expect: Expect = .answerHere
    /// An HTTP version with a major number above 1 in the request line.
    package var laterVersion: Refusal = .answer(505)
    /// How the host is read.
    package var hostNames: HostReading = HostReading()
    /// The longest request line in bytes.
    package var lineLimit: Int = 8190
    /// What a longer one is answered.
    package var lineTooLong: Int = 414
    /// The longest header field in bytes.
    package var fieldLimit: Int = 8190
    /// The most header fields.
    package var fieldCount: Int?
    /// The most bytes of a whole head.
    package var totalLimit: Int = 1 << 20
    /// How slowly a head may come in.
    package var headerPace = ReadingPace(time: 60)
    /// How slowly a handshake of TLS may come in; nil: as slowly as a head.
    package var handshakePace: ReadingPace?
    /// What a client is answered that takes too long to send; nil: the connection is closed without a word.
    package var timedOut: Int?

    package init(
        bareLF: Refusal = .accept, folding: Refusal = .answer(400), lengthAndChunked: Refusal = .answer(400),
        unknownCoding: Int = 501, unknownMethod: Refusal = .accept, lowerCaseMethod: Refusal = .accept,
        trace: Refusal = .accept, connect: Refusal = .answer(405), asterisk: Refusal = .accept,
        underscores: Refusal = .accept, oddHeaderNames: Refusal = .accept, controlBytes: Refusal = .answer(400),
        duplicates: Duplicates = .keep, expect: Expect = .answerHere, laterVersion: Refusal = .answer(505),
        hostNames: HostReading = HostReading(), lineLimit: Int = 8190, lineTooLong: Int = 414,
        fieldLimit: Int = 8190, fieldCount: Int? = nil, totalLimit: Int = 1 << 20,
        headerPace: ReadingPace = ReadingPace(time: 60), handshakePace: ReadingPace? = nil, timedOut: Int? = nil
    ) {
        self.bareLF = bareLF
        self.folding = folding
        self.lengthAndChunked = lengthAndChunked
        self.unknownCoding = unknownCoding
        self.unknownMethod = unknownMethod
        self.lowerCaseMethod = lowerCaseMethod
        self.trace = trace
        self.connect = connect
        self.asterisk = asterisk
        self.underscores = underscores
        self.oddHeaderNames = oddHeaderNames
        self.controlBytes = controlBytes
        self.duplicates = duplicates
        self.expect = expect
        self.laterVersion = laterVersion
        self.hostNames = hostNames
        self.lineLimit = lineLimit
        self.lineTooLong = lineTooLong
        self.fieldLimit = fieldLimit
        self.fieldCount = fieldCount
        self.totalLimit = totalLimit
        self.headerPace = headerPace
        self.handshakePace = handshakePace
        self.timedOut = timedOut
    }
}

/// What is done with something that may be refused.
package enum Refusal: Hashable, Sendable {
    /// Let it pass.
    case accept
    /// Leave it out and go on.
    case drop
    /// Answer this status and close.
    case answer(Int)
}

/// What becomes of header fields that come twice on their way to an upstream.
package enum Duplicates: Hashable, Sendable {
    /// They stay as they are.
    case keep
    /// They are joined by a comma, cookies by `cookieSeparator`.
    case join(cookieSeparator: String)
    /// Only cookies are joined, by "; ".
    case joinCookies
}

/// Who answers `Expect: 100-continue`.
package enum Expect: Hashable, Sendable {
    /// The upstream.
    case forward
    /// This server, whatever the expectation says.
    case answerHere
    /// The upstream; an unknown expectation is refused with 417.
    case forwardRefusingUnknown
}

/// How the host of a request is read.
package struct HostReading: Hashable, Sendable {
    /// `a.test.` is `a.test`.
    package var stripsFinalDot: Bool = true
    /// The authority of an absolute-form target wins over the Host field.
    package var authorityOverHeader: Bool = true
    /// What HTTP/1.1 without Host is answered.
    package var missingIn11: Int = 400
    /// A port that is none, or no port behind a colon, is answered 400.
    package var refusesOddPorts: Bool = false

    package init(
        stripsFinalDot: Bool = true, authorityOverHeader: Bool = true, missingIn11: Int = 400,
        refusesOddPorts: Bool = false
    ) {
        self.stripsFinalDot = stripsFinalDot
        self.authorityOverHeader = authorityOverHeader
        self.missingIn11 = missingIn11
        self.refusesOddPorts = refusesOddPorts
    }
}
