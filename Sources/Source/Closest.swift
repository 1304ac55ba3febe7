/// The candidate that a mistyped word was probably meant to be, nil when none is near.
///
/// Near is at most one change (a letter added, lost, replaced, or two swapped) for each three letters. The case of
/// ASCII letters does not count, so a word that is only in the wrong case is found too.
package func closest(to word: String, in candidates: some Sequence<String>) -> String? {
    let wanted = lowercased(word)
    let limit = max(1, wanted.count / 3)
    var best: (candidate: String, distance: Int)?
    for candidate in candidates where candidate != word {
        let letters = lowercased(candidate)
        guard abs(letters.count - wanted.count) <= limit else { continue }
        let distance = editDistance(wanted, letters)
        // A two-letter word is one change away from too many others: only the case may differ.
        guard distance <= limit, wanted.count > 2 || distance == 0 else { continue }
        if distance < best?.distance ?? Int.max { best = (candidate, distance) }
    }
    return best?.candidate
}

/// The number of changes between two words, a swap of neighbours counting as one.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        row.reserveCapacity(b.count + 1)
        for j in b.indices {
            var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
            row.append(cost)
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}

private func lowercased(_ word: String) -> [UInt8] {
    word.utf8.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 + 32 : $0 }
}
