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

    /// Sets a variable for this process and the programs it starts; only while there is one thread.
    public static func set(_ name: String, to value: String) {
        _ = unsafe FilePath(name).withPointer { name, length in
            unsafe FilePath(value).withPointer { unsafe sl_set_environment(name, length, $0, $1) }
        }
    }

    /// Removes a variable; only while there is one thread.
    public static func remove(_ name: String) {
        _ = unsafe FilePath(name).withPointer { unsafe sl_unset_environment($0, $1) }
    }
}
