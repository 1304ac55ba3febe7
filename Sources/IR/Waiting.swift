/// How much of an upstream's answer may wait for a client that is slower.
package struct AnswerBuffers: Hashable, Sendable {
    /// The longest head in bytes; nil: any that is not absurd.
    package var head: Int?
    /// Bytes that may wait in memory.
    package var memory: Int
    /// Bytes that may wait in a file besides; 0: none.
    package var file: Int
    /// The folder of such files, which have no names.
    package var folder: String

    package init(head: Int? = nil, memory: Int, file: Int, folder: String) {
        self.head = head
        self.memory = memory
        self.file = file
        self.folder = folder
    }
}

/// Where a request's body waits until it is whole.
package struct BodyBuffers: Hashable, Sendable {
    /// Bytes that may wait in memory; what is more goes to a file.
    package var memory: Int
    /// The folder of such files, which have no names.
    package var folder: String

    package init(memory: Int, folder: String) {
        self.memory = memory
        self.folder = folder
    }
}

/// How a connection is closed on which the client may still be sending.
package struct Lingering: Hashable, Sendable {
    /// When what comes is read and dropped for a while, so that the client gets its answer.
    package var when: When
    /// For so many seconds at most.
    package var time: Double
    /// For so many seconds at most without anything.
    package var pause: Double

    package init(when: When = .unread, time: Double = 30, pause: Double = 5) {
        self.when = when
        self.time = time
        self.pause = pause
    }

    /// When it is done.
    package enum When: UInt8, Hashable, Sendable {
        case never
        /// Something of the client's is unread, or still to come.
        case unread
        case always
    }
}

/// How slowly something may come in: the more has come, the longer.
package struct ReadingPace: Hashable, Sendable {
    /// Seconds until it must be there; 0: any time.
    package var time: Double
    /// Seconds that it may take at most, however much has come; nil: any.
    package var most: Double?
    /// So many bytes that have come allow a second more; nil: none do.
    package var rate: Int?

    package init(time: Double, most: Double? = nil, rate: Int? = nil) {
        self.time = time
        self.most = most
        self.rate = rate
    }
}
