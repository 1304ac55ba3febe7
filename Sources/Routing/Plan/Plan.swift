package import IR

/// A configuration compiled for deciding: immutable, shared by all threads, swapped whole by a reload.
///
/// The IR is for reading, changing and emitting; only the plan decides, also for `explain`.
package final class Plan: Sendable {
    /// What it was compiled from; folds that were not foreseen read its layers.
    package let configuration: Configuration
    /// What deciding looks at.
    let shared: SharedTables
    /// What compiling found: patterns that PCRE2 refuses, and the like.
    package let problems: [PlanProblem]

    /// Compiles a configuration.
    package init(_ configuration: Configuration) {
        var compiler = PlanCompiler(configuration)
        compiler.compile()
        self.configuration = configuration
        shared = SharedTables(compiler.tables.copy())
        problems = compiler.problems
    }

    /// Paths of access logs that are known from the start, by the number that `LogLine.sink` gives.
    package var logPaths: [String] { shared.tables.logPaths }

    /// The ways to speak TLS with upstreams, by the number that `UpstreamTarget.tls` gives.
    package var upstreamTLS: [UpstreamTLS] { shared.tables.upstreamTLS }

    /// The error logs that settings name, by the number that `Decider.errorLog` gives.
    package var errorLogs: [ErrorLog] { shared.tables.errorLogs }
}

/// Lists that many threads read: immutable, so that reading needs no check.
final class SharedTables: Sendable {
    let tables: Tables
    /// Some text names the address of the upstream that was asked.
    let tellAddresses: Bool

    init(_ tables: consuming Tables) {
        tellAddresses =
            tables.ops.contains { $0.code == .upstreamAddress }
            || tables.logPieces.contains { $0.op.code == .upstreamAddress }
        self.tables = tables
    }
}

/// Something that could not be compiled.
package struct PlanProblem: Hashable, Sendable {
    /// What is wrong.
    package var message: String
    /// Who wrote it.
    package var origin: ID<Origin>

    package init(message: String, origin: ID<Origin>) {
        self.message = message
        self.origin = origin
    }
}
