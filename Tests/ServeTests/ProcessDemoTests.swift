import Foundation
import TestSupport
import Testing

/// `sluice demo`, as a newcomer sees it.
struct ProcessDemoTests {
    @Test
    func `the demo serves the page, then the maintenance page while its application is dead, then the page again`()
        throws
    {
        let port = try Listening.freePort()
        let demo = try RunningProgram(["demo", "--port", "\(port)", "--restart-after", "2"])
        let words = try #require(demo.waitUntilSaid("Ctrl-C ends the demo."), "\(demo.words)")
        #expect(Connection.get(port)?.contains(" 200 ") == true)

        let number = words.split(separator: "application  process ").last?.prefix { $0.isNumber }
        let application = try #require(number.flatMap { Int32($0) })
        kill(application, SIGKILL)
        #expect(demo.waitUntilSaid("The application is gone") != nil)
        let answer = Connection.get(port) ?? ""
        #expect(answer.hasPrefix("HTTP/1.1 503 "), "\(answer)")
        #expect(answer.contains("<!doctype html>") || answer.contains("<!DOCTYPE html>"))

        #expect(demo.waitUntilSaid("The application is back") != nil)
        #expect(eventually { Connection.get(port)?.contains(" 200 ") == true })
        demo.signal(SIGINT)
        #expect(demo.waitUntilEnd() == 0)
        #expect(Connection.get(port) == nil)
    }
}
