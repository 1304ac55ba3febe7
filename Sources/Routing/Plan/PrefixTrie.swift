/// A radix tree of prefixes; a search visits the prefixes of a path from the shortest to the longest.
struct PrefixTrie: Sendable {
    private var nodes: [Node] = [Node(start: 0, count: 0, child: -1, sibling: -1, value: -1)]
    private var bytes: [UInt8] = []

    private struct Node {
        /// The node's own bytes behind its parent's.
        var start: Int32
        var count: Int32
        var child: Int32
        var sibling: Int32
        /// The value of the prefix that ends here; -1: none does.
        var value: Int32
    }

    /// Whether no prefix was added.
    var isEmpty: Bool { nodes.count == 1 && nodes[0].value < 0 }

    /// Adds a prefix; of two equal ones the first stays, and its value is returned.
    @discardableResult
    mutating func insert(_ prefix: [UInt8], _ value: Int32) -> Int32 {
        var node = 0
        var at = 0
        while true {
            if at == prefix.count {
                if nodes[node].value < 0 { nodes[node].value = value }
                return nodes[node].value
            }
            guard let child = child(of: node, beginningWith: prefix[at]) else {
                add(prefix[at...], value, below: node)
                return value
            }
            let shared = sharedLength(of: child, with: prefix, from: at)
            if shared < Int(nodes[child].count) { split(child, at: shared) }
            node = child
            at += shared
        }
    }

    /// Calls `visit` with the value of every prefix of `path`, the shortest first.
    @inline(__always)
    func search(_ path: Span<UInt8>, _ visit: (Int32) -> Void) {
        let nodes = nodes.span
        let bytes = bytes.span
        var node = nodes[0]
        var at = 0
        while true {
            if node.value >= 0 { visit(node.value) }
            if at == path.count { return }
            let first = path[at]
            var next = node.child
            repeat {
                if next < 0 { return }
                node = nodes[Int(next)]
                next = node.sibling
            } while bytes[Int(node.start)] != first
            let count = Int(node.count)
            if at &+ count > path.count { return }
            let start = Int(node.start)
            var offset = 1
            while offset < count {
                if bytes[start &+ offset] != path[at &+ offset] { return }
                offset &+= 1
            }
            at &+= count
        }
    }

    /// How many of the prefixes a path has.
    func count(in path: Span<UInt8>) -> Int {
        var count = 0
        search(path) { _ in count += 1 }
        return count
    }

    /// The value of one of a path's prefixes, counted from the shortest.
    func value(in path: Span<UInt8>, at position: Int) -> Int32 {
        var count = 0
        var result: Int32 = -1
        search(path) { value in
            if count == position { result = value }
            count += 1
        }
        return result
    }

    private func child(of node: Int, beginningWith byte: UInt8) -> Int? {
        var next = nodes[node].child
        while next >= 0 {
            if bytes[Int(nodes[Int(next)].start)] == byte { return Int(next) }
            next = nodes[Int(next)].sibling
        }
        return nil
    }

    private mutating func add(_ rest: ArraySlice<UInt8>, _ value: Int32, below node: Int) {
        let new = Node(
            start: Int32(bytes.count), count: Int32(rest.count), child: -1, sibling: nodes[node].child, value: value)
        bytes.append(contentsOf: rest)
        nodes.append(new)
        nodes[node].child = Int32(nodes.count - 1)
    }

    private func sharedLength(of node: Int, with prefix: [UInt8], from at: Int) -> Int {
        let limit = min(Int(nodes[node].count), prefix.count - at)
        var shared = 0
        while shared < limit, bytes[Int(nodes[node].start) + shared] == prefix[at + shared] { shared += 1 }
        return shared
    }

    private mutating func split(_ node: Int, at length: Int) {
        let old = nodes[node]
        nodes.append(
            Node(
                start: old.start + Int32(length), count: old.count - Int32(length), child: old.child, sibling: -1,
                value: old.value))
        nodes[node].count = Int32(length)
        nodes[node].child = Int32(nodes.count - 1)
        nodes[node].value = -1
    }
}
