import HTTP

/// One step in making a text: what it is, and two numbers that say which.
struct Op: Sendable {
    /// What is put into the text.
    var code: OpCode
    /// The index of a name in the plan's texts, a slot, or a number.
    var a: Int32 = 0
    /// The length of that name, or a second number.
    var b: Int32 = 0
    /// The field of that name, if it is well known.
    var id = FieldName.other
}

/// What is put into a text.
///
/// The names are those of `IR.Value`.
enum OpCode: UInt8, Sendable {
    case literal, call, lookup
    case method, scheme, version, requestLine, targetAsReceived, path, pathBeforeRules, query, queryMark
    case hostHeader, host, hostOrSiteName, authorityPort
    case requestHeader, cookie, argument, pathParameter, requestID, requestLength
    case listenerAddress, listenerPort, siteName, clientAddress, clientPort, clientAddressBinary, peerAddress
    case peerPort, proxied
    case connectionNumber, connectionRequests, keepsAlive, processID, hostname, tls
    case filePath, rootPath, realFilePath, pathInfo, layerDirectory, pathBelowLayer, scriptName, scriptInfo, told
    case user, realm, handler, pathBehindMatch
    case capture, namedCapture, variable, environment
    case time, durationSeconds, durationMilliseconds, durationMicroseconds, durationWholeSeconds
    case status, originalStatus, redirectStatus, reason, bodyBytes, bytesSent, bytesReceived, responseHeader,
        answerTrailer, locationAsHTML
    case upstreamAuthority, upstreamPort, forwardedFor
    case upstreamAddress, upstreamStatus, upstreamResponseTime, upstreamConnectTime, upstreamHeaderTime
    case upstreamResponseLength, upstreamSentLength, upstreamHeader
}

/// A compiled template: a run of operations.
///
/// A template without any is the empty text.
typealias TemplateRef = Span32

extension Span32 {
    /// What stands where there is no template.
    static let noTemplate = Span32(start: -1, end: -1)
    /// Whether there is no template.
    @inline(__always) var isNoTemplate: Bool { start < 0 }
}

/// A function with its arguments.
struct Call: Sendable {
    /// Which function.
    var function: FunctionCode
    /// Its arguments.
    var arguments: [TemplateRef]
    /// The pattern or escaping it needs, by index; -1: none.
    var detail: Int32 = -1
}

/// The functions of `IR.Function`.
enum FunctionCode: UInt8, Sendable {
    case lower, upper, escape, unescape, md5, sha1, base64, unbase64, replace, first, length, fileContent, hex
}

/// Which bytes pass unescaped, as a bit for each byte.
struct EscapeTable: Hashable, Sendable {
    /// 256 bits.
    var words: (UInt64, UInt64, UInt64, UInt64)
    /// A `%XX` that is already there stays.
    var keepsEscapes: Bool
    /// A `%2F` that is already there stays.
    var keepsEncodedSlashes: Bool
    /// Hexadecimal digits are upper case.
    var upperHex: Bool
    /// Only if the request's own path had escapes.
    var onlyIfDecoded: Bool

    /// Whether a byte passes.
    func passes(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return word >> UInt64(byte & 63) & 1 == 1
    }

    static func == (a: EscapeTable, b: EscapeTable) -> Bool {
        a.words == b.words && a.keepsEscapes == b.keepsEscapes && a.keepsEncodedSlashes == b.keepsEncodedSlashes
            && a.upperHex == b.upperHex
            && a.onlyIfDecoded == b.onlyIfDecoded
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

/// A compiled condition: its kind and what it refers to.
struct ConditionOp: Sendable {
    /// What is asked.
    var kind: ConditionKind
    /// The first text.
    var left: TemplateRef = .none
    /// The second text.
    var right: TemplateRef = .none
    /// Children, networks or candidates.
    var list: Span32 = .none
    /// A pattern, comparison or file test.
    var detail: Int32 = -1
    /// The bank that a match writes to; -1: none.
    var bank: Int8 = -1
}

/// The kinds of `IR.Condition`.
enum ConditionKind: UInt8, Sendable {
    case always, never, all, any, not, matches, compare, isTrue, isPresent, isSet, file, address, among, glob,
        undecidable
}

/// A network of addresses.
struct Network: Hashable, Sendable {
    /// The address, in 16 bytes; IPv4 is mapped.
    var high: UInt64
    var low: UInt64
    /// How many leading bits count.
    var bits: UInt8
    /// It is written with IPv4 addresses.
    var isIPv4: Bool
    /// It is a unix socket's peer (`unix:`), or everyone.
    var kind: Kind

    enum Kind: UInt8, Sendable { case network, unix, everyone }
}
