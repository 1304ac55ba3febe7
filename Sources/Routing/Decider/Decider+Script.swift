import HTTP
import Pattern

/// The names of scripts, for gateway protocols.
extension Decider {
    /// Puts the path of the script that answers behind the arena's end, or what follows it in the request's path.
    ///
    /// Source: nginx's src/http/modules/ngx_http_fastcgi_module.c, ngx_http_fastcgi_split.
    mutating func appendScript(_ code: OpCode, _ journey: inout Journey) {
        let index = Int(journey.effective)
        let path = journey.path
        if journey.upstream.isCommonGateway {
            journey.repeatText(code == .scriptInfo ? journey.upstream.pathInfo : scriptPath(journey))
            return
        }
        var script = path
        var rest = Slice.empty
        let pattern = tables.effectives[index].scriptSplit
        if pattern >= 0,
            tables.patterns[pattern].match(
                journey.arena.span.extracting(path.range), using: &scratch) == .matched
        {
            script = group(1, of: path)
            rest = group(2, of: path)
        }
        if code == .scriptInfo {
            journey.repeatText(rest)
            return
        }
        journey.repeatText(script)
        if journey.ends(script, in: UInt8(ascii: "/")) {
            let name = tables.effectives[index].scriptIndex
            journey.arena.append(name.range, of: tables.bytes)
        }
    }

    private func group(_ number: Int, of subject: Slice) -> Slice {
        guard let range = scratch[number] else { return .empty }
        let start = Int(subject.start)
        return Slice(start + range.lowerBound..<start + range.upperBound)
    }
}
