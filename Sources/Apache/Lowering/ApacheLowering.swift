import IR
import Language
import Source

/// What is known while an Apache configuration is lowered: the servers drafted so far and where the walk stands.
struct ApacheLowering: Sendable {
    /// What has been written into the IR already: origins, variables, lookups.
    var configuration = Configuration()
    /// What was found on the way.
    var diagnostics: [Diagnostic] = []
    /// The configuration as it was read.
    let reading: Language.Reading
    /// The servers; the first is the main server, the others are virtual hosts in order.
    var servers: [ServerDraft]
    /// The index of the server whose directives are read.
    var server = 0
    /// The sections around the directive that is read, outermost first.
    var sections: [SectionDraft] = []
    /// Where the directive that is read stands.
    var context: ContextSet = .main
    /// The methods that a `<Limit>` or `<LimitExcept>` around it names.
    var limited: MethodLimit?
    /// The folder that relative paths are looked up in.
    var serverRoot: String
    /// The sockets that are asked for.
    var listens: [ListenDraft] = []
    /// Where proxies introduce their clients.
    var proxyProtocol = ProxyProtocolDraft()
    /// Balancers by name, in lower case.
    var balancers: [String: BalancerDraft] = [:]
    /// The order in which balancers were named.
    var balancerNames: [String] = []
    /// Variables of the environment, by name.
    var environment: [String: ID<Variable>] = [:]
    /// The names that some `SetEnvIf` or the like sets, for attributes that may be either a header or a variable.
    var environmentNames: Set<String> = []
    /// The addresses and balancers that handlers name.
    var handlerPools: [HandlerPool] = []
    var handlerBalancers: [HandlerBalancer] = []
    /// The last section that was an `<If>` or `<ElseIf>`, for `<ElseIf>` and `<Else>` behind it.
    var conditionChain: [Condition]?
    /// Directives of which a finding for the whole configuration was made once.
    var reported: Set<String> = []
    /// Guards of a server that cannot be run, by server.
    var closedServers: [Int: (reason: String, origin: ID<Origin>)] = [:]

    /// Whether TLS sessions are remembered; nil: nobody has said it.
    var sessionCache: Stated<Bool>?
    /// What becomes of requests for another host than the TLS handshake was with.
    var sniPolicy: Stated<Misdirected>?
    /// The program that is asked for the passwords of keys, with its arguments.
    var passphrases: [String]?

    init(_ reading: Language.Reading) {
        self.reading = reading
        serverRoot = ""
        let implied = configuration.add(.implied(reason: "the main server", near: nil))
        servers = [ServerDraft(origin: implied)]
        serverRoot = impliedServerRoot()
    }

    /// Where ServerRoot is if nobody says so: the folder of the main file, without `conf`.
    private func impliedServerRoot() -> String {
        if let folder = reading.request.folder { return folder }
        let main = reading.request.entries.first { $0.isMain } ?? reading.request.entries.first
        guard let path = main?.path, path.hasPrefix("/") else { return "/etc/apache2" }
        let folder = parentFolder(of: path)
        for layout in ["/etc/apache2", "/etc/httpd"] where folder == layout || folder.hasPrefix(layout + "/") {
            return layout
        }
        return folder
    }
}

extension ApacheLowering {
    /// Reads the directives of a place, in order.
    mutating func lower(_ directives: [Directive]) {
        let chain = conditionChain
        conditionChain = nil
        for directive in directives { lower(directive) }
        conditionChain = chain
    }

    /// Reads one directive: looks it up, checks place and number of arguments, and lets its module write it down.
    mutating func lower(_ directive: Directive) {
        guard let row = ApacheDialect.row(for: directive) else { return reportUnknown(directive) }
        if !directive.key.hasPrefix("<else") { conditionChain = nil }
        guard isLoaded(row.module) else { return reportNotLoaded(directive, module: row.module) }
        guard row.entry.contexts.isSuperset(of: context) else { return reportContext(directive, row.entry) }
        guard checkArity(directive, row.entry) else { return }
        if row.entry.support == .known {
            if isSwitchedOff(directive) { return }
            report(Coverage.unsupportedDirective(directive, module: row.module, guards: row.entry.guards))
            if row.entry.guards {
                closeHere("`\(directive.name)` is not run by Sluice", origin: origin(directive))
            }
            if row.entry.isBlock { lower(directive.children) }
            return
        }
        row.entry.lower(directive, &self)
    }

    /// Whether a directive that is not run asks for nothing: it switches off what is off anyway.
    private func isSwitchedOff(_ directive: Directive) -> Bool {
        guard directive.arguments.count == 1, !Self.onByDefault.contains(directive.key) else { return false }
        let value = directive.arguments[0].text.lowercased()
        return value == "off" || (value == "disabled" && directive.key == "userdir")
            || (value == "none" && (directive.key == "sslverifyclient" || directive.key == "sslproxyverify"))
    }

    /// What is on unless it is switched off.
    private static let onByDefault: Set<String> = [
        "proxypassinherit", "sslproxycheckpeername", "sslproxycheckpeercn", "sslproxycheckpeerexpire", "h2push",
        "h2upgrade", "modmimeusepathinfo", "cachequickhandler", "allowmethods", "ssistarttag", "errorlogformat",
    ]

    /// Whether a module's directives may be used.
    func isLoaded(_ module: String) -> Bool {
        guard let loaded = reading.loadedModules else { return true }
        return loaded.contains(module)
    }

    /// Says that a directive is known and not run, whatever its module says about it.
    mutating func reportUnsupported(_ directive: Directive, guards: Bool = false) {
        let module = ApacheDialect.row(for: directive)?.module ?? "core"
        report(Coverage.unsupportedDirective(directive, module: module, guards: guards))
        if guards { closeHere("`\(directive.name)` is not run by Sluice", origin: origin(directive)) }
    }

    /// Makes the place where the walk stands answer 403, because a guard there cannot be run.
    mutating func closeHere(_ reason: String, origin: ID<Origin>) {
        if sections.isEmpty {
            if closedServers[server] == nil { closedServers[server] = (reason, origin) }
        } else {
            sections[sections.count - 1].guards.undecidable = reason
            sections[sections.count - 1].guards.origin = sections[sections.count - 1].guards.origin ?? origin
        }
    }

    /// Adds a finding.
    mutating func report(_ diagnostic: Diagnostic) {
        diagnostics.append(diagnostic)
    }

    /// The origin of what a directive says.
    mutating func origin(_ directive: Directive) -> ID<Origin> {
        configuration.add(.written(file: directive.head.file.index, range: directive.head.bytes))
    }

    /// The settings that the walk writes to: the innermost section's, else the server's.
    var settings: Settings {
        get { sections.last?.settings ?? servers[server].settings }
        set {
            if sections.isEmpty {
                servers[server].settings = newValue
            } else {
                sections[sections.count - 1].settings = newValue
            }
        }
    }

    /// Whether the walk stands in a section or an `.htaccess` file.
    var isInside: Bool { !sections.isEmpty }

    /// A file path as the configuration means it, relative ones below ServerRoot.
    ///
    /// Whoever opens a file puts `--root-prefix` before it: the configuration means the same with and without.
    func filePath(_ path: String) -> String { path.hasPrefix("/") ? path : serverRoot + "/" + path }

    /// The slot of a variable of the environment; it is made when first asked for.
    mutating func variable(_ name: String, origin: ID<Origin>) -> ID<Variable> {
        if let known = environment[name.lowercased()] { return known }
        let id = configuration.add(
            Variable(
                name: name, definition: .assigned(initial: Template()), evaluated: .whenAssigned,
                survivesReentry: .renamed(prefix: "REDIRECT_"), origin: origin))
        environment[name.lowercased()] = id
        return id
    }
}

/// The folder of a path; `/` has itself.
func parentFolder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
