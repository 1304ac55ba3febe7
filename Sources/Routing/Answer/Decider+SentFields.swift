import HTTP
import IR

/// The fields that an answer was sent with, for logs and conditions that ask for them.
///
/// `fields` belongs to whichever answer was put together last; another request's may come between an answer and its
/// log line. What a plan asks for by name is therefore kept with the journey.
extension Decider {
    /// Keeps the fields that the plan asks for, once all edits are done.
    mutating func keepSentFields(_ journey: inout Journey) {
        for name in tables.sentNames {
            for index in fields.entries.indices where fields.matches(index, tables.bytes[name.range]) {
                let start = journey.arena.count
                fields.appendValue(index, to: &journey.arena)
                journey.sentFields.append((name.start, journey.since(start)))
                break
            }
        }
    }

    /// Puts a field that this answer is sent with behind the arena's end; false if it has none of this name.
    func appendSent(_ op: Op, _ journey: inout Journey) -> Bool {
        if journey.isComposing {
            let name = tables.bytes[Int(op.a)..<Int(op.a) + Int(op.b)]
            for index in fields.entries.indices where fields.matches(index, name) {
                fields.appendValue(index, to: &journey.arena)
                return true
            }
            return false
        }
        for (name, value) in journey.sentFields where name == op.a {
            journey.repeatText(value)
            return true
        }
        return false
    }

    /// Puts the location of the answer that is being made behind the arena's end, escaped for a page as httpd does
    /// (server/util.c, ap_escape_html2).
    func appendLocationAsHTML(_ journey: inout Journey) {
        for index in journey.location.range {
            let byte = journey.arena[index]
            switch byte {
            case UInt8(ascii: "<"): journey.arena.append("&lt;")
            case UInt8(ascii: ">"): journey.arena.append("&gt;")
            case UInt8(ascii: "&"): journey.arena.append("&amp;")
            case UInt8(ascii: "\""): journey.arena.append("&quot;")
            default: journey.arena.append(byte)
            }
        }
    }
}
