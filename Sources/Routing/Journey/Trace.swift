import HTTP
package import IR

/// What deciding saw, step by step; recording costs one branch where it is off.
package struct Trace: Sendable {
    /// Steps are recorded.
    package var isOn = false
    /// The steps so far.
    package private(set) var steps: [Step] = []

    /// One thing that happened, and the node that made it happen.
    package struct Step: Hashable, Sendable {
        /// What happened.
        package var kind: Kind
        /// Who wrote the node; nil: nobody did.
        package var origin: ID<Origin>?
        /// A text that belongs to it: a path, a name, a status.
        package var text: String
    }

    /// What can happen.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case siteChosen, siteFallback, routeTaken, routeLost, routeMissed, tableLeft, scopeEntered, noRoute
        case ruleActed, ruleSkipped, pathChanged, queryChanged, overlayApplied, overlaySkipped
        case accessGranted, accessDenied, loginWanted, fileFound, fileMissing, tryFailed
        case reentered, forwarded, answered, failed, errorPage, headerEdited, requestEdited, upstreamAnswered,
            locationMapped
        case placed, indexTried, indexFound, clientNamed
    }

    fileprivate mutating func append(_ kind: Kind, _ origin: Int32, _ text: String) {
        steps.append(Step(kind: kind, origin: origin < 0 ? nil : ID(index: origin), text: text))
    }

    /// Forgets the steps behind so many: what asked a question is done again from the start.
    mutating func forget(behind count: Int) {
        if steps.count > count { steps.removeLast(steps.count - count) }
    }

    /// Forgets the steps.
    package mutating func clear() {
        steps.removeAll(keepingCapacity: true)
    }
}

extension Journey {
    /// Records a step with a text of the arena.
    @inline(__always)
    mutating func note(_ kind: Trace.Kind, _ origin: Int32, _ text: Slice = .absent) {
        if trace.isOn { trace.append(kind, origin, describe(text)) }
    }

    /// Records a step with words; only called where it is known that steps are recorded.
    mutating func remark(_ kind: Trace.Kind, _ origin: Int32, _ words: String) {
        trace.append(kind, origin, words)
    }

    /// Records a step with a number.
    @inline(__always)
    mutating func note(_ kind: Trace.Kind, _ origin: Int32, number: Int32) {
        if trace.isOn { trace.append(kind, origin, String(number)) }
    }
}
