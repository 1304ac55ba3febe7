import HTTP
import IR
import Net
import Routing
import Synchronization
import System
import TLS

/// One thread that serves: its connections, its upstreams, and the machine that decides.
///
/// It is one value without copies or shared parts, so nothing it does is locked, counted or checked for exclusivity.
/// Files are read where they are needed; what takes long (resolving, slow password hashes) is done by `jobs`, which
/// leave their results in the mailbox.
struct Worker: ~Copyable {
    /// The thread's number, which is its lane in the logs.
    let number: Int
    var loop: EventLoop
    var acceptor = Acceptor(kind: TokenKind.listener)
    var clients = Slab<Client>(kind: TokenKind.client)
    var exchanges = Slab<Exchange>(kind: TokenKind.exchange)
    var upstreams = Slab<Upstream>(kind: TokenKind.upstream)
    var idle = IdlePool()
    /// The eras that have requests under way, and the one in which new requests begin.
    var eras = Shelf<Era>()
    var era: Int
    let mailbox: Mailbox<Message>
    let jobs: BlockingJobs
    let shared: SharedCount
    /// How upstreams' answers are read.
    let answerRules = RequestRules.ofAnswers
    /// Where heads are composed before they are sent.
    var scratch = ByteWriter()
    /// Where what a FastCGI application is told, and what it answers, is put together.
    var plain: ByteWriter? = ByteWriter()
    /// Lines of access logs that have not been handed over yet.
    var lines = PendingLines()
    /// The moment of the current batch.
    var moment = Moment()
    var connections = 0
    var eraCount = 0
    /// Sessions with upstreams that can be taken up again, by the number in the pool of idle connections.
    var sessions: [Int: TLSSession] = [:]
    var lastJob: UInt64 = 0
    /// When a paused acceptor tries again.
    var resumesAt = Int64.max
    var mode = Mode.serving
    /// When draining ends whatever is under way.
    var endsAt = Int64.max
    /// Addresses of names that templates made.
    var resolved: [String: [SocketAddress]] = [:]

    /// What the worker is told from outside its thread.
    enum Message: Sendable {
        case serving(ServingMessage)
        /// A question of an exchange has been answered.
        case fact(Token, UInt64, Fact)
        /// A name that an exchange waits for has been resolved; empty: it has no address.
        case addresses(Token, UInt64, String, [SocketAddress])
        /// Somebody wants to know what there is.
        case census(@Sendable (Census) -> Void)
    }

    enum Mode {
        case serving, draining, stopped
    }

    /// A worker that is ready to run.
    init(
        _ service: Service, number: Int, loop: consuming EventLoop, mailbox: Mailbox<Message>, jobs: BlockingJobs,
        shared: SharedCount
    ) {
        self.number = number
        self.loop = loop
        self.mailbox = mailbox
        self.jobs = jobs
        self.shared = shared
        era = eras.put(Era(service, serial: 0))
    }

    /// Serves until it is told to stop, or until it has drained.
    mutating func run() throws(SystemError) {
        try listen()
        let token = Token(kind: TokenKind.mailbox, generation: 0, index: 0)
        let outcome = loop.poller.add(mailbox.raw, .reading, token: token.rawValue)
        if outcome < 0 { throw SystemError("watch", "the mailbox", code: outcome) }
        var buffer = ReceiveBuffer()
        while mode == .serving || (mode == .draining && clients.count > 0 && endsAt > loop.now) {
            let count = try loop.wait(atMost: patience())
            moment = Moment(
                seconds: loop.wallNanoseconds / 1_000_000_000,
                nanoseconds: Int32(truncatingIfNeeded: loop.wallNanoseconds % 1_000_000_000))
            // Upstreams come first: what one of them says unasked is known before a request could be given to it.
            for index in 0..<count {
                let event = loop.event(index)
                if event.token.kind == TokenKind.upstream { dispatch(event.token, event.readiness, &buffer) }
            }
            for index in 0..<count {
                let event = loop.eventAgain(index)
                if event.token.kind != TokenKind.upstream { dispatch(event.token, event.readiness, &buffer) }
            }
            runScheduled(&buffer)
            expire()
            handOverLines()
            clients.reclaim()
            exchanges.reclaim()
            upstreams.reclaim()
            if resumesAt <= loop.now { resumeAccepting() }
        }
    }

    /// Watches the sockets of the current service.
    mutating func listen() throws(SystemError) {
        let sockets = eras[era].it.service.sockets
        try acceptor.listen(
            on: sockets.map { Acceptor.Listener(socket: $0.socket, number: $0.listener) }, poller: loop.poller)
    }

    private func patience() -> Int32 {
        if resumesAt != .max { return 500 }
        return endsAt == .max ? -1 : Int32(clamping: max(0, endsAt - loop.now))
    }

    private mutating func dispatch(_ token: Token, _ readiness: Readiness, _ buffer: inout ReceiveBuffer) {
        switch token.kind {
        case TokenKind.client:
            if let client = clients.find(token) { clientReady(client, readiness, &buffer) }
        case TokenKind.upstream:
            if let upstream = upstreams.find(token) { upstreamReady(upstream, readiness, &buffer) }
        case TokenKind.listener: accept(at: Int(token.index))
        case TokenKind.mailbox: for message in mailbox.take() { receive(message) }
        default: break
        }
    }

    /// Goes on with what had more to do than its share of the last turn.
    private mutating func runScheduled(_ buffer: inout ReceiveBuffer) {
        let scheduled = loop.takeScheduled()
        for token in scheduled { dispatch(token, [], &buffer) }
        loop.giveBack(scheduled: scheduled)
    }

    private mutating func expire() {
        let expired = loop.takeExpired()
        for token in expired {
            if token.kind == TokenKind.client, let client = clients.find(token) {
                if client.it.timer.isOver(now: loop.now, token, on: &loop.timers) { clientTimedOut(client) }
            } else if token.kind == TokenKind.upstream, let upstream = upstreams.find(token) {
                if upstream.it.timer.isOver(now: loop.now, token, on: &loop.timers) { upstreamTimedOut(upstream) }
            }
        }
        loop.giveBack(expired: expired)
    }

    private mutating func receive(_ message: Message) {
        switch message {
        case .serving(.swap(let service)): begin(service)
        case .serving(.drain(let deadline)): drain(until: deadline)
        case .serving(.stop): mode = .stopped
        case .fact(let token, let job, let fact):
            guard let exchange = exchanges.find(token), exchange.it.awaits == job else { return }
            exchange.it.awaits = 0
            resume(exchange, .fact(fact))
        case .addresses(let token, let job, let name, let addresses):
            nameResolved(name, addresses)
            guard let exchange = exchanges.find(token), exchange.it.awaits == job else { return }
            exchange.it.awaits = 0
            askAgain(exchange)
        case .census(let tell):
            tell(
                Census(
                    clients: clients.count, exchanges: exchanges.count, upstreams: upstreams.count,
                    eras: eras.taken.count))
        }
    }

    /// Runs a job elsewhere for an exchange; false when too much is waiting already.
    mutating func delegate(_ exchange: Ref<Exchange>, _ job: @escaping @Sendable (Token, UInt64) -> Message) -> Bool {
        lastJob += 1
        let (token, number, mailbox) = (exchange.token, lastJob, mailbox)
        guard jobs.run({ mailbox.post(job(token, number)) }) else { return false }
        exchange.it.awaits = number
        return true
    }
}

/// A number that another thread reads.
final class SharedCount: Sendable {
    private let number = Atomic<Int>(0)

    /// The number, perhaps a moment old.
    var value: Int { number.load(ordering: .relaxed) }

    func set(_ value: Int) { number.store(value, ordering: .relaxed) }
}
