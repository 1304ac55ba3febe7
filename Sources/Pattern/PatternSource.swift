/// A pattern's bytes, with the start items that PCRE2 no longer knows spelt as it knows them now.
///
/// PCRE1 called UTF mode `(*UTF8)`, and so do nginx's manual and the configurations that follow it; PCRE2 calls it
/// `(*UTF)` (pcre2pattern(3), "Special start-of-pattern items").
struct PatternSource {
    /// What is handed to the compiler.
    private(set) var bytes: [UInt8]

    /// Whether the pattern asks for UTF mode.
    private(set) var wantsUTF = false

    /// Where the old spelling stood: compiled offsets behind it are one less than written ones.
    private var shortenedAt: Int?

    init(_ written: [UInt8]) {
        bytes = written
        var position = 0
        while let end = Self.endOfItem(in: bytes, from: position) {
            switch String(decoding: bytes[position..<end], as: UTF8.self) {
            case "(*UTF)":
                wantsUTF = true
                position = end
            case "(*UTF8)":
                wantsUTF = true
                bytes.remove(at: end - 2)
                shortenedAt = end - 2
                position = end - 1
            default:
                position = end
            }
        }
    }

    /// The offset in the pattern as it was written, for one in the compiled bytes.
    func writtenOffset(_ offset: Int) -> Int {
        guard let shortenedAt, offset >= shortenedAt else { return offset }
        return offset + 1
    }

    /// The end of the start item `(*NAME)` that begins at `start`, if one does.
    private static func endOfItem(in bytes: [UInt8], from start: Int) -> Int? {
        guard start + 2 < bytes.count, bytes[start] == UInt8(ascii: "("), bytes[start + 1] == UInt8(ascii: "*") else {
            return nil
        }
        return bytes[start...].firstIndex(of: UInt8(ascii: ")")).map { $0 + 1 }
    }
}
