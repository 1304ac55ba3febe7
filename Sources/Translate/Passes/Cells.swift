import IR
import Source

/// A part of the path space that one location can name: one path, or all that begins with a text.
struct Cell: Hashable, Comparable {
    /// The path, or what paths begin with.
    var text: String
    /// Only this very path.
    var isExact: Bool

    /// Whole segments as the cells that nginx can name.
    static func cells(ofSegments path: String) -> [Cell] {
        if path.hasSuffix("/") { return [Cell(text: path, isExact: false)] }
        return [Cell(text: path, isExact: true), Cell(text: path + "/", isExact: false)]
    }

    /// Exact ones first, then by path: as people would look for them.
    static func < (left: Cell, right: Cell) -> Bool {
        let (a, b) = (
            left.text.hasSuffix("/") ? String(left.text.dropLast()) : left.text,
            right.text.hasSuffix("/") ? String(right.text.dropLast()) : right.text
        )
        return (a, left.isExact ? 0 : 1) < (b, right.isExact ? 0 : 1)
    }

    /// Whether every path in here lies in another cell.
    func isInside(_ other: Cell) -> Bool {
        other.isExact ? isExact && text == other.text : text.hasPrefix(other.text)
    }
}

/// Whether something applies to the paths of a cell.
enum Applies: Hashable {
    case always, never
    /// Where this holds; nearly always that a pattern is found in the path.
    case when(Condition)

    /// Where a pattern is found in the path.
    static func found(_ pattern: Pattern) -> Applies { .when(.matches(Template(.path), pattern, into: nil)) }

    /// Both apply.
    func and(_ other: Applies) -> Applies {
        switch (self, other) {
        case (.never, _), (_, .never): .never
        case (.always, let rest), (let rest, .always): rest
        case (.when(let one), .when(let two)): .when(.all([one, two]))
        }
    }
}

extension Condition {
    /// The pattern of the path that says the same; nil: it asks for something else.
    var pathPattern: Pattern? {
        switch self {
        case .matches(Template(.path), let pattern, _): return pattern
        case .all(let parts):
            let patterns = parts.compactMap(\.pathPattern)
            guard patterns.count == parts.count, let last = patterns.last else { return nil }
            if patterns.contains(where: { $0.ignoresCase != last.ignoresCase }) { return nil }
            let others = patterns.dropLast().map { pattern in
                let isAnchored = pattern.source.hasPrefix("^")
                return "(?=\(isAnchored ? String(pattern.source.dropFirst()) : ".*?(?:\(pattern.source))"))"
            }
            let own = last.source.hasPrefix("^") ? String(last.source.dropFirst()) : ".*?(?:\(last.source))"
            var result = last
            result.source = "^" + others.joined() + own
            result.dotAll = true
            return result
        default: return nil
        }
    }
}

/// What answers the paths of a cell, and which settings hold.
struct Outcome: Hashable {
    /// The route that won; nil: files below the document root.
    var route: Route?
    /// The layers behind the site's base, in the order of merging.
    var layers: [ID<Layer>]
    /// The routes that say that nothing forwards here.
    var exclusions: [ID<Origin>] = []
}

/// A cell with all that may happen in it.
struct CellPlan {
    var cell: Cell
    var outcome: Outcome
    /// Patterns that are asked before the outcome holds, each with what it leads to.
    var exceptions: [(pattern: Pattern, source: ExceptionSource, outcome: Outcome)] = []
}

/// Who has a pattern: a route, or an overlay.
enum ExceptionSource: Hashable {
    case route(ID<Origin>)
    case overlay(ID<Layer>)
    /// A handler and another overlay, of whose patterns both are found.
    case handled(ID<Layer>, ID<Layer>)
    /// A route to an application and an overlay, of whose patterns both are found.
    case called(ID<Origin>, ID<Layer>)
}

extension PathMatcher {
    /// Whether the paths of a cell are taken.
    func applies(to cell: Cell) -> Applies {
        switch self {
        case .exact(let path): return cell.isExact && cell.text == path ? .always : .never
        case .bytes(let text): return cell.text.hasPrefix(text) ? .always : .never
        case .segments(let path): return covers(path, cell) ? .always : .never
        case .glob(let glob):
            // A glob of `<Location>` is about the whole path (ap_location_walk in server/request.c).
            return decided(Pattern(source: globSource(glob, end: "$"), dollarOnlyAtEnd: true), cell)
        case .pattern(let pattern, _): return decided(pattern, cell)
        }
    }

    private func covers(_ path: String, _ cell: Cell) -> Bool {
        if path.hasSuffix("/") || path.isEmpty { return cell.text.hasPrefix(path) }
        if cell.isExact, cell.text == path { return true }
        return cell.text.hasPrefix(path + "/")
    }

    private func decided(_ pattern: Pattern, _ cell: Cell) -> Applies {
        guard cell.isExact else {
            if let prefix = pattern.literalPrefix, !prefix.hasPrefix(cell.text), !cell.text.hasPrefix(prefix) {
                return .never
            }
            return .found(pattern)
        }
        return pattern.matches(cell.text) ? .always : .never
    }
}

/// A glob of a path, as Apache's sections have it, as an expression; without another end, of that path and below.
func globSource(_ glob: String, end: String = "(?:/|$)") -> String {
    var result = "^"
    for character in glob {
        switch character {
        case "*": result += "[^/]*"
        case "?": result += "[^/]"
        case "[", "]": result.append(character)
        default: result += quotedForPattern(String(character))
        }
    }
    return result + end
}

/// A literal text as part of an expression.
func quotedForPattern(_ text: String) -> String {
    var result: [UInt8] = []
    for byte in text.configurationBytes {
        if ".^$*+?()[]{}|\\".utf8.contains(byte) { result.append(UInt8(ascii: "\\")) }
        result.append(byte)
    }
    return String(configuration: result)
}
