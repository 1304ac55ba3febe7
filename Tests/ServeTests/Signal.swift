import Synchronization
import TestSupport

/// Lets a thread wait for another, once for each time that it is given.
final class Signal: Sendable {
    private let count = Mutex(0)

    func give() { count.withLock { $0 += 1 } }

    func wait() {
        _ = eventually {
            count.withLock { count in
                if count == 0 { return false }
                count -= 1
                return true
            }
        }
    }
}
