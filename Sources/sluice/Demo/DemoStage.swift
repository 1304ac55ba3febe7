import System

/// What the demo sets up and takes down: a folder with the site, the application, and Sluice in front of it.
struct DemoStage: ~Copyable {
    let folder: FilePath
    let site: DemoSite
    private(set) var server: Int32?
    private(set) var application: Int32?

    /// The program itself, for children to run.
    private static let program = "/proc/self/exe"

    /// Lays out the folder, and chooses ports: the wanted one, or some free one where it is taken.
    init(wantedPort: UInt16?) throws {
        let parent = FilePath(Environment.value(of: "TMPDIR") ?? "/tmp")
        let folder = parent.appending(FilePath("sluice-demo-\(ChildProcess.current)"))
        let files = folder.appending("www")
        let site = DemoSite(
            address: "127.0.0.1", port: try wantedPort.map(Self.bindable) ?? Self.freePort(preferring: 8080),
            application: try Self.freePort(preferring: 8000), files: files.description, logs: folder.description)
        for directory in [folder, files, folder.appending("pastes")] { try Files.makeDirectory(directory) }
        try Files.write(Array(DemoPage.maintenance.utf8), to: files.appending("maintenance.html"))
        try Files.write(Array(site.configuration.utf8), to: folder.appending("pastebin.conf"))
        self.folder = folder
        self.site = site
    }

    /// The virtual host's file.
    var configuration: FilePath { folder.appending("pastebin.conf") }

    /// Where to look at the site.
    var address: String { "http://127.0.0.1:\(site.port)/" }

    /// Starts Sluice on the site's file, and waits until it listens; false when it ended instead.
    mutating func startServer() throws -> Bool {
        server = try Self.start(["run", configuration.description], listeningOn: site.port)
        return server != nil
    }

    /// Starts the application, and waits until it listens; false when it ended instead.
    mutating func startApplication() throws -> Bool {
        let store = folder.appending("pastes").description
        application = try Self.start(
            ["demo-app", "--port", "\(site.application)", "--store", store], listeningOn: site.application)
        return application != nil
    }

    private static func start(_ arguments: [String], listeningOn port: UInt16) throws -> Int32? {
        let process = try ChildProcess.start([program] + arguments, dyingWithParentBy: .terminate)
        while !answers(on: port) {
            guard ChildProcess.ended(process) == nil else { return nil }
            pause()
        }
        return process
    }

    /// Looks which of the processes have ended since the last time.
    mutating func collect() -> (server: Bool, application: Bool) {
        let serverEnded = server.map { ChildProcess.ended($0) != nil } ?? false
        let applicationEnded = application.map { ChildProcess.ended($0) != nil } ?? false
        if serverEnded { server = nil }
        if applicationEnded { application = nil }
        return (serverEnded, applicationEnded)
    }

    /// Ends the processes, the stubborn ones by force, and removes the folder.
    mutating func strike() {
        let processes = [application, server].compactMap(\.self)
        for process in processes { ChildProcess.signal(.terminate, to: process) }
        let patience = Clock.monotonicMilliseconds() + 5_000
        for process in processes {
            while ChildProcess.ended(process) == nil {
                if Clock.monotonicMilliseconds() > patience { ChildProcess.signal(.kill, to: process) }
                Self.pause()
            }
        }
        (server, application) = (nil, nil)
        Self.remove(folder)
    }

    private static func answers(on port: UInt16) -> Bool {
        guard let address = SocketAddress(numeric: "127.0.0.1", port: port) else { return false }
        let socket = SocketIO.connect(to: address)
        guard socket >= 0 else { return false }
        defer { SocketIO.close(socket) }
        guard let poller = try? Poller(), poller.add(socket, .edges, token: 0) == 0 else { return false }
        let ready = (try? poller.wait(milliseconds: 1_000)) ?? 0
        return ready > 0 && SocketIO.pendingError(on: socket) == 0
    }

    /// Lets a little time pass: waiting for nothing in particular.
    private static func pause() {
        guard let poller = try? Poller() else { return }
        _ = try? poller.wait(milliseconds: 20)
    }

    /// A port nothing listens on: the preferred one, or else any.
    private static func freePort(preferring port: UInt16) throws -> UInt16 {
        if let free = try? bindable(port) { return free }
        return try bindable(0)
    }

    /// The port, if it can be listened on; 0 asks the system for one.
    private static func bindable(_ port: UInt16) throws -> UInt16 {
        guard let address = SocketAddress(numeric: "127.0.0.1", port: port) else { return port }
        let probe = try Descriptor.listen(on: address)
        return probe.localAddress()?.port ?? port
    }

    private static func remove(_ folder: FilePath) {
        for entry in (try? Files.list(folder)) ?? [] {
            let path = folder.appending(entry.name)
            if entry.kind == .directory { remove(path) } else { try? Files.remove(path) }
        }
        try? Files.removeDirectory(folder)
    }
}
