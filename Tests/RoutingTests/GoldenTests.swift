import Foundation
import HTTP
import IR
import Language
import Nginx
import Routing
import Source
import TestSupport
import Testing

/// The recorded answers of real servers, asked of the machine without a network.
///
/// They lie beside the repository; where they are not, there is nothing to compare with.
struct GoldenTests {
    @Test(arguments: ["apache", "nginx"])
    func `what real servers answered is what is decided`(server: String) throws {
        guard let golden = try Golden(server) else { return }
        defer { golden.cleanUp() }
        #expect(golden.complaints == [])
        var differences: [String] = []
        var differing = 0
        for probe in golden.probes {
            if Golden.deviations.contains(where: { $0.concerns(probe) }) { continue }
            let found = golden.differences(probe)
            if !found.isEmpty { differing += 1 }
            differences += found
        }
        if ProcessInfo.processInfo.environment["SHOW_GOLDEN"] != nil {
            print(differences.joined(separator: "\n"))
            print("\(server): \(differing) of \(golden.probes.count) differ")
        }
        #expect(differing == 0, "\(differences.joined(separator: "\n"))")
    }
}
