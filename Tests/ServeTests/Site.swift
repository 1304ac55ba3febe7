import Apache
import IR
import Language
import Nginx
import Routing
import Serve
import Source
import Synchronization
import System
import TLS
import TestSupport

/// A configuration that is served by one thread of this process for as long as a test holds it.
final class Site {
    let address: SocketAddress
    private let serving: Serving
    private let thread: Thread
    private var isOver = false
    private let socket: Int32
    private let store: LogStore

    /// Serves the inside of `http { }`, whose servers listen on the port written as `@PORT@`.
    convenience init(_ http: String, prefix: String = "") throws {
        try self.init(prefix) { Self.nginx(http, $0) }
    }

    /// Serves the lines of a virtual host of httpd.
    convenience init(apache lines: String) throws {
        try self.init("") { address in
            let text = "Listen 127.0.0.1:\(address.port)\nErrorLog /dev/null\n\(lines)\n"
            let dialect = ApacheDialect()
            let entry = ReadEntry(path: "/etc/apache2/apache2.conf", bytes: Array(text.utf8), isMain: true)
            let reading = dialect.read(ReadRequest(entries: [entry], files: .memory([:]), version: "apache-2.4"))
            return Plan(dialect.lower(reading).configuration)
        }
    }

    private init(_ prefix: String, _ plan: (SocketAddress) -> Plan) throws {
        // The master does so before it starts anything: OpenSSL writes to sockets that peers have closed.
        SignalReader.ignore(.brokenPipe)
        let any = SocketAddress(numeric: "127.0.0.1", port: 0) ?? .unnamed
        let opened = try Descriptor.listen(on: any)
        address = opened.localAddress() ?? .unnamed
        socket = opened.release()
        store = try LogStore(lanes: 1, shape: .slashes, rootPrefix: prefix)
        let service = Self.service(plan(address), address, socket, store, prefix)
        let serving = try Serving(service, number: 0)
        self.serving = serving
        thread = try Thread.start { serving.run() }
    }

    deinit {
        serving.post(.stop)
        if !isOver { thread.join() }
        SocketIO.close(socket)
    }

    private static func nginx(_ http: String, _ address: SocketAddress) -> Plan {
        var text = ""
        for piece in "error_log /dev/null; events {} http { access_log off; \(http) }".split(separator: "@PORT@") {
            text += (text.isEmpty ? "" : "127.0.0.1:\(address.port)") + piece
        }
        let dialect = NginxDialect()
        let entry = ReadEntry(path: "/etc/nginx/nginx.conf", bytes: Array(text.utf8), isMain: true)
        let reading = dialect.read(ReadRequest(entries: [entry], files: .memory([:]), version: "nginx-1.31"))
        return Plan(dialect.lower(reading).configuration)
    }

    private static func service(
        _ plan: Plan, _ address: SocketAddress, _ socket: Int32, _ store: LogStore, _ prefix: String
    ) -> Service {
        let files = TLSFiles.read(for: plan.configuration, rootPrefix: "", ticketKeys: ticketKeys)
        let contexts = TLSContexts(plan, files: files, place: { _ in nil })
        return Service(
            plan: plan, sockets: [ListeningSocket(socket: socket, listener: 0, port: address.port)],
            logs: store.sinks(for: plan), tls: contexts, rootPrefix: Array(prefix.utf8))
    }

    /// Serves another configuration from the next request on.
    func swap(_ http: String) {
        serving.post(.swap(Self.service(Self.nginx(http, address), address, socket, store, "")))
    }

    /// Ends behind what is under way, and returns when it has.
    func drain() {
        serving.post(.drain(deadline: nil))
        thread.join()
        isOver = true
    }

    func connect() -> Wire { Wire(to: address) }

    /// A connection over TLS that asks for a name.
    func connect(
        over context: TLSContext, name: String = "a.test", session: TLSSession? = nil, behind first: [UInt8] = []
    ) -> Wire {
        Wire(to: address, over: context, name: name, session: session, behind: first)
    }

    private static let ticketKeys = TLSFiles.makeTicketKeys()

    /// One request on a connection of its own.
    func get(_ path: String, _ fields: String = "") -> Wire.Message {
        let wire = connect()
        wire.send("GET \(path) HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\(fields)\r\n")
        return wire.readMessage()
    }

    /// What the serving thread holds now.
    func census() -> Census? {
        let box = Box()
        serving.count { count in box.answer.withLock { $0 = count } }
        _ = eventually { box.answer.withLock { $0 != nil } }
        return box.answer.withLock { $0 }
    }

    /// Keeps the serving thread from doing anything while something else happens.
    func hold(_ body: () -> Void) {
        let (isHeld, mayGoOn) = (Signal(), Signal())
        serving.count { _ in
            isHeld.give()
            mayGoOn.wait()
        }
        isHeld.wait()
        body()
        mayGoOn.give()
    }

    /// Writes what waits in the logs.
    func flushLogs() { store.flush() }
}

/// A place for an answer that comes from another thread.
private final class Box: Sendable {
    let answer = Mutex<Census?>(nil)
}
