import Language
import Source
import System

/// The files of TLS that httpd looks for while it reads its configuration (`ssl_cmd_check_file`).
enum HttpdKeys {
    private static let names: [String: String] = [
        "sslcertificatefile": "SSLCertificateFile", "sslcertificatekeyfile": "SSLCertificateKeyFile",
        "sslcertificatechainfile": "SSLCertificateChainFile", "sslcacertificatefile": "SSLCACertificateFile",
        "sslcadnrequestfile": "SSLCADNRequestFile", "sslcarevocationfile": "SSLCARevocationFile",
    ]

    /// Two lines, as httpd's, for each that is not there or has nothing in it.
    static func missing(_ read: HttpdConfiguration.Read) -> [String] {
        let reading = read.understanding.reading
        var lines: [String] = []
        func look(into directives: [Directive]) {
            for directive in directives {
                look(into: directive.children)
                guard let name = names[directive.key], let path = directive.arguments.first?.text else { continue }
                let located = path.hasPrefix("/") ? path : "\(read.root)/\(path)"
                if let status = try? Files.status(of: FilePath(located)), status.size > 0 { continue }
                let line = reading.sources.position(of: directive.head).line
                lines.append(
                    "AH00526: Syntax error on line \(line) of \(reading.sources[directive.head.file].path):\n"
                        + "\(name): file '\(located)' does not exist or is empty")
            }
        }
        look(into: reading.directives)
        return lines
    }
}
