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
            let words = parts[1].split(separator: ",")
            guard let first = words.first?.split(separator: "-").first, let time = Double(first) else {
                return invalid("a time is missing in `\(argument.text)`", at: argument, help: "write seconds")
            }
            let rate = words.first { $0.lowercased().hasPrefix("minrate=") }.flatMap { Int($0.dropFirst(8)) }
            switch parts[0].lowercased() {
            case "header":
                // 0 is no limit for httpd; a day is as good, and leaves no connection behind for ever.
                servers[server].reading.headerTime = time == 0 ? 86_400 : time
                servers[server].reading.rate = rate
            case "body" where time > 0:
                settings.limits.bodyTime = Stated(time, origin(directive))
            default: break
            }
        }
    }
}
