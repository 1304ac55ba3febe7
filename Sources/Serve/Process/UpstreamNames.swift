internal import IR
internal import Synchronization
internal import System

/// Says which names of upstreams have no address, so that nobody has to wait for the first failed request.
package enum UpstreamNames {
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

    /// The names of a configuration that have no address now, each as nginx says it, with its place.
    ///
    /// Asking may take as long as the resolver does.
    package static func withoutAddress(_ loaded: Loaded) -> [String] {
        var seen: Set<String> = []
        return loaded.configuration.pools.flatMap(\.members).compactMap { member in
            guard member.port > 0, SocketAddress(numeric: member.host, port: 0) == nil,
                seen.insert(member.host).inserted, (try? Resolver.addresses(of: member.host, port: 0)) == nil
            else { return nil }
            let place = loaded.place(member.origin).map { " in \($0)" } ?? ""
            return "host not found in upstream \"\(member.host)\"\(place)"
        }
    }
}
