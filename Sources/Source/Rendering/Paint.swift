/// ANSI colours for a terminal, or nothing.
package struct Paint: Sendable {
    private let isOn: Bool

    /// Makes a paint that colours or leaves text as it is.
    package init(isOn: Bool) {
        self.isOn = isOn
    }

    /// The severity and a colon, in its colour.
    package func severity(_ severity: Severity) -> String {
        mark(severity.rawValue + ":", severity)
    }

    /// Text in the colour of a severity.
    package func mark(_ text: String, _ severity: Severity) -> String {
        switch severity {
        case .error: wrap(text, "1;31")
        case .warning: wrap(text, "1;33")
        case .info: wrap(text, "1;36")
        case .style: wrap(text, "1;35")
        }
    }

    /// Text that stands out.
    package func bold(_ text: String) -> String { wrap(text, "1") }

    /// Text that stands back.
    package func dim(_ text: String) -> String { wrap(text, "2") }

    /// Text that says that all is well.
    package func good(_ text: String) -> String { wrap(text, "1;32") }

    private func wrap(_ text: String, _ code: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
