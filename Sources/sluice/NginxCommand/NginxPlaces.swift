import System

/// Where nginx looks for its files, as Debian builds it and as the command line says (`ngx_process_options`).
struct NginxPlaces: Hashable, Sendable {
    /// What relative paths of logs, the pid file and served folders lie below; no slash at its end.
    var prefix: String
    /// The main file; includes are relative to its folder.
    var file: String
    /// The log of the time before the configured one is known; nil: standard error.
    var errorLog: String?

    /// `--prefix` of Debian's build.
    static let builtPrefix = "/usr/share/nginx"
    /// `--conf-path` of Debian's build.
    static let builtFile = "/etc/nginx/nginx.conf"
    /// `--pid-path` of Debian's build.
    static let pidFile = "/run/nginx.pid"

    init(_ arguments: NginxArguments) {
        let prefix = Self.absolute(arguments.prefix ?? Self.builtPrefix, below: "\(Files.workingDirectory())")
        self.prefix = prefix
        file = Self.absolute(arguments.file ?? Self.builtFile, below: prefix)
        errorLog = arguments.errorLog.flatMap { $0 == "stderr" ? nil : Self.absolute($0, below: prefix) }
    }

    private static func absolute(_ path: String, below folder: String) -> String {
        var path = path == "." || path == "./" ? folder : path.hasPrefix("/") ? path : folder + "/" + path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
