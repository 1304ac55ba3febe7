/// Input that could not be read, or a wrong wish: said on standard error, exit status 2.
struct InputFailure: Error, Hashable, CustomStringConvertible {
    /// What is wrong.
    var message: String
    /// What to do about it.
    var help: String?

    init(_ message: String, help: String? = nil) {
        self.message = message
        self.help = help
    }

    var description: String { help.map { "\(message)\n  help: \($0)" } ?? message }
}
