internal import IR
internal import System

/// Serves a configuration.
package enum Server {
    /// Listens, serves with threads of the given kind, and returns when it was told to end.
    ///
    /// Call it before any thread exists. It takes over the signals of the process for good. What keeps it from starting
    /// is a `ServerFailure` or `SystemError`.
    package static func run<Member: ServingThread>(
        _ loaded: Loaded, loader: Loader, options: ServerOptions, serving: Member.Type
    ) throws {
        let master = try Master<Member>(loaded, loader: loader, options: options)
        try master.run()
    }

    /// Tries what starting would: opens the logs and the pid file, and listens for a moment.
    ///
    /// An address that is taken is no failure: the server that is tested is usually running. Without `listens` only the
    /// logs and names are tried, as httpd does. What is wrong with certificates and would not stop the server is
    /// returned.
    @discardableResult
    package static func check(_ loaded: Loaded, options: ServerOptions, listens: Bool = true) throws -> [String] {
        let plan = try loaded.compiled()
        let store = try LogStore(
            lanes: 1, shape: options.shape, rootPrefix: options.rootPrefix, isStrict: options.habits != .sluice)
        _ = try store.openedSinks(for: plan)
        _ = try Identity.wanted(by: loaded)
        guard listens else { return [] }
        let files = TLSFiles.read(
            for: loaded.configuration, rootPrefix: options.rootPrefix, ticketKeys: TLSFiles.makeTicketKeys())
        let tls = TLSContexts(plan, files: files, place: loaded.place)
        if !tls.failures.isEmpty { throw ServerFailure(tls.failures.joined(separator: "\n")) }
        let stated = loaded.configuration.process.pidFile.map(\.value).flatMap { $0.isEmpty ? nil : $0 }
        if let path = stated ?? options.pidFile {
            let located = FilePath(below(options.rootPrefix, path))
            do throws(SystemError) {
                _ = try Descriptor.open(located, .append)
            } catch {
                throw ServerFailure("\(error)", problems: [.file(path: located.description, code: error.code)])
            }
        }
        var listeners = Listeners(ports: options.ports)
        do throws(ServerFailure) {
            listeners.discard(try listeners.prepare(loaded))
        } catch {
            let graver = error.problems.filter { problem in
                if case .listen(_, 98, _) = problem { false } else { true }
            }
            if !graver.isEmpty || error.problems.isEmpty { throw ServerFailure(error.description, problems: graver) }
        }
        return tls.complaints
    }
}
