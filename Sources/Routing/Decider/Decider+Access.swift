import HTTP
import IR

/// What a guard comes to.
private enum Passage {
    case granted, denied
    /// Only a user who has proven who they are can pass.
    case wantsUser
    case ask
    /// The password file cannot be read.
    case unreadable
    /// It cannot be decided, so it stays closed.
    case undecidable
}

/// Who may pass.
extension Decider {
    mutating func access(_ journey: inout Journey) -> Step {
        let effective = Int(journey.effective)
        let (required, addresses) = (tables.effectives[effective].required, tables.effectives[effective].addresses)
        let wantsTLS = tables.effectives[effective].requiresTLS
        if required < 0 || tables.access[required].kind == .granted, addresses < 0, !wantsTLS {
            return passed(&journey)
        }
        var byAddress = Passage.granted
        if addresses >= 0 { byAddress = evaluate(addresses, &journey) }
        if case .ask = byAddress { return .done(.ask(journey.question)) }
        if wantsTLS, !journey.connection.isTLS, byAddress != .undecidable { byAddress = .denied }
        let either = tables.effectives[effective].either
        if either {
            if addresses >= 0 || wantsTLS, byAddress == .granted { return passed(&journey) }
        } else if byAddress != .granted {
            return denied(byAddress, &journey)
        }
        if required < 0 { return byAddress == .granted ? passed(&journey) : denied(byAddress, &journey) }
        let byRule = requirement(required, &journey)
        if case .ask = byRule { return .done(.ask(journey.question)) }
        if byRule == .granted { return passed(&journey) }
        return denied(byRule, &journey)
    }

    private func passed(_ journey: inout Journey) -> Step {
        journey.enter(.lateRules)
        return .next
    }

    private mutating func denied(_ passage: Passage, _ journey: inout Journey) -> Step {
        if passage == .undecidable {
            journey.complaint = "a guard that cannot be run here stays closed"
            return fail(&journey, 403)
        }
        if passage == .unreadable {
            // ngx_http_auth_basic_handler; httpd's mod_auth_basic takes it for a fault of the server.
            return fail(&journey, tables.effectives[journey.effective].indexIsLookup ? 500 : 403)
        }
        if passage == .wantsUser {
            if tables.effectives[journey.effective].login == .basic {
                journey.challenge = true
                // An error's page may stand where another realm holds, or none.
                journey.realm = text(tables.effectives[journey.effective].realm, &journey)
                journey.note(.loginWanted, -1)
                return fail(&journey, 401)
            }
            journey.complaint = "a user is required and there is no way to log in that is run here"
            return fail(&journey, tables.effectives[journey.effective].login == .none ? 500 : 403)
        }
        journey.complaint = "access is forbidden by rule"
        return fail(&journey, 403)
    }

    /// The main guard: first without a user, then, if only a user can pass, with the one who logs in.
    private mutating func requirement(_ index: Int32, _ journey: inout Journey) -> Passage {
        let first = evaluate(index, &journey)
        if first != .wantsUser || !journey.user.isAbsent { return first }
        if tables.effectives[journey.effective].login != .basic { return .wantsUser }
        switch authenticate(&journey) {
        case .granted:
            let second = evaluate(index, &journey)
            // httpd asks again where a user was not the right one, whatever it was that denied (mod_authz_core).
            let asksAgain = second == .denied && tables.effectives[journey.effective].indexIsLookup
            return asksAgain ? .wantsUser : second
        case let other: return other
        }
    }

    /// Checks the name and the password that came with the request.
    private mutating func authenticate(_ journey: inout Journey) -> Passage {
        guard let value = journey.request.value(of: .authorization) else { return .wantsUser }
        let header = journey.putRequest(value)
        guard header.count > 6, asciiLowerEquals(Slice(start: header.start, count: 6), "basic ", journey) else {
            return .wantsUser
        }
        let start = journey.arena.count
        unbase64(header.dropping(6), &journey)
        let pair = journey.since(start)
        guard let colon = pair.range.first(where: { journey.arena[$0] == UInt8(ascii: ":") }) else { return .wantsUser }
        let user = Slice(start..<colon)
        let password = Slice(colon + 1..<Int(pair.end))
        // Which file it is may depend on who one claims to be (nginx's $remote_user).
        journey.user = user
        let file = text(tables.effectives[journey.effective].userFile, &journey)
        journey.user = .absent
        switch fact(.password, file, user, password, &journey) {
        case nil: return .ask
        case .yes:
            journey.user = user
            return .granted
        case .failed:
            journey.complaint = "the password file \(journey.describe(file)) cannot be read"
            return .unreadable
        default: return .wantsUser
        }
    }

    private func asciiLowerEquals(_ slice: Slice, _ text: StaticString, _ journey: borrowing Journey) -> Bool {
        guard Int(slice.count) == text.utf8CodeUnitCount else { return false }
        for offset in 0..<Int(slice.count) {
            // The offset is below the count of the literal, compared above.
            guard unsafe asciiLower(journey.arena[Int(slice.start) + offset]) == text.utf8Start[offset] else {
                return false
            }
        }
        return true
    }

    /// What one node of a guard comes to.
    ///
    /// Source: httpd's mod_authz_core, apply_authz_sections.
    private mutating func evaluate(_ index: Int32, _ journey: inout Journey) -> Passage {
        let node = tables.access[index]
        switch node.kind {
        case .granted: return .granted
        case .denied: return .denied
        case .undecidable: return .undecidable
        case .test: return passage(holds(node.index, &journey))
        case .all:
            var result = Passage.granted
            for child in node.list.range {
                switch evaluate(tables.lists[child], &journey) {
                case .granted: continue
                case .wantsUser: result = .wantsUser
                case let other: return other
                }
            }
            return result
        case .any:
            var result = Passage.denied
            for child in node.list.range {
                switch evaluate(tables.lists[child], &journey) {
                case .granted: return .granted
                case .ask: return .ask
                case .wantsUser: result = .wantsUser
                case .undecidable, .unreadable: if result == .denied { result = .undecidable }
                case .denied: continue
                }
            }
            return result
        case .none:
            for child in node.list.range {
                switch evaluate(tables.lists[child], &journey) {
                case .denied: continue
                // A user who has proven who they are, and is none of those that are named, is no match.
                case .wantsUser where !journey.user.isAbsent: continue
                case .granted: return .denied
                case let other: return other
                }
            }
            return .granted
        case .inOrder:
            for position in node.list.range {
                let line = tables.accessLines[position]
                switch holds(line.condition, &journey) {
                case .yes:
                    journey.note(line.grants ? .accessGranted : .accessDenied, line.origin)
                    return line.grants ? .granted : .denied
                case .no: continue
                case .ask: return .ask
                case .unknown: return .undecidable
                }
            }
            return node.otherwise ? .granted : .denied
        case .anyone: return journey.user.isAbsent ? .wantsUser : .granted
        case .users: return users(node, &journey)
        case .members: return members(node, &journey)
        }
    }

    private func passage(_ verdict: Verdict) -> Passage {
        switch verdict {
        case .yes: .granted
        case .no: .denied
        case .ask: .ask
        case .unknown: .undecidable
        }
    }

    private func users(_ node: AccessRecord, _ journey: inout Journey) -> Passage {
        if journey.user.isAbsent { return .wantsUser }
        for index in node.list.range {
            let name = tables.names[index]
            if same(tables.bytes[name.range], journey.arena.span.extracting(journey.user.range)) {
                return .granted
            }
        }
        // The wrong user may log in as another: the server asks again.
        return .wantsUser
    }

    private mutating func members(_ node: AccessRecord, _ journey: inout Journey) -> Passage {
        if journey.user.isAbsent { return .wantsUser }
        let file = text(tables.effectives[journey.effective].groupFile, &journey)
        for index in node.list.range {
            let group = journey.put(tables.bytes[tables.names[index].range])
            switch fact(.member, file, journey.user, group, &journey) {
            case nil: return .ask
            case .yes: return .granted
            default: continue
            }
        }
        return .wantsUser
    }
}
