/// The plane-16 private scalars U+10FF00...U+10FFFF stand for single bytes that are not UTF-8.
private let firstByteScalar: UInt32 = 0x10_FF00

extension String {
    /// Decodes the bytes of a configuration so that `configurationBytes` gives exactly them back.
    ///
    /// A byte `b` that belongs to no UTF-8 sequence becomes the scalar U+10FF00 + b. Text that spells one of these
    /// scalars in UTF-8 is taken byte by byte too, so that the way back has one answer.
    /// Comparing two such strings follows Unicode's canonical equivalence, as everywhere in Swift.
    package init(configuration bytes: some Collection<UInt8>) {
        // Byte F4 begins every scalar of plane 16, among them ours; without it plain validation decides.
        if !bytes.contains(0xF4), let text = String(validating: bytes, as: UTF8.self) {
            self = text
            return
        }
        var scalars = String.UnicodeScalarView()
        var rest = bytes[...]
        while !rest.isEmpty {
            if let (scalar, length) = leadingScalar(of: rest) {
                scalars.append(scalar)
                rest = rest.dropFirst(length)
            } else if let byte = rest.popFirst() {
                scalars.append(standIn(for: byte))
            }
        }
        self = String(scalars)
    }

    /// The bytes that the text was decoded from; for other text its UTF-8.
    package var configurationBytes: [UInt8] {
        guard utf8.contains(0xF4) else { return Array(utf8) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            if let byte = scalar.configurationByte {
                bytes.append(byte)
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return bytes
    }
}

extension Unicode.Scalar {
    /// The byte that this scalar stands for when it came from a byte that is not UTF-8, else nil.
    package var configurationByte: UInt8? {
        value >= firstByteScalar && value <= firstByteScalar + 0xFF ? UInt8(value - firstByteScalar) : nil
    }
}

/// The scalar that stands for a byte outside UTF-8.
private func standIn(for byte: UInt8) -> Unicode.Scalar {
    Unicode.Scalar(firstByteScalar + UInt32(byte)) ?? "\u{FFFD}"
}

/// The scalar that the bytes begin with and its length; nil for a broken sequence and for one of our stand-ins.
private func leadingScalar(of bytes: some Collection<UInt8>) -> (Unicode.Scalar, Int)? {
    guard let first = bytes.first else { return nil }
    let length =
        switch first {
        case 0..<0x80: 1
        case 0xC2..<0xE0: 2
        case 0xE0..<0xF0: 3
        case 0xF0..<0xF5: 4
        default: 0
        }
    guard length > 0, let text = String(validating: Array(bytes.prefix(length)), as: UTF8.self),
        let scalar = text.unicodeScalars.first, scalar.configurationByte == nil
    else { return nil }
    return (scalar, length)
}
