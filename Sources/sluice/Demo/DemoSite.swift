/// The site that the demo serves: the second stage of samples/pastebin, with ports and folders of its own.
struct DemoSite {
    /// Where the site listens, as the configuration writes it.
    var address = "*"
    var port: UInt16 = 80

    /// The port of the application, on the loopback address.
    var application: UInt16 = 8000

    /// The folder of the site's files, and the one of its logs.
    var files = "/var/www/pastebin"
    var logs = "${APACHE_LOG_DIR}"

    /// The virtual host; with the defaults it is, to the byte, the sample's file, and a test holds the two together.
    var configuration: String {
        """
        # Stage 2: the application answers, this server stands in front of it.
        # Needs mod_proxy and mod_proxy_http.

        <VirtualHost \(address):\(port)>
            ServerName paste.example.org
            ServerAlias www.paste.example.org

            DocumentRoot \(files)
            <Directory \(files)>
                Options -Indexes
                AllowOverride None
                Require all granted
            </Directory>

            # This is a reverse proxy. "On" would make it a forward proxy too, one that anyone could use to
            # reach anything.
            ProxyRequests Off

            # The page must come from this server, since it is wanted when the application cannot answer.
            # Rules are tried in order, so the exception stands before the rule.
            ProxyPass /maintenance.html !
            # Both sides end in a slash, or neither does. retry=0 asks the application again at once after it
            # refused a connection; without it, a minute passes before this server notices that it is back.
            ProxyPass / http://127.0.0.1:\(application)/ retry=0
            # The application names itself in its redirects: give the client this server's name instead.
            ProxyPassReverse / http://127.0.0.1:\(application)/

            # 503: nothing listens. 502: it hung up or was too slow.
            ErrorDocument 502 /maintenance.html
            ErrorDocument 503 /maintenance.html

            ErrorLog \(logs)/paste-error.log
            CustomLog \(logs)/paste-access.log combined
        </VirtualHost>

        """
    }
}
