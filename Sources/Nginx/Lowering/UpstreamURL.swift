/// A URL behind `proxy_pass` and the like.
///
/// Source: `ngx_parse_url` and `ngx_http_proxy_set_vars`.
struct UpstreamURL: Hashable, Sendable {
    /// "http" or "https".
    var scheme: String
    /// A name, an address without brackets, or a unix socket's path.
    var host: String
    /// As written; nil where there is none.
    var port: Int?
    /// It is a unix socket.
    var isUnix: Bool
    /// What follows the authority, nil where nothing does.
    var uri: String?

    /// Why a URL cannot be read.
    enum Problem: Error {
        case scheme, host, port
    }

    init(_ text: String) throws(Problem) {
        guard let colon = text.range(of: "://") else { throw .scheme }
        scheme = text[..<colon.lowerBound].lowercased()
        guard ["http", "https", "grpc", "grpcs", "fastcgi"].contains(scheme) else { throw .scheme }
        var rest = text[colon.upperBound...]
        if rest.hasPrefix("unix:") {
            rest = rest.dropFirst(5)
            let end = rest.firstIndex(of: ":")
            host = String(rest[..<(end ?? rest.endIndex)])
            uri = end.map { String(rest[rest.index(after: $0)...]) }.flatMap { $0.isEmpty ? nil : $0 }
            isUnix = true
            if host.isEmpty { throw .host }
            return
        }
        isUnix = false
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        uri = end == rest.endIndex ? nil : (rest[end] == "?" ? "/" : "") + rest[end...]
        var authority = rest[..<end]
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw .host }
            host = String(authority[authority.index(after: authority.startIndex)..<close])
            authority = authority[authority.index(after: close)...]
            guard authority.isEmpty || authority.hasPrefix(":") else { throw .port }
        } else {
            let colon = authority.firstIndex(of: ":") ?? authority.endIndex
            host = String(authority[..<colon])
            authority = authority[colon...]
        }
        if host.isEmpty { throw .host }
        guard !authority.isEmpty else { return }
        guard let number = Int(authority.dropFirst()), (1...65535).contains(number), authority.dropFirst().first != "+"
        else { throw .port }
        port = number
    }

    /// The port that is connected to.
    var portOrDefault: Int { isUnix ? 0 : port ?? defaultPort }

    private var defaultPort: Int { scheme == "https" || scheme == "grpcs" ? 443 : 80 }

    /// The URL with its port as it was written.
    var asWritten: String {
        if isUnix { return written }
        let shown = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(shown)\(port.map { ":\($0)" } ?? "")\(uri ?? "")"
    }

    /// The URL as `$proxy_host` sees it: without the scheme's own port.
    var written: String {
        if isUnix { return "\(scheme)://unix:\(host):\(uri ?? "")" }
        let shown = host.contains(":") ? "[\(host)]" : host
        let suffix = port == nil || port == defaultPort ? "" : ":\(port ?? 0)"
        return "\(scheme)://\(shown)\(suffix)\(uri ?? "")"
    }
}

extension String {
    /// Where a text occurs first.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
