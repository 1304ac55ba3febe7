import IR
import Language
import Source

/// The modules that find and show files.
enum Files {
    /// `ngx_http_index_module`.
    static let index = Module<NginxLowering>(
        "ngx_http_index_module",
        [
            Entry("index", in: .anyLevel, .oneOrMore, summary: "What stands for a folder.") { directive, state in
                let names = directive.arguments.map { state.template($0) }
                let before = state.settings.files.index
                state.settings.files.index = Stated(
                    Index(names: (before?.value.names ?? []) + names, look: .asReentry),
                    before?.origin ?? state.origin(directive))
            }
        ])

    /// `ngx_http_autoindex_module`.
    static let autoindex = Module<NginxLowering>(
        "ngx_http_autoindex_module",
        [
            .flag("autoindex", in: .anyLevel, to: \.settings.files.listing, summary: "Lists folders without an index."),
            .known("autoindex_format", in: .anyLevel, .one, summary: "The form of listings."),
            .known("autoindex_exact_size", in: .anyLevel, .flag, summary: "Shows sizes to the byte."),
            .known("autoindex_localtime", in: .anyLevel, .flag, summary: "Shows local times."),
            .known("random_index", in: .location, .flag, summary: "Takes any file for a folder's index."),
        ])

    /// `ngx_http_try_files_module`.
    static let tryFiles = Module<NginxLowering>(
        "ngx_http_try_files_module",
        [
            Entry("try_files", in: [.server, .location], .twoOrMore, summary: "Takes the first file that exists.") {
                directive, state in
                state.lowerTryFiles(directive)
            }
        ])

    /// Contents that nginx makes itself.
    static let contents = Module<NginxLowering>(
        "ngx_http_empty_gif_module",
        [
            content("empty_gif", .none, "Answers a transparent image."),
            content("stub_status", .between(0, 1), in: [.server, .location], "Answers counters of connections."),
            content("flv", .none, "Streams Flash video."),
            content("mp4", .none, "Streams MP4 video."),
            .ignored("mp4_buffer_size", in: .anyLevel, .one, summary: "A buffer for MP4."),
            .ignored("mp4_max_buffer_size", in: .anyLevel, .one, summary: "A buffer for MP4."),
            .known("mp4_limit_rate", in: .anyLevel, .one, summary: "Slows MP4 down."),
            .known("mp4_limit_rate_after", in: .anyLevel, .one, summary: "Slows MP4 down after a first part."),
            .known("mp4_start_key_frame", in: .anyLevel, .flag, summary: "Begins MP4 at a key frame."),
            content("perl", .one, in: [.location, .limitExcept], "Answers by a Perl handler."),
            .known("perl_modules", in: .http, .one, summary: "Where Perl modules lie."),
            .known("perl_require", in: .http, .one, summary: "Loads a Perl module."),
            .known("perl_set", in: .http, .two, summary: "Sets a variable by Perl."),
            .known("dav_methods", in: .anyLevel.union(.limitExcept), .oneOrMore, summary: "Lets files be written."),
            .known("dav_access", in: .anyLevel, .oneToThree, summary: "Permissions of written files."),
            .known("create_full_put_path", in: .anyLevel, .flag, summary: "Creates missing folders."),
            .known("min_delete_depth", in: .anyLevel, .one, summary: "Keeps upper folders from being deleted."),
            .known("image_filter", in: .location, .oneOrMore, summary: "Changes images."),
            .known("image_filter_buffer", in: .anyLevel, .one, summary: "The largest image."),
            .known("image_filter_interlace", in: .anyLevel, .flag, summary: "Interlaces images."),
            .known("image_filter_jpeg_quality", in: .anyLevel, .one, summary: "The quality of images."),
            .known("image_filter_sharpen", in: .anyLevel, .one, summary: "Sharpens images."),
            .known("image_filter_transparency", in: .anyLevel, .flag, summary: "Keeps transparency."),
            .known("image_filter_webp_quality", in: .anyLevel, .one, summary: "The quality of images."),
            content("api", .between(0, 1), "Answers the commercial nginx's interface."),
            content("status", .none, "Answers the commercial nginx's counters."),
            .known("health_check", in: .location, .any, summary: "Asks upstreams whether they are well."),
            .known("match", in: .http, .one, block: true, summary: "What a healthy answer looks like."),
            .known("status_zone", in: [.server, .location], .one, summary: "Counts requests."),
        ])

    private static func content(
        _ name: String, _ arity: Arity, in contexts: ContextSet = .location, _ summary: String
    ) -> Entry<NginxLowering> {
        Entry(name, in: contexts, arity, support: .known, summary: summary) { directive, state in
            state.level.handler = .content(.unavailable("`\(directive.name)` is not run", guards: false))
        }
    }
}

extension NginxLowering {
    /// `try_files FILE… URI`.
    ///
    /// Source: `ngx_http_try_files` in src/http/modules/ngx_http_try_files_module.c.
    fileprivate mutating func lowerTryFiles(_ directive: Directive) {
        guard let last = directive.arguments.last else { return }
        let tries = directive.arguments.dropLast().map { argument in
            let isDirectory = argument.text.hasSuffix("/")
            let text = isDirectory ? String(argument.text.dropLast()) : argument.text
            return Candidate(path: template(text, at: argument.range), directory: isDirectory)
        }
        let otherwise: ProbeDraft.Otherwise
        if last.text.hasPrefix("=") {
            guard let status = Int(last.text.dropFirst()), (0...999).contains(status) else {
                refuse(last, "\"\(last.text)\" is no status", help: "write `=404`")
                return
            }
            otherwise = .status(status)
        } else if last.text.hasPrefix("@") {
            otherwise = .named(last.text)
        } else {
            otherwise = .uri(template(last))
        }
        level.probe = ProbeDraft(tries: tries, otherwise: otherwise, directive: directive)
    }
}
