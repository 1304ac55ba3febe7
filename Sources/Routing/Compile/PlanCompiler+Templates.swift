import HTTP
import IR

extension PlanCompiler {
    /// The operation for a piece of a template.
    mutating func operation(_ piece: Piece) -> Op {
        switch piece {
        case .literal(let string): named(.literal, string)
        case .value(let value): operation(value)
        case .apply(let function, let arguments): call(function, arguments)
        case .lookup(let lookup, let key, let fallback):
            lookupCall(lookup, key, fallback)
        }
    }

    private mutating func named(_ code: OpCode, _ name: String) -> Op {
        let slice = text(name)
        return Op(code: code, a: slice.start, b: slice.count)
    }

    private mutating func field(_ code: OpCode, _ name: String) -> Op {
        var op = named(code, name)
        op.id = FieldName(spelling: name)
        return op
    }

    /// A field of the answer, which is kept until its log line is written.
    private mutating func sentField(_ name: String) -> Op {
        let op = field(.responseHeader, name)
        let slice = Slice(start: op.a, count: op.b)
        if !tables.sentNames.contains(slice) { tables.sentNames.append(slice) }
        return op
    }

    private mutating func call(_ function: Function, _ arguments: [Template]) -> Op {
        let references = arguments.map { template($0) }
        var compiled = Call(function: .lower, arguments: references)
        switch function {
        case .lower: compiled.function = .lower
        case .upper: compiled.function = .upper
        case .escape(let escaping):
            compiled.function = .escape
            compiled.detail = self.escaping(escaping)
        case .unescape: compiled.function = .unescape
        case .md5: compiled.function = .md5
        case .sha1: compiled.function = .sha1
        case .base64: compiled.function = .base64
        case .unbase64: compiled.function = .unbase64
        case .replace(let pattern):
            compiled.function = .replace
            compiled.detail = self.pattern(pattern, nil)
        case .first: compiled.function = .first
        case .length: compiled.function = .length
        case .fileContent: compiled.function = .fileContent
        case .hex: compiled.function = .hex
        }
        tables.calls.append(compiled)
        return Op(code: .call, a: Int32(tables.calls.count - 1))
    }

    private mutating func lookupCall(_ lookup: ID<Lookup>, _ key: Template, _ fallback: Template) -> Op {
        let references = [template(key), template(fallback)]
        tables.calls.append(Call(function: .first, arguments: references, detail: lookup.index))
        return Op(code: .lookup, a: Int32(tables.calls.count - 1))
    }

    private mutating func operation(_ value: Value) -> Op {
        switch value {
        case .requestHeader("host"): Op(code: .hostHeader)
        case .requestHeader(let name): field(.requestHeader, name)
        case .cookie(let name): named(.cookie, name)
        case .argument(let name): named(.argument, name)
        case .pathParameter(let name): named(.pathParameter, name)
        case .tls(let name): named(.tls, name)
        case .proxied(let name): named(.proxied, name)
        case .namedCapture(let name): named(.namedCapture, name)
        case .constantEnvironment(let name): named(.environment, name)
        case .environment(let name): environment(name)
        case .told(let name): named(.told, name)
        case .time(let format): time(format)
        case .responseHeader(let name): sentField(name)
        case .answerTrailer(let name): named(.answerTrailer, name)
        case .upstreamHeader(let name): field(.upstreamHeader, name)
        case .capture(let bank, let group): Op(code: .capture, a: Int32(bank), b: Int32(group))
        case .variable(let variable): Op(code: .variable, a: variable.index)
        case .bodyBytes(let dash): Op(code: .bodyBytes, a: dash ? 1 : 0)
        default: Op(code: plain(value))
        }
    }

    /// A name of the environment: the variable that some rule sets, else what the process was started with.
    private mutating func environment(_ name: String) -> Op {
        // httpd finds them in any case (apr_table_get).
        let lowered = name.lowercased()
        if let slot = configuration.variables.firstIndex(where: { $0.name.lowercased() == lowered }) {
            return Op(code: .variable, a: Int32(slot))
        }
        if let slot = renamedSlot(name) { return Op(code: .variable, a: slot) }
        // What an internal redirect tells of the request that it came from (`rename_original_env`).
        if name == "REDIRECT_STATUS" { return Op(code: .redirectStatus) }
        return named(.environment, name)
    }

    /// The slot of a name that a variable has only behind an internal redirect (`REDIRECT_x`); nil if none gets it.
    private mutating func renamedSlot(_ name: String) -> Int32? {
        let source = configuration.variables.firstIndex { variable in
            if case .renamed(let prefix) = variable.survivesReentry { return name == prefix + variable.name }
            return false
        }
        // Slots behind those of the configuration's own variables can only be given once these are all there.
        guard let source, tables.variables.count >= configuration.variables.count else { return nil }
        if tables.variables[source].renamed < 0 {
            var record = VariableRecord(kind: .assigned, name: text(name))
            record.evaluated = .whenAssigned
            record.survives = configuration.variables[source].survivesReentry
            tables.variables[source].renamed = Int32(tables.variables.count)
            tables.variables.append(record)
        }
        return tables.variables[source].renamed
    }

    /// Formats that are written often have a negative number, so that no text is compared at a request.
    private mutating func time(_ format: String) -> Op {
        switch format {
        case "sec": Op(code: .time, a: -1)
        case "msec": Op(code: .time, a: -2)
        case "usec": Op(code: .time, a: -3)
        case "sec.msec": Op(code: .time, a: -4)
        case "http": Op(code: .time, a: -5)
        case "%d/%b/%Y:%H:%M:%S %z": Op(code: .time, a: -6)
        case "%Y-%m-%dT%H:%M:%S%:z": Op(code: .time, a: -7)
        default: named(.time, format)
        }
    }

    /// The code of a value without a name of its own.
    private func plain(_ value: Value) -> OpCode {
        switch value {
        case .method: .method
        case .scheme: .scheme
        case .version: .version
        case .requestLine: .requestLine
        case .targetAsReceived: .targetAsReceived
        case .path: .path
        case .pathBeforeRules: .pathBeforeRules
        case .query: .query
        case .queryMark: .queryMark
        case .hostHeader: .hostHeader
        case .host: .host
        case .hostOrSiteName: .hostOrSiteName
        case .authorityPort: .authorityPort
        case .requestID: .requestID
        case .requestLength: .requestLength
        default: plainConnection(value)
        }
    }

    private func plainConnection(_ value: Value) -> OpCode {
        switch value {
        case .listenerAddress: .listenerAddress
        case .listenerPort: .listenerPort
        case .siteName: .siteName
        case .clientAddress: .clientAddress
        case .clientPort: .clientPort
        case .clientAddressBinary: .clientAddressBinary
        case .peerAddress: .peerAddress
        case .peerPort: .peerPort
        case .connectionNumber: .connectionNumber
        case .connectionRequests: .connectionRequests
        case .keepsAlive: .keepsAlive
        case .processID: .processID
        case .hostname: .hostname
        case .filePath: .filePath
        case .rootPath: .rootPath
        case .realFilePath: .realFilePath
        case .pathInfo: .pathInfo
        case .layerDirectory: .layerDirectory
        case .pathBelowLayer: .pathBelowLayer
        case .scriptName: .scriptName
        case .scriptInfo: .scriptInfo
        default: plainAnswer(value)
        }
    }

    private func plainAnswer(_ value: Value) -> OpCode {
        switch value {
        case .user: .user
        case .realm: .realm
        case .handler: .handler
        case .pathBehindMatch: .pathBehindMatch
        case .durationWholeSeconds: .durationWholeSeconds
        case .durationSeconds: .durationSeconds
        case .durationMilliseconds: .durationMilliseconds
        case .durationMicroseconds: .durationMicroseconds
        case .status: .status
        case .originalStatus: .originalStatus
        case .reason: .reason
        case .locationAsHTML: .locationAsHTML
        case .bytesSent: .bytesSent
        case .bytesReceived: .bytesReceived
        case .upstreamAuthority: .upstreamAuthority
        case .upstreamPort: .upstreamPort
        case .forwardedFor: .forwardedFor
        case .upstreamAddress: .upstreamAddress
        case .upstreamStatus: .upstreamStatus
        case .upstreamResponseTime: .upstreamResponseTime
        case .upstreamConnectTime: .upstreamConnectTime
        case .upstreamHeaderTime: .upstreamHeaderTime
        case .upstreamResponseLength: .upstreamResponseLength
        case .upstreamSentLength: .upstreamSentLength
        default: .literal
        }
    }
}
