import TestSupport
import Testing

@testable import sluice

struct DemoSiteTests {
    @Test func `the demo's virtual host is the sample's second stage`() throws {
        let sample = try RepositoryFile(path: "samples/pastebin/apache/stage-2-proxy.conf").text()
        #expect(DemoSite().configuration == sample)
    }

    @Test func `the demo's maintenance page is the sample's`() throws {
        let sample = try RepositoryFile(path: "samples/pastebin/pages/maintenance.html").text()
        #expect(DemoPage.maintenance == sample)
    }

    @Test func `the demo's site stands where it is told`() {
        let site = DemoSite(address: "127.0.0.1", port: 1234, application: 5678, files: "/t/www", logs: "/t")
        let text = site.configuration
        #expect(text.contains("<VirtualHost 127.0.0.1:1234>"))
        #expect(text.contains("ProxyPassReverse / http://127.0.0.1:5678/"))
        #expect(text.contains("DocumentRoot /t/www\n"))
        #expect(!text.contains("/var/www"))
        #expect(!text.contains(":80"))
    }

    @Test func `the maintenance page needs nothing but itself`() {
        for reference in ["src=", "href=", "url(", "@import"] {
            #expect(!DemoPage.maintenance.contains(reference))
        }
    }
}
