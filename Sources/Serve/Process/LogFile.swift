internal import Synchronization
package import System

/// An open log: one descriptor for the process, and for each thread a lane of lines that wait to be written.
///
/// A lane's lock is nearly always free: only its thread and, about once in `LogSinks.flushInterval`, the process side
/// take it, and nobody keeps it while he writes: a slow disk makes a thread wait only once its lane is full. Whole
/// lines are written with `O_APPEND`, so lines of different threads and processes never mix. Reopening
/// puts another file behind the same descriptor number, so no thread has to be told.
package final class LogFile: Sendable {
    /// The path as the configuration names it; empty for standard error.
    package let path: String
    private let descriptor: Descriptor
    private let lanes: [Lane]
    private let isBroken = Atomic<Bool>(false)

    deinit { flush() }

    private final class Lane: Sendable {
        let lines = Mutex<[UInt8]>([])
        /// The lines that are being written; empty while nobody writes.
        let leaving = Mutex<[UInt8]>([])
    }

    /// A full lane is written by its own thread.
    private static let capacity = 64 << 10

    /// A log on a descriptor that is open for appending.
    package init(path: String, descriptor: consuming Descriptor, lanes: Int) {
        self.path = path
        self.descriptor = descriptor
        self.lanes = (0..<max(lanes, 1)).map { _ in Lane() }
    }

    /// The number of the descriptor.
    package var raw: Int32 { descriptor.raw }

    /// Adds whole lines; true when this lane was empty, so that somebody must come and flush it in a while.
    package func append(_ lines: Span<UInt8>, lane: Int) -> Bool {
        let lane = lanes[lane % lanes.count]
        if let wasEmpty = add(lines, to: lane, evenIfFull: false) { return wasEmpty }
        flush(lane)
        return add(lines, to: lane, evenIfFull: true) ?? false
    }

    /// Whether the lane was empty; nil when it is too full.
    private func add(_ lines: Span<UInt8>, to lane: Lane, evenIfFull: Bool) -> Bool? {
        lane.lines.withLock { waiting in
            let wasEmpty = waiting.isEmpty
            if !wasEmpty, !evenIfFull, waiting.count + lines.count > Self.capacity { return nil }
            unsafe lines.withUnsafeBufferPointer { unsafe waiting.append(contentsOf: $0) }
            return wasEmpty
        }
    }

    /// Writes what waits in all lanes.
    package func flush() {
        for lane in lanes { flush(lane) }
    }

    /// Lines leave in the order in which they came, since one writes at a time.
    private func flush(_ lane: Lane) {
        lane.leaving.withLock { leaving in
            lane.lines.withLock { swap(&$0, &leaving) }
            write(&leaving)
        }
    }

    /// Writes lines at once.
    package func writeNow(_ lines: [UInt8]) {
        var lines = lines
        write(&lines)
    }

    /// Puts another open file behind this log.
    package func reopen(on other: consuming Descriptor) {
        flush()
        _ = descriptor.become(other)
        isBroken.store(false, ordering: .relaxed)
    }

    /// Writes and empties; what a full disk does not take is lost, which is said once until it takes lines again.
    private func write(_ lines: inout [UInt8]) {
        var from = 0
        while from < lines.count {
            let written = descriptor.write(lines.span.extracting(from...))
            if written <= 0 {
                complain(Int32(-written))
                break
            }
            from += written
        }
        if from == lines.count, from > 0, isBroken.load(ordering: .relaxed) {
            isBroken.store(false, ordering: .relaxed)
        }
        lines.removeAll(keepingCapacity: lines.capacity <= 2 * Self.capacity)
    }

    private func complain(_ code: Int32) {
        if path.isEmpty || isBroken.exchange(true, ordering: .relaxed) { return }
        StandardError.say("cannot write to \(path): \(SystemError.text(of: code)); its lines are lost meanwhile")
    }
}
