/// How files are served.
package struct FileSettings: Hashable, Sendable {
    /// Where they lie.
    package var place: Stated<Placement>?
    /// What stands for a directory.
    package var index: Stated<Index>?
    /// A directory without an index is listed.
    package var listing: Stated<Bool>?
    /// Whether symbolic links are followed.
    package var links: Stated<Links>?
    /// Media types by extension, without dot.
    package var types: Edit<[String: String]>?
    /// The media type of everything else; nil: none is said.
    package var defaultType: Stated<String?>?
    /// The character set that is added to text types; nil: none.
    package var charset: Stated<String?>?
    /// What answers, by extension.
    package var contents: Edit<[String: Content]>?
    /// What answers whatever the extension; nil: by extension.
    package var content: Stated<Content?>?
    /// What the ETag is made of.
    package var tag: Stated<Tag>?
    /// What POST to a file does.
    package var post: Stated<Refusal>?
    /// What other methods than GET, HEAD and POST to a file do.
    package var otherMethods: Stated<MethodAnswers>?
    /// Whether a file's path may go on behind the file; nil: as the content decides.
    package var pathInfo: Stated<Bool?>?
    /// The most ranges of one request; nil: any number.
    package var ranges: Stated<Int?>?
    /// Ranges that touch are sent as one.
    package var coalesces: Stated<Bool>?
    /// A directory without its slash is redirected.
    package var slashRedirect: Stated<Bool>?
    /// How If-Modified-Since is compared.
    package var modified: Stated<Modified>?
    /// What a missing file, a directory that may not be listed, and a file that may not be read are answered.
    package var failures: Stated<FileFailures>?

    package init(
        place: Stated<Placement>? = nil, index: Stated<Index>? = nil, listing: Stated<Bool>? = nil,
        links: Stated<Links>? = nil, types: Edit<[String: String]>? = nil, defaultType: Stated<String?>? = nil,
        charset: Stated<String?>? = nil, contents: Edit<[String: Content]>? = nil,
        content: Stated<Content?>? = nil, tag: Stated<Tag>? = nil, post: Stated<Refusal>? = nil,
        otherMethods: Stated<MethodAnswers>? = nil, pathInfo: Stated<Bool?>? = nil, ranges: Stated<Int?>? = nil,
        coalesces: Stated<Bool>? = nil, slashRedirect: Stated<Bool>? = nil, modified: Stated<Modified>? = nil,
        failures: Stated<FileFailures>? = nil
    ) {
        self.place = place
        self.index = index
        self.listing = listing
        self.links = links
        self.types = types
        self.defaultType = defaultType
        self.charset = charset
        self.contents = contents
        self.content = content
        self.tag = tag
        self.post = post
        self.otherMethods = otherMethods
        self.pathInfo = pathInfo
        self.ranges = ranges
        self.coalesces = coalesces
        self.slashRedirect = slashRedirect
        self.modified = modified
        self.failures = failures
    }
}

/// What methods other than GET, HEAD and POST are answered at a file.
package struct MethodAnswers: Hashable, Sendable {
    /// For methods that are known.
    package var known: Int = 405
    /// For methods that are not known.
    package var unknown: Int = 405
    /// OPTIONS is answered 200 with Allow.
    package var options: Bool = false
    /// TRACE echoes the request.
    package var trace: Bool = false
    /// What Allow says with a 405; empty: nothing.
    package var allow: String = ""

    package init(
        known: Int = 405, unknown: Int = 405, options: Bool = false, trace: Bool = false, allow: String = ""
    ) {
        self.known = known
        self.unknown = unknown
        self.options = options
        self.trace = trace
        self.allow = allow
    }
}

/// Statuses for what can go wrong with a file.
package struct FileFailures: Hashable, Sendable {
    /// It is not there.
    package var missing: Int = 404
    /// It may not be read.
    package var forbidden: Int = 403
    /// A directory with neither index nor listing.
    package var directory: Int = 403
    /// Its name is too long.
    package var nameTooLong: Int = 404
    /// Something else.
    package var other: Int = 500

    package init(
        missing: Int = 404, forbidden: Int = 403, directory: Int = 403, nameTooLong: Int = 404, other: Int = 500
    ) {
        self.missing = missing
        self.forbidden = forbidden
        self.directory = directory
        self.nameTooLong = nameTooLong
        self.other = other
    }
}

/// What an ETag is made of.
package enum Tag: Hashable, Sendable {
    case none
    /// `"size-mtime"` in hexadecimal, mtime in microseconds.
    case sizeAndTime
    /// `"mtime-size"` in hexadecimal, mtime in seconds.
    case timeAndSize
}

/// Whether symbolic links are followed.
package enum Links: Hashable, Sendable {
    case follow, never
    case ifOwnerMatches(from: String?)
}

/// How If-Modified-Since is compared with a file's time.
package enum Modified: Hashable, Sendable {
    case off, exact, notLater
}

/// What stands for a directory.
package struct Index: Hashable, Sendable {
    /// The candidates in order; one that begins with `/` is a path of its own.
    package var names: [Template]
    /// How a candidate is looked at.
    package var look: Look

    package init(names: [Template], look: Look) {
        self.names = names
        self.look = look
    }
}

/// How an index candidate is looked at.
package enum Look: Hashable, Sendable {
    /// As a request of its own up to `lateRules`, whose layers are adopted (Apache).
    case asLookup
    /// As a file; the request then enters anew at `siteRules` (nginx).
    case asReentry
}
