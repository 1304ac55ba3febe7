package import HTTP

/// What a process behind a gateway protocol is told of a request.
extension Decider {
    /// Puts the names and values for a FastCGI application behind `out`; returns whether the connection stays open.
    ///
    /// A parameter whose name begins with `HTTP_` takes the place of the client's field of that name.
    ///
    /// Source: nginx's src/http/modules/ngx_http_fastcgi_module.c, ngx_http_fastcgi_create_request.
    package mutating func composeParameters(_ journey: inout Journey, into out: inout ByteWriter) -> Bool {
        let gateway = tables.gateways[Int(journey.upstream.gateway)]
        for index in gateway.parameters.range {
            let parameter = tables.gatewayParameters[index]
            let value = text(parameter.value, &journey)
            if parameter.ifNotEmpty, value.count == 0 { continue }
            FastCGIRecords.pair(
                tables.bytes[parameter.name.range], journey.arena.span.extracting(value.range), to: &out
            )
        }
        if tables.effectives[Int(journey.effective)].passesHeaders {
            for index in journey.request.fields.indices { writeField(index, gateway, &journey, &out) }
        }
        return gateway.keepsConnection
    }

    /// Writes a field of the client as `HTTP_NAME`.
    private func writeField(
        _ index: Int, _ gateway: GatewayRecord, _ journey: inout Journey, _ out: inout ByteWriter
    ) {
        let field = journey.request.fields[index]
        let start = journey.arena.count
        journey.arena.append("HTTP_")
        for at in field.name {
            let byte = journey.request.bytes[at]
            let isLetter = byte &- UInt8(ascii: "a") < 26
            journey.arena.append(byte == UInt8(ascii: "-") ? UInt8(ascii: "_") : isLetter ? byte & 0xdf : byte)
        }
        let name = journey.since(start)
        for index in gateway.parameters.range {
            let parameter = tables.gatewayParameters[index]
            if parameter.isField, isSame(parameter.name, name, journey) { return }
        }
        FastCGIRecords.pair(
            journey.arena.span.extracting(name.range), journey.request.bytes.span.extracting(field.value), to: &out)
    }

    private func isSame(_ known: Slice, _ name: Slice, _ journey: borrowing Journey) -> Bool {
        guard known.count == name.count else { return false }
        let (left, right) = (Int(known.start), Int(name.start))
        for offset in 0..<Int(name.count) where tables.bytes[left + offset] != journey.arena[right + offset] {
            return false
        }
        return true
    }
}
