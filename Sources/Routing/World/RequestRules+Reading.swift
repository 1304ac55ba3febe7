package import HTTP
package import IR

extension RequestRules {
    /// The rules of a listener, as the parser of heads wants them.
    package init(_ reading: Reading) {
        self.init()
        bareLF = Leniency(reading.bareLF)
        folding = Leniency(reading.folding)
        lengthAndChunked = Leniency(reading.lengthAndChunked)
        unknownCoding = UInt16(clamping: reading.unknownCoding)
        unknownMethod = Leniency(reading.unknownMethod)
        lowerCaseMethod = Leniency(reading.lowerCaseMethod)
        underscores = Leniency(reading.underscores)
        oddHeaderNames = Leniency(reading.oddHeaderNames)
        controlBytes = Leniency(reading.controlBytes)
        laterVersion = Leniency(reading.laterVersion)
        missingHost = .answer(UInt16(clamping: reading.hostNames.missingIn11))
        lineLimit = reading.lineLimit
        lineTooLong = UInt16(clamping: reading.lineTooLong)
        fieldLimit = reading.fieldLimit
        fieldCount = reading.fieldCount ?? Int.max
        totalLimit = reading.totalLimit
    }
}

extension Leniency {
    /// The same, as the parser says it.
    fileprivate init(_ refusal: Refusal) {
        switch refusal {
        case .accept: self = .accept
        case .drop: self = .drop
        case .answer(let status): self = .answer(UInt16(clamping: status))
        }
    }
}
