package import IR
package import Routing

/// Files of a server that is not this machine: where a folder that is served does not exist here, what looks like a
/// file is supposed to be one.
package struct SupposedFiles: Sendable {
    private let roots: [[UInt8]]
    private let real: @Sendable ([UInt8]) -> FileFact

    /// The files of a configuration's roots; `real` is asked first.
    package init(_ configuration: Configuration, real: @escaping @Sendable ([UInt8]) -> FileFact) {
        var roots: Set<String> = []
        for layer in configuration.layers {
            if let root = layer.settings.files.place?.value.base.literal { roots.insert(root) }
        }
        for table in configuration.sites.flatMap(\.locate) {
            for route in table.routes {
                if case .place(let placement) = route.yields, let root = placement.base.literal { roots.insert(root) }
            }
        }
        self.roots = roots.map { Array($0.utf8) }
        self.real = real
    }

    /// What lies at a path.
    package func fact(_ path: [UInt8]) -> FileFact {
        let fact = real(path)
        guard fact.kind == .missing, let root = root(of: path), real(root).kind == .missing else { return fact }
        if path.count <= root.count || path.last == slash { return FileFact(kind: .directory) }
        let name = path[((path.lastIndex(of: slash) ?? -1) + 1)...]
        // A name with a dot inside is a file's; hidden files and bare names are not supposed to be there.
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex, name.first != UInt8(ascii: ".")
        else {
            return fact
        }
        return FileFact(kind: .file, size: 1024, seconds: 1_700_000_000)
    }

    /// Whether a fact was supposed rather than seen.
    package func isSupposed(_ question: AskedQuestion) -> Bool {
        guard case .file(let fact) = question.fact, fact.kind == .file || fact.kind == .directory else { return false }
        return real(question.path).kind == .missing
    }

    /// The longest root that a path lies in.
    private func root(of path: [UInt8]) -> [UInt8]? {
        let found = roots.filter { path.starts(with: $0) }.max { $0.count < $1.count }
        guard var found else { return nil }
        while found.count > 1, found.last == slash { found.removeLast() }
        return found
    }

    private var slash: UInt8 { UInt8(ascii: "/") }
}
