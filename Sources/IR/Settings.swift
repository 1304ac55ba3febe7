/// What a layer says: sparse, one part for each topic.
///
/// A request's settings are the fold of an ordered list of layers. The fold of a site's base leaves no field unset that
/// `Settings.missing` names.
package struct Settings: Hashable, Sendable {
    /// How URLs are read.
    package var url: URLSettings = URLSettings()
    /// Who may pass.
    package var access: AccessSettings = AccessSettings()
    /// What is changed in a request.
    package var request: RequestSettings = RequestSettings()
    /// How files are served.
    package var files: FileSettings = FileSettings()
    /// How requests are forwarded.
    package var forward: ForwardSettings = ForwardSettings()
    /// What errors look like.
    package var errors: ErrorSettings = ErrorSettings()
    /// What is changed in an answer.
    package var answer: AnswerSettings = AnswerSettings()
    /// Limits.
    package var limits: LimitSettings = LimitSettings()
    /// Logs.
    package var log: LogSettings = LogSettings()
    /// Rules that belong to the layer.
    package var programs: ProgramSettings = ProgramSettings()

    package init(
        url: URLSettings = URLSettings(), access: AccessSettings = AccessSettings(),
        request: RequestSettings = RequestSettings(), files: FileSettings = FileSettings(),
        forward: ForwardSettings = ForwardSettings(), errors: ErrorSettings = ErrorSettings(),
        answer: AnswerSettings = AnswerSettings(), limits: LimitSettings = LimitSettings(),
        log: LogSettings = LogSettings(), programs: ProgramSettings = ProgramSettings()
    ) {
        self.url = url
        self.access = access
        self.request = request
        self.files = files
        self.forward = forward
        self.errors = errors
        self.answer = answer
        self.limits = limits
        self.log = log
        self.programs = programs
    }
}

/// Rules that belong to a layer; four slots, because they merge differently.
package struct ProgramSettings: Hashable, Sendable {
    /// Variables set once a request stands here (phase `scopeRules`).
    package var variables: Edit<[ID<Program>]>?
    /// Rewriting behind the access check (phase `lateRules`).
    package var lateRules: Edit<[ID<Program>]>?
    /// Answers behind that.
    package var lateAnswers: Edit<[ID<Program>]>?
    /// Variables behind that.
    package var lateVariables: Edit<[ID<Program>]>?

    package init(
        variables: Edit<[ID<Program>]>? = nil, lateRules: Edit<[ID<Program>]>? = nil,
        lateAnswers: Edit<[ID<Program>]>? = nil, lateVariables: Edit<[ID<Program>]>? = nil
    ) {
        self.variables = variables
        self.lateRules = lateRules
        self.lateAnswers = lateAnswers
        self.lateVariables = lateVariables
    }
}

/// How URLs are read.
package struct URLSettings: Hashable, Sendable {
    /// What `%2F` in a path does.
    package var encodedSlash: Stated<EncodedSlash>?
    /// `//` counts as `/` when paths are matched.
    package var mergeSlashes: Stated<Bool>?
    /// What `%00` is answered.
    package var nul: Stated<Int>?
    /// What `#` in a target does.
    package var fragment: Stated<Fragment>?
    /// How a relative Location becomes absolute.
    package var absolute: Stated<AbsoluteLocation>?
    /// What `%3F` in a path does when rewriting would make it a `?`.
    package var encodedQuestionMark: Stated<QuestionMark>?

    package init(
        encodedSlash: Stated<EncodedSlash>? = nil, mergeSlashes: Stated<Bool>? = nil, nul: Stated<Int>? = nil,
        fragment: Stated<Fragment>? = nil, absolute: Stated<AbsoluteLocation>? = nil,
        encodedQuestionMark: Stated<QuestionMark>? = nil
    ) {
        self.encodedSlash = encodedSlash
        self.mergeSlashes = mergeSlashes
        self.nul = nul
        self.fragment = fragment
        self.absolute = absolute
        self.encodedQuestionMark = encodedQuestionMark
    }
}

/// What `%2F` in a path does.
package enum EncodedSlash: Hashable, Sendable {
    /// The request is answered with this status.
    case refuse(Int)
    /// It is a slash; dot segments that appear are resolved if asked so.
    case decode(resolveDotsAgain: Bool)
    /// It stays as it is.
    case keep
}

/// What `#` in a target does.
package enum Fragment: Hashable, Sendable {
    case refuse
    /// It and what follows is left out.
    case cut
}

/// What `%3F` does when rewriting would make it a `?`.
package enum QuestionMark: Hashable, Sendable {
    case literal
    case refuseWhenTurnedIntoQuery(Int)
}

/// How a relative Location becomes absolute.
package enum AbsoluteLocation: Hashable, Sendable {
    case relative
    case completed(host: Template, port: PortSource)
}

/// Which port an absolute Location names.
package enum PortSource: Hashable, Sendable {
    /// The one in the Host field, else the site's own.
    case asHostHeader
    /// The one in the Host field, else the listener's, unless it is the scheme's own.
    case asHostHeaderElseListener
    /// The listener's, unless it is the scheme's own.
    case listener
    case none
    case fixed(Int)
}

/// What is changed in a request on its way.
package struct RequestSettings: Hashable, Sendable {
    /// Header edits.
    package var headers: Edit<[HeaderEdit]>?
    /// Whether X-Forwarded-For, -Host and -Server are kept up.
    package var forwardedFor: Stated<Forwarded>?
    /// What happens with Via.
    package var via: Stated<Via>?
    /// Where the client's address comes from.
    package var realAddress: Stated<RealAddress?>? {
        get { realAddressStorage.first }
        set { realAddressStorage = newValue.map { [$0] } ?? [] }
    }
    // It is large and rare: beside the settings it does not weigh on those who copy them.
    private var realAddressStorage: [Stated<RealAddress?>] = []

    package init(
        headers: Edit<[HeaderEdit]>? = nil, forwardedFor: Stated<Forwarded>? = nil, via: Stated<Via>? = nil,
        realAddress: Stated<RealAddress?>? = nil
    ) {
        self.headers = headers
        self.forwardedFor = forwardedFor
        self.via = via
        self.realAddress = realAddress
    }
}

/// Whether X-Forwarded-For, -Host and -Server are kept up.
package enum Forwarded: Hashable, Sendable {
    case untouched
    /// Appended to what the client sent.
    case appended
}

/// What happens with Via.
package enum Via: UInt8, Hashable, Sendable {
    case untouched, added, addedWithVersion, removed

    /// Whether both are the same; written out so that other modules need no witness for it.
    @inlinable package static func == (a: Via, b: Via) -> Bool { a.rawValue == b.rawValue }
}

/// The tables that header edits write to, as Apache has them; nginx writes only to `final`, filtered by status.
package enum HeaderTable: Hashable, Sendable {
    case request, success, always, final
}

/// One change to a header.
package struct HeaderEdit: Hashable, Sendable {
    /// Which table.
    package var table: HeaderTable
    /// The field's name.
    package var name: String
    /// What is done.
    package var operation: HeaderOperation
    /// The value; an empty result leaves the field out where `skipsEmpty` says so.
    package var value: Template = Template()
    /// Only if this holds.
    package var when: Condition?
    /// Only with these statuses; nil: with all.
    package var statuses: Set<Int>?
    /// An empty value leaves the field out.
    package var skipsEmpty: Bool = false
    /// Before anything else looks at the request.
    package var early: Bool = false
    /// The statement.
    package var origin: ID<Origin>

    package init(
        table: HeaderTable, name: String, operation: HeaderOperation, value: Template = Template(),
        when: Condition? = nil, statuses: Set<Int>? = nil, skipsEmpty: Bool = false, early: Bool = false,
        origin: ID<Origin>
    ) {
        self.table = table
        self.name = name
        self.operation = operation
        self.value = value
        self.when = when
        self.statuses = statuses
        self.skipsEmpty = skipsEmpty
        self.early = early
        self.origin = origin
    }
}

/// What is done with a header field.
package enum HeaderOperation: Hashable, Sendable {
    case set, add, append, merge, setIfMissing, remove, note, echo
    case edit(Pattern, all: Bool)
}
