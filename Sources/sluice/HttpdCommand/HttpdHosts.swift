import Language
import Source
import System

/// The table of virtual hosts that `-S` prints (`ap_dump_vhost_config` in server/vhost.c).
struct HttpdHosts {
    private struct Host {
        var name: String
        var place: String
        /// The names of ServerAlias, and whether one has wildcards.
        var aliases: [(name: String, isWild: Bool)]
    }

    private struct Row {
        var address: String
        var port: String
        var hosts: [Host]
        /// The last section for it: its number, and how many addresses stand before this one, negated.
        var last: (Int, Int)
    }

    private var rows: [Row] = []

    init(_ reading: Language.Reading) {
        func first(_ key: String, in directives: [Directive]) -> String? {
            directives.last { $0.key == key }?.arguments.first?.text
        }
        let main = Self.hostName(first("servername", in: reading.directives) ?? "127.0.0.1")
        let sections = reading.directives.filter { $0.key == "<virtualhost" }
        for (number, section) in sections.enumerated() {
            let words = section.children.filter { $0.key == "serveralias" }.flatMap(\.arguments).map(\.text)
            // Names with wildcards come last.
            let host = Host(
                name: first("servername", in: section.children).map(Self.hostName) ?? main,
                place: reading.sources.place(ofLine: section.head),
                aliases: words.filter { !Self.isWild($0) }.map { ($0, false) }
                    + words.filter(Self.isWild).map { ($0, true) })
            for (index, argument) in section.arguments.enumerated() {
                add(host, at: argument.text, (number, -index))
            }
        }
    }

    /// The lines of the table.
    var text: String {
        if rows.isEmpty { return "VirtualHost configuration:\n" }
        return rows.sorted { (bucket($0), $0.last.0, $0.last.1) < (bucket($1), $1.last.0, $1.last.1) }
            .reduce(into: "VirtualHost configuration:\n") { $0 += lines(of: $1) }
    }

    private func lines(of row: Row) -> String {
        let address = "\(row.address):\(row.port)"
        let start = address + String(repeating: " ", count: max(0, 22 - address.utf8.count)) + " "
        guard row.hosts.count > 1, let first = row.hosts.first else {
            return start + row.hosts.map { "\($0.name) (\($0.place))\n" }.joined()
        }
        var text = start + "is a NameVirtualHost\n         default server \(first.name) (\(first.place))\n"
        for host in row.hosts {
            text += "         port \(row.port) namevhost \(host.name) (\(host.place))\n"
            for alias in host.aliases {
                text += "                 \(alias.isWild ? "wild " : "")alias \(alias.name)\n"
            }
        }
        return text
    }

    private static func isWild(_ name: String) -> Bool { name.contains { $0 == "*" || $0 == "?" } }

    private mutating func add(_ host: Host, at text: String, _ last: (Int, Int)) {
        let (address, port) = Self.parts(of: text)
        let known = rows.firstIndex { $0.address == address && $0.port == port }
        guard let known else {
            rows.append(Row(address: address, port: port, hosts: [host], last: last))
            return
        }
        if address != "*" || rows[known].hosts.last?.place != host.place { rows[known].hosts.append(host) }
        rows[known].last = last
    }

    /// `*:80`, `_default_`, `10.0.0.1:80`, `[::1]:80` as address and port, each `*` where it is any.
    private static func parts(of text: String) -> (String, String) {
        var address = Substring(text)
        var port = "*"
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            (address, port) = (text[..<colon], String(text[text.index(after: colon)...]))
        }
        return (address == "_default_" ? "*" : String(address), port)
    }

    /// A ServerName without scheme and port.
    private static func hostName(_ text: String) -> String {
        var name = text[...]
        if let scheme = name.firstRange(of: "://") { name = name[scheme.upperBound...] }
        guard let colon = name.lastIndex(of: ":"), name[colon...].dropFirst().allSatisfy(\.isNumber) else {
            return String(name)
        }
        return String(name[..<colon])
    }

    /// Single addresses come in the order of httpd's hash of their last four bytes, those for all addresses last.
    ///
    /// Within a bucket httpd reads the sections backwards and puts what it finds in front.
    private func bucket(_ row: Row) -> UInt32 {
        let text = row.address.hasPrefix("[") ? String(row.address.dropFirst().dropLast()) : row.address
        guard let address = SocketAddress(numeric: text, port: 0) else { return .max }
        let bytes = address.octets.suffix(4).reversed()
        var key = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        key ^= key >> 16
        return (key >> 8 ^ key) & 0xFF
    }
}

extension SourceMap {
    /// The `file:line` of a place.
    func place(ofLine range: SourceRange) -> String { "\(self[range.file].path):\(position(of: range).line)" }
}
