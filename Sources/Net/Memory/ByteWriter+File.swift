public import HTTP
internal import System

extension ByteWriter {
    /// Writes a part of a file; false, and nothing is written, when the file does not have that much.
    public mutating func append(file: Int32, from offset: Int64, count: Int) -> Bool {
        let start = self.count
        while self.count - start < count {
            let done = self.count - start
            // The buffer is as long as what is asked for and lives as long as the call.
            let read = unsafe append(upTo: count - done) {
                unsafe Descriptor.readRaw(file, from: offset + Int64(done), into: $0)
            }
            if read <= 0 {
                removeLast(done)
                return false
            }
        }
        return true
    }
}
