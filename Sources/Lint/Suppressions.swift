import Language
import Source
import Syntax

/// What comments say about findings that are not wanted.
///
/// `# sluice: ignore[rule] reason` holds for the statement that follows, or in nginx the one before it on its line;
/// `# sluice: ignore-file[rule] reason` for its whole file. Several rules stand in the brackets with commas between.
struct Suppressions {
    private var entries: [Entry] = []

    /// One rule in one comment.
    fileprivate struct Entry {
        var rule: String
        var comment: SourceRange
        var hasReason: Bool
        /// What it holds for: the head of a statement with all of its lines; nil: the whole file.
        var target: SourceRange?
        var isUsed = false
    }

    /// Reads the comments of all texts of a configuration.
    init(of subject: LintSubject) {
        let grammar: Grammar = subject.dialect == "apache" ? .apache : .nginx
        for file in subject.reading.sources.files where file.bytes.holds(Suppressions.mark) {
            read(SyntaxTree.parse(file.bytes, file: file.id, grammar: grammar), lines: file.lines)
        }
    }

    private static let mark = Array("sluice: ignore".utf8)

    private mutating func read(_ tree: SyntaxTree, lines: LineIndex) {
        for node in tree.nodes.indices where tree.nodes[node].kind == .comment {
            guard let wish = Wish(tree.commentText(of: node)) else { continue }
            let target = wish.isForFile ? nil : target(of: node, in: tree, lines: lines)
            for rule in wish.rules {
                entries.append(
                    Entry(rule: rule, comment: tree.range(of: node), hasReason: wish.hasReason, target: target))
            }
        }
    }

    /// The lines of the statement that a comment is about.
    private func target(of comment: Int, in tree: SyntaxTree, lines: LineIndex) -> SourceRange {
        if tree.followsOnLine(comment) { return tree.range(of: comment).wholeLines(lines) }
        let next = tree.nodes[comment...].indices.first { [.directive, .block, .broken].contains(tree.nodes[$0].kind) }
        return tree.range(of: next ?? comment).wholeLines(lines)
    }

    /// The findings that no comment asks to leave out.
    mutating func filter(_ findings: [Diagnostic], sources: SourceMap) -> [Diagnostic] {
        if entries.isEmpty { return findings }
        return findings.filter { finding in
            guard let range = finding.range else { return true }
            var isSuppressed = false
            for index in entries.indices where entries[index].holds(for: finding.rule, at: range, in: sources) {
                entries[index].isUsed = true
                isSuppressed = true
            }
            return !isSuppressed
        }
    }

    /// What is wrong with the comments themselves.
    func complaints(knownRules: [String]) -> [Diagnostic] {
        entries.flatMap { entry in
            var findings: [Diagnostic] = []
            if !entry.isUsed { findings.append(unused(entry, knownRules: knownRules)) }
            if !entry.hasReason {
                findings.append(
                    Diagnostic(
                        LintRule.reasonlessSuppression.id, .style, "no reason is given for ignoring \(entry.rule)",
                        at: entry.comment, help: "write behind the bracket why it is fine here"))
            }
            return findings
        }
    }

    private func unused(_ entry: Entry, knownRules: [String]) -> Diagnostic {
        let isKnown = knownRules.contains(entry.rule)
        let near = isKnown ? nil : closest(to: entry.rule, in: knownRules)
        return Diagnostic(
            LintRule.unusedSuppression.id, .info,
            isKnown ? "\(entry.rule) finds nothing here to ignore" : "there is no rule \(entry.rule) to ignore",
            at: entry.comment,
            help: near.map { "did you mean `\($0)`?" }
                ?? "remove the comment, or move it to the line before the finding")
    }
}

extension Suppressions.Entry {
    func holds(for rule: String, at range: SourceRange, in sources: SourceMap) -> Bool {
        guard rule == self.rule else { return false }
        // A file that is included twice has two numbers and one path.
        guard range.file == comment.file || sources[range.file].path == sources[comment.file].path else { return false }
        guard let target else { return true }
        return range.start >= target.start && range.start < target.end
    }
}

/// A comment that asks for findings to be left out.
struct Wish: Equatable {
    var rules: [String]
    var isForFile: Bool
    var hasReason: Bool

    /// Reads a comment without its `#`; nil when it is about something else.
    init?(_ comment: String) {
        var rest = comment.drop { $0 == " " || $0 == "\t" }
        guard rest.take("sluice:") else { return nil }
        rest = rest.drop { $0 == " " || $0 == "\t" }
        isForFile = rest.take("ignore-file")
        if !isForFile, !rest.take("ignore") { return nil }
        guard rest.take("["), let end = rest.firstIndex(of: "]") else { return nil }
        rules = rest[..<end].split { $0 == "," || $0 == " " }.map(String.init)
        hasReason = rest[end...].dropFirst().contains { !$0.isWhitespace }
    }
}

extension Substring {
    /// Takes a word off the front, if it is there.
    fileprivate mutating func take(_ word: String) -> Bool {
        guard hasPrefix(word) else { return false }
        removeFirst(word.count)
        return true
    }
}

extension SourceRange {
    /// From the begin of the first line to the end of the last.
    fileprivate func wholeLines(_ lines: LineIndex) -> SourceRange {
        let first = lines.position(of: start).line
        let last = lines.position(of: Swift.max(start, end - 1)).line
        return SourceRange(file: file, start: lines.start(ofLine: first), end: lines.bytes(ofLine: last).upperBound)
    }
}

extension [UInt8] {
    /// Whether some bytes stand anywhere in here.
    fileprivate func holds(_ word: [UInt8]) -> Bool {
        guard let first = word.first, count >= word.count else { return false }
        var position = 0
        while let start = self[position...].firstIndex(of: first), start + word.count <= count {
            if self[start..<start + word.count].elementsEqual(word) { return true }
            position = start + 1
        }
        return false
    }
}
