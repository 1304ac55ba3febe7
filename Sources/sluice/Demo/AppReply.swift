/// An answer of the demo's application.
struct AppReply {
    enum Status: String {
        case ok = "200 OK"
        case created = "201 Created"
        case seeOther = "303 See Other"
        case badRequest = "400 Bad Request"
        case notFound = "404 Not Found"
        case methodNotAllowed = "405 Method Not Allowed"
        case lengthRequired = "411 Length Required"
        case tooLarge = "413 Content Too Large"
        case failed = "500 Internal Server Error"
    }

    var status = Status.ok
    var type = "text/html; charset=utf-8"
    var fields: [(name: String, value: String)] = []
    var body = ""

    /// The answer's bytes; an answer to HEAD says how long its body would have been.
    func bytes(withoutBody: Bool = false) -> [UInt8] {
        var head = "HTTP/1.1 \(status.rawValue)\r\nServer: sluice-demo-app\r\nContent-Type: \(type)\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        head += "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
        return Array((withoutBody ? head : head + body).utf8)
    }
}
