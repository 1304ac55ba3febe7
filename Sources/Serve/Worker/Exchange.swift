import HTTP
import Net
import Routing
import System

/// A request and its answer: what is decided, the body that is on its way, and the upstream that is asked.
struct Exchange: Recyclable, ~Copyable {
    /// What is decided about the request.
    var journey = Journey()
    /// The parser of the request's head.
    var parser = HeadParser(.request)
    private var home: Ref<Era>?
    /// The client that sent it.
    var client: Ref<Client>?
    /// The connection to the upstream that is asked.
    var upstream: Ref<Upstream>?
    /// Where in the request's body the client is.
    var body = BodyDecoder.finished
    /// What becomes of the request's body.
    var bodyUse = BodyUse.none
    /// Body bytes that are held: all of it while it can be sent again, or what the upstream has not been sent yet.
    var stored: [UInt8] = []
    /// The rest of a body too large for memory, in a file without a name; -1: none.
    var spool: Int32 = -1
    /// What of the answer waits for the client beyond what may wait in memory, in a file without a name; -1: none.
    var overflow: Int32 = -1
    /// How long that file is; -1: no more of it can be had.
    var overflowCount: Int64 = 0
    /// How many body bytes have come.
    var bodyCount: Int64 = 0
    /// Bytes of the body have been let go of, so that the request cannot be sent again.
    var bodyIsGone = false
    /// The file that was opened for sending; -1: none.
    var file: Int32 = -1
    /// The fact that is awaited from another thread, by its number; 0: none.
    var awaits: UInt64 = 0
    /// The member of the pool that is asked, as an index of the peers; -1: none.
    var peer: Int32 = -1
    /// The address of that member that is asked, and how many of them were.
    var place: Int32 = 0
    var placesTried: Int32 = 0
    /// How many members were asked, and which of the first 64.
    var tries: Int32 = 0
    var tried: UInt64 = 0
    /// How many of the tries do not count, because a kept connection had died.
    var forgiven: Int32 = 0
    /// How the answer's body goes to the client; `tunnel`: the connection has changed to another protocol.
    var answerBody = MessageLength.none
    /// Which sides of a tunnel send nothing more.
    var clientHasEnded = false
    var upstreamHasEnded = false
    /// Its access log lines are written.
    var isLogged = false
    /// When the upstream was asked, in monotonic milliseconds.
    var askedAt: Int64 = 0

    /// What becomes of the body of a request.
    enum BodyUse: UInt8 {
        /// There is none, or it is dropped.
        case none
        /// It is held until it is whole, or until it is clear how it is sent on.
        case held
        /// It is sent on as it comes, framed by its length.
        case counted
        /// It is sent on as it comes, in chunks.
        case chunked
    }

    init() {}

    mutating func recycle() {
        if file >= 0 { Descriptor.closeRaw(file) }
        if spool >= 0 { Descriptor.closeRaw(spool) }
        if overflow >= 0 { Descriptor.closeRaw(overflow) }
        (file, spool, overflow) = (-1, -1, -1)
        overflowCount = 0
        home = nil
        client = nil
        upstream = nil
        body = .finished
        bodyUse = .none
        if !stored.isEmpty {
            if stored.capacity > 1 << 20 { stored = [] } else { stored.removeAll(keepingCapacity: true) }
        }
        answerBody = .none
        clientHasEnded = false
        upstreamHasEnded = false
        bodyCount = 0
        bodyIsGone = false
        awaits = 0
        peer = -1
        place = 0
        placesTried = 0
        tries = 0
        tried = 0
        forgiven = 0
        askedAt = 0
        isLogged = false
    }

    /// Makes it ready for the head of a request.
    mutating func begin(for client: Ref<Client>, in era: Ref<Era>) {
        home = era
        era.it.exchanges += 1
        self.client = client
        parser = HeadParser(.request)
        journey.request.removeAll()
        journey.answer.removeAll()
    }

    /// The era in which it began, which lasts at least as long: it counts its exchanges.
    // swift-format-ignore: NeverForceUnwrap
    var era: Ref<Era> { home! }

    /// Forgets the body that was held.
    mutating func dropHeldBody() {
        if spool >= 0 { Descriptor.closeRaw(spool) }
        spool = -1
        stored.removeAll(keepingCapacity: true)
        bodyCount = 0
        bodyUse = .none
    }

    /// Whether the connection has changed to another protocol.
    var isTunnel: Bool { answerBody == .tunnel }

    /// Whether the whole request can be sent once more.
    var canReplay: Bool { !bodyIsGone && body.isFinished }
}
