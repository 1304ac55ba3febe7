import Source
import Syntax
import Testing

/// Reads a text and expects what holds for every tree: each byte in one token, each token in one node, ranges inside.
func checkedTree(
    _ bytes: [UInt8], grammar: Grammar, sourceLocation: SourceLocation = #_sourceLocation
) -> SyntaxTree {
    let tree = SyntaxTree.parse(bytes, file: FileID(index: 0), grammar: grammar)
    if let problem = problem(of: tree, bytes: bytes) {
        Issue.record("\(problem)\n\(String(configuration: bytes.prefix(2000)))", sourceLocation: sourceLocation)
    }
    return tree
}

/// What is wrong with the shape of a tree, nil when nothing is.
func problem(of tree: SyntaxTree, bytes: [UInt8]) -> String? {
    guard tree.print() == bytes else { return "the tree does not print as it was read" }
    var position = 0
    for token in tree.tokens.indices {
        let bounds = tree.bounds(ofToken: token)
        guard bounds.lowerBound == position, !bounds.isEmpty else { return "token \(token) leaves a gap" }
        position = bounds.upperBound
    }
    var token: Int32 = 0
    var open: [Int] = []
    for (index, node) in tree.nodes.enumerated() {
        while let last = open.last, tree.nodes[last].end == index {
            guard tree.nodes[last].tail.lowerBound == token else { return "the closing of node \(last) leaves a gap" }
            token = tree.nodes[last].tail.upperBound
            open.removeLast()
        }
        guard node.head.lowerBound == token, !node.head.isEmpty else { return "node \(index) leaves a gap" }
        guard node.parent == Int32(open.last ?? -1), Int(node.depth) == open.count else {
            return "node \(index) is not where it says"
        }
        guard node.words.allSatisfy({ tree.tokens[Int(tree.words[Int($0)])].kind.isWord }) else {
            return "node \(index) has words that are none"
        }
        token = node.head.upperBound
        if node.kind == .block { open.append(index) } else if node.end != index + 1 { return "a leaf has content" }
        guard node.kind == .block || node.tail == token..<token else { return "a leaf has a closing" }
    }
    for last in open.reversed() {
        guard tree.nodes[last].tail.lowerBound == token else { return "the closing of node \(last) leaves a gap" }
        token = tree.nodes[last].tail.upperBound
    }
    guard token == tree.tokens.count else { return "tokens are in no node" }
    for diagnostic in tree.diagnostics {
        let ranges = [diagnostic.range] + diagnostic.related.map(\.range) + (diagnostic.fix?.edits.map(\.range) ?? [])
        for case let range? in ranges where range.start < 0 || range.end > bytes.count {
            return "\(diagnostic.rule) lies outside the text"
        }
        if diagnostic.range == nil { return "\(diagnostic.rule) has no place" }
    }
    return nil
}
