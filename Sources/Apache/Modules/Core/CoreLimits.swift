import IR
import Language
import Source

/// Limits, times, and how URLs are read (server/core.c, modules/http/http_core.c).
enum CoreLimits {
    /// The directives.
    static let entries: [Entry<ApacheLowering>] = [
        Entry("LimitRequestLine", in: .server, .one, summary: "Limits the length of request lines.") {
            $1.lowerReading($0) { $0.line = $1 }
        },
        Entry("LimitRequestFieldSize", in: .server, .one, summary: "Limits the length of header fields.") {
            $1.lowerReading($0) { $0.field = $1 }
        },
        Entry("LimitRequestFields", in: .server, .one, summary: "Limits the number of header fields.") {
            $1.lowerReading($0) { $0.fields = $1 }
        },
        Entry("LimitRequestBody", in: .anywhere, .one, summary: "Limits the size of request bodies.") {
            directive, state in
            guard let argument = directive.arguments.first, let limit = state.number(argument, of: directive) else {
                return
            }
            state.settings.limits.body = Stated(limit == 0 ? nil : limit, state.origin(directive))
        },
        .known("LimitXMLRequestBody", in: .anywhere, .one, summary: "Limits the size of XML bodies."),
        .known("LimitInternalRecursion", in: .server, .oneOrTwo, summary: "Limits how often a request may enter anew."),
        Entry("Timeout", in: .server, .one, summary: "Says how long the server waits for a client or an upstream.") {
            directive, state in
            guard let argument = directive.arguments.first, let time = state.seconds(argument, of: directive) else {
                return
            }
            state.servers[state.server].connection.timeout = Stated(time, state.origin(directive))
        },
        Entry("KeepAlive", in: .server, .one, summary: "Says whether connections are kept for further requests.") {
            directive, state in
            // http_core.c takes `Off` and `0` for no, and every other word for yes.
            let text = directive.arguments.first?.text.lowercased()
            state.servers[state.server].connection.keepsAlive = Stated(
                text != "off" && text != "0", state.origin(directive))
        },
        Entry("KeepAliveTimeout", in: .server, .one, summary: "Says how long an idle connection is kept.") {
            directive, state in
            guard let argument = directive.arguments.first, let time = state.seconds(argument, of: directive) else {
                return
            }
            state.servers[state.server].connection.idle = Stated(time, state.origin(directive))
        },
        Entry("MaxKeepAliveRequests", in: .server, .one, summary: "Limits the number of requests on a connection.") {
            directive, state in
            guard let argument = directive.arguments.first, let count = state.number(argument, of: directive) else {
                return
            }
            state.servers[state.server].connection.requests = Stated(count, state.origin(directive))
        },
        Entry("AllowEncodedSlashes", in: .server, .one, summary: "Says what `%2F` in a path does.") {
            directive, state in
            let forms: [(String, EncodedSlash)] = [
                ("Off", .refuse(404)), ("On", .decode(resolveDotsAgain: true)), ("NoDecode", .keep),
            ]
            guard let argument = directive.arguments.first,
                let form = state.word(argument, of: directive, among: forms)
            else { return }
            state.settings.url.encodedSlash = Stated(form, state.origin(directive))
        },
        Entry("MergeSlashes", in: .server, .flag, summary: "Says whether `//` counts as `/`.") { directive, state in
            guard let on = state.flag(directive) else { return }
            state.settings.url.mergeSlashes = Stated(on, state.origin(directive))
        },
        Entry("TraceEnable", in: .server, .one, summary: "Says whether TRACE is answered.") { directive, state in
            guard let argument = directive.arguments.first,
                let on = state.word(argument, of: directive, among: [("On", true), ("Off", false), ("Extended", true)])
            else { return }
            state.servers[state.server].reading.trace = on
            state.settings.files.otherMethods = Stated(Defaults.methods(trace: on), state.origin(directive))
        },
        Entry("HttpProtocolOptions", in: .server, .oneOrMore, summary: "Says how strictly requests are read.") {
            directive, state in
            for argument in directive.arguments where argument.text.lowercased() == "unsafe" {
                state.servers[state.server].reading.isUnsafe = true
                state.notRun(
                    "`Unsafe` is run in part: line ends without CR pass, odd header names and blanks do not",
                    at: argument.range, why: "such requests are how requests are smuggled past proxies",
                    help: "leave it out unless a client needs it")
            }
        },
        .known("RegisterHttpMethod", in: .main, .oneOrMore, summary: "Makes further methods known."),
        .known("MergeTrailers", in: .server, .flag, summary: "Adds trailers to the header fields."),
        .ignored("ReadBufferSize", in: .files, .one, summary: "Tunes how much is read at once."),
        .ignored("FlushMaxThreshold", in: .server, .one, summary: "Tunes how much may wait to be sent."),
        .ignored("FlushMaxPipelined", in: .server, .one, summary: "Tunes how many answers may wait together."),
        .known("RegexDefaultOptions", in: .main, .any, summary: "Changes the options of all regular expressions."),
    ]
}

extension ApacheLowering {
    /// One number of what is refused before a site is known.
    fileprivate mutating func lowerReading(
        _ directive: Directive, _ write: (inout ReadingDraft, Int) -> Void
    ) {
        guard let argument = directive.arguments.first, let value = number(argument, of: directive) else { return }
        write(&servers[server].reading, value)
    }
}
