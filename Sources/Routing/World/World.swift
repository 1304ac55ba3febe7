import HTTP
package import IR

/// What a decision meets outside itself: the answers to the machine's questions, real or made up.
///
/// `explain`, tests and lint's witnesses decide in a world; the runtime answers the same questions from the machine.
package struct World: Sendable {
    /// What lies at a path.
    package var file: @Sendable (_ path: [UInt8]) -> FileFact
    /// What a directory holds.
    package var listing: @Sendable (_ directory: [UInt8]) -> [ListingEntry]
    /// Whether a password is that of a user in a file: `.yes`, `.no` or `.failed`.
    package var password: @Sendable (_ file: [UInt8], _ user: [UInt8], _ password: [UInt8]) -> Fact
    /// Whether a user is in a group of a file: `.yes`, `.no` or `.failed`.
    package var member: @Sendable (_ file: [UInt8], _ user: [UInt8], _ group: [UInt8]) -> Fact
    /// What a backend does with a request.
    package var backend: @Sendable (_ request: SentRequest) -> BackendDeed
    /// The time of all requests.
    package var now: Moment

    /// A world without files and users, whose backends answer 200.
    package init() {
        file = { _ in FileFact(kind: .missing) }
        listing = { _ in [] }
        password = { _, _, _ in .failed }
        member = { _, _, _ in .failed }
        backend = { _ in .answers(SupposedAnswer(status: 200)) }
        now = Moment(seconds: 1_700_000_000)
    }
}

extension World {
    /// A world with these files; the directories that their paths imply are there too, and so are paths that end in
    /// `/`.
    package init(files paths: some Sequence<String>, backend: BackendDeed = .answers(SupposedAnswer(status: 200))) {
        self.init()
        var files: [[UInt8]: FileFact.Kind] = [:]
        for path in paths {
            let bytes = path.planBytes
            if bytes.last == UInt8(ascii: "/") {
                files[Array(bytes.dropLast())] = .directory
            } else {
                files[bytes] = .file
            }
            for index in bytes.indices.dropFirst() where bytes[index] == UInt8(ascii: "/") {
                files[Array(bytes[..<index]), default: .directory] = .directory
            }
        }
        let known = files
        file = { path in
            var path = withoutDots(path)[...]
            let wantsDirectory = path.count > 1 && path.last == UInt8(ascii: "/")
            while path.count > 1, path.last == UInt8(ascii: "/") { path = path.dropLast() }
            if path.count == 1 { return FileFact(kind: .directory) }
            let kind = known[Array(path)] ?? .missing
            return FileFact(kind: wantsDirectory && kind == .file ? .missing : kind, size: 10, seconds: 1_600_000_000)
        }
        self.backend = { _ in backend }
    }
}

/// A path with `..` resolved, as a file system does it.
private func withoutDots(_ path: [UInt8]) -> [UInt8] {
    guard path.contains(UInt8(ascii: ".")) else { return path }
    var parts: [ArraySlice<UInt8>] = []
    for part in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true) {
        if part.elementsEqual("..".utf8) {
            _ = parts.popLast()
        } else if !part.elementsEqual(".".utf8) {
            parts.append(part)
        }
    }
    let end: [UInt8] = path.last == UInt8(ascii: "/") && !parts.isEmpty ? [UInt8(ascii: "/")] : []
    return parts.flatMap { [UInt8(ascii: "/")] + $0 } + end
}

/// What a backend does with a request that reaches it.
package enum BackendDeed: Hashable, Sendable {
    /// It answers.
    case answers(SupposedAnswer)
    /// It fails before it has answered.
    case fails(UpstreamFailure)
}

/// An answer that a backend is supposed to give.
package struct SupposedAnswer: Hashable, Sendable {
    /// The status.
    package var status: Int
    /// The reason phrase; empty: the standard's.
    package var reason: String
    /// The header fields in order.
    package var fields: [SupposedField]
    /// How many bytes its body has; nil: it is chunked.
    package var length: Int64?

    package init(status: Int, reason: String = "", fields: [SupposedField] = [], length: Int64? = 0) {
        self.status = status
        self.reason = reason
        self.fields = fields
        self.length = length
    }
}

/// A header field.
package struct SupposedField: Hashable, Sendable {
    /// Its name as it is written.
    package var name: String
    /// Its value.
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A request that was sent to a backend.
package struct SentRequest: Hashable, Sendable {
    /// The pool; nil: the target was computed from the request.
    package var pool: ID<Pool>?
    /// `host:port`, as the configuration writes it, or the pool's name.
    package var authority: String
    /// TLS is spoken with it.
    package var isTLS: Bool
    /// Whether FastCGI is spoken; then `head` lists what the application is told.
    package var speaksFastCGI = false
    /// The request target.
    package var target: [UInt8]
    /// The whole head, with its empty line.
    package var head: [UInt8]
    /// `host:port` of the servers of the pool that may be used; the authority alone where there is no pool.
    package var servers: [String] = []
    /// How long an answer is waited for, in milliseconds.
    package var readTimeout = 60_000

    package init(pool: ID<Pool>?, authority: String, isTLS: Bool, target: [UInt8], head: [UInt8]) {
        self.pool = pool
        self.authority = authority
        self.isTLS = isTLS
        self.target = target
        self.head = head
    }
}
