import TestSupport
import Testing

/// The stories of `fixtures/routing`, read through the real dialects and decided without a network.
struct StoryTests {
    @Test(arguments: Fixture.all(below: "fixtures/routing"))
    func `each request comes out as the story tells`(fixture: Fixture) throws {
        let story = try Story(fixture)
        #expect(story.complaints == [])
        try fixture.expect(try story.decided(), in: "requests.txt")
        if fixture.has("explain.txt") { try fixture.expect(try story.explained(), in: "explain.txt") }
    }
}
