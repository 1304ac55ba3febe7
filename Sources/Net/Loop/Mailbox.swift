internal import Synchronization
public import System

/// Where other threads leave messages for a loop.
public final class Mailbox<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])
    private let wakeup: Wakeup

    /// An empty mailbox.
    public init() throws(SystemError) {
        wakeup = try Wakeup()
    }

    /// The descriptor that a loop watches with `Watch.reading`.
    public var raw: Int32 { wakeup.raw }

    /// Leaves a message and wakes the loop; from any thread.
    public func post(_ message: Message) {
        let isFirst = messages.withLock { messages in
            messages.append(message)
            return messages.count == 1
        }
        if isFirst { wakeup.signal() }
    }

    /// Takes all messages, in the order in which they were left.
    public func take() -> [Message] {
        // First the signal, then the messages: one that comes in between signals anew.
        wakeup.drain()
        return messages.withLock { messages in
            let taken = messages
            messages.removeAll()
            return taken
        }
    }
}
