import Source
import Synchronization

/// What a reading of a configuration saw of the file system, so that another process can repeat it without the right to
/// open the files, and without seeing a change that was made since.
final class FileRecord: Sendable {
    private struct Seen {
        var contents: [String: Result<[UInt8], FileProblem>] = [:]
        var kinds: [String: FileKind?] = [:]
        var globs: [String: [String]] = [:]
        var lists: [String: [String]] = [:]
    }

    private let seen: Mutex<Seen>

    /// A record of nothing.
    init() {
        seen = Mutex(Seen())
    }

    /// A file system that writes down what it is asked.
    func recording(_ files: FileAccess) -> FileAccess {
        FileAccess(
            read: { [self] path throws(FileProblem) in
                let result: Result<[UInt8], FileProblem>
                do throws(FileProblem) {
                    result = .success(try files.read(path))
                } catch {
                    result = .failure(error)
                }
                seen.withLock { $0.contents[path] = result }
                return try result.get()
            },
            kind: { [self] path in
                let kind = files.kind(path)
                seen.withLock { $0.kinds[path] = .some(kind) }
                return kind
            },
            glob: { [self] pattern in
                let paths = files.glob(pattern)
                seen.withLock { $0.globs[pattern] = paths }
                return paths
            },
            list: { [self] directory in
                let names = files.list(directory)
                seen.withLock { $0.lists[directory] = names }
                return names
            })
    }

    /// A file system that repeats what was written down; what nobody asked for does not exist.
    var replaying: FileAccess {
        FileAccess(
            read: { [self] path throws(FileProblem) in
                guard let result = seen.withLock({ $0.contents[path] }) else {
                    throw FileProblem(path: path, reason: .notFound)
                }
                return try result.get()
            },
            kind: { [self] path in seen.withLock { $0.kinds[path] ?? nil } },
            glob: { [self] pattern in seen.withLock { $0.globs[pattern] ?? [] } },
            list: { [self] directory in seen.withLock { $0.lists[directory] ?? [] } })
    }
}

/// The record as bytes: one entry behind the other, each a letter and the fields that belong to it.
extension FileRecord {
    /// Everything that was written down.
    var bytes: [UInt8] {
        let seen = seen.withLock { $0 }
        var writer = FieldWriter()
        for (path, result) in seen.contents {
            switch result {
            case .success(let bytes): writer.add("c", [path.configurationBytes, bytes])
            case .failure(let problem): writer.add("p", [path.configurationBytes] + fields(of: problem))
            }
        }
        for (path, kind) in seen.kinds { writer.add("k", [path.configurationBytes, Array(name(of: kind).utf8)]) }
        for (pattern, paths) in seen.globs { writer.add("g", ([pattern] + paths).map(\.configurationBytes)) }
        for (folder, names) in seen.lists { writer.add("l", ([folder] + names).map(\.configurationBytes)) }
        return writer.bytes
    }

    /// The record that `bytes` made; what is garbled is left out.
    convenience init(_ bytes: [UInt8]) {
        self.init()
        var reader = FieldReader(bytes: bytes)
        seen.withLock { seen in
            while let (letter, fields) = reader.next() {
                let texts = fields.map { String(configuration: $0) }
                guard let path = texts.first else { continue }
                switch letter {
                case "c" where fields.count == 2: seen.contents[path] = .success(fields[1])
                case "p" where fields.count == 4: seen.contents[path] = .failure(problem(texts))
                case "k" where fields.count == 2: seen.kinds[path] = .some(kind(named: texts[1]))
                case "g": seen.globs[path] = Array(texts.dropFirst())
                case "l": seen.lists[path] = Array(texts.dropFirst())
                default: break
                }
            }
        }
    }

    private func fields(of problem: FileProblem) -> [[UInt8]] {
        let (word, text) =
            switch problem.reason {
            case .notFound: ("missing", "")
            case .isDirectory: ("directory", "")
            case .notPermitted: ("forbidden", "")
            case .other(let text): ("other", text)
            }
        return [problem.path.configurationBytes, Array(word.utf8), text.configurationBytes]
    }

    private func problem(_ texts: [String]) -> FileProblem {
        let reason: FileProblem.Reason =
            switch texts[2] {
            case "missing": .notFound
            case "directory": .isDirectory
            case "forbidden": .notPermitted
            default: .other(texts[3])
            }
        return FileProblem(path: texts[1], reason: reason)
    }

    private func name(of kind: FileKind?) -> String {
        switch kind {
        case .file: "file"
        case .directory: "directory"
        case .other: "other"
        case nil: ""
        }
    }

    private func kind(named name: String) -> FileKind? {
        switch name {
        case "file": .file
        case "directory": .directory
        case "other": .other
        default: nil
        }
    }
}

/// Writes entries of a letter, a number of fields, and fields of a length and bytes.
private struct FieldWriter {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ letter: Unicode.Scalar, _ fields: [[UInt8]]) {
        bytes.append(UInt8(ascii: letter))
        add(fields.count)
        for field in fields {
            add(field.count)
            bytes += field
        }
    }

    private mutating func add(_ number: Int) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}

/// Reads what `FieldWriter` wrote.
private struct FieldReader {
    let bytes: [UInt8]
    private var at = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() -> (Character, [[UInt8]])? {
        guard at < bytes.count else { return nil }
        let letter = Character(Unicode.Scalar(bytes[at]))
        at += 1
        guard let count = number(), count <= bytes.count else { return nil }
        var fields: [[UInt8]] = []
        for _ in 0..<count {
            guard let length = number(), length <= bytes.count - at else { return nil }
            fields.append(Array(bytes[at..<at + length]))
            at += length
        }
        return (letter, fields)
    }

    private mutating func number() -> Int? {
        guard at + 8 <= bytes.count else { return nil }
        defer { at += 8 }
        let value = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[at + $1]) << UInt64($1 * 8) }
        return Int(exactly: value)
    }
}
