import System

/// The pastes of the demo: one file each in a folder, so that they outlive the application.
struct PasteStore {
    struct Paste {
        var id: Int
        var text: String
    }

    /// The folder; it must exist.
    let folder: FilePath

    /// The newest pastes, newest first.
    func newest(_ limit: Int = 20) -> [Paste] {
        identifiers().sorted(by: >).prefix(limit).compactMap { self[$0] }
    }

    /// The paste of that number, if there is one.
    subscript(id: Int) -> Paste? {
        guard let bytes = try? Files.read(path(of: id)) else { return nil }
        return Paste(id: id, text: String(decoding: bytes, as: UTF8.self))
    }

    /// Keeps a text and says under which number.
    func keep(_ text: String) throws -> Int {
        let id = (identifiers().max() ?? 0) + 1
        try Files.write(Array(text.utf8), to: path(of: id))
        return id
    }

    private func identifiers() -> [Int] {
        let names = (try? Files.list(folder)) ?? []
        return names.compactMap { entry in
            let name = entry.name.description
            return name.hasSuffix(".txt") ? Int(name.dropLast(4)) : nil
        }
    }

    private func path(of id: Int) -> FilePath { folder.appending(FilePath("\(id).txt")) }
}
