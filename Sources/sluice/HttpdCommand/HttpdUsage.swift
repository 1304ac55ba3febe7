/// The usage of httpd's command line.
enum HttpdUsage {
    /// The text for a program of this name.
    static func text(_ program: String) -> String {
        let indent = String(repeating: " ", count: program.utf8.count)
        return """
            Usage: \(program) [-D name] [-d directory] [-f file]
                   \(indent) [-C "directive"] [-c "directive"]
                   \(indent) [-k start|restart|graceful|graceful-stop|stop]
                   \(indent) [-v] [-V] [-h] [-l] [-L] [-t] [-T] [-S] [-X]
            Options:

            """ + options
    }

    private static let options = """
          -D name            : define a name for use in <IfDefine name> directives
          -d directory       : specify an alternate initial ServerRoot
          -f file            : specify an alternate ServerConfigFile
          -C "directive"     : process directive before reading config files
          -c "directive"     : process directive after reading config files
          -e level           : show startup errors of level (see LogLevel)
          -E file            : log startup errors to file
          -v                 : show version number
          -V                 : show compile settings
          -h                 : list available command line options (this page)
          -l                 : list compiled in modules
          -L                 : list available configuration directives
          -t -D DUMP_VHOSTS  : show parsed vhost settings
          -t -D DUMP_RUN_CFG : show parsed run settings
          -S                 : a synonym for -t -D DUMP_VHOSTS -D DUMP_RUN_CFG
          -t -D DUMP_MODULES : show all loaded modules
          -M                 : a synonym for -t -D DUMP_MODULES
          -t -D DUMP_INCLUDES: show all included configuration files
          -t                 : run syntax check for config files
          -T                 : start without DocumentRoot(s) check
          -X                 : debug mode (only one worker, do not detach)

        """
}
