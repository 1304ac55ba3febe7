import Apache
import Explain
import Foundation
import IR
import Language
import Nginx
import Routing
import Source
import TestSupport

/// A folder of `fixtures/routing`: a configuration, files that are supposed to be there, and requests with outcomes.
///
/// `nginx.conf` or `httpd.conf` is the configuration, `files.txt` names the files (`/a/b.txt`, `/a/` for an empty
/// folder). A line of `requests.txt` is `METHOD URL  Name: value  @option value => outcome  # why`. The options:
///
///     @backend refused|timeout|closed|STATUS   what the backend does (else 200)
///     @answer Name: value                      a field of the backend's answer
///     @client ADDRESS                          who asks
///     @body BYTES                              the length of a body
///     @target TARGET                           the request target as it is sent, where a URL cannot say it
///     @sent Name,Name                          fields of the request to the backend that the outcome shows
///
/// The outcome is the status, some fields of the answer, and where it came from: a file or what the backend received.
struct Story {
    let fixture: Fixture
    private let subject: Subject
    private let world: World

    init(_ fixture: Fixture) throws {
        self.fixture = fixture
        let isNginx = fixture.has("nginx.conf")
        let text = try fixture.text(of: isNginx ? "nginx.conf" : "httpd.conf")
        let dialect: any Dialect = isNginx ? NginxDialect() : ApacheDialect()
        subject = Subject(
            dialect, text, path: isNginx ? "/etc/nginx/nginx.conf" : "/etc/apache2/apache2.conf",
            files: .memory([:]))
        let files = fixture.has("files.txt") ? try fixture.text(of: "files.txt").split(separator: "\n") : []
        var world = World(files: files.map(String.init))
        world.password = { _, user, password in
            user == Array("ann".utf8) && password == Array("secret".utf8) ? .yes : .no
        }
        self.world = world
    }

    /// What the dialect and the compiler find wrong; a story has nothing wrong.
    var complaints: [String] { subject.complaints }

    /// The requests with the outcomes that were decided.
    func decided() throws -> String {
        let lines = try fixture.text(of: "requests.txt").split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { decided(String($0)) }.joined(separator: "\n")
    }

    /// The explanation of the first request.
    func explained() throws -> String {
        let lines = try fixture.text(of: "requests.txt").split(separator: "\n").filter { !$0.hasPrefix("#") }
        let first = lines.first.map { String($0).components(separatedBy: " => ")[0] } ?? ""
        guard let asked = asked(first) else { return "" }
        let explainer = Explainer(subject.reading, subject.lowered)
        let explanation = explainer.explain(asked.request, named: asked.name, in: asked.world)
        return ExplanationText(explanation, paint: Paint(isOn: false)).text
    }

    private func decided(_ line: String) -> String {
        if line.isEmpty || line.hasPrefix("#") { return line }
        let why = line.range(of: "  # ").map { String(line[$0.lowerBound...]) } ?? ""
        let left = line.components(separatedBy: " => ")[0]
        let request = left.hasSuffix(why) && !why.isEmpty ? String(left.dropLast(why.count)) : left
        return request + " => " + outcome(of: request) + why
    }

    private func outcome(of line: String) -> String {
        guard let asked = asked(line) else { return "no request" }
        var decider = Decider(subject.plan)
        return describe(decider.decide(asked.request, in: asked.world), asked.shown)
    }

    /// A request, the world that it is asked in, and what of the sent head is shown.
    private struct Asked {
        var name: String
        var request: SupposedRequest
        var world: World
        var shown: [String]
    }

    private func asked(_ line: String) -> Asked? {
        let parts = line.components(separatedBy: "  ").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
            !$0.isEmpty
        }
        let words = parts[0].split(separator: " ", maxSplits: 1)
        guard words.count == 2, let url = StoryURL(String(words[1])) else { return nil }
        var fields: [SupposedField] = []
        var shown: [String] = []
        var world = world
        var deed = BackendDeed.answers(SupposedAnswer(status: 200))
        var answerFields: [SupposedField] = []
        var (client, target, length) = ("127.0.0.1", url.target, Int64?.none)
        for part in parts.dropFirst() {
            let option = part.split(separator: " ", maxSplits: 1).map(String.init)
            let value = option.count > 1 ? option[1] : ""
            switch option[0] {
            case "@backend": deed = Self.deed(value)
            case "@answer": answerFields.append(Self.field(value))
            case "@client": client = value
            case "@body": length = Int64(value)
            case "@target": target = value
            case "@sent": shown = value.split(separator: ",").map { $0.lowercased() }
            default: fields.append(Self.field(part))
            }
        }
        if case .answers(var answer) = deed {
            answer.fields = answerFields
            deed = .answers(answer)
        }
        let done = deed
        world.backend = { _ in done }
        let connection = ConnectionFacts(
            supposedListener: subject.listener(port: url.port), port: url.port, client: client)
        let request = SupposedRequest(
            String(words[0]), host: url.authority, target: target, fields: fields, bodyLength: length,
            connection: connection)
        return Asked(name: parts[0], request: request, world: world, shown: shown)
    }

    private static func field(_ text: String) -> SupposedField {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        return SupposedField(String(parts[0]), value)
    }

    private static func deed(_ word: String) -> BackendDeed {
        switch word {
        case "refused": .fails(.refused)
        case "timeout": .fails(.readTimeout)
        case "closed": .fails(.closedEarly)
        case "unresolved": .fails(.resolve)
        default: .answers(SupposedAnswer(status: Int(word) ?? 200))
        }
    }

    private static let shownFields: Set<String> = [
        "location", "www-authenticate", "allow", "cache-control", "expires", "set-cookie", "retry-after",
        "content-type",
    ]

    private func describe(_ outcome: Outcome, _ shown: [String]) -> String {
        var words = [outcome.status == 0 ? "closed" : String(outcome.status)]
        for field in headFields(outcome.head) {
            let name = field.name.lowercased()
            if name == "content-type", outcome.body != .upstream, !isFile(outcome) { continue }
            if Self.shownFields.contains(name) || name.hasPrefix("x-") { words.append("\(field.name): \(field.value)") }
        }
        switch outcome.body {
        case .none: break
        case .text(let text):
            let text = String(decoding: text, as: UTF8.self)
            if !text.isEmpty, !text.contains("<") { words.append("text: \(text.replacing("\n", with: "\\n"))") }
        case .file(let path): words.append("file: \(String(decoding: path, as: UTF8.self))")
        case .upstream: break
        }
        if let sent = outcome.sent.last {
            let line = String(decoding: sent.head.prefix { $0 != 13 }, as: UTF8.self)
            words.append("upstream: \(sent.authority) \(line.split(separator: " ").dropLast().joined(separator: " "))")
            for field in headFields(sent.head) where shown.contains(field.name.lowercased()) {
                words.append("sent \(field.name): \(field.value)")
            }
        }
        return words.joined(separator: "  ")
    }

    private func isFile(_ outcome: Outcome) -> Bool {
        if case .file = outcome.body { return true }
        return false
    }
}

/// The parts of `http://authority/target`.
private struct StoryURL {
    var authority: String
    var port: Int
    var target: String

    init?(_ text: String) {
        guard let range = text.range(of: "://") else { return nil }
        let rest = text[range.upperBound...]
        let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) ?? rest.endIndex
        let authority = String(rest[..<slash])
        self.authority = authority
        target = slash == rest.endIndex ? "/" : String(rest[slash...])
        let named = authority.split(separator: ":").dropFirst().last.flatMap { Int($0) }
        port = named ?? (text.hasPrefix("https") ? 443 : 80)
    }
}
