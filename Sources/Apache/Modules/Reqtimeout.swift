import IR
import Language
import Source

/// mod_reqtimeout: how slowly a request may come in.
enum Reqtimeout {
    /// The module.
    static let module = Module<ApacheLowering>(
        "mod_reqtimeout",
        [
            Entry("RequestReadTimeout", in: .server, .oneOrMore, summary: "Says how slowly a request may come in.") {
                $1.lowerRequestReadTimeout($0)
            }
        ])
}

extension ApacheLowering {
    /// `header=20-40,MinRate=500 body=20,MinRate=500 handshake=0`.
    fileprivate mutating func lowerRequestReadTimeout(_ directive: Directive) {
        for argument in directive.arguments {
            let parts = argument.text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, ["header", "body", "handshake"].contains(parts[0].lowercased()) else {
                return invalid(
                    "`\(argument.text)` is no stage and its time", at: argument, why: "the server refuses to start",
                    help: "write it as in `header=20-40,MinRate=500`")
            }
            guard let pace = pace(parts[1]) else {
                return invalid(
                    "`\(parts[1])` is no time", at: argument, why: "the server refuses to start",
                    help: "write seconds, or a span and a rate as in `20-40,MinRate=500`")
            }
            switch parts[0].lowercased() {
            case "header": servers[server].reading.headerPace = pace
            case "body": settings.limits.bodyPace = Stated(pace, origin(directive))
            case "handshake" where pace.time > 0:
                // What it may take longer by its rate is not counted, so that it gets all of it.
                servers[server].reading.handshakePace = ReadingPace(time: pace.most ?? pace.time)
            default: break
            }
        }
    }

    /// `20`, `20-40`, `20,MinRate=500`, `20-40,MinRate=500`; 0 is any time.
    private func pace(_ text: Substring) -> ReadingPace? {
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
        let ends = words[0].split(separator: "-", omittingEmptySubsequences: false).map { Double($0) }
        guard words.count <= 2, (1...2).contains(ends.count), let time = ends[0], let last = ends[ends.count - 1],
            ends.count == 1 || last > time
        else { return nil }
        var pace = ReadingPace(time: time, most: ends.count == 2 ? last : nil)
        if words.count == 2 {
            guard words[1].lowercased().hasPrefix("minrate="), let rate = Int(words[1].dropFirst(8)), rate > 0 else {
                return nil
            }
            pace.rate = rate
        }
        return ends.count == 2 && pace.rate == nil ? nil : pace
    }
}
