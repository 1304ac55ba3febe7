internal import IR
internal import Synchronization
internal import System

/// Says which names of upstreams have no address, so that nobody has to wait for the first failed request.
enum UpstreamNames {
    /// Names that have been asked for; each is complained about once.
    private static let asked = Mutex<Set<String>>([])

    /// Looks the names up on a thread of its own: a resolver may take its time, and serving does not wait for it.
    static func check(_ configuration: Configuration) {
        let members = configuration.pools.flatMap(\.members).filter { member in
            member.port > 0 && SocketAddress(numeric: member.host, port: 0) == nil
        }
        let names = asked.withLock { asked in Set(members.map(\.host)).filter { asked.insert($0).inserted } }
        if names.isEmpty { return }
        _ = try? Thread.start {
            for name in names.sorted() {
                do throws(Resolver.Failure) {
                    _ = try Resolver.addresses(of: name, port: 0)
                } catch {
                    StandardError.say("\(error); requests for this upstream fail as long as it has no address")
                }
            }
        }
    }
}
