import Apache
import Foundation
import HTTP
import IR
import Language
import Routing
import Source

/// What Apache configurations are read, lowered and decided with in tests.
struct ApacheCase {
    let reading: Language.Reading
    let lowered: Lowered

    /// Reads files in memory; the first entry is the main file, or a fragment.
    init(
        _ text: String, path: String = "/etc/apache2/apache2.conf", isMain: Bool = true, files: [String: String] = [:],
        defines: [String: String] = [:], environment: [String: String] = [:], rootPrefix: String = ""
    ) {
        let entry = ReadEntry(path: path, bytes: text.configurationBytes, isMain: isMain)
        self.init(
            ReadRequest(
                entries: [entry], files: .memory(files), defines: defines, environment: environment,
                version: "apache-2.4", rootPrefix: rootPrefix))
    }

    /// A configuration with this inside its only virtual host.
    init(site text: String, files: [String: String] = [:]) {
        self.init(
            "Listen 80\n<VirtualHost *:80>\nServerName a.test\nDocumentRoot /www\n\(text)\n</VirtualHost>\n",
            files: files)
    }

    init(_ request: ReadRequest) {
        let dialect = ApacheDialect()
        reading = dialect.read(request)
        lowered = dialect.lower(reading)
    }

    var configuration: Configuration { lowered.configuration }

    /// All diagnostics, of reading and lowering.
    var diagnostics: [Diagnostic] { reading.diagnostics + lowered.diagnostics }

    /// The rules of all diagnostics of a severity.
    func rules(_ severity: Severity = .error) -> [String] {
        diagnostics.filter { $0.severity == severity }.map(\.rule)
    }

    /// The last site: the virtual host where there is one.
    var site: Site { configuration.sites[configuration.sites.count - 1] }

    /// What the last site's base layers say together.
    var base: Settings { fold(site.base) }

    /// What the overlays of the last site say, in the order of merging.
    var overlays: [Settings] { site.overlays.map { configuration.layers[$0.layer.at].settings } }

    /// Layers folded, the outermost first.
    func fold(_ layers: [ID<Layer>]) -> Settings {
        layers.reduce(Settings()) { configuration.layers[$1.at].settings.folded(over: $0) }
    }

    /// The rules of a program.
    func statements(_ program: ID<Program>?) -> [Rule] {
        (program.map { configuration.programs[$0.at].statements } ?? []).compactMap { statement in
            if case .rule(let rule) = statement { rule } else { nil }
        }
    }

    /// What becomes of a request to the first listener.
    func decide(
        _ method: String = "GET", _ target: String, host: String = "a.test", fields: [SupposedField] = [],
        client: String = "127.0.0.1", port: Int = 80, listener: Int = 0, world: World = World(files: ["/www/file.txt"])
    ) -> Outcome {
        var decider = Decider(Plan(configuration))
        let connection = ConnectionFacts(supposedListener: listener, port: port, client: client)
        return decider.decide(
            SupposedRequest(method, host: host, target: target, fields: fields, connection: connection), in: world)
    }
}

extension Outcome {
    /// The target that the first backend saw.
    var target: String? { sent.first.map { String(decoding: $0.target, as: UTF8.self) } }

    /// The first line and fields that the first backend saw.
    var sentHead: String? { sent.first.map { String(decoding: $0.head, as: UTF8.self) } }
}
