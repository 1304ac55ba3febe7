import IR
import Language

/// Calls through FastCGI.
extension ApacheWriter {
    /// SetHandler and what the application is told otherwise than httpd would tell it; nil: files answer.
    mutating func handler(_ settings: Settings) -> ApacheField? {
        guard let content = settings.files.content, case .process(let call)? = content.value,
            case .pool(let pool) = call.socket
        else { return nil }
        guard call.common == nil else {
            return ApacheField(
                "handler", ["Require all denied"], [content.origin],
                losses: [Loss(.approximate("this call is not written, so nobody is let in"), at: content.origin)])
        }
        for member in configuration.pools[pool.at].members { remainder.take(member.origin) }
        remainder.take(configuration.pools[pool.at].origin)
        var lines = ["SetHandler \"proxy:\(authority(pool))\"", "CGIPassAuth On"]
        if settings.files.slashRedirect?.value == false { lines.append("DirectorySlash Off") }
        var losses: [Loss] = []
        let script = settings.forward.script
        lines += told(call, script?.value ?? ScriptNaming(), settings, &losses)
        if settings.forward.passesHeaders?.value == false || settings.forward.passesBody?.value == false {
            losses.append(Loss(.dropped("httpd tells applications the fields and the body"), at: call.origin))
        }
        if !call.catches.isEmpty {
            losses.append(Loss(.dropped("httpd takes no complaint for a failure"), at: call.origin))
        }
        return ApacheField(
            "handler", lines, [content.origin, call.origin, script?.origin].compactMap { $0 }, losses: losses)
    }

    /// A parameter that has another value where something of the request matches.
    private struct Case {
        /// The condition as an expression.
        var when: String
        /// What stands for the script's path, and for what follows it.
        var script: String
        var info: String
    }

    /// `ProxyFCGISetEnvIf` lines for the parameters that httpd does not tell by itself, or not with this value.
    private mutating func told(
        _ call: GatewayCall, _ naming: ScriptNaming, _ settings: Settings, _ losses: inout [Loss]
    ) -> [String] {
        var cases = [Case(when: "true", script: "%{REQUEST_URI}", info: "")]
        if let split = naming.split {
            let source = (split.ignoresCase ? "(?i)" : "") + ApacheQuoting.source(of: split)
            cases.append(Case(when: "%{REQUEST_URI} =~ \(expression(source))", script: "$1", info: "$2"))
        }
        if !naming.index.isEmpty {
            cases.append(
                Case(when: "%{REQUEST_URI} =~ m#/$#", script: "%{REQUEST_URI}\(naming.index)", info: ""))
        }
        var lines: [String] = []
        var names: Set<String> = []
        for parameter in call.parameters {
            names.insert(parameter.name)
            if isTold(parameter, settings) { continue }
            if parameter.value == Template() {
                let isLeftOut = parameter.ifNotEmpty || parameter.name.hasPrefix("HTTP_")
                lines.append("ProxyFCGISetEnvIf true \(isLeftOut ? "!" : "")\(parameter.name)")
                continue
            }
            let own = asksForScript(parameter.value) ? cases : [cases[0]]
            for one in own {
                guard let value = value(parameter.value, one, settings) else {
                    losses.append(Loss(.dropped("httpd cannot make the value of \(parameter.name)"), at: call.origin))
                    break
                }
                let when = parameter.ifNotEmpty && one.when == "true" ? "-n '\(value)'" : one.when
                lines.append(
                    "ProxyFCGISetEnvIf \(ApacheQuoting.word(when)) \(parameter.name) "
                        + ApacheQuoting.word(value))
            }
        }
        // httpd looks on the disk for where a script's path ends; the other server tells it by the path alone.
        for name in ["PATH_INFO", "PATH_TRANSLATED"] where !names.contains(name) {
            lines.append("ProxyFCGISetEnvIf true !\(name)")
        }
        return lines
    }

    private func expression(_ source: String) -> String {
        let sign = ["#", "|", ",", "!"].first { !source.contains($0) } ?? "#"
        return "m\(sign)\(source)\(sign)"
    }

    private func asksForScript(_ template: Template) -> Bool {
        var found = false
        _ = template.replacing { value in
            if value == .scriptName || value == .scriptInfo { found = true }
            return nil
        }
        return found
    }

    /// Whether httpd tells a parameter so by itself.
    private func isTold(_ parameter: GatewayParameter, _ settings: Settings) -> Bool {
        switch parameter.name {
        case "SERVER_SOFTWARE": return true
        case "DOCUMENT_ROOT":
            return parameter.value == Template(.rootPath) || parameter.value == settings.files.place?.value.base
        case "HTTP_PROXY": return parameter.value == Template()
        default: return Self.ordinary[parameter.name]?.contains(parameter.value) == true
        }
    }

    private static let ordinary: [String: [Template]] = [
        "QUERY_STRING": [Template(.query)], "REQUEST_METHOD": [Template(.method)],
        "REQUEST_URI": [Template(.targetAsReceived)], "SERVER_PROTOCOL": [Template(.version)],
        "REQUEST_SCHEME": [Template(.scheme)], "GATEWAY_INTERFACE": ["CGI/1.1"],
        "REMOTE_ADDR": [Template(.clientAddress)], "REMOTE_PORT": [Template(.clientPort)],
        "REMOTE_USER": [Template(.user)], "SERVER_ADDR": [Template(.listenerAddress)],
        "SERVER_PORT": [Template(.listenerPort)], "SERVER_NAME": [Template(.hostOrSiteName), Template(.host)],
        "CONTENT_TYPE": [Template(.requestHeader("content-type"))],
        "CONTENT_LENGTH": [Template(.requestHeader("content-length"))], "HTTPS": [Template(.tls("https"))],
    ]

    /// A value as an expression's text; nil: httpd cannot make it.
    private mutating func value(_ template: Template, _ one: Case, _ settings: Settings) -> String? {
        var result = ""
        for piece in template.pieces {
            switch piece {
            case .literal(let text): result += text.replacing("\\", with: "\\\\").replacing("%{", with: "\\%{")
            case .value(.scriptName): result += one.script
            case .value(.scriptInfo): result += one.info
            case .value(.rootPath):
                guard let base = settings.files.place?.value, base.drops == .nothing, let root = text(base.base) else {
                    return nil
                }
                result += root
            case .value(.filePath):
                guard let base = settings.files.place?.value, base.drops == .nothing, let root = text(base.base) else {
                    return nil
                }
                result += root + "%{REQUEST_URI}"
            case .value(.path): result += "%{REQUEST_URI}"
            case .value(.targetAsReceived): result += "%{reqenv:REQUEST_URI}"
            case .value(.siteName):
                guard let name = configuration.sites[site.at].name else { return nil }
                result += name
            case .value(.tls("https")): result += "%{reqenv:HTTPS}"
            case .value(.hostOrSiteName): result += "%{reqenv:SERVER_NAME}"
            case .value(let value):
                guard let text = text(Template(value)), !text.contains("$"), !text.contains("%{ENV") else { return nil }
                result += text
            case .apply, .lookup: return nil
            }
        }
        return result
    }
}
