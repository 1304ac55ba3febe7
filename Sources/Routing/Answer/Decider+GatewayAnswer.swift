import HTTP
import IR
import System

/// What becomes of an application's answer where calls go by the rules of CGI.
extension Decider {
    /// Judges the client's conditions by what the answer says of itself, unless the script has judged already; true if
    /// the answer's body does not go to the client.
    ///
    /// Source: httpd's server/util_script.c, ap_scan_script_header_err_core_ex.
    package mutating func judgeGatewayAnswer(_ journey: inout Journey) -> Bool {
        // A page for an error has no conditions.
        guard journey.isGet || journey.isHead, !journey.answer.has(.status), !journey.handlingError else {
            return false
        }
        journey.tag = journey.answer.value(of: .eTag).map { journey.putAnswer($0) } ?? .absent
        let modified = journey.answer.value(of: .lastModified).flatMap {
            HTTPDate.parse(journey.answer.bytes[$0], now: journey.now.seconds)
        }
        // An answer without a date counts as made now.
        journey.file.seconds = modified ?? journey.now.seconds
        let status = precondition(&journey)
        journey.tag = .absent
        journey.file = FileFact(kind: .missing)
        guard let status else { return false }
        journey.answer.judge(UInt16(clamping: status))
        return true
    }

    /// The fields of an application's answer that are not for the client.
    func ofGateway(_ journey: borrowing Journey) -> FieldNames {
        guard journey.upstream.isCommonGateway else { return .none }
        let status = FieldNames(.status)
        return journey.status == 204 || journey.status == 304 ? status.with(.contentType) : status
    }
}
