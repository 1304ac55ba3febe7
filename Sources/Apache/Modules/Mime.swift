import IR
import Language
import Source
import Synchronization

/// mod_mime: media types, handlers and the like by extension.
enum Mime {
    /// The module.
    static let module = Module<ApacheLowering>("mod_mime", run + filters)

    private static let run: [Entry<ApacheLowering>] = [
        Entry("AddType", in: .anywhere, .twoOrMore, summary: "Gives files with an extension a media type.") {
            $1.lowerAddType($0)
        },
        Entry("RemoveType", in: .anywhere, .oneOrMore, summary: "Takes the media type of an extension away.") {
            $1.lowerRemoveType($0)
        },
        Entry("TypesConfig", in: .server, .one, summary: "Names the file of media types by extension.") {
            $1.lowerTypesConfig($0)
        },
        Entry("AddHandler", in: .anywhere, .twoOrMore, summary: "Says what answers for files with an extension.") {
            $1.lowerAddHandler($0)
        },
        .known("RemoveHandler", in: .anywhere, .oneOrMore, summary: "Takes the handler of an extension away."),
        .known("AddCharset", in: .anywhere, .twoOrMore, summary: "Gives files with an extension a character set."),
        .known("RemoveCharset", in: .anywhere, .oneOrMore, summary: "Takes the character set of an extension away."),
        .known("AddEncoding", in: .anywhere, .twoOrMore, summary: "Gives files with an extension a content coding."),
        .known("RemoveEncoding", in: .anywhere, .oneOrMore, summary: "Takes the content coding of an extension away."),
        .known("AddLanguage", in: .anywhere, .twoOrMore, summary: "Gives files with an extension a language."),
        .known("RemoveLanguage", in: .anywhere, .oneOrMore, summary: "Takes the language of an extension away."),
        .known("DefaultLanguage", in: .anywhere, .one, summary: "Gives files without a language one."),
        .known("MultiviewsMatch", in: .anywhere, .oneOrMore, summary: "Says which files MultiViews looks at."),
        .known(
            "ModMimeUsePathInfo", in: .section, .flag, summary: "Looks for extensions behind a file's path too."),
    ]

    private static let filters: [Entry<ApacheLowering>] = [
        .known("AddInputFilter", in: .anywhere, .twoOrMore, summary: "Names the filters of uploads, by extension."),
        .known("AddOutputFilter", in: .anywhere, .twoOrMore, summary: "Names the filters of answers, by extension."),
        .known("RemoveInputFilter", in: .anywhere, .oneOrMore, summary: "Takes upload filters of an extension away."),
        .known("RemoveOutputFilter", in: .anywhere, .oneOrMore, summary: "Takes answer filters of an extension away."),
    ]
}

extension ApacheLowering {
    fileprivate mutating func lowerAddType(_ directive: Directive) {
        guard let type = directive.arguments.first else { return }
        let origin = origin(directive)
        for argument in directive.arguments.dropFirst() {
            addTypes([withoutDot(argument.text): type.text.lowercased()], origin)
        }
        if type.text.lowercased().hasPrefix("application/x-httpd-") {
            notRun(
                "programs behind `\(type.text)` are not run", at: directive.head,
                why: "files with these extensions are sent as they are, which may show their source",
                help: "forbid them, or forward them to the program by ProxyPass")
        }
    }

    private mutating func addTypes(_ types: [String: String], _ origin: ID<Origin>) {
        let before = settings.files.types
        settings.files.types = Edit(
            merge: before?.merge ?? .perKey, value: (before?.value ?? [:]).merging(types) { $1 },
            origin: before?.origin ?? origin)
    }

    fileprivate mutating func lowerRemoveType(_ directive: Directive) {
        var types: [String: String] = [:]
        for argument in directive.arguments { types[withoutDot(argument.text)] = "" }
        addTypes(types, origin(directive))
    }

    private func withoutDot(_ extension_: String) -> String {
        (extension_.hasPrefix(".") ? String(extension_.dropFirst()) : extension_).lowercased()
    }

    /// `TypesConfig file`: lines of a media type and its extensions.
    fileprivate mutating func lowerTypesConfig(_ directive: Directive) {
        guard let argument = directive.arguments.first else { return }
        do throws(FileProblem) {
            let bytes = try reading.request.files.read(filePath(argument.text))
            let origin = origin(directive)
            let types = MediaTypes.parse(bytes)
            // The file stands for the built-in table; AddType lines before it go on top.
            let before = settings.files.types?.value ?? [:]
            settings.files.types = Edit(merge: .replace, value: types.merging(before) { $1 }, origin: origin)
        } catch {
            // A fragment comes without the files around it.
            guard reading.request.entries.contains(where: { $0.isMain }) else { return }
            report(
                Diagnostic(
                    "missing-file", .warning, "the media types in `\(argument.text)` cannot be read",
                    at: argument.range, why: "\(error.explanation); httpd refuses to start without the file",
                    help: "a built-in table of common types is used instead"))
        }
    }

    fileprivate mutating func lowerAddHandler(_ directive: Directive) {
        guard let handler = directive.arguments.first else { return }
        let origin = origin(directive)
        guard handler.text.lowercased() != "default-handler" else { return }
        var contents: [String: Content] = [:]
        let own = content(ofHandler: handler, origin)
        for argument in directive.arguments.dropFirst() {
            contents[withoutDot(argument.text)] = own ?? unavailable(handler.text)
        }
        let before = settings.files.contents
        settings.files.contents = Edit(
            merge: .perKey, value: (before?.value ?? [:]).merging(contents) { $1 }, origin: before?.origin ?? origin)
        if own != nil { return }
        notRun(
            "the handler `\(handler.text)` is not run", at: directive.head,
            why: "files with these extensions are answered 503 here, not sent", help: nil)
    }
}

/// Media types by extension.
enum MediaTypes {
    /// The types of a `mime.types` file.
    ///
    /// The last one is remembered: a system has one such file, beside however many configurations.
    static func parse(_ bytes: [UInt8]) -> [String: String] {
        if let known = last.withLock({ $0.bytes == bytes ? $0.types : nil }) { return known }
        var types: [String: String] = [:]
        for line in bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }) where line.first != UInt8(ascii: "#") {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard let first = words.first else { continue }
            let type = String(configuration: Array(first))
            for word in words.dropFirst() { types[String(configuration: Array(word)).lowercased()] = type }
        }
        last.withLock { $0 = (bytes, types) }
        return types
    }

    private static let last = Mutex<(bytes: [UInt8], types: [String: String])>(([], [:]))

    /// What is taken where no file names types.
    static let common: [String: String] = texts.merging(others) { $1 }

    private static let texts: [String: String] = [
        "html": "text/html", "htm": "text/html", "css": "text/css", "js": "text/javascript", "mjs": "text/javascript",
        "txt": "text/plain", "text": "text/plain", "log": "text/plain", "conf": "text/plain", "csv": "text/csv",
        "xml": "application/xml", "xhtml": "application/xhtml+xml", "json": "application/json", "md": "text/markdown",
        "ics": "text/calendar", "rss": "application/rss+xml", "atom": "application/atom+xml", "vtt": "text/vtt",
        "webmanifest": "application/manifest+json", "wasm": "application/wasm",
    ]

    private static let others: [String: String] = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "svg": "image/svg+xml",
        "webp": "image/webp", "avif": "image/avif", "ico": "image/vnd.microsoft.icon", "bmp": "image/bmp",
        "tif": "image/tiff", "tiff": "image/tiff", "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf",
        "otf": "font/otf", "mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/x-wav", "mp4": "video/mp4",
        "webm": "video/webm", "mov": "video/quicktime", "pdf": "application/pdf", "zip": "application/zip",
        "gz": "application/gzip", "tar": "application/x-tar", "tgz": "application/gzip", "rtf": "application/rtf",
    ]
}
