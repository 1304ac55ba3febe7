import IR

extension PlanCompiler {
    /// Compiles a variable into the next slot.
    mutating func compileVariable(_ variable: Variable) {
        var record = VariableRecord(kind: .assigned, name: text(variable.name))
        record.evaluated = variable.evaluated
        record.survives = variable.survivesReentry
        if case .renamed(let prefix) = variable.survivesReentry {
            let slot = configuration.variables.firstIndex { $0.name == prefix + variable.name }
            record.renamed = slot.map { Int32($0) } ?? -1
        }
        switch variable.definition {
        case .assigned(let initial): record.input = template(initial)
        case .map(let input, let cases, let fallback, _, let bank):
            record.kind = .map
            record.input = template(input)
            record.bank = Int8(bank ?? -1)
            for entry in cases { add(entry, to: &record) }
            let otherwise = template(fallback)
            record.otherwise = Int32(record.values.count)
            record.values.append(otherwise)
        case .ranges(let input, let cases):
            record.kind = .ranges
            record.input = template(input)
            for entry in cases { add(entry, to: &record) }
            record.ranges.sort { $0.network.bits > $1.network.bits }
        case .split(let input, let cases):
            record.kind = .split
            record.input = template(input)
            add(cases, to: &record)
        case .named(let pattern):
            record.kind = .named
            record.otherwise = self.pattern(pattern, variable.origin)
        }
        tables.variables.append(record)
    }

    private mutating func add(_ entry: MapCase, to record: inout VariableRecord) {
        let index = Int32(record.values.count)
        let value = template(entry.value)
        record.values.append(value)
        switch entry.key {
        case .text(let key): record.texts.insert(key.lowercasedASCII, index)
        case .hostSuffix(let suffix):
            // `.x` stands for `*.x` and for x itself; `*.x` for the longer names only.
            let bytes = suffix.lowercasedASCII
            if bytes.first == UInt8(ascii: ".") { record.texts.insert(bytes.dropFirst(), index) }
            record.suffixes.insert(bytes.first == UInt8(ascii: "*") ? bytes.dropFirst() : bytes[...], index)
        case .hostPrefix(let prefix):
            let bytes = prefix.lowercasedASCII
            record.prefixes.insert(bytes.last == UInt8(ascii: "*") ? bytes.dropLast() : bytes[...], index)
        case .pattern(let pattern):
            let compiled = self.pattern(pattern, entry.origin)
            record.patterns.append((pattern: compiled, value: index))
        }
    }

    private mutating func add(_ entry: RangeCase, to record: inout VariableRecord) {
        let index = Int32(record.values.count)
        let value = template(entry.value)
        record.values.append(value)
        if entry.network == "default" {
            record.otherwise = index
        } else if let network = Network(entry.network) {
            record.ranges.append((network: network, value: index))
        }
    }

    private mutating func add(_ cases: [ShareCase], to record: inout VariableRecord) {
        var bound = 0.0
        for entry in cases {
            let value = template(entry.value)
            bound = entry.share.map { bound + $0 } ?? 1
            record.shares.append((bound: UInt64(min(bound, 1) * 4_294_967_296), value: Int32(record.values.count)))
            record.values.append(value)
        }
    }

    /// Compiles an external table into the next slot.
    mutating func compileLookup(_ lookup: Lookup) {
        var record = LookupRecord()
        switch lookup {
        case .table(let entries):
            for (key, value) in entries.sorted(by: { $0.key < $1.key }) { add(key, value, to: &record) }
        case .random(let entries):
            // A choice among several is made by the lowering's order; deciding is a pure function.
            for (key, values) in entries.sorted(by: { $0.key < $1.key }) {
                if let first = values.first { add(key, first, to: &record) }
            }
        case .database, .program: break
        }
        tables.lookups.append(record)
    }

    private mutating func add(_ key: String, _ value: Template, to record: inout LookupRecord) {
        let compiled = template(value)
        record.keys.insert(key.planBytes, Int32(record.values.count))
        record.values.append(compiled)
    }
}
