import Apache
import IR
import Language
import Nginx
import Testing
import Translate

/// nginx does not start where an `if` stands in another.
struct NestedTests {
    static let rules = [
        "RewriteCond %{REQUEST_FILENAME} -f\nRewriteRule ^(.*)$ - [E=found:yes,L]",
        "RewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^(.*)$ /index.php?p=$1 [E=front:1,E=path:$1,L]",
        "RewriteCond %{REQUEST_FILENAME} !-f\nRewriteCond %{REQUEST_METHOD} GET\nRewriteRule ^(x.*)$ /y [E=front:1]",
        "RewriteCond %{HTTP_HOST} ^a\nRewriteRule ^(x.*)$ http://b.test/$1 [R=303,E=a:b,L]",
        "RewriteCond %{HTTP_HOST} ^a [OR]\nRewriteCond %{REQUEST_METHOD} !GET\nRewriteRule x - [F]",
    ]

    @Test(arguments: rules, ["<Directory /srv>\n@\n</Directory>", "@"])
    func `what a rule sets, asks and changes is one if`(rule: String, place: String) throws {
        let text = """
            <VirtualHost *:80>
            ServerName a.test
            DocumentRoot /srv
            \(place.replacing("@", with: "RewriteEngine On\n\(rule)"))
            </VirtualHost>

            """
        let result = try #require(translated(Array(text.utf8), Direction(from: ApacheDialect(), to: NginxDialect())))
        var open: [Bool] = []
        for line in result.text.split(separator: "\n").map({ $0.drop { $0 == " " } }) {
            let isCondition = line.hasPrefix("if (")
            #expect(!isCondition || !open.contains(true), "\(result.text)")
            if line.hasSuffix("{") { open.append(isCondition) }
            if line == "}" { open.removeLast() }
        }
        #expect(result.text.contains("if ("), "\(result.text)")
    }
}
