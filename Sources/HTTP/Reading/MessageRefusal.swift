/// Why a message is not read any further.
public enum MessageRefusal: Hashable, Sendable, CaseIterable {
    case bareLF, folding, controlByte, bareCR
    case badStartLine, unknownMethod, lowerCaseMethod, missingVersion, laterVersion, lineTooLong
    case fieldWithoutColon, badFieldName, underscore, oddFieldName, fieldTooLong, tooManyFields, headTooLarge
    case missingHost, repeatedHost, badHost
    case lengthAndChunked, badLength, repeatedLength, badCoding, unknownCoding
    case badChunk, trailersTooLarge

    /// What is wrong, in words that fit behind "the client sent".
    public var description: String {
        switch self {
        case .bareLF: "a line that ends without CR"
        case .folding: "a folded header field"
        case .controlByte: "a control byte in a header field"
        case .bareCR: "a CR that ends no line"
        case .badStartLine: "a first line that is no HTTP"
        case .unknownMethod: "a method that is not known"
        case .lowerCaseMethod: "a method in small letters"
        case .missingVersion: "a request line without a version"
        case .laterVersion: "a version that is not spoken here"
        case .lineTooLong: "a first line that is too long"
        case .fieldWithoutColon: "a header field without a colon"
        case .badFieldName: "a header field with an impossible name"
        case .underscore: "a header field with an underscore in its name"
        case .oddFieldName: "a header field with an odd name"
        case .fieldTooLong: "a header field that is too long"
        case .tooManyFields: "too many header fields"
        case .headTooLarge: "a head that is too large"
        case .missingHost: "no Host field"
        case .repeatedHost: "more than one Host field"
        case .badHost: "a Host field that is no host"
        case .lengthAndChunked: "both Content-Length and Transfer-Encoding"
        case .badLength: "a Content-Length that is no number"
        case .repeatedLength: "more than one Content-Length"
        case .badCoding: "a Transfer-Encoding that does not end with chunked"
        case .unknownCoding: "a Transfer-Encoding that is not known"
        case .badChunk: "a malformed chunk"
        case .trailersTooLarge: "trailers that are too large"
        }
    }
}
