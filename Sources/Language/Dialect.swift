package import IR
package import Source
package import Syntax

/// What a dialect is to everybody else: only the program's main file names one.
package protocol Dialect: Sendable {
    /// "apache" or "nginx".
    var name: String { get }
    /// How its files are written.
    var grammar: Grammar { get }
    /// The versions that a configuration may be written for, newest first, such as "nginx-1.31".
    var versions: [String] { get }
    /// Every directive that is known, by module.
    var directives: [DirectiveSummary] { get }
    /// Lint rules that only make sense here, and descriptions of what its reading and lowering report.
    var rules: [LintRule] { get }

    /// The main file of a folder that is laid out as this server's configuration, or of the layout that a file lies in.
    ///
    /// `/etc/apache2` and `/etc/apache2/sites-available` both lead to `/etc/apache2/apache2.conf`; nil elsewhere.
    func layout(of path: String, files: FileAccess) -> Layout?

    /// Reads a configuration: parses, works in includes, conditionals, macros and variables. Never fails.
    func read(_ request: ReadRequest) -> Reading

    /// Writes down what it means. Never fails: what is not understood is a diagnostic, what guards is closed.
    func lower(_ reading: Reading) -> Lowered

    /// Who writes configurations in this language; nil: nobody.
    var emitter: (any Emitter)? { get }
}

extension Dialect {
    /// A dialect that is only read.
    package var emitter: (any Emitter)? { nil }
}

/// A folder that is laid out as a server's configuration.
package struct Layout: Hashable, Sendable {
    /// The main file.
    package var main: String
    /// Files that are read beside it, where the main file does not include them (sites that are not enabled).
    package var sites: [String]

    package init(main: String, sites: [String] = []) {
        self.main = main
        self.sites = sites
    }
}

/// What is to be read, and how.
package struct ReadRequest: Sendable {
    /// The texts that make up the configuration, in order: usually one main file.
    package var entries: [ReadEntry]
    /// How files are read; includes go through it.
    package var files: FileAccess
    /// What `--define` said; a name without value is defined and empty.
    package var defines: [String: String]
    /// The environment, for `${VAR}` and `envvars`.
    package var environment: [String: String]
    /// What the configuration was written for; one of the dialect's `versions`.
    package var version: String
    /// Paths in the configuration are looked up below this folder; empty: as they are.
    package var rootPrefix: String
    /// Where relative paths of what is served and written belong, where a command line says so.
    ///
    /// `nginx -p` and `httpd -d` do; nil: where the dialect's server has been built to look.
    package var folder: String?

    package init(
        entries: [ReadEntry], files: FileAccess, defines: [String: String] = [:], environment: [String: String] = [:],
        version: String, rootPrefix: String = "", folder: String? = nil
    ) {
        self.folder = folder
        self.entries = entries
        self.files = files
        self.defines = defines
        self.environment = environment
        self.version = version
        self.rootPrefix = rootPrefix
    }
}

/// One text of a configuration.
package struct ReadEntry: Hashable, Sendable {
    /// The path as the user named it; "-" for standard input.
    package var path: String
    /// The bytes.
    package var bytes: [UInt8]
    /// It is a whole configuration's main file; else it is a fragment and gets the surroundings that it implies.
    package var isMain: Bool

    package init(path: String, bytes: [UInt8], isMain: Bool) {
        self.path = path
        self.bytes = bytes
        self.isMain = isMain
    }
}

/// A configuration as it was read.
package struct Reading: Sendable {
    /// Every text that was read.
    package var sources: SourceMap
    /// The directives of the whole configuration in the order in which the server sees them, surroundings included.
    package var directives: [Directive]
    /// What reading found: syntax errors, includes that are not there, unknown conditions.
    package var diagnostics: [Diagnostic]
    /// What was asked for.
    package var request: ReadRequest
    /// Modules that LoadModule lines name; nil: there was no such line, so what Sluice runs counts as loaded.
    package var loadedModules: Set<String>?

    package init(request: ReadRequest) {
        sources = SourceMap()
        directives = []
        diagnostics = []
        self.request = request
        loadedModules = nil
    }
}

/// A configuration as it was understood.
package struct Lowered: Sendable {
    /// The IR.
    package var configuration: Configuration
    /// What understanding found: coverage, arguments that are wrong, contexts that do not fit.
    package var diagnostics: [Diagnostic]

    package init(configuration: Configuration, diagnostics: [Diagnostic]) {
        self.configuration = configuration
        self.diagnostics = diagnostics
    }
}
