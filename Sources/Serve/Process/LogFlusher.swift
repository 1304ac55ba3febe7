internal import System

/// Writes the lines that wait in a store's lanes, a little after the first of them came.
struct LogFlusher {
    private let store: LogStore
    private var due: Int64?

    init(_ store: LogStore) {
        self.store = store
    }

    /// The store has signalled that lines wait.
    mutating func notice() {
        store.pending.drain()
        if due == nil { due = Clock.monotonicMilliseconds() + LogStore.flushInterval }
    }

    /// Writes when it is time; the moment at which to come again, if any.
    mutating func tick() -> Int64? {
        guard let due, due <= Clock.monotonicMilliseconds() else { return due }
        self.due = nil
        store.flush()
        return nil
    }
}

/// How long a poller may sleep until the earliest of some moments; -1: for ever.
func patience(until moments: Int64?...) -> Int32 {
    guard let earliest = moments.compactMap({ $0 }).min() else { return -1 }
    return Int32(clamping: max(0, earliest - Clock.monotonicMilliseconds()))
}
