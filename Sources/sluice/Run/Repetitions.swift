import Source

extension [Diagnostic] {
    /// The first finding of each message, with how often it is said elsewhere: ` (and in 2 other places)`.
    var withoutRepetitions: [(first: Diagnostic, others: String)] {
        var order: [String] = []
        var found: [String: (first: Diagnostic, count: Int)] = [:]
        for diagnostic in self {
            if found[diagnostic.message] == nil { order.append(diagnostic.message) }
            found[diagnostic.message, default: (diagnostic, 0)].count += 1
        }
        return order.compactMap { message in
            found[message].map { entry in
                let others = entry.count - 1
                let places = others == 1 ? "1 other place" : "\(others) other places"
                return (entry.first, others == 0 ? "" : " (and in \(places))")
            }
        }
    }
}
