package import IR

/// What the runtime must know about connections where a request stands.
package struct ConnectionPolicy: Hashable, Sendable {
    /// How long an idle connection is kept, in milliseconds; 0: not at all.
    package var keepAlive: Int32
    /// How many requests a connection carries at most; -1: any number.
    package var requests: Int32
    /// How long a client may pause within a body, in milliseconds.
    package var bodyTime: Int32
    /// How long a client may pause in taking an answer, in milliseconds.
    package var sendTime: Int32
}

/// What the runtime asks beside the decision.
extension Decider {
    /// What holds for the client's connection where the request stands.
    package func connectionPolicy(_ journey: borrowing Journey) -> ConnectionPolicy {
        let index = Int(journey.effective)
        return ConnectionPolicy(
            keepAlive: tables.effectives[index].keepAliveTime, requests: tables.effectives[index].keepAliveRequests,
            bodyTime: tables.effectives[index].bodyTime, sendTime: tables.effectives[index].sendTime)
    }

    /// What holds for connections of a listener on which no request has come yet.
    package func connectionPolicy(listener: Int) -> ConnectionPolicy {
        let names = tables.nameTables[Int(tables.listeners[listener].names)]
        let base = Int(tables.sites[names.fallback].base)
        return ConnectionPolicy(
            keepAlive: tables.effectives[base].keepAliveTime, requests: tables.effectives[base].keepAliveRequests,
            bodyTime: tables.effectives[base].bodyTime, sendTime: tables.effectives[base].sendTime)
    }

    /// When another member is tried for the request; nil: never.
    package func retry(_ journey: borrowing Journey) -> Retry? {
        journey.upstream.retry < 0 ? nil : tables.retries[journey.upstream.retry]
    }

    /// Whether an expectation other than `100-continue` is refused, and who answers that one.
    package func expectation(_ journey: borrowing Journey) -> Expect {
        tables.listeners[journey.listener].reading.expect
    }
}

extension Journey {
    /// Hands over what is complained about, so that it is told once.
    package mutating func takeComplaint() -> String {
        defer { complaint = "" }
        return complaint
    }
}
