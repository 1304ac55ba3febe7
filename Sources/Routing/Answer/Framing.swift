/// How the body of an answer is delimited on the client's connection.
package enum AnswerFraming: Hashable, Sendable {
    /// There is no body, and no field says how long one would be (1xx, 204, 304).
    case none
    /// So many bytes; with HEAD, so many as GET would bring.
    case length(Int64)
    /// In chunks.
    case chunked
    /// Until the connection is closed.
    case untilClose
}

/// How the body of a request is delimited towards the upstream.
package enum RequestFraming: Hashable, Sendable {
    /// There is no body.
    case none
    /// So many bytes.
    case length(Int64)
    /// In chunks.
    case chunked
}
