import ArgumentParser

@main
struct Sluice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Reads, checks, explains, translates and runs Apache and nginx configurations.")
}
