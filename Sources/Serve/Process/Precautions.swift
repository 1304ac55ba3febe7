internal import IR
internal import Routing
internal import System

/// What does not stop the server and is said once, before it is ready.
enum Precautions {
    /// Says which folders of files are not there.
    static func check(_ loaded: Loaded, rootPrefix: String) {
        var seen: Set<String> = []
        for layer in loaded.configuration.layers {
            guard let place = layer.settings.files.place, let path = place.value.base.literal, path.hasPrefix("/"),
                seen.insert(path).inserted, Files.kind(of: FilePath(below(rootPrefix, path))) == nil,
                let written = loaded.place(place.origin)
            else { continue }
            StandardError.say("\(written): \(path) does not exist; requests for files there are answered 404")
        }
    }

    /// Writes into the error log which guards cannot be run, since what they guard is refused to everybody.
    static func complainAboutGuards(_ loaded: Loaded, _ sinks: LogSinks) {
        for closed in ClosedGuard.all(in: loaded.configuration) {
            let place = loaded.place(closed.origin).map { "\($0): " } ?? ""
            sinks.complain(.error, "\(place)\(closed.reason): what this guards is answered 403")
        }
    }

    /// Makes room for as many descriptors as the connections of all threads may need, as far as the system allows.
    static func makeRoom(for process: ProcessSettings, threads: Int) {
        let connections = (process.connections?.value ?? 0) * threads
        // A proxied request has two sockets, a file one descriptor more; the rest is for logs and listeners.
        Machine.raiseDescriptorLimit(to: max(65_536, connections * 2 + 1_024))
    }

    /// How many threads serve: as asked for or configured, but no more than there are processors.
    static func threads(_ options: ServerOptions, _ process: ProcessSettings) -> Int {
        if let threads = options.threads { return max(1, threads) }
        let wanted = process.workers.flatMap(\.value) ?? Machine.processors
        return max(1, min(wanted, Machine.processors))
    }
}

/// An absolute path below a prefix, unless it lies there already.
func below(_ prefix: String, _ path: String) -> String {
    prefix.isEmpty || !path.hasPrefix("/") || path.hasPrefix(prefix + "/") ? path : prefix + path
}
