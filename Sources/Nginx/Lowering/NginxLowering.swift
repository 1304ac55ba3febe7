import IR
import Language
import Source

/// A configuration while it is being understood: directives become drafts (`Level`), which `finish` turns into the IR.
///
/// Two steps, as in nginx itself: names may be used before they are defined, and what a block leaves out comes from the
/// blocks around it, so scopes are written down only when everything has been read.
struct NginxLowering: Sendable {
    /// The IR as far as it is written.
    var configuration = Configuration()
    /// What was found on the way.
    var diagnostics: [Diagnostic] = []
    /// The texts, for places in messages.
    let sources: SourceMap
    /// What differs between versions.
    let profile: Profile
    /// All directives.
    let registry: Registry
    /// The open blocks, the main level first.
    var levels: [Level]
    /// The variables that the configuration defines.
    var variables = VariableTable()
    /// The `log_format`s by name.
    var logFormats: [String: LogFormat] = [:]
    /// The `upstream` blocks by name.
    var upstreams: [String: Upstream] = [:]
    /// Addresses of gateways that may be upstreams.
    var gateways: [Argument] = []
    /// The shared zones that limits are counted in.
    var zones: Set<String> = []
    /// Where limits name a zone.
    var zoneUses: [Argument] = []
    /// The pools that are written down already, by URL.
    var pools: [String: ID<Pool>] = [:]
    /// The `upstream` block that is being read.
    var openUpstreamName: String?
    /// Where path settings without a leading slash lie: the folder of the main file.
    let folder: String
    /// The folder that relative paths of files to serve and logs belong to.
    let prefix: String
    /// Directives of third-party modules were met, so that unknown variables may be theirs.
    var hasForeignDirectives = false

    /// Only fragments were read: what they do not define may be defined around them.
    let isFragment: Bool

    init(_ reading: Language.Reading, registry: Registry) {
        sources = reading.sources
        profile = Profile.named(reading.request.version)
        self.registry = registry
        folder = reading.configurationFolder
        prefix = reading.request.folder ?? Self.builtPrefix
        isFragment =
            !reading.request.entries.contains(where: \.isMain) && reading.directives.contains(where: \.isImplied)
        let origin = configuration.add(Origin.implied(reason: "the main level of a configuration", near: nil))
        levels = [Level(kind: .main, origin: origin)]
    }

    /// The innermost open block.
    var level: Level {
        get { levels[levels.count - 1] }
        _modify { yield &levels[levels.count - 1] }
    }

    /// What the innermost open block says.
    var settings: Settings {
        get { level.settings }
        _modify { yield &level.settings }
    }

    /// The origin of a statement; blocks that reading put around a fragment are implied.
    mutating func origin(_ directive: Directive) -> ID<Origin> {
        if directive.isImplied {
            return configuration.add(
                Origin.implied(reason: "the surroundings that a lone fragment implies", near: nil))
        }
        let id = configuration.add(
            Origin.written(file: directive.head.file.index, range: directive.head.bytes))
        if let comment = directive.comment { configuration.presentation.comments[id] = comment }
        return id
    }

    /// An origin for what nginx does where the file is silent.
    mutating func implied(_ reason: String, near: ID<Origin>? = nil) -> ID<Origin> {
        configuration.add(Origin.implied(reason: reason, near: near))
    }

    /// Reads the statements of a block as a level of their own.
    mutating func read(_ directive: Directive, as kind: Level.Kind) -> Level {
        levels.append(Level(kind: kind, origin: origin(directive), head: directive.head))
        walk(directive.children)
        return levels.removeLast()
    }
}

extension Directive {
    /// Whether nobody wrote it: reading put it around a fragment.
    var isImplied: Bool { head.isEmpty }
}

extension Language.Reading {
    /// The folder that relative paths of the configuration belong to.
    var configurationFolder: String {
        // Directives of the command line come before the main file.
        let main = request.entries.last { $0.isMain } ?? request.entries.first
        guard let path = main?.path, path != "-" else { return "/etc/nginx" }
        return folderName(of: path)
    }
}

/// The folder of a path, "." where it has none.
func folderName(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
