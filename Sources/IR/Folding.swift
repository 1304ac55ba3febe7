extension Settings {
    /// These settings laid over lower ones: the one place where layers combine.
    package func folded(over below: Settings) -> Settings {
        Settings(
            url: url.folded(over: below.url),
            access: access.folded(over: below.access),
            request: request.folded(over: below.request),
            files: files.folded(over: below.files),
            forward: forward.folded(over: below.forward),
            errors: errors.folded(over: below.errors),
            answer: answer.folded(over: below.answer),
            limits: limits.folded(over: below.limits),
            log: log.folded(over: below.log),
            programs: programs.folded(over: below.programs)
        )
    }

    /// The fields that are unset, by path: none in the fold of a site's base, but for those that have no default.
    package var missing: [String] {
        var names: [String] = []
        url.nameMissing(into: &names)
        access.nameMissing(into: &names)
        request.nameMissing(into: &names)
        files.nameMissing(into: &names)
        forward.nameMissing(into: &names)
        errors.nameMissing(into: &names)
        answer.nameMissing(into: &names)
        limits.nameMissing(into: &names)
        log.nameMissing(into: &names)
        programs.nameMissing(into: &names)
        return names
    }
}

extension URLSettings {
    /// This topic laid over a lower layer's.
    func folded(over below: URLSettings) -> URLSettings {
        var result = URLSettings()
        result.encodedSlash = over(encodedSlash, below.encodedSlash)
        result.mergeSlashes = over(mergeSlashes, below.mergeSlashes)
        result.nul = over(nul, below.nul)
        result.fragment = over(fragment, below.fragment)
        result.absolute = over(absolute, below.absolute)
        result.encodedQuestionMark = over(encodedQuestionMark, below.encodedQuestionMark)
        return result
    }

    /// Adds the names of fields without a value; an absent list or table is empty, not missing.
    func nameMissing(into names: inout [String]) {
        if encodedSlash == nil { names.append("url.encodedSlash") }
        if mergeSlashes == nil { names.append("url.mergeSlashes") }
        if nul == nil { names.append("url.nul") }
        if absolute == nil { names.append("url.absolute") }
        if encodedQuestionMark == nil { names.append("url.encodedQuestionMark") }
    }
}

extension AccessSettings {
    /// This topic laid over a lower layer's.
    func folded(over below: AccessSettings) -> AccessSettings {
        var result = AccessSettings()
        result.required = over(required, below.required)
        result.addresses = over(addresses, below.addresses)
        result.combine = over(combine, below.combine)
        result.login = over(login, below.login)
        result.realm = over(realm, below.realm)
        result.userFile = over(userFile, below.userFile)
        result.groupFile = over(groupFile, below.groupFile)
        result.requiresTLS = over(requiresTLS, below.requiresTLS)
        return result
    }

    /// Adds the names of fields without a value; an absent list or table is empty, not missing.
    func nameMissing(into names: inout [String]) {
        if combine == nil { names.append("access.combine") }
        if login == nil { names.append("access.login") }
    }
}

extension RequestSettings {
    /// This topic laid over a lower layer's.
    func folded(over below: RequestSettings) -> RequestSettings {
        var result = RequestSettings()
        result.headers = over(headers, below.headers)
        result.forwardedFor = over(forwardedFor, below.forwardedFor)
        result.via = over(via, below.via)
        result.realAddress = over(realAddress, below.realAddress)
        return result
    }

    /// Adds the names of fields without a value; an absent list or table is empty, not missing.
    func nameMissing(into names: inout [String]) {
        if forwardedFor == nil { names.append("request.forwardedFor") }
        if via == nil { names.append("request.via") }
        if realAddress == nil { names.append("request.realAddress") }
    }
}

extension FileSettings {
    /// This topic laid over a lower layer's.
    func folded(over below: FileSettings) -> FileSettings {
        var result = FileSettings()
        result.place = over(place, below.place)
        result.index = over(index, below.index)
        result.listing = over(listing, below.listing)
        result.links = over(links, below.links)
        result.types = over(types, below.types)
        result.defaultType = over(defaultType, below.defaultType)
        result.charset = over(charset, below.charset)
        result.contents = over(contents, below.contents)
        result.content = over(content, below.content)
        result.tag = over(tag, below.tag)
        result.post = over(post, below.post)
        result.otherMethods = over(otherMethods, below.otherMethods)
        result.pathInfo = over(pathInfo, below.pathInfo)
        result.ranges = over(ranges, below.ranges)
        result.coalesces = over(coalesces, below.coalesces)
        result.slashRedirect = over(slashRedirect, below.slashRedirect)
        result.modified = over(modified, below.modified)
        result.failures = over(failures, below.failures)
        return result
    }

    /// Adds the names of fields without a value; an absent list or table is empty, not missing.
    func nameMissing(into names: inout [String]) {
        if place == nil { names.append("files.place") }
        if index == nil { names.append("files.index") }
        if listing == nil { names.append("files.listing") }
        if links == nil { names.append("files.links") }
        if defaultType == nil { names.append("files.defaultType") }
        if charset == nil { names.append("files.charset") }
        if content == nil { names.append("files.content") }
        if tag == nil { names.append("files.tag") }
        if post == nil { names.append("files.post") }
        if otherMethods == nil { names.append("files.otherMethods") }
        if pathInfo == nil { names.append("files.pathInfo") }
        if ranges == nil { names.append("files.ranges") }
        if coalesces == nil { names.append("files.coalesces") }
        if slashRedirect == nil { names.append("files.slashRedirect") }
        if modified == nil { names.append("files.modified") }
        if failures == nil { names.append("files.failures") }
    }
}

extension ForwardSettings {
    /// This topic laid over a lower layer's.
    func folded(over below: ForwardSettings) -> ForwardSettings {
        var result = ForwardSettings()
        result.host = over(host, below.host)
        result.version = over(version, below.version)
        result.timeouts = over(timeouts, below.timeouts)
        result.retry = over(retry, below.retry)
        result.buffering = over(buffering, below.buffering)
        result.buffers = over(buffers, below.buffers)
        result.requestBuffering = over(requestBuffering, below.requestBuffering)
        result.failures = over(failures, below.failures)
        result.dropsConnectionNamed = over(dropsConnectionNamed, below.dropsConnectionNamed)
        result.passesHeaders = over(passesHeaders, below.passesHeaders)
        result.passesBody = over(passesBody, below.passesBody)
        result.controlHeaders = over(controlHeaders, below.controlHeaders)
        result.hides = over(hides, below.hides)
        result.passes = over(passes, below.passes)
        result.replaces = over(replaces, below.replaces)
        result.locations = over(locations, below.locations)
        result.cookies = over(cookies, below.cookies)
        result.tls = over(tls, below.tls)
        result.mirror = over(mirror, below.mirror)
        result.script = over(script, below.script)
        result.gateway = gateway.folded(over: below.gateway)
        return result
    }

    /// Adds the names of fields without a value; an absent list or table is empty, not missing.
    func nameMissing(into names: inout [String]) {
        if host == nil { names.append("forward.host") }
        if version == nil { names.append("forward.version") }
        if timeouts == nil { names.append("forward.timeouts") }
        if retry == nil { names.append("forward.retry") }
        if buffering == nil { names.append("forward.buffering") }
        if buffers == nil { names.append("forward.buffers") }
        if requestBuffering == nil { names.append("forward.requestBuffering") }
        if failures == nil { names.append("forward.failures") }
        if dropsConnectionNamed == nil { names.append("forward.dropsConnectionNamed") }
        if passesHeaders == nil { names.append("forward.passesHeaders") }
        if passesBody == nil { names.append("forward.passesBody") }
        if controlHeaders == nil { names.append("forward.controlHeaders") }
        if replaces == nil { names.append("forward.replaces") }
    }
}

extension GatewaySettings {
    /// This topic laid over a lower layer's.
    func folded(over below: GatewaySettings) -> GatewaySettings {
        var result = GatewaySettings()
        result.passesLogin = over(passesLogin, below.passesLogin)
        result.namesPlainly = over(namesPlainly, below.namesPlainly)
        result.tellsCurrentPath = over(tellsCurrentPath, below.tellsCurrentPath)
        result.qualifiesRedirect = over(qualifiesRedirect, below.qualifiesRedirect)
        result.root = over(root, below.root)
        result.admin = over(admin, below.admin)
        result.signature = over(signature, below.signature)
        result.tls = over(tls, below.tls)
        result.edits = over(edits, below.edits)
        return result
    }
}

extension ErrorSettings {
    /// This topic laid over a lower layer's.
    func folded(over below: ErrorSettings) -> ErrorSettings {
        var result = ErrorSettings()
        result.rules = over(rules, below.rules)
        result.replacesUpstreams = over(replacesUpstreams, below.replacesUpstreams)
        result.nested = over(nested, below.nested)
        result.keeps = over(keeps, below.keeps)
        return result
    }

    /// Adds the names of fields without a value; an absent list or table is empty, not missing.
    func nameMissing(into names: inout [String]) {
        if replacesUpstreams == nil { names.append("errors.replacesUpstreams") }
        if nested == nil { names.append("errors.nested") }
        if keeps == nil { names.append("errors.keeps") }
    }
}

extension AnswerSettings {
    /// This topic laid over a lower layer's.
    func folded(over below: AnswerSettings) -> AnswerSettings {
        var result = AnswerSettings()
        result.headers = over(headers, below.headers)
        result.expires = over(expires, below.expires)
        result.filters = over(filters, below.filters)
        result.serverName = over(serverName, below.serverName)
        result.pages = over(pages, below.pages)
        return result
    }

    /// Adds the names of fields without a value; an absent list or table is empty, not missing.
    func nameMissing(into names: inout [String]) {
        if serverName == nil { names.append("answer.serverName") }
        if pages == nil { names.append("answer.pages") }
    }
}

extension LimitSettings {
    /// This topic laid over a lower layer's.
    func folded(over below: LimitSettings) -> LimitSettings {
        var result = LimitSettings()
        result.body = over(body, below.body)
        result.keepAlive = over(keepAlive, below.keepAlive)
        result.bodyTime = over(bodyTime, below.bodyTime)
        result.sendTime = over(sendTime, below.sendTime)
        result.bodyPace = over(bodyPace, below.bodyPace)
        result.bodyBuffers = over(bodyBuffers, below.bodyBuffers)
        result.lingering = over(lingering, below.lingering)
        result.resetsTimedOut = over(resetsTimedOut, below.resetsTimedOut)
        result.rates = over(rates, below.rates)
        result.connections = over(connections, below.connections)
        return result
    }

    /// Adds the names of fields without a value; an absent list or table is empty, not missing.
    func nameMissing(into names: inout [String]) {
        if body == nil { names.append("limits.body") }
        if keepAlive == nil { names.append("limits.keepAlive") }
        if bodyTime == nil { names.append("limits.bodyTime") }
        if sendTime == nil { names.append("limits.sendTime") }
        if bodyPace == nil { names.append("limits.bodyPace") }
        if bodyBuffers == nil { names.append("limits.bodyBuffers") }
        if lingering == nil { names.append("limits.lingering") }
        if resetsTimedOut == nil { names.append("limits.resetsTimedOut") }
    }
}

extension LogSettings {
    /// This topic laid over a lower layer's.
    func folded(over below: LogSettings) -> LogSettings {
        var result = LogSettings()
        result.access = over(access, below.access)
        result.error = over(error, below.error)
        return result
    }

    /// Adds the names of fields without a value; an absent list or table is empty, not missing.
    func nameMissing(into names: inout [String]) {
        if error == nil { names.append("log.error") }
    }
}

extension ProgramSettings {
    /// This topic laid over a lower layer's.
    func folded(over below: ProgramSettings) -> ProgramSettings {
        var result = ProgramSettings()
        result.variables = over(variables, below.variables)
        result.lateRules = over(lateRules, below.lateRules)
        result.lateAnswers = over(lateAnswers, below.lateAnswers)
        result.lateVariables = over(lateVariables, below.lateVariables)
        return result
    }

    /// Adds the names of fields without a value; an absent list or table is empty, not missing.
    func nameMissing(into names: inout [String]) {
        // Every field here is a list.
    }
}
