import IR
import Language

/// What waits where, and how connections end.
extension NginxWriter {
    /// `proxy_buffer_size` and its kin.
    func waiting(_ forward: ForwardSettings) -> [FieldText] {
        guard let stated = forward.buffers, remainder.isWritten(stated.origin) else { return [] }
        let buffers = stated.value
        var lines: [TextLine] = []
        let head = buffers.head ?? 64 << 10
        if head != 4_096 { lines.append(TextLine("proxy_buffer_size \(size(head))")) }
        if buffers.memory != 8 * 4_096 || head != 4_096 {
            // Four at least: nginx wants room for two beside those that are being sent.
            let one = max(head, 4_096)
            lines.append(TextLine("proxy_buffers \(max(4, buffers.memory / one)) \(size(one))"))
        }
        if buffers.file != 1 << 30 { lines.append(TextLine("proxy_max_temp_file_size \(size(buffers.file))")) }
        if buffers.file > 0, !buffers.folder.hasSuffix("/proxy_temp"), !buffers.folder.hasSuffix("/fastcgi_temp") {
            lines.append(TextLine("proxy_temp_path \(NginxQuoting.word(buffers.folder))"))
        }
        var field = FieldText("proxy_buffers", lines, relevance: .forwarding)
        field.origins = [stated.origin]
        return [field]
    }

    /// Bodies of requests, and the ends of connections.
    mutating func waiting(_ limits: LimitSettings) -> [FieldText] {
        var fields: [FieldText] = []
        if let stated = limits.bodyBuffers, remainder.isWritten(stated.origin) {
            var lines: [TextLine] = []
            if stated.value.memory != 16 << 10 {
                lines.append(TextLine("client_body_buffer_size \(size(stated.value.memory))"))
            }
            if !stated.value.folder.hasSuffix("/client_body_temp") {
                lines.append(TextLine("client_body_temp_path \(NginxQuoting.word(stated.value.folder))"))
            }
            fields.append(field("client_body_buffer_size", lines, stated.origin))
        }
        if let stated = limits.lingering, remainder.isWritten(stated.origin) {
            let words: [Lingering.When: String] = [.never: "off", .unread: "on", .always: "always"]
            var lines: [TextLine] = []
            if stated.value.when != .unread {
                lines.append(TextLine("lingering_close \(words[stated.value.when] ?? "on")"))
            }
            if stated.value.time != 30 { lines.append(TextLine("lingering_time \(time(stated.value.time))")) }
            if stated.value.pause != 5 { lines.append(TextLine("lingering_timeout \(time(stated.value.pause))")) }
            fields.append(field("lingering", lines, stated.origin))
        }
        if let stated = limits.resetsTimedOut, remainder.isWritten(stated.origin) {
            fields.append(
                field(
                    "reset_timedout_connection", stated.value ? [TextLine("reset_timedout_connection on")] : [],
                    stated.origin))
        }
        if let stated = limits.bodyPace, stated.value != nil, remainder.isWritten(stated.origin) {
            remainder.take(stated.origin)
            remainder.lose(
                Loss(
                    .approximate("nginx limits pauses within a body only (`client_body_timeout`)"), at: stated.origin,
                    witness: "a body that comes slowly and steadily"))
        }
        return fields
    }

    private func field(_ name: String, _ lines: [TextLine], _ origin: ID<Origin>) -> FieldText {
        var field = FieldText(name, lines)
        field.origins = [origin]
        return field
    }
}
