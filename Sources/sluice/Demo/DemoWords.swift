import System

/// What the demo says.
enum DemoWords {
    static func welcome(_ site: DemoSite, in folder: FilePath, process: Int32?) -> String {
        let address = "http://127.0.0.1:\(site.port)/"
        let pid = process.map(String.init) ?? "?"
        return """

            The pastebin is at \(address)

              the site         \(folder)/pastebin.conf, a virtual host as Apache would read it
              the application  process \(pid), on port \(site.application)

            Try this:

              curl -i \(address)headers
                  what the application receives: see X-Forwarded-For
              kill \(pid)
                  the application dies; reload the page in the browser, or
              curl -i \(address)
                  503, and the maintenance page, which Sluice serves itself
              Enter
                  starts the application again; the site is back at once

            Ctrl-C ends the demo.
            """
    }

    static func applicationEnded(at address: String, again seconds: Int?) -> String {
        let back = seconds.map { "It comes back in \($0) s." } ?? "Press Enter to start it again."
        return "The application is gone: \(address) now answers 503 with the maintenance page. \(back)"
    }

    static func applicationBack(at address: String, process: Int32?) -> String {
        "The application is back, as process \(process.map(String.init) ?? "?"): \(address) works again."
    }
}
