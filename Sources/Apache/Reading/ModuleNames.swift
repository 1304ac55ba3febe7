import Language

/// The names by which modules are loaded and asked for.
enum ModuleNames {
    /// What is always there in a usual build (Debian's: `apache2 -l`).
    static let builtIn: Set<String> = [
        "core", "mod_so", "http_core", "mod_watchdog", "mod_log_config", "mod_logio", "mod_version", "mod_unixd",
    ]

    /// What counts as loaded where no LoadModule line is in sight: the modules that Sluice runs.
    static let run: Set<String> = {
        var names = builtIn
        for module in ApacheDialect.modules where module.entries.contains(where: { $0.support == .run }) {
            names.insert(module.name)
        }
        // Modules that are run and have no directives of their own, or only such as change no answer.
        names.formUnion([
            "mod_proxy_http", "mod_proxy_balancer", "mod_lbmethod_byrequests", "mod_lbmethod_bytraffic",
            "mod_lbmethod_bybusyness", "mod_slotmem_shm", "mod_authz_host", "mod_authz_user", "mod_autoindex",
        ])
        return names
    }()

    /// The modules that a LoadModule line brings, by its first argument.
    static func modules(named identifier: String) -> Set<String> {
        let name = canonical(identifier)
        // Both have the same directives; the tables list them once.
        if name == "mod_cgi" { return ["mod_cgi", "mod_cgid"] }
        return [name]
    }

    /// One name for a module: from `rewrite_module` and `mod_rewrite.c` comes `mod_rewrite`.
    static func canonical(_ text: String) -> String {
        let text = text.lowercased()
        if text.hasSuffix("_module") {
            let name = String(text.dropLast("_module".count))
            switch name {
            case "core", "http_core": return name
            case "http": return "http_core"
            default: return name.hasPrefix("mpm_") ? name : "mod_" + name
            }
        }
        guard text.hasSuffix(".c") else { return text }
        let name = String(text.dropLast(2))
        switch name {
        case "prefork", "worker", "event", "itk": return "mpm_" + name
        case "util_ldap": return "mod_ldap"
        case "sapi_apache2": return "mod_php"
        default: return name
        }
    }
}
