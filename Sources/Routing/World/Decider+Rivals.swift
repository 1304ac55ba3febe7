import HTTP
import IR
import Pattern

/// Why other routes did not get a request that one got; only asked when the way is recorded.
extension Decider {
    /// Records the routes that would have taken the request too, and those that nearly would.
    mutating func noteRivals(of winner: Int32?, in table: Int, _ journey: inout Journey) {
        guard let winner else { return noteNearMisses(table, journey.path, &journey) }
        let site = tables.sites[journey.site]
        for other in site.tables.range {
            let isAsked = other <= table
            noteRivals(in: other, of: winner, isAsked: isAsked, &journey)
        }
    }

    private mutating func noteRivals(in table: Int, of winner: Int32, isAsked: Bool, _ journey: inout Journey) {
        let record = tables.tables[table]
        let subject = record.beforeRules ? journey.pathBeforeRules : journey.path
        for index in record.routes.range where Int32(index) != winner {
            let route = tables.routes[index]
            if leads(route, to: winner) {
                let inner = Int(tables.scopes[route.index].inner)
                noteRivals(in: inner, of: winner, isAsked: isAsked, &journey)
                continue
            }
            guard matchesQuietly(route, subject, journey) else {
                noteNearMiss(route, subject, &journey)
                continue
            }
            journey.remark(.routeLost, route.origin, reason(route, tables.routes[winner], record, isAsked))
        }
    }

    private mutating func noteNearMisses(_ table: Int, _ subject: Slice, _ journey: inout Journey) {
        for index in tables.tables[table].routes.range { noteNearMiss(tables.routes[index], subject, &journey) }
    }

    /// Whether a route's scope holds another route somewhere inside.
    private func leads(_ route: RouteRecord, to winner: Int32) -> Bool {
        guard route.yields == .scope else { return false }
        let inner = tables.scopes[route.index].inner
        if inner < 0 { return false }
        return tables.tables[inner].routes.range.contains {
            Int32($0) == winner || leads(tables.routes[$0], to: winner)
        }
    }

    /// Whether a route takes a path; groups are not written anywhere.
    private mutating func matchesQuietly(_ route: RouteRecord, _ subject: Slice, _ journey: borrowing Journey) -> Bool {
        let path = journey.arena.span.extracting(subject.range)
        if route.kind == .pattern {
            return route.pattern >= 0
                && tables.patterns[route.pattern].match(path, using: &scratch) == .matched
        }
        let text = tables.bytes[route.text.range]
        switch route.kind {
        case .exact: return same(text, path)
        case .glob: return globMatches(text, path, slashes: false)
        case .pattern: return false
        case .bytes, .segments:
            guard path.count >= text.count, same(text, path.extracting(0..<text.count)) else { return false }
            if route.kind == .bytes || path.count == text.count || text.count == 0 { return true }
            return text[text.count - 1] == UInt8(ascii: "/") || path[text.count] == UInt8(ascii: "/")
        }
    }

    private func noteNearMiss(_ route: RouteRecord, _ subject: Slice, _ journey: inout Journey) {
        guard route.kind == .bytes || route.kind == .segments || route.kind == .exact, route.text.count > 1 else {
            return
        }
        let count = Int(route.text.count)
        let begins = startsAlike(route, subject, min(count, Int(subject.count)), journey)
        guard begins else { return }
        if Int(subject.count) == count - 1, tables.bytes[Int(route.text.end) - 1] == UInt8(ascii: "/") {
            journey.remark(.routeMissed, route.origin, "it only takes paths with the slash")
        } else if Int(subject.count) > count, route.kind == .segments {
            journey.remark(.routeMissed, route.origin, "it takes whole path segments")
        } else if Int(subject.count) > count, route.kind == .exact {
            journey.remark(.routeMissed, route.origin, "it takes this very path only")
        }
    }

    private func startsAlike(_ route: RouteRecord, _ subject: Slice, _ count: Int, _ journey: borrowing Journey) -> Bool
    {
        guard count > 0 else { return false }
        for offset in 0..<count
        where tables.bytes[Int(route.text.start) + offset] != journey.arena[Int(subject.start) + offset] {
            return false
        }
        return true
    }

    private func reason(
        _ rival: RouteRecord, _ winner: RouteRecord, _ table: TableRecord, _ isAsked: Bool
    ) -> String {
        if !isAsked { return "what won is asked before it" }
        switch table.search {
        case .firstInOrder:
            if rival.yields == .leaveTable { return "an earlier line matches" }
            return rival.origin == winner.origin ? "the same line" : "an earlier line matches"
        case .lastInOrder: return "a later section matches"
        case .exactThenLongestThenPatterns: break
        }
        let isPattern = rival.kind == .pattern || rival.kind == .glob
        switch winner.kind {
        case .exact: return "an exact match comes first"
        case .pattern, .glob: return isPattern ? "an earlier pattern matches" : "a pattern comes before prefixes"
        case .bytes, .segments:
            if isPattern {
                return winner.endsSearch ? "^~ ends the search before patterns" : "a nested location matches"
            }
            return "a longer prefix matches"
        }
    }
}
