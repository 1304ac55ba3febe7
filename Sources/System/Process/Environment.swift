internal import CSystem

/// The variables that the program was started with.
public enum Environment {
    /// All variables in the order of the environment; bytes that are not UTF-8 become U+FFFD.
    public static func all() -> [(name: String, value: String)] {
        var variables: [(name: String, value: String)] = []
        var index = 0
        while let entry = unsafe sl_environment_at(index) {
            let text = unsafe String(cString: entry)
            index += 1
            guard let equals = text.firstIndex(of: "=") else { continue }
            variables.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
        }
        return variables
    }

    /// The value of a variable; nil when it is not set.
    public static func value(of name: String) -> String? {
        all().first { $0.name == name }?.value
    }
}
