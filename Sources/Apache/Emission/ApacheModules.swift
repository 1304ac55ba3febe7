import IR
import Language

/// Which modules a text needs.
extension ApacheWriter {
    /// A text with a comment that names the modules that it needs, for `a2enmod` or LoadModule lines.
    func naming(modulesOf lines: [TextLine]) -> [TextLine] {
        var found: Set<String> = []
        collect(lines, &found)
        guard !lines.isEmpty, !found.isEmpty else { return lines }
        var lines = lines
        lines[0].comment.append("Modules: \(found.sorted().joined(separator: ", "))")
        return lines
    }

    private func collect(_ lines: [TextLine], _ found: inout Set<String>) {
        for line in lines {
            let word = String(line.head.prefix { $0 != " " })
            found.formUnion(Self.modules[word] ?? [])
            if line.head.contains("fcgi://") || word.hasPrefix("ProxyFCGI") {
                found.formUnion(["proxy", "proxy_fcgi"])
                if word == "BalancerMember" { found.remove("proxy_http") }
            }
            if word == "Require" || word == "AuthType" { found.formUnion(guards(line.head)) }
            if line.head.hasPrefix("RewriteRule"), line.head.hasSuffix("P]") {
                found.formUnion(["proxy", "proxy_http"])
            }
            if line.head.hasPrefix("Options"), line.head.contains("+Indexes") { found.insert("autoindex") }
            if let block = line.block { collect(block, &found) }
        }
    }

    private func guards(_ head: String) -> Set<String> {
        let words = head.split(separator: " ").dropFirst().drop { $0 == "not" }
        switch words.first.map({ String($0) }) ?? "" {
        case "ip", "host", "local": return ["authz_host"]
        case "user", "valid-user": return ["authz_user"]
        case "group": return ["authz_groupfile"]
        case "Basic": return ["auth_basic", "authn_core", "authn_file"]
        default: return ["authz_core"]
        }
    }

    private static let modules: [String: Set<String>] = [
        "ProxyPass": ["proxy", "proxy_http"], "ProxyPassMatch": ["proxy", "proxy_http"],
        "BalancerMember": ["proxy", "proxy_http", "proxy_balancer", "slotmem_shm", "lbmethod_byrequests"],
        "ProxySet": ["lbmethod_bybusyness"], "RewriteEngine": ["rewrite"], "Header": ["headers"],
        "RequestHeader": ["headers"], "SetEnvIf": ["setenvif"], "SetEnvIfNoCase": ["setenvif"],
        "SetEnvIfExpr": ["setenvif"], "Alias": ["alias"], "AliasMatch": ["alias"], "ExpiresActive": ["expires"],
        "DirectoryIndex": ["dir"], "AddType": ["mime"], "SSLEngine": ["ssl"], "SSLProxyEngine": ["ssl"],
        "RemoteIPHeader": ["remoteip"], "RemoteIPProxyProtocol": ["remoteip"], "RewriteCond": ["rewrite"],
        "RequireAll": ["authz_core"], "RequireAny": ["authz_core"], "RequireNone": ["authz_core"],
    ]
}
