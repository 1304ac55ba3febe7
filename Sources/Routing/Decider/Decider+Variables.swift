import HTTP
import IR
import Pattern

/// How variables get their values.
extension Decider {
    /// The value of a variable, computed if need be.
    mutating func variable(_ index: Int32, _ journey: inout Journey) -> Slice {
        if journey.values.count < tables.variables.count {
            let missing = tables.variables.count - journey.values.count
            journey.values.append(contentsOf: repeatElement(.absent, count: missing))
        }
        let slot = Int(index)
        let known = journey.values[slot]
        if !known.isAbsent { return known }
        // A variable that needs itself is empty, as it is in nginx once it is assigned.
        journey.values[slot] = .empty
        let value = compute(slot, &journey)
        journey.values[slot] = tables.variables[slot].evaluated == .wheneverRead ? .absent : value
        return value
    }

    /// Gives a variable a value.
    func assign(_ index: Int32, _ value: Slice, _ journey: inout Journey) {
        if journey.values.count < tables.variables.count {
            let missing = tables.variables.count - journey.values.count
            journey.values.append(contentsOf: repeatElement(.absent, count: missing))
        }
        journey.values[Int(index)] = value.isAbsent ? .empty : value
    }

    private mutating func compute(_ slot: Int, _ journey: inout Journey) -> Slice {
        switch tables.variables[slot].kind {
        case .assigned: return text(tables.variables[slot].input, &journey)
        case .named: return namedGroup(slot, &journey)
        case .map: return map(slot, &journey)
        case .ranges: return ranges(slot, &journey)
        case .split: return split(slot, &journey)
        }
    }

    private mutating func value(_ slot: Int, _ index: Int32, _ journey: inout Journey) -> Slice {
        if index < 0 { return .empty }
        return text(tables.variables[slot].values[index], &journey)
    }

    private mutating func map(_ slot: Int, _ journey: inout Journey) -> Slice {
        let input = text(tables.variables[slot].input, &journey)
        let lowered = journey.arena.count
        for index in input.range {
            let byte = asciiLower(journey.arena[index])
            journey.arena.append(byte)
        }
        let key = journey.since(lowered)
        let found = findCase(slot, key, input, &journey)
        return value(slot, found, &journey)
    }

    /// The case that fits: texts first, then host suffixes and prefixes, then patterns in order.
    ///
    /// Source: ngx_http_map_module.
    private mutating func findCase(_ slot: Int, _ key: Slice, _ input: Slice, _ journey: inout Journey) -> Int32 {
        let range = key.range
        if let found = tables.variables[slot].texts.find(journey.arena.span.extracting(range)) { return found }
        if !tables.variables[slot].suffixes.isEmpty {
            for index in range where journey.arena[index] == UInt8(ascii: ".") {
                let suffix = journey.arena.span.extracting(index..<range.upperBound)
                if let found = tables.variables[slot].suffixes.find(suffix) { return found }
            }
        }
        if !tables.variables[slot].prefixes.isEmpty {
            for index in range.reversed() where journey.arena[index] == UInt8(ascii: ".") {
                let prefix = journey.arena.span.extracting(range.lowerBound..<index + 1)
                if let found = tables.variables[slot].prefixes.find(prefix) { return found }
            }
        }
        for index in tables.variables[slot].patterns.indices {
            let entry = tables.variables[slot].patterns[index]
            if match(&journey, entry.pattern, input, bank: tables.variables[slot].bank) == .yes { return entry.value }
        }
        return tables.variables[slot].otherwise
    }

    private mutating func ranges(_ slot: Int, _ journey: inout Journey) -> Slice {
        let input = text(tables.variables[slot].input, &journey)
        guard let address = IPAddress(journey.arena.span.extracting(input.range)) else {
            return value(slot, tables.variables[slot].otherwise, &journey)
        }
        for index in tables.variables[slot].ranges.indices {
            let entry = tables.variables[slot].ranges[index]
            if entry.network.contains(address) { return value(slot, entry.value, &journey) }
        }
        return value(slot, tables.variables[slot].otherwise, &journey)
    }

    private mutating func split(_ slot: Int, _ journey: inout Journey) -> Slice {
        let input = text(tables.variables[slot].input, &journey)
        let hash = UInt64(murmur(journey.arena.span.extracting(input.range)))
        for index in tables.variables[slot].shares.indices {
            let share = tables.variables[slot].shares[index]
            if hash < share.bound { return value(slot, share.value, &journey) }
        }
        return .empty
    }

    /// The named group of a pattern that matched before: names are groups of bank 0.
    private func namedGroup(_ slot: Int, _ journey: inout Journey) -> Slice {
        let pattern = tables.variables[slot].otherwise
        let name = tables.bytes.text(tables.variables[slot].name.range)
        guard pattern >= 0, let group = tables.patterns[pattern].namedGroups[name] else { return .empty }
        return self.group(0, Int32(group), journey)
    }
}

/// MurmurHash2 with seed 0, by which nginx splits clients (ngx_http_split_clients_module).
func murmur(_ bytes: Span<UInt8>) -> UInt32 {
    let factor: UInt32 = 0x5bd1_e995
    var hash = UInt32(truncatingIfNeeded: bytes.count)
    var index = 0
    while bytes.count - index >= 4 {
        var word: UInt32 = 0
        for offset in 0..<4 { word |= UInt32(bytes[index + offset]) << UInt32(8 * offset) }
        word = word &* factor
        word ^= word >> 24
        word = word &* factor
        hash = hash &* factor ^ word
        index += 4
    }
    let rest = bytes.count - index
    if rest > 0 {
        for offset in (0..<rest).reversed() { hash ^= UInt32(bytes[index + offset]) << UInt32(8 * offset) }
        hash = hash &* factor
    }
    hash ^= hash >> 13
    hash = hash &* factor
    return hash ^ hash >> 15
}
