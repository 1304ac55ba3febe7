/// Text with values in it.
package struct Template: Hashable, Sendable {
    /// The parts in order; no two literals stand side by side.
    package var pieces: [Piece] = []

    package init(pieces: [Piece] = []) {
        self.pieces = pieces
    }
}

extension Template: ExpressibleByStringLiteral {
    /// A template without values.
    package init(_ literal: String) {
        self.init(pieces: literal.isEmpty ? [] : [.literal(literal)])
    }

    /// A template without values.
    package init(stringLiteral value: String) {
        self.init(value)
    }

    /// A template of one value.
    package init(_ value: Value) {
        self.init(pieces: [.value(value)])
    }

    /// The text, if there are no values in it.
    package var literal: String? {
        switch pieces.count {
        case 0: ""
        case 1: if case .literal(let text) = pieces[0] { text } else { nil }
        default: nil
        }
    }

    /// Puts text behind it.
    package mutating func append(_ text: String) {
        if text.isEmpty { return }
        if case .literal(let before)? = pieces.last {
            pieces[pieces.count - 1] = .literal(before + text)
        } else {
            pieces.append(.literal(text))
        }
    }

    /// Puts a value behind it.
    package mutating func append(_ value: Value) {
        pieces.append(.value(value))
    }

    /// Puts another template behind it.
    package mutating func append(_ other: Template) {
        for piece in other.pieces {
            if case .literal(let text) = piece { append(text) } else { pieces.append(piece) }
        }
    }
}

/// One part of a template.
package indirect enum Piece: Hashable, Sendable {
    /// Text as it stands.
    case literal(String)
    /// A fact.
    case value(Value)
    /// A function of texts.
    case apply(Function, [Template])
    /// What an external table says.
    case lookup(ID<Lookup>, key: Template, default: Template)
}

/// A fact of a request, an answer or a connection.
///
/// Unknown or absent ones are empty text.
package indirect enum Value: Hashable, Sendable {
    // The request as it came and as it is.
    case method, scheme, version, requestLine
    /// The target as it was received, query included.
    case targetAsReceived
    /// The path as it is now: decoded, normalised, rewritten.
    case path
    /// The path as it was before the site's rules.
    case pathBeforeRules
    /// What follows the matched prefix of the route that was taken, in the path (Apache's Redirect and ProxyPass).
    case pathBehindMatch
    /// The query as it is now, without `?`.
    case query
    /// `?` if there is a query, else nothing.
    case queryMark
    /// The Host field as it was received.
    case hostHeader
    /// The host of the request: lower case, without port and final dot.
    case host
    /// The host, or the site's name where there is none.
    case hostOrSiteName
    /// The port that the client named, else the scheme's.
    case authorityPort
    case requestHeader(String), cookie(String), argument(String), pathParameter(String)
    case requestID, requestLength
    // The connection.
    case listenerAddress, listenerPort, siteName, clientAddress, clientPort, clientAddressBinary, peerAddress
    /// The port of the peer, whatever a proxy says of the client's.
    case peerPort
    /// A fact of the PROXY protocol: `addr`, `port`, `server_addr`, `server_port`, `tlv_NAME`.
    case proxied(String)
    case connectionNumber, connectionRequests, keepsAlive, processID, hostname
    case tls(String)
    // Where it stands.
    case filePath, rootPath, realFilePath, pathInfo, layerDirectory, pathBelowLayer
    /// The path of the script that answers, and what follows it in the path, as `ForwardSettings.script` parts them.
    case scriptName, scriptInfo
    /// What a call through a gateway tells under a name, as far as it has been put together.
    case told(String)
    case user, realm, handler
    case capture(Bank, Int), namedCapture(String), variable(ID<Variable>), constantEnvironment(String)
    /// The name of a variable that was set on the fly (Apache's environment), looked up by name.
    case environment(String)
    /// The time now, as `strftime` formats it, or since 1970 in whole units: "sec", "msec", "usec"; "sec.msec" as
    /// nginx's `$msec`; "http" as a header field has it. Before a format, `utc+60:` means a minute later, in GMT.
    case time(String)
    /// How long the request has taken: seconds with three decimals, or whole units.
    case durationSeconds, durationMilliseconds, durationMicroseconds, durationWholeSeconds
    // The answer.
    case status, originalStatus, reason
    /// The body bytes that were sent, as a number; `-` for none if asked so.
    case bodyBytes(dashForZero: Bool)
    /// All bytes that were sent and received.
    case bytesSent, bytesReceived
    case responseHeader(String), answerTrailer(String)
    /// Where the answer that is being made sends its client, escaped for a page of HTML.
    case locationAsHTML
    // The upstream.
    /// The upstream's `host:port` as it is written in the configuration.
    case upstreamAuthority
    /// The port of `upstreamAuthority`.
    case upstreamPort
    /// X-Forwarded-For with the peer's address appended.
    case forwardedFor
    case upstreamAddress, upstreamStatus, upstreamResponseTime, upstreamConnectTime, upstreamHeaderTime
    case upstreamResponseLength, upstreamSentLength, upstreamHeader(String)
}

/// A function of texts.
package enum Function: Hashable, Sendable {
    case lower, upper, escape(Escaping), unescape, md5, sha1, base64, unbase64, replace(Pattern), first, length
    case fileContent, hex
}

/// Which bytes go unescaped.
package struct Escaping: Hashable, Sendable {
    /// The bytes that pass as they are.
    package var passes: Set<UInt8>
    /// A `%XX` that is already there stays as it is.
    package var keepsEscapes: Bool = false
    /// A `%2F` that is already there stays as it is (AllowEncodedSlashes NoDecode); other `%` do not.
    package var keepsEncodedSlashes: Bool = false
    /// Escapes are written with upper-case hexadecimal digits.
    package var upperHex: Bool = true
    /// Nothing is escaped unless the request's own path had escapes (nginx's `quoted_uri`) or was made inside.
    package var onlyIfDecoded: Bool = false

    package init(
        passes: Set<UInt8>, keepsEscapes: Bool = false, keepsEncodedSlashes: Bool = false, upperHex: Bool = true,
        onlyIfDecoded: Bool = false
    ) {
        self.passes = passes
        self.keepsEscapes = keepsEscapes
        self.keepsEncodedSlashes = keepsEncodedSlashes
        self.upperHex = upperHex
        self.onlyIfDecoded = onlyIfDecoded
    }
}

/// A regular expression with its options written out; work limits are the product's.
package struct Pattern: Hashable, Sendable {
    /// The expression as PCRE2 reads it.
    package var source: String
    /// `.` takes newlines too.
    package var dotAll: Bool = false
    /// `$` is the very end only.
    package var dollarOnlyAtEnd: Bool = false
    /// Case does not matter.
    package var ignoresCase: Bool = false

    package init(source: String, dotAll: Bool = false, dollarOnlyAtEnd: Bool = false, ignoresCase: Bool = false) {
        self.source = source
        self.dotAll = dotAll
        self.dollarOnlyAtEnd = dollarOnlyAtEnd
        self.ignoresCase = ignoresCase
    }
}

/// The register a match writes its groups to: one for everything in nginx; in Apache rule 0, condition 1, expression 2.
package typealias Bank = Int
