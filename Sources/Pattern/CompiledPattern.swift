internal import CPCRE2

/// A regular expression, ready to match.
///
/// Immutable: any number of threads may match with one at the same time, each with its own `MatchScratch`. It matches
/// bytes, as the servers do, unless the pattern begins with `(*UTF)` or `(*UTF8)`. In UTF mode a subject that is not
/// valid UTF-8 is no error: no match spans an invalid byte.
@safe package final class CompiledPattern: Sendable {
    /// The pattern as it was written.
    package let source: [UInt8]

    /// The options it was compiled with.
    package let options: PatternOptions

    /// How many capturing groups it has; group 0, the whole match, is not counted.
    package let groupCount: Int

    /// The number of each named group.
    ///
    /// With `duplicateNames` a name counts for the first group that bears it.
    package let namedGroups: [String: Int]

    // Written in `init` only and freed in `deinit` only; PCRE2 never changes a compiled pattern while it matches.
    private nonisolated(unsafe) let code: OpaquePointer

    /// Compiles `pattern`.
    ///
    /// Machine code is generated where the machine permits it (some hardened systems do not); otherwise the same
    /// pattern runs in the interpreter, more slowly.
    package init(_ pattern: [UInt8], options: PatternOptions = []) throws(PatternError) {
        // This option implies UTF mode, so it may only be set where the pattern asks for that itself.
        let bits = options.bits | (StartItems.askForUTF(pattern) ? PCRE2_MATCH_INVALID_UTF : 0)
        var failure: Int32 = 0
        var offset = 0
        let compiled = unsafe pattern.withUnsafeBufferPointer { bytes in
            unsafe withNonNull(bytes) { start in
                unsafe pcre2_compile_8(start, bytes.count, bits, &failure, &offset, nil)
            }
        }
        guard let compiled = unsafe compiled else {
            throw PatternError(code: failure, offset: min(offset, pattern.count))
        }
        _ = unsafe pcre2_jit_compile_8(compiled, PCRE2_JIT_COMPLETE)
        source = pattern
        self.options = options
        unsafe code = unsafe compiled
        groupCount = unsafe Self.groupCount(of: compiled)
        namedGroups = unsafe Self.namedGroups(of: compiled)
    }

    /// Compiles a pattern that is text.
    package convenience init(_ pattern: String, options: PatternOptions = []) throws(PatternError) {
        try self.init(Array(pattern.utf8), options: options)
    }

    deinit {
        unsafe pcre2_code_free_8(code)
    }

    /// Searches `subject` for the first match, from its beginning; nothing is allocated once `scratch` is warm.
    ///
    /// Afterwards `scratch` holds the groups, counted in bytes from the beginning of `subject`.
    package func match(_ subject: Span<UInt8>, using scratch: inout MatchScratch) -> MatchOutcome {
        unsafe subject.withUnsafeBufferPointer { bytes in
            unsafe withNonNull(bytes) { start in
                unsafe scratch.run(code, groups: groupCount, subject: start, count: bytes.count)
            }
        }
    }

    private static func groupCount(of code: OpaquePointer) -> Int {
        var count: UInt32 = 0
        _ = unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &count)
        return Int(count)
    }

    private static func namedGroups(of code: OpaquePointer) -> [String: Int] {
        var count: UInt32 = 0
        var size: UInt32 = 0
        var table: UnsafePointer<UInt8>? = nil
        _ = unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMECOUNT), &count)
        _ = unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMEENTRYSIZE), &size)
        _ = unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMETABLE), &table)
        guard let table = unsafe table else { return [:] }
        // Each row is the number in two bytes, most significant first, then the name, ended by a zero (pcre2api(3)).
        let rows = unsafe UnsafeBufferPointer(start: table, count: Int(count) * Int(size))
        var names: [String: Int] = [:]
        for row in 0..<Int(count) {
            let start = row * Int(size)
            let number = unsafe Int(rows[start]) << 8 | Int(rows[start + 1])
            let name = unsafe rows[(start + 2)..<(start + Int(size))].prefix { $0 != 0 }
            let known = unsafe String(decoding: name, as: UTF8.self)
            names[known] = min(number, names[known] ?? number)
        }
        return names
    }
}

/// Lends the beginning of `bytes`; an empty buffer may have none, and older PCRE2 refuses a null pointer.
private func withNonNull<Result>(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafePointer<UInt8>) -> Result
) -> Result {
    if let start = bytes.baseAddress { return unsafe body(start) }
    var nothing: UInt8 = 0
    return unsafe withUnsafePointer(to: &nothing) { unsafe body($0) }
}
