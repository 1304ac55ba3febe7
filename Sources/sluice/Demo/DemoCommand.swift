import ArgumentParser
import System

/// A maintenance-page proxy in one command: a site for Apache, served by Sluice, with an application to kill.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Serve a site with an application behind it, to see what happens when that dies.",
        discussion: """
            The site is a pastebin behind a virtual host written for Apache. Everything it needs lies in a temporary \
            folder and on ports of 127.0.0.1, and is gone when the demo ends.
            """)

    @Option(help: "The port of the site (default: 8080, or a free one).")
    var port: UInt16?

    @Option(help: "Start the application again this many seconds after it died.")
    var restartAfter: Int?

    func validate() throws {
        if let restartAfter, restartAfter < 0 { throw ValidationError("--restart-after takes seconds, 0 or more.") }
    }

    func run() throws {
        // Before anything is started: a signal from now on waits until the stage can be struck.
        let signals = try SignalReader([.interrupt, .terminate, .hangUp, .childEnded])
        var stage = try DemoStage(wantedPort: port)
        let outcome = Result { try play(on: &stage, signals: signals) }
        stage.strike()
        try outcome.get()
    }

    private func play(on stage: inout DemoStage, signals: borrowing SignalReader) throws {
        guard try stage.startApplication() else { throw DemoFailure(message: "the demo's application did not start") }
        guard try stage.startServer() else { throw DemoFailure(message: "sluice run did not start, see above") }
        var audience = try DemoAudience(signals: signals, restartAfter: restartAfter)
        audience.tell(DemoWords.welcome(stage.site, in: stage.folder, process: stage.application))
        while true {
            let wish = try audience.listen(signals)
            let ended = stage.collect()
            if ended.server { throw DemoFailure(message: "sluice run ended, see above") }
            if ended.application {
                audience.tell(DemoWords.applicationEnded(at: stage.address, again: restartAfter))
                audience.expectRestart()
            }
            switch wish {
            case .stop: return
            case .restart where stage.application == nil:
                guard try stage.startApplication() else { throw DemoFailure(message: "the application did not start") }
                audience.tell(DemoWords.applicationBack(at: stage.address, process: stage.application))
            case .restart, .nothing: break
            }
        }
    }
}

/// Why the demo cannot go on.
struct DemoFailure: Error, CustomStringConvertible {
    var message: String
    var description: String { message }
}
