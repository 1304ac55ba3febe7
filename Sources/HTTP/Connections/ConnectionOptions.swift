/// What the `Connection` fields of a message ask for (RFC 9110, section 7.6.1).
public struct ConnectionOptions: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    @inlinable public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The connection closes behind this message.
    @inlinable public static var close: ConnectionOptions { ConnectionOptions(rawValue: 1) }
    /// The connection stays open, in HTTP/1.0.
    @inlinable public static var keepAlive: ConnectionOptions { ConnectionOptions(rawValue: 2) }
    /// The `Upgrade` field is meant for the next peer.
    @inlinable public static var upgrade: ConnectionOptions { ConnectionOptions(rawValue: 4) }
    /// Some field of the message is named, and so concerns this connection only.
    @inlinable public static var namesFields: ConnectionOptions { ConnectionOptions(rawValue: 8) }
}

extension Head {
    /// Reads the `Connection` fields and marks the fields that they name.
    ///
    /// `Host`, `Cookie` and what frames the message cannot be named away: a client could otherwise change a request
    /// behind the back of the rules that let it in.
    public mutating func readConnectionOptions() -> ConnectionOptions {
        guard let first = firstIndex(of: .connection) else { return [] }
        // Nearly all heads have one such field of one word.
        if !repeated.contains(.connection) {
            if isText(fields[first].value, "keep-alive") { return .keepAlive }
            if isText(fields[first].value, "close") { return .close }
        }
        return readConnectionLists()
    }

    private mutating func readConnectionLists() -> ConnectionOptions {
        var options = ConnectionOptions(rawValue: 0)
        var named: [Range<Int>] = []
        for index in fields.indices where fields[index].id == .connection {
            forEachElement(of: fields[index].value) { element in
                if isText(element, "close") {
                    options.insert(.close)
                } else if isText(element, "keep-alive") {
                    options.insert(.keepAlive)
                } else if isText(element, "upgrade") {
                    options.insert(.upgrade)
                } else {
                    named.append(element)
                }
            }
        }
        if named.isEmpty { return options }
        for element in named where markFields(named: element) { options.insert(.namesFields) }
        return options
    }

    private mutating func markFields(named element: Range<Int>) -> Bool {
        var found = false
        for index in fields.indices where fields[index].name.count == element.count {
            switch fields[index].id {
            case .host, .cookie, .contentLength, .transferEncoding, .connection: continue
            default: break
            }
            if isSameName(fields[index].name, element) {
                fields[index].isNamedByConnection = true
                found = true
            }
        }
        return found
    }

    private func isSameName(_ name: Range<Int>, _ element: Range<Int>) -> Bool {
        for offset in 0..<name.count
        where lowered(bytes[name.lowerBound + offset]) != lowered(bytes[element.lowerBound + offset]) { return false }
        return true
    }

    /// Whether the peer that wrote this message keeps the connection open behind it (RFC 9112, section 9.3).
    public func persists(_ options: ConnectionOptions) -> Bool {
        if options.contains(.close) { return false }
        return version >= .v11 || (version == .v10 && options.contains(.keepAlive))
    }

    /// What the `Expect` field of a request asks for (RFC 9110, section 10.1.1).
    public var expectation: ContinueExpectation {
        if !has(.expect) { return .none }
        for index in fields.indices
        where fields[index].id == .expect && !isText(fields[index].value, "100-continue") { return .unknown }
        return version >= .v11 ? .continue : .none
    }
}

/// What a client waits for before it sends a body.
public enum ContinueExpectation: Hashable, Sendable {
    case none
    /// A 100, or the answer.
    case `continue`
    /// Something nobody knows; a strict server answers 417.
    case unknown
}
