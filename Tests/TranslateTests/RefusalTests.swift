import Apache
import IR
import Language
import Nginx
import Routing
import Source
import TestSupport
import Testing
import Translate

/// A guard is never lost: whoever Apache turns away gets nothing from the translation either.
struct RefusalTests {
    /// Configurations that are put together at random, the same ones each time.
    static let configurations: [String] = {
        var chance = SeededGenerator(seed: 31)
        return (0..<40).map { _ in
            let guards = GuardPieces.guards.shuffled(using: &chance).prefix(Int.random(in: 1...4, using: &chance))
            let others = GuardPieces.others.shuffled(using: &chance).prefix(Int.random(in: 0...4, using: &chance))
            let pieces = (guards + others).shuffled(using: &chance)
            return """
                <VirtualHost *:80>
                ServerName a.test
                DocumentRoot /srv/www
                <Directory /srv>
                Require all granted
                </Directory>
                \(pieces.joined(separator: "\n"))
                </VirtualHost>
                """
        }
    }()

    @Test(arguments: configurations.indices) func `nobody passes who was turned away before`(index: Int) throws {
        let source = Self.configurations[index]
        let direction = Direction(source: ApacheDialect(), target: NginxDialect())
        let translation = try #require(translated(Array(source.utf8), direction))
        let before = Self.plan(source, direction.source)
        let after = Self.plan(translation.text, direction.target)
        var leaks: [String] = []
        for path in GuardPieces.paths {
            for visitor in Visitor.all {
                let (wanted, got) = (Self.decide(before, path, visitor), Self.decide(after, path, visitor))
                let isRefused = [401, 403].contains(wanted.status) && wanted.sent.isEmpty
                let passes = (200..<300).contains(got.status) || !got.sent.isEmpty
                if isRefused, passes { leaks.append("\(visitor.method) \(path) as \(visitor): \(got.status)") }
            }
        }
        #expect(leaks.isEmpty, "\(leaks.prefix(8))\n\(source)\n\n\(translation.text)")
    }

    @Test(arguments: configurations.indices) func `the real server accepts what guards became`(index: Int) throws {
        let direction = Direction(source: ApacheDialect(), target: NginxDialect())
        let translation = try #require(translated(Array(Self.configurations[index].utf8), direction))
        let complaint = try complaint(about: translation.text, of: "nginx")
        #expect(complaint == nil, "\(complaint ?? "")\n\(Self.configurations[index])\n\n\(translation.text)")
    }

    /// Who asks.
    private struct Visitor: CustomStringConvertible {
        var method = "GET"
        var address = "192.0.2.1"
        var user: String?
        var query = ""
        var flag = "good"

        static let all = [
            Visitor(), Visitor(method: "POST"), Visitor(address: "10.0.0.1"), Visitor(user: "ann"),
            Visitor(method: "POST", user: "bob"), Visitor(query: "?q"), Visitor(flag: "bad"),
            Visitor(address: "10.0.0.2", user: "bob", query: "?q", flag: "bad"),
        ]

        var description: String { "\(address) \(user ?? "nobody") \(query) \(flag)" }

        var fields: [SupposedField] {
            // "ann:secret" and "bob:secret" as the Basic scheme has them.
            let words = ["ann": "YW5uOnNlY3JldA==", "bob": "Ym9iOnNlY3JldA=="]
            let login = user.flatMap { words[$0] }.map { [SupposedField("Authorization", "Basic \($0)")] } ?? []
            return [SupposedField("X-Flag", flag)] + login
        }
    }

    private static func plan(_ text: String, _ dialect: any Dialect) -> Plan {
        let path = dialect.name == "nginx" ? "/etc/nginx/site.conf" : "/etc/apache2/site.conf"
        return Plan(lowered(Array(text.utf8), dialect, path: path).1.configuration)
    }

    private static let world: World = {
        var world = World(files: GuardPieces.files)
        world.password = { file, _, password in
            file == Array("/etc/users".utf8) && password == Array("secret".utf8) ? .yes : .no
        }
        world.member = { _, _, _ in .no }
        return world
    }()

    private static func decide(_ plan: Plan, _ path: String, _ visitor: Visitor) -> Outcome {
        var decider = Decider(plan)
        let connection = ConnectionFacts(supposedListener: 0, port: 80, client: visitor.address)
        let request = SupposedRequest(
            visitor.method, host: "a.test", target: path + visitor.query, fields: visitor.fields,
            connection: connection)
        return decider.decide(request, in: world)
    }
}
