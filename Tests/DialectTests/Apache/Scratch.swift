import Testing
import Routing
import IR
struct ScratchTests {
    @Test func scratch() {
        let c = ApacheCase(site: """
        <Directory /www/dir>
        RewriteEngine On
        RewriteRule ^z(.*)$ /file.txt
        </Directory>
        """)
        let o = c.decide("GET", "/dir/zz", world: World(files: ["/www/file.txt", "/www/dir/x"]))
        print(o.status, o.complaint, o.questions)
        for s in o.steps { print(s) }
        print(c.configuration.layers.map(\.settings.programs)); print(c.site.overlays)
    }
}
