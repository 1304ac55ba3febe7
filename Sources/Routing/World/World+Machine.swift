import System

extension World {
    /// The world as this machine's file system has it; paths are looked up below a folder, if one is named.
    package static func ofMachine(below prefix: String = "") -> World {
        let below = prefix.planBytes
        var world = World()
        world.now = Moment(seconds: Clock.wallSeconds())
        world.file = { FileFact(at: below + $0) }
        world.listing = { directory in
            let entries = (try? Files.list(FilePath(bytes: below + directory))) ?? []
            return entries.map { entry in
                let path = below + directory + [UInt8(ascii: "/")] + entry.name.bytes
                return ListingEntry(name: entry.name.bytes, file: FileFact(at: path))
            }
        }
        world.password = { file, user, password in
            guard let lines = try? Files.read(FilePath(bytes: below + file)) else { return .failed }
            return PasswordFile(lines).accepts(user, password) ? .yes : .no
        }
        world.member = { file, user, group in
            guard let lines = try? Files.read(FilePath(bytes: below + file)) else { return .failed }
            return GroupFile(lines).holds(user, in: group) ? .yes : .no
        }
        return world
    }
}

extension FileFact {
    /// What lies at a path of this machine, links followed.
    package init(at path: [UInt8]) {
        switch FileStatus.look(at: path.span) {
        case .failure(let failure):
            // 13 is EACCES, 36 ENAMETOOLONG (errno(3)).
            let kind: Kind =
                failure.isMissing
                ? .missing : failure.code == 13 ? .forbidden : failure.code == 36 ? .nameTooLong : .failed
            self.init(kind: kind)
        case .success(let status):
            let kind: Kind = status.kind == .file ? .file : status.kind == .directory ? .directory : .other
            self.init(
                kind: kind, size: status.size, seconds: status.modified / 1_000_000_000,
                nanoseconds: Int32(status.modified % 1_000_000_000), isExecutable: status.permissions & 0o111 != 0)
        }
    }
}

/// A file of `user:hash` lines (`htpasswd(1)`).
package struct PasswordFile {
    private let bytes: [UInt8]

    /// A file with this content.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether the password is the user's: the first line of a name counts.
    package func accepts(_ user: [UInt8], _ password: [UInt8]) -> Bool {
        for line in bytes.split(separator: 10) where line.first != UInt8(ascii: "#") {
            let line = line.last == 13 ? line.dropLast() : line
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count > 1, parts[0].elementsEqual(user) else { continue }
            return PasswordHash.matches(password, hash: Array(parts[1]))
        }
        return false
    }
}

/// A file of `group: user user` lines (httpd's AuthGroupFile).
package struct GroupFile {
    private let bytes: [UInt8]

    /// A file with this content.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether a user is in a group.
    package func holds(_ user: [UInt8], in group: [UInt8]) -> Bool {
        for line in bytes.split(separator: 10) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), line[..<colon].elementsEqual(group) else {
                continue
            }
            let users = line[(colon + 1)...].split { $0 == UInt8(ascii: " ") || $0 == 9 || $0 == 13 }
            if users.contains(where: { $0.elementsEqual(user) }) { return true }
        }
        return false
    }
}
