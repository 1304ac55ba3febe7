extension Head {
    /// Makes this the head of a request, without fields.
    public mutating func begin(method: String, target: String, version: Version = .v11) {
        begin(method: Array(method.utf8).span, target: Array(target.utf8).span, version: version)
    }

    /// Makes this the head of a request, without fields; the caller has checked that the parts hold no line end.
    public mutating func begin(method: Span<UInt8>, target: Span<UInt8>, version: Version) {
        removeAll()
        self.method = Method(method, from: 0, to: method.count)
        self.version = version
        append(method)
        methodEnd = UInt32(truncatingIfNeeded: bytes.count)
        bytes.append(UInt8(ascii: " "))
        append(target)
        targetEnd = UInt32(truncatingIfNeeded: bytes.count)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: version.spelling.utf8)
        endStartLine()
    }

    /// Makes this the head of an answer, without fields.
    public mutating func begin(status: UInt16, reason: String, version: Version = .v11) {
        removeAll()
        self.status = status
        self.version = version
        bytes.append(contentsOf: version.spelling.utf8)
        bytes.append(UInt8(ascii: " "))
        for divisor in [100, 10, 1] as [UInt16] {
            bytes.append(UInt8(truncatingIfNeeded: 48 + status / divisor % 10))
        }
        methodEnd = UInt32(truncatingIfNeeded: bytes.count)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: reason.utf8)
        endStartLine()
    }

    /// Adds a field; the caller has checked that neither part holds a line end.
    public mutating func add(_ name: String, _ value: String) {
        add(Array(name.utf8).span, Array(value.utf8).span)
    }

    /// Adds a field; the caller has checked that neither part holds a line end.
    public mutating func add(_ name: Span<UInt8>, _ value: Span<UInt8>) {
        let start = bytes.count
        append(name)
        let nameEnd = bytes.count
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        append(value)
        let valueEnd = bytes.count
        endLine()
        note(Field(start: start, nameEnd: nameEnd, valueEnd: valueEnd, id: FieldName(name, from: 0, to: name.count)))
    }

    /// Writes the lines of all fields but the well-known ones in `left` and, if asked, those that `Connection` names.
    ///
    /// What stays together is copied in one piece. Nothing is written behind the last field.
    @inlinable public func write(
        to out: inout ByteWriter, leavingOut left: FieldNames, andThoseNamedByConnection named: Bool
    ) {
        write(to: &out) { !left.contains($0.id) && !(named && $0.isNamedByConnection) }
    }

    /// Writes the lines of the fields that `keeps` wants; what stays together is copied in one piece.
    @inlinable public func write(to out: inout ByteWriter, where keeps: (Field) -> Bool) {
        var runStart = -1
        var runEnd = 0
        for index in fields.indices {
            let field = fields[index]
            if keeps(field) {
                if runStart < 0 { runStart = Int(field.start) }
                runEnd = Int(field.valueEnd) + 2
            } else if runStart >= 0 {
                out.append(runStart..<runEnd, of: bytes)
                runStart = -1
            }
        }
        if runStart >= 0 { out.append(runStart..<runEnd, of: bytes) }
    }

    @inline(__always) mutating func note(_ field: Field) {
        fields.append(field)
        let name = FieldNames(field.id)
        repeated = repeated.union(names.intersection(name))
        names = names.union(name)
    }

    mutating func append(_ span: Span<UInt8>) { bytes.append(span) }

    mutating func endLine() {
        bytes.append(13)
        bytes.append(10)
    }

    private mutating func endStartLine() {
        startEnd = UInt32(truncatingIfNeeded: bytes.count)
        endLine()
    }
}
