import HTTP
import IR

/// How a request target's path is read: unescaped, dot segments resolved, slashes merged.
extension Decider {
    /// Splits target into path and query and reads the path; the status if it is refused.
    @inline(__always)
    mutating func receivePath(_ journey: inout Journey, _ text: Slice) -> Int32? {
        if let mark = journey.arena.plainPathEnd(text.range) {
            let range = text.range
            if mark < range.upperBound { journey.query = Slice(mark + 1..<range.upperBound) }
            journey.queryBeforeProgram = journey.query
            journey.path = Slice(range.lowerBound..<mark)
            return nil
        }
        return receiveOddPath(&journey, text)
    }

    /// The same for a target with escapes, dot segments, slashes that follow each other or a fragment.
    private mutating func receiveOddPath(_ journey: inout Journey, _ text: Slice) -> Int32? {
        let range = text.range
        let end = range.first { journey.arena[$0] == UInt8(ascii: "#") } ?? range.upperBound
        if end < range.upperBound, !tables.effectives[journey.effective].cutsFragment { return 400 }
        let mark = (range.lowerBound..<end).first { journey.arena[$0] == UInt8(ascii: "?") }
        if let mark { journey.query = Slice(mark + 1..<end) }
        journey.queryBeforeProgram = journey.query
        return normalise(&journey, range.lowerBound..<(mark ?? end))
    }

    /// Unescapes a path, resolves its dot segments and merges its slashes.
    private mutating func normalise(_ journey: inout Journey, _ range: Range<Int>) -> Int32? {
        let policy = tables.effectives[journey.effective]
        let base = journey.arena.count
        var index = range.lowerBound
        var refused: Int32?
        while index < range.upperBound {
            var byte = journey.arena[index]
            var plain = false
            if byte == UInt8(ascii: "%") {
                guard index + 2 < range.upperBound, let high = hexDigit(journey.arena[index + 1]),
                    let low = hexDigit(journey.arena[index + 2])
                else { return 400 }
                journey.hadEscapes = true
                byte = high << 4 | low
                if byte == 0 { return policy.nulStatus }
                if byte == UInt8(ascii: "/") {
                    switch policy.encodedSlash {
                    // The rest is read all the same: an error's page is told the path (httpd's ap_unescape_url).
                    case .refuse(let status): refused = Int32(status)
                    case .decode(let again): plain = !again
                    case .keep:
                        for offset in 0..<3 {
                            let kept = journey.arena[index + offset]
                            journey.arena.append(kept)
                        }
                        index += 3
                        continue
                    }
                }
                index += 2
            }
            index += 1
            if byte == UInt8(ascii: "/"), !plain {
                switch closeSegment(&journey, base) {
                case .aboveRoot: return 400
                case .resolved: continue
                case .ordinary: break
                }
            }
            if byte == UInt8(ascii: "/"), !plain, policy.mergeSlashes, journey.arena.count > base,
                journey.arena.last == UInt8(ascii: "/")
            {
                continue
            }
            journey.arena.append(byte)
        }
        if closeSegment(&journey, base) == .aboveRoot { return 400 }
        if journey.arena.count == base { journey.arena.append(UInt8(ascii: "/")) }
        journey.path = journey.since(base)
        return refused
    }

    private enum Segment { case ordinary, resolved, aboveRoot }

    /// Resolves the last segment if it is `.` or `..`; what is left then ends in a slash.
    private func closeSegment(_ journey: inout Journey, _ base: Int) -> Segment {
        let count = journey.arena.count
        guard count > base + 1, journey.arena[count - 1] == UInt8(ascii: ".") else { return .ordinary }
        if journey.arena[count - 2] == UInt8(ascii: "/") {
            journey.arena.removeLast()
            return .resolved
        }
        guard count > base + 2, journey.arena[count - 2] == UInt8(ascii: "."),
            journey.arena[count - 3] == UInt8(ascii: "/")
        else { return .ordinary }
        // Cut `/..` and the segment before it, and leave the slash before that segment.
        journey.arena.removeLast(3)
        if journey.arena.count == base { return .aboveRoot }
        while journey.arena.count > base, journey.arena[journey.arena.count - 1] != UInt8(ascii: "/") {
            journey.arena.removeLast()
        }
        return journey.arena.count > base ? .resolved : .aboveRoot
    }
}

/// Whether a glob with `*`, `?` and `[…]` takes a text; with `slashes` off, none of them takes a slash.
func globMatches(_ glob: Span<UInt8>, _ text: Span<UInt8>, slashes: Bool) -> Bool {
    var (g, t) = (0, 0)
    var (starGlob, starText) = (-1, 0)
    while t < text.count {
        if g < glob.count {
            if glob[g] == UInt8(ascii: "*") {
                (starGlob, starText) = (g, t)
                g += 1
                continue
            }
            if let next = globStep(glob, g, text[t], slashes) {
                g = next
                t += 1
                continue
            }
        }
        guard starGlob >= 0, slashes || text[starText] != UInt8(ascii: "/") else { return false }
        starText += 1
        (g, t) = (starGlob + 1, starText)
    }
    while g < glob.count, glob[g] == UInt8(ascii: "*") { g += 1 }
    return g == glob.count
}

/// The index behind the part of a glob that takes this byte.
private func globStep(_ glob: Span<UInt8>, _ g: Int, _ byte: UInt8, _ slashes: Bool) -> Int? {
    let isSlash = byte == UInt8(ascii: "/")
    switch glob[g] {
    case UInt8(ascii: "?"): return isSlash && !slashes ? nil : g + 1
    case UInt8(ascii: "\\") where g + 1 < glob.count: return glob[g + 1] == byte ? g + 2 : nil
    case UInt8(ascii: "["):
        var index = g + 1
        let negated = index < glob.count && (glob[index] == UInt8(ascii: "!") || glob[index] == UInt8(ascii: "^"))
        if negated { index += 1 }
        var found = false
        var first = true
        while index < glob.count, first || glob[index] != UInt8(ascii: "]") {
            first = false
            if index + 2 < glob.count, glob[index + 1] == UInt8(ascii: "-"), glob[index + 2] != UInt8(ascii: "]") {
                if glob[index] <= byte, byte <= glob[index + 2] { found = true }
                index += 3
            } else {
                if glob[index] == byte { found = true }
                index += 1
            }
        }
        // An unclosed bracket is a bracket.
        guard index < glob.count else { return byte == UInt8(ascii: "[") ? g + 1 : nil }
        return found != negated && !(isSlash && !slashes) ? index + 1 : nil
    default: return glob[g] == byte ? g + 1 : nil
    }
}
