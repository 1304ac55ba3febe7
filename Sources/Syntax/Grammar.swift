/// How a configuration is written.
package enum Grammar: String, Hashable, Sendable, CaseIterable {
    /// Lines and `<Section>`s.
    case apache
    /// Statements that end in `;` and blocks in braces.
    case nginx
}
