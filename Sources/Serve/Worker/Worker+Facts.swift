import HTTP
import Net
import Routing
import System

/// Questions about the world.
extension Worker {
    /// The answer to a question, or nil when it comes later, as a message.
    mutating func answer(_ question: Question, _ exchange: Ref<Exchange>) -> Fact? {
        switch question {
        case .stat: return .file(look(exchange))
        case .open: return .file(open(exchange))
        case .list: return list(exchange)
        case .password: return password(exchange)
        case .member: return member(exchange)
        }
    }

    private func rootPrefix(_ exchange: Ref<Exchange>) -> [UInt8] { exchange.it.era.it.service.rootPrefix }

    /// The path that is asked about, below the root that paths are looked up in.
    private func asked(_ exchange: Ref<Exchange>) -> [UInt8] {
        rootPrefix(exchange) + exchange.it.journey.bytes(exchange.it.journey.asked)
    }

    private func look(_ exchange: Ref<Exchange>) -> FileFact {
        if rootPrefix(exchange).isEmpty {
            let path = exchange.it.journey.asked.range
            return FileFact(FileStatus.look(at: exchange.it.journey.arena.span.extracting(path)))
        }
        return FileFact(FileStatus.look(at: asked(exchange).span))
    }

    private func open(_ exchange: Ref<Exchange>) -> FileFact {
        if exchange.it.file >= 0 {
            Descriptor.closeRaw(exchange.it.file)
            exchange.it.file = -1
        }
        let raw =
            rootPrefix(exchange).isEmpty
            ? Descriptor.openRaw(exchange.it.journey.arena.span.extracting(exchange.it.journey.asked.range), .read)
            : Descriptor.openRaw(asked(exchange).span, .read)
        if raw < 0 { return FileFact(.failure(FileFailure(code: -raw))) }
        guard let status = Descriptor.statusRaw(raw), status.kind == .file else {
            let kind = Descriptor.statusRaw(raw).map { FileFact(.success($0)) }
            Descriptor.closeRaw(raw)
            return kind ?? FileFact(kind: .failed)
        }
        exchange.it.file = raw
        return FileFact(.success(status))
    }

    private func list(_ exchange: Ref<Exchange>) -> Fact {
        let folder = FilePath(bytes: asked(exchange))
        guard let entries = try? Files.list(folder) else { return .failed }
        return .listing(
            entries.map { entry in
                let path = folder.appending(entry.name)
                return ListingEntry(name: entry.name.bytes, file: FileFact(FileStatus.look(at: path.bytes.span)))
            })
    }

    // MARK: Users

    private mutating func password(_ exchange: Ref<Exchange>) -> Fact? {
        guard let users = try? Files.read(FilePath(bytes: asked(exchange)), limit: 16 << 20) else { return .failed }
        let name = Array(exchange.it.journey.bytes(exchange.it.journey.askedName))
        guard let hash = Self.value(of: name, in: users) else { return .no }
        let password = Array(exchange.it.journey.bytes(exchange.it.journey.askedMore))
        // What crypt(3) makes is slow on purpose, so others are served meanwhile.
        let isQuick = hash.starts(with: Array("{".utf8)) || hash.starts(with: Array("$apr1$".utf8))
        if isQuick { return PasswordHash.matches(password, hash: hash) ? .yes : .no }
        let isAwaited = delegate(exchange) { token, number in
            .fact(token, number, PasswordHash.matches(password, hash: hash) ? .yes : .no)
        }
        return isAwaited ? nil : .failed
    }

    private func member(_ exchange: Ref<Exchange>) -> Fact {
        guard let groups = try? Files.read(FilePath(bytes: asked(exchange)), limit: 16 << 20) else { return .failed }
        let user = exchange.it.journey.bytes(exchange.it.journey.askedName)
        let group = Array(exchange.it.journey.bytes(exchange.it.journey.askedMore))
        guard let members = Self.value(of: group, in: groups) else { return .no }
        return members.split(separator: UInt8(ascii: " ")).contains { $0.elementsEqual(user) } ? .yes : .no
    }

    /// What stands behind `name:` at the start of a line, up to a further colon or the line's end.
    private static func value(of name: [UInt8], in text: [UInt8]) -> [UInt8]? {
        for line in text.split(separator: 10) {
            guard line.count > name.count, line[line.startIndex + name.count] == UInt8(ascii: ":"),
                line.starts(with: name)
            else { continue }
            let rest = line[(line.startIndex + name.count + 1)...]
            let value = rest.prefix { $0 != UInt8(ascii: ":") && $0 != 13 }
            return Array(value.drop { $0 == UInt8(ascii: " ") })
        }
        return nil
    }
}

extension FileFact {
    /// What the system said about a path.
    init(_ result: Result<FileStatus, FileFailure>) {
        switch result {
        case .success(let status):
            let kind: Kind =
                switch status.kind {
                case .file: .file
                case .directory: .directory
                case .link, .other: .other
                }
            let seconds = status.modified / 1_000_000_000
            self.init(
                kind: kind, size: status.size, seconds: seconds,
                nanoseconds: Int32(truncatingIfNeeded: status.modified - seconds * 1_000_000_000),
                isExecutable: status.permissions & 0o111 != 0)
        case .failure(let failure):
            switch failure.code {
            // ENOENT, ENOTDIR, and EINVAL for a name with a NUL in it.
            case 2, 20, 22: self.init(kind: .missing)
            case 13, 1: self.init(kind: .forbidden)
            case 36: self.init(kind: .nameTooLong)
            default: self.init(kind: .failed)
            }
        }
    }
}
