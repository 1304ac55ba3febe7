import System
import Testing

@Suite struct FilesTests {
    @Test func `what was written is read back byte for byte`() throws {
        let folder = try Folder()
        let path = folder.path.appending("bytes")
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Files.write(bytes, to: path)
        #expect(try Files.read(path) == bytes)
    }

    @Test func `a missing file says what was tried, on what, and why`() throws {
        let error = #expect(throws: SystemError.self) { try Files.read("/nowhere/at all") }
        #expect(error?.description == "cannot open /nowhere/at all: No such file or directory")
        #expect(error?.isMissing == true)
    }

    @Test func `a folder cannot be read as a file`() throws {
        let error = #expect(throws: SystemError.self) { try Files.read("/tmp") }
        #expect(error?.reason == "Is a directory")
    }

    @Test func `a file beyond the limit is refused`() throws {
        let folder = try Folder()
        let path = try folder.write("twelve bytes", to: "a")
        #expect(throws: SystemError.self) { try Files.read(path, limit: 11) }
        #expect(try Files.read(path, limit: 12).count == 12)
    }

    @Test func `a NUL byte in a path is refused, not cut`() throws {
        let folder = try Folder()
        let path = try folder.write("x", to: "a")
        let error = #expect(throws: SystemError.self) { try Files.read(FilePath(bytes: path.bytes + [0, 98])) }
        #expect(error?.reason == "Invalid argument")
    }

    @Test func `a file that tells no size is read to its end`() throws {
        #expect(try Files.read("/proc/self/stat").count > 10)
    }

    @Test func `kinds tell links from what they point to`() throws {
        let folder = try Folder()
        let file = try folder.write("x", to: "a")
        #expect(Files.kind(of: file) == .file)
        #expect(Files.kind(of: folder.path) == .directory)
        #expect(Files.kind(of: "/proc/self", followingLinks: false) == .link)
        #expect(Files.kind(of: "/proc/self") == .directory)
        #expect(Files.kind(of: "/nowhere") == nil)
        #expect(try Files.status(of: file).size == 1)
    }

    @Test func `a listing is sorted and tells kinds`() throws {
        let folder = try Folder()
        try folder.write("", to: "b")
        try folder.write("", to: "a/x")
        try folder.write("", to: ".hidden")
        let entries = try Files.list(folder.path)
        #expect(entries.map(\.name) == [".hidden", "a", "b"])
        #expect(entries.map(\.kind) == [.file, .directory, .file])
    }

    @Test func `a glob is sorted by bytes, skips hidden files and may be empty`() throws {
        let folder = try Folder()
        for name in ["b.conf", "A.conf", "a.conf", ".c.conf", "d.txt"] { try folder.write("", to: name) }
        let found = try Files.glob(folder.path.appending("*.conf"))
        #expect(found.map(\.name) == ["A.conf", "a.conf", "b.conf"])
        #expect(try Files.glob(folder.path.appending("*.none")) == [])
        #expect(try Files.glob(folder.path.appending("d.txt")).count == 1)
    }

    @Test func `a shell pattern stops at slashes unless told otherwise`() {
        #expect(Files.matches("a/b.conf", pattern: "a/*.conf"))
        #expect(!Files.matches("a/b/c.conf", pattern: "a/*.conf"))
        #expect(Files.matches("a/b/c.conf", pattern: "a/*.conf", crossingSlashes: true))
    }

    @Test(arguments: [("/a/b", "/a", "b"), ("/a", "/", "a"), ("a", ".", "a"), ("a/b", "a", "b")])
    func `a path has a parent and a name`(path: String, parent: String, name: String) {
        #expect(FilePath(path).parent == FilePath(parent))
        #expect(FilePath(path).name == FilePath(name))
    }

    @Test func `an absolute name replaces the folder`() {
        #expect(FilePath("/etc").appending("x") == "/etc/x")
        #expect(FilePath("/etc/").appending("x") == "/etc/x")
        #expect(FilePath("/etc").appending("/x") == "/x")
    }

    @Test func `the environment holds what the shell set`() {
        #expect(Environment.value(of: "PATH")?.isEmpty == false)
        #expect(Environment.value(of: "SURELY_NOT_SET_ANYWHERE") == nil)
    }
}
