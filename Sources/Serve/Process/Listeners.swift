internal import IR
internal import Routing
internal import System

/// The listening sockets of the server, by their addresses: made once, inherited by every plan and every worker.
///
/// All serving threads accept from the one socket of an address (`EPOLLEXCLUSIVE` wakes one of them). One socket with
/// `SO_REUSEPORT` per thread would spread connections more evenly, but what waits in the backlog of such a socket is
/// lost when it closes, and waits unserved when its thread is busy or its worker is gone.
struct Listeners: ~Copyable {
    /// What makes two configured listeners the same socket.
    struct Key: Hashable, Sendable {
        var address: SocketAddress
        /// An IPv6 socket that takes IPv4 too.
        var isDual: Bool
    }

    /// An open socket, with the number that master and worker both know it by.
    struct Open: Hashable, Sendable {
        var number: Int
        var raw: Int32
        var key: Key
        /// Others have it open too: it is closed, and never made deaf.
        var isShared = false
    }

    /// A socket of a configuration: which listener it is for.
    struct Place: Hashable, Sendable {
        var number: Int
        var listener: Int
        var port: UInt16
    }

    /// The sockets a configuration needs, not yet in use.
    struct Candidate: Sendable {
        var places: [Place]
        var opened: [Open]
        /// Sockets of the running configuration that the new one has no use for.
        var dropped: [Open]
    }

    private(set) var open: [Open] = []
    private(set) var places: [Place] = []
    /// Dropped sockets that a thread may still have in its poller: closed with the next change.
    private var retired: [Int32] = []
    private var nextNumber = 0
    private let ports: [UInt16: UInt16]
    /// Sockets that the process was started with and that no listener has taken yet.
    private var inherited: [InheritedSocket]
    /// A process that was started to replace this one has all sockets open too.
    var isSucceeded = false

    init(ports: [UInt16: UInt16], inherited: [InheritedSocket] = []) {
        self.ports = ports
        self.inherited = inherited
    }

    /// Opens what a configuration needs and what is not open yet; all addresses that cannot be had are told at once.
    ///
    /// Nothing that is served changes until `commit`.
    mutating func prepare(_ loaded: Loaded) throws(ServerFailure) -> Candidate {
        var places: [Place] = []
        var opened: [Open] = []
        var failures: [String] = []
        var problems: [ServerFailure.Problem] = []
        var numbers: [Key: Int] = [:]
        for socket in open { numbers[socket.key] = socket.number }
        var late: [(Int, Key, Listener)] = []
        var wanted: Set<Key> = []
        for (index, listener) in loaded.configuration.listeners.enumerated() {
            guard let key = key(of: listener) else {
                failures.append("cannot listen on \(Self.name(of: listener)): not an address\(asked(listener, loaded))")
                continue
            }
            wanted.insert(key)
            let port = UInt16(clamping: listener.port)
            if let number = numbers[key] {
                if places.contains(where: { $0.number == number }) {
                    failures.append("two listeners share \(key.address): look at --port\(asked(listener, loaded))")
                }
                places.append(Place(number: number, listener: index, port: port))
                continue
            }
            if let socket = takeInherited(key) {
                opened.append(socket)
                numbers[key] = socket.number
                places.append(Place(number: socket.number, listener: index, port: port))
                continue
            }
            switch Self.listen(on: key, backlog: listener.backlog) {
            case .success(let found):
                let socket = Open(number: nextNumber, raw: found.raw, key: found.key)
                nextNumber += 1
                opened.append(socket)
                numbers[key] = socket.number
                places.append(Place(number: socket.number, listener: index, port: port))
            case .failure(let failure):
                if failure.code == addressInUse, isHeldByUs(key) {
                    late.append((index, key, listener))
                } else {
                    failures.append(explanation(of: failure, listener, loaded))
                    problems.append(problem(failure, listener, loaded))
                }
            }
        }
        let dropped = open.filter { !wanted.contains($0.key) }
        if failures.isEmpty {
            // An address of ours is in the way, such as `*:80` of `127.0.0.1:80`: it makes room at the last moment.
            for (index, key, listener) in late {
                for socket in dropped where socket.key.address.port == key.address.port {
                    SocketIO.stopListening(on: socket.raw)
                }
                switch Self.listen(on: key, backlog: listener.backlog) {
                case .success(let found):
                    let socket = Open(number: nextNumber, raw: found.raw, key: found.key)
                    nextNumber += 1
                    opened.append(socket)
                    places.append(Place(number: socket.number, listener: index, port: UInt16(clamping: listener.port)))
                case .failure(let failure):
                    failures.append(explanation(of: failure, listener, loaded))
                    problems.append(problem(failure, listener, loaded))
                }
            }
        }
        if !failures.isEmpty {
            for socket in opened { SocketIO.close(socket.raw) }
            throw ServerFailure(failures.joined(separator: "\n"), problems: problems)
        }
        return Candidate(places: places, opened: opened, dropped: dropped)
    }

    /// Makes a candidate the running configuration's sockets.
    mutating func commit(_ candidate: Candidate) {
        for raw in retired { SocketIO.close(raw) }
        retired = candidate.dropped.map(\.raw)
        for socket in candidate.dropped { finish(socket) }
        let gone = Set(candidate.dropped.map(\.number))
        open = open.filter { !gone.contains($0.number) } + candidate.opened
        places = candidate.places
    }

    /// Closes the sockets of a candidate that is not wanted after all.
    func discard(_ candidate: Candidate) {
        for socket in candidate.opened {
            SocketIO.close(socket.raw)
            if !socket.isShared, let path = socket.key.address.path { try? Files.remove(path) }
        }
    }

    /// Closes the sockets that the process was started with and that nobody wants.
    mutating func closeUnused() {
        for socket in inherited { SocketIO.close(socket.raw) }
        inherited = []
    }

    /// Lets nobody connect any more; the descriptors stay, because serving threads may watch them.
    func stopListening() {
        for socket in open { finish(socket) }
    }

    /// Closes the descriptors in a process that has no use for them.
    func closeAll() {
        for socket in open { SocketIO.close(socket.raw) }
        for raw in retired { SocketIO.close(raw) }
    }

    /// The sockets for serving threads.
    static func sockets(_ places: [Place], _ open: [Open]) -> [ListeningSocket] {
        places.compactMap { place in
            guard let socket = open.first(where: { $0.number == place.number }) else { return nil }
            return ListeningSocket(socket: socket.raw, listener: place.listener, port: place.port)
        }
    }

    /// The addresses as a browser takes them, for people.
    func addresses(_ configuration: Configuration) -> [String] {
        places.compactMap { place in
            guard let socket = open.first(where: { $0.number == place.number }) else { return nil }
            let address = socket.key.address
            if address.family == .local { return address.description }
            let scheme = configuration.listeners[place.listener].isTLS ? "https" : "http"
            let host = address.isAny ? (socket.key.isDual ? "*:\(address.port)" : address.description) : "\(address)"
            return "\(scheme)://\(host)"
        }
    }
}

extension Listeners {
    /// A socket that the process was started with and that listens on an address.
    private mutating func takeInherited(_ key: Key) -> Open? {
        let exact = inherited.firstIndex { $0.address == key.address && $0.isDual == key.isDual }
        // One socket for both families serves who asks for either: systemd opens such.
        let wide = inherited.firstIndex { socket in
            socket.address.port == key.address.port && socket.address.isAny && key.address.isAny
                && (socket.isDual || key.isDual)
        }
        guard let index = exact ?? wide else { return nil }
        defer { nextNumber += 1 }
        return Open(number: nextNumber, raw: inherited.remove(at: index).raw, key: key, isShared: true)
    }

    /// The socket that a listener needs.
    private func key(of listener: Listener) -> Key? {
        let configured = UInt16(clamping: listener.port)
        let port = ports[configured] ?? configured
        switch listener.address {
        case .any: return Key(address: .anyV6(port: port), isDual: true)
        case .ip(let text):
            return SocketAddress(numeric: text, port: port).map { Key(address: $0, isDual: false) }
        case .unix(let path): return Key(address: SocketAddress(path: FilePath(path)), isDual: false)
        }
    }

    private struct Listening {
        var raw: Int32
        var key: Key
    }

    private static func listen(on key: Key, backlog: Int?) -> Result<Listening, SystemError> {
        let backlog = Int32(clamping: backlog ?? 511)
        do throws(SystemError) {
            var options: Descriptor.ListenOptions = []
            if key.address.family == .v6 { options = key.isDual ? .anyVersion : .onlyV6 }
            if let path = key.address.path { try removeStale(path) }
            do throws(SystemError) {
                let socket = try Descriptor.listen(on: key.address, backlog: backlog, options: options)
                // Whoever can reach the path may connect, as with nginx (ngx_open_listening_sockets).
                if let path = key.address.path { try Files.permit(0o666, on: path) }
                return .success(Listening(raw: socket.release(), key: key))
            } catch {
                // EAFNOSUPPORT and EADDRNOTAVAIL: a machine without IPv6 listens on IPv4 alone.
                guard key.isDual, error.code == 97 || error.code == 99 else { throw error }
                let address = SocketAddress.anyV4(port: key.address.port)
                let socket = try Descriptor.listen(on: address, backlog: backlog)
                return .success(Listening(raw: socket.release(), key: key))
            }
        } catch {
            return .failure(error)
        }
    }

    /// Removes the socket file of a server that has ended; one that still answers is left, and found taken.
    private static func removeStale(_ path: FilePath) throws(SystemError) {
        guard Files.kind(of: path) == .other else { return }
        let probe = SocketIO.connect(to: SocketAddress(path: path))
        if probe >= 0 {
            SocketIO.close(probe)
        } else if probe == -connectionRefused {
            try Files.remove(path)
        }
    }

    private func finish(_ socket: Open) {
        if socket.isShared || isSucceeded { return }
        SocketIO.stopListening(on: socket.raw)
        if let path = socket.key.address.path { try? Files.remove(path) }
    }

    /// Whether the running configuration has a socket on the same port.
    private func isHeldByUs(_ key: Key) -> Bool {
        open.contains { $0.key.address.port == key.address.port && $0.key.address.family != .local }
    }

    private func problem(_ failure: SystemError, _ listener: Listener, _ loaded: Loaded) -> ServerFailure.Problem {
        let name = key(of: listener)?.address.description ?? Self.name(of: listener)
        return .listen(address: name, code: failure.code, place: loaded.place(listener.origin))
    }

    private func explanation(of failure: SystemError, _ listener: Listener, _ loaded: Loaded) -> String {
        let configured = UInt16(clamping: listener.port)
        let port = ports[configured] ?? configured
        let name = key(of: listener)?.address.description ?? Self.name(of: listener)
        let text = "cannot listen on \(name): \(failure.reason)\(asked(listener, loaded))"
        switch failure.code {
        case addressInUse:
            return text + "\n  help: end the program that has the port, or use another: "
                + "--port \(configured)=\(Self.another(port))"
        case 13 where port < 1024:
            return text + "\n  help: ports below 1024 are root's; use another: "
                + "--port \(configured)=\(Self.another(port))"
        case 99: return "\(text)\n  help: this machine has no such address"
        default: return text
        }
    }

    /// A port to propose instead: 8080 for 80.
    private static func another(_ port: UInt16) -> UInt16 { port < 50_000 ? port + 8_000 : port - 8_000 }

    private func asked(_ listener: Listener, _ loaded: Loaded) -> String {
        loaded.place(listener.origin).map { " (asked for at \($0))" } ?? ""
    }

    private static func name(of listener: Listener) -> String {
        switch listener.address {
        case .any: "*:\(listener.port)"
        case .ip(let text): "\(text):\(listener.port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

/// EADDRINUSE.
private let addressInUse: Int32 = 98
/// ECONNREFUSED.
private let connectionRefused: Int32 = 111
