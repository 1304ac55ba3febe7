/// Directives of modules that are not httpd's own, by name or by what names begin with.
enum ForeignModules {
    /// The module that a directive belongs to, and whether leaving it out could let somebody in.
    static func module(of directive: String) -> (name: String, guards: Bool)? {
        let key = directive.lowercased()
        if let module = names[key] { return (module, guarding.contains(key)) }
        let found = prefixes.filter { key.hasPrefix($0.0) }.max { $0.0.utf8.count < $1.0.utf8.count }
        guard let found else { return nil }
        return (found.1, guardingPrefixes.contains(found.0) && !isTuning(key))
    }

    /// What only sets how a guard works, and is none alone.
    private static func isTuning(_ key: String) -> Bool {
        key.hasSuffix("log") || key.hasSuffix("logtype") || key.hasSuffix("type") || key.hasSuffix("limit")
            || key.hasSuffix("access") || key.hasSuffix("parts") || key.hasSuffix("dir")
    }

    private static let prefixes: [(String, String)] =
        [
            ("php_", "mod_php"), ("php", "mod_php"), ("wsgi", "mod_wsgi"), ("passenger", "Passenger"),
            ("rails", "Passenger"),
            ("rack", "Passenger"), ("unionstation", "Passenger"), ("sec", "ModSecurity"), ("fcgid", "mod_fcgid"),
            ("fastcgi", "mod_fastcgi"), ("suhosin", "Suhosin"), ("suphp", "suPHP"), ("jk", "mod_jk"),
            ("svn", "mod_dav_svn"),
            ("authzsvn", "mod_authz_svn"), ("authnsvn", "mod_authz_svn"), ("shib", "mod_shib"),
            ("sspi", "mod_auth_sspi"),
            ("perl", "mod_perl"), ("python", "mod_python"), ("mono", "mod_mono"), ("mod_gzip", "mod_gzip"),
            ("authcas", "mod_auth_cas"), ("cas", "mod_auth_cas"), ("oidc", "mod_auth_openidc"),
            ("oauth", "mod_auth_openidc"),
            ("mellon", "mod_auth_mellon"), ("authopenid", "mod_auth_openid"), ("krb", "mod_auth_kerb"),
            ("gssapi", "mod_auth_gssapi"), ("authmysql", "mod_auth_mysql"), ("auth_mysql", "mod_auth_mysql"),
        ]
        + [
            ("auth_pg", "mod_auth_pgsql"), ("authpam", "mod_auth_pam"), ("auth_pam", "mod_auth_pam"),
            ("dos", "mod_evasive"),
            ("evasive", "mod_evasive"), ("qs_", "mod_qos"), ("rpaf", "mod_rpaf"), ("geoip", "mod_geoip"),
            ("maxmind", "mod_maxminddb"), ("pagespeed", "mod_pagespeed"), ("modpagespeed", "mod_pagespeed"),
            ("xsendfile", "mod_xsendfile"), ("cloudflareremoteip", "mod_cloudflare"), ("gnutls", "mod_gnutls"),
            ("nss", "mod_nss"), ("ruid", "mod_ruid2"), ("rmode", "mod_ruid2"), ("rminuid", "mod_ruid2"),
            ("rgroups", "mod_ruid2"),
            ("weblogic", "mod_wl"), ("wlo", "mod_wl"), ("webspherepluginconfig", "the WebSphere plug-in"),
            ("jrun", "the JRun plug-in"), ("managerbalancer", "mod_cluster"), ("advertise", "mod_cluster"),
            ("cocoon", "mod_cocoon"), ("tidy", "mod_tidy"), ("vhostcgi", "mod_privileges"),
            ("h264", "mod_h264_streaming"),
            ("upload", "mod_upload_progress"), ("bw", "mod_bw"), ("cband", "mod_cband"),
            ("authcookie", "mod_auth_cookie"),
            ("authexternal", "mod_authnz_external"), ("authtkt", "mod_auth_tkt"), ("tktauth", "mod_auth_tkt"),
            ("authzldap", "mod_authz_ldap"), ("trac", "mod_python"), ("mapcache", "mod_mapcache"), ("tile", "mod_tile"),
        ]

    private static let names: [String: String] = [
        "assignuserid": "mpm-itk", "maxclientsvhost": "mpm-itk", "nicevalue": "mpm-itk", "limituidrange": "mpm-itk",
        "limitgidrange": "mpm-itk", "addclientencoding": "mod_encoding", "encodingengine": "mod_encoding",
        "normalizeusername": "mod_encoding", "defaultclientencoding": "mod_encoding",
        "defineexternalauth": "mod_authnz_external", "addexternalauth": "mod_authnz_external",
        "addexternalgroup": "mod_authnz_external", "groupexternal": "mod_authnz_external",
        "maxconnperip": "mod_limitipconn", "noiplimit": "mod_limitipconn", "onlyiplimit": "mod_limitipconn",
        "charsetpriority": "mod_charset", "charsetrecodefilenames": "mod_charset",
        "charsetrecodemethodin": "mod_charset",
        "simpleproccount": "the simple MPM", "simplethreadcount": "the simple MPM", "vhostinit": "mod_vhost",
        "maxrequestsperthread": "the perchild MPM", "numservers": "the perchild MPM",
        "startthreads": "the perchild MPM",
        "maxthreads": "the perchild MPM", "maxthreadsperchild": "the perchild MPM",
        "childperuserid": "the perchild MPM",
        "cookielog": "mod_log_config of httpd 2.2", "loadmoduleapple": "Apple's httpd",
    ]

    private static let guarding: Set<String> = ["maxconnperip", "onlyiplimit", "groupexternal"]

    private static let guardingPrefixes: Set<String> = [
        "authzsvn", "shib", "sspi", "authcas", "oidc", "mellon", "authopenid", "krb", "gssapi", "authmysql",
        "auth_mysql",
        "auth_pg", "authpam", "auth_pam", "authexternal", "authtkt", "tktauth", "authzldap", "authcookie", "sec",
    ]
}

/// Directives that older versions of httpd had, and what to do without them.
enum RemovedDirectives {
    /// What to do, by key.
    static let advice: [String: String] = [
        "lockfile": "remove it; write `Mutex file:folder` if a lock needs a place",
        "acceptmutex": "remove it; `Mutex` says how processes lock each other out",
        "sslmutex": "remove it; `Mutex` says how processes lock each other out",
        "rewritelock": "remove it; `Mutex` says how processes lock each other out",
        "rewritelog": "write `LogLevel alert rewrite:trace3` instead",
        "rewriteloglevel": "write `LogLevel alert rewrite:trace3` instead",
        "authzldapauthoritative": "remove it; `Require` lines say what is enough",
        "authzuserauthoritative": "remove it; `Require` lines say what is enough",
        "authzgroupfileauthoritative": "remove it; `Require` lines say what is enough",
        "authzdefaultauthoritative": "remove it; `Require` lines say what is enough",
        "authauthoritative": "write `AuthBasicAuthoritative` instead",
        "authdigestfile": "write `AuthUserFile` and `AuthDigestProvider file` instead",
        "authdigestgroupfile": "write `AuthGroupFile` instead",
        "addmodule": "remove it; `LoadModule` is enough since 2.0",
        "clearmodulelist": "remove it; `LoadModule` is enough since 2.0",
        "servertype": "remove it; the server always stands alone",
        "port": "write `Listen` instead",
        "bindaddress": "write `Listen` instead",
        "resourceconfig": "write `Include` instead",
        "accessconfig": "write `Include` instead",
        "agentlog": "write `CustomLog` with `%{User-agent}i` instead",
        "refererlog": "write `CustomLog` with `%{Referer}i` instead",
        "scriptinterpretersource": "remove it; it was for Windows",
    ]
}
