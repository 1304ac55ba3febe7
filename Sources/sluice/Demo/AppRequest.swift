/// A request as the demo's application reads it: the little of HTTP that an application behind a proxy needs.
struct AppRequest {
    var method: Substring
    var path: Substring
    var line: Substring
    var fields: [(name: Substring, value: Substring)]
    var body: [UInt8] = []

    /// Why a head cannot be answered: the status that says so.
    struct Refusal: Error {
        var status: AppReply.Status
    }

    /// Reads a head, without the empty line that ends it.
    init(head: [UInt8]) throws(Refusal) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        line = lines.first ?? ""
        let words = line.split(separator: " ")
        guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/") else {
            throw Refusal(status: .badRequest)
        }
        method = words[0]
        path = words[1].prefix { $0 != "?" }
        fields = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon], line[line.index(after: colon)...].trimmingSpaces())
        }
    }

    /// The value of a field; its name is given in lower case.
    subscript(name: String) -> Substring? {
        fields.first { $0.name.lowercased() == name }?.value
    }

    /// How many bytes of body follow the head.
    ///
    /// Bodies without a length are refused: the proxy in front knows how to wait for one.
    func bodyLength(limit: Int) throws(Refusal) -> Int {
        guard self["transfer-encoding"] == nil else { throw Refusal(status: .lengthRequired) }
        guard let text = self["content-length"] else { return 0 }
        guard let length = Int(text), length >= 0 else { throw Refusal(status: .badRequest) }
        guard length <= limit else { throw Refusal(status: .tooLarge) }
        return length
    }
}

extension Substring {
    /// The text without the spaces and tabs around it.
    func trimmingSpaces() -> Substring {
        var text = self.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
