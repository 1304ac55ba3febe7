import Language

/// Filters of answers and uploads: known by name, place and arguments, not run.
enum KnownFilters {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_filter", filter),
        Module("mod_deflate", deflate),
        Module("mod_brotli", brotli),
        Module("mod_substitute", substitute),
        Module("mod_sed", sed),
        Module("mod_charset_lite", charsetLite),
        Module("mod_buffer", buffer),
        Module("mod_reflector", reflector),
        Module("mod_case_filter", caseFilter),
        Module("mod_case_filter_in", caseFilterIn),
        Module("mod_xml2enc", xml2enc),
    ]

    private static let filter: [Entry<ApacheLowering>] = [
        .known("FilterDeclare", in: .anywhere, .oneOrTwo, summary: "Names a filter that depends on the answer."),
        .known("FilterProvider", in: .anywhere, .three, summary: "Says when a filter acts."),
        .known("FilterChain", in: .anywhere, .oneOrMore, summary: "Lists the filters that answers go through."),
        .known("FilterTrace", in: .files, .two, summary: "Writes what filters do to the log."),
        .known("FilterProtocol", in: .anywhere, .twoOrThree, summary: "Says what a filter may do to an answer."),
        .known(
            "AddOutputFilterByType", in: .anywhere, .twoOrMore,
            summary: "Names the filters of answers, by media type."),
    ]

    private static let deflate: [Entry<ApacheLowering>] = [
        .ignored("DeflateFilterNote", in: .server, .oneOrTwo, summary: "Notes the figures of compression."),
        .ignored("DeflateWindowSize", in: .server, .one, summary: "Tunes compression."),
        .ignored("DeflateBufferSize", in: .server, .one, summary: "Tunes compression."),
        .ignored("DeflateMemLevel", in: .server, .one, summary: "Tunes compression."),
        .ignored("DeflateCompressionLevel", in: .server, .one, summary: "Tunes compression."),
        .known("DeflateInflateLimitRequestBody", in: .anywhere, .one, summary: "Limits unpacked uploads."),
        .known("DeflateInflateRatioLimit", in: .anywhere, .one, summary: "Limits how much uploads may grow."),
        .known("DeflateInflateRatioBurst", in: .anywhere, .one, summary: "Limits how often they may exceed that."),
        .ignored("DeflateAlterETag", in: .server, .one, summary: "Sets what compression does to entity tags."),
    ]

    private static let brotli: [Entry<ApacheLowering>] = [
        .ignored("BrotliFilterNote", in: .server, .oneOrTwo, summary: "Notes the figures of compression."),
        .ignored("BrotliCompressionQuality", in: .server, .one, summary: "Tunes compression."),
        .ignored("BrotliCompressionWindow", in: .server, .one, summary: "Tunes compression."),
        .ignored("BrotliCompressionMaxInputBlock", in: .server, .one, summary: "Tunes compression."),
        .ignored("BrotliAlterETag", in: .server, .one, summary: "Sets what compression does to entity tags."),
    ]

    private static let substitute: [Entry<ApacheLowering>] = [
        .known("Substitute", in: .anywhere, .one, summary: "Replaces text in answers."),
        .known("SubstituteMaxLineLength", in: .anywhere, .one, summary: "Limits the lines that are looked at."),
        .known("SubstituteInheritBefore", in: .anywhere, .flag, summary: "Orders inherited replacements."),
    ]

    private static let sed: [Entry<ApacheLowering>] = [
        .known("OutputSed", in: .section, .one, summary: "Changes answers as sed does."),
        .known("InputSed", in: .section, .one, summary: "Changes uploads as sed does."),
    ]

    private static let charsetLite: [Entry<ApacheLowering>] = [
        .known("CharsetSourceEnc", in: .anywhere, .one, summary: "Names the character set of files."),
        .known("CharsetDefault", in: .anywhere, .one, summary: "Names the character set that clients get."),
        .known("CharsetOptions", in: .anywhere, .oneOrMore, summary: "Sets how characters are changed."),
    ]

    private static let buffer: [Entry<ApacheLowering>] = [
        .ignored("BufferSize", in: .section, .one, summary: "Sets the size of the buffer filter.")
    ]

    private static let reflector: [Entry<ApacheLowering>] = [
        .known("ReflectorHeader", in: .anywhere, .oneOrTwo, summary: "Sends request fields back.")
    ]

    private static let caseFilter: [Entry<ApacheLowering>] = [
        .known("CaseFilter", in: .server, .flag, summary: "Writes answers in capitals, as an example.")
    ]

    private static let caseFilterIn: [Entry<ApacheLowering>] = [
        .known("CaseFilterIn", in: .server, .flag, summary: "Writes uploads in capitals, as an example.")
    ]

    private static let xml2enc: [Entry<ApacheLowering>] = [
        .known("xml2EncDefault", in: .anywhere, .one, summary: "Names the character set of XML without one."),
        .known("xml2EncAlias", in: .main, .twoOrMore, summary: "Gives a character set other names."),
        .known("xml2StartParse", in: .anywhere, .oneOrMore, summary: "Skips what is before the first element."),
    ]
}
