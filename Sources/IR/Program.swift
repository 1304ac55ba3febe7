/// A list of rules that run in order.
package struct Program: Hashable, Sendable {
    /// The rules and blocks.
    package var statements: [Statement] = []
    /// What a relative result is put behind (RewriteBase); nil: the layer's directory as a URL.
    package var base: Template?
    /// What happens at the end if nothing else was decided.
    package var ends: Exit?
    /// The statement that switched it on, or the block.
    package var origin: ID<Origin>

    package init(statements: [Statement] = [], base: Template? = nil, ends: Exit? = nil, origin: ID<Origin>) {
        self.statements = statements
        self.base = base
        self.ends = ends
        self.origin = origin
    }
}

/// One entry of a program.
package indirect enum Statement: Hashable, Sendable {
    /// A directive that may do something.
    case rule(Rule)
    /// A block that is run through if its condition holds, and whose scope is entered then (nginx `if`).
    case block(Block)
}

/// Statements under a condition.
package struct Block: Hashable, Sendable {
    /// When it is entered.
    package var when: Condition
    /// What is run then.
    package var statements: [Statement]
    /// The scope that the request stands in from then on.
    package var enters: ID<Scope>?
    /// The block.
    package var origin: ID<Origin>

    package init(when: Condition, statements: [Statement], enters: ID<Scope>? = nil, origin: ID<Origin>) {
        self.when = when
        self.statements = statements
        self.enters = enters
        self.origin = origin
    }
}

/// One directive that may do something.
///
/// `when` is evaluated left to right and fills banks as it goes.
package struct Rule: Hashable, Sendable {
    /// When it acts.
    package var when: Condition = .always
    /// What it changes, in order.
    package var edits: [RequestEdit] = []
    /// What happens when it acted.
    package var then: Flow = .next
    /// What happens when it did not.
    package var otherwise: Flow = .next
    /// It is skipped in internal looks at another request.
    package var onlyInMainRequest: Bool = false
    /// What must not hold a `?` when it acts, as `URLSettings.encodedQuestionMark` says; empty: nothing.
    package var unquestioned = Template()
    /// The statement.
    package var origin: ID<Origin>

    package init(
        when: Condition = .always, edits: [RequestEdit] = [], then: Flow = .next, otherwise: Flow = .next,
        onlyInMainRequest: Bool = false, origin: ID<Origin>
    ) {
        self.when = when
        self.edits = edits
        self.then = then
        self.otherwise = otherwise
        self.onlyInMainRequest = onlyInMainRequest
        self.origin = origin
    }
}

/// One change to a request.
package enum RequestEdit: Hashable, Sendable {
    /// The path becomes this; a `?` in the template's literal text begins a query, which `query` edits handle.
    case path(Template)
    /// The query changes.
    case query(QueryEdit)
    /// A variable is assigned.
    case set(ID<Variable>, Template)
    /// The method becomes this.
    case method(String)
    /// A header field changes.
    case header(HeaderEdit)
    /// A cookie is set with the answer.
    case cookie(Template)
    /// What answers becomes this.
    case content(Content)
    /// The answer's media type becomes this.
    case mediaType(Template)
    /// Taken when the program ends: `R` without `L`, nginx's `rewrite` without a flag.
    case leaveWith(Exit)
}

/// What becomes of the query.
package enum QueryEdit: Hashable, Sendable {
    /// It stays.
    case keep
    /// It goes.
    case drop
    /// It becomes this.
    case replace(Template)
    /// This comes before it, with `&` between (nginx rewrite, QSA).
    case prepend(Template)
    /// This comes behind it, with `&` between.
    case append(Template)
}

/// Where a program goes on.
package enum Flow: Hashable, Sendable {
    /// At the next statement.
    case next
    /// So many statements further.
    case skip(Int)
    /// At the first statement, at most so often.
    case again(limit: Int)
    /// Behind the program; what `leaveWith` said is done.
    case leave
    /// Behind the program; what `leaveWith` said is forgotten (nginx `break`).
    case leaveAsIs
    /// Behind the program, and no further program of this kind runs (END).
    case leaveForGood
    /// At once elsewhere.
    case exit(Exit)
}

/// How a request leaves a program, a probe or an error.
package enum Exit: Hashable, Sendable {
    /// With an answer.
    case answer(Answer)
    /// To a content.
    case content(Content)
    /// To a file or directory.
    case place(Placement)
    /// To an earlier phase.
    case go(Reentry)
    /// To an earlier phase, but only if the path is no longer what the program found.
    case recheck(ifPathChanged: Reentry)
    /// To a new path and an earlier phase; the template may bring a query behind `?`.
    case redirect(Template, Reentry)
}

/// Where a changed request goes on.
package enum Reentry: Hashable, Sendable {
    /// Everything again, with variables renamed or lost (Apache's internal redirect).
    case early
    /// The site's rules again (nginx's internal redirect).
    case siteRules
    /// The tables again (nginx `last`).
    case locate
    /// In a scope, path unchanged (a named location).
    case scope(ID<Scope>)
}

/// An answer made here.
package struct Answer: Hashable, Sendable {
    /// The status; with `closes` nothing is sent at all.
    package var status: Int
    /// The Location field.
    package var location: Template?
    /// How the location is escaped, once it is computed; nil: it is not.
    package var locationEscaping: Escaping?
    /// The body; nil: the page for the status.
    package var body: Template?
    /// The body's media type; nil: the scope's default.
    package var mediaType: Template?
    /// The connection is closed without a word (nginx 444).
    package var closes: Bool = false
    /// Error pages apply to it.
    package var usesErrorPages: Bool = true
    /// The query of the request is put behind the location, if that has none.
    package var keepsQuery: Bool = false
    /// The statement.
    package var origin: ID<Origin>

    package init(
        status: Int, location: Template? = nil, locationEscaping: Escaping? = nil, body: Template? = nil,
        mediaType: Template? = nil, closes: Bool = false, usesErrorPages: Bool = true, keepsQuery: Bool = false,
        origin: ID<Origin>
    ) {
        self.status = status
        self.location = location
        self.locationEscaping = locationEscaping
        self.body = body
        self.mediaType = mediaType
        self.closes = closes
        self.usesErrorPages = usesErrorPages
        self.keepsQuery = keepsQuery
        self.origin = origin
    }
}

/// The phases of a request, in the only order there is; a phase without work costs nothing.
package enum Phase: Int, Hashable, Sendable, CaseIterable {
    case read
    case early
    case siteRules
    case locate
    case place
    case scopeRules
    case limits
    case access
    case lateRules
    case probe
    case content
    case answer
    case log
}
