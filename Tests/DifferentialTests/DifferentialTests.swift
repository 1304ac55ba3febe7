import TestSupport
import Testing

/// Every story of fixtures/proxy, served by the real server and by Sluice.
///
/// What may still differ is counted in fixtures/proxy/open.txt, and only ever becomes less.
struct DifferentialTests {
    @Test(arguments: Laboratory.stories)
    func `the real server agrees with itself`(story: RepositoryFile) throws {
        let outcome = try Laboratory.run("stable", story)
        #expect(outcome.agreed, "\(outcome.report)")
    }

    @Test(arguments: Laboratory.stories)
    func `Sluice answers as the real server does`(story: RepositoryFile) throws {
        let outcome = try Laboratory.run("run", story, ways: "source")
        #expect(outcome.agreed, "\(outcome.report)")
    }

    @Test(arguments: Laboratory.stories)
    func `both servers answer the same on the translation`(story: RepositoryFile) throws {
        let outcome = try Laboratory.run("run", story, ways: "translation")
        #expect(outcome.agreed, "\(outcome.report)")
    }

    @Test func `the deviations that stories mark are those that the page explains`() throws {
        let outcome = try Laboratory.marks()
        #expect(outcome.agreed, "\(outcome.report)")
    }

    @Test func `there are stories for both servers`() {
        #expect(Laboratory.stories.count > 10)
    }
}
