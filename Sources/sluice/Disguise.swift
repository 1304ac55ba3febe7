import ArgumentParser

/// The command lines of the two servers, by the name that the program is started under or by its first argument.
enum Disguise {
    private enum Face {
        case nginx
        case httpd(HttpdCommand.Name)
    }

    /// Runs the command line of a server; its exit status, or nil if that is not asked for.
    static func run(_ words: [String]) -> Int32? {
        guard let first = words.first else { return nil }
        if let face = face(named: first) { return run(face, Array(words.dropFirst()), program: words) }
        guard let second = words.dropFirst().first, !second.contains("/"), let face = face(named: second) else {
            return nil
        }
        return run(face, Array(words.dropFirst(2)), program: words)
    }

    private static func run(_ face: Face, _ arguments: [String], program: [String]) -> Int32 {
        switch face {
        case .nginx: NginxCommand.run(arguments, program: program)
        case .httpd(let name): HttpdCommand.run(arguments, as: name, path: program[0])
        }
    }

    private static func face(named path: String) -> Face? {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name == "nginx" ? .nginx : HttpdCommand.Name(rawValue: name).map { .httpd($0) }
    }
}

/// `sluice nginx` in the list of commands; its arguments are read elsewhere.
struct NginxEntry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nginx", abstract: "nginx's command line: -t, -T, -s reload and all the rest.")
}

/// `sluice httpd` in the list of commands; its arguments are read elsewhere.
struct HttpdEntry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "httpd", abstract: "httpd's command line: -t, -S, -k graceful and all the rest.")
}
