/// Takes apart what a FastCGI application answers, however it is cut (FastCGI Specification 1.0, section 3.3).
public struct FastCGIDecoder: Sendable {
    private var head: (UInt64) = 0
    private var headBytes = 0
    private var left = 0
    private var padding = 0
    private var kind: UInt8 = 0
    private var ending: UInt64 = 0

    /// What was found next.
    public enum Step: Hashable, Sendable {
        /// A part of the input is a part of the answer: fields, an empty line, the body.
        case output(Range<Int>)
        /// A part of the input is for the error log.
        case errors(Range<Int>)
        /// The application is done with the request; `isWhole` says that it took it on at all.
        case end(isWhole: Bool)
        /// All of the input has been taken.
        case needMore
        /// These are no records.
        case refused
    }

    /// A decoder before the first record.
    public init() {}

    /// Whether nothing of a record has been read.
    public var isBetweenRecords: Bool { headBytes == 0 }

    /// Takes the next piece of `input[position...]` and moves the position behind what it took.
    public mutating func next(_ input: Span<UInt8>, _ position: inout Int) -> Step {
        while position < input.count {
            if headBytes < 8 {
                head = head << 8 | UInt64(input[position])
                headBytes += 1
                position += 1
                if headBytes < 8 { continue }
                guard begin() else { return .refused }
                if left > 0 || padding > 0 || kind == FastCGIRecords.Kind.endRequest.rawValue { continue }
                headBytes = 0
                continue
            }
            if left > 0 {
                if let step = content(input, &position) { return step }
                continue
            }
            let skipped = min(padding, input.count - position)
            padding -= skipped
            position += skipped
            if padding == 0 {
                headBytes = 0
                if kind == FastCGIRecords.Kind.endRequest.rawValue { return .end(isWhole: isWhole) }
            }
        }
        return .needMore
    }

    /// Reads the head: a version, a kind, the request's number, two lengths.
    private mutating func begin() -> Bool {
        kind = UInt8(truncatingIfNeeded: head >> 48)
        left = Int(truncatingIfNeeded: head >> 16 & 0xffff)
        padding = Int(truncatingIfNeeded: head >> 8 & 0xff)
        ending = 0
        guard head >> 56 == 1, head >> 32 & 0xffff <= 1 else { return false }
        switch FastCGIRecords.Kind(rawValue: kind) {
        case .endRequest: return left == 8
        case .output, .errors: return true
        // Answers to questions about the application itself have number 0; nobody asked, and they do no harm.
        default: return kind >= 9 && kind <= 11
        }
    }

    private mutating func content(_ input: Span<UInt8>, _ position: inout Int) -> Step? {
        let start = position
        let count = min(left, input.count - start)
        position += count
        left -= count
        if left == 0, padding == 0, kind != FastCGIRecords.Kind.endRequest.rawValue { headBytes = 0 }
        switch FastCGIRecords.Kind(rawValue: kind) {
        case .output: return .output(start..<position)
        case .errors: return .errors(start..<position)
        case .endRequest:
            for index in start..<position { ending = ending << 8 | UInt64(input[index]) }
            if left > 0 || padding > 0 { return nil }
            headBytes = 0
            return .end(isWhole: isWhole)
        default: return nil
        }
    }

    /// The fifth byte says whether the request was taken on; the four before it are what the application exited with.
    private var isWhole: Bool { ending >> 24 & 0xff == 0 }
}
