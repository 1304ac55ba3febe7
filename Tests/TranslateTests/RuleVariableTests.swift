import Apache
import IR
import Language
import Nginx
import Testing
import Translate

/// What rules set by `E=` is what fields of an answer name, in the translation too.
struct RuleVariableTests {
    private func translation(_ field: String) throws -> String {
        let text = """
            <VirtualHost *:80>
            ServerName a.test
            DocumentRoot /srv
            RewriteEngine On
            RewriteRule ^/a/(.*) - [E=x:$1]
            Header set X-Env "\(field)"
            </VirtualHost>

            """
        return try #require(translated(Array(text.utf8), Direction(from: ApacheDialect(), to: NginxDialect()))).text
    }

    @Test func `a field that names what a rule sets has its value, or httpd's word for nothing`() throws {
        let text = try translation("%{x}e")
        #expect(text.contains("set $x $1;"), "\(text)")
        #expect(text.contains("map $x $filled {"), "\(text)")
        #expect(text.contains("\"\" (null);") && text.contains("default $x;"), "\(text)")
        #expect(text.contains("add_header X-Env $filled;"), "\(text)")
    }

    @Test func `a name that nothing sets is httpd's word for nothing`() throws {
        #expect(try translation("%{unknown}e").contains("add_header X-Env (null);"))
    }
}
