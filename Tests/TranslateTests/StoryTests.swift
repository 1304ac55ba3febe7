import Language
import Source
import TestSupport
import Testing
import Translate

/// Stories in `fixtures/translate`: a configuration, its translation, and what was lost on the way.
struct StoryTests {
    static let stories = Fixture.all(below: "fixtures/translate")

    @Test(arguments: stories) func `a story is translated as it is told`(story: Fixture) throws {
        let direction = try #require(Direction(of: story))
        let result = try #require(translated(try story.bytes(of: direction.input), direction))
        try story.expect(result.text, in: direction.output)
        try story.expect(result.report, in: "losses.txt")
    }

    @Test(arguments: stories) func `the real server accepts a translation`(story: Fixture) throws {
        let direction = try #require(Direction(of: story))
        let result = try #require(translated(try story.bytes(of: direction.input), direction))
        let complaint = try complaint(about: result.text, of: direction.target.name)
        #expect(complaint == nil, "\(complaint ?? "")\n\(result.text)")
    }

    @Test(arguments: stories) func `a translation is read without errors`(story: Fixture) throws {
        let direction = try #require(Direction(of: story))
        let result = try #require(translated(try story.bytes(of: direction.input), direction))
        let (reading, lowered) = lowered(Array(result.text.utf8), direction.target, path: direction.output)
        let errors = (reading.diagnostics + lowered.diagnostics).filter { $0.severity == .error }
        #expect(errors.isEmpty, "\(errors.map(\.message))")
    }

    @Test(arguments: stories) func `what is read from a translation is written the same again`(story: Fixture) throws {
        let direction = try #require(Direction(of: story))
        let first = try #require(translated(try story.bytes(of: direction.input), direction))
        let emitter = try #require(direction.target.emitter)
        func again(_ text: String) -> String {
            let (_, lowered) = lowered(Array(text.utf8), direction.target, path: direction.output)
            let version = direction.target.versions.first ?? ""
            return emitter.emit(lowered.configuration, EmissionOptions(version: version)).text
        }
        guard direction.target.name == "nginx" else { return }
        let second = again(first.text)
        #expect(second == again(second), "\(lineDifference(from: second, to: again(second)))")
    }

    @Test(arguments: stories) func `no statement of a story is neither said nor reported`(story: Fixture) throws {
        let direction = try #require(Direction(of: story))
        let result = try #require(translated(try story.bytes(of: direction.input), direction))
        #expect(!result.report.isEmpty)
    }
}
