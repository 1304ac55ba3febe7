package import IR
import Routing

/// A URL as a user types it, and the request that a client would make of it.
package struct RequestURL: Hashable, Sendable {
    /// "http" or "https".
    package var scheme: String
    /// The host and, where one was typed, the port.
    package var authority: String
    /// The port.
    package var port: Int
    /// The request target: path and query.
    package var target: String

    /// Reads `http://host:port/path?query`; the scheme may be missing.
    ///
    /// Nil if it is no such URL. A fragment stays with the client, and bytes that cannot stand in a request are
    /// escaped, as browsers do it.
    package init?(_ text: String) {
        var rest = text[...]
        scheme = "http"
        if let mark = rest.firstRange(of: "://") {
            scheme = rest[..<mark.lowerBound].lowercased()
            rest = rest[mark.upperBound...]
        }
        guard scheme == "http" || scheme == "https" else { return nil }
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        authority = String(rest[..<end])
        let path = rest[end...]
        target = Self.escaped(path.hasPrefix("/") ? String(path) : "/" + path)
        guard let port = Self.port(authority, scheme) else { return nil }
        self.port = port
    }

    private static func port(_ authority: String, _ scheme: String) -> Int? {
        let usual = scheme == "https" ? 443 : 80
        guard !authority.isEmpty, !authority.contains(" ") else { return nil }
        let host = authority.hasPrefix("[") ? authority.drop { $0 != "]" } : authority[...]
        guard let colon = host.lastIndex(of: ":") else { return usual }
        return Int(host[host.index(after: colon)...])
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            if byte > 0x20, byte < 0x7F {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" + digits : digits)
            }
        }
        return result
    }

    /// The host alone, in lower case and without brackets.
    package var host: String {
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }).lowercased() }
        return String(authority.prefix { $0 != ":" }).lowercased()
    }

    /// The listener that a client with this URL reaches; nil if nothing listens there.
    package func listener(in configuration: Configuration) -> Int? {
        let candidates = configuration.listeners.indices.filter { configuration.listeners[$0].port == port }
        let exact = candidates.first { configuration.listeners[$0].address == .ip(host) }
        let any = candidates.first { configuration.listeners[$0].address == .any }
        return exact ?? any ?? candidates.first
    }
}

extension Listener {
    /// `*:80`, `[::1]:80`, `unix:/run/x`.
    package var addressText: String {
        switch address {
        case .any: "*:\(port)"
        case .ip(let text): text.contains(":") ? "[\(text)]:\(port)" : "\(text):\(port)"
        case .unix(let path): "unix:" + path
        }
    }

    /// The address on this side of a connection that reaches it under a host's name.
    package func localAddress(for host: String) -> String {
        switch address {
        case .ip(let text): text
        case .unix: ""
        case .any: IPAddress(host) == nil ? "127.0.0.1" : host
        }
    }
}
