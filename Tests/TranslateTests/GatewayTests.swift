import Apache
import IR
import Language
import Nginx
import Routing
import Testing
import Translate

/// Scripts are answered by their application in the translation too, or by nobody: their text is never shown.
struct GatewayTests {
    private static let call = "SetHandler \"proxy:unix:/run/php.sock|fcgi://localhost\""
    /// Where a handler `@` stands, beside something else.
    static let handlers = [
        "<FilesMatch \"\\.php$\">\n@\n</FilesMatch>", "<FilesMatch \".+\\.ph(?:ar|p|tml)$\">\n@\n</FilesMatch>",
        "<Files \"*.php\">\n@\n</Files>", "<Location \"/x\">\n@\n</Location>",
        "<Directory \"/srv\">\n@\n</Directory>", "<Directory \"/srv/x\">\n@\n</Directory>", "@",
        "<FilesMatch \"\\.php$\">\n<If \"-f %{REQUEST_FILENAME}\">\n@\n</If>\n</FilesMatch>",
        "<FilesMatch \"\\.php$\">\n<If \"%{REQUEST_METHOD} == 'GET'\">\n@\n</If>\n</FilesMatch>",
        "<LocationMatch \"^/x/.*\\.php\">\n@\n</LocationMatch>",
        "RewriteEngine On\nRewriteRule \"^/(.*\\.php)$\" \"fcgi://127.0.0.1:9000/srv/$1\" [P]",
        "<Directory \"/srv\">\nRewriteEngine On\nRewriteRule \"\\.php$\" - [H=proxy:fcgi://127.0.0.1:9000]\n</Directory>",
        "AddHandler \"proxy:fcgi://127.0.0.1:9000\" .php",
        "<Directory \"/srv/x\">\nAddHandler \"proxy:fcgi://127.0.0.1:9000\" .php .five\n</Directory>",
        "AddHandler cgi-script .php", "<Directory \"/srv/x\">\nAddHandler cgi-script php\n</Directory>",
        "<Directory \"/srv/x\">\nSetHandler cgi-script\n</Directory>\n"
            + "<FilesMatch \"\\.php$\">\nSetHandler cgi-script\n</FilesMatch>",
        "<Directory \"/srv/x\">\nSetHandler \"proxy:http://127.0.0.1:9000\"\n</Directory>",
        "<FilesMatch \"\\.php$\">\nSetHandler \"proxy:http://127.0.0.1:9000\"\n</FilesMatch>",
        "AddHandler \"proxy:http://127.0.0.1:9000\" .php",
        "RewriteEngine On\nRewriteRule \"\\.php$\" - [H=proxy:http://127.0.0.1:9000]",
        "RewriteEngine On\nRewriteRule \"\\.php$\" - [H=proxy:fcgi://127.0.0.1:9000]",
        "ProxyPassMatch \"^/(.*\\.php(/.*)?)$\" \"fcgi://127.0.0.1:9000/srv/$1\"",
        "ProxyPass \"/x/\" \"fcgi://127.0.0.1:9000/srv/x/\"",
    ]
    static let others = [
        "", "<FilesMatch \"\\.php$\">\nRequire ip 127.0.0.1\n</FilesMatch>",
        "<FilesMatch \"^z\">\nRequire ip 127.0.0.1\n</FilesMatch>",
        "<Location \"/x\">\nRequire all granted\n</Location>",
        "<Directory \"/srv/x\">\nFallbackResource /x/z.php\n</Directory>",
        "<LocationMatch \"/z\">\nHeader set X-A b\n</LocationMatch>", "Alias \"/x\" \"/srv/x\"",
        "<Directory \"/srv/x\">\nRewriteEngine On\nRewriteRule \"^other$\" z.php [L]\n</Directory>",
        "<FilesMatch \"z\">\nForceType text/plain\n</FilesMatch>", "DirectoryIndex z.php",
    ]

    private func configuration(_ handler: String, _ other: String) -> String {
        """
        <VirtualHost *:80>
        ServerName a.test
        DocumentRoot /srv
        \(handler.replacing("@", with: Self.call))
        \(other)
        </VirtualHost>

        """
    }

    @Test(arguments: handlers) func `a script is not shown as a file`(handler: String) throws {
        let direction = Direction(from: ApacheDialect(), to: NginxDialect())
        for other in Self.others {
            // A folder's rules take the place of those outside, in httpd too.
            if handler.contains("[H="), other.contains("RewriteRule") { continue }
            let text = configuration(handler, other)
            let result = try #require(translated(Array(text.utf8), direction))
            let (_, lowered) = lowered(Array(result.text.utf8), direction.target, path: "to-nginx.conf")
            var decider = Decider(Plan(lowered.configuration))
            let world = World(files: ["/srv/x/z.php"])
            for target in ["/x/z.php", "/x/z.php?q=1", "/x/"] {
                let outcome = decider.decide(SupposedRequest(host: "a.test", target: target), in: world)
                let isFile = if case .file = outcome.body { true } else { false }
                #expect(!isFile, "\(target) is shown by the translation of\n\(text)\n\(result.text)")
            }
        }
    }

    @Test func `what stands around scripts is told in nginx's words`() throws {
        let direction = Direction(from: ApacheDialect(), to: NginxDialect())
        let text = configuration("<FilesMatch \"\\.php$\">\n@\n</FilesMatch>", "SetEnv STAGE live")
        let result = try #require(translated(Array(text.utf8), direction))
        for line in [
            "location ~ \\.php(?=/|\\z) {", "fastcgi_pass unix:/run/php.sock;", "fastcgi_param STAGE live;",
            "fastcgi_param PATH_INFO $fastcgi_path_info if_not_empty;", "fastcgi_param HTTP_AUTHORIZATION \"\";",
        ] {
            #expect(result.text.contains(line), "\(line) is not in\n\(result.text)")
        }
        #expect(result.losses.isEmpty)
    }

    @Test func `parameters become what httpd does not tell by itself`() throws {
        let direction = Direction(from: NginxDialect(), to: ApacheDialect())
        let text = """
            server { listen 80; server_name a.test; root /srv; location ~ \\.php(/|$) {
              fastcgi_split_path_info ^(.+?\\.php)(/.*)$; fastcgi_param QUERY_STRING $query_string;
              fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_param STAGE live;
              fastcgi_param PATH_INFO $fastcgi_path_info; fastcgi_pass 127.0.0.1:9000; } }
            """
        let result = try #require(translated(Array(text.utf8), direction))
        for line in [
            "SetHandler \"proxy:fcgi://127.0.0.1:9000\"", "CGIPassAuth On", "ProxyFCGISetEnvIf true STAGE live",
            "ProxyFCGISetEnvIf true SCRIPT_FILENAME /srv%{REQUEST_URI}",
            "ProxyFCGISetEnvIf \"%{REQUEST_URI} =~ m#^(.+?\\.php)(/.*)$#\" SCRIPT_FILENAME /srv$1",
        ] {
            #expect(result.text.contains(line), "\(line) is not in\n\(result.text)")
        }
        #expect(!result.text.contains("QUERY_STRING") && result.losses.isEmpty)
        #expect(try complaint(about: result.text, of: "apache") == nil)
    }
}
