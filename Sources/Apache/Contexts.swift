import Language

extension ContextSet {
    /// The main server's configuration, outside all sections.
    static let main = ContextSet(rawValue: 1)
    /// A virtual host.
    static let host = ContextSet(rawValue: 2)
    /// A section about directories, files, locations, proxies or conditions.
    static let section = ContextSet(rawValue: 4)
    /// An `.htaccess` file.
    static let htaccess = ContextSet(rawValue: 8)

    /// The main server and virtual hosts ("server config, virtual host" in httpd's manual).
    static let server: ContextSet = [.main, .host]
    /// All places in configuration files.
    static let files: ContextSet = [.main, .host, .section]
    /// Everywhere.
    static let anywhere: ContextSet = [.main, .host, .section, .htaccess]
    /// Sections and `.htaccess` files.
    static let inside: ContextSet = [.section, .htaccess]

    /// The names of the places, as `sluice directives` and diagnostics print them.
    var names: [String] {
        var names: [String] = []
        if contains(.main) { names.append("server config") }
        if contains(.host) { names.append("virtual host") }
        if contains(.section) { names.append("section") }
        if contains(.htaccess) { names.append(".htaccess") }
        return names
    }
}
