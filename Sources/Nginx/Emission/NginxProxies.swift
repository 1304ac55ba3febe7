import IR
import Language

/// Proxies that stand before the server, and what they say of their clients.
extension NginxWriter {
    /// `set_real_ip_from` and its kin.
    mutating func realAddress(_ request: RequestSettings) -> [FieldText] {
        if namedClients() != nil {
            if let stated = request.realAddress { remainder.take(stated.origin) }
            return [FieldText("real_ip")]
        }
        guard let stated = request.realAddress, let real = stated.value else { return [FieldText("real_ip")] }
        var lines = (real.trusts ?? everybody).map { TextLine("set_real_ip_from \($0.network)") }
        switch real.source {
        case .proxyProtocol: lines.append(TextLine("real_ip_header proxy_protocol"))
        case .field(let name):
            if name.lowercased() != "x-real-ip" { lines.append(TextLine("real_ip_header \(name)")) }
        }
        if real.recursive { lines.append(TextLine("real_ip_recursive on")) }
        var field = FieldText("real_ip", lines)
        field.origins = [stated.origin]
        if case .takenOut(let proxies) = real.use, remainder.isWritten(stated.origin) {
            remainder.lose(
                Loss(
                    .approximate("the field goes on with what was believed in it"), at: stated.origin,
                    witness: "a request through a proxy"))
            if let proxies {
                remainder.lose(Loss(.dropped("nothing is written into `\(proxies)`"), at: stated.origin))
            }
            if real.trusts?.allSatisfy(\.isOwn) != true {
                remainder.lose(
                    Loss(
                        .approximate("private addresses are believed too: see that no guard trusts them"),
                        at: stated.origin, witness: "a private address in the field"))
            }
        }
        return [field]
    }

    private var everybody: [TrustedNetwork] { ["0.0.0.0/0", "::/0", "unix:"].map { TrustedNetwork($0) } }

    /// Where the site's clients are who the proxy says, whatever the settings say.
    private func namedClients() -> ProxyEntrance? {
        listens.lazy.compactMap(\.table.proxy).first(where: \.namesClient)
    }

    /// What a server says at whose addresses httpd takes the client's address from the PROXY protocol.
    mutating func introductions() -> [TextLine] {
        guard let entrance = namedClients() else { return [] }
        if !entrance.exceptions.isEmpty {
            remainder.lose(
                Loss(
                    .approximate("nginx speaks the PROXY protocol with everybody at an address, or with nobody"),
                    at: entrance.origin, witness: "a request from \(entrance.exceptions[0]) without an introduction"))
        }
        if listens.contains(where: { $0.table.proxy == nil }) {
            remainder.lose(
                Loss(
                    .approximate("a field that names the client is not read at the site's other addresses"),
                    at: entrance.origin, witness: "a request to an address without the PROXY protocol"))
        }
        let lines = everybody.map { TextLine("set_real_ip_from \($0.network)") }
        return lines + [TextLine("real_ip_header proxy_protocol")]
    }
}
