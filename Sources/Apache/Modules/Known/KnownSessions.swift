import Language

/// Sessions and tracking: known by name, place and arguments, not run.
enum KnownSessions {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_session", session),
        Module("mod_session_cookie", sessionCookie),
        Module("mod_session_crypto", sessionCrypto),
        Module("mod_session_dbd", sessionDbd),
        Module("mod_usertrack", usertrack),
    ]

    private static let session: [Entry<ApacheLowering>] = [
        .known("Session", in: .anywhere, .flag, summary: "Keeps data of a user over requests."),
        .known("SessionMaxAge", in: .anywhere, .one, summary: "Says how long that data is kept."),
        .known("SessionHeader", in: .anywhere, .one, summary: "Takes changes from a field of answers."),
        .known("SessionEnv", in: .anywhere, .flag, summary: "Tells programs that data."),
        .known("SessionInclude", in: .anywhere, .one, summary: "Names URLs that have sessions."),
        .known("SessionExclude", in: .anywhere, .one, summary: "Names URLs that have none."),
        .known("SessionExpiryUpdateInterval", in: .anywhere, .one, summary: "Says how often the end is moved."),
    ]

    private static let sessionCookie: [Entry<ApacheLowering>] = [
        .known("SessionCookieName", in: .anywhere, .any, summary: "Keeps sessions in a cookie."),
        .known("SessionCookieName2", in: .anywhere, .any, summary: "Keeps sessions in a cookie of the old kind."),
        .known("SessionCookieRemove", in: .anywhere, .flag, summary: "Hides the cookie from upstreams."),
    ]

    private static let sessionCrypto: [Entry<ApacheLowering>] = [
        .known("SessionCryptoPassphrase", in: .anywhere, .oneOrMore, summary: "Names the keys of sessions."),
        .known("SessionCryptoPassphraseFile", in: .files, .one, summary: "Names the file of those keys."),
        .known("SessionCryptoCipher", in: .anywhere, .one, summary: "Names the cipher of sessions."),
        .known("SessionCryptoDriver", in: .main, .any, summary: "Names the library of that cipher."),
    ]

    private static let sessionDbd: [Entry<ApacheLowering>] = [
        .known(
            "SessionDBDCookieName", in: .anywhere, .oneOrMore,
            summary: "Names the cookie of sessions in a database."),
        .known("SessionDBDCookieName2", in: .anywhere, .oneOrMore, summary: "Names a cookie of the old kind."),
        .known("SessionDBDCookieRemove", in: .anywhere, .flag, summary: "Hides the cookie from upstreams."),
        .known("SessionDBDPerUser", in: .anywhere, .flag, summary: "Keeps one session for each user."),
        .known("SessionDBDSelectLabel", in: .anywhere, .one, summary: "Names the statement that finds sessions."),
        .known("SessionDBDInsertLabel", in: .anywhere, .one, summary: "Names the statement that adds sessions."),
        .known("SessionDBDUpdateLabel", in: .anywhere, .one, summary: "Names the statement that changes sessions."),
        .known("SessionDBDDeleteLabel", in: .anywhere, .one, summary: "Names the statement that removes sessions."),
    ]

    private static let usertrack: [Entry<ApacheLowering>] = [
        .known("CookieTracking", in: .anywhere, .flag, summary: "Marks users with a cookie."),
        .known("CookieName", in: .anywhere, .one, summary: "Names that cookie."),
        .known("CookieDomain", in: .anywhere, .one, summary: "Sets the cookie's domain."),
        .known("CookieExpires", in: .anywhere, .one, summary: "Sets the cookie's end."),
        .known("CookieStyle", in: .anywhere, .one, summary: "Sets the cookie's form."),
        .known("CookieSameSite", in: .anywhere, .one, summary: "Sets the cookie's SameSite."),
        .known("CookieSecure", in: .anywhere, .flag, summary: "Sends the cookie by TLS only."),
        .known("CookieHttpOnly", in: .anywhere, .flag, summary: "Hides the cookie from scripts."),
    ]
}
