internal import CPCRE2

/// What came of a match.
package enum MatchOutcome: Hashable, Sendable {
    /// The subject holds a match; the scratch has its groups.
    case matched
    /// The subject holds no match.
    case unmatched
    /// The search was given up at a limit: whether the subject matches is not known, and must not be guessed.
    case exceeded
}

/// How much work one match may be before it is given up.
package struct MatchLimits: Hashable, Sendable {
    /// How often the matcher may go back and try again; bounds the time.
    package var steps: UInt32
    /// How deep attempts may nest in the interpreter.
    package var depth: UInt32
    /// How much memory the interpreter may take, in KiB.
    package var heap: UInt32
    /// How much stack compiled machine code may take, in KiB.
    package var stack: Int

    /// The limits that a server should run with: a hostile subject costs some milliseconds at most.
    package static let standard = MatchLimits(steps: 500_000, depth: 250_000, heap: 16_384, stack: 1_024)

    /// Limits of one's own.
    package init(steps: UInt32, depth: UInt32, heap: UInt32, stack: Int) {
        self.steps = steps
        self.depth = depth
        self.heap = heap
        self.stack = stack
    }
}

/// The memory that matching needs, and the groups of the last match.
///
/// One for each thread, used again for every match: it grows to the largest pattern it has met and then allocates no
/// more.
@safe package struct MatchScratch: ~Copyable {
    // All three are created in `init` and freed in `deinit`. `matchData` is replaced when a pattern with more groups
    // comes. A null pointer means that memory ran out; matching then reports `exceeded`.
    private var matchData: OpaquePointer?
    private let context: OpaquePointer?
    private let stack: OpaquePointer?
    private var capacity: Int
    private var bounds: [Int] = []

    /// How many groups the last match could have set, group 0 among them; 0 when there was no match.
    package private(set) var count = 0

    /// Scratch space with the given limits.
    package init(limits: MatchLimits = .standard) {
        capacity = 16
        unsafe matchData = unsafe pcre2_match_data_create_8(UInt32(capacity), nil)
        unsafe context = unsafe pcre2_match_context_create_8(nil)
        unsafe stack = unsafe pcre2_jit_stack_create_8(32 << 10, max(limits.stack, 32) << 10, nil)
        guard let context = unsafe context else { return }
        _ = unsafe pcre2_set_match_limit_8(context, limits.steps)
        _ = unsafe pcre2_set_depth_limit_8(context, limits.depth)
        _ = unsafe pcre2_set_heap_limit_8(context, limits.heap)
        // Without a stack of its own, machine code falls back to 32 KiB of the thread's.
        if let stack = unsafe stack { unsafe pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack)) }
        bounds.reserveCapacity(2 * capacity)
    }

    deinit {
        unsafe pcre2_match_data_free_8(matchData)
        unsafe pcre2_match_context_free_8(context)
        unsafe pcre2_jit_stack_free_8(stack)
    }

    /// Where a group of the last match lies in its subject, in bytes; nil when it took no part or does not exist.
    ///
    /// Where `\K` in a lookaround is permitted, a match may begin after it ends; it counts as empty then.
    package subscript(group: Int) -> Range<Int>? {
        guard group >= 0, group < count, bounds[2 * group] >= 0 else { return nil }
        let start = bounds[2 * group]
        return start..<max(start, bounds[2 * group + 1])
    }

    /// Forgets the last match.
    package mutating func clear() {
        count = 0
    }

    /// Matches with `code`, which has `groups` groups, and copies the offsets out.
    mutating func run(
        _ code: OpaquePointer, groups: Int, subject: UnsafePointer<UInt8>, count length: Int
    ) -> MatchOutcome {
        count = 0
        if groups >= capacity { grow(to: groups + 1) }
        guard let matchData = unsafe matchData, let context = unsafe context else { return .exceeded }
        let result = unsafe pcre2_match_8(code, subject, length, 0, 0, matchData, context)
        guard result >= 0 else { return result == PCRE2_ERROR_NOMATCH ? .unmatched : .exceeded }
        guard let offsets = unsafe pcre2_get_ovector_pointer_8(matchData) else { return .exceeded }
        bounds.removeAll(keepingCapacity: true)
        for index in 0..<(2 * (groups + 1)) {
            // An unset group holds PCRE2_UNSET, all bits set, which is -1 here.
            bounds.append(unsafe offsets[index])
        }
        count = groups + 1
        return .matched
    }

    private mutating func grow(to wanted: Int) {
        capacity = wanted
        unsafe pcre2_match_data_free_8(matchData)
        unsafe matchData = unsafe pcre2_match_data_create_8(UInt32(wanted), nil)
        bounds.reserveCapacity(2 * wanted)
    }
}
