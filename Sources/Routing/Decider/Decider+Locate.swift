import HTTP
import IR

/// How a request finds its route.
extension Decider {
    mutating func locate(_ journey: inout Journey) -> Step {
        journey.changedSinceLocated = false
        let site = tables.sites[journey.site]
        var leftGroup: Int32 = -1
        for table in site.tables.range {
            if tables.tables[table].group == leftGroup, leftGroup > 0 { continue }
            switch find(table, &journey) {
            case .ask: return .done(.ask(journey.question))
            case .nothing: continue
            case .route(let index):
                let route = tables.routes[index]
                if route.yields == .leaveTable {
                    journey.note(.tableLeft, route.origin)
                    leftGroup = tables.tables[table].group
                    continue
                }
                return follow(index, of: table, &journey)
            }
        }
        journey.note(.noRoute, -1)
        if journey.trace.isOn {
            for table in site.tables.range { noteRivals(of: nil, in: table, &journey) }
        }
        return stand(in: site.scope, &journey)
    }

    private enum Found {
        case nothing
        case route(Int32)
        case ask
    }

    /// Goes where a route leads.
    @inline(__always)
    private mutating func follow(_ index: Int32, of table: Int, _ journey: inout Journey) -> Step {
        let route = tables.routes[index]
        journey.route = index
        if route.kind == .segments || route.kind == .bytes || route.kind == .exact {
            journey.matched = route.text.count
        }
        journey.note(.routeTaken, route.origin, journey.path)
        if journey.trace.isOn { noteRivals(of: index, in: table, &journey) }
        switch route.yields {
        case .scope:
            let step = stand(in: route.index, &journey)
            skipToContent(&journey)
            return step
        case .answer: return answer(route.index, &journey) ?? .next
        case .content:
            let step = stand(in: tables.sites[journey.site].scope, &journey)
            if case .place = journey.phase { journey.content = route.index }
            return step
        case .place:
            let step = stand(in: tables.sites[journey.site].scope, &journey)
            if case .place = journey.phase { journey.placement = route.index }
            return step
        case .leaveTable: return .next
        }
    }

    /// Passes over phases that have nothing to do.
    @inline(__always)
    private func skipToContent(_ journey: inout Journey) {
        guard case .place = journey.phase, tables.scopes[journey.scope].isStraight,
            tables.sites[journey.site].overlays.isEmpty, !journey.look.isActive
        else { return }
        journey.enter(.content)
    }

    @inline(__always)
    private mutating func find(_ table: Int, _ journey: inout Journey) -> Found {
        switch tables.tables[table].search {
        case .exactThenLongestThenPatterns: findLongest(table, &journey).found
        case .firstInOrder: findInOrder(table, last: false, &journey)
        case .lastInOrder: findInOrder(table, last: true, &journey)
        }
    }

    // MARK: Exact, longest, patterns

    private struct Longest {
        var found: Found
        /// The result is final: nobody outside asks patterns any more.
        var isFinal: Bool
    }

    /// Source: ngx_http_core_find_location.
    private mutating func findLongest(_ table: Int, _ journey: inout Journey) -> Longest {
        let subject = tables.tables[table].beforeRules ? journey.pathBeforeRules : journey.path
        if let exact = tables.tables[table].exact.find(journey.arena.span.extracting(subject.range)) {
            return Longest(found: .route(exact), isFinal: true)
        }
        let best = longestPrefix(table, subject, journey)
        var result = Longest(found: best < 0 ? .nothing : .route(best), isFinal: false)
        if best >= 0 {
            let nested = findInner(best, &journey)
            if let nested {
                if nested.isFinal { return nested }
                if case .route = nested.found { result.found = nested.found }
            }
            if tables.routes[best].endsSearch { return result }
        }
        for position in tables.tables[table].patterns.indices {
            let index = tables.tables[table].patterns[position]
            let route = tables.routes[index]
            switch match(&journey, route.pattern, subject, bank: route.bank) {
            case .yes:
                if let nested = findInner(index, &journey), case .route = nested.found {
                    return Longest(found: nested.found, isFinal: true)
                }
                return Longest(found: .route(index), isFinal: true)
            case .ask: return Longest(found: .ask, isFinal: true)
            case .no, .unknown: continue
            }
        }
        return result
    }

    @inline(__always)
    private func longestPrefix(_ table: Int, _ subject: Slice, _ journey: borrowing Journey) -> Int32 {
        var best: Int32 = -1
        tables.tables[table].prefixes.search(journey.arena.span.extracting(subject.range)) { best = $0 }
        return best
    }

    /// What is found in the scope that a route leads to; nil: it has no places inside.
    @inline(__always)
    private mutating func findInner(_ route: Int32, _ journey: inout Journey) -> Longest? {
        let record = tables.routes[route]
        guard record.yields == .scope else { return nil }
        let inner = tables.scopes[record.index].inner
        return inner < 0 ? nil : findLongest(Int(inner), &journey)
    }

    // MARK: In order

    private mutating func findInOrder(_ table: Int, last: Bool, _ journey: inout Journey) -> Found {
        let routes = tables.tables[table].routes
        if routes.isEmpty { return .nothing }
        let subject = tables.tables[table].beforeRules ? journey.pathBeforeRules : journey.path
        let range = subject.range
        journey.layers.removeAll(keepingCapacity: true)
        if let exact = tables.tables[table].exact.find(journey.arena.span.extracting(range)) {
            journey.layers.append(exact)
        }
        // The list of layers is free here and serves as the list of prefixes that match.
        collectPrefixes(table, range, &journey)
        sortCandidates(&journey, last: last)
        let patterns = tables.tables[table].patterns.count
        var (position, pattern) = (0, last ? patterns - 1 : 0)
        while position < journey.layers.count || (last ? pattern >= 0 : pattern < patterns) {
            let hasPattern = last ? pattern >= 0 : pattern < patterns
            let patternIndex = hasPattern ? tables.tables[table].patterns[pattern] : -1
            let takesPattern: Bool
            if position < journey.layers.count, hasPattern {
                takesPattern = last ? patternIndex > journey.layers[position] : patternIndex < journey.layers[position]
            } else {
                takesPattern = hasPattern
            }
            let index = takesPattern ? patternIndex : journey.layers[position]
            if takesPattern { pattern += last ? -1 : 1 } else { position += 1 }
            switch takes(index, subject, isPattern: takesPattern, &journey) {
            case .yes: return .route(index)
            case .ask: return .ask
            case .no, .unknown: continue
            }
        }
        return .nothing
    }

    private func collectPrefixes(_ table: Int, _ range: Range<Int>, _ journey: inout Journey) {
        let count = tables.tables[table].prefixes.count(in: journey.arena.span.extracting(range))
        for position in 0..<count {
            var index = tables.tables[table].prefixes.value(in: journey.arena.span.extracting(range), at: position)
            while index >= 0 {
                let route = tables.routes[index]
                if route.kind == .bytes || endsSegment(route.text, range, journey) { journey.layers.append(index) }
                index = route.next
            }
        }
    }

    /// Whether a prefix that the path begins with ends where a segment does.
    private func endsSegment(_ prefix: Slice, _ range: Range<Int>, _ journey: borrowing Journey) -> Bool {
        let count = Int(prefix.count)
        if count == range.count || count == 0 { return true }
        if tables.bytes[Int(prefix.end) - 1] == UInt8(ascii: "/") { return true }
        return journey.arena[range.lowerBound + count] == UInt8(ascii: "/")
    }

    /// Few candidates: put in order by insertion.
    private func sortCandidates(_ journey: inout Journey, last: Bool) {
        for index in journey.layers.indices.dropFirst() {
            var at = index
            while at > 0,
                last ? journey.layers[at] > journey.layers[at - 1] : journey.layers[at] < journey.layers[at - 1]
            {
                journey.layers.swapAt(at, at - 1)
                at -= 1
            }
        }
    }

    private mutating func takes(
        _ index: Int32, _ subject: Slice, isPattern: Bool, _ journey: inout Journey
    ) -> Verdict {
        let route = tables.routes[index]
        if isPattern {
            let verdict = matches(route, subject, &journey)
            if verdict != .yes { return verdict }
        }
        if route.unless == -2 { return .yes }
        switch holds(route.unless, &journey) {
        case .yes: return .no
        case .no: return .yes
        case .ask: return .ask
        case .unknown: return .no
        }
    }

    /// Whether a matcher takes a text of the journey.
    mutating func matches(_ route: RouteRecord, _ subject: Slice, _ journey: inout Journey) -> Verdict {
        let range = subject.range
        switch route.kind {
        case .pattern: return match(&journey, route.pattern, subject, bank: route.bank)
        case .glob:
            return Verdict(
                globMatches(
                    tables.bytes[route.text.range], journey.arena.span.extracting(range),
                    slashes: false))
        case .exact:
            return Verdict(
                same(tables.bytes[route.text.range], journey.arena.span.extracting(range)))
        case .bytes, .segments:
            let count = Int(route.text.count)
            guard range.count >= count,
                same(
                    tables.bytes[route.text.range],
                    journey.arena.span.extracting(range.lowerBound..<range.lowerBound + count))
            else { return .no }
            return Verdict(route.kind == .bytes || endsSegment(route.text, range, journey))
        }
    }
}
