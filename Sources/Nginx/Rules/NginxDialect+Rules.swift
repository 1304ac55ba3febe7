package import Language
import Source

extension NginxDialect {
    /// The rules that only make sense for nginx, and what its reading and lowering report.
    package var rules: [LintRule] { Self.checks + Self.reported }

    /// The checks, one file each.
    private static let checks: [LintRule] = [
        .aliasTraversal, .aliasWithoutSlash, .allowAfterDenyAll, .allowWithoutDeny, .returnBeforeAccess,
        .captureInProxyPass, .queryInProxyPass, .upstreamWithoutSNI, .unusedUpstream,
        .addHeaderDropsInherited, .proxySetHeaderDropsInherited, .errorPageDropsInherited,
        .securityHeaderWithoutAlways, .contentTypeByAddHeader,
        .ifDropsTryFiles, .ifOverridesIf, .codeInsideTryFiles, .errorPageAnswersSuccess,
    ]
}

extension Place {
    /// The arguments of a `location`: its modifier, empty for a plain prefix, and its path or pattern.
    var location: (modifier: String, path: String)? {
        guard key == "location", let first = words.first else { return nil }
        if words.count > 1 { return (first, words[1]) }
        // nginx takes `=/x` and `~*\.php$` with the modifier glued to the path too.
        for modifier in ["^~", "~*", "~", "="] where first.hasPrefix(modifier) {
            return (modifier, String(first.dropFirst(modifier.count)))
        }
        return ("", first)
    }

    /// The prefix of a location that is searched by prefix; nil for other locations and for named ones.
    var prefix: String? {
        guard let location, location.modifier.isEmpty || location.modifier == "^~", location.path.hasPrefix("/") else {
            return nil
        }
        return location.path
    }

    /// A directive of a name that is in force here: in this block, else in the nearest one around it that has any.
    func inForce(_ name: String) -> [Place] {
        for block in [self] + ancestors {
            let own = block.children(name)
            if !own.isEmpty { return own }
        }
        return []
    }

    /// Name and path as messages quote them: `location /x`.
    var title: String { "`\(([directive.name] + words).joined(separator: " "))`" }
}
