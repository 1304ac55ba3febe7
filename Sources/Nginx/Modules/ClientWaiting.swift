import IR
import Language

/// The part of `ngx_http_core_module` about what waits for clients, and how their connections end.
enum ClientWaiting {
    static let entries: [Entry<NginxLowering>] = [
        Entry("lingering_close", in: .anyLevel, .one, summary: "Reads on before a connection is closed.") {
            directive, state in
            let words: [String: Lingering.When] = ["off": .never, "on": .unread, "always": .always]
            guard let value = state.word(directive.arguments[0], of: directive.name, words) else { return }
            state.level.parts.client.lingers = Stated(value, state.origin(directive))
        },
        .time("lingering_time", in: .anyLevel, to: \.parts.client.lingerTime, summary: "Limits how long is read on."),
        .time(
            "lingering_timeout", in: .anyLevel, to: \.parts.client.lingerPause,
            summary: "Waits for more before closing."),
        .flag(
            "reset_timedout_connection", in: .anyLevel, to: \.settings.limits.resetsTimedOut,
            summary: "Resets connections that time out."),
        Entry(
            "client_body_buffer_size", in: .anyLevel, .one, summary: "How much of a request's body waits in memory."
        ) { directive, state in
            guard let size = state.bytes(directive.arguments[0], of: directive.name) else { return }
            state.level.parts.client.bodyMemory = Stated(size, state.origin(directive))
        },
        Entry(
            "client_body_temp_path", in: .anyLevel, .between(1, 4), summary: "The folder where the rest of it waits."
        ) { directive, state in
            state.level.parts.client.bodyFolder = Stated(
                state.fullPath(directive.arguments[0].text, below: state.prefix), state.origin(directive))
        },
    ]
}
