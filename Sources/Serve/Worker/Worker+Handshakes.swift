import HTTP
import Net
import Routing
import System
import TLS

/// What comes before the first request where TLS is spoken.
extension Worker {
    /// Goes on with the handshake of a client; true when requests may be read.
    mutating func shakeHands(_ client: Ref<Client>) -> Bool {
        if client.it.era != era, !enter(client) {
            close(client)
            return false
        }
        if client.it.stage == .knocking, !answerKnock(client) { return false }
        guard client.it.stage == .shaking else { return client.it.channel.isOpen }
        while true {
            switch client.it.channel.handshake() {
            case .done:
                client.it.stage = .ready
                learnTLS(client)
                awaitHead(client, eras[client.it.era].it.listeners[client.it.facts.listener].headerPace)
                return true
            case .wantsRead, .wantsWrite: return false
            case .wantsContext: chooseContext(client)
            case .end, .failed, .cutOff:
                let reason = client.it.channel.asking { $0.failure() } ?? ""
                eras[client.it.era].it.service.logs.complain(
                    .info, "the TLS handshake failed: \(reason)", client: client.it.address, thread: number)
                close(client)
                return false
            }
        }
    }

    /// Looks at the first bytes of a client: plain HTTP is read as such, to be told that it is wrong here.
    ///
    /// Sources: `ngx_http_ssl_handshake`; OpenSSL's `ssl3_get_record`, by which httpd knows the methods it knows.
    private mutating func answerKnock(_ client: Ref<Client>) -> Bool {
        guard client.it.channel.canReceive else { return false }
        guard let bytes = client.it.channel.peek() else { return false }
        guard let first = bytes.first else {
            close(client)
            return false
        }
        if first != 0x16, first & 0x80 == 0 {
            let isTakenForHTTP = eras[client.it.era].it.listeners[client.it.facts.listener].takesAllForHTTP
            if isTakenForHTTP || plainMethods.contains(where: { bytes.starts(with: $0) }) {
                client.it.stage = .ready
                return true
            }
        }
        // The name comes with the hello; until then it is the TLS of whoever answers unknown names.
        let choice = eras[client.it.era].it.decider.tlsChoice([], client.it.facts)
        guard let entrance = eras[client.it.era].it.service.tls.entrance(choice),
            client.it.channel.acceptTLS(entrance.context)
        else {
            close(client)
            return false
        }
        client.it.stage = .shaking
        client.it.facts.isTLS = true
        return true
    }

    /// The hello has been read: the site of its name shows its certificate.
    private mutating func chooseContext(_ client: Ref<Client>) {
        let name = client.it.channel.asking { $0.askedName } ?? []
        let choice = eras[client.it.era].it.decider.tlsChoice(name, client.it.facts)
        guard let entrance = eras[client.it.era].it.service.tls.entrance(choice), !entrance.refuses else {
            _ = client.it.channel.asking { $0.refuse() }
            return
        }
        _ = client.it.channel.asking { $0.choose(entrance.context) }
    }

    /// Keeps what applications are told of a client's TLS.
    private mutating func learnTLS(_ client: Ref<Client>) {
        let name = client.it.channel.asking { $0.askedName } ?? []
        let choice = eras[client.it.era].it.decider.tlsChoice(name, client.it.facts)
        guard let entrance = eras[client.it.era].it.service.tls.entrance(choice) else { return }
        client.it.facts.tls = client.it.channel.asking { TLSFacts($0, choice, entrance, asked: name) }
    }
}

/// The methods that OpenSSL takes for plain HTTP.
private let plainMethods = ["GET ", "POST ", "HEAD ", "PUT "].map { Array($0.utf8) }
