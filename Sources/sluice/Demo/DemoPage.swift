/// The demo's page for when its application is down.
enum DemoPage {
    /// The text of samples/pastebin/pages/maintenance.html; a test holds the two together.
    static let maintenance = #"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>Back in a moment</title>
        <style>
        :root { color-scheme: light dark;
          --ink: #23303d; --soft: #5d6b78; --paper: #f6f3ec; --sheet: #fffdf8; --water: #2f7f95; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e8e4da; --soft: #a3adb5; --paper: #14191e; --sheet: #1d242b; --water: #69b7cb; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 2rem;
          font: 1.05rem/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
        main { max-width: 30rem; padding: 2.5rem 2.5rem 2rem; background: var(--sheet); border-radius: 1rem;
          box-shadow: 0 1px 2px #0002, 0 1rem 3rem #0001; }
        svg { display: block; width: 100%; height: 5rem; color: var(--water); }
        h1 { margin: 1.2rem 0 .4rem; font-size: 1.6rem; line-height: 1.25; letter-spacing: -.01em; }
        p { margin: 0 0 1rem; }
        small { color: var(--soft); }
        .wave { animation: drift 4s ease-in-out infinite alternate; }
        .wave + .wave { animation-duration: 5.5s; opacity: .5; }
        @keyframes drift { to { transform: translateX(-24px); } }
        @media (prefers-reduced-motion: reduce) { .wave { animation: none; } }
        </style>
        </head>
        <body>
        <main>
          <svg viewBox="0 0 240 60" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round"
            aria-hidden="true">
            <path d="M120 4v22M96 14h48M104 26h32"/>
            <path class="wave" d="M-20 40q15-10 30 0t30 0 30 0 30 0 30 0 30 0 30 0 30 0 30 0 30 0"/>
            <path class="wave" d="M-30 52q15-10 30 0t30 0 30 0 30 0 30 0 30 0 30 0 30 0 30 0 30 0"/>
          </svg>
          <h1>Back in a moment</h1>
          <p>The gate is closed while we look after the application behind it.
            Your pastes are safe: nothing that was kept is lost.</p>
          <p>Try again in a minute: reload this page, and you will be where you wanted to go.</p>
          <small>The web server is well, the application is not answering.</small>
        </main>
        </body>
        </html>

        """#
}
