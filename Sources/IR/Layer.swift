/// A sparse set of settings as somebody wrote it.
package struct Layer: Hashable, Sendable {
    /// What was said.
    package var settings: Settings = Settings()
    /// The section or block.
    package var origin: ID<Origin>
    /// The directory of a directory or `.htaccess` layer: what `Value.layerDirectory` reads.
    package var directory: Template?

    package init(settings: Settings = Settings(), origin: ID<Origin>, directory: Template? = nil) {
        self.settings = settings
        self.origin = origin
        self.directory = directory
    }
}

/// A layer that applies where its selector holds.
///
/// The order in `Site.overlays` is the order of merging: the later wins.
package struct Overlay: Hashable, Sendable {
    /// Where it applies.
    package var selector: Selector
    /// What it says.
    package var layer: ID<Layer>
    /// Its place in the fold.
    package var rank: Rank

    package init(selector: Selector, layer: ID<Layer>, rank: Rank) {
        self.selector = selector
        self.layer = layer
        self.rank = rank
    }
}

/// The fold's order: directories by depth (each with what was found in it), patterns, targets, files, URLs, conditions.
///
/// Source: httpd's manual, "Configuration Sections", How the sections are merged.
package enum Rank: Hashable, Comparable, Sendable {
    /// A directory of so many path segments; step 0 is a section, 1 a discovered file.
    case directory(depth: Int, step: Int)
    /// A pattern over directories.
    case directoryPattern
    /// What is forwarded to.
    case target
    /// The last segment of the file's path.
    case fileName
    /// The URL's path.
    case url
    /// Any condition.
    case condition
}

/// Where an overlay applies.
package indirect enum Selector: Hashable, Sendable {
    /// By the request's path.
    case url(PathMatcher)
    /// By the file's directory.
    case directory(PathMatcher)
    /// By the last segment of the file's path.
    case fileName(PathMatcher)
    /// By the URL that is forwarded to.
    case target(PathMatcher)
    /// By a condition.
    case when(Condition)
    /// Both: files inside a directory, nested conditions.
    case within(Selector, Selector)
}
