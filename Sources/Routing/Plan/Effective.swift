import HTTP
import IR

/// The fold of an ordered list of layers, as numbers: what holds for a request at a place.
///
/// It is plain data, so that reading a field costs one load; whatever has a size of its own lies in the plan's lists.
struct Effective: Sendable {
    // URL
    var encodedSlash: EncodedSlash = .keep
    var mergeSlashes = true
    var nulStatus: Int32 = 400
    var cutsFragment = true
    var absolute = AbsoluteRecord()
    /// What `%3F` that rewriting would turn into a query is answered; 0: it is literal.
    var encodedQuestionMark: Int32 = 0
    // Access
    var required: Int32 = -1
    var addresses: Int32 = -1
    var either = false
    var login: LoginCode = .none
    var realm: TemplateRef = .noTemplate
    var userFile: TemplateRef = .noTemplate
    var groupFile: TemplateRef = .noTemplate
    var requiresTLS = false
    // Request
    var requestEdits: Span32 = .none
    var requestEditing = RequestEditing()
    var appendsForwarded = false
    var via: Via = .untouched
    var realAddress: Int32 = -1
    // Files
    var place: Int32 = -1
    var index: Span32 = .none
    var indexIsLookup = false
    var lists = false
    var links: LinkCode = .follow
    var types: Int32 = -1
    var defaultType: Slice = .absent
    var charset: Slice = .absent
    var contents: Int32 = -1
    var content: Int32 = -1
    var tag: Tag = .none
    var post: Refusal = .answer(405)
    var methods: Int32 = -1
    var maximumRanges: Int32 = -1
    var coalesces = false
    var slashRedirect = true
    var modified: Modified = .exact
    var failures = FileFailures()
    // Forward
    var host: TemplateRef = .noTemplate
    var minorVersion: UInt8 = 1
    var connectTimeout: Int32 = 60_000
    var sendTimeout: Int32 = 60_000
    var readTimeout: Int32 = 60_000
    var retry: Int32 = -1
    var buffers = true
    var buffersRequest = true
    /// The longest head of an answer; 0: any.
    var answerHead: Int32 = 0
    /// How much of an answer may wait for the client.
    var answerBuffers: Int32 = -1
    var failureCodes: Int32 = -1
    /// The way to speak TLS with upstreams, and the name that is sent or checked; -1: none is known.
    var tls: Int32 = -1
    var tlsName: TemplateRef = .noTemplate
    var dropsConnectionNamed = true
    var passesHeaders = true
    var passesBody = true
    var controlHeaders: Span32 = .none
    var hides: Span32 = .none
    var passes: Span32 = .none
    var replaces: Span32 = .none
    var droppedFields: FieldNames = .none
    var dropsOtherFields = false
    var locations: Span32 = .none
    var cookies: Span32 = .none
    var scriptSplit: Int32 = -1
    var scriptIndex: Slice = .empty
    /// What calls by the rules of CGI tell besides; -1: nothing.
    var gateway: Int32 = -1
    // Errors
    var errorRules: Span32 = .none
    var upstreamErrors: UpstreamErrorsRecord = .init()
    var nested: NestedRecord = .init()
    var keeps: Span32 = .none
    // Answer
    var answerEdits: Span32 = .none
    var expires: Span32 = .none
    var serverName: Slice = .absent
    var pages: Int32 = -1
    // Limits
    var bodyLimit: Int64 = -1
    var keepAliveTime: Int32 = 0
    var keepAliveRequests: Int32 = -1
    var keepAliveField: Slice = .absent
    /// The field says how many requests are left.
    var countsDown = false
    var bodyTime: Int32 = 60_000
    var sendTime: Int32 = 60_000
    var waiting: Int32 = -1
    // Log
    var logs: Span32 = .none
    var errorLog: Int32 = -1
    // Programs
    var variables: Span32 = .none
    var lateRules: Span32 = .none
    var lateAnswers: Span32 = .none
    var lateVariables: Span32 = .none
}

/// How a relative location becomes absolute.
struct AbsoluteRecord: Sendable {
    /// It stays relative.
    var relative = true
    /// The host.
    var host: TemplateRef = .noTemplate
    /// Where the port comes from.
    var port: PortSource = .none
}

/// What the edits of a request do, in short, so that ordinary requests need not look at each of them.
struct RequestEditing: Sendable {
    /// The well-known names that are replaced or removed.
    var names: FieldNames = .none
    /// Names that are not well known are replaced or removed too.
    var hasOthers = false
    /// The edits are carried out one after the other, each on what the one before it left.
    var buildsOnOthers = false
}

/// How users prove who they are.
enum LoginCode: UInt8, Sendable { case none, basic, unsupported }

/// Whether symbolic links are followed.
enum LinkCode: UInt8, Sendable { case follow, never, ifOwnerMatches }

/// Whether upstream errors get our pages.
struct UpstreamErrorsRecord: Sendable {
    var kind: Kind = .never
    /// The statuses from here.
    var from: Int32 = 0
    /// … to here.
    var to: Int32 = 0
    /// Only these, in the list of numbers.
    var only: Span32 = .none

    enum Kind: UInt8, Sendable { case never, all, onlyWithRule }
}

/// What happens when a page itself fails.
struct NestedRecord: Sendable {
    var kind: Kind = .first
    var limit: Int32 = 0

    enum Kind: UInt8, Sendable { case first, last, rules }
}

/// A compiled error rule.
struct ErrorRecord: Sendable {
    /// The status that it is for.
    var status: Int32
    var kind: Kind
    /// A path, location or text.
    var template: TemplateRef = .none
    /// The media type of a text, in the plan's texts.
    var mediaType: Slice = .empty
    /// A scope, or a redirect's status.
    var index: Int32 = -1
    /// The page is asked with GET, unless the method is HEAD.
    var asGet = false
    /// The status that is answered: -1 the error's own, 0 the page's, else this.
    var result: Int32 = -1
    var origin: Int32 = -1

    enum Kind: UInt8, Sendable { case request, enter, redirect, text, builtIn }
}

/// A compiled header edit.
struct HeaderEditRecord: Sendable {
    var table: HeaderTable
    var kind: Kind
    /// The name in the plan's texts.
    var name: Slice
    /// The name with what parts it from the value, as it is written.
    var line: Slice
    /// The name, if it is well known.
    var id: FieldName
    var value: TemplateRef
    /// The condition; -1: always.
    var when: Int32
    /// The statuses in the list of numbers.
    var statuses: Span32
    var hasStatuses: Bool
    var skipsEmpty: Bool
    /// It is made before anything else is decided.
    var early: Bool
    /// The pattern of an edit; -1: none.
    var pattern: Int32
    var origin: Int32
    /// In a request it always is a line of its own with one fact for its value: nothing has to be asked.
    var isDirect = false

    enum Kind: UInt8, Sendable { case set, add, append, merge, setIfMissing, remove, note, echo, edit, editAll }
}

/// A compiled mapping of locations or cookies.
struct MappingRecord: Sendable {
    /// The fields, or for cookies the attribute, as names in the plan's texts.
    var headers: Span32
    var from: TemplateRef
    var pattern: Int32
    var to: TemplateRef
    var absolute: AbsoluteRecord
    var origin: Int32
}

/// A compiled node of a guard.
struct AccessRecord: Sendable {
    var kind: Kind
    /// A condition.
    var index: Int32 = -1
    /// Children, rules, or names of users and groups.
    var list: Span32 = .none
    /// What holds if no rule of a list does.
    var otherwise = false
    var origin: Int32 = -1

    enum Kind: UInt8, Sendable {
        case granted, denied, all, any, none, test, inOrder, anyone, users, members, undecidable
    }
}

/// One line of an ordered guard.
struct AccessLine: Sendable {
    var condition: Int32
    var grants: Bool
    var origin: Int32
}

/// A compiled access log.
struct LogRecord: Sendable {
    /// The file's path.
    var to: TemplateRef
    /// The values of a line with what stands before each, and what stands behind the last, with the line's end.
    var pieces: Span32
    var rest: Slice
    var escaping: LogEscaping
    var when: Int32
    /// The number of the log among those with constant paths; -1: its path has values in it.
    var sink: Int32
}

/// A value in a line of a log, and the text of the format before it, where that is short.
struct LogPiece: Sendable {
    /// The text, and how many of its bytes count.
    var before = SIMD16<UInt8>()
    var count = 0
    var op: Op
    /// The value never needs to be escaped.
    var isPlain: Bool

    /// A value behind a text of at most sixteen bytes.
    init(behind text: String = "", _ op: Op) {
        for byte in text.utf8 {
            before[count] = byte
            count += 1
        }
        self.op = op
        isPlain = op.code.isPlain
    }
}

/// A compiled expiry.
struct ExpiryRecord: Sendable {
    var mediaType: Slice
    var value: TemplateRef
    var fromModification: Bool
}

/// The wording of answers made here.
struct PagesRecord: Sendable {
    var reasons: [Int32: Slice]
    var bodies: [Int32: TemplateRef]
    var otherwise: TemplateRef
    var mediaType: Slice
    var nestedNote: TemplateRef
}
