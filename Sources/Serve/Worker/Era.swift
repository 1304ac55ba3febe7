import HTTP
import IR
import Net
import Routing
import System
import TLS

/// A plan on this thread, with all that follows from it: its own machine, and how the upstreams fare.
///
/// A reload begins a new era. Requests that are under way end in the era in which they began, and the era ends with the
/// last of them.
struct Era: ~Copyable {
    let service: Service
    var decider: Decider
    var peers: Peers
    /// What is known of each listener of the configuration, by its index.
    let listeners: [ListenerFacts]
    /// Requests that are under way.
    var exchanges = 0
    /// Its number, which no other has.
    let serial: Int

    /// The era of a service.
    init(_ service: Service, serial: Int) {
        self.service = service
        self.serial = serial
        decider = Decider(service.plan)
        decider.process.number = Int(ChildProcess.current)
        decider.process.hostname = ((try? Files.read("/proc/sys/kernel/hostname")) ?? []).filter { $0 > 32 }
        decider.process.library = Array(libraryName().utf8)
        for variable in Environment.all() { decider.process.environment[variable.name] = variable.value }
        peers = Peers(service.plan.configuration.pools)
        listeners = service.plan.configuration.listeners.map { ListenerFacts($0) }
    }

    /// The listener that a socket serves in this era; nil when there is none any more.
    func listener(of socket: Int32) -> Int? {
        service.sockets.first { $0.socket == socket }?.listener
    }
}

/// What is known of a listener.
///
/// It is a class so that a request reads the rules where they lie.
final class ListenerFacts: Sendable {
    let rules: RequestRules
    /// The local address as text; empty when each connection must be asked.
    let localText: [UInt8]
    /// How slowly the head of a request may come in.
    let headerPace: Pace
    /// How slowly a handshake of TLS may come in.
    let handshakePace: Pace
    /// What a client is answered that takes too long to send; nil: nothing.
    let timedOut: Int32?
    /// An expectation other than 100-continue is refused.
    let refusesUnknownExpectations: Bool
    /// `Expect: 100-continue` goes on to the upstream.
    let forwardsExpectations: Bool
    /// Where TLS is spoken, whatever is not TLS is read as HTTP; else only what looks like it.
    let takesAllForHTTP: Bool

    /// What the configuration says of a listener.
    init(_ listener: Listener) {
        rules = RequestRules(listener.reading)
        headerPace = Pace(listener.reading.headerPace)
        handshakePace = Pace(listener.reading.handshakePace ?? listener.reading.headerPace)
        timedOut = listener.reading.timedOut.map { Int32($0) }
        refusesUnknownExpectations = listener.reading.expect == .forwardRefusingUnknown
        takesAllForHTTP =
            (listener.names.tls ?? listener.names.more.lazy.flatMap(\.names).compactMap(\.tls).first)?
            .takesAllForHTTP ?? false
        forwardsExpectations = listener.reading.expect != .answerHere
        if case .ip(let text) = listener.address, listener.names.more.isEmpty, text != "0.0.0.0", text != "::" {
            localText = Array(text.utf8)
        } else {
            localText = []
        }
    }
}

extension Ref<Era> {
    /// Where the era stands on its shelf.
    var place: Int { Int(token.index) }
}
