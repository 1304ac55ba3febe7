internal import IR
internal import System

/// Whom a worker becomes.
struct Identity: Sendable {
    var name: String
    var user: UInt32
    var group: UInt32

    /// Whom the configuration wants workers to run as; nil: as whoever started the server.
    ///
    /// Only root can become somebody else: for others an unknown name is worth a line and no more.
    static func wanted(by loaded: Loaded) throws(ServerFailure) -> Identity? {
        let process = loaded.configuration.process
        guard let name = process.user?.value else { return nil }
        guard let found = Users.user(named: name) else {
            if Users.isRoot {
                throw ServerFailure(
                    "there is no user \"\(name)\", whom the configuration wants to run as",
                    problems: [.user(name, place: process.user.flatMap { loaded.place($0.origin) })])
            }
            StandardError.say("there is no user \"\(name)\"; serving as the user who started the program")
            return nil
        }
        var group = found.group
        if let groupName = process.group?.value {
            if let number = Users.group(named: groupName) {
                group = number
            } else if Users.isRoot {
                throw ServerFailure(
                    "there is no group \"\(groupName)\", which the configuration wants to run as",
                    problems: [.group(groupName, place: process.group.flatMap { loaded.place($0.origin) })])
            } else {
                StandardError.say("there is no group \"\(groupName)\"; serving as the group of who started the program")
            }
        }
        return Users.isRoot ? Identity(name: name, user: found.user, group: group) : nil
    }

    /// Gives up root for good.
    func assume() throws(SystemError) {
        try Users.become(name, user: user, group: group)
    }
}
