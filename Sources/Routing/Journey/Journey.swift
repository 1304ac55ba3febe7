package import HTTP
import IR
import Synchronization

/// A request on its way: what was received, where it stands, what was decided.
///
/// It is reused for one request after another and allocates nothing once warm. Every text it computes lies in `arena`.
package struct Journey: ~Copyable, Sendable {
    /// Holds the journey in its place: without a member that has an address, the compiler lends a journey by copying
    /// its thousand bytes to the stack, which was measured as a third of all the work of deciding.
    private let place = Atomic<Bool>(false)
    /// The request's head; the parser writes it before `Decider.begin`.
    package var request = Head()
    /// The upstream's head; the parser writes it before `Event.upstreamHead`.
    package var answer = Head()
    /// The connection it came on, whose facts are one for all its requests.
    package var sharedConnection = SharedConnection(ConnectionFacts())
    /// What is known of that connection.
    package var connection: ConnectionFacts {
        _read { yield sharedConnection.facts }
        set { sharedConnection = SharedConnection(newValue) }
    }
    /// When the request's first byte came.
    package var began = Moment()
    /// Now; the runtime sets it before it calls the decider.
    package var now = Moment()
    /// How many requests the connection has carried, this one included.
    package var requestNumber = 1
    /// The declared length of the request's body; -1: chunked; 0: none.
    package var bodyLength: Int64 = 0
    /// The client's connection stays open behind this request.
    package var keepsAlive = true
    /// The client asks for that in so many words.
    package var asksKeepAlive = false

    /// Computed texts; `text(_:)` reads them.
    package internal(set) var arena = ByteWriter(capacity: 2048)

    // MARK: What was received and what it is by now

    var target = Slice.empty
    var path = Slice.empty
    var pathBeforeRules = Slice.empty
    var pathBeforeProgram = Slice.empty
    var query = Slice.absent
    /// The query as the running program found it.
    var queryBeforeProgram = Slice.absent
    var host = Slice.absent
    var hostPort = Slice.absent
    /// The authority of an absolute-form target.
    var authority = Slice.absent
    /// The request's path had escapes (nginx's `quoted_uri`).
    var hadEscapes = false
    var changedSinceReceived = false
    var changedSinceLocated = false
    /// The method when an edit or an error page changed it; `.absent`: the request's own.
    var method = Slice.absent
    var isHead = false
    var isGet = false

    // MARK: Where it stands

    var listener: Int32 = 0
    var site: Int32 = 0
    var scope: Int32 = -1
    var effective: Int32 = 0
    var phase = Phase.early
    /// The next instruction of the running program; -1: none is running.
    var pc: Int32 = -1
    /// The program that runs, or ran last.
    var program: Int32 = -1
    /// Which program of a list is running.
    var listPosition: Int32 = 0
    /// The exit that `leaveWith` named.
    var leaving: Int32 = -1
    /// Programs of the current kind are over for this request (END).
    var rulesEnded = false
    var rounds: Int32 = 0
    var loops: Int32 = 0
    var isInternal = false
    /// How many bytes of the path the taken route matched.
    var matched: Int32 = 0
    var route: Int32 = -1
    var content: Int32 = -1
    /// A rule said what answers, whatever place the request comes to (mod_rewrite's H).
    var isHandled = false
    var placement: Int32 = -1
    /// The path is a file's path itself.
    var placedAtRoot = false
    var filePath = Slice.absent
    var folded = false
    var layers: [Int32] = []

    // MARK: Registers

    /// The peer's address, where a proxy has named another for the client's, and the peer's port.
    var peer = Slice.absent
    var peerPort = 0
    /// Ten groups for each of three banks.
    var groups: [Slice] = Array(repeating: .absent, count: 30)
    /// Some group was written.
    var hasGroups = false
    var values: [Slice] = []
    /// What an application is told, while it is put together, and what of the request before an internal redirect.
    var told: [(name: Slice, value: Slice)] = []
    var redirected = RedirectedRequest()
    var headerEdits: [Int32] = []
    var cookies: [Slice] = []
    var evaluated: [Slice] = []
    /// Computed parts of templates that are being put together.
    var pieces: [Slice] = []
    var user = Slice.absent
    var mediaType = Slice.absent
    /// It is refused before anything else is decided, by its site, whose pages it is shown.
    var isRefusedBySite = false
    /// The page that explains the status, where it is not the status's own; 0: there is none.
    var explains: Int32 = 0
    /// Access was decided for the place where the request stands.
    var failedLogin = false

    // MARK: Questions

    var facts: [KnownFact] = []
    /// The path that is asked about.
    package internal(set) var asked = Slice.empty
    /// A user's name.
    package internal(set) var askedName = Slice.empty
    /// A password or a group.
    package internal(set) var askedMore = Slice.empty
    var question = Question.stat
    /// What a directory holds, once it was asked for.
    var listing: [ListingEntry] = []

    // MARK: The index

    var look = IndexLook()

    // MARK: The upstream

    /// Whom to forward to, after `Effect.forward`.
    package internal(set) var upstream = UpstreamTarget()
    /// The upstream that was used, as the runtime saw it; the runtime writes it for the logs.
    package var exchange = ExchangeFacts()
    var forward: Int32 = -1
    var answered = false

    // MARK: The answer

    /// The status that is answered.
    package internal(set) var status: Int32 = 0
    /// What the answer's body is, after `Effect.respond`.
    package internal(set) var body = Body.none
    /// Further ranges of the file behind `body`, each with the text that stands before it.
    package internal(set) var parts: [BodyPart] = []
    var location = Slice.absent
    var isBuiltIn = false
    var redirectsAtOnce = false
    /// No edit applies to the answer.
    var isUnedited = false
    var originalStatus: Int32 = 0
    var errorStatus: Int32 = 0
    var errorDepth: Int32 = 0
    var handlingError = false
    var retryHeader = Slice.absent
    var challenge = false
    /// What the login is for.
    var realm = Slice.empty
    var allow = Slice.absent
    var file = FileFact(kind: .missing)
    var tag = Slice.absent
    var rangeStart: Int64 = -1
    var rangeEnd: Int64 = -1
    var contentType = Slice.absent
    var isRelayed = false
    var keptFields: [KeptField] = []
    /// The fields of its own answer are in `Decider.fields` at this moment.
    var isComposing = false
    /// Fields that the answer was sent with, as far as the plan asks for them, by where their names begin in its texts.
    var sentFields: [(name: Int32, value: Slice)] = []
    /// How many body bytes were sent; the runtime counts them for the log.
    package var sentBodyBytes: Int64 = 0
    /// How many bytes were sent in all.
    package var sentBytes: Int64 = 0
    /// How many bytes of the request were read.
    package var receivedBytes: Int64 = 0
    /// Why it failed, for the error log; empty if it did not.
    package internal(set) var complaint = ""

    /// What deciding saw, if it is recorded.
    package var trace = Trace()

    /// A journey that has not begun.
    package init() {}

    /// The bytes of a computed text.
    package func bytes(_ slice: Slice) -> [UInt8] { arena.array(slice.range) }
}

/// A fact that was asked for before.
struct KnownFact: Sendable {
    var question: Question
    var path: Slice
    var name: Slice
    var more: Slice
    var fact: Fact
}

/// A field of the upstream's answer that survives when our page replaces it.
struct KeptField: Sendable {
    var name: Slice
    var value: Slice
}

/// Where the search for a directory's index stands.
struct IndexLook: Sendable {
    /// A candidate is being looked at.
    var isActive = false
    var candidate: Int32 = 0
    /// The candidates.
    var names = Span32.none
    /// The directory's path, and what else is put back when a candidate fails.
    var path = Slice.empty
    var scope: Int32 = -1
    var failure: Int32 = 0
    /// The search is over; the directory itself is answered.
    var isOver = false
}

/// What an application is told of the request before an internal redirect.
struct RedirectedRequest: Sendable {
    /// Its path and query; absent: there was none.
    var path = Slice.absent
    var query = Slice.absent
    /// An error led here.
    var isError = false
    /// The path of the first of them.
    var firstPath = Slice.absent
    /// Its variables, under the names that they have now.
    var variables: [(name: Slice, value: Slice)] = []
}

/// Whom a request is forwarded to.
package struct UpstreamTarget: Hashable, Sendable {
    /// The index of a pool of the configuration; -1: `authority` says where.
    package var pool: Int32 = -1
    /// `host:port` or `unix:/path`, as the configuration writes it.
    package var authority = Slice.empty
    /// Where it is, if `authority` does not say so: `unix:/path`; absent otherwise.
    package var socket = Slice.absent
    /// The path of a computed address, behind which a file's stands.
    var base = Slice.absent
    /// "http" or "https".
    package var isTLS = false
    /// The way to speak TLS, as an index of `Plan.upstreamTLS`; -1: none is known.
    package var tls: Int32 = -1
    /// The host that is named or checked there, perhaps with a port.
    package var tlsName = Slice.absent
    /// The pool's name is not told: the chosen member's `host:port` is.
    package var hidesName = false
    /// The request target that is sent.
    package var target = Slice.empty
    /// Milliseconds for each step.
    package var connectTimeout: Int32 = 60_000
    package var sendTimeout: Int32 = 60_000
    package var readTimeout: Int32 = 60_000
    /// The answer is read ahead of the client.
    package var buffers = true
    /// The longest head of an answer in bytes; 0: any that is not absurd.
    package var longestHead: Int32 = 0
    /// The request's body is read whole first.
    package var buffersRequest = true
    /// The request's body goes along.
    package var passesBody = true
    /// FastCGI is spoken, by the index of the call; -1: HTTP.
    @usableFromInline var gateway: Int32 = -1
    /// What is told goes by the rules of CGI: a body has a length, and a location alone is no redirect.
    package var isCommonGateway = false
    /// What of the path follows the script, and where in the file system that would lie.
    var pathInfo = Slice.absent
    var pathTranslated = Slice.absent
    /// Whether FastCGI is spoken: `Decider.composeParameters` makes what is sent instead of a head.
    @inlinable package var speaksFastCGI: Bool { gateway >= 0 }
    /// The client's wish to change to another protocol is passed on.
    package var passesUpgrade = false
    /// The request that is sent asks for another protocol, so that a 101 may follow.
    package var asksUpgrade = false
    /// "HTTP/1.1" is spoken; else "HTTP/1.0".
    package var speaks11 = true
    /// The index of the retry rules in `Decider.retry`; -1: none.
    package var retry: Int32 = -1

    package init() {}
}

/// What the runtime tells about an exchange with an upstream.
package struct ExchangeFacts: ~Copyable, Sendable {
    /// The address that was connected to, as text.
    package var address = ByteWriter(capacity: 64)
    /// `host:port` of the chosen member, as the configuration has it.
    package var member = ByteWriter(capacity: 64)
    /// Microseconds until the connection stood, the head came, and all was over.
    package var connectTime: Int64 = -1
    package var headerTime: Int64 = -1
    package var responseTime: Int64 = -1
    /// Body bytes that came.
    package var responseLength: Int64 = -1
    /// Bytes that went to the member that was asked last, head and body.
    package var sentLength: Int64 = -1

    package init() {}

    /// Forgets the last exchange and keeps the memory.
    package mutating func reset() {
        address.removeAll()
        member.removeAll()
        connectTime = -1
        headerTime = -1
        responseTime = -1
        responseLength = -1
        sentLength = -1
    }
}

/// What the body of an answer made here is.
package enum Body: Hashable, Sendable {
    case none
    /// A text in the arena.
    case text(Slice)
    /// A part of the opened file.
    case file(offset: Int64, length: Int64)
    /// Parts of the opened file with texts between them: `Journey.parts`, of so many bytes in all.
    case parts(length: Int64)
}

/// A text and a part of the file behind it.
package struct BodyPart: Hashable, Sendable {
    /// The text before the part.
    package var text: Slice
    /// Where the part begins; with a length of 0 there is none.
    package var offset: Int64
    /// Its length in bytes.
    package var length: Int64
}
