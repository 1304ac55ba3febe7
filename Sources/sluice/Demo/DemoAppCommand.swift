import ArgumentParser
import System

/// The application of the demo, as a process of its own: `sluice demo` starts it, and anyone may kill it.
struct DemoAppCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-app", abstract: "The demo's application: a pastebin.", shouldDisplay: false)

    @Option(help: "The port to listen on, on 127.0.0.1.")
    var port: UInt16

    @Option(help: "The folder of the pastes.")
    var store: String

    func run() throws {
        ChildProcess.dieWithParent(.terminate)
        let signals = try SignalReader([.interrupt, .terminate, .hangUp])
        let app = PasteApp(store: PasteStore(folder: FilePath(store)), process: ChildProcess.current)
        var server = try PasteServer(app: app, port: port)
        try server.run(until: signals)
    }
}
