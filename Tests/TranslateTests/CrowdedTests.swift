import Apache
import IR
import Language
import Nginx
import Routing
import TestSupport
import Testing

/// Sections and patterns that all overlap would be a location for each pair of them.
struct CrowdedTests {
    /// A site with many sections, each of which every pattern may reach into.
    private static func site(sections: Int, patterns: Int) -> String {
        let locations = (0..<sections).map { number in
            "<Location /part\(number)>\nErrorDocument 404 \"nothing in \(number)\"\n</Location>"
        }
        let matches = (0..<patterns).map { number in
            "<LocationMatch \"k\(number)x\">\nErrorDocument 410 gone\nRequire ip 10.0.0.\(number)\n</LocationMatch>"
        }
        return """
            <VirtualHost *:80>
            ServerName a.test
            DocumentRoot /srv/www
            <Directory /srv>
            Require all granted
            </Directory>
            ProxyPassMatch "^/.*/app(.*)$" http://127.0.0.1:8000$1
            \((locations + matches).joined(separator: "\n"))
            </VirtualHost>
            """
    }

    private static let direction = Direction(source: ApacheDialect(), target: NginxDialect())

    @Test func `many sections with many patterns stay a text of bounded size, and the report says so`() throws {
        let translation = try #require(translated(Array(Self.site(sections: 80, patterns: 40).utf8), Self.direction))
        let locations = translation.text.ranges(of: "location ").count
        #expect(locations < 500)
        #expect(translation.report.contains("too many sections overlap"))
        #expect(try complaint(about: translation.text, of: "nginx") == nil)
    }

    @Test func `a few sections with a few patterns are places of their own`() throws {
        let translation = try #require(translated(Array(Self.site(sections: 4, patterns: 3).utf8), Self.direction))
        #expect(!translation.report.contains("too many sections overlap"))
    }

    @Test func `the guards of a crowded site still turn away`() throws {
        let source = Self.site(sections: 80, patterns: 40)
        let translation = try #require(translated(Array(source.utf8), Self.direction))
        let path = "/etc/nginx/site.conf"
        let plan = Plan(lowered(Array(translation.text.utf8), NginxDialect(), path: path).1.configuration)
        var decider = Decider(plan)
        func status(_ target: String, from address: String) -> Int {
            let connection = ConnectionFacts(supposedListener: 0, port: 80, client: address)
            let request = SupposedRequest("GET", host: "a.test", target: target, connection: connection)
            return decider.decide(request, in: World(files: ["/srv/www/part7/k3x.txt"])).status
        }
        #expect(status("/part7/k3x.txt", from: "10.0.0.3") == 200)
        #expect(status("/part7/k3x.txt", from: "10.0.0.4") == 403)
    }
}
