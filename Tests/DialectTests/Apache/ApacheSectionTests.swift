import IR
import Routing
import Source
import Testing

/// Sections: where they apply, and in which order they are merged.
struct ApacheSectionTests {
    private let world = World(files: ["/www/file.txt", "/www/sub/deep/a.txt", "/www/.htpasswd"])

    @Test func `directories come by depth, then patterns, files, locations and conditions`() {
        let apache = ApacheCase(
            site: """
                <If "true">
                </If>
                <Location />
                </Location>
                <Files "*.txt">
                </Files>
                <DirectoryMatch "x">
                </DirectoryMatch>
                <Directory /www/sub>
                </Directory>
                <Directory />
                </Directory>
                """)
        #expect(
            apache.site.overlays.map(\.rank) == [
                .directory(depth: 0, step: 0), .directory(depth: 2, step: 0), .directoryPattern, .fileName, .url,
                .condition,
            ])
    }

    @Test func `of locations the last one written wins, and appends add up`() {
        let apache = ApacheCase(
            site: """
                <Location /sub/deep>
                Header always set X-A deep
                </Location>
                <Location /sub>
                Header always set X-A sub
                Header always append X-M sub
                </Location>
                <Location />
                Header always set X-A root
                </Location>
                """)
        let outcome = apache.decide("GET", "/sub/deep/a.txt", world: world)
        #expect(outcome.field("x-a") == "root")
        #expect(outcome.field("x-m") == "sub")
    }

    @Test func `the main server's sections come before the virtual host's of the same kind`() {
        let apache = ApacheCase(
            """
            Listen 80
            <Location /a>
            Header always set X-A main
            </Location>
            <VirtualHost *:80>
            <Location />
            Header always set X-A host
            </Location>
            </VirtualHost>
            """)
        #expect(apache.decide("GET", "/a").field("x-a") == "host")
    }

    @Test func `files inside a directory are both`() {
        let apache = ApacheCase(
            site: """
                <Directory /www/sub>
                <Files ~ "^a">
                Require all denied
                </Files>
                </Directory>
                """)
        #expect(apache.decide("GET", "/sub/deep/a.txt", world: world).status == 403)
        #expect(apache.decide("GET", "/file.txt", world: world).status == 200)
    }

    @Test func `one of if, else if and else applies`() {
        let apache = ApacheCase(
            site: """
                <If "%{QUERY_STRING} =~ /^a/">
                Header always set X-If a
                </If>
                <ElseIf "%{QUERY_STRING} == 'b'">
                Header always set X-If b
                </ElseIf>
                <Else>
                Header always set X-If else
                </Else>
                """)
        #expect(apache.decide("GET", "/?abc", world: world).field("x-if") == "a")
        #expect(apache.decide("GET", "/?b", world: world).field("x-if") == "b")
        #expect(apache.decide("GET", "/?c", world: world).field("x-if") == "else")
    }

    @Test func `a guard under a condition that is not run stays closed`() {
        let apache = ApacheCase(
            site: """
                <If "%{REMOTE_ADDR} in split(',', 'a')">
                Require all denied
                Header always set X-If a
                </If>
                """)
        let outcome = apache.decide("GET", "/file.txt", world: world)
        #expect(apache.diagnostics.count == 1)
        #expect(outcome.status == 403 || apache.rules() == ["invalid-value"])
        #expect(outcome.field("x-if") == nil)
    }

    @Test func `options are replaced without signs and changed with them`() {
        let apache = ApacheCase(
            site:
                "<Directory /www>\nOptions Indexes\n</Directory>\n"
                + "<Directory /www/sub>\nOptions +FollowSymLinks -Indexes\n</Directory>"
        )
        #expect(apache.overlays[0].files.listing?.value == true)
        #expect(apache.overlays[0].files.links?.value == .never)
        #expect(apache.overlays[1].files.listing?.value == false)
        #expect(apache.overlays[1].files.links?.value == .follow)
        #expect(ApacheCase("Options +Indexes None\n").rules() == ["invalid-value"])
    }

    @Test func `overrides other than none are told, and held for the folder`() {
        let apache = ApacheCase(site: "<Directory /www>\nAllowOverride All\n</Directory>")
        #expect(apache.site.discovery?.allowed.first?.below == .segments("/www"))
        #expect(apache.rules(.warning) == ["unsupported-directive"])
        #expect(apache.site.discovery?.names == [".htaccess"])
        let renamed = ApacheCase(site: "AccessFileName .acl\n<Directory /www>\nAllowOverride All\n</Directory>")
        #expect(renamed.site.discovery?.names == [".acl"])
        #expect(ApacheCase(site: "<Directory /www>\nAllowOverride None\n</Directory>").diagnostics.isEmpty)
        #expect(
            ApacheCase(site: "<Directory /www>\nAllowOverride None # why\n</Directory>").rules() == ["invalid-value"])
    }

    @Test(arguments: [
        ("<Location /a>\n<Files b>\n</Files>\n</Location>", "wrong-context"),
        ("<Directory /a>\n<Location /b>\n</Location>\n</Directory>", "wrong-context"),
        ("<Else>\n</Else>", "wrong-context"), ("<If>\n</If>", "wrong-arguments"),
        ("<If \"%{HTTPS}\">\n</If>", "invalid-value"),
        ("<LocationMatch \"(\">\n</LocationMatch>", "invalid-value"), ("<Limit GET>\n</Limit>", "wrong-context"),
        ("AllowOverride None", "wrong-context"),
    ])
    func `what the server refuses is an error`(text: String, rule: String) {
        #expect(ApacheCase(site: text).rules() == [rule])
    }
}
