import Apache
import Foundation
import IR
import Language
import Nginx
import Source
import TestSupport
import Translate

/// A dialect and what it is translated into.
struct Direction: Sendable {
    let source: any Dialect
    let target: any Dialect

    init(source: any Dialect, target: any Dialect) {
        self.source = source
        self.target = target
    }

    /// The direction that a story's input asks for; nil: it has none.
    init?(of fixture: Fixture) {
        if fixture.has("httpd.conf") {
            (source, target) = (ApacheDialect(), NginxDialect())
        } else if fixture.has("nginx.conf") {
            (source, target) = (NginxDialect(), ApacheDialect())
        } else {
            return nil
        }
    }

    /// From one dialect to the other.
    init(from source: any Dialect, to target: any Dialect) {
        self.source = source
        self.target = target
    }

    var input: String { source.name == "apache" ? "httpd.conf" : "nginx.conf" }

    var output: String { "to-\(target.name).conf" }
}

/// A text as a dialect reads it alone.
func lowered(_ text: [UInt8], _ dialect: any Dialect, path: String) -> (Language.Reading, Lowered) {
    let entry = ReadEntry(path: path, bytes: text, isMain: false)
    let request = ReadRequest(entries: [entry], files: .memory([:]), version: dialect.versions.first ?? "")
    let reading = dialect.read(request)
    return (reading, dialect.lower(reading))
}

/// A text in the other language, with its report.
func translated(_ text: [UInt8], _ direction: Direction) -> (text: String, report: String, losses: [Loss])? {
    let (reading, lowered) = lowered(text, direction.source, path: direction.input)
    guard
        let translation = Translation(
            reading, lowered, from: direction.source, to: direction.target,
            version: direction.target.versions.first ?? "")
    else { return nil }
    let report = TranslationReport(translation, origins: lowered.configuration.origins, sources: reading.sources)
    return (translation.text, report.text(Paint(isOn: false)), translation.losses)
}

/// Runs a program and gives its exit status and what it said.
func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}

/// A real server's own check of a text, where the server is installed; nil: it accepts the text, or is not there.
func complaint(about text: String, of dialect: String) throws -> String? {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sluice-translate-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let part = folder.appending(path: "part.conf")
    // Logs and sockets of the stories' paths are no concern of the language.
    let text = text.replacing("/var/log/nginx", with: folder.path).replacing("/var/log/apache2", with: folder.path)
    try Data(text.utf8).write(to: part)
    let main = folder.appending(path: "main.conf")
    let program: String
    let surroundings: String
    if dialect == "nginx" {
        program = "/usr/sbin/nginx"
        surroundings = """
            pid \(folder.path)/pid; error_log \(folder.path)/error.log;
            events { worker_connections 64; }
            http { access_log off; include \(part.path); }
            """
    } else {
        program = "/usr/sbin/apache2"
        let modules = [
            "mpm_event", "authn_core", "authn_file", "authz_core", "authz_host", "authz_user", "auth_basic", "alias",
            "autoindex", "dir", "mime", "env", "setenvif", "headers", "rewrite", "proxy", "proxy_http", "proxy_fcgi",
            "ssl", "expires",
            "filter",
            "proxy_balancer", "slotmem_shm", "lbmethod_byrequests", "lbmethod_bybusyness", "deflate",
        ]
        let loads = modules.map { "LoadModule \($0)_module /usr/lib/apache2/modules/mod_\($0).so" }
        surroundings = """
            ServerRoot \(folder.path)
            PidFile \(folder.path)/pid
            Mutex file:\(folder.path)
            ErrorLog \(folder.path)/error.log
            ServerName test.invalid
            \(loads.joined(separator: "\n"))
            LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
            TypesConfig /dev/null
            Include \(part.path)

            """
    }
    guard FileManager.default.isExecutableFile(atPath: program) else { return nil }
    try Data(surroundings.utf8).write(to: main)
    let flags = dialect == "nginx" ? ["-t", "-c", main.path] : ["-t", "-f", main.path]
    let (status, output) = try run(program, flags)
    return status == 0 ? nil : output
}
