package import HTTP

/// What a process behind a gateway protocol is told of a request.
extension Decider {
    /// Puts the names and values for a FastCGI application behind `out`; returns whether the connection stays open.
    ///
    /// A parameter whose name begins with `HTTP_` takes the place of the client's field of that name. `bodyLength` is
    /// that of a body that is whole already; nil: there is none, or its length is as the client says.
    ///
    /// Source: nginx's src/http/modules/ngx_http_fastcgi_module.c, ngx_http_fastcgi_create_request.
    package mutating func composeParameters(
        _ journey: inout Journey, bodyLength: Int64?, into out: inout ByteWriter
    ) -> Bool {
        let gateway = tables.gateways[journey.upstream.gateway]
        if gateway.common != .none {
            tellCommonVariables(&journey, gateway, bodyLength: bodyLength)
            for entry in journey.told where !entry.value.isAbsent {
                FastCGIRecords.pair(
                    journey.arena.span.extracting(entry.name.range), journey.arena.span.extracting(entry.value.range),
                    to: &out)
            }
            return gateway.keepsConnection
        }
        for index in gateway.parameters.range {
            let parameter = tables.gatewayParameters[index]
            var value = text(parameter.value, &journey)
            if parameter.isLength, value.count == 0, let bodyLength { value = journey.put(bodyLength) }
            if parameter.ifNotEmpty, value.count == 0 { continue }
            FastCGIRecords.pair(
                tables.bytes[parameter.name.range], journey.arena.span.extracting(value.range), to: &out
            )
        }
        if tables.effectives[journey.effective].passesHeaders {
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

    /// Whether what an application complains of makes its answer none.
    ///
    /// Source: nginx's ngx_http_fastcgi_process_header, which asks each record of complaints.
    package func isCaught(_ complaint: [UInt8], _ journey: borrowing Journey) -> Bool {
        guard journey.upstream.gateway >= 0 else { return false }
        return tables.gateways[journey.upstream.gateway].catches.range.contains { index in
            !complaint.ranges(of: tables.bytes.array(tables.names[index].range)).isEmpty
        }
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
