import HTTP
import IR
import Net
import Routing
import System

/// Answers that come faster than their clients take them: what waits in memory, what in a file, and when the upstream
/// has to wait.
extension Worker {
    /// A tunnel may have this much waiting for a side.
    private static var tunnelBacklog: Int { 256 << 10 }

    /// Whether an upstream is read on though something waits for the client already.
    func readsAhead(_ exchange: Ref<Exchange>, of client: Ref<Client>) -> Bool {
        if exchange.it.isTunnel { return client.it.outbox.waiting <= Self.tunnelBacklog }
        let decider = exchange.it.era.it.decider.answerBuffers(exchange.it.journey)
        // What streams without a file waits in the upstream, and one read more than what fits is the bound.
        if decider.file == 0 { return client.it.outbox.waiting < decider.memory }
        if exchange.it.overflowCount < 0 { return client.it.outbox.waiting <= decider.memory }
        return exchange.it.overflowCount < Int64(decider.file)
    }

    /// The client does not take all of it: what may not wait in memory goes to a file.
    func spill(_ exchange: Ref<Exchange>, for client: Ref<Client>) {
        if exchange.it.isTunnel || exchange.it.overflowCount < 0 { return }
        let buffers = exchange.it.era.it.decider.answerBuffers(exchange.it.journey)
        guard client.it.outbox.waiting > buffers.memory, exchange.it.overflowCount < Int64(buffers.file) else { return }
        if exchange.it.overflow < 0 {
            exchange.it.overflow = temporaryFile(in: buffers.folder, exchange)
            if exchange.it.overflow < 0 {
                exchange.it.overflowCount = -1
                return
            }
        }
        let moved = client.it.outbox.spill(into: exchange.it.overflow, behind: exchange.it.overflowCount)
        if let moved {
            exchange.it.overflowCount += moved
        } else {
            // A full disk: what is in the file already is sent, and the upstream waits for the client from now on.
            exchange.it.overflowCount = -1
        }
    }

    /// A file without a name in the configured folder, or where such files usually are; negative: there is none.
    func temporaryFile(in folder: String, _ exchange: Ref<Exchange>) -> Int32 {
        let prefix = String(decoding: exchange.it.era.it.service.rootPrefix, as: UTF8.self)
        let configured = Descriptor.openTemporaryRaw(in: FilePath(prefix + folder))
        return configured >= 0 ? configured : Descriptor.openTemporaryRaw(in: "/tmp")
    }
}
