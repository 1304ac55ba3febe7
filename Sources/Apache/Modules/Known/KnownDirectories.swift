import Language

/// What directories and files look like: known by name, place and arguments, not run.
enum KnownDirectories {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_autoindex", autoindex),
        Module("mod_negotiation", negotiation),
        Module("mod_speling", speling),
        Module("mod_userdir", userdir),
        Module("mod_vhost_alias", vhostAlias),
        Module("mod_mime_magic", mimeMagic),
        Module("mod_cern_meta", cernMeta),
        Module("mod_imagemap", imagemap),
    ]

    private static let autoindex: [Entry<ApacheLowering>] = [
        .ignored("AddIcon", in: .anywhere, .twoOrMore, summary: "Gives files in listings an icon by name."),
        .ignored(
            "AddIconByType", in: .anywhere, .twoOrMore,
            summary: "Gives files in listings an icon by media type."),
        .ignored(
            "AddIconByEncoding", in: .anywhere, .twoOrMore,
            summary: "Gives files in listings an icon by coding."),
        .ignored("AddAlt", in: .anywhere, .twoOrMore, summary: "Gives files in listings a text by name."),
        .ignored("AddAltByType", in: .anywhere, .twoOrMore, summary: "Gives files in listings a text by media type."),
        .ignored("AddAltByEncoding", in: .anywhere, .twoOrMore, summary: "Gives files in listings a text by coding."),
        .ignored("AddDescription", in: .anywhere, .twoOrMore, summary: "Describes files in listings."),
        .ignored("DefaultIcon", in: .anywhere, .one, summary: "Names the icon of all other files."),
        .known("IndexOptions", in: .anywhere, .any, summary: "Sets what listings look like."),
        .known("IndexOrderDefault", in: .anywhere, .two, summary: "Sets the order of listings."),
        .known("IndexIgnore", in: .anywhere, .oneOrMore, summary: "Hides files from listings."),
        .known("IndexIgnoreReset", in: .anywhere, .flag, summary: "Forgets which files are hidden."),
        .known("HeaderName", in: .anywhere, .one, summary: "Names a file shown above listings."),
        .known("ReadmeName", in: .anywhere, .one, summary: "Names a file shown below listings."),
        .ignored("IndexStyleSheet", in: .anywhere, .one, summary: "Names the style sheet of listings."),
        .ignored("IndexHeadInsert", in: .anywhere, .one, summary: "Adds text to the head of listings."),
        .ignored("FancyIndexing", in: .anywhere, .any, summary: "Was replaced by IndexOptions."),
    ]

    private static let negotiation: [Entry<ApacheLowering>] = [
        .ignored(
            "LanguagePriority", in: .anywhere, .oneOrMore,
            summary: "Orders languages for clients without a wish."),
        .ignored(
            "ForceLanguagePriority", in: .anywhere, .oneOrMore,
            summary: "Says what to do where a wish cannot be met."),
        .ignored(
            "CacheNegotiatedDocs", in: .server, .flag,
            summary: "Lets HTTP/1.0 proxies keep negotiated answers."),
    ]

    private static let speling: [Entry<ApacheLowering>] = [
        .known("CheckSpelling", in: .anywhere, .flag, summary: "Finds files whose name was mistyped."),
        .known("CheckCaseOnly", in: .anywhere, .flag, summary: "Looks only for wrong case."),
        .known("CheckBasenameMatch", in: .anywhere, .flag, summary: "Looks for other extensions too."),
    ]

    private static let userdir: [Entry<ApacheLowering>] = [
        .known("UserDir", in: .server, .any, summary: "Serves users' own folders as /~user.")
    ]

    private static let vhostAlias: [Entry<ApacheLowering>] = [
        .known("VirtualDocumentRoot", in: .server, .one, summary: "Makes the document root of the host's name."),
        .known("VirtualDocumentRootIP", in: .server, .one, summary: "Makes the document root of the address."),
        .known("VirtualScriptAlias", in: .server, .one, summary: "Makes the folder of programs of the host's name."),
        .known("VirtualScriptAliasIP", in: .server, .one, summary: "Makes the folder of programs of the address."),
    ]

    private static let mimeMagic: [Entry<ApacheLowering>] = [
        .ignored("MimeMagicFile", in: .server, .one, summary: "Tells media types by files' first bytes.")
    ]

    private static let cernMeta: [Entry<ApacheLowering>] = [
        .known("MetaFiles", in: .anywhere, .flag, summary: "Adds fields from files beside the served one."),
        .known("MetaDir", in: .anywhere, .one, summary: "Names the folder of such files."),
        .known("MetaSuffix", in: .anywhere, .one, summary: "Names the ending of such files."),
    ]

    private static let imagemap: [Entry<ApacheLowering>] = [
        .known("ImapMenu", in: .anywhere, .one, summary: "Sets what clients without pictures see."),
        .known("ImapDefault", in: .anywhere, .one, summary: "Sets what clicks beside everything do."),
        .known("ImapBase", in: .anywhere, .one, summary: "Sets what relative URLs in maps start from."),
    ]
}
