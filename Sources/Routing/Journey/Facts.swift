/// What a decision cannot know and asks for.
package enum Question: UInt8, Hashable, Sendable {
    /// What lies at the path `Journey.asked`? Answered by `.file`.
    case stat
    /// Open the file at the path `Journey.asked` for sending; answered by `.file` (and the file stays open).
    case open
    /// Is `Journey.askedMore` the password of the user `Journey.askedName` in the file `Journey.asked`?
    case password
    /// Is the user `Journey.askedName` in the group `Journey.askedMore` of the file `Journey.asked`?
    case member
    /// What is in the directory `Journey.asked`? Answered by `.listing`.
    case list
}

/// What lies at a path.
package struct FileFact: Hashable, Sendable {
    /// What it is.
    package enum Kind: UInt8, Hashable, Sendable {
        case missing, file, directory, other, forbidden, nameTooLong, failed
    }

    /// What it is.
    package var kind: Kind
    /// The size in bytes.
    package var size: Int64
    /// When it was changed: seconds since 1970.
    package var seconds: Int64
    /// … and nanoseconds.
    package var nanoseconds: Int32
    /// It is executable.
    package var isExecutable: Bool

    package init(
        kind: Kind, size: Int64 = 0, seconds: Int64 = 0, nanoseconds: Int32 = 0, isExecutable: Bool = false
    ) {
        self.kind = kind
        self.size = size
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        self.isExecutable = isExecutable
    }
}

/// One entry of a directory.
package struct ListingEntry: Hashable, Sendable {
    /// Its name.
    package var name: [UInt8]
    /// What it is.
    package var file: FileFact

    package init(name: [UInt8], file: FileFact) {
        self.name = name
        self.file = file
    }
}

/// The answer to a question.
package enum Fact: Hashable, Sendable {
    case file(FileFact)
    case yes
    case no
    /// The question cannot be answered (a password file that cannot be read): a guard stays closed.
    case failed
    case listing([ListingEntry])
}

/// What happens next to a request.
package enum Effect: Hashable, Sendable {
    /// Answer the question and call `resume` with the fact.
    case ask(Question)
    /// Send the request to an upstream: `Journey.upstream`, and `Decider.composeRequest` for the head.
    case forward
    /// Send an answer made here: `Decider.composeAnswer` for the head, `Journey.body` for the body.
    case respond
    /// Send the upstream's answer on: `Decider.composeAnswer` for the head.
    case relay
    /// Close the connection without a word.
    case close
}

/// What happened since the last effect.
package enum Event: Hashable, Sendable {
    /// The answer to the question.
    case fact(Fact)
    /// The upstream's final head lies in `Journey.answer`.
    case upstreamHead
    /// The upstream failed before it answered.
    case upstreamFailed(UpstreamFailure)
    /// The request's body is longer than `Journey.bodyLimit` allows.
    case bodyTooLarge
    /// The request's body cannot be read: it is malformed.
    case bodyMalformed
    /// The client took too long to send the request's body, and is to be told this status.
    case bodyTimedOut(Int32)
    /// The file that was to be sent cannot be read after all.
    case fileFailed
}

/// What went wrong with an upstream; the raw values are those of `IR.Failure`.
package enum UpstreamFailure: Int, Hashable, Sendable, CaseIterable {
    case resolve, refused, connectTimeout, tls, closedEarly, sendTimeout, readTimeout, badHead, noMember, quarantined
    /// This machine has no socket for it, whoever it is.
    case noSocket
}

/// What is known of a connection.
package struct ConnectionFacts: Sendable {
    /// The listener's index in the configuration.
    package var listener: Int = 0
    /// The client's address.
    package var client = IPAddress(ipv4: 0)
    /// The client's address as text; `unix:` for a unix socket.
    package var clientText: [UInt8] = []
    /// The client's port.
    package var clientPort: Int = 0
    /// The local address as text.
    package var localText: [UInt8] = []
    /// The local port.
    package var localPort: Int = 0
    /// The connection's number.
    package var number: Int = 0
    /// TLS is spoken.
    package var isTLS = false
    /// What is known of it.
    package var tls: TLSFacts?
    /// What a proxy said of the connection; nil: none was to.
    package var proxied: ProxiedFacts?

    package init() {}
}

/// What is known of a connection, made once and lent to each of its requests: to copy it would count every text in it.
package final class SharedConnection: Sendable {
    /// The facts.
    package let facts: ConnectionFacts

    package init(_ facts: ConnectionFacts) {
        self.facts = facts
    }
}

/// The moment of a request.
package struct Moment: Hashable, Sendable {
    /// Seconds since 1970.
    package var seconds: Int64
    /// Nanoseconds within the second.
    package var nanoseconds: Int32

    package init(seconds: Int64 = 0, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// How long it is from an earlier moment, in microseconds.
    func microseconds(since earlier: Moment) -> Int64 {
        max(0, (seconds - earlier.seconds) * 1_000_000 + Int64(nanoseconds - earlier.nanoseconds) / 1000)
    }
}
