import HTTP
import IR
import Pattern

/// What a condition comes to.
enum Verdict {
    case yes, no
    /// A question has to be answered first.
    case ask
    /// It cannot be decided here: a guard stays closed, anything else does not happen.
    case unknown
}

extension Verdict {
    init(_ holds: Bool) {
        self = holds ? .yes : .no
    }
}

extension Decider {
    /// Whether a condition holds; -1 always does.
    ///
    /// Matches fill their banks.
    mutating func holds(_ index: Int32, _ journey: inout Journey) -> Verdict {
        if index < 0 { return .yes }
        let condition = tables.conditions[index]
        switch condition.kind {
        case .always: return .yes
        case .never: return .no
        case .all:
            for child in condition.list.range {
                let verdict = holds(tables.lists[child], &journey)
                if verdict != .yes { return verdict }
            }
            return .yes
        case .any:
            var result = Verdict.no
            for child in condition.list.range {
                let verdict = holds(tables.lists[child], &journey)
                if verdict == .yes || verdict == .ask { return verdict }
                if verdict == .unknown { result = .unknown }
            }
            return result
        case .not:
            switch holds(condition.detail, &journey) {
            case .yes: return .no
            case .no: return .yes
            case .ask: return .ask
            case .unknown: return .unknown
            }
        case .matches:
            let subject = text(condition.left, &journey)
            return match(&journey, condition.detail, subject, bank: condition.bank)
        case .compare: return compare(condition, &journey)
        case .isTrue:
            let value = text(condition.left, &journey)
            return Verdict(value.count > 0 && !journey.equals(value, "0"))
        case .isPresent: return Verdict(text(condition.left, &journey).count > 0)
        case .isSet:
            // What was never set, or taken away, has no place in the arena; what is empty has.
            let value = text(condition.left, &journey)
            return Verdict(value.count > 0 || value.start > 0)
        case .file: return file(condition, &journey)
        case .address: return Verdict(address(condition, &journey))
        case .among:
            let subject = text(condition.left, &journey)
            for candidate in condition.list.range {
                let value = text(tables.candidates[candidate], &journey)
                if journey.equal(subject, value) { return .yes }
            }
            return .no
        case .glob:
            let subject = text(condition.left, &journey)
            let glob = tables.names[condition.list.start]
            return Verdict(
                globMatches(
                    tables.bytes[glob.range], journey.arena.span.extracting(subject.range),
                    slashes: true))
        case .undecidable: return .unknown
        }
    }

    /// Searches a text of the journey for a pattern and writes the groups to a bank, if there is one.
    mutating func match(_ journey: inout Journey, _ pattern: Int32, _ subject: Slice, bank: Int8) -> Verdict {
        if pattern < 0 { return .unknown }
        let outcome = tables.patterns[pattern].match(
            journey.arena.span.extracting(subject.range), using: &scratch)
        switch outcome {
        case .unmatched: return .no
        case .exceeded: return .unknown
        case .matched: break
        }
        if bank >= 0 {
            journey.hasGroups = true
            let first = Int(bank) * 10
            let start = max(0, Int(subject.start))
            for group in 0..<10 {
                if let range = scratch[group] {
                    journey.groups[first + group] = Slice(start + range.lowerBound..<start + range.upperBound)
                } else {
                    journey.groups[first + group] = .absent
                }
            }
        }
        return .yes
    }

    private mutating func compare(_ condition: ConditionOp, _ journey: inout Journey) -> Verdict {
        let left = text(condition.left, &journey)
        let right = text(condition.right, &journey)
        if condition.detail >= 6 {
            let (a, b) = (number(left, journey), number(right, journey))
            switch condition.detail {
            case 6: return Verdict(a == b)
            case 7: return Verdict(a < b)
            case 8: return Verdict(a > b)
            case 9: return Verdict(a <= b)
            default: return Verdict(a >= b)
            }
        }
        if condition.detail == 0 { return Verdict(journey.equal(left, right)) }
        let order = order(left, right, ignoringCase: condition.detail == 1, journey)
        switch condition.detail {
        case 1: return Verdict(order == 0)
        case 2: return Verdict(order < 0)
        case 3: return Verdict(order > 0)
        case 4: return Verdict(order <= 0)
        default: return Verdict(order >= 0)
        }
    }

    /// The number that a text begins with, as `atoi` reads it.
    func number(_ slice: Slice, _ journey: borrowing Journey) -> Int64 {
        var value: Int64 = 0
        var negative = false
        for (offset, index) in slice.range.enumerated() {
            let byte = journey.arena[index]
            if offset == 0, byte == UInt8(ascii: "-") {
                negative = true
                continue
            }
            guard byte &- UInt8(ascii: "0") <= 9 else { break }
            value = value &* 10 &+ Int64(byte - UInt8(ascii: "0"))
            if value > 1 << 56 { break }
        }
        return negative ? -value : value
    }

    private func order(_ a: Slice, _ b: Slice, ignoringCase: Bool, _ journey: borrowing Journey) -> Int {
        for offset in 0..<Int(min(a.count, b.count)) {
            var left = journey.arena[Int(a.start) + offset]
            var right = journey.arena[Int(b.start) + offset]
            if ignoringCase {
                left = asciiLower(left)
                right = asciiLower(right)
            }
            if left != right { return Int(left) - Int(right) }
        }
        return Int(a.count) - Int(b.count)
    }

    private mutating func address(_ condition: ConditionOp, _ journey: inout Journey) -> Bool {
        let value = text(condition.left, &journey)
        if let address = IPAddress(journey.arena.span.extracting(value.range)) {
            for index in condition.list.range where tables.networks[index].contains(address) { return true }
            return false
        }
        let isUnix = journey.equals(value, "unix:")
        for index in condition.list.range {
            let network = tables.networks[index]
            if network.kind == .everyone || (isUnix && network.kind == .unix) { return true }
        }
        return false
    }

    private mutating func file(_ condition: ConditionOp, _ journey: inout Journey) -> Verdict {
        guard let fact = testedFile(condition.left, &journey) else { return .ask }
        switch condition.detail {
        case 0: return Verdict(fact.kind == .file)
        case 1: return Verdict(fact.kind == .directory)
        case 2: return .no
        case 3: return Verdict(fact.kind == .file && fact.size > 0)
        case 4: return Verdict(fact.kind == .file && fact.isExecutable)
        default: return Verdict(fact.kind == .file || fact.kind == .directory || fact.kind == .other)
        }
    }

    /// What lies where a file test looks; nil: that must be asked first.
    private mutating func testedFile(_ template: TemplateRef, _ journey: inout Journey) -> FileFact? {
        let isFilePath =
            template.end - template.start == 1 && tables.ops[template.start].code == .filePath
        if isFilePath, tables.effectives[journey.effective].indexIsLookup { return namedFile(&journey)?.fact }
        let path = text(template, &journey)
        return fileFact(.stat, path, &journey)
    }

    /// The part of the file's path that names a file, up to the first segment that is no directory; nil: a question
    /// must be answered first.
    ///
    /// What follows is path info. Source: httpd's server/request.c, ap_directory_walk.
    mutating func namedFile(_ journey: inout Journey) -> (path: Slice, fact: FileFact)? {
        findFilePath(&journey)
        var path = journey.filePath
        guard var fact = fileFact(.stat, path, &journey) else { return nil }
        while fact.kind == .missing {
            var end = Int(path.end)
            while end > Int(path.start), journey.arena[end - 1] != UInt8(ascii: "/") { end -= 1 }
            if end <= Int(path.start) + 1 { break }
            let parent = Slice(Int(path.start)..<end - 1)
            guard let folder = fileFact(.stat, parent, &journey) else { return nil }
            if folder.kind == .directory { break }
            (path, fact) = (parent, folder)
        }
        return (path, fact)
    }

    // MARK: Questions

    /// What lies at a path, if it is known; else the question is set.
    mutating func fileFact(_ question: Question, _ path: Slice, _ journey: inout Journey) -> FileFact? {
        guard case .file(let fact)? = fact(question, path, .absent, .absent, &journey) else { return nil }
        return fact
    }

    /// The answer to a question, if it is known; else the question is set.
    mutating func fact(
        _ question: Question, _ path: Slice, _ name: Slice, _ more: Slice, _ journey: inout Journey
    ) -> Fact? {
        for known in journey.facts
        where known.question == question && journey.equal(known.path, path) && journey.equal(known.name, name)
            && journey.equal(known.more, more)
        {
            return known.fact
        }
        journey.question = question
        journey.asked = path
        journey.askedName = name
        journey.askedMore = more
        return nil
    }
}

extension Journey {
    /// Remembers the answer to the question that was set.
    mutating func learn(_ fact: Fact) {
        facts.append(KnownFact(question: question, path: asked, name: askedName, more: askedMore, fact: fact))
        if case .listing(let entries) = fact { listing = entries }
    }
}
