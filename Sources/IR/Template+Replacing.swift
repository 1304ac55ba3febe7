extension Template {
    /// The same template with other templates for some of its values; nil leaves a value as it is.
    package func replacing(_ change: (Value) -> Template?) -> Template {
        var result = Template()
        for piece in pieces {
            switch piece {
            case .literal(let text): result.append(text)
            case .value(let value): result.append(change(value) ?? Template(value))
            case .apply(let function, let inner):
                result.append(Template(pieces: [.apply(function, inner.map { $0.replacing(change) })]))
            case .lookup(let table, let key, let standard):
                result.append(
                    Template(pieces: [
                        .lookup(table, key: key.replacing(change), default: standard.replacing(change))
                    ]))
            }
        }
        return result
    }
}

extension Condition {
    /// The same condition with other templates for some of the values in it; nil leaves a value as it is.
    package func replacing(_ change: (Value) -> Template?) -> Condition {
        switch self {
        case .always, .undecidable: self
        case .all(let parts): .all(parts.map { $0.replacing(change) })
        case .any(let parts): .any(parts.map { $0.replacing(change) })
        case .not(let inner): .not(inner.replacing(change))
        case .matches(let subject, let pattern, let bank): .matches(subject.replacing(change), pattern, into: bank)
        case .compare(let left, let comparison, let right):
            .compare(left.replacing(change), comparison, right.replacing(change))
        case .isTrue(let subject): .isTrue(subject.replacing(change))
        case .isPresent(let subject): .isPresent(subject.replacing(change))
        case .isSet(let subject): .isSet(subject.replacing(change))
        case .file(let test, let path): .file(test, path.replacing(change))
        case .address(let who, let networks): .address(who.replacing(change), networks)
        case .among(let subject, let values):
            .among(subject.replacing(change), values.map { $0.replacing(change) })
        case .glob(let subject, let glob): .glob(subject.replacing(change), glob)
        case .lookupSucceeds(let target, let asFile): .lookupSucceeds(target.replacing(change), asFile: asFile)
        }
    }
}
