extension Head {
    /// Makes the `Status` field the status and the reason of an answer that has no status line; a `Location` without it
    /// is a redirect (RFC 3875, section 6.2).
    ///
    /// With `commonly` it is as httpd does it: a `Location` alone is none, and any number of three digits is a status.
    public mutating func takeGatewayStatus(commonly: Bool) {
        guard let value = value(of: .status) else {
            if !commonly, has(.location) {
                status = 302
                let words = fields.isEmpty ? 0 : startEnd
                (methodEnd, startEnd) = (words, words)
            }
            return
        }
        var code: UInt16 = 0
        var index = value.lowerBound
        while index < value.upperBound, index < value.lowerBound + 3, bytes[index] &- 48 < 10 {
            code = code * 10 + UInt16(bytes[index] &- 48)
            index += 1
        }
        guard index == value.lowerBound + 3, code >= 200 else {
            status = commonly ? 500 : 502
            return
        }
        status = code
        methodEnd = UInt32(truncatingIfNeeded: min(index, value.upperBound))
        startEnd = UInt32(truncatingIfNeeded: value.upperBound)
    }

    /// Gives an answer another status, without words of its own.
    public mutating func judge(_ status: UInt16) {
        self.status = status
        methodEnd = startEnd
    }
}

extension AnswerLength {
    /// How long the body of a gateway's answer is: until the gateway says that it is over, or as the script says.
    ///
    /// `isDropped`: it does not go to the client. `commonly`: what the script says of it is not believed, as httpd does
    /// it. For nginx a length that is no number is none (`ngx_http_upstream_process_content_length`).
    public static func ofGateway(
        _ head: borrowing Head, to method: Method, isDropped: Bool, commonly: Bool
    ) -> AnswerLength {
        if isDropped || head.status == 204 || head.status == 304 || method == .head { return AnswerLength(body: .none) }
        guard !commonly, let first = head.firstIndex(of: .contentLength),
            let length = head.number(head.fields[first].value)
        else { return AnswerLength(body: .untilClose) }
        return AnswerLength(body: length == 0 ? .none : .exactly(length))
    }
}
