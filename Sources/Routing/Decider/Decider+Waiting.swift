import HTTP
package import IR

/// What may wait for whom, and for how long: asked off the usual way only.
extension Decider {
    /// How much of an answer may wait for the client.
    ///
    /// An upstream says so itself with `X-Accel-Buffering`, where it may (`ngx_http_upstream_process_buffering`).
    package func answerBuffers(_ journey: borrowing Journey) -> AnswerBuffers {
        let effective = Int(journey.effective)
        var buffers = tables.answerBuffers[Int(tables.effectives[effective].answerBuffers)]
        var areOn = journey.upstream.buffers
        if controls(journey), let word = journey.answer.value(named: "x-accel-buffering")?.lowercased() {
            if word == "no" { areOn = false }
            if word == "yes" { areOn = true }
        }
        if !areOn { buffers.file = 0 }
        return buffers
    }

    /// Whether the upstream's `X-Accel-Buffering` is listened to.
    private func controls(_ journey: borrowing Journey) -> Bool {
        let names = tables.effectives[journey.effective].controlHeaders
        for index in names.range {
            let name = tables.names[index]
            if tables.bytes.span.extracting(name.range).isText("x-accel-buffering") { return true }
        }
        return false
    }

    /// Where a request's body waits until it is whole.
    package func bodyBuffers(_ journey: borrowing Journey) -> BodyBuffers {
        waiting(journey).bodyBuffers
    }

    /// How slowly a request's body may come in as a whole; nil: as slowly as its pauses allow.
    package func bodyPace(_ journey: borrowing Journey) -> ReadingPace? {
        waiting(journey).bodyPace
    }

    /// How a connection is closed on which the client may still be sending.
    package func lingering(_ journey: borrowing Journey) -> Lingering { waiting(journey).lingering }

    /// Whether a connection is reset whose client took too long.
    package func resetsTimedOut(_ journey: borrowing Journey) -> Bool { waiting(journey).resetsTimedOut }

    private func waiting(_ journey: borrowing Journey) -> WaitingRecord {
        tables.waiting[Int(tables.effectives[journey.effective].waiting)]
    }
}

extension Span<UInt8> {
    fileprivate func isText(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        // The index is below the literal's count, compared above.
        for index in 0..<count where unsafe self[index] != text.utf8Start[index] { return false }
        return true
    }
}
