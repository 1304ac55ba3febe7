/// Parts of Apache configurations that guard something, and parts that lead past guards where they can.
enum GuardPieces {
    /// Sections that turn somebody away.
    static let guards: [String] = byAddress + byUser + byCondition

    private static let byAddress = [
        "<Location /a>\nRequire all denied\n</Location>",
        "<Location /a/b>\nRequire ip 10.0.0.0/8\n</Location>",
        "<Location />\nRequire not ip 192.0.2.1\nRequire all granted\n</Location>",
        "<Location /a/b/c>\nRequire all granted\n</Location>",
        "<LocationMatch \"\\.secret\">\nRequire all denied\n</LocationMatch>",
        "<LocationMatch \"^/a/(x|y)\">\nRequire ip 10.0.0.0/8\n</LocationMatch>",
        "<Location \"/o*\">\nRequire all denied\n</Location>",
        "<Files \"*.key\">\nRequire all denied\n</Files>",
        "<FilesMatch \"^\\.ht\">\nRequire all denied\n</FilesMatch>",
        "<Directory /srv/www/private>\nRequire all denied\n</Directory>",
        "<Directory \"/srv/www/*/inner\">\nRequire ip 10.0.0.0/8\n</Directory>",
        "<DirectoryMatch \"^/srv/www/(private|two)\">\nRequire all denied\n</DirectoryMatch>",
        "<DirectoryMatch \"inner\">\nRequire all denied\n</DirectoryMatch>",
        "<Directory /srv/www/two>\n<Files \"f*\">\nRequire all denied\n</Files>\n</Directory>",
        "<Location /o>\nOrder deny,allow\nDeny from all\nAllow from 10.0.0.1\n</Location>",
        "<Location /two>\nOrder allow,deny\nAllow from 10\n</Location>",
        "<Proxy http://127.0.0.1:8000/admin>\nRequire all denied\n</Proxy>",
        "<ProxyMatch \"^http://.*/admin\">\nRequire all denied\n</ProxyMatch>",
        "<Location /p>\nRequire ip 10.0.0.0/8\n</Location>",
    ]

    private static let login = "AuthType Basic\nAuthName lab\nAuthUserFile /etc/users\n"

    private static let byUser = [
        "<Location /u>\n\(login)Require valid-user\n</Location>",
        "<Location /u/ann>\n\(login)Require user ann\n</Location>",
        "<Location /u/open>\nRequire all granted\n</Location>",
        "<Location /g>\n\(login)AuthGroupFile /etc/groups\nRequire group admins\n</Location>",
        "<Location /s>\n\(login)Order deny,allow\nDeny from all\nAllow from 10.0.0.1\nRequire valid-user\nSatisfy any\n"
            + "</Location>",
        "<LocationMatch \"^/s/.*\\.secret\">\nSatisfy all\nRequire all denied\n</LocationMatch>",
        "<FilesMatch \"\\.key$\">\n\(login)Require valid-user\n</FilesMatch>",
        "<Directory /srv/www/private>\n\(login)Require valid-user\n</Directory>",
        "<Location /u/both>\n\(login)<RequireAll>\nRequire valid-user\nRequire method GET\n</RequireAll>\n</Location>",
        "<Location /a/any>\n\(login)<RequireAny>\nRequire valid-user\nRequire method GET\n</RequireAny>\n</Location>",
        "<Location /g>\nAuthType Digest\nAuthName lab\nAuthUserFile /etc/users\nRequire valid-user\n</Location>",
    ]

    private static let byCondition = [
        "<Location /a>\n<Limit POST PUT>\nRequire all denied\n</Limit>\n</Location>",
        "<Location /two>\n<LimitExcept GET>\nRequire ip 10.0.0.0/8\n</LimitExcept>\n</Location>",
        "<If \"%{REQUEST_URI} =~ m#^/i/#\">\nRequire all denied\n</If>",
        "<If \"%{HTTP:X-Flag} == 'bad'\">\nRequire ip 10.0.0.0/8\n</If>",
        "<If \"-f %{REQUEST_FILENAME}\">\nRequire ip 10.0.0.0/8\n</If>",
        "<Location /i>\n<If \"%{QUERY_STRING} == 'q'\">\nRequire all denied\n</If>\n</Location>",
        "SetEnvIf X-Flag bad flag\n<Location /two>\n<RequireAll>\nRequire all granted\nRequire not env flag\n"
            + "</RequireAll>\n</Location>",
        "<Location /i>\nRequire expr %{HTTP:X-Flag} != 'bad'\n</Location>",
        "<Location /o>\nRequire method GET\n</Location>",
        "<Directory /srv/www/private>\n<If \"%{QUERY_STRING} == 'q'\">\nRequire all denied\n</If>\n</Directory>",
        "<LocationMatch \"^/p/\">\nRequire expr %{QUERY_STRING} != 'q'\n</LocationMatch>",
    ]

    /// What forwards, redirects, rewrites, or says something about the same places.
    static let others: [String] = [
        "ProxyPass /p http://127.0.0.1:8000/",
        "ProxyPass /a/p http://127.0.0.1:8000/admin",
        "ProxyPassMatch \"^/(.*)\\.do$\" http://127.0.0.1:8000/$1",
        "<Location /u/app>\nProxyPass http://127.0.0.1:8000/\n</Location>",
        "RewriteEngine On\nRewriteRule ^/a/rw/(.*) /open/$1 [L]",
        "RewriteEngine On\nRewriteRule ^/(a|u)/pt/(.*) /open/$2 [PT]",
        "RewriteEngine On\nRewriteRule ^/u/px/(.*)$ http://127.0.0.1:8000/$1 [P]",
        "RewriteEngine On\nRewriteCond %{QUERY_STRING} q\nRewriteRule ^ /open/f.txt [PT]",
        "<Location /u>\nRewriteEngine On\nRewriteRule rw$ /open/f.txt [L]\n</Location>",
        "<Directory /srv/www/private>\nRewriteEngine On\nRewriteRule ^rw /open/f.txt [L]\n</Directory>",
        "<Location /a/b>\nRedirect /a/b/re /open/f.txt\n</Location>",
        "Alias /al /srv/www/private",
        "Alias /key /srv/www/f.key",
        "AliasMatch \"^/am/(.*)$\" /srv/www/private/$1",
        "Header set X-Server one",
        "<Location /a>\nHeader append X-Place a\n</Location>",
        "<LocationMatch \"x$\">\nHeader set X-Match x\n</LocationMatch>",
        "<LocationMatch \"txt$\">\nErrorDocument 404 \"none\"\n</LocationMatch>",
        "<Files \"*.txt\">\nHeader set X-File txt\n</Files>",
        "ErrorDocument 403 /open/f.txt",
        "ErrorDocument 404 /private/f.txt",
        "FallbackResource /open/f.txt",
        "DirectoryIndex f.txt",
        "<Directory /srv/www/two>\nOptions +Indexes\n</Directory>",
    ]

    /// Where requests go.
    static let paths: [String] = [
        "/", "/a", "/a/", "/a/x", "/a/b", "/a/b/f.txt", "/a/b/c/f.txt", "/a/any/f.txt", "/a/p/x", "/a/rw/f.txt",
        "/a/pt/f.txt", "/a/x.secret", "/x.secret", "/a//b/f.txt", "/a/b/re", "/open/f.txt", "/o/f.txt",
        "/private/f.txt",
        "/private/inner/f.txt", "/private/rw", "/two", "/two/", "/two/f.txt", "/two/inner/f.txt", "/al/f.txt", "/al/rw",
        "/am/f.txt", "/am/inner/f.txt", "/key", "/f.key", "/u/f.key", "/.htpasswd", "/al/.htpasswd", "/u", "/u/f.txt",
        "/u/rw", "/u/ann/f.txt", "/u/open/f.txt", "/u/both/f.txt", "/u/app/x", "/u/px/x", "/u/pt/f.txt", "/g/f.txt",
        "/s/f.txt", "/s/f.secret", "/i/f.txt", "/p/x", "/p/admin", "/p/admin/x", "/u/x.do", "/x.do", "/p/f.key",
    ]

    /// What lies in the folders that are served.
    static let files: [String] = paths.compactMap { path in
        path.hasSuffix("/") || !path.contains(".") ? nil : "/srv/www" + path.replacing("//", with: "/")
    }
}
