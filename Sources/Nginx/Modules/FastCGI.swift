import IR
import Language

/// `ngx_http_fastcgi_module`: what is run of it; `Gateways` holds the rest of its directives.
enum FastCGI {
    static let entries: [Entry<NginxLowering>] = calling + passing + exchange + buffers

    private static let buffers = NginxLowering.bufferEntries("fastcgi", \.parts.fastCGI.answerBuffers)

    /// Where requests go, and what scripts are told.
    private static let calling: [Entry<NginxLowering>] = [
        Entry("fastcgi_pass", in: [.location, .locationIf], .one, summary: "Forwards requests to a FastCGI server.") {
            directive, state in
            state.lowerFastCGIPass(directive)
        },
        Entry("fastcgi_param", in: .anyLevel, .between(2, 3), summary: "Names a parameter for FastCGI servers.") {
            directive, state in
            state.lowerFastCGIParameter(directive)
        },
        Entry("fastcgi_index", in: .anyLevel, .one, summary: "The script that stands for a folder.") {
            directive, state in
            state.level.parts.fastCGI.index = Stated(directive.arguments[0].text, state.origin(directive))
        },
        Entry("fastcgi_split_path_info", in: .anyLevel, .one, summary: "Parts a script's path from what follows.") {
            directive, state in
            state.lowerScriptSplit(directive)
        },
        Entry("fastcgi_catch_stderr", in: .anyLevel, .one, summary: "Takes an error message for a failure.") {
            directive, state in
            state.level.parts.fastCGI.catches =
                (state.level.parts.fastCGI.catches ?? []) + [directive.arguments[0].text]
        },
        .flag(
            "fastcgi_keep_conn", in: .anyLevel, to: \.parts.fastCGI.keepsConnection,
            summary: "Keeps connections to FastCGI servers."),
    ]

    /// What is passed on, both ways.
    private static let passing: [Entry<NginxLowering>] = [
        Entry("fastcgi_hide_header", in: .anyLevel, .one, summary: "Keeps a header field of answers back.") {
            directive, state in
            let before = state.level.parts.fastCGI.hides
            state.level.parts.fastCGI.hides = Stated(
                (before?.value ?? []).union([directive.arguments[0].text.lowercased()]),
                before?.origin ?? state.origin(directive))
        },
        Entry(
            "fastcgi_pass_header", in: .anyLevel, .one, summary: "Passes a header field on that is kept back otherwise."
        ) {
            directive, state in
            let before = state.level.parts.fastCGI.passes
            state.level.parts.fastCGI.passes = Stated(
                (before?.value ?? []).union([directive.arguments[0].text.lowercased()]),
                before?.origin ?? state.origin(directive))
        },
        Entry(
            "fastcgi_ignore_headers", in: .anyLevel, .oneOrMore,
            summary: "Lets header fields of answers control nothing."
        ) {
            directive, state in
            let before = state.level.parts.fastCGI.ignores
            state.level.parts.fastCGI.ignores = Stated(
                (before?.value ?? []).union(directive.arguments.map { $0.text.lowercased() }),
                before?.origin ?? state.origin(directive))
        },
        .flag(
            "fastcgi_intercept_errors", in: .anyLevel, to: \.parts.fastCGI.intercepts,
            summary: "Gives answers from 300 on our error pages."),
        .flag(
            "fastcgi_pass_request_headers", in: .anyLevel, to: \.parts.fastCGI.passesHeaders,
            summary: "Forwards header fields."),
        .flag(
            "fastcgi_pass_request_body", in: .anyLevel, to: \.parts.fastCGI.passesBody, summary: "Forwards bodies."),
        .flag(
            "fastcgi_buffering", in: .anyLevel, to: \.parts.fastCGI.buffers,
            summary: "Reads answers ahead of the client."),
        .flag(
            "fastcgi_request_buffering", in: .anyLevel, to: \.parts.fastCGI.buffersRequest,
            summary: "Reads a body whole before it is forwarded."),
    ]

    /// Timeouts and further tries.
    private static let exchange: [Entry<NginxLowering>] = [
        .time(
            "fastcgi_connect_timeout", in: .anyLevel, to: \.parts.fastCGI.connectTime,
            summary: "How long connecting may take."),
        .time(
            "fastcgi_send_timeout", in: .anyLevel, to: \.parts.fastCGI.sendTime, summary: "How long a write may wait."),
        .time(
            "fastcgi_read_timeout", in: .anyLevel, to: \.parts.fastCGI.readTime, summary: "How long a read may wait."),
        .number(
            "fastcgi_next_upstream_tries", in: .anyLevel, to: \.parts.fastCGI.tries,
            summary: "Limits further tries; 0: no limit."),
        .time(
            "fastcgi_next_upstream_timeout", in: .anyLevel, to: \.parts.fastCGI.triesTime,
            summary: "Limits the time for further tries; 0: no limit."),
        Entry("fastcgi_next_upstream", in: .anyLevel, .oneOrMore, summary: "When another server is tried.") {
            directive, state in
            let before = state.level.parts.nextUpstream
            state.level.parts.nextUpstream = state.level.parts.fastCGI.nextUpstream
            state.lowerNextUpstream(directive)
            state.level.parts.fastCGI.nextUpstream = state.level.parts.nextUpstream
            state.level.parts.nextUpstream = before
        },
    ]
}

extension NginxLowering {
    /// `fastcgi_pass ADDRESS`.
    fileprivate mutating func lowerFastCGIPass(_ directive: Directive) {
        noteGateway(directive)
        let argument = directive.arguments[0]
        if argument.text.contains("$") {
            var target = Template("fastcgi://")
            target.append(template(argument))
            level.handler = .fastCGI(
                ProxyPass(
                    target: .computed(target, hasPath: false), written: argument.text, origin: origin(directive),
                    range: argument.range))
            return
        }
        do throws(UpstreamURL.Problem) {
            let url = try UpstreamURL("fastcgi://" + argument.text)
            level.handler = .fastCGI(
                ProxyPass(
                    target: .fixed(url), written: argument.text, origin: origin(directive), range: argument.range))
        } catch {
            refuse(
                argument, "`fastcgi_pass` takes an address with a port, a socket or the name of an upstream",
                help: "write `HOST:PORT`, `unix:/path` or the name of an `upstream`")
        }
    }

    /// `fastcgi_param NAME VALUE [if_not_empty]`.
    fileprivate mutating func lowerFastCGIParameter(_ directive: Directive) {
        let arguments = directive.arguments
        if arguments.count == 3, arguments[2].text != "if_not_empty" {
            refuse(
                arguments[2], "`fastcgi_param` does not know \"\(arguments[2].text)\"",
                help: "the only word that may follow the value is `if_not_empty`")
            return
        }
        let parameter = GatewayParameter(
            name: arguments[0].text, value: template(arguments[1]), ifNotEmpty: arguments.count == 3)
        level.parts.fastCGI.parameters = (level.parts.fastCGI.parameters ?? []) + [parameter]
    }

    /// `fastcgi_split_path_info PATTERN`, with two groups.
    fileprivate mutating func lowerScriptSplit(_ directive: Directive) {
        let argument = directive.arguments[0]
        guard let pattern = pattern(argument.text, ignoresCase: false, at: argument.range) else { return }
        level.parts.fastCGI.split = Stated(pattern, origin(directive))
    }
}
