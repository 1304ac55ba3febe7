import HTTP
import IR

/// The page that lists a directory.
extension Decider {
    /// Answers with a listing of `journey.listing`.
    mutating func list(_ journey: inout Journey) -> Step {
        let entries = journey.listing.filter { $0.name.first != UInt8(ascii: ".") }.sorted { a, b in
            let (first, second) = (a.file.kind == .directory, b.file.kind == .directory)
            return first == second ? a.name.lexicographicallyPrecedes(b.name) : first
        }
        var page = ByteWriter()
        let title = journey.arena.array(journey.path.range)
        page.append("<!DOCTYPE html>\n<html>\n<head><title>Index of ")
        appendHTML(title, &page)
        page.append("</title></head>\n<body>\n<h1>Index of ")
        appendHTML(title, &page)
        page.append("</h1>\n<hr>\n<pre>\n")
        if journey.path.count > 1 { page.append("<a href=\"../\">../</a>\n") }
        for entry in entries {
            let isDirectory = entry.file.kind == .directory
            page.append("<a href=\"")
            appendLink(entry.name, &page)
            if isDirectory { page.append("/") }
            page.append("\">")
            appendHTML(entry.name, &page)
            if isDirectory { page.append("/") }
            page.append("</a>\n")
        }
        page.append("</pre>\n<hr>\n</body>\n</html>\n")
        journey.status = settledStatus(200, journey)
        journey.body = .text(journey.put(page.span))
        journey.contentType = listingType(&journey)
        return conditional(&journey)
    }

    /// The type that generated pages have; httpd writes that of a listing in its own way (mod_autoindex).
    private func listingType(_ journey: inout Journey) -> Slice {
        let pages = tables.effectives[journey.effective].pages
        guard pages >= 0 else { return journey.put("text/html") }
        let type = tables.bytes.array(tables.pages[pages].mediaType.range)
        if type.contains(UInt8(ascii: ";")) { return journey.put("text/html;charset=ISO-8859-1") }
        let charset = tables.effectives[journey.effective].charset
        if charset.isAbsent { return journey.put(type) }
        return journey.put(type + Array("; charset=".utf8) + tables.bytes.array(charset.range))
    }

    private func appendHTML(_ text: [UInt8], _ page: inout ByteWriter) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "<"): page.append("&lt;")
            case UInt8(ascii: ">"): page.append("&gt;")
            case UInt8(ascii: "&"): page.append("&amp;")
            case UInt8(ascii: "\""): page.append("&quot;")
            default: page.append(byte)
            }
        }
    }

    /// A name as a relative reference: a colon would look like a scheme, so all but plain bytes are escaped.
    private func appendLink(_ name: [UInt8], _ page: inout ByteWriter) {
        for byte in name {
            let lower = byte | 0x20
            let isPlain =
                (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")) || byte &- UInt8(ascii: "0") <= 9
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "~")
            if isPlain {
                page.append(byte)
            } else {
                page.append(UInt8(ascii: "%"))
                page.append(hexDigitsUpper[Int(byte >> 4)])
                page.append(hexDigitsUpper[Int(byte & 15)])
            }
        }
    }
}
