import IR

/// One instruction of a compiled program.
struct Instruction: Sendable {
    /// What it is.
    var kind: Kind
    /// The rule, condition or scope.
    var index: Int32
    /// Where it goes on if the condition does not hold.
    var otherwise: Int32 = 0
    /// Who wrote it.
    var origin: Int32

    enum Kind: UInt8, Sendable {
        /// Run a rule.
        case rule
        /// Go on at `otherwise` unless the condition holds.
        case branch
        /// Stand in a scope from now on.
        case enter
    }
}

/// A compiled program: a run of instructions.
struct ProgramRecord: Sendable {
    /// The instructions.
    var instructions: Span32
    /// What relative results are put behind; `.noTemplate`: the URL of the directory.
    var base: TemplateRef
    /// The layer's directory; `.noTemplate`: none.
    var directory: TemplateRef
    /// The exit at its end; -1: none.
    var ends: Int32
    /// Who wrote it.
    var origin: Int32
}

/// A compiled rule.
struct RuleRecord: Sendable {
    /// The condition; -1: always.
    var when: Int32
    /// What it changes.
    var edits: Span32
    /// What follows when it acted.
    var then: FlowRecord
    /// What follows when it did not.
    var otherwise: FlowRecord
    /// It is skipped in looks at index candidates.
    var onlyInMainRequest: Bool
    /// What must not hold a `?`.
    var unquestioned: TemplateRef
}

/// A compiled flow.
struct FlowRecord: Sendable {
    /// What happens.
    var kind: Kind
    /// An instruction, a limit or an exit.
    var index: Int32 = 0

    enum Kind: UInt8, Sendable { case next, jump, again, leave, leaveAsIs, leaveForGood, exit }
}

/// A compiled change to a request.
struct EditRecord: Sendable {
    /// What is changed.
    var kind: Kind
    /// The text.
    var template: TemplateRef = .none
    /// A variable, header edit, content or exit.
    var index: Int32 = -1

    enum Kind: UInt8, Sendable {
        case path, queryKeep, queryDrop, queryReplace, queryPrepend, queryAppend, set, method, header, cookie, content
        case mediaType, leaveWith
    }
}

/// A compiled exit.
struct ExitRecord: Sendable {
    /// Where it leads.
    var kind: Kind
    /// An answer, content, placement or scope.
    var index: Int32 = -1
    /// A path to go to.
    var template: TemplateRef = .none

    enum Kind: UInt8, Sendable {
        case answer, content, place, early, siteRules, locate, scope, recheckEarly, recheckSiteRules, recheckLocate
        case redirectEarly, redirectSiteRules, redirectLocate
    }
}

/// A compiled answer.
struct AnswerRecord: Sendable {
    /// The status.
    var status: Int32
    /// The location; `.noTemplate`: none.
    var location: TemplateRef
    /// The escaping of the location, by index; -1: none.
    var escaping: Int32
    /// The body; `.noTemplate`: the page for the status.
    var body: TemplateRef
    /// The body's media type; `.noTemplate`: the default.
    var mediaType: TemplateRef
    /// Nothing is sent at all.
    var closes: Bool
    /// Error pages apply.
    var usesErrorPages: Bool
    /// The query goes behind the location.
    var keepsQuery: Bool
    /// Who wrote it.
    var origin: Int32
}

/// A compiled content.
struct ContentRecord: Sendable {
    /// What answers.
    var kind: Kind
    /// A forward or an answer.
    var index: Int32 = -1
    /// Why nothing can be run, in the plan's texts.
    var reason: Slice = .empty
    /// Leaving it out would open what was closed.
    var guards: Bool = false
    /// Who wrote it.
    var origin: Int32 = -1

    enum Kind: UInt8, Sendable { case files, forward, answer, unavailable }
}

/// A compiled forward.
struct ForwardRecord: Sendable {
    /// The pool; -1: computed.
    var pool: Int32
    /// The computed target.
    var target: TemplateRef
    /// Which path, by index.
    var path: Int32
    /// Which query.
    var query: Query
    /// The target as it is written, a whole URL.
    var written: TemplateRef
    /// Who wrote it.
    var origin: Int32
    /// What a process behind a gateway protocol is told, by index; -1: HTTP is spoken.
    var gateway: Int32 = -1

    enum Query: UInt8, Sendable { case append, appendKeepingMark, none, inTemplate }
}

/// What Host and the choice of the transport need to know of a group of upstreams.
struct PoolRecord: Sendable {
    /// The pool's name, or its only member's `host:port`, in the plan's texts.
    var authority: Slice
    /// Its members are spoken to over TLS.
    var isTLS: Bool
    /// The chosen member is named instead.
    var hidesName: Bool
}

/// A compiled call through FastCGI.
struct GatewayRecord: Sendable {
    /// The parameters, in `Tables.gatewayParameters`.
    var parameters: Span32
    /// The connection stays open behind a request.
    var keepsConnection: Bool
    /// What is told by the rules of CGI.
    var common: Common = .none
    /// What stands before the script's path in its name; `.absent`: what names the member.
    var backend: Slice = .absent
    /// What stands before a file's path.
    var behind: Slice = .empty
    /// Nobody set the upstream up.
    var isImplied = false
    /// The statuses of its failures, by index; -1: those of the place.
    var failureCodes: Int32 = -1
    /// Texts that make an answer none when the application complains of them, in `Tables.names`.
    var catches: Span32 = .none

    enum Common: UInt8, Sendable { case none, file, sent }
}

/// What calls by the rules of CGI tell besides, at a place.
struct GatewaySettingsRecord: Sendable {
    var passesLogin = false
    var namesPlainly = false
    var tellsCurrentPath = false
    var qualifiesRedirect = false
    var root: Slice = .empty
    var admin: Slice
    var signature: Signature = .none
    var tls: Set<TLSExport> = []
    /// Changes of what is told, in `Tables.gatewayEdits`.
    var edits: Span32 = .none
}

/// One change of what is told.
struct GatewayEditRecord: Sendable {
    /// The condition.
    var when: Int32
    var name: Slice
    /// The value; `.noTemplate`: it is not told.
    var value: TemplateRef
    /// Who wrote it.
    var origin: Int32
}

/// One parameter of a gateway call.
struct GatewayParameterRecord: Sendable {
    var name: Slice
    var value: TemplateRef
    /// It is left out when it is empty.
    var ifNotEmpty: Bool
    /// It is `HTTP_…`, and takes the place of a field.
    var isField: Bool
    /// It is the length of the body, which is known where the client did not say it.
    var isLength = false
}

/// A compiled way of making the sent path.
struct SentPathRecord: Sendable {
    /// How it is made.
    var kind: Kind
    /// What comes first, or all of it.
    var template: TemplateRef = .none
    /// The escaping; -1: none.
    var escaping: Int32 = -1
    /// The way that is taken while nothing changed.
    var first: Int32 = -1
    /// The other way.
    var second: Int32 = -1
    /// While nothing changed since the request was received, its target is sent as it came.
    var sendsTargetUnchanged = false

    enum Kind: UInt8, Sendable {
        case targetAsReceived, suffixAsReceived, suffixMatched, suffixSent, whole, path, file, inTarget
        case ifUnchangedSinceReceived, ifUnchangedSinceLocated
    }
}

/// A compiled placement.
struct PlacementRecord: Sendable {
    /// The directory or file.
    var base: TemplateRef
    /// How much of the path is left out.
    var drops: Dropped
    /// The path may be a file's path itself.
    var ifExistsAtFileRoot: Bool
    /// Who wrote it.
    var origin: Int32
}
