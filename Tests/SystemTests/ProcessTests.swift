import System
import Testing

@Suite struct ProcessTests {
    @Test func `a child's status is told when it has ended`() throws {
        let process = try ChildProcess.start(["sh", "-c", "exit 7"])
        #expect(ChildProcess.ended(process, blocking: true)?.status == 7)
    }

    @Test func `a killed child's status names the signal`() throws {
        let process = try ChildProcess.start(["sleep", "100"])
        #expect(ChildProcess.exists(process))
        #expect(ChildProcess.signal(.terminate, to: process))
        #expect(ChildProcess.ended(process, blocking: true)?.status == 143)
    }

    @Test func `users are found by name and by number`() {
        #expect(Users.user(named: "root").map { $0.user == 0 && $0.group == 0 } == true)
        #expect(Users.user(named: "#33").map(\.user) == 33)
        #expect(Users.user(named: "nobody at all") == nil)
        #expect(Users.group(named: "root") == 0)
    }

    @Test func `the machine has at least one processor and some descriptors`() {
        #expect(Machine.processors >= 1)
        #expect(Machine.descriptorLimit > 10)
    }
}

@Suite struct PasswordTests {
    // Made with openssl-passwd(1) and openssl-dgst(1): the password is always "secret".
    @Test(arguments: [
        "$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "{PLAIN}secret",
        "$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1",
    ])
    func `a password agrees with its hash only`(hash: String) {
        let hash = Array(hash.utf8)
        #expect(PasswordHash.matches(Array("secret".utf8), hash: hash))
        #expect(!PasswordHash.matches(Array("Secret".utf8), hash: hash))
        #expect(!PasswordHash.matches([], hash: hash))
    }

    @Test func `what crypt makes, it recognises`() throws {
        for setting in ["$2y$04$abcdefghijklmnopqrstuu", "$5$salt$", "$6$salt$", "ab"] {
            let made = try #require(PasswordHash.crypt(Array("secret".utf8), setting: Array(setting.utf8)))
            #expect(PasswordHash.matches(Array("secret".utf8), hash: made))
            #expect(!PasswordHash.matches(Array("wrong".utf8), hash: made))
        }
    }

    @Test(arguments: ["", "{SHA}", "{SHA}!!", "{SSHA}AAAA", "$apr1$", "$2y$99$x", "*", "x"])
    func `a broken hash agrees with nothing`(hash: String) {
        #expect(!PasswordHash.matches(Array("secret".utf8), hash: Array(hash.utf8)))
        #expect(!PasswordHash.matches([], hash: Array(hash.utf8)))
    }

    @Test func `Base64 goes there and back for every length`() {
        for length in 0..<70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
        #expect(Base64.decode(Array("dXNlcg".utf8)) == Array("user".utf8))
        #expect(Base64.decode(Array("dXNl*g==".utf8)) == nil)
        #expect(Base64.decode(Array("dX=Nl".utf8)) == nil)
    }
}
