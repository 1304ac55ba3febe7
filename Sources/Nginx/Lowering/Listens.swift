import IR
import Language
import Source

/// `listen`.
struct Listen: Sendable {
    var address: Address
    var port: Int
    var isDefault = false
    var usesTLS = false
    /// Proxies introduce their clients here.
    var takesProxies = false
    var backlog: Int?
    /// Parameters that belong to the socket, not to the server.
    var hasSocketOptions = false
    var origin: ID<Origin>
    var range: SourceRange

    /// The address as messages have it.
    var written: String { socketName(address, port) }
}

/// `server_name`.
struct ServerName: Sendable {
    var pattern: NamePattern
    /// As `$server_name` has it.
    var text: String
    var origin: ID<Origin>
    var range: SourceRange
}

/// An address and port in words.
func socketName(_ address: Address, _ port: Int) -> String {
    switch address {
    case .any: "[::]:\(port)"
    case .ip(let ip): ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    case .unix(let path): "unix:\(path)"
    }
}

extension NginxLowering {
    /// `listen ADDRESS[:PORT] [PARAMETER…]`.
    mutating func lowerListen(_ directive: Directive) {
        guard let (address, ports) = socket(directive.arguments[0]) else { return }
        var listen = Listen(
            address: address, port: ports.lowerBound, origin: origin(directive), range: directive.arguments[0].range)
        for argument in directive.arguments.dropFirst() { readParameter(argument, into: &listen, directive) }
        for port in ports {
            listen.port = port
            if let twin = level.site.listens.first(where: { $0.address == listen.address && $0.port == port }) {
                report(
                    "duplicate-listen", .error, "this server listens on \(listen.written) already", at: directive.head,
                    why: "nginx refuses to start: a duplicate listen \(listen.written)", help: "remove one of the two",
                    related: [Note("the other is here", at: twin.range)])
                continue
            }
            level.site.listens.append(listen)
        }
    }

    private mutating func readParameter(_ argument: Argument, into listen: inout Listen, _ directive: Directive) {
        let parts = argument.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? String(parts[1]) : nil
        switch (String(parts[0]), value) {
        case ("default_server", nil), ("default", nil): listen.isDefault = true
        case ("ssl", nil): listen.usesTLS = true
        case ("http2", nil), ("spdy", nil): reportUnsupported(argument, "HTTP/2")
        case ("quic", nil), ("http3", nil): reportUnsupported(argument, "HTTP/3")
        case ("proxy_protocol", nil): listen.takesProxies = true
        case ("backlog", let value?):
            listen.hasSocketOptions = true
            listen.backlog = Int(value)
        case ("ipv6only", let value?):
            listen.hasSocketOptions = true
            if value == "off", listen.address == .ip("::") { listen.address = .any }
        case ("deferred", nil), ("bind", nil), ("reuseport", nil), ("multipath", nil), ("setfib", .some),
            ("fastopen", .some), ("rcvbuf", .some), ("sndbuf", .some), ("accept_filter", .some),
            ("so_keepalive", .some):
            listen.hasSocketOptions = true
        default:
            let known = [
                "default_server", "ssl", "http2", "quic", "proxy_protocol", "backlog", "ipv6only", "reuseport",
                "deferred", "bind", "fastopen", "so_keepalive", "rcvbuf", "sndbuf",
            ]
            let near = closest(to: String(parts[0]), in: known)
            refuse(
                argument, "`listen` does not know the parameter \"\(argument.text)\"",
                help: near.map { "did you mean `\($0)`?" })
        }
    }

    private mutating func reportUnsupported(_ argument: Argument, _ what: String) {
        report(
            Coverage.unsupported, .warning, "\(what) at this address is not run by Sluice", at: argument.range,
            why: "clients that speak it are not served here")
    }

    /// An address with its ports; reports what is none.
    ///
    /// Source: `ngx_parse_url` in src/core/ngx_inet.c.
    private mutating func socket(_ argument: Argument) -> (Address, ClosedRange<Int>)? {
        var text = Substring(argument.text)
        if text.hasPrefix("unix:") { return (.unix(String(text.dropFirst(5))), 0...0) }
        if let port = ports(text) { return (.ip("0.0.0.0"), port) }
        var host: String
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else {
                refuse(argument, "the bracket of an IPv6 address is not closed", help: "write `[::]:80`")
                return nil
            }
            host = String(text[text.index(after: text.startIndex)..<end])
            text = text[text.index(after: end)...]
            guard text.isEmpty || text.hasPrefix(":") else {
                refuse(argument, "\"\(argument.text)\" is no address", help: "write `[::]:80`")
                return nil
            }
            text = text.dropFirst()
        } else {
            let colon = text.lastIndex(of: ":")
            host = String(colon.map { text[..<$0] } ?? text)
            text = colon.map { text[text.index(after: $0)...] } ?? ""
            if host == "*" || host.isEmpty { host = "0.0.0.0" }
            if host == "localhost" { host = "127.0.0.1" }
        }
        guard let ports = text.isEmpty ? 80...80 : ports(text) else {
            refuse(
                argument, "\"\(text)\" is no port", why: "a port is a number from 1 to 65535",
                help: "write `listen 80;` or `listen ADDRESS:80;`")
            return nil
        }
        return (.ip(host.lowercased()), ports)
    }

    private func ports(_ text: Substring) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count <= 2, let first = ends[0], let last = ends.last ?? first, (1...65535).contains(first),
            (first...65535).contains(last), text.first != "+"
        else { return nil }
        return first...last
    }

    /// `server_name NAME…`.
    ///
    /// Source: `ngx_http_core_server_name` in src/http/ngx_http_core_module.c.
    mutating func lowerServerNames(_ directive: Directive) {
        let place = origin(directive)
        for argument in directive.arguments {
            guard let pattern = namePattern(argument) else { continue }
            let shown = argument.text.hasPrefix(".") ? String(argument.text.dropFirst()) : argument.text
            level.site.names.append(
                ServerName(pattern: pattern, text: shown, origin: place, range: argument.range))
        }
    }

    private mutating func namePattern(_ argument: Argument) -> NamePattern? {
        let text = argument.text
        if text.hasPrefix("~") {
            return pattern(String(text.dropFirst()), ignoresCase: true, at: argument.range).map {
                .pattern($0, into: 0)
            }
        }
        if text.contains("/") {
            report(
                "odd-server-name", .warning, "the server name \"\(text)\" has suspicious symbols", at: argument.range,
                why: "no Host field ever names a path", help: "write the host alone")
        }
        let name = text.lowercased()
        let stars = name.utf8.count { $0 == UInt8(ascii: "*") }
        if name.hasPrefix("*."), stars == 1, name.utf8.count > 2 {
            return .suffix(String(name.dropFirst()), andItself: false)
        }
        if name.hasSuffix(".*"), stars == 1, name.utf8.count > 2 { return .prefix(String(name.dropLast())) }
        if name.hasPrefix("."), stars == 0, name.utf8.count > 1 { return .suffix(name, andItself: true) }
        guard stars == 0, !name.hasPrefix(".") || name.isEmpty else {
            refuse(
                argument, "\"\(text)\" is no server name or wildcard",
                why: "nginx takes `*` only as the whole first or last label of a name",
                help: "write a pattern instead: `~^…$`")
            return nil
        }
        return .exact(name)
    }
}
