/// Something that holds or does not.
package indirect enum Condition: Hashable, Sendable {
    case always
    case all([Condition])
    case any([Condition])
    case not(Condition)
    /// A pattern is found in a text; its groups go to the bank if it is.
    case matches(Template, Pattern, into: Bank?)
    case compare(Template, Comparison, Template)
    /// Neither empty nor "0".
    case isTrue(Template)
    /// Not empty.
    case isPresent(Template)
    /// A variable has a value, which may be empty; of anything else: not empty.
    case isSet(Template)
    case file(FileTest, Template)
    /// The address lies in one of the networks (CIDR or single address).
    case address(Template, [String])
    case among(Template, [Template])
    /// A glob, as Apache's `fnmatch` sees it.
    case glob(Template, String)
    /// An internal look at another request succeeds (`-U`, `-F`).
    case lookupSucceeds(Template, asFile: Bool)
    /// A table's answer for this request: what it is asks for guards that cannot be decided here.
    case undecidable(String)
}

/// How two texts are compared.
package enum Comparison: Hashable, Sendable {
    case equal, equalIgnoringCase, less, greater, lessOrEqual, greaterOrEqual
    /// As whole numbers: equal, less, greater, lessOrEqual, greaterOrEqual.
    case numericEqual, numericLess, numericGreater, numericLessOrEqual, numericGreaterOrEqual
}

/// What is asked of a file.
package enum FileTest: Hashable, Sendable {
    case file, directory, link, nonEmpty, executable, exists
}

/// A variable of the configuration.
package struct Variable: Hashable, Sendable {
    /// Its name without `$`.
    package var name: String
    /// How it gets its value.
    package var definition: Definition
    /// When it is computed.
    package var evaluated: Evaluation = .whenFirstRead
    /// What becomes of it when the request enters anew.
    package var survivesReentry: Survival = .kept
    /// The statement that defines it.
    package var origin: ID<Origin>

    package init(
        name: String, definition: Definition, evaluated: Evaluation = .whenFirstRead,
        survivesReentry: Survival = .kept, origin: ID<Origin>
    ) {
        self.name = name
        self.definition = definition
        self.evaluated = evaluated
        self.survivesReentry = survivesReentry
        self.origin = origin
    }
}

/// How a variable gets its value.
package enum Definition: Hashable, Sendable {
    /// By assignment; until then it is this.
    case assigned(initial: Template)
    /// By the first case whose key fits the input: texts, then host names, then patterns in order.
    case map(input: Template, cases: [MapCase], default: Template, hostnames: Bool, into: Bank?)
    /// By the address range that the input lies in, the narrowest first.
    case ranges(input: Template, [RangeCase])
    /// By a hash of the input, in the given shares of 1; nil takes the rest.
    case split(input: Template, [ShareCase])
    /// By the named group of a pattern.
    case named(Pattern)
}

/// A key and its value.
package struct MapCase: Hashable, Sendable {
    /// What the input is compared with.
    package var key: Key
    /// What the variable is then.
    package var value: Template
    /// The statement.
    package var origin: ID<Origin>

    package init(key: Key, value: Template, origin: ID<Origin>) {
        self.key = key
        self.value = value
        self.origin = origin
    }
}

/// A network and its value.
package struct RangeCase: Hashable, Sendable {
    /// CIDR, `default`, or `a-b`.
    package var network: String
    /// What the variable is then.
    package var value: Template

    package init(network: String, value: Template) {
        self.network = network
        self.value = value
    }
}

/// A share and its value.
package struct ShareCase: Hashable, Sendable {
    /// The share of 1; nil: the rest.
    package var share: Double?
    /// What the variable is then.
    package var value: Template

    package init(share: Double? = nil, value: Template) {
        self.share = share
        self.value = value
    }
}

/// What an input is compared with.
package enum Key: Hashable, Sendable {
    /// Without regard to case, as nginx's `map` does.
    case text(String)
    /// `*.x` or `x.*` or `.x`.
    case hostSuffix(String)
    case hostPrefix(String)
    case pattern(Pattern)
}

/// When a variable is computed.
package enum Evaluation: Hashable, Sendable {
    case whenFirstRead, wheneverRead, whenAssigned
}

/// What becomes of a variable when the request enters anew.
package enum Survival: Hashable, Sendable {
    case kept, renamed(prefix: String), lost
}

/// An external table.
package enum Lookup: Hashable, Sendable {
    case table([String: Template])
    case random([String: [Template]])
    case database(String)
    case program(String)
}
