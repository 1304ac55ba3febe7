/// Serves a configuration in the foreground.
package enum Server {
    /// Listens, serves with threads of the given kind, and returns when it was told to end.
    ///
    /// Call it before any thread exists. It takes over the signals of the process for good. What keeps it from starting
    /// is a `ServerFailure` or `SystemError`.
    package static func run<Member: ServingThread>(
        _ loaded: Loaded, loader: Loader, options: ServerOptions, serving: Member.Type
    ) throws {
        let master = try Master<Member>(loaded, loader: loader, options: options)
        try master.run()
    }
}
