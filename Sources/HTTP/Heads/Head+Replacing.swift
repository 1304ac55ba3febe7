extension Head {
    /// Puts one field of this name in the place of all that have it, or none; in lower case it finds any case.
    ///
    /// The head, a request's, is written anew, so ranges into it hold no longer.
    public mutating func replaceFields(named name: [UInt8], with value: [UInt8]?) {
        var head = Head()
        head.begin(method: bytes[methodBytes], target: bytes[target], version: version)
        for index in fields.indices where !matches(fields[index].name, name.span) {
            head.add(bytes[fields[index].name], bytes[fields[index].value])
        }
        if let value { head.add(name.span, value.span) }
        self = head
        _ = readConnectionOptions()
    }
}
