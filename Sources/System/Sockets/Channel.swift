internal import CSystem

extension Descriptor {
    /// Two connected local sockets, for the caller to own: what is written to one is read from the other.
    public static func socketPair() throws(SystemError) -> (Int32, Int32) {
        var pair: (Int32, Int32) = (-1, -1)
        let outcome = unsafe withUnsafeMutableBytes(of: &pair) {
            unsafe sl_socket_pair($0.bindMemory(to: Int32.self).baseAddress)
        }
        if outcome < 0 { throw SystemError("open", "a pair of sockets", code: outcome) }
        return pair
    }

    /// The two ends of a pipe, for the caller to own.
    public static func pipe() throws(SystemError) -> (reading: Int32, writing: Int32) {
        var pair: (Int32, Int32) = (-1, -1)
        let outcome = unsafe withUnsafeMutableBytes(of: &pair) {
            unsafe sl_pipe($0.bindMemory(to: Int32.self).baseAddress)
        }
        if outcome < 0 { throw SystemError("open", "a pipe", code: outcome) }
        return (reading: pair.0, writing: pair.1)
    }

    /// Sends bytes, and with the first up to 250 descriptors, over a local socket; the count or a negative errno.
    public func send(_ bytes: Span<UInt8>, with descriptors: [Int32]) -> Int {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe descriptors.withUnsafeBufferPointer {
                unsafe sl_send_descriptors(raw, bytes.baseAddress, bytes.count, $0.baseAddress, $0.count)
            }
        }
    }

    /// Receives at most `room` bytes and the descriptors that came with them, which are the caller's to close.
    public func receive(
        appendingTo bytes: inout [UInt8], upTo room: Int, descriptors: inout [Int32]
    ) -> Int {
        var result = 0
        var received: [Int32] = []
        bytes.append(addingCapacity: room) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                unsafe received = [Int32](unsafeUninitializedCapacity: 250) { numbers, filled in
                    filled = numbers.count
                    result = unsafe sl_receive_descriptors(
                        raw, buffer.baseAddress, room, numbers.baseAddress, &filled)
                }
                count += max(result, 0)
            }
        }
        descriptors += received
        return result
    }
}
