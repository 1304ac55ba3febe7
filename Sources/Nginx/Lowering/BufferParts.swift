import IR
import Language

/// `proxy_buffer_size` and its kin, of one protocol.
struct BufferParts: Sendable {
    var head: Stated<Int>?
    /// The number and the size.
    var buffers: Stated<[Int]>?
    var file: Stated<Int>?
    var folder: Stated<String>?

    /// Any of them.
    var origin: ID<Origin>? { head?.origin ?? buffers?.origin ?? file?.origin ?? folder?.origin }

    /// These parts laid over those of the block around.
    func over(_ outer: BufferParts) -> BufferParts {
        var result = self
        result.head = head ?? outer.head
        result.buffers = buffers ?? outer.buffers
        result.file = file ?? outer.file
        result.folder = folder ?? outer.folder
        return result
    }

    /// All of them as one; sizes that nobody wrote are those of a machine with pages of 4 KB.
    func buffers(folder usual: String) -> AnswerBuffers {
        AnswerBuffers(
            head: head?.value ?? 4_096, memory: buffers?.value.reduce(1, *) ?? 8 * 4_096,
            file: file?.value ?? 1 << 30, folder: folder?.value ?? usual)
    }
}

/// `client_body_buffer_size`, `client_body_temp_path`, `lingering_…`.
struct ClientParts: Sendable {
    var bodyMemory: Stated<Int>?
    var bodyFolder: Stated<String>?
    var lingers: Stated<Lingering.When>?
    var lingerTime: Stated<Double>?
    var lingerPause: Stated<Double>?

    /// These parts laid over those of the block around.
    func over(_ outer: ClientParts) -> ClientParts {
        var result = self
        result.bodyMemory = bodyMemory ?? outer.bodyMemory
        result.bodyFolder = bodyFolder ?? outer.bodyFolder
        result.lingers = lingers ?? outer.lingers
        result.lingerTime = lingerTime ?? outer.lingerTime
        result.lingerPause = lingerPause ?? outer.lingerPause
        return result
    }
}

extension NginxLowering {
    /// The directives of `BufferParts`, by the protocol's prefix.
    static func bufferEntries(
        _ prefix: String, _ path: any WritableKeyPath<Level, BufferParts> & Sendable
    ) -> [Entry<NginxLowering>] {
        [
            Entry("\(prefix)_buffer_size", in: .anyLevel, .one, summary: "The longest head of an answer.") {
                directive, state in
                guard let size = state.bytes(directive.arguments[0], of: directive.name) else { return }
                state.level[keyPath: path].head = Stated(size, state.origin(directive))
            },
            Entry("\(prefix)_buffers", in: .anyLevel, .two, summary: "How much of an answer may wait in memory.") {
                directive, state in
                guard let count = state.number(directive.arguments[0], of: directive.name),
                    let size = state.bytes(directive.arguments[1], of: directive.name)
                else { return }
                state.level[keyPath: path].buffers = Stated(
                    [min(count, 1 << 20), min(size, 1 << 30)], state.origin(directive))
            },
            Entry(
                "\(prefix)_max_temp_file_size", in: .anyLevel, .one,
                summary: "How much of an answer may wait in a file; 0: nothing."
            ) { directive, state in
                guard let size = state.bytes(directive.arguments[0], of: directive.name) else { return }
                state.level[keyPath: path].file = Stated(size, state.origin(directive))
            },
            Entry("\(prefix)_temp_path", in: .anyLevel, .between(1, 4), summary: "The folder of such files.") {
                directive, state in
                state.level[keyPath: path].folder = Stated(
                    state.fullPath(directive.arguments[0].text, below: state.prefix), state.origin(directive))
            },
        ]
    }

    /// What waits where, and how connections end.
    mutating func stateWaiting(_ settings: inout Settings, _ own: Parts, _ all: Parts) {
        if let origin = own.buffers.origin {
            settings.forward.buffers = Stated(all.buffers.buffers(folder: prefix + "/proxy_temp"), origin)
        }
        if let origin = own.client.bodyMemory?.origin ?? own.client.bodyFolder?.origin {
            settings.limits.bodyBuffers = Stated(
                BodyBuffers(
                    memory: all.client.bodyMemory?.value ?? 16 << 10,
                    folder: all.client.bodyFolder?.value ?? prefix + "/client_body_temp"), origin)
        }
        if let origin = own.client.lingers?.origin ?? own.client.lingerTime?.origin ?? own.client.lingerPause?.origin {
            settings.limits.lingering = Stated(
                Lingering(
                    when: all.client.lingers?.value ?? .unread, time: all.client.lingerTime?.value ?? 30,
                    pause: all.client.lingerPause?.value ?? 5), origin)
        }
    }
}
