package import Language
import Source

extension LintRule {
    /// The rules for every dialect; dialects add their own.
    ///
    /// They say what can be wrong with the text, its coverage and its comments, and with what it means.
    package static let common: [LintRule] =
        syntaxRules + coverageRules + commentRules + configurationRules + DecisionRule.all.map(\.rule)

    /// The rules over the IR, one file each.
    private static let configurationRules: [LintRule] = [
        shadowedProxyPass, shadowedRoute, unreachableSite, deadRegexLocation, errorPageLosesStatus,
    ]

    /// The rules about the comments that suppress findings.
    private static let commentRules: [LintRule] = [unusedSuppression, reasonlessSuppression]

    /// A comment asks to ignore what is not there.
    static let unusedSuppression = LintRule(
        "unused-suppression", .info, summary: "A comment ignores a finding that is not there.",
        why: """
            A suppression that outlives its cause hides the next finding of the same rule. It is reported when the \
            rule finds nothing on its line, or when there is no rule of that name.
            """)

    /// A comment asks to ignore a finding and does not say why.
    static let reasonlessSuppression = LintRule(
        "reasonless-suppression", .style, summary: "A comment ignores a finding and gives no reason.",
        why: "Whoever reads the file next has to know why the finding was no problem here.")
}
