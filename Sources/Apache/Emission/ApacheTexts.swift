import IR
import Language

/// Templates as httpd writes them: `%{NAME}` in rules and expressions, `%` formats in logs.
extension ApacheWriter {
    /// A template with `%{NAME}` in it; nil: httpd has no variable for a value.
    ///
    /// Groups become `$1`, or `%1` of a condition.
    mutating func text(_ template: Template, captures: String = "$") -> String? {
        var result = ""
        for piece in template.pieces {
            switch piece {
            case .literal(let literal): result += literal
            case .value(.capture(let bank, let number)): result += (bank == 0 ? captures : "%") + String(number)
            case .value(let value):
                guard let name = name(of: value) else { return nil }
                result += name
            case .apply(.escape, let inner):
                guard inner.count == 1, let text = text(inner[0], captures: captures) else { return nil }
                result += text
            case .apply, .lookup: return nil
            }
        }
        return result
    }

    /// The name of a value in rules and expressions.
    private mutating func name(of value: Value) -> String? {
        switch value {
        case .path where changesPath: return "%{REQUEST_FILENAME}"
        case .requestHeader("host"), .hostHeader: return "%{HTTP_HOST}"
        case .hostOrSiteName, .host: return "%{SERVER_NAME}"
        case .requestHeader(let name): return "%{HTTP:\(shown(name))}"
        case .siteName: return ownName
        case .targetAsReceived:
            fetch("SetEnvIfExpr \"%{THE_REQUEST} =~ m#^\\S+ (?:\\w+://[^/? ]+)?(\\S*)#\" TARGET=$1")
            return "%{ENV:TARGET}"
        case .listenerPort:
            let ports = Set(ownListeners.map(\.port))
            return ports.count == 1 ? ports.first.map { String($0) } : "%{SERVER_PORT}"
        // In rules of the server the file is not looked for yet.
        case .filePath where isInRules: return name(of: .path).map { "%{DOCUMENT_ROOT}" + $0 }
        case .argument(let name):
            return fetched("ARG", name, from: "%{QUERY_STRING}", "(?:^|&)(?i:\(name))=([^&]*)")
        case .cookie(let name):
            return fetched("COOKIE", name, from: "%{HTTP:Cookie}", "(?:^|[;,]\\s*)(?i:\(name))=([^;]*)")
        case .queryMark:
            fetch("SetEnvIfExpr \"-n %{QUERY_STRING}\" IS_ARGS=?")
            return "%{ENV:IS_ARGS}"
        case .tls("session_reused"):
            // The other server's words for it are a point and an `r`.
            fetch("SetEnvIf Request_URI ^ TLS_REUSED=.")
            fetch("SetEnvIfExpr \"%{SSL:SSL_SESSION_RESUMED} == 'Resumed'\" TLS_REUSED=r")
            return "%{ENV:TLS_REUSED}"
        case .tls(let name) where name.lowercased().hasSuffix("_legacy"): return nil
        case .tls(let name): return name.lowercased() == "https" ? "%{HTTPS}" : "%{SSL:\(TLSNames.apache(name))}"
        case .variable(let slot):
            return hasValue(slot) ? "%{ENV:\(configuration.variables[slot.at].name)}" : nil
        case .environment(let name): return "%{ENV:\(name)}"
        default: return Self.names[value]
        }
    }

    /// The listeners that lead to the site.
    private var ownListeners: [Listener] {
        configuration.listeners.filter { listener in
            listener.names.fallback == site || listener.names.names.contains { $0.site == site }
        }
    }

    /// The name that the site gives itself, whatever the client calls it.
    private var ownName: String? {
        let name = configuration.sites[site.at].name ?? ""
        return name.contains { "\"'\\%$ ".contains($0) } ? nil : name
    }

    private static let names: [Value: String] = [
        .path: "%{REQUEST_URI}", .pathBeforeRules: "%{REQUEST_URI}",
        .query: "%{QUERY_STRING}", .method: "%{REQUEST_METHOD}", .scheme: "%{REQUEST_SCHEME}",
        .clientAddress: "%{REMOTE_ADDR}", .peerAddress: "%{CONN_REMOTE_ADDR}", .clientPort: "%{REMOTE_PORT}",
        .authorityPort: "%{SERVER_PORT}", .listenerAddress: "%{SERVER_ADDR}",
        .version: "%{SERVER_PROTOCOL}", .user: "%{REMOTE_USER}",
        .filePath: "%{REQUEST_FILENAME}", .rootPath: "%{DOCUMENT_ROOT}", .requestLine: "%{THE_REQUEST}",
        .status: "%{REQUEST_STATUS}",
    ]

    /// A field's name as people write it.
    func shown(_ name: String) -> String {
        name.split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
    }

    /// A value of Header or RequestHeader: text, or an expression where a variable is in it; nil: it cannot be said.
    mutating func headerValue(_ template: Template) -> String? {
        if let literal = template.literal { return ApacheQuoting.word(literal.replacing("%", with: "%%")) }
        guard let text = text(template), !text.contains("$") else { return nil }
        return ApacheQuoting.word("expr=" + text)
    }

    /// A line of an access log; nil: httpd has no format for a value.
    func logFormat(_ line: Template) -> String? {
        var result = ""
        for piece in line.pieces {
            switch piece {
            case .literal(let text): result += text.replacing("%", with: "%%")
            case .value(let value):
                guard let item = logItem(value) else { return nil }
                result += item
            case .apply, .lookup: return nil
            }
        }
        return result.replacing("[%{%d/%b/%Y:%H:%M:%S %z}t]", with: "%t")
    }

    private func logItem(_ value: Value) -> String? {
        switch value {
        case .requestHeader(let name): "%{\(shown(name))}i"
        case .responseHeader(let name): "%{\(shown(name))}o"
        case .hostHeader, .hostOrSiteName, .host: "%{Host}i"
        case .cookie(let name): "%{\(name)}C"
        case .time("%Y-%m-%dT%H:%M:%S%:z"): "%{%Y-%m-%dT%H:%M:%S%z}t"
        case .time(let format) where format.contains("%"): "%{\(format)}t"
        case .environment(let name): "%{\(name)}e"
        case .tls(let name): "%{\(TLSNames.apache(name))}x"
        default: Self.logItems[value]
        }
    }

    private static let logItems: [Value: String] = [
        .clientAddress: "%a", .peerAddress: "%{c}a", .user: "%u", .requestLine: "%r", .status: "%>s",
        .originalStatus: "%s",
        .bodyBytes(dashForZero: false): "%B", .bodyBytes(dashForZero: true): "%b", .bytesSent: "%O",
        .bytesReceived: "%I",
        .requestLength: "%I", .method: "%m", .path: "%U", .version: "%H", .queryMark: "", .query: "%q", .siteName: "%v",
        .listenerPort: "%p", .authorityPort: "%p", .listenerAddress: "%A", .durationMicroseconds: "%D",
        .durationMilliseconds: "%{ms}T", .durationWholeSeconds: "%T", .durationSeconds: "%{ms}T", .requestID: "%L",
        .processID: "%P", .connectionRequests: "%k", .targetAsReceived: "%U%q", .filePath: "%f",
    ]
}
