internal import CSystem

/// The users and groups of the machine.
public enum Users {
    /// The number of the user that the program runs as.
    public static var current: UInt32 { sl_effective_user() }

    /// Whether the program may do what only root may.
    public static var isRoot: Bool { sl_effective_user() == 0 }

    /// The numbers of a user and its main group; nil when no such user exists.
    ///
    /// `#33` names a number, as in Apache's `User`.
    public static func user(named name: String) -> (user: UInt32, group: UInt32)? {
        if name.first == "#", let number = UInt32(name.dropFirst()) { return (number, number) }
        var user: UInt32 = 0
        var group: UInt32 = 0
        let outcome = unsafe FilePath(name).withPointer { unsafe sl_user($0, $1, &user, &group) }
        return outcome < 0 ? nil : (user, group)
    }

    /// The number of a group; nil when no such group exists.
    public static func group(named name: String) -> UInt32? {
        if name.first == "#", let number = UInt32(name.dropFirst()) { return number }
        var group: UInt32 = 0
        let outcome = unsafe FilePath(name).withPointer { unsafe sl_group($0, $1, &group) }
        return outcome < 0 ? nil : group
    }

    /// Gives up root for good: this user, this group, and the groups the user is in.
    public static func become(_ name: String, user: UInt32, group: UInt32) throws(SystemError) {
        let outcome = unsafe FilePath(name).withPointer { unsafe sl_become($0, $1, user, group) }
        if outcome < 0 { throw SystemError("become the user", name, code: outcome) }
    }

    /// Makes a file another user's.
    public static func give(_ path: FilePath, to user: UInt32, group: UInt32) throws(SystemError) {
        let outcome = unsafe path.withPointer { unsafe sl_change_owner($0, $1, user, group) }
        if outcome < 0 { throw SystemError("change the owner of", path, code: outcome) }
    }
}
