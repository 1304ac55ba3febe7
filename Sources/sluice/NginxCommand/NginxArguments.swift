/// The command line of nginx, read letter by letter as nginx reads it (`ngx_get_options` in src/core/nginx.c).
struct NginxArguments: Hashable {
    /// What `-s` asks a running server for.
    enum Request: String, Hashable {
        case stop, quit, reopen, reload
    }

    /// `-?`, `-h`.
    var wantsHelp = false
    /// `-v`, `-V`, and help, which begins with the version.
    var wantsVersion = false
    /// `-V`.
    var wantsBuild = false
    /// `-t`, `-T`.
    var tests = false
    /// `-T`.
    var dumps = false
    /// `-q`.
    var isQuiet = false
    /// `-p`.
    var prefix: String?
    /// `-e`.
    var errorLog: String?
    /// `-c`.
    var file: String?
    /// `-g`.
    var directives: String?
    /// `-s`.
    var request: Request?

    /// Why a command line cannot be read, in nginx's words.
    struct Failure: Error, Hashable {
        var message: String
    }

    init(_ arguments: [String]) throws(Failure) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-") else { throw Failure(message: "invalid option: \"\(argument)\"") }
            var letters = argument.dropFirst()
            while let letter = letters.popFirst() {
                if try set(letter) { continue }
                let value = letters.isEmpty ? rest.popFirst() : String(letters)
                try set(letter, value)
                letters = ""
            }
        }
    }

    /// Sets what a letter alone says; false when it takes a value.
    private mutating func set(_ letter: Character) throws(Failure) -> Bool {
        switch letter {
        case "?", "h": (wantsVersion, wantsHelp) = (true, true)
        case "v": wantsVersion = true
        case "V": (wantsVersion, wantsBuild) = (true, true)
        case "t": tests = true
        case "T": (tests, dumps) = (true, true)
        case "q": isQuiet = true
        case "p", "e", "c", "g", "s": return false
        default: throw Failure(message: "invalid option: \"\(letter)\"")
        }
        return true
    }

    private mutating func set(_ letter: Character, _ value: String?) throws(Failure) {
        let kind = ["p": "directory name", "e": "file name", "c": "file name"][letter] ?? "parameter"
        guard let value, !value.isEmpty || letter == "g" else {
            throw Failure(message: "option \"-\(letter)\" requires \(kind)")
        }
        switch letter {
        case "p": prefix = value
        case "e": errorLog = value
        case "c": file = value
        case "g": directives = value
        default:
            guard let known = Request(rawValue: value) else {
                throw Failure(message: "invalid option: \"-s \(value)\"")
            }
            request = known
        }
    }
}
