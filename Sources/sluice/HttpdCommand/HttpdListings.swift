import IR
import Language
import Serve
import Source
import Syntax
import System

/// What `-M`, `-l`, `-L`, `-v`, `-V` and the other dumps print.
enum HttpdListings {
    /// The version that is understood, as httpd writes its own.
    static let version = "Apache/2.4.71 (Unix)"

    /// What is always there (`apache2 -l` in Debian): the module's name, and its file.
    static let builtIn: [(name: String, file: String)] = [
        ("core", "core.c"), ("so", "mod_so.c"), ("watchdog", "mod_watchdog.c"), ("http", "http_core.c"),
        ("log_config", "mod_log_config.c"), ("logio", "mod_logio.c"), ("version", "mod_version.c"),
        ("unixd", "mod_unixd.c"),
    ]

    /// `-v`.
    static let shortVersion = "Server version: \(version)\nServer built:   \(Version.text)\n"

    /// `-V`.
    static var build: String {
        shortVersion + """
            Architecture:   64-bit
            Server MPM:     event
              threaded:     yes (fixed thread count)
                forked:     yes (fixed process count)
            Server compiled with....
             -D APR_HAVE_IPV6 (IPv4-mapped addresses enabled)
             -D HTTPD_ROOT="\(HttpdConfiguration.builtRoot)"
             -D DEFAULT_PIDLOG="\(HttpdConfiguration.pidFile)"
             -D DEFAULT_ERRORLOG="logs/error_log"
             -D AP_TYPES_CONFIG_FILE="mime.types"
             -D SERVER_CONFIG_FILE="\(HttpdConfiguration.builtFile)"

            """
    }

    /// `-l`.
    static var compiledIn: String {
        builtIn.reduce(into: "Compiled in modules:\n") { $0 += "  \($1.file)\n" }
    }

    /// `-M`: what is always there, and what LoadModule lines name.
    static func modules(_ reading: Language.Reading) -> String {
        var text = "Loaded Modules:\n"
        for module in builtIn { text += " \(module.name)_module (static)\n" }
        for directive in all("loadmodule", in: reading.directives) {
            if let name = directive.arguments.first?.text { text += " \(name) (shared)\n" }
        }
        return text
    }

    /// `-L`.
    static var directives: String {
        Dialects.writing(.apache).directives.reduce(into: "") { text, directive in
            text += "\(directive.name) (\(directive.module).c)\n\t\(directive.summary)\n"
            text += "\tAllowed in \(directive.contexts.joined(separator: ", "))\n"
        }
    }

    /// `-t -D DUMP_INCLUDES`: which line of which file includes which.
    static func includes(_ reading: Language.Reading) -> String {
        let sources = reading.sources
        return sources.files.reduce(into: "Included configuration files:\n") { text, file in
            guard !["-C", "-c"].contains(file.path) else { return }
            let chain = sources.includeChain(of: file.id)
            let line = file.includedFrom.map { "\(sources.position(of: $0).line)" } ?? "*"
            text += String(repeating: " ", count: 2 + 2 * chain.count) + "(\(line)) \(file.path)\n"
        }
    }

    /// `-t -D DUMP_RUN_CFG`.
    static func settings(_ read: HttpdConfiguration.Read, defines: [String]) -> String {
        let reading = read.understanding.reading
        func said(_ key: String) -> String? {
            reading.directives.last { $0.key == key }?.arguments.first?.text
        }
        func located(_ path: String) -> String { path.hasPrefix("/") ? path : read.root + "/" + path }
        let process = read.loaded.configuration.process
        var text = "ServerRoot: \"\(read.root)\"\n"
        text += "Main DocumentRoot: \"\(located(said("documentroot") ?? "/var/www/html"))\"\n"
        text += "Main ErrorLog: \"\(located(said("errorlog") ?? "logs/error_log"))\"\n"
        text += "PidFile: \"\(process.pidFile?.value ?? HttpdConfiguration.pidFile)\"\n"
        for define in allDefines(reading.directives, defines) { text += "Define: \(define)\n" }
        let user = process.user?.value
        let group = process.group?.value
        text += "User: name=\"\(user ?? "#-1")\" id=\(user.flatMap { Users.user(named: $0)?.user } ?? .max)\n"
        text += "Group: name=\"\(group ?? "#-1")\" id=\(group.flatMap { Users.group(named: $0) } ?? .max)\n"
        return text
    }

    private static func allDefines(_ directives: [Directive], _ first: [String]) -> [String] {
        var names = first
        var values: [String: String] = [:]
        for directive in all(["define", "undefine"], in: directives) {
            guard let name = directive.arguments.first?.text else { continue }
            names.removeAll { $0 == name }
            if directive.key == "define" {
                names.append(name)
                values[name] = directive.arguments.dropFirst().first?.text
            }
        }
        return names.map { name in values[name].map { "\(name)=\($0)" } ?? name }
    }

    private static func all(_ key: String, in directives: [Directive]) -> [Directive] { all([key], in: directives) }

    private static func all(_ keys: Set<String>, in directives: [Directive]) -> [Directive] {
        directives.flatMap { (keys.contains($0.key) ? [$0] : []) + all(keys, in: $0.children) }
    }
}
