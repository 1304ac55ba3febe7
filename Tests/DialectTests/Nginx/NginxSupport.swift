import Foundation
import IR
import Language
import Nginx
import Source

/// What nginx configurations are read and lowered with in tests.
struct NginxCase {
    let reading: Language.Reading
    let lowered: Lowered

    /// Reads files in memory; the first entry is the main file, or a fragment.
    init(
        _ text: String, path: String = "/etc/nginx/nginx.conf", isMain: Bool = true, files: [String: String] = [:],
        version: String = "nginx-1.31"
    ) {
        let dialect = NginxDialect()
        let entry = ReadEntry(path: path, bytes: text.configurationBytes, isMain: isMain)
        reading = dialect.read(ReadRequest(entries: [entry], files: .memory(files), version: version))
        lowered = dialect.lower(reading)
    }

    /// A configuration with this inside its only server.
    init(server text: String, version: String = "nginx-1.31") {
        self.init("events {} http { server { listen 80; server_name a.test; \(text) } }", version: version)
    }

    /// Reads entries with files of this machine.
    init(entries: [ReadEntry], version: String = "nginx-1.31") {
        let dialect = NginxDialect()
        reading = dialect.read(ReadRequest(entries: entries, files: .machine, version: version))
        lowered = dialect.lower(reading)
    }

    var configuration: Configuration { lowered.configuration }

    /// All diagnostics, of reading and lowering.
    var diagnostics: [Diagnostic] { reading.diagnostics + lowered.diagnostics }

    /// The rules of all diagnostics of a severity.
    func rules(_ severity: Severity = .error) -> [String] {
        diagnostics.filter { $0.severity == severity }.map(\.rule)
    }

    /// The first site.
    var site: Site { configuration.sites[0] }

    /// What the first site's layers say together.
    var base: Settings { fold(site.base) }

    /// The scope of the location that was written with this text.
    func scope(_ text: String) -> Scope? {
        for scope in configuration.scopes where configuration.presentation.names[scope.origin] == text { return scope }
        return nil
    }

    /// What holds in a location.
    func settings(_ text: String) -> Settings {
        fold(site.base + (scope(text)?.layers ?? []))
    }

    /// Layers folded, the outermost first.
    func fold(_ layers: [ID<Layer>]) -> Settings {
        layers.reduce(Settings()) { configuration.layers[$1.at].settings.folded(over: $0) }
    }

    /// The rules of a location's program.
    func statements(_ text: String) -> [Statement] {
        scope(text)?.rules.map { configuration.programs[$0.at].statements } ?? []
    }
}

extension FileAccess {
    /// This machine's files.
    static let machine = FileAccess(
        read: { path throws(FileProblem) in
            guard let data = FileManager.default.contents(atPath: path) else {
                throw FileProblem(path: path, reason: .notFound)
            }
            return [UInt8](data)
        },
        kind: { path in
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return nil }
            return isDirectory.boolValue ? .directory : .file
        },
        glob: { _ in [] },
        list: { (try? FileManager.default.contentsOfDirectory(atPath: $0).sorted()) ?? [] })
}
