import Apache
import ArgumentParser
import Language
import Nginx
import Syntax

/// The dialects that are spoken here.
enum Dialects {
    /// All of them, in the order in which lists name them.
    static let all: [any Dialect] = [ApacheDialect(), NginxDialect()]

    /// The one whose files are written in a grammar.
    static func writing(_ grammar: Grammar) -> any Dialect {
        all.first { $0.grammar == grammar } ?? all[0]
    }

    /// Every version that a configuration may be written for.
    static var versions: [String] { all.flatMap(\.versions) }
}

/// A dialect as the command line names it.
enum DialectName: String, CaseIterable, ExpressibleByArgument {
    case apache, nginx

    /// How its files are written.
    var grammar: Grammar {
        switch self {
        case .apache: .apache
        case .nginx: .nginx
        }
    }
}
