import Foundation
import Routing

/// What two answers are compared by: status, some fields, what the backend received, and texts that are nobody's page.
struct Essence: Equatable {
    var status = ""
    var fields: [String: [String]] = [:]
    var upstream: String?
    var upstreamFields: [String]?
    var body: String?

    private static let names: Set<String> = [
        "location", "allow", "retry-after", "www-authenticate", "set-cookie", "content-type", "accept-ranges", "vary",
    ]

    /// What a real server answered, the backend's answer being what it received, as JSON.
    init(recorded answer: String) {
        let parts = answer.components(separatedBy: "\r\n\r\n")
        let head = parts[0]
        let body = parts.dropFirst().joined(separator: "\r\n\r\n")
        let lines = head.components(separatedBy: "\r\n")
        status = String((lines.first ?? "").dropFirst(9).prefix(3))
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            add(String(line[..<colon]), String(line[line.index(after: colon)...]))
        }
        let seen = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]
        if let seen, let request = seen["rl"] as? String, let received = seen["h"] as? [String] {
            upstream = request
            upstreamFields = received.filter { !$0.lowercased().hasPrefix("connection:") }.sorted()
        } else if !Self.isServersPage(body), !head.contains("Transfer-Encoding") {
            self.body = body
        }
    }

    /// What was decided.
    init(_ outcome: Outcome, laboratory: String) {
        status = outcome.status == 0 ? "" : String(outcome.status)
        let fields = headFields(outcome.head)
        for field in fields { add(field.name, field.value.replacing(laboratory, with: "@LAB@")) }
        switch outcome.body {
        case .upstream:
            guard let sent = outcome.sent.last, !outcome.isHeadOnly else {
                body = ""
                break
            }
            upstream = sent.head.prefix { $0 != 13 }.map { String(UnicodeScalar($0)) }.joined()
            upstreamFields = headFields(sent.head).map { "\($0.name): \($0.value)" }
                .filter { !$0.lowercased().hasPrefix("connection:") }.sorted()
        case .text(let text):
            let text = String(decoding: text, as: UTF8.self)
            if !Self.isServersPage(text) { body = outcome.isHeadOnly ? "" : text }
        case .file(let path):
            let content = FileManager.default.contents(atPath: String(decoding: path, as: UTF8.self)) ?? Data()
            let text = String(decoding: content, as: UTF8.self)
            if outcome.status != 206, !Self.isServersPage(text) { body = outcome.isHeadOnly ? "" : text }
        case .none: body = ""
        }
    }

    private mutating func add(_ name: String, _ value: String) {
        let name = name.lowercased()
        var value = value.trimmingCharacters(in: .whitespaces)
        if name == "etag" {
            fields["etag"] = ["present"]
        } else if Self.names.contains(name) || name.hasPrefix("x-") {
            if name == "content-type", let mark = value.range(of: "boundary=") {
                value = String(value[..<mark.upperBound])
            }
            if name == "allow" {
                value = value.replacing(" ", with: "").split(separator: ",").sorted().joined(separator: ",")
            }
            fields[name, default: []].append(value)
        }
    }

    /// The points in which two answers differ; bodies only where both are known.
    func differences(from other: Essence) -> [String] {
        var points: [String] = []
        if status != other.status { points.append("status: want \(status) got \(other.status)") }
        for name in Set(fields.keys).union(other.fields.keys).sorted() where fields[name] != other.fields[name] {
            points.append("\(name): want \(fields[name] ?? []) got \(other.fields[name] ?? [])")
        }
        if upstream != other.upstream {
            points.append("upstream: want \(upstream ?? "none") got \(other.upstream ?? "none")")
        }
        if let mine = upstreamFields, let others = other.upstreamFields, mine != others {
            points.append(
                "upstream fields: want \(mine.filter { !others.contains($0) }) got \(others.filter { !mine.contains($0) })"
            )
        }
        if let mine = body, let others = other.body, mine != others {
            points.append("body: want \(mine.prefix(100).debugDescription) got \(others.prefix(100).debugDescription)")
        }
        return points
    }

    private static func isServersPage(_ text: String) -> Bool {
        let text = text.lowercased()
        return ["<h1", "<title", "<address", "<hr"].contains { text.contains($0) }
    }
}
