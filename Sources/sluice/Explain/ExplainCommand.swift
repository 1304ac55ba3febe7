import ArgumentParser
import Explain
import HTTP
import IR
import Language
import Routing
import Source

/// What a configuration does with a request, and why.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain what happens to a request: the site, the route, the rules, the backend, the answer.",
        usage: "sluice explain [<options>] <path> ... <url>",
        discussion: """
            The machine that runs a configuration decides; nothing is sent. What it needs to know of the world is \
            supposed: the backend answers 200 unless --backend says otherwise, and files are this machine's (see \
            --root-prefix); where a served folder does not exist here, what looks like a file is supposed to be there.

              sluice explain /etc/nginx http://www.example.com/app/x?y=1
              sluice explain site.conf http://a.test/ --method POST --body-length 5000000
              sluice explain site.conf http://a.test/ --backend refused
            """)

    @ArgumentParser.Argument(
        help: ArgumentHelp("Files or folders, and behind them the URL of the request.", valueName: "path> ... <url"))
    var words: [String]

    @Option(name: .shortAndLong, help: "The request's method.")
    var method = "GET"

    @Option(
        name: [.customLong("header"), .customShort("H")],
        help: ArgumentHelp("A header field; may be given several times.", valueName: "name:value"))
    var headers: [String] = []

    @Option(help: ArgumentHelp("The length of the request's body.", valueName: "bytes"))
    var bodyLength: Int64?

    @Option(help: ArgumentHelp("The client's address.", valueName: "address"))
    var client = "192.0.2.1"

    @Option(
        help: ArgumentHelp(
            "What the backend does: a status, refused, timeout, closed, unresolved, tls, garbage.", valueName: "deed"))
    var backend: BackendWord?

    @Option(
        help: ArgumentHelp(
            "The listener that the request comes to (default: by the URL's port).", valueName: "address:port"))
    var listener: String?

    @Option(help: "How it is written.")
    var format: OutputFormat = .text

    @OptionGroup var input: InputOptions

    func validate() throws {
        guard let last = words.last, words.count > 1 else {
            throw ValidationError("explain takes one PATH at least, and the URL of a request behind it.")
        }
        guard RequestURL(last) != nil else {
            throw ValidationError("`\(last)` is no URL of a request; write it as http://host/path.")
        }
        for header in headers where !header.contains(":") {
            throw ValidationError("--header takes NAME:VALUE, as in --header 'Cookie: a=1'.")
        }
        if IPAddress(client) == nil { throw ValidationError("--client takes an IP address.") }
        if method.isEmpty || !method.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            throw ValidationError("--method takes a method such as POST.")
        }
    }

    func run() throws {
        guard let last = words.last, let url = RequestURL(last) else { return }
        let understandings = try input.understand(Array(words.dropLast()))
        let explained = try understandings.compactMap { try explain(url, $0, isAlone: understandings.count == 1) }
        guard !explained.isEmpty else {
            throw InputFailure(
                "none of these configurations has a site that answers \(url.authority)",
                help: "`sluice show` lists the sites and listeners")
        }
        switch format {
        case .text: Terminal.say(explained.map(\.text).joined(separator: "\n"))
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.key("explanations")
                json.array(of: explained) { json, one in
                    one.explanation.write(
                        to: &json, configuration: one.understanding.lowered.configuration,
                        sources: one.understanding.reading.sources)
                }
            }
            Terminal.say(json.bytes + [UInt8(ascii: "\n")])
        }
    }

    /// One configuration's explanation.
    private struct Explained {
        var understanding: Understanding
        var explanation: Explanation
        var text: String
    }

    private func explain(
        _ url: RequestURL, _ understanding: Understanding, isAlone: Bool
    ) throws(InputFailure) -> Explained? {
        complain(about: understanding)
        let configuration = understanding.lowered.configuration
        guard !configuration.listeners.isEmpty else {
            if isAlone { throw InputFailure("\(understanding.path): nothing is served by this configuration") }
            return nil
        }
        guard let index = try listener(for: url, in: understanding, isAlone: isAlone) else { return nil }
        let place = configuration.listeners[index]
        var connection = ConnectionFacts(
            supposedListener: index, port: place.port, client: client, local: place.localAddress(for: url.host),
            isTLS: place.isTLS)
        if place.names.proxy != nil { connection.supposeIntroduction() }
        let request = SupposedRequest(
            method, host: url.authority, target: url.target, fields: headers.map(field), bodyLength: bodyLength,
            connection: connection)
        var world = World.ofMachine(below: input.rootPrefix ?? "")
        let files = SupposedFiles(configuration, real: world.file)
        world.file = { files.fact($0) }
        let deed = backend?.deed ?? .answers(SupposedAnswer(status: 200))
        world.backend = { _ in deed }
        let explainer = Explainer(understanding.reading, understanding.lowered)
        let name = "\(method) \(url.scheme)://\(url.authority)\(url.target)"
        let explanation = explainer.explain(request, named: name, in: world, alsoRefused: backend == nil)
        if !isAlone, explanation.outcome.steps.contains(where: { $0.kind == .siteFallback }) { return nil }
        var text = ExplanationText(explanation, paint: Terminal.paint).text
        let supposed = Set(explanation.outcome.questions.filter { files.isSupposed($0) }.map(\.path))
        if !supposed.isEmpty {
            text += "\n" + Terminal.paint.dim("Supposed to be there, since its folder is not on this machine:")
            for path in supposed.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                text += " " + String(decoding: path, as: UTF8.self)
            }
            text += "\n"
        }
        return Explained(understanding: understanding, explanation: explanation, text: text)
    }

    private func listener(
        for url: RequestURL, in understanding: Understanding, isAlone: Bool
    ) throws(InputFailure) -> Int? {
        let listeners = understanding.lowered.configuration.listeners
        if let wanted = listener {
            if let found = listeners.firstIndex(where: { $0.addressText == wanted || "\($0.port)" == wanted }) {
                return found
            }
            throw InputFailure(
                "nothing listens on \(wanted)",
                help: "it is one of \(listeners.map(\.addressText).joined(separator: ", "))")
        }
        if let found = url.listener(in: understanding.lowered.configuration) { return found }
        guard isAlone else { return nil }
        let first = listeners.firstIndex { $0.isTLS == (url.scheme == "https") } ?? 0
        Terminal.warn(
            "nothing listens on port \(url.port); explained as if the request came to \(listeners[first].addressText)\n"
        )
        return first
    }

    private func field(_ text: String) -> SupposedField {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
        return SupposedField(String(parts[0]), String(value))
    }

    private func complain(about understanding: Understanding) {
        let errors = (understanding.reading.diagnostics + understanding.lowered.diagnostics)
            .filter { $0.severity == .error }
        guard !errors.isEmpty else { return }
        let count = errors.count == 1 ? "1 error" : "\(errors.count) errors"
        Terminal.warn("\(understanding.path): \(count) in this configuration; `sluice lint` shows them\n")
    }
}

/// What a backend is supposed to do, as the command line names it.
struct BackendWord: ExpressibleByArgument {
    /// What it does.
    var deed: BackendDeed

    init?(argument: String) {
        let failures: [String: UpstreamFailure] = [
            "refused": .refused, "timeout": .readTimeout, "connect-timeout": .connectTimeout, "closed": .closedEarly,
            "unresolved": .resolve, "tls": .tls, "garbage": .badHead, "none-left": .noMember,
        ]
        if let failure = failures[argument] {
            deed = .fails(failure)
        } else if let status = Int(argument), (200...599).contains(status) {
            deed = .answers(SupposedAnswer(status: status))
        } else {
            return nil
        }
    }
}
