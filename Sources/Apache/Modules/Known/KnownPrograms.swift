import Language

/// Programs that answer or change files: known by name, place and arguments, not run.
enum KnownPrograms {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_actions", actions),
        Module("mod_cgid", cgid),
        Module("mod_cgi", cgi),
        Module("mod_include", include),
        Module("mod_suexec", suexec),
        Module("mod_dav", dav),
        Module("mod_dav_fs", davFs),
        Module("mod_dav_lock", davLock),
        Module("mod_ext_filter", extFilter),
    ]

    private static let actions: [Entry<ApacheLowering>] = [
        .known("Action", in: .anywhere, .twoOrThree, summary: "Lets a program answer for a media type or handler."),
        .known("Script", in: .files, .two, summary: "Lets a program answer for a method."),
    ]

    private static let cgid: [Entry<ApacheLowering>] = [
        .ignored("ScriptLog", in: .server, .one, summary: "Names the log of programs' errors."),
        .ignored("ScriptLogLength", in: .server, .one, summary: "Limits the size of that log."),
        .ignored("ScriptLogBuffer", in: .server, .one, summary: "Limits how much of a body goes into that log."),
        .ignored(
            "ScriptSock", in: .main, .one,
            summary: "Names the socket towards the process that starts programs."),
        .ignored("CGIDScriptTimeout", in: .files, .one, summary: "Limits the wait for programs."),
    ]

    private static let cgi: [Entry<ApacheLowering>] = [
        .ignored("CGIScriptTimeout", in: .files, .one, summary: "Limits the wait for programs.")
    ]

    private static let include: [Entry<ApacheLowering>] = [
        .known("XBitHack", in: .anywhere, .one, summary: "Reads executable files for includes."),
        .known("SSIErrorMsg", in: .anywhere, .one, summary: "Sets the text for errors in includes."),
        .known("SSITimeFormat", in: .anywhere, .one, summary: "Sets the format of times in includes."),
        .known("SSIStartTag", in: .server, .one, summary: "Sets what begins an include."),
        .known("SSIEndTag", in: .server, .one, summary: "Sets what ends an include."),
        .known("SSIUndefinedEcho", in: .anywhere, .one, summary: "Sets the text for unset variables."),
        .known("SSILegacyExprParser", in: .inside, .flag, summary: "Reads expressions the old way."),
        .known("SSILastModified", in: .inside, .flag, summary: "Says whether answers with includes have a date."),
        .known("SSIETag", in: .inside, .flag, summary: "Says whether answers with includes have a tag."),
    ]

    private static let suexec: [Entry<ApacheLowering>] = [
        .ignored("SuexecUserGroup", in: .server, .two, summary: "Names the user that programs run as.")
    ]

    private static let dav: [Entry<ApacheLowering>] = [
        .known("Dav", in: .section, .one, summary: "Lets clients change files."),
        .known("DavBasePath", in: .section, .one, summary: "Names the root of what may be changed."),
        .known("DavMinTimeout", in: .files, .one, summary: "Sets how long locks last at least."),
        .known("DavDepthInfinity", in: .files, .flag, summary: "Permits questions about whole trees."),
        .known("DavLockDiscovery", in: .files, .flag, summary: "Permits questions about locks."),
    ]

    private static let davFs: [Entry<ApacheLowering>] = [
        .ignored("DavLockDB", in: .server, .one, summary: "Names the file of locks.")
    ]

    private static let davLock: [Entry<ApacheLowering>] = [
        .ignored("DavGenericLockDB", in: .section, .one, summary: "Names the file of locks.")
    ]

    private static let extFilter: [Entry<ApacheLowering>] = [
        .known("ExtFilterDefine", in: .server, .any, summary: "Makes a filter of a program."),
        .known("ExtFilterOptions", in: .section, .oneOrMore, summary: "Sets how such filters are run."),
    ]
}
