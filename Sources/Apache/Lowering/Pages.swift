import IR

/// The wording of answers that are made here, in httpd's manner and our own words.
enum Pages {
    /// All pages.
    static let generated = GeneratedPages(
        reasons: reasons, bodies: bodies, otherwise: page("<p>The server could not complete this request.</p>"),
        mediaType: "text/html; charset=iso-8859-1",
        nestedNote: note)

    /// Reason phrases as `status_lines` in modules/http/http_protocol.c has them, where they differ from RFC 9110.
    private static let reasons: [Int: String] = [
        302: "Found", 408: "Request Timeout", 413: "Request Entity Too Large", 414: "Request-URI Too Long",
        416: "Requested Range Not Satisfiable", 422: "Unprocessable Entity", 418: "I'm a teapot",
        500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
    ]

    private static let bodies: [Int: Template] = [
        301: moved, 302: moved, 303: moved, 307: moved, 308: moved,
        400: page("<p>The browser sent a request that this server does not understand.</p>"),
        401: page("<p>This needs a user name and a password that are known here.</p>"),
        403: page("<p>Nobody may look at this without permission, and there is none.</p>"),
        404: page("<p>There is nothing at this address.</p>"),
        405: page("<p>The method of the request is not allowed here.</p>"),
        408: page("<p>The request did not arrive in time.</p>"),
        410: page("<p>This was taken away, and nothing stands in its place.</p>"),
        413: page("<p>The request is larger than this server takes.</p>"),
        414: page("<p>The address is longer than this server takes.</p>"),
        416: page("<p>None of the requested ranges lies within the file.</p>"),
        417: page("<p>The expectation of the request cannot be met.</p>"),
        421: page("<p>The request was sent to a connection that is not meant for its host.</p>"),
        497: page(
            "<p>This is plain HTTP, and the port speaks TLS: put https:// before the address instead.</p>"),
        500: page("<p>Something went wrong inside the server; its error log knows more.</p>"),
        501: page("<p>The method of the request is not known here.</p>"),
        502: page("<p>The server behind this one gave no valid answer.</p>"),
        503: page("<p>The service is down for the moment; please come back later.</p>"),
        504: page("<p>The server behind this one did not answer in time.</p>"),
    ]

    private static let moved: Template = {
        var body = Template("<p>The document is now <a href=\"")
        body.append(.locationAsHTML)
        body.append("\">here</a>.</p>")
        return page(body)
    }()

    private static let note: Template = "<p>The page for this error could not be shown either.</p>\n"

    private static func page(_ body: Template) -> Template {
        var text = Template("<!DOCTYPE html>\n<html><head>\n<title>")
        text.append(.status)
        text.append(" ")
        text.append(.reason)
        text.append("</title>\n</head><body>\n<h1>")
        text.append(.reason)
        text.append("</h1>\n")
        text.append(body)
        text.append("\n</body></html>\n")
        return text
    }
}

/// The Server field in the forms that ServerTokens asks for.
enum ServerTokens {
    /// `Full` and `OS`.
    static let full = "Apache/2.4.71 (Unix)"

    /// The forms by the word that asks for them.
    static let forms: [(String, String)] = [
        ("Full", full), ("OS", full), ("Min", "Apache/2.4.71"), ("Minimal", "Apache/2.4.71"), ("Minor", "Apache/2.4"),
        ("Major", "Apache/2"), ("Prod", "Apache"), ("ProductOnly", "Apache"),
    ]
}
