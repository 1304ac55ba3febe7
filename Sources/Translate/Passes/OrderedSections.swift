import IR
import Language

/// Makes scopes of which each request stands in one into sections that overlap.
struct OrderedSections {
    var configuration: Configuration
    var losses: [Loss] = []
    var settled: Set<ID<Origin>> = []

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    mutating func run() {}
}
