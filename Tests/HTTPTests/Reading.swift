import HTTP

/// What became of a head that was fed in pieces.
struct ReadHead: Equatable, CustomStringConvertible {
    var outcome: String
    var arena: String
    var rest: String

    var description: String { "\(outcome) \(arena.debugDescription) rest \(rest.debugDescription)" }

    /// Feeds the pieces one after the other, as a connection does: what is not consumed is handed in again.
    init(_ pieces: [[UInt8]], _ kind: HeadParser.Kind, _ rules: RequestRules) {
        var parser = HeadParser(kind)
        var head = Head()
        var pending: [UInt8] = []
        var outcome = "needMore"
        var index = 0
        while index < pieces.count, outcome == "needMore" {
            pending += pieces[index]
            index += 1
            switch parser.parse(pending.span, from: 0, into: &head, rules: rules) {
            case .needMore(let consumed): pending.removeFirst(consumed)
            case .complete(let consumed):
                outcome = "complete"
                pending.removeFirst(consumed)
            case .refused(let reason, let status):
                outcome = "\(reason) \(status)"
                pending = []
            }
        }
        if outcome == "complete" { pending += pieces[index...].joined() }
        self.init(outcome, head, pending)
    }

    private init(_ outcome: String, _ head: borrowing Head, _ rest: [UInt8]) {
        self.outcome = outcome
        let isRefused = outcome.contains(" ")
        arena = isRefused ? "" : head.text(0..<head.bytes.count)
        self.rest = String(decoding: rest, as: UTF8.self)
        if !isRefused { precondition(Self.tableAgrees(head)) }
        precondition(Self.firstLineHolds(head))
    }

    /// Whether the parts of the first line lie in the arena, also where the head was refused: logs and pages read them.
    static func firstLineHolds(_ head: borrowing Head) -> Bool {
        let end = head.bytes.count
        return head.startLine.upperBound <= end && head.methodBytes.upperBound <= end && head.target.upperBound <= end
            && head.reason.upperBound <= end
    }

    /// Whether the fields' ranges tile the arena behind the first line, each as `name: value` and CRLF.
    static func tableAgrees(_ head: borrowing Head) -> Bool {
        var at = head.startLine.isEmpty ? 0 : head.startLine.upperBound + 2
        for index in head.fields.indices {
            let field = head.fields[index]
            let separator = head.bytes.array(field.name.upperBound..<field.value.lowerBound)
            guard field.line.lowerBound == at, separator == Array(": ".utf8),
                head.bytes.array(field.value.upperBound..<field.line.upperBound) == [13, 10],
                field.id == FieldName(head.bytes.span, from: field.name.lowerBound, to: field.name.upperBound)
            else { return false }
            at = field.line.upperBound
        }
        return at == head.bytes.count
    }
}

/// One request read at once.
func read(
    _ text: String, _ kind: HeadParser.Kind = .request, _ rules: RequestRules = RequestRules()
) -> ReadHead {
    ReadHead([bytes(text)], kind, rules)
}

/// The bytes of a text in which each scalar up to U+00FF stands for one byte.
func bytes(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
}

/// A generator that gives the same numbers in every run.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
