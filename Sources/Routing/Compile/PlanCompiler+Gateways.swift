import IR

extension PlanCompiler {
    /// The index of a call through a gateway, among the forwards.
    mutating func gateway(_ call: GatewayCall) -> Int32 {
        let start = Int32(tables.gatewayParameters.count)
        for parameter in call.parameters {
            tables.gatewayParameters.append(
                GatewayParameterRecord(
                    name: text(parameter.name), value: template(parameter.value),
                    // A field's name without a value only keeps the client's field back
                    // (ngx_http_fastcgi_init_params).
                    ifNotEmpty: parameter.ifNotEmpty
                        || (parameter.value == Template() && parameter.name.hasPrefix("HTTP_")),
                    isField: parameter.name.hasPrefix("HTTP_"),
                    isLength: parameter.value == Template(.requestHeader("content-length"))))
        }
        let parameters = Span32(start: start, end: Int32(tables.gatewayParameters.count))
        var gateway = GatewayRecord(parameters: parameters, keepsConnection: call.keepsConnection)
        if !call.catches.isEmpty { gateway.catches = names(call.catches) }
        var path = SentPath.targetAsReceived
        var written = TemplateRef.none
        if let common = call.common {
            if case .sent(let sent) = common.script { path = sent }
            written = template(Template(common.written))
            set(common, of: call, in: &gateway)
        }
        tables.gateways.append(gateway)
        var record = ForwardRecord(
            pool: -1, target: .noTemplate, path: sentPath(path), query: .none, written: written,
            origin: call.origin.index)
        record.gateway = Int32(tables.gateways.count - 1)
        switch call.socket {
        case .pool(let pool): record.pool = pool.index
        case .computed(let target): record.target = template(target)
        }
        tables.forwards.append(record)
        return Int32(tables.forwards.count - 1)
    }

    private mutating func set(_ common: CommonVariables, of call: GatewayCall, in gateway: inout GatewayRecord) {
        switch common.script {
        case .file(let behind):
            gateway.common = .file
            gateway.behind = text(behind)
        case .sent: gateway.common = .sent
        }
        gateway.backend = common.backend.map { text($0) } ?? .absent
        gateway.isImplied = common.isImplied
        if case .pool(let pool) = call.socket {
            gateway.isImplied = configuration.pools[pool.at].isImplied
            gateway.keepsConnection = configuration.pools[pool.at].connections.reuse
        }
        if !common.failures.isEmpty {
            tables.failureCodes.append(Failure.allCases.map { Int32(common.failures[$0] ?? -1) })
            gateway.failureCodes = Int32(tables.failureCodes.count - 1)
        }
    }

    /// The index of what calls tell besides; -1: nothing is said about it.
    mutating func gatewaySettings(_ settings: GatewaySettings) -> Int32 {
        if settings == GatewaySettings() { return -1 }
        let start = Int32(tables.gatewayEdits.count)
        let edits = (settings.edits?.value ?? []).map { edit in
            GatewayEditRecord(
                when: condition(edit.when), name: text(edit.name), value: template(edit.value),
                origin: edit.origin.index)
        }
        tables.gatewayEdits.append(contentsOf: edits)
        var record = GatewaySettingsRecord(admin: text(settings.admin?.value ?? ""))
        record.root = text(settings.root?.value ?? "")
        record.passesLogin = settings.passesLogin?.value ?? false
        record.namesPlainly = settings.namesPlainly?.value ?? false
        record.tellsCurrentPath = settings.tellsCurrentPath?.value ?? false
        record.qualifiesRedirect = settings.qualifiesRedirect?.value ?? false
        record.signature = settings.signature?.value ?? .none
        record.tls = settings.tls?.value ?? []
        record.edits = Span32(start: start, end: Int32(tables.gatewayEdits.count))
        tables.gatewaySettings.append(record)
        return Int32(tables.gatewaySettings.count - 1)
    }
}
