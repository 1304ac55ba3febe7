import IR
import Language

/// The process: users, files, threads (mod_unixd, the MPMs, server/mpm_common.c).
enum CoreProcess {
    /// mod_unixd's directives.
    static let unixd: [Entry<ApacheLowering>] = [
        Entry("User", in: .main, .one, summary: "Names the user that requests are served as.") { directive, state in
            guard let text = directive.arguments.first?.text else { return }
            state.configuration.process.user = Stated(text, state.origin(directive))
        },
        Entry("Group", in: .main, .one, summary: "Names the group that requests are served as.") { directive, state in
            guard let text = directive.arguments.first?.text else { return }
            state.configuration.process.group = Stated(text, state.origin(directive))
        },
        .known("ChrootDir", in: .main, .one, summary: "Makes a folder the root of the file system."),
        .ignored("Suexec", in: .main, .flag, summary: "Says whether programs may run as other users."),
    ]

    /// What all MPMs have in common.
    static let common: [Entry<ApacheLowering>] = [
        Entry("PidFile", in: .main, .one, summary: "Names the file that the process id is written to.") {
            directive, state in
            guard let text = directive.arguments.first?.text else { return }
            state.configuration.process.pidFile = Stated(state.filePath(text), state.origin(directive))
        },
        .ignored("ScoreBoardFile", in: .main, .one, summary: "Names the file that processes share."),
        .ignored("ExtendedStatus", in: .main, .flag, summary: "Collects more for the status report."),
        .ignored("SeeRequestTail", in: .main, .flag, summary: "Shows the end of long request lines in the report."),
        .ignored("CoreDumpDirectory", in: .main, .one, summary: "Names the folder that crashes leave their memory in."),
        .ignored("MaxMemFree", in: .main, .one, summary: "Tunes how much memory is held back."),
        .ignored("ThreadStackSize", in: .main, .one, summary: "Sets the size of threads' stacks."),
        .ignored("MaxConnectionsPerChild", in: .main, .one, summary: "Ends a process after so many connections."),
        .ignored("MaxRequestsPerChild", in: .main, .one, summary: "The old name of MaxConnectionsPerChild."),
        .ignored("StartServers", in: .main, .one, summary: "Tunes how many processes begin."),
        .ignored("ServerLimit", in: .main, .one, summary: "Limits the number of processes."),
        .ignored("MinSpareServers", in: .main, .one, summary: "Tunes how many processes wait at least."),
        .ignored("MaxSpareServers", in: .main, .one, summary: "Tunes how many processes wait at most."),
        .ignored("MinSpareThreads", in: .main, .one, summary: "Tunes how many threads wait at least."),
        .ignored("MaxSpareThreads", in: .main, .one, summary: "Tunes how many threads wait at most."),
        .ignored("MaxRequestWorkers", in: .main, .one, summary: "Limits how many requests are served at once."),
        .ignored("MaxClients", in: .main, .one, summary: "The old name of MaxRequestWorkers."),
        .ignored("ThreadsPerChild", in: .main, .one, summary: "Sets the number of threads of a process."),
        .ignored("ThreadLimit", in: .main, .one, summary: "Limits the number of threads of a process."),
        .ignored("AsyncRequestWorkerFactor", in: .main, .one, summary: "Tunes how many idle connections are kept."),
        Entry("GracefulShutdownTimeout", in: .main, .one, summary: "Says how long a graceful stop may take.") {
            directive, state in
            guard let argument = directive.arguments.first, let time = state.seconds(argument, of: directive) else {
                return
            }
            state.configuration.process.gracefulStop = Stated(time == 0 ? nil : time, state.origin(directive))
        },
        .ignored("ListenBacklog", in: .main, .one, summary: "Sets how many connections may wait to be taken."),
        .ignored("ListenCoresBucketsRatio", in: .main, .one, summary: "Tunes how sockets are shared by processes."),
        .ignored("ListenTCPDeferAccept", in: .main, .one, summary: "Tunes when the kernel hands a connection over."),
        .ignored("AcceptFilter", in: .main, .two, summary: "Tunes when the kernel hands a connection over."),
        .ignored("SendBufferSize", in: .main, .one, summary: "Sets the size of sockets' send buffers."),
        .ignored("ReceiveBufferSize", in: .main, .one, summary: "Sets the size of sockets' receive buffers."),
        .ignored("EnableExceptionHook", in: .main, .one, summary: "Lets modules act when a process crashes."),
        .ignored("Mutex", in: .main, .oneOrMore, summary: "Says how processes lock each other out."),
        .ignored("DefaultRuntimeDir", in: .main, .one, summary: "Names the folder of files of the running server."),
        .ignored("RLimitCPU", in: .anywhere, .oneOrTwo, summary: "Limits the processor time of started programs."),
        .ignored("RLimitMEM", in: .anywhere, .oneOrTwo, summary: "Limits the memory of started programs."),
        .ignored("RLimitNPROC", in: .anywhere, .oneOrTwo, summary: "Limits the number of started programs."),
    ]

    /// What reading has dealt with already: the rows are here so that the names are known.
    static let reading: [Entry<ApacheLowering>] = [
        conditional("<IfModule", "Is read only where a module is loaded, or with `!` only where it is not."),
        conditional("<IfDefine", "Is read only where a name is defined, or with `!` only where it is not."),
        conditional("<IfVersion", "Is read only by some versions of the server."),
        conditional("<IfDirective", "Is read only where a directive is known."),
        conditional("<IfSection", "Is read only where a section is known."),
        conditional("<IfFile", "Is read only where a file exists."),
        done("Define", .anywhere, .oneOrTwo, "Defines a name, and the value that `${name}` has."),
        done("UnDefine", .files, .one, "Forgets a name."),
        done("Include", .files, .one, "Reads other files in its place, which must exist."),
        done("IncludeOptional", .files, .one, "Reads other files in its place, if they exist."),
        done("Error", .anywhere, .raw, "Stops reading with a message."),
    ]

    /// mod_so's directives.
    static let modules: [Entry<ApacheLowering>] = [
        done("LoadModule", .files, .two, "Loads a module."),
        done("LoadFile", .files, .oneOrMore, "Loads a library that modules need."),
    ]

    /// mod_macro's directives.
    static let macros: [Entry<ApacheLowering>] = [
        Entry("<Macro", in: .anywhere, .any, block: true, summary: "Defines lines that `Use` puts elsewhere.") { _, _ in
        },
        done("Use", .anywhere, .oneOrMore, "Puts a macro's lines in its place."),
        done("UndefMacro", .files, .one, "Forgets a macro."),
        .ignored("MacroIgnoreEmptyArgs", in: .main, .any, summary: "Was about warnings; has no effect."),
        .ignored("MacroIgnoreBadNesting", in: .main, .any, summary: "Was about warnings; has no effect."),
    ]

    private static func conditional(_ name: String, _ summary: String) -> Entry<ApacheLowering> {
        Entry(name, in: .anywhere, .any, block: true, summary: summary) { directive, state in
            state.lower(directive.children)
        }
    }

    private static func done(
        _ name: String, _ contexts: ContextSet, _ arity: Arity, _ summary: String
    ) -> Entry<ApacheLowering> {
        Entry(name, in: contexts, arity, summary: summary) { _, _ in }
    }
}
