import Language
import Syntax
import TLS

/// What the nginx command line says of itself, on standard error.
enum NginxAbout {
    /// The newest version whose configurations are understood, as nginx writes its own.
    static let version = "nginx/1.31.4"

    /// `-v`, `-V` and `-h`.
    static func text(_ arguments: NginxArguments) -> String {
        var text = "nginx version: \(version) (\(Version.text))\n"
        if arguments.wantsHelp { text += help }
        if arguments.wantsBuild {
            text += "built with \(TLSLibrary.version)\nTLS SNI support enabled\n"
            text += "configure arguments: \(configureArguments)\n"
        }
        return text
    }

    private static let help = """
        Usage: nginx [-?hvVtTq] [-s signal] [-p prefix]
                     [-e filename] [-c filename] [-g directives]

        Options:
          -?,-h         : prints these lines
          -v            : prints the version
          -V            : prints the version and what is built in
          -t            : tells whether the configuration is right, and ends
          -T            : as -t, and prints the files that it is made of
          -q            : with -t, says nothing when all is right
          -s signal     : tells the running server to stop, quit, reopen or reload
          -p prefix     : where relative paths begin (default: \(NginxPlaces.builtPrefix)/)
          -e filename   : where errors are logged (default: stderr)
          -c filename   : the configuration (default: \(NginxPlaces.builtFile))
          -g directives : directives that stand before the configuration


        """

    /// Paths as they are built in, and the modules of which at least one directive is run.
    private static var configureArguments: String {
        let run = Set(Dialects.writing(.nginx).directives.filter { $0.support == .run }.map(\.module))
        let switches = optional.filter { run.contains($0.module) }.map { "--with-\($0.name)" }
        let paths = [
            "--prefix=\(NginxPlaces.builtPrefix)", "--conf-path=\(NginxPlaces.builtFile)",
            "--error-log-path=stderr", "--pid-path=\(NginxPlaces.pidFile)", "--with-pcre-jit",
        ]
        return (paths + switches).joined(separator: " ")
    }

    /// The modules that nginx's `configure` leaves out unless it is told to build them.
    private static let optional: [(module: String, name: String)] = [
        "http_ssl", "http_v2", "http_v3", "http_realip", "http_addition", "http_xslt", "http_image_filter",
        "http_geoip", "http_sub", "http_dav", "http_flv", "http_mp4", "http_gunzip", "http_gzip_static",
        "http_auth_request", "http_random_index", "http_secure_link", "http_degradation", "http_slice",
        "http_stub_status", "http_perl",
    ].map { ("ngx_\($0)_module", "\($0)_module") }
}
