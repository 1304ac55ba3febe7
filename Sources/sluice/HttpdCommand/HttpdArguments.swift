/// The command line of httpd (`main` in server/main.c): letters with values, as getopt(3) reads them.
struct HttpdArguments: Hashable {
    /// What `-k` asks for.
    enum Request: String, Hashable {
        case start, stop, restart, graceful
        case gracefulStop = "graceful-stop"
    }

    /// `-D`: names that are defined, in order.
    var defines: [String] = []
    /// `-d`.
    var root: String?
    /// `-f`.
    var file: String?
    /// `-C`: directives before the files.
    var before: [String] = []
    /// `-c`: directives behind the files.
    var after: [String] = []
    /// `-k`.
    var request: Request?
    /// `-E`: the file for messages of the start.
    var startLog: String?
    /// `-t`, `-S`, `-M`.
    var tests = false
    /// `-v`.
    var wantsVersion = false
    /// `-V`.
    var wantsBuild = false
    /// `-h`.
    var wantsHelp = false
    /// `-l`.
    var listsModules = false
    /// `-L`.
    var listsDirectives = false

    /// An option that is none; nil where its value is missing or wrong.
    struct Failure: Error, Hashable {
        var message: String
    }

    init(_ arguments: [String]) throws(Failure) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-"), argument != "-" else {
                throw Failure(message: "")
            }
            var letters = argument.dropFirst()
            while let letter = letters.popFirst() {
                if set(letter) { continue }
                guard "DdfCckeE".contains(letter) else { throw Failure(message: "illegal option -- \(letter)") }
                guard let value = letters.isEmpty ? rest.popFirst() : String(letters) else {
                    throw Failure(message: "option requires an argument -- \(letter)")
                }
                try set(letter, value)
                letters = ""
            }
        }
    }

    /// Sets what a letter alone says; false when it is none of these.
    private mutating func set(_ letter: Character) -> Bool {
        switch letter {
        case "t": tests = true
        case "S": (tests, defines) = (true, defines + ["DUMP_VHOSTS", "DUMP_RUN_CFG"])
        case "M": (tests, defines) = (true, defines + ["DUMP_MODULES"])
        case "X": defines.append("DEBUG")
        case "v": wantsVersion = true
        case "V": wantsBuild = true
        case "h": wantsHelp = true
        case "l": listsModules = true
        case "L": listsDirectives = true
        case "T": break
        default: return false
        }
        return true
    }

    private mutating func set(_ letter: Character, _ value: String) throws(Failure) {
        switch letter {
        case "D": defines.append(value)
        case "d": root = value
        case "f": file = value
        case "C": before.append(value)
        case "c": after.append(value)
        case "E": startLog = value
        case "k":
            guard let known = Request(rawValue: value) else { throw Failure(message: "illegal option -- k") }
            request = known
        default: break
        }
    }

    /// Whether a name is defined.
    func defines(_ name: String) -> Bool { defines.contains(name) }
}
