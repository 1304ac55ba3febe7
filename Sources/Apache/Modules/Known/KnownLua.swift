import Language

/// Lua: known by name, place and arguments, not run.
enum KnownLua {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_lua", lua)
    ]

    private static let lua: [Entry<ApacheLowering>] = [
        .known("LuaRoot", in: .anywhere, .one, summary: "Names the folder of Lua files."),
        .known("LuaPackagePath", in: .anywhere, .one, summary: "Adds to where Lua looks for packages."),
        .known("LuaPackageCPath", in: .anywhere, .one, summary: "Adds to where Lua looks for libraries."),
        .known("LuaScope", in: .anywhere, .oneOrMore, summary: "Says how long Lua's state lives."),
        .known("LuaInherit", in: .anywhere, .one, summary: "Says how settings of outer levels take part."),
        .known("LuaCodeCache", in: .anywhere, .one, summary: "Says when Lua files are read anew."),
        .known(
            "LuaAuthzProvider", in: .server, .three, guards: true,
            summary: "Lets a Lua function decide who may pass."),
        .known("LuaHookPreTranslateName", in: .anywhere, .two, summary: "Runs a function before a URL is looked at."),
        .known(
            "<LuaHookPreTranslateName", in: .anywhere, .any, block: true,
            summary: "Runs Lua before a URL is looked at."),
        .known(
            "LuaHookTranslateName", in: .anywhere, .twoOrThree,
            summary: "Runs a function that finds a URL's file."),
        .known(
            "<LuaHookTranslateName", in: .anywhere, .any, block: true,
            summary: "Runs Lua that finds a URL's file."),
        .known("LuaHookFixups", in: .anywhere, .two, summary: "Runs a function right before the answer."),
        .known("<LuaHookFixups", in: .anywhere, .any, block: true, summary: "Runs Lua right before the answer."),
        .known("LuaHookMapToStorage", in: .anywhere, .two, summary: "Runs a function when a file is looked for."),
        .known(
            "<LuaHookMapToStorage", in: .anywhere, .any, block: true,
            summary: "Runs Lua when a file is looked for."),
        .known(
            "LuaHookCheckUserID", in: .anywhere, .twoOrThree, guards: true,
            summary: "Lets a function check passwords."),
        .known(
            "<LuaHookCheckUserID", in: .anywhere, .any, block: true, guards: true,
            summary: "Lets Lua check passwords."),
        .known("LuaHookTypeChecker", in: .anywhere, .two, summary: "Runs a function that finds a media type."),
        .known("<LuaHookTypeChecker", in: .anywhere, .any, block: true, summary: "Runs Lua that finds a media type."),
        .known(
            "LuaHookAccessChecker", in: .anywhere, .twoOrThree, guards: true,
            summary: "Lets a function refuse requests."),
        .known(
            "<LuaHookAccessChecker", in: .anywhere, .any, block: true, guards: true,
            summary: "Lets Lua refuse requests."),
        .known(
            "LuaHookAuthChecker", in: .anywhere, .twoOrThree, guards: true,
            summary: "Lets a function refuse users."),
        .known(
            "<LuaHookAuthChecker", in: .anywhere, .any, block: true, guards: true,
            summary: "Lets Lua refuse users."),
        .known("LuaHookInsertFilter", in: .anywhere, .two, summary: "Runs a function that adds filters."),
        .known("LuaHookLog", in: .anywhere, .two, summary: "Runs a function when a request is logged."),
        .known("LuaQuickHandler", in: .anywhere, .two, summary: "Runs a function before everything else."),
        .known("<LuaQuickHandler", in: .anywhere, .any, block: true, summary: "Runs Lua before everything else."),
        .known("LuaMapHandler", in: .anywhere, .twoOrThree, summary: "Answers URLs by Lua functions."),
        .known("LuaOutputFilter", in: .anywhere, .three, summary: "Makes a filter of answers."),
        .known("LuaInputFilter", in: .anywhere, .three, summary: "Makes a filter of uploads."),
    ]
}
