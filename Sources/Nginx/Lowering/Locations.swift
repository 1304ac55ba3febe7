import IR
import Language
import Source

extension NginxLowering {
    /// `location [MODIFIER] NAME { … }`.
    mutating func lowerLocation(_ directive: Directive) {
        guard let name = locationName(directive) else {
            // The block is still read, so that all of its errors are found in one pass.
            _ = read(directive, as: .location(LocationName(modifier: .prefix, text: "/")))
            return
        }
        checkNesting(of: name, directive)
        checkTwins(of: name, directive)
        var location = read(directive, as: .location(name))
        if case .pattern(let pattern) = name.modifier {
            let edits = captureEdits(of: pattern)
            if !edits.isEmpty { location.statements.insert(.rule(Rule(edits: edits, origin: location.origin)), at: 0) }
        }
        configuration.presentation.names[location.origin] = name.written
        level.children.append(location)
    }

    /// Splits modifier and name, which may be glued together.
    ///
    /// Source: `ngx_http_core_location` in src/http/ngx_http_core_module.c.
    private mutating func locationName(_ directive: Directive) -> LocationName? {
        let arguments = directive.arguments
        guard arguments.count == 1 else {
            let text = arguments[1].text
            switch arguments[0].text {
            case "=": return LocationName(modifier: .exact, text: text)
            case "^~": return LocationName(modifier: .prefixThatEndsSearch, text: text)
            case "~", "~*":
                let ignoresCase = arguments[0].text == "~*"
                guard let pattern = pattern(text, ignoresCase: ignoresCase, at: arguments[1].range) else { return nil }
                return LocationName(modifier: .pattern(pattern), text: text)
            default:
                refuse(
                    arguments[0], "\"\(arguments[0].text)\" is no location modifier",
                    help: "there are `=`, `^~`, `~` and `~*`; a path with a blank has to stand in quotes")
                return nil
            }
        }
        let text = arguments[0].text
        if text.hasPrefix("=") { return LocationName(modifier: .exact, text: String(text.dropFirst())) }
        if text.hasPrefix("^~") {
            return LocationName(modifier: .prefixThatEndsSearch, text: String(text.dropFirst(2)))
        }
        if text.hasPrefix("~") {
            let ignoresCase = text.hasPrefix("~*")
            let source = String(text.dropFirst(ignoresCase ? 2 : 1))
            guard let pattern = pattern(source, ignoresCase: ignoresCase, at: arguments[0].range) else { return nil }
            return LocationName(modifier: .pattern(pattern), text: source)
        }
        return LocationName(modifier: text.hasPrefix("@") ? .named : .prefix, text: text)
    }

    /// What nginx refuses about locations inside locations.
    private mutating func checkNesting(of name: LocationName, _ directive: Directive) {
        guard let outer = level.location else { return }
        let why = "nginx refuses to start with it"
        let kind = outer.modifier == .exact ? "exact" : "named"
        if outer.modifier == .exact || outer.modifier == .named {
            report(
                "misplaced-location", .error,
                "location `\(name.written)` cannot be inside the \(kind) location `\(outer.text)`",
                at: directive.head, why: why, help: "move it beside that location")
        } else if name.modifier == .named {
            report(
                "misplaced-location", .error, "named location `\(name.text)` can only stand directly in a server",
                at: directive.head, why: why, help: "move it to the server")
        } else if name.isPrefix || name.modifier == .exact, !name.text.hasPrefix(outer.text) {
            report(
                "misplaced-location", .error, "location `\(name.text)` is outside location `\(outer.text)`",
                at: directive.head, why: why + ": what is inside has to begin with the path outside",
                help: "write it with the whole path, or move it beside that location")
        }
    }

    /// Two locations of one name in one block.
    private mutating func checkTwins(of name: LocationName, _ directive: Directive) {
        guard name.isPrefix || name.modifier == .exact else { return }
        let twin = level.children.first {
            guard let other = $0.location, other.text == name.text else { return false }
            return (other.modifier == .exact) == (name.modifier == .exact) && (other.isPrefix == name.isPrefix)
        }
        guard let twin else { return }
        report(
            "duplicate-location", .error, "location `\(name.text)` is defined twice", at: directive.head,
            why: "nginx refuses to start: duplicate location \"\(name.text)\"",
            help: "join the two blocks, or give one another path",
            related: [Note("first defined here", at: twin.head)])
    }

    /// `limit_except METHOD… { … }`: what is inside holds for all other methods.
    mutating func lowerLimitExcept(_ directive: Directive) {
        let known: Set<String> = [
            "GET", "HEAD", "POST", "PUT", "DELETE", "MKCOL", "COPY", "MOVE", "OPTIONS", "PROPFIND", "PROPPATCH", "LOCK",
            "UNLOCK", "PATCH",
        ]
        var methods: Set<String> = []
        for argument in directive.arguments {
            let method = argument.text.uppercased()
            guard known.contains(method) else {
                refuse(
                    argument, "`limit_except` does not know the method \"\(argument.text)\"",
                    help: "it knows \(known.sorted().joined(separator: ", "))")
                closeGuard(directive)
                continue
            }
            methods.insert(method)
        }
        // Who may GET may HEAD.
        if methods.contains("GET") { methods.insert("HEAD") }
        let block = read(directive, as: .limitExcept(methods))
        level.children.append(block)
    }

    /// `root`.
    mutating func lowerRoot(_ directive: Directive) {
        guard placeIsFree(for: directive, beside: "alias") else { return }
        let text = directive.arguments[0].text
        var base = template(directive.arguments[0])
        if !text.hasPrefix("/"), !text.hasPrefix("$") { base = Template(prefix + "/").appending(base) }
        settings.files.place = Stated(
            Placement(base: base.withoutFinalSlash, drops: .nothing, origin: origin(directive)), origin(directive))
    }

    /// `alias`.
    mutating func lowerAlias(_ directive: Directive) {
        guard placeIsFree(for: directive, beside: "root"), let location = level.location else { return }
        if location.modifier == .named {
            report(
                "wrong-context", .error, "`alias` cannot stand in a named location", at: directive.nameRange,
                why: "a named location has no path that it could stand for, so nginx refuses to start",
                help: "use `root`")
            return
        }
        let text = directive.arguments[0].text
        var base = template(directive.arguments[0])
        if !text.hasPrefix("/"), !text.hasPrefix("$") { base = Template(prefix + "/").appending(base) }
        let place = origin(directive)
        let isPattern = if case .pattern = location.modifier { true } else { false }
        settings.files.place = Stated(
            Placement(base: base, drops: isPattern ? .everything : .matched, origin: place), place)
        if !isPattern { level.parts.alias = AliasDraft(base: base, prefix: location.text, origin: place) }
    }

    /// One of `root` and `alias` in a block.
    private mutating func placeIsFree(for directive: Directive, beside other: String) -> Bool {
        guard let first = level.seen[other] else { return true }
        report(
            "duplicate-directive", .error, "`\(directive.name)` stands beside `\(other)`", at: directive.head,
            why: "nginx refuses to start: a block has one of the two", help: "keep one of them",
            related: [Note("`\(other)` stands here", at: first)])
        return false
    }

    /// `types { TYPE EXTENSION…; }`.
    mutating func lowerTypes(_ directive: Directive) {
        var types = settings.files.types?.value ?? [:]
        for row in directive.children {
            for argument in row.arguments { types[argument.text.lowercased()] = row.name }
        }
        let place = settings.files.types?.origin ?? origin(directive)
        settings.files.types = Edit(merge: .replace, value: types, origin: place)
    }

    /// `disable_symlinks off | on | if_not_owner [from=PART]`.
    mutating func lowerSymlinks(_ directive: Directive) {
        let from = directive.arguments.dropFirst().first
        if let from, !from.text.hasPrefix("from=") {
            refuse(from, "`disable_symlinks` does not know \"\(from.text)\"", help: "write `from=PART`")
            return
        }
        let words: [String: Links] = [
            "off": .follow, "on": .never,
            "if_not_owner": .ifOwnerMatches(from: from.map { String($0.text.dropFirst(5)) }),
        ]
        guard let links = word(directive.arguments[0], of: directive.name, words) else { return }
        settings.files.links = Stated(links, origin(directive))
    }
}

extension Template {
    /// This template with another behind it.
    func appending(_ other: Template) -> Template {
        var result = self
        result.append(other)
        return result
    }

    /// The template without a slash at its end.
    var withoutFinalSlash: Template {
        guard case .literal(let text)? = pieces.last, text.hasSuffix("/") else { return self }
        var result = self
        result.pieces.removeLast()
        result.append(String(text.dropLast()))
        return result
    }
}
