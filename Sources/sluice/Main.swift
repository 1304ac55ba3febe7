import ArgumentParser

@main
struct Sluice: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Reads, checks, explains, translates and runs Apache and nginx configurations.")
}
