import IR
import Net
import Routing
import System

/// A member of a pool: where it is, and how it has fared; each thread has its own opinion.
struct Peer {
    /// One of its addresses.
    struct Place {
        var address: SocketAddress
        /// The number of the address in the pool of idle connections.
        var key: Int
        /// As it is written to logs.
        var text: [UInt8]
    }

    /// Its addresses; none as long as its name has not been resolved.
    var places: [Place] = []
    /// The address that answered last.
    var preferred = 0
    var host: String
    var port: UInt16
    /// `host:port` as the configuration has it.
    var authority: [UInt8] = []
    var weight: Int32
    /// The running weight of smooth weighted round robin.
    var current: Int32 = 0
    var isStandby = false
    var isDown = false
    var quarantine: Quarantine
    var failures: Int32 = 0
    /// When failures are forgotten, and until when it is left alone, in monotonic milliseconds.
    var forgetsAt: Int64 = 0
    var resumesAt: Int64 = 0
    /// Timeouts of its own in milliseconds; -1: as the request's place says.
    var connectTimeout: Int32 = -1
    var exchangeTimeout: Int32 = -1

    /// Whether it may be asked now.
    func isUsable(_ now: Int64) -> Bool { !isDown && resumesAt <= now }
}

/// The members of one pool.
struct PeerGroup {
    /// Their indices.
    var range: Range<Int>
    /// How many connections wait at most until they are used again; 0: none does.
    var idleLimit: Int
    /// How long they wait, in milliseconds.
    var idleTime: Int64
    /// How many requests one connection carries.
    var requestLimit: Int
    /// How many of the members one request is sent to at most.
    var attempts: Int

    init(_ range: Range<Int>, _ connections: Connections, attempts: Int?) {
        self.range = range
        self.attempts = min(attempts ?? range.count, range.count)
        idleLimit = connections.reuse ? connections.keepsIdle : 0
        idleTime = Int64(connections.idleTime * 1_000)
        requestLimit = connections.requests ?? .max
    }
}

/// No member of a pool can be asked.
struct NoPeer: Error {
    /// All that could be asked failed a moment ago.
    var isQuarantined: Bool
}

/// All upstreams of a plan, with how each fares.
struct Peers {
    private(set) var peers: [Peer] = []
    let groups: [PeerGroup]
    /// The peers of addresses that no pool names, by the number of the address.
    private var computed: [Int: Int] = [:]

    /// The upstreams of a configuration.
    init(_ pools: [Pool]) {
        var groups: [PeerGroup] = []
        for pool in pools {
            let start = peers.count
            for member in pool.members { peers.append(Peer(member)) }
            groups.append(PeerGroup(start..<peers.count, pool.connections, attempts: pool.attempts))
        }
        self.groups = groups
    }

    /// The member to ask next: smooth weighted round robin over those that are usable and were not asked yet.
    ///
    /// Standby members come in when no other is left. A lone member is never left alone, unless its quarantine says so
    /// (nginx: `ngx_http_upstream_round_robin.c`; Apache: `proxy_util.c`, `ap_proxy_retry_worker`).
    @inline(__always)
    mutating func choose(_ group: Int, now: Int64, tried: UInt64) -> Result<Int, NoPeer> {
        let range = groups[group].range
        if range.count == 1 {
            let index = range.lowerBound
            if tried & 1 != 0 || peers[index].isDown { return .failure(NoPeer(isQuarantined: false)) }
            if peers[index].resumesAt > now, peers[index].quarantine.evenIfAlone {
                return .failure(NoPeer(isQuarantined: true))
            }
            return .success(index)
        }
        for standby in [false, true] {
            if let best = best(range, now, tried, standby: standby) { return .success(best) }
        }
        let isQuarantined = range.contains { !peers[$0].isDown && peers[$0].resumesAt > now }
        return .failure(NoPeer(isQuarantined: isQuarantined && tried == 0))
    }

    private mutating func best(_ range: Range<Int>, _ now: Int64, _ tried: UInt64, standby: Bool) -> Int? {
        var best: Int?
        var total: Int32 = 0
        for index in range where peers[index].isStandby == standby && peers[index].isUsable(now) {
            let offset = index - range.lowerBound
            if offset < 64, tried & (1 << UInt64(offset)) != 0 { continue }
            peers[index].current &+= peers[index].weight
            total &+= peers[index].weight
            if let known = best, peers[index].current <= peers[known].current { continue }
            best = index
        }
        if let best { peers[best].current &-= total }
        return best
    }

    /// A peer has answered.
    @inline(__always)
    mutating func succeeded(_ peer: Int) {
        if peers[peer].failures != 0 { peers[peer].failures = 0 }
        if peers[peer].resumesAt != 0 { peers[peer].resumesAt = 0 }
    }

    /// A peer has accepted a connection at one of its addresses.
    mutating func accepted(_ peer: Int, at place: Int) { peers[peer].preferred = place }

    /// A peer has failed; after enough failures within its time it is left alone for a while.
    ///
    /// Without a cause it is its answer that counts as a failure.
    mutating func failed(_ peer: Int, _ cause: Failure?, now: Int64) {
        guard peers.indices.contains(peer) else { return }
        let quarantine = peers[peer].quarantine
        if quarantine.after == 0 { return }
        if let cause, !quarantine.on.contains(cause) { return }
        if peers[peer].forgetsAt <= now { peers[peer].failures = 0 }
        if peers[peer].failures == 0 { peers[peer].forgetsAt = now + Int64(quarantine.within * 1_000) }
        peers[peer].failures += 1
        if Int(peers[peer].failures) >= quarantine.after {
            peers[peer].resumesAt = now + Int64(quarantine.lasts * 1_000)
            peers[peer].failures = 0
        }
    }

    /// Gives a peer whose address needs no resolver its address; false for a name.
    mutating func settle(_ peer: Int, _ idle: inout IdlePool) -> Bool {
        guard let address = Peer.known(peers[peer].host, peers[peer].port) else { return false }
        settle(peer, at: [address], &idle)
        return true
    }

    /// Gives a peer the addresses its name was resolved to.
    mutating func settle(_ peer: Int, at addresses: [SocketAddress], _ idle: inout IdlePool) {
        peers[peer].places = addresses.map { address in
            var address = address
            if address.family != .local { address.port = peers[peer].port }
            return Peer.Place(
                address: address, key: idle.key(for: address), text: Array(address.description.utf8))
        }
        peers[peer].preferred = 0
    }

    /// The peer of a host that no pool names, made when it is first asked.
    mutating func peer(host: String, port: UInt16, at addresses: [SocketAddress], _ idle: inout IdlePool) -> Int? {
        guard let first = addresses.first else { return nil }
        let key = idle.key(for: first.family == .local ? first : first.with(port: port))
        if let known = computed[key] { return known }
        peers.append(Peer(host: host, port: port, weight: 100, quarantine: Quarantine(after: 0)))
        settle(peers.count - 1, at: addresses, &idle)
        computed[key] = peers.count - 1
        return peers.count - 1
    }
}

extension Peer {
    init(_ member: Member) {
        self.init(
            host: member.host, port: UInt16(clamping: member.port), authority: Array(member.authority.utf8),
            weight: Int32(clamping: max(1, Int(member.weight * 100))),
            isStandby: member.role == .standby || member.role == .spare,
            isDown: member.role == .down || member.role == .draining, quarantine: member.quarantine,
            connectTimeout: member.timeouts.connect.map { Int32(clamping: Int($0 * 1_000)) } ?? -1,
            exchangeTimeout: member.timeouts.exchange.map { Int32(clamping: Int($0 * 1_000)) } ?? -1)
    }

    /// The address of what needs no resolver: a number or a path.
    static func known(_ host: String, _ port: UInt16) -> SocketAddress? {
        if host.hasPrefix("unix:") { return SocketAddress(path: FilePath(host.dropFirst(5))) }
        if host.hasPrefix("/") { return SocketAddress(path: FilePath(host)) }
        return SocketAddress(numeric: host, port: port)
    }
}

extension SocketAddress {
    /// The same address with another port.
    func with(port: UInt16) -> SocketAddress {
        var address = self
        address.port = port
        return address
    }
}
