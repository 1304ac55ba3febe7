import IR
import Language
import Source

extension NginxLowering {
    /// `error_page CODE… [=[STATUS]] URI`.
    ///
    /// Source: `ngx_http_core_error_page` in src/http/ngx_http_core_module.c.
    mutating func lowerErrorPage(_ directive: Directive) {
        var codes = directive.arguments.dropLast()
        guard let target = directive.arguments.last else { return }
        if target.text.hasPrefix("=") {
            refuse(
                target, "`error_page` ends without a page", help: "put a path, a URL or `@name` behind `\(target.text)`"
            )
            return
        }
        var result: ResultStatus?
        if let last = codes.last, last.text.hasPrefix("=") {
            codes.removeLast()
            if last.text == "=" {
                result = .fromPage
            } else if let status = Int(last.text.dropFirst()) {
                result = .set(status)
            } else {
                refuse(
                    last, "\"\(last.text)\" is no status", help: "write `=200`, or `=` alone for the page's own status")
            }
        }
        var statuses: [Int] = []
        for code in codes {
            guard let status = Int(code.text), (300...599).contains(status), status != 499 else {
                refuse(
                    code, "\"\(code.text)\" is no status that can have a page",
                    why: "nginx refuses to start: values are between 300 and 599, without 499",
                    help: "is a blank missing, or a quote?")
                continue
            }
            statuses.append(status)
        }
        guard !statuses.isEmpty else {
            if codes.isEmpty {
                refuse(target, "`error_page` names no status", help: "write `error_page 404 \(target.text);`")
            }
            return
        }
        addErrorPage(statuses, result, target, directive)
    }

    private mutating func addErrorPage(
        _ statuses: [Int], _ result: ResultStatus?, _ target: Argument, _ directive: Directive
    ) {
        let page: ErrorPageDraft.Target =
            if target.text.hasPrefix("@") {
                .named(target.text)
            } else if target.text.hasPrefix("/") {
                .uri(template(target))
            } else {
                .redirect(template(target))
            }
        let draft = ErrorPageDraft(
            statuses: statuses, result: result ?? .kept, target: page, origin: origin(directive), range: target.range)
        level.parts.errorPages = (level.parts.errorPages ?? []) + [draft]
    }

    /// `server_tokens on | off | build | STRING`.
    mutating func lowerServerTokens(_ directive: Directive) {
        let place = origin(directive)
        let name =
            switch directive.arguments[0].text {
            case "on", "build": "nginx/\(profile.version)"
            case "off": "nginx"
            default: directive.arguments[0].text
            }
        settings.answer.serverName = Stated(name.isEmpty ? nil : name, place)
        settings.answer.pages = Stated(GeneratedPages.nginx(signature: name), place)
    }

    /// `keepalive_timeout TIME [HEADER]`.
    mutating func lowerKeepAlive(_ directive: Directive) {
        guard let time = seconds(directive.arguments[0], of: directive.name) else { return }
        var header: String?
        if directive.arguments.count > 1 {
            guard let announced = seconds(directive.arguments[1], of: directive.name) else { return }
            header = announced > 0 ? "timeout=\(Int(announced))" : nil
        }
        level.parts.idleTime = Stated(KeepAlive(seconds: time, announces: header), origin(directive))
    }
}

extension GeneratedPages {
    /// nginx's own pages, for statuses that have one; all others have an empty body.
    ///
    /// Source: measured on nginx 1.22.1 and 1.31.3; the wording is a fact that clients and monitors depend on.
    static func nginx(signature: String) -> GeneratedPages {
        var bodies: [Int: Template] = [:]
        for (status, title) in titles { bodies[status] = Template(page(title, note: notes[status], signature)) }
        return GeneratedPages(reasons: reasons, bodies: bodies, otherwise: Template(), mediaType: "text/html")
    }

    private static func page(_ title: String, note: String?, _ signature: String) -> String {
        let end = "\r\n"
        return "<html>" + end + "<head><title>" + title + "</title></head>" + end + "<body>" + end
            + "<center><h1>" + (note.map { $0.split(separator: "|")[0] }.map(String.init) ?? title) + "</h1></center>"
            + end
            + (note.map { "<center>" + ($0.split(separator: "|").last.map(String.init) ?? "") + "</center>" + end }
                ?? "")
            + "<hr><center>" + signature + "</center>" + end + "</body>" + end + "</html>" + end
    }

    /// Reason phrases that differ from the standard's.
    private static let reasons: [Int: String] = [
        302: "Moved Temporarily", 405: "Not Allowed", 408: "Request Time-out", 413: "Request Entity Too Large",
        414: "Request-URI Too Large", 416: "Requested Range Not Satisfiable", 503: "Service Temporarily Unavailable",
        504: "Gateway Time-out",
    ]

    /// Heading and text of pages that explain themselves.
    private static let notes: [Int: String] = [
        494: "400 Bad Request|Request Header Or Cookie Too Large",
        495: "400 Bad Request|The SSL certificate error",
        496: "400 Bad Request|No required SSL certificate was sent",
        497: "400 Bad Request|The plain HTTP request was sent to HTTPS port",
    ]

    private static let titles: [(Int, String)] = redirectTitles + clientTitles + serverTitles

    private static let redirectTitles: [(Int, String)] = [
        (301, "301 Moved Permanently"), (302, "302 Found"), (303, "303 See Other"), (307, "307 Temporary Redirect"),
        (308, "308 Permanent Redirect"),
    ]

    private static let clientTitles: [(Int, String)] = [
        (400, "400 Bad Request"), (401, "401 Authorization Required"), (402, "402 Payment Required"),
        (403, "403 Forbidden"), (404, "404 Not Found"), (405, "405 Not Allowed"), (406, "406 Not Acceptable"),
        (408, "408 Request Time-out"), (409, "409 Conflict"), (410, "410 Gone"), (411, "411 Length Required"),
        (412, "412 Precondition Failed"), (413, "413 Request Entity Too Large"), (414, "414 Request-URI Too Large"),
        (415, "415 Unsupported Media Type"), (416, "416 Requested Range Not Satisfiable"),
        (421, "421 Misdirected Request"), (429, "429 Too Many Requests"),
        (494, "400 Request Header Or Cookie Too Large"), (495, "400 The SSL certificate error"),
        (496, "400 No required SSL certificate was sent"),
        (497, "400 The plain HTTP request was sent to HTTPS port"),
    ]

    private static let serverTitles: [(Int, String)] = [
        (500, "500 Internal Server Error"), (501, "501 Not Implemented"), (502, "502 Bad Gateway"),
        (503, "503 Service Temporarily Unavailable"), (504, "504 Gateway Time-out"),
        (505, "505 HTTP Version Not Supported"), (507, "507 Insufficient Storage"),
    ]
}
