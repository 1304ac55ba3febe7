package import IR
internal import System
internal import TLS

/// The contents of all files that a configuration's TLS needs: keys, certificates, lists, passwords.
///
/// The master reads them with its rights and hands them to workers, which never open one.
package struct TLSFiles: Sendable {
    /// The contents of files by path; of folders, those of all that is in them.
    private(set) var contents: [String: [UInt8]] = [:]
    /// What could not be read, and why.
    private(set) var problems: [String: String] = [:]
    /// What programs said about the passwords of keys, by the words of the call.
    private(set) var answers: [String: [UInt8]]
    /// 80 bytes that session tickets are encrypted with where no file says otherwise.
    private(set) var ticketKeys: [UInt8]

    /// No files.
    package init(ticketKeys: [UInt8] = [], answers: [String: [UInt8]] = [:]) {
        self.ticketKeys = ticketKeys
        self.answers = answers
    }

    /// Reads what a configuration needs.
    ///
    /// Programs that have answered before are not asked again: a person may have typed the answer.
    package static func read(
        for configuration: Configuration, rootPrefix: String, ticketKeys: [UInt8], answers: [String: [UInt8]] = [:]
    ) -> TLSFiles {
        var files = TLSFiles(ticketKeys: ticketKeys, answers: answers)
        for site in configuration.sites { if let policy = site.tls { files.add(policy, rootPrefix) } }
        for layer in configuration.layers {
            if let tls = layer.settings.forward.tls?.value { files.add(tls, rootPrefix) }
        }
        return files
    }

    /// 80 random bytes.
    package static func makeTicketKeys() -> [UInt8] { randomBytes(80) }

    private mutating func add(_ policy: TLSPolicy, _ prefix: String) {
        add(policy.certificates, prefix)
        let clients = policy.clients
        for path in clients.authorities + clients.folders + (clients.announced ?? []) + clients.revoked {
            add(path, prefix)
        }
        for path in policy.sessions.ticketKeys { add(path, prefix) }
        if let staple = policy.staple { add(staple, prefix) }
        if case .file(let path) = policy.parameters { add(path, prefix) }
    }

    private mutating func add(_ tls: UpstreamTLS, _ prefix: String) {
        add(tls.certificates, prefix)
        for path in tls.authorities + tls.folders + tls.revoked { add(path, prefix) }
    }

    private mutating func add(_ certificates: [CertificateFiles], _ prefix: String) {
        for (index, files) in certificates.enumerated() {
            for path in [files.certificate, files.key] + [files.chain].compactMap(\.self) { add(path, prefix) }
            switch files.passwords {
            case .none: break
            case .file(let path): add(path, prefix)
            case .program(let arguments, let host):
                // httpd has these words for the first three keys of a host, whatever their kinds are.
                let kind = index < 3 ? ["RSA", "DSA", "ECC"][index] : "\(index)"
                ask(arguments + [host, kind], about: files.key)
            }
        }
    }

    private mutating func add(_ path: String, _ prefix: String) {
        guard contents[path] == nil, problems[path] == nil else { return }
        let located = FilePath(below(prefix, path))
        do throws(SystemError) {
            guard Files.kind(of: located) == .directory else {
                contents[path] = try Files.read(located, limit: 16 << 20)
                return
            }
            var all: [UInt8] = []
            for entry in try Files.list(located).sorted(by: { $0.name.description < $1.name.description }) {
                let file = located.appending(entry.name)
                guard Files.kind(of: file) == .file, let bytes = try? Files.read(file, limit: 16 << 20) else {
                    continue
                }
                all += bytes + [10]
            }
            contents[path] = all
        } catch {
            problems[path] = error.reason
        }
    }

    /// Asks a program for the password of a key that none of those that are known opens.
    private mutating func ask(_ arguments: [String], about key: String) {
        let call = arguments.joined(separator: " ")
        guard answers[call] == nil, let bytes = contents[key], TLSLibrary.isLocked(bytes, without: given) else {
            return
        }
        if let answer = try? ChildProcess.output(of: arguments), !answer.isEmpty { answers[call] = answer }
    }

    /// The passwords that programs have given.
    private var given: [String] {
        answers.sorted { $0.key < $1.key }.compactMap { Self.lines($0.value).first }
    }
}

extension TLSFiles {
    /// The contents of a file.
    func bytes(_ path: String) throws(TLSProblem) -> [UInt8] {
        if let bytes = contents[path] { return bytes }
        throw TLSProblem("\(path) cannot be read: \(problems[path] ?? "nobody has read it")")
    }

    /// The passwords that a key may have.
    func passwords(_ source: KeyPasswords) throws(TLSProblem) -> [String] {
        switch source {
        case .none: []
        case .file(let path): try Self.lines(bytes(path))
        case .program: given
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 10).map { line in
            String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
        }
    }
}

/// The files as bytes: one entry behind the other, each a letter and two fields with their lengths.
extension TLSFiles {
    /// Everything, for another process.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        func add(_ letter: Unicode.Scalar, _ name: String, _ value: [UInt8]) {
            let name = Array(name.utf8)
            bytes.append(UInt8(ascii: letter))
            bytes.append(word: UInt32(clamping: name.count))
            bytes.append(word: UInt32(clamping: value.count))
            bytes += name + value
        }
        add("t", "", ticketKeys)
        for (path, value) in contents { add("c", path, value) }
        for (path, problem) in problems { add("p", path, Array(problem.utf8)) }
        for (call, answer) in answers { add("a", call, answer) }
        return bytes
    }

    /// What `bytes` holds; what is garbled is left out.
    init(_ bytes: [UInt8]) {
        self.init()
        var at = 0
        while at + 9 <= bytes.count {
            let letter = bytes[at]
            let (first, second) = (Int(bytes.word(at: at + 1)), Int(bytes.word(at: at + 5)))
            at += 9
            guard first <= bytes.count - at, second <= bytes.count - at - first else { return }
            let name = String(decoding: bytes[at..<at + first], as: UTF8.self)
            let value = Array(bytes[at + first..<at + first + second])
            at += first + second
            switch letter {
            case UInt8(ascii: "t"): ticketKeys = value
            case UInt8(ascii: "c"): contents[name] = value
            case UInt8(ascii: "p"): problems[name] = String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "a"): answers[name] = value
            default: break
            }
        }
    }
}
