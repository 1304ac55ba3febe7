/// The demo's application: a pastebin that answers requests, and knows nothing of sockets.
///
/// It works at the root and below `/api`, and its redirects name the host it was asked for, as many applications do:
/// so the proxy in front has to translate them back.
struct PasteApp {
    let store: PasteStore
    let process: Int32

    /// How many bytes a paste may have.
    static let limit = 256 << 10

    func answer(_ request: AppRequest) -> AppReply {
        var steps = request.path.split(separator: "/")
        if steps.first == "api" { steps.removeFirst() }
        switch steps.first {
        case nil:
            return when(request, ["GET"]) { page(PastePages.front(store.newest()), for: request) }
        case "paste" where steps.count == 1:
            return when(request, ["POST"]) { keepForm(request) }
        case "p" where steps.count == 2:
            return when(request, ["GET"]) { paste(steps[1]).map { page(PastePages.one($0), for: request) } }
        case "raw" where steps.count == 2:
            return when(request, ["GET"]) { paste(steps[1]).map { plain($0.text) } }
        case "pastes" where steps.count == 1:
            return when(request, ["GET", "POST"]) { request.method == "POST" ? keepText(request) : list() }
        case "pastes" where steps.count == 2:
            return when(request, ["GET"]) { paste(steps[1]).map { json(Self.object($0)) } }
        case "headers" where steps.count == 1:
            return echo(request)
        default:
            return notFound()
        }
    }

    private func when(_ request: AppRequest, _ methods: [String], _ body: () -> AppReply?) -> AppReply {
        let method = request.method == "HEAD" ? "GET" : request.method
        guard methods.contains(String(method)) else {
            let allowed = methods.joined(separator: ", ")
            let text = PastePages.problem("Not like this", "This address takes \(allowed).")
            return AppReply(status: .methodNotAllowed, fields: [("Allow", allowed)], body: text)
        }
        return body() ?? notFound()
    }

    private func paste(_ name: Substring) -> PasteStore.Paste? {
        Int(name).flatMap { store[$0] }
    }

    private func keepForm(_ request: AppRequest) -> AppReply {
        guard let text = AppText.formValue("text", in: request.body), !text.isEmpty else { return empty() }
        guard let id = try? store.keep(text) else { return failed() }
        let host = request["host"] ?? "localhost"
        return AppReply(status: .seeOther, fields: [("Location", "http://\(host)/p/\(id)")])
    }

    private func keepText(_ request: AppRequest) -> AppReply {
        guard !request.body.isEmpty else { return empty() }
        guard let id = try? store.keep(String(decoding: request.body, as: UTF8.self)) else { return failed() }
        return json("{\"id\": \(id)}", status: .created)
    }

    private func list() -> AppReply {
        json("[" + store.newest().map(Self.object).joined(separator: ", ") + "]")
    }

    private func echo(_ request: AppRequest) -> AppReply {
        let fields = request.fields.map { "    [\(AppText.json($0.name)), \(AppText.json($0.value))]" }
        return json(
            "{\n  \"request\": \(AppText.json(request.line)),\n  \"fields\": [\n"
                + fields.joined(separator: ",\n") + "\n  ]\n}")
    }

    private func page(_ content: String, for request: AppRequest) -> AppReply {
        AppReply(body: PastePages.frame(content, process: process, client: request["x-forwarded-for"]))
    }

    private func plain(_ text: String) -> AppReply {
        AppReply(type: "text/plain; charset=utf-8", body: text)
    }

    private func json(_ text: String, status: AppReply.Status = .ok) -> AppReply {
        AppReply(status: status, type: "application/json", body: text + "\n")
    }

    private func notFound() -> AppReply {
        AppReply(status: .notFound, body: PastePages.problem("No such paste", "The application knows no such address."))
    }

    private func empty() -> AppReply {
        AppReply(status: .badRequest, body: PastePages.problem("Nothing to keep", "The paste was empty."))
    }

    private func failed() -> AppReply {
        AppReply(status: .failed, body: PastePages.problem("Not kept", "The folder of the pastes cannot be written."))
    }

    private static func object(_ paste: PasteStore.Paste) -> String {
        "{\"id\": \(paste.id), \"text\": \(AppText.json(paste.text))}"
    }
}
