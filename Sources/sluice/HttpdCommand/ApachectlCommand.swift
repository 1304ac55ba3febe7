import Source
import System

/// apachectl, as Debian's apache2ctl has it: words instead of options, and variables that say where things are.
struct ApachectlCommand {
    /// The path that it was started by.
    var path: String

    /// Does what the words say; the exit status.
    func run(_ words: [String]) -> Int32 {
        guard let word = words.first, !["usage", "help", "--help"].contains(word) || words.count > 1 else {
            Terminal.warn(usage)
            return 1
        }
        let status = outcome(of: words)
        if status != 0 {
            let quoted = words.joined(separator: " ")
            Terminal.say("Action '\(quoted)' failed.\nThe Apache error log may have more information.\n")
        }
        return status
    }

    private func outcome(of words: [String]) -> Int32 {
        switch words.count == 1 ? words[0] : "" {
        case "start", "stop", "graceful-stop", "restart", "graceful": return httpd(["-k", words[0]])
        case "configtest": return httpd(["-t"])
        case "status", "fullstatus":
            return page(isFull: words[0] == "fullstatus")
        case "startssl", "sslstart", "start-SSL":
            Terminal.say(
                """
                The startssl option is no longer supported.
                Please edit httpd.conf to include the SSL configuration settings
                and then use "apachectl start".

                """)
            return 2
        default: return httpd(words)
        }
    }

    /// Runs httpd's own command line, with the folder and the arguments of the environment.
    private func httpd(_ arguments: [String]) -> Int32 {
        let more = Environment.value(of: "APACHE_ARGUMENTS").map { $0.split(separator: " ").map(String.init) } ?? []
        let all = (folder == HttpdConfiguration.builtRoot ? [] : ["-d", folder]) + more + arguments
        HttpdConfiguration.makeFolders(of: folder)
        // The server is looked for by the name of apache2 (`pgrep` in Debian's rotation of logs).
        if let twin, let process = try? ChildProcess.start([twin] + all) {
            return ChildProcess.ended(process, blocking: true)?.status ?? 1
        }
        return HttpdCommand.run(all, named: "apache2")
    }

    /// This program under the name apache2, beside the name that it was started by.
    private var twin: String? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        let twin = path[...slash] + "apache2"
        let isTwin = Files.resolved(FilePath(twin)) == Files.resolved("/proc/self/exe")
        return isTwin && Files.kind(of: FilePath(twin)) != nil ? String(twin) : nil
    }

    private var folder: String { Environment.value(of: "APACHE_CONFDIR") ?? HttpdConfiguration.builtRoot }

    /// mod_status's page, by the program that Debian calls for it.
    private func page(isFull: Bool) -> Int32 {
        let browser = Environment.value(of: "APACHE_LYNX") ?? "www-browser -dump"
        let address = Environment.value(of: "APACHE_STATUSURL") ?? "http://localhost:80/server-status"
        let command = browser.split(separator: " ").map(String.init) + [address]
        let filter = "awk ' /process$/ { print; exit } { print } '"
        let script = command.joined(separator: " ") + (isFull ? "" : " | \(filter)")
        guard let process = try? ChildProcess.start(["sh", "-c", script]),
            let ended = ChildProcess.ended(process, blocking: true), ended.status == 0
        else {
            Terminal.warn("'\(command.joined(separator: " "))' failed.\n")
            return 1
        }
        return 0
    }

    private var usage: String {
        let name = path
        return """
            Usage: \(name) start|stop|restart|graceful|graceful-stop|configtest|status|fullstatus|help
                   \(name) <apache2 args>
                   \(name) -h            (for help on <apache2 args>)

            """
    }
}
