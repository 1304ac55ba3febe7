import IR
import Routing
import Source
import Testing

/// Guards: by address, by user, old and new.
struct ApacheAccessTests {
    private let world = World(files: ["/www/file.txt"])

    private func status(_ text: String, client: String = "10.1.2.3", method: String = "GET") -> Int {
        ApacheCase(site: "<Directory /www>\n\(text)\n</Directory>").decide(
            method, "/file.txt", client: client, world: world
        )
        .status
    }

    @Test func `several requirements are alternatives, RequireAll asks for each`() {
        #expect(status("Require ip 192.168\nRequire ip 10.0.0.0/8") == 200)
        #expect(status("<RequireAll>\nRequire ip 10\nRequire method POST\n</RequireAll>") == 403)
        #expect(status("<RequireAll>\nRequire all granted\nRequire not ip 10.1\n</RequireAll>") == 403)
        #expect(
            status("<RequireAll>\nRequire all granted\n<RequireNone>\nRequire ip 11\n</RequireNone>\n</RequireAll>")
                == 200)
    }

    @Test func `a user is asked for where only a user can pass`() {
        let text = "AuthType Basic\nAuthName \"members\"\nAuthUserFile /p\nRequire valid-user\n"
        let apache = ApacheCase(site: "<Directory /www>\n\(text)</Directory>")
        let outcome = apache.decide("GET", "/file.txt", world: world)
        #expect(outcome.status == 401)
        #expect(outcome.field("www-authenticate") == "Basic realm=\"members\"")
        #expect(status(text + "Require ip 10") == 200)
    }

    @Test func `order says who has the last word`() {
        #expect(status("Order allow,deny\nAllow from all\nDeny from 10.1.2.3") == 403)
        #expect(status("Order deny,allow\nDeny from all\nAllow from 10.1") == 200)
        #expect(status("Order allow,deny") == 403)
        #expect(status("Order deny,allow") == 200)
        #expect(status("Require all granted\nDeny from all") == 403)
        #expect(status("Allow from env=x\nDeny from all") == 403)
    }

    @Test func `satisfy any takes address or user`() {
        let text =
            "Order deny,allow\nDeny from all\nAllow from 10\n"
            + "AuthType Basic\nAuthName x\nAuthUserFile /p\nRequire valid-user\n"
        #expect(status(text + "Satisfy any") == 200)
        #expect(status(text + "Satisfy any", client: "11.0.0.1") == 401)
        #expect(status(text + "Satisfy all") == 401)
    }

    @Test func `limited methods are guarded, the others are not`() {
        let text = "<Limit POST PUT>\nRequire all denied\n</Limit>"
        #expect(status(text) == 200)
        #expect(status(text, method: "POST") == 403)
        let except = "<LimitExcept GET>\nOrder allow,deny\nDeny from all\n</LimitExcept>"
        #expect(status(except) == 200)
        #expect(status(except, method: "HEAD") == 200)
        #expect(status(except, method: "POST") == 403)
    }

    @Test func `what cannot be run stays closed`() {
        #expect(status("Require ldap-user joe") == 403)
        #expect(status("AuthType Digest\nRequire valid-user") == 403)
        #expect(status("Require all granted\nAuthLDAPURL ldap://x") == 403)
        #expect(status("SSLRequireSSL") == 403)
        #expect(
            ApacheCase(site: "<Location /a>\nShibRequestSetting requireSession 1\n</Location>").rules() == [
                "foreign-directive"
            ])
    }

    @Test func `a nested section replaces requirements unless they are merged`() {
        let outer = "<Directory />\nRequire all denied\n</Directory>\n"
        let granted = ApacheCase(site: outer + "<Directory /www>\nRequire all granted\n</Directory>")
        #expect(granted.decide("GET", "/file.txt", world: world).status == 200)
        let merged = ApacheCase(site: outer + "<Directory /www>\nAuthMerging And\nRequire all granted\n</Directory>")
        #expect(merged.decide("GET", "/file.txt", world: world).status == 403)
    }

    @Test func `an expression may ask for anything`() {
        #expect(status("Require expr %{REQUEST_METHOD} == 'GET'") == 200)
        #expect(status("Require expr \"%{REQUEST_METHOD} -strmatch 'P*'\"") == 403)
    }

    @Test(arguments: [
        ("Require foo", "invalid-value"), ("Require all", "invalid-value"), ("Require not ip 1.2.3.4", "invalid-value"),
        ("Require ip 1.2.3.400", "invalid-value"), ("<RequireAll>\nRequire not ip 1\n</RequireAll>", "invalid-value"),
        ("Order allow, deny", "wrong-arguments"), ("Order a,b", "invalid-value"), ("Allow all", "wrong-arguments"),
        ("Allow all all", "invalid-value"), ("Deny from 1.2.3.4/foo", "invalid-value"),
        ("Satisfy some", "invalid-value"),
    ])
    func `what the server refuses is an error`(text: String, rule: String) {
        #expect(ApacheCase(site: "<Directory /www>\n\(text)\n</Directory>").rules() == [rule])
    }
}
