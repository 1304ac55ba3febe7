package import Language
import Source

extension ApacheDialect {
    /// The rules that only make sense for httpd, and what its reading and lowering report.
    package var rules: [LintRule] { Self.checks + Self.reported }

    /// The checks.
    private static let checks: [LintRule] = [
        .openProxy, .proxyPassWithoutReverse, .proxyPassReverseMismatch, .requireSideBySide, .mixedAccessControl,
        .headerSetTwice, .securityHeaderWithoutAlways, .rewritePatternWithSlash, .rewritePatternWithoutSlash,
        .rewriteRuleWithoutEngine, .rewriteRuleOutsideVirtualHosts, .virtualHostWithoutListen, .addressHidesNames,
    ]
}

extension Place {
    /// It stands in an `.htaccess` file, and in no section there that changes what it is about.
    func isInHtaccess(_ subject: LintSubject) -> Bool {
        let path = subject.reading.sources[directive.range.file].path
        return (path.split(separator: "/").last ?? "").hasPrefix(".htaccess")
    }

    /// The virtual host around it; nil in the main server.
    var virtualHost: Place? { enclosing("<virtualhost") }

    /// It stands directly in a virtual host or outside all sections.
    var isAtServerLevel: Bool { parent == nil || parent?.key == "<virtualhost" }

    /// The statement as messages quote it.
    var title: String {
        let text = ([directive.name] + words).joined(separator: " ")
        return directive.isBlock ? "`<\(text)>`" : "`\(text)`"
    }
}
