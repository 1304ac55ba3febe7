import Foundation
import System
import TestSupport
import Testing

@testable import sluice

/// The demo's application, asked without a network.
final class PasteAppTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "sluice-pastes-\(UUID().uuidString)")
    private let app: PasteApp

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        app = PasteApp(store: PasteStore(folder: FilePath(folder.path)), process: 42)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func ask(_ line: String, _ fields: String = "Host: 127.0.0.1:8000", body: String = "") throws -> AppReply {
        var request = try AppRequest(head: Array("\(line) HTTP/1.1\r\n\(fields)".utf8))
        request.body = Array(body.utf8)
        return app.answer(request)
    }

    @Test func `the first page has a form and says who made it`() throws {
        let reply = try ask("GET /", "X-Forwarded-For: 192.0.2.7")
        #expect(reply.status == .ok)
        #expect(reply.body.contains("<form method=\"post\" action=\"/paste\">"))
        #expect(reply.body.contains("process 42, asked for 192.0.2.7"))
    }

    @Test func `a form is kept and the redirect names the host that was asked`() throws {
        let reply = try ask("POST /paste", body: "other=1&text=a+%3Cb%3E%0A%26")
        #expect(reply.status == .seeOther)
        #expect(reply.fields.contains { $0 == ("Location", "http://127.0.0.1:8000/p/1") })
        #expect(try ask("GET /p/1").body.contains("<pre>a &lt;b&gt;\n&amp;</pre>"))
        #expect(try ask("GET /raw/1").body == "a <b>\n&")
    }

    @Test func `the interface answers at the root and below api`() throws {
        #expect(try ask("POST /api/pastes", body: "one \"two\"").body == "{\"id\": 1}\n")
        #expect(try ask("POST /pastes", body: "three").status == .created)
        let list = #"[{"id": 2, "text": "three"}, {"id": 1, "text": "one \"two\""}]"# + "\n"
        #expect(try ask("GET /api/pastes?x=1").body == list)
        #expect(try ask("GET /pastes").body == list)
    }

    @Test func `the received headers are shown as they came`() throws {
        let reply = try ask("GET /headers", "Host: a\r\nX-Forwarded-For: \t 192.0.2.7, 198.51.100.1 ")
        #expect(reply.body.contains("\"request\": \"GET /headers HTTP/1.1\""))
        #expect(reply.body.contains("[\"X-Forwarded-For\", \"192.0.2.7, 198.51.100.1\"]"))
    }

    @Test func `what does not exist is not found, and a wrong method is told the right ones`() throws {
        #expect(try ask("GET /p/7").status == .notFound)
        #expect(try ask("GET /p/../1").status == .notFound)
        #expect(try ask("GET /nothing").status == .notFound)
        let reply = try ask("GET /paste")
        #expect(reply.status == .methodNotAllowed)
        #expect(reply.fields.contains { $0 == ("Allow", "POST") })
    }

    @Test func `a head that is no request is refused`() {
        for line in ["GET /", "GET / HTTP/2.0", "", "GET http://a/ HTTP/1.1", "GET  HTTP/1.1"] {
            #expect(throws: AppRequest.Refusal.self) { try AppRequest(head: Array(line.utf8)) }
        }
    }

    @Test func `a body must say its length and stay below the limit`() throws {
        let fields = ["Transfer-Encoding: chunked", "Content-Length: -1", "Content-Length: x", "Content-Length: 9999"]
        for field in fields {
            let request = try AppRequest(head: Array("POST /pastes HTTP/1.1\r\n\(field)".utf8))
            #expect(throws: AppRequest.Refusal.self) { try request.bodyLength(limit: 1000) }
        }
        let request = try AppRequest(head: Array("POST /pastes HTTP/1.1\r\ncontent-length: 12".utf8))
        #expect(try request.bodyLength(limit: 1000) == 12)
    }

    @Test func `an answer to HEAD keeps its length and loses its body`() {
        let reply = AppReply(type: "text/plain", body: "four")
        let text = String(decoding: reply.bytes(withoutBody: true), as: UTF8.self)
        #expect(text.contains("Content-Length: 4\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }
}
