import IR
import Language

/// The process: `ngx_core_module`.
enum Core {
    static let module = Module<NginxLowering>(
        "ngx_core_module",
        [
            Entry("user", in: .main, .oneOrTwo, summary: "Names the user and group that workers run as.") {
                directive, state in
                let origin = state.origin(directive)
                state.configuration.process.user = Stated(directive.arguments[0].text, origin)
                if directive.arguments.count > 1 {
                    state.configuration.process.group = Stated(directive.arguments[1].text, origin)
                }
            },
            Entry("worker_processes", in: .main, .one, summary: "Says how many workers serve.") { directive, state in
                let argument = directive.arguments[0]
                let origin = state.origin(directive)
                if argument.text == "auto" {
                    state.configuration.process.workers = Stated(nil, origin)
                } else if let count = state.number(argument, of: "worker_processes") {
                    state.configuration.process.workers = Stated(max(1, count), origin)
                }
            },
            Entry("pid", in: .main, .one, summary: "Names the file that holds the process id.") { directive, state in
                let path = directive.arguments[0].text
                guard path != "off" else { return }
                state.configuration.process.pidFile = Stated(
                    state.fullPath(path, below: state.prefix), state.origin(directive))
            },
            Entry("worker_shutdown_timeout", in: .main, .one, summary: "Limits how long a graceful stop may take.") {
                directive, state in
                guard let seconds = state.seconds(directive.arguments[0], of: directive.name) else { return }
                state.configuration.process.gracefulStop = Stated(seconds, state.origin(directive))
            },
            .ignored("daemon", in: .main, .flag, summary: "Puts the server into the background."),
            .ignored("master_process", in: .main, .flag, summary: "Starts workers beside the master."),
            .ignored("timer_resolution", in: .main, .one, summary: "Makes workers look at the clock less often."),
            .ignored("lock_file", in: .main, .one, summary: "Names the lock file of systems without atomics."),
            .ignored("debug_points", in: .main, .one, summary: "Stops at internal debugging points."),
            .ignored("working_directory", in: .main, .one, summary: "Names the folder for core dumps."),
            .ignored("env", in: .main, .one, summary: "Keeps a variable of the environment."),
            .ignored("worker_priority", in: .main, .one, summary: "Sets the workers' scheduling priority."),
            .ignored("worker_cpu_affinity", in: .main, .oneOrMore, summary: "Binds workers to processors."),
            .ignored("worker_rlimit_nofile", in: .main, .one, summary: "Raises the limit of open files."),
            .ignored("worker_rlimit_core", in: .main, .one, summary: "Raises the limit of core dumps."),
            .ignored("load_module", in: .main, .one, summary: "Loads a dynamic module."),
            .ignored("thread_pool", in: .main, .between(2, 3), summary: "Defines threads for reading files."),
            .ignored("pcre_jit", in: .main, .flag, summary: "Compiles patterns to machine code."),
            .ignored("ssl_engine", in: .main, .one, summary: "Names a hardware accelerator for TLS."),
            .ignored("ssl_object_cache_inheritable", in: .main, .flag, summary: "Keeps TLS objects over a reload."),
            .ignored("include", in: [], .one, summary: "Reads other files in its place."),
        ])

    /// `ngx_errlog_module`.
    static let errorLog = Module<NginxLowering>(
        "ngx_errlog_module",
        [
            Entry(
                "error_log", in: [.main, .http, .server, .location], .oneOrMore,
                summary: "Says where errors are written, from which level on."
            ) { directive, state in
                state.lowerErrorLog(directive)
            },
            .ignored(
                "error_log", in: [.mail, .mailServer, .stream, .streamServer], .oneOrMore,
                summary: "Says where errors are written."),
        ])

    /// `ngx_events_module`, `ngx_event_core_module` and what polls.
    static let events = Module<NginxLowering>(
        "ngx_event_core_module",
        [
            Entry("events", in: .main, .none, block: true, summary: "Holds what concerns connections.") {
                directive, state in
                _ = state.read(directive, as: .events)
            },
            Entry("worker_connections", in: .events, .one, summary: "Limits the connections of a worker.") {
                directive, state in
                guard let count = state.number(directive.arguments[0], of: directive.name) else { return }
                state.configuration.process.connections = Stated(count, state.origin(directive))
            },
            .ignored("use", in: .events, .one, summary: "Chooses how events are waited for."),
            .ignored("multi_accept", in: .events, .flag, summary: "Accepts several connections at once."),
            .ignored("accept_mutex", in: .events, .flag, summary: "Lets workers accept in turn."),
            .ignored("accept_mutex_delay", in: .events, .one, summary: "Waits before trying to accept again."),
            .ignored("debug_connection", in: .events, .one, summary: "Logs more for some clients."),
            .ignored("epoll_events", in: .events, .one, summary: "Says how many events one call takes."),
            .ignored("worker_aio_requests", in: .events, .one, summary: "Limits asynchronous reads."),
            .ignored("devpoll_changes", in: .events, .one, summary: "Tunes /dev/poll."),
            .ignored("devpoll_events", in: .events, .one, summary: "Tunes /dev/poll."),
            .ignored("kqueue_changes", in: .events, .one, summary: "Tunes kqueue."),
            .ignored("kqueue_events", in: .events, .one, summary: "Tunes kqueue."),
        ])
}

extension NginxLowering {
    /// `error_log FILE [LEVEL]`.
    fileprivate mutating func lowerErrorLog(_ directive: Directive) {
        let target = directive.arguments[0].text
        var log = ErrorLog()
        if directive.arguments.count > 1 {
            let levels = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"]
            let known = Dictionary(uniqueKeysWithValues: levels.map { ($0, $0) })
            // A debugging build takes more words than one, all of them beginning with "debug".
            let isDebugging = directive.arguments[1].text.hasPrefix("debug")
            guard let level = isDebugging ? "debug" : word(directive.arguments[1], of: "error_log", known) else {
                return
            }
            log.level = level
        }
        if target.hasPrefix("syslog:") || target.hasPrefix("memory:") {
            log.other = target
        } else if target != "stderr" {
            log.file = fullPath(target, below: prefix)
        }
        let stated = Stated(log, origin(directive))
        if level.kind == .main {
            guard configuration.process.errorLog == nil else { return }
            configuration.process.errorLog = stated
        }
        if settings.log.error == nil { settings.log.error = stated }
    }
}
