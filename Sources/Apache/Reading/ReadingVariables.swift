import Language
import Source

/// `${name}`: names that were defined, then the environment.
extension ApacheReading {
    /// A text with its variables replaced; those that nobody knows stay, and are told once.
    mutating func resolved(_ text: String, at range: SourceRange) -> String {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = text[...]
        while let mark = rest.firstRange(of: "${") {
            result += rest[..<mark.lowerBound]
            guard let end = rest[mark.upperBound...].firstIndex(of: "}") else {
                rest = rest[mark.lowerBound...]
                break
            }
            let name = String(rest[mark.upperBound..<end])
            // A colon makes it a map of mod_rewrite, which is read at each request.
            if name.contains(":") || name.isEmpty {
                result += rest[mark.lowerBound...end]
            } else if let value = (defines[name] ?? nil) ?? environment[name] {
                result += value
            } else {
                reportUndefined(name, range)
                result += rest[mark.lowerBound...end]
            }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private mutating func reportUndefined(_ name: String, _ range: SourceRange) {
        guard toldVariables.insert(name).inserted else { return }
        report(
            "undefined-variable", .warning, "the variable `${\(name)}` is not defined", at: range,
            why: "neither `Define` nor the environment has it, so the text stays as it is (AH00111)",
            help: "write `Define \(name) value` before it, or pass `--define \(name)=value`")
    }

    /// The variables that Debian's `envvars` beside the main file exports.
    mutating func readEnvironment() {
        guard let main = result.request.entries.first(where: { $0.isMain }) ?? result.request.entries.first,
            main.path != "-"
        else { return implyEnvironment() }
        var folder = parentFolder(of: main.path)
        if !main.isMain, let layout = ApacheLayout.root(of: main.path) { folder = layout }
        let path = folder + "/envvars"
        guard result.request.files.kind(path) == .file, let bytes = try? result.request.files.read(path) else {
            return implyEnvironment()
        }
        for (name, value) in EnvironmentFile.parse(String(configuration: bytes), known: environment) {
            environment[name] = value
        }
    }

    /// A fragment gets the variables that site files count on where they come from: those of Debian's `envvars`.
    private mutating func implyEnvironment() {
        guard !result.request.entries.contains(where: { $0.isMain }) else { return }
        let known = [
            "APACHE_RUN_USER": "www-data", "APACHE_RUN_GROUP": "www-data", "APACHE_LOG_DIR": "/var/log/apache2",
            "APACHE_RUN_DIR": "/var/run/apache2", "APACHE_LOCK_DIR": "/var/lock/apache2",
            "APACHE_PID_FILE": "/var/run/apache2/apache2.pid",
        ]
        environment.merge(known) { own, _ in own }
    }
}

/// A shell file of `export NAME=value` lines.
enum EnvironmentFile {
    /// The variables that it sets, later lines last; commands and conditions in it are not run.
    static func parse(_ text: String, known: [String: String]) -> [(String, String)] {
        var values = known
        var found: [(String, String)] = []
        for line in text.split(whereSeparator: { $0.isNewline }) {
            var words = line.drop { $0 == " " || $0 == "\t" }
            if words.hasPrefix("#") || words.hasPrefix("if ") { continue }
            if words.hasPrefix("export ") { words = words.dropFirst(7).drop { $0 == " " } }
            if words.hasPrefix(": ${") { words = words.dropFirst(4) }
            guard let sign = words.firstIndex(of: "="), sign > words.startIndex else { continue }
            var name = words[..<sign]
            if name.hasSuffix(":") { name = name.dropLast() }
            guard name.utf8.allSatisfy({ ExpressionScanner.isName($0) }) else { continue }
            let value = expanded(words[words.index(after: sign)...], values)
            values[String(name)] = value
            found.append((String(name), value))
        }
        return found
    }

    /// A value without quotes, with `$NAME` and `${NAME…}` replaced.
    private static func expanded(_ text: Substring, _ values: [String: String]) -> String {
        var result = ""
        var rest = text
        var quote: Character?
        while let first = rest.first {
            rest = rest.dropFirst()
            if let mark = quote, first == mark {
                quote = nil
            } else if quote == nil, first == "'" || first == "\"" {
                quote = first
            } else if quote == nil, first == " " || first == ";" || first == "#" || first == "}" {
                break
            } else if first == "$", quote != "'" {
                let isBraced = rest.first == "{"
                if isBraced { rest = rest.dropFirst() }
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                rest = rest.dropFirst(name.count)
                if isBraced { rest = rest.drop { $0 != "}" }.dropFirst() }
                result += values[String(name)] ?? ""
            } else {
                result.append(first)
            }
        }
        return result
    }
}
