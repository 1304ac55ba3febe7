import IR
import Language
import Source

/// mod_dir: what stands for a directory.
enum Dir {
    /// The module.
    static let module = Module<ApacheLowering>(
        "mod_dir",
        [
            Entry("DirectoryIndex", in: .anywhere, .any, summary: "Names the files that stand for a directory.") {
                directive, state in
                let names = directive.arguments.map(\.text)
                let isOff = names.count == 1 && names[0].lowercased() == "disabled"
                let before = state.settings.files.index
                // Several lines of one section add up (mod_dir: the list of a section grows).
                let known = isOff || before == nil ? [] : before?.value.names ?? []
                state.settings.files.index = Stated(
                    Index(names: isOff ? [] : known + names.map { Template($0) }, look: .asLookup),
                    before?.origin ?? state.origin(directive))
            },
            Entry("DirectorySlash", in: .anywhere, .flag, summary: "Redirects a directory without its slash.") {
                directive, state in
                guard let on = state.flag(directive) else { return }
                state.settings.files.slashRedirect = Stated(on, state.origin(directive))
            },
            Entry("FallbackResource", in: .anywhere, .oneOrTwo, summary: "Names what answers where there is no file.") {
                $1.lowerFallback($0)
            },
            .known("DirectoryCheckHandler", in: .anywhere, .flag, summary: "Keeps out of where a handler is set."),
            .known("DirectoryIndexRedirect", in: .anywhere, .one, summary: "Redirects to the index file."),
        ])
}

extension ApacheLowering {
    /// `FallbackResource /path|disabled`: where neither file nor directory is found, the path is asked for instead.
    fileprivate mutating func lowerFallback(_ directive: Directive) {
        guard let argument = directive.arguments.first else { return }
        let origin = origin(directive)
        let isOff = argument.text.lowercased() == "disabled"
        let isMissing = Condition.all([
            .not(.file(.file, Template(.filePath))), .not(.file(.directory, Template(.filePath))),
            .not(.compare(Template(.path), .equal, Template(argument.text))),
        ])
        let rule = Rule(
            when: isOff ? .always : isMissing,
            then: isOff ? .leaveForGood : .exit(.redirect(Template(argument.text), .early)), origin: origin)
        let program = configuration.add(Program(statements: [.rule(rule)], origin: origin))
        let before = settings.programs.lateAnswers
        settings.programs.lateAnswers = Edit(
            merge: .before, value: (before?.value ?? []) + [program], origin: before?.origin ?? origin)
    }
}
