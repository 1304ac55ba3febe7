/// Reads the head of a message from bytes that come in pieces of any size.
///
/// Whole lines are taken from the input into the head at once; the bytes of an unfinished line stay with the caller,
/// who hands them in again with more behind them. So the result does not depend on where the input was cut.
public struct HeadParser: Sendable {
    /// Which kind of message is read.
    public enum Kind: Sendable {
        case request, answer
        /// Only fields, as behind the last chunk of a body.
        case trailers
    }

    /// How far the head has come; each says up to which byte of the input it has been taken.
    public enum Progress: Hashable, Sendable {
        /// The rest is an unfinished line.
        case needMore(consumed: Int)
        /// The head is whole; what follows is the body or the next message.
        case complete(consumed: Int)
        /// The message must not be read further; the status is for the client, or 502 for an upstream's answer.
        case refused(MessageRefusal, status: UInt16)
    }

    let kind: Kind
    var isInFields: Bool
    /// Bytes that have been taken, for the limit of the whole head.
    package internal(set) var taken = 0
    /// Field lines seen, also those left out.
    var lines = 0
    /// Whether the last field was left out, so that its folds go with it.
    var leavesOutFolds = false

    /// A parser at the start of a message.
    public init(_ kind: Kind) {
        self.kind = kind
        isInFields = kind == .trailers
    }

    /// Whether anything of the message has been taken.
    public var hasBegun: Bool { taken > 0 }

    /// Takes what it can of `input[start...]` into the head.
    public mutating func parse(
        _ input: Span<UInt8>, from start: Int, into head: inout Head, rules: borrowing RequestRules
    ) -> Progress {
        var at = start
        // Lines that are already in the arena's form wait as a run of the input that is copied in one piece.
        var run = Run(start: at, shift: head.bytes.count - at)
        if !isInFields, !readPlainStart(input, &at, into: &head, rules: rules) {
            switch readStart(input, &at, run: &run, into: &head, rules: rules) {
            case .next: break
            case .partial: return needMore(start, at)
            case .end:
                run.flush(input, upTo: at, into: &head)
                taken += at - start
                return .complete(consumed: at)
            case .refused(let reason, let status):
                run.flush(input, upTo: at, into: &head)
                return .refused(reason, status: status)
            }
        }
        let room = max(0, rules.totalLimit - taken)
        let limit = room < input.count - start ? start + room : input.count
        while at < input.count {
            readPlainFields(input, &at, limit: limit, shift: run.shift, into: &head, rules: rules)
            if at + 1 < input.count, input[at] == 13, input[at + 1] == 10 {
                run.flush(input, upTo: at, into: &head)
                taken += at + 2 - start
                return .complete(consumed: at + 2)
            }
            if at == input.count { break }
            let line = at
            let outcome = readField(input, &at, run: &run, into: &head, rules: rules)
            if case .next = outcome {
                if taken + at - start > rules.totalLimit {
                    return .refused(.headTooLarge, status: rules.headTooLarge)
                }
                continue
            }
            run.flush(input, upTo: line, into: &head)
            switch outcome {
            case .next, .partial: return needMore(start, line)
            case .end:
                taken += at - start
                return .complete(consumed: at)
            case .refused(let reason, let status): return .refused(reason, status: status)
            }
        }
        run.flush(input, upTo: at, into: &head)
        return needMore(start, at)
    }

    private mutating func needMore(_ start: Int, _ at: Int) -> Progress {
        taken += at - start
        return .needMore(consumed: at)
    }

    /// How reading one line ended.
    enum Outcome {
        case next, partial, end
        case refused(MessageRefusal, UInt16)
    }
}

/// Lines of the input, from `start`, that will stand in the arena `shift` bytes further.
struct Run {
    var start: Int
    var shift: Int

    /// Copies the run up to `end` to the arena; the next run starts there.
    @inline(__always) mutating func flush(_ input: Span<UInt8>, upTo end: Int, into head: inout Head) {
        if end > start { head.append(input.extracting(start..<end)) }
        begin(at: end, head)
    }

    /// Starts over at `index` of the input, with nothing waiting.
    mutating func begin(at index: Int, _ head: borrowing Head) {
        start = index
        shift = head.bytes.count - index
    }
}
