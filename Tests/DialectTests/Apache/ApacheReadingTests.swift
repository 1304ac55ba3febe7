import Apache
import IR
import Language
import Source
import Testing

/// What decides which lines count, and where they come from.
struct ApacheReadingTests {
    @Test func `a defined name stands for its value, then the environment, else for itself`() {
        let apache = ApacheCase(
            "Define ROOT /srv\nDocumentRoot ${ROOT}/${WHO}\nErrorLog ${NOBODY}/error.log\n",
            environment: ["WHO": "me"])
        #expect(apache.base.files.place?.value.base.literal == "/srv/me")
        #expect(apache.rules(.warning) == ["undefined-variable"])
        #expect(apache.base.log.error?.value.file == "/etc/apache2/${NOBODY}/error.log")
    }

    @Test func `envvars beside the main file are read, one after the other`() {
        let apache = ApacheCase(
            "ErrorLog ${APACHE_LOG_DIR}/error.log\n",
            files: [
                "/etc/apache2/envvars":
                    "unset HOME\nSUFFIX=\nexport APACHE_LOG_DIR=/var/log/apache2$SUFFIX # where\nexport LANG='C'\n"
            ])
        #expect(apache.base.log.error?.value.file == "/var/log/apache2/error.log")
        #expect(apache.diagnostics.isEmpty)
    }

    @Test func `a fragment gets the variables that site files count on`() {
        let apache = ApacheCase("ErrorLog ${APACHE_LOG_DIR}/a.log\n", isMain: false)
        #expect(apache.base.log.error?.value.file == "/var/log/apache2/a.log")
        #expect(apache.diagnostics.isEmpty)
    }

    @Test func `modules that Sluice runs count as loaded where no LoadModule is in sight`() {
        let apache = ApacheCase(
            """
            <IfModule mod_rewrite.c>
            ServerName rewrite.test
            </IfModule>
            <IfModule dav_module>
            ServerName ssl.test
            </IfModule>
            <IfModule !mod_dav.c>
            Timeout 7
            </IfModule>
            """)
        #expect(apache.site.name == "rewrite.test")
        #expect(apache.base.limits.sendTime?.value == 7)
    }

    @Test func `LoadModule lines say what is loaded, and nothing else is`() {
        let apache = ApacheCase(
            """
            LoadModule authz_core_module m/mod_authz_core.so
            LoadModule ssl_module m/mod_ssl.so
            <IfModule mod_ssl.c>
            ServerName ssl.test
            </IfModule>
            RewriteEngine On
            """)
        #expect(apache.site.name == "ssl.test")
        #expect(apache.rules() == ["module-not-loaded"])
    }

    @Test func `versions, defines, files and directives are asked for`() {
        let apache = ApacheCase(
            """
            <IfVersion >= 2.4>
            ServerName a.test
            </IfVersion>
            <IfVersion ~ "^2\\.2">
            ServerName b.test
            </IfVersion>
            <IfDefine !DEBUG>
            Timeout 9
            </IfDefine>
            <IfFile /etc/there>
            KeepAliveTimeout 3
            </IfFile>
            <IfDirective ProxyPass>
            MaxKeepAliveRequests 12
            </IfDirective>
            """, files: ["/etc/there": ""])
        #expect(apache.site.name == "a.test")
        #expect(apache.base.limits.sendTime?.value == 9)
        #expect(apache.base.limits.keepAlive?.value.seconds == 3)
        #expect(apache.base.limits.keepAlive?.value.requests == 12)
    }

    @Test func `includes are relative to ServerRoot, sorted, and folders are read whole`() {
        let files = [
            "/r/conf.d/b.conf": "ServerName b.test\n", "/r/conf.d/a.conf": "ServerName a.test\n",
            "/r/more/x/y.conf": "Timeout 4\n",
        ]
        let apache = ApacheCase("ServerRoot /r\nInclude conf.d/*.conf\nInclude more\n", files: files)
        #expect(apache.site.name == "b.test")
        #expect(apache.base.limits.sendTime?.value == 4)
        #expect(apache.reading.sources.files.map(\.path).last == "/r/more/x/y.conf")
    }

    @Test func `a missing include is an error, an optional one is not`() {
        #expect(ApacheCase("Include nothing.conf\nInclude no/*.conf\n").rules() == ["missing-file", "missing-file"])
        #expect(ApacheCase("IncludeOptional nothing.conf\nIncludeOptional no/*.conf\n").diagnostics.isEmpty)
    }

    @Test func `a file that includes itself is found out`() {
        let apache = ApacheCase("Include /a.conf\n", files: ["/a.conf": "Include /a.conf\n"])
        #expect(apache.rules() == ["include-cycle"])
    }

    @Test func `a macro's lines stand where it is used, with its values`() {
        let apache = ApacheCase(
            """
            <Macro Site $name $port>
            <VirtualHost *:$port>
            ServerName $name.test
            ServerAlias www.$name.test
            </VirtualHost>
            </Macro>
            Use Site one 80
            Use Site two 81
            UndefMacro Site
            """)
        #expect(apache.configuration.sites.map(\.name) == [nil, "one.test", "two.test"])
        #expect(apache.configuration.listeners.map(\.port) == [80, 81])
    }

    @Test func `macros that are missing, misused or endless are errors`() {
        #expect(ApacheCase("Use Nothing\n").rules() == ["undefined-macro"])
        #expect(ApacheCase("<Macro A $x>\n</Macro>\nUse A\n").rules() == ["wrong-arguments"])
        #expect(ApacheCase("<Macro A>\nUse A\n</Macro>\nUse A\n").rules() == ["include-cycle"])
    }

    @Test func `a site that is not enabled is read behind the main file`() {
        let files = [
            "/etc/apache2/apache2.conf": "ServerName main.test\nListen 8080\n", "/etc/apache2/envvars": "",
            "/etc/apache2/sites-available/one.conf": "<VirtualHost *:8080>\nServerName one.test\n</VirtualHost>\n",
            "/etc/apache2/sites-enabled/two.conf": "",
            "/etc/apache2/sites-available/two.conf": "",
        ]
        let layout = ApacheDialect().layout(of: "/etc/apache2/sites-available/one.conf", files: .memory(files))
        #expect(layout?.main == "/etc/apache2/apache2.conf")
        #expect(layout?.sites == ["/etc/apache2/sites-available/one.conf"])
    }

    @Test func `an .htaccess file speaks for its folder`() {
        let apache = ApacheCase("Require all denied\nListen 80\n", path: "/srv/site/.htaccess", isMain: false)
        #expect(apache.overlays.first?.access.required?.value == .denied)
        #expect(apache.rules() == ["wrong-context"])
    }

    @Test func `paths mean the same below a root prefix`() {
        let apache = ApacheCase("DocumentRoot /srv\n<Directory /srv>\n</Directory>\n", rootPrefix: "/copy")
        #expect(apache.base.files.place?.value.base.literal == "/srv")
        #expect(apache.site.overlays.map(\.selector) == [.directory(.segments("/srv"))])
    }
}
