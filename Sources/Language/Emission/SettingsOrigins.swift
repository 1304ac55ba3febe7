package import IR

extension Settings {
    /// Who said each field that is set, by the field's path; a list also names those who wrote its elements.
    package var statements: [(field: String, origins: [ID<Origin>])] {
        let all: [[(String, [ID<Origin>])]] = [
            url.statements, access.statements, request.statements, files.statements, files.moreStatements,
            forward.statements, forward.moreStatements, errors.statements, answer.statements, limits.statements,
            log.statements, programs.statements,
        ]
        return all.flatMap { $0 }.filter { !$0.1.isEmpty }.map { (field: $0.0, origins: $0.1) }
    }
}

private func who<Value>(_ stated: Stated<Value>?) -> [ID<Origin>] {
    stated.map { [$0.origin] } ?? []
}

private func who<Value>(_ edit: Edit<Value>?, _ elements: (Value) -> [ID<Origin>] = { _ in [] }) -> [ID<Origin>] {
    guard let edit else { return [] }
    let inside = elements(edit.value)
    return inside.isEmpty ? [edit.origin] : inside
}

extension URLSettings {
    fileprivate var statements: [(String, [ID<Origin>])] {
        [
            ("url.encodedSlash", who(encodedSlash)), ("url.mergeSlashes", who(mergeSlashes)), ("url.nul", who(nul)),
            ("url.fragment", who(fragment)), ("url.absolute", who(absolute)),
            ("url.encodedQuestionMark", who(encodedQuestionMark)),
        ]
    }
}

extension AccessSettings {
    fileprivate var statements: [(String, [ID<Origin>])] {
        [
            ("access.required", who(required)), ("access.addresses", who(addresses)),
            ("access.combine", who(combine)), ("access.login", who(login)), ("access.requiresTLS", who(requiresTLS)),
            ("access.realm", who(realm)),
            ("access.userFile", who(userFile)), ("access.groupFile", who(groupFile)),
        ]
    }
}

extension RequestSettings {
    fileprivate var statements: [(String, [ID<Origin>])] {
        [
            ("request.headers", who(headers) { $0.map(\.origin) }), ("request.forwardedFor", who(forwardedFor)),
            ("request.via", who(via)), ("request.realAddress", who(realAddress)),
        ]
    }
}

extension FileSettings {
    fileprivate var statements: [(String, [ID<Origin>])] {
        [
            ("files.place", who(place)), ("files.index", who(index)), ("files.listing", who(listing)),
            ("files.links", who(links)), ("files.types", who(types)), ("files.defaultType", who(defaultType)),
            ("files.charset", who(charset)), ("files.contents", who(contents)), ("files.content", who(content)),
            ("files.tag", who(tag)), ("files.post", who(post)),
        ]
    }

    fileprivate var moreStatements: [(String, [ID<Origin>])] {
        [
            ("files.otherMethods", who(otherMethods)), ("files.pathInfo", who(pathInfo)),
            ("files.ranges", who(ranges)), ("files.coalesces", who(coalesces)),
            ("files.slashRedirect", who(slashRedirect)), ("files.modified", who(modified)),
            ("files.failures", who(failures)),
        ]
    }
}

extension ForwardSettings {
    fileprivate var statements: [(String, [ID<Origin>])] {
        [
            ("forward.host", who(host)), ("forward.version", who(version)), ("forward.timeouts", who(timeouts)),
            ("forward.retry", who(retry)), ("forward.buffering", who(buffering)),
            ("forward.buffers", who(buffers)), ("forward.requestBuffering", who(requestBuffering)),
            ("forward.failures", who(failures)),
            ("forward.dropsConnectionNamed", who(dropsConnectionNamed)),
            ("forward.passesHeaders", who(passesHeaders)), ("forward.passesBody", who(passesBody)),
        ]
    }

    fileprivate var moreStatements: [(String, [ID<Origin>])] {
        [
            ("forward.controlHeaders", who(controlHeaders)), ("forward.hides", who(hides)),
            ("forward.passes", who(passes)), ("forward.replaces", who(replaces)),
            ("forward.locations", who(locations) { $0.map(\.origin) }),
            ("forward.cookies", who(cookies) { $0.map(\.origin) }), ("forward.tls", who(tls)),
            ("forward.mirror", who(mirror)),
        ]
    }
}

extension ErrorSettings {
    fileprivate var statements: [(String, [ID<Origin>])] {
        [
            ("errors.rules", who(rules) { $0.map(\.origin) }), ("errors.replacesUpstreams", who(replacesUpstreams)),
            ("errors.nested", who(nested)), ("errors.keeps", who(keeps)),
        ]
    }
}

extension AnswerSettings {
    fileprivate var statements: [(String, [ID<Origin>])] {
        [
            ("answer.headers", who(headers) { $0.map(\.origin) }),
            ("answer.expires", who(expires) { $0.map(\.origin) }),
            ("answer.filters", who(filters)), ("answer.serverName", who(serverName)), ("answer.pages", who(pages)),
        ]
    }
}

extension LimitSettings {
    fileprivate var statements: [(String, [ID<Origin>])] {
        [
            ("limits.body", who(body)), ("limits.keepAlive", who(keepAlive)), ("limits.bodyTime", who(bodyTime)),
            ("limits.sendTime", who(sendTime)), ("limits.bodyPace", who(bodyPace)),
            ("limits.bodyBuffers", who(bodyBuffers)), ("limits.lingering", who(lingering)),
            ("limits.resetsTimedOut", who(resetsTimedOut)), ("limits.rates", who(rates) { $0.map(\.origin) }),
            ("limits.connections", who(connections) { $0.map(\.origin) }),
        ]
    }
}

extension LogSettings {
    fileprivate var statements: [(String, [ID<Origin>])] {
        [("log.access", who(access) { $0.map(\.origin) }), ("log.error", who(error))]
    }
}

extension ProgramSettings {
    fileprivate var statements: [(String, [ID<Origin>])] {
        [
            ("programs.variables", who(variables)), ("programs.lateRules", who(lateRules)),
            ("programs.lateAnswers", who(lateAnswers)), ("programs.lateVariables", who(lateVariables)),
        ]
    }
}
