/// The two ways in which a configuration is written.
package enum Grammar: String, Hashable, CaseIterable, Sendable {
    /// Lines and `<Section>`s, as Apache httpd reads them.
    case apache
    /// Statements that end with `;` or a block in braces, as nginx reads them.
    case nginx
}
