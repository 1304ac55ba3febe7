import IR
import Language

/// What waits where, and how connections end: httpd has its own ways, which no client can tell apart.
extension ApacheWriter {
    /// Takes what is not said; a head that is too long for nginx is one that httpd passes on.
    mutating func takeWaiting(_ settings: Settings) {
        let silent = [
            settings.limits.bodyBuffers?.origin, settings.limits.lingering?.origin,
            settings.limits.resetsTimedOut?.origin, settings.forward.buffers?.origin,
        ]
        remainder.take(silent.compactMap { $0 })
    }
}
