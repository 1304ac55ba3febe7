/// What the demo's application shows.
enum PastePages {
    /// The first page: a form, and what was kept so far.
    static func front(_ pastes: [PasteStore.Paste]) -> String {
        let items = pastes.map { paste in
            let start = paste.text.split(separator: "\n", maxSplits: 1).first ?? ""
            return "<li><a href=\"/p/\(paste.id)\">\(AppText.html(start.prefix(60)))</a></li>"
        }
        let list = items.isEmpty ? "<p>Nothing yet.</p>" : "<ul>" + items.joined(separator: "\n") + "</ul>"
        return """
            <h1>Pastebin</h1>
            <form method="post" action="/paste">
              <label for="text">A new paste</label>
              <textarea id="text" name="text" rows="6" required autofocus></textarea>
              <button>Keep it</button>
            </form>
            <h2>Kept so far</h2>
            \(list)
            """
    }

    /// One paste.
    static func one(_ paste: PasteStore.Paste) -> String {
        """
        <h1>Paste \(paste.id)</h1>
        <pre>\(AppText.html(paste.text))</pre>
        <p><a href="/">Back</a> · <a href="/raw/\(paste.id)">As plain text</a></p>
        """
    }

    /// A page for what went wrong.
    static func problem(_ title: String, _ text: String) -> String {
        "<!doctype html><html lang=\"en\"><title>\(title)</title><h1>\(title)</h1><p>\(text)</p></html>\n"
    }

    /// The page around `content`, and who made it: with the process to kill, and the client as the proxy named it.
    static func frame(_ content: String, process: Int32, client: Substring?) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Pastebin</title>
        <style>\(style)</style>
        </head>
        <body>
        <main>
        \(content)
        <footer>From the application, process \(process)\(client.map { ", asked for " + AppText.html($0) } ?? "").
        <a href="/headers">What it received</a></footer>
        </main>
        </body>
        </html>

        """
    }

    private static let style = """
        :root { color-scheme: light dark; --ink: #23303d; --paper: #f6f3ec; --sheet: #fffdf8; --soft: #5d6b78; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e8e4da; --paper: #14191e; --sheet: #1d242b; --soft: #a3adb5; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; padding: 2rem; font: 1rem/1.6 system-ui, sans-serif; }
        body { color: var(--ink); background: var(--paper); }
        main { max-width: 42rem; margin: 0 auto; }
        form, pre { padding: 1.25rem; background: var(--sheet); border-radius: .75rem; box-shadow: 0 1px 2px #0002; }
        pre { white-space: pre-wrap; overflow-wrap: anywhere; }
        label { display: block; font-weight: 600; }
        textarea { width: 100%; margin: .5rem 0; padding: .6rem; font: .95rem/1.5 ui-monospace, monospace; }
        button { padding: .5rem 1.1rem; border: 0; border-radius: .5rem; font: inherit; }
        button { color: #fff; background: #27697b; }
        a { color: inherit; }
        footer { margin-top: 2rem; color: var(--soft); font-size: .875rem; }
        """
}
