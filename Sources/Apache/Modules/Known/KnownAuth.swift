import Language

/// Other ways to prove who one is, and who may pass: known by name, place and arguments, not run.
enum KnownAuth {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_auth_digest", authDigest),
        Module("mod_auth_form", authForm),
        Module("mod_authn_anon", authnAnon),
        Module("mod_authn_dbd", authnDbd),
        Module("mod_authn_dbm", authnDbm),
        Module("mod_authn_socache", authnSocache),
        Module("mod_authnz_fcgi", authnzFcgi),
        Module("mod_authnz_ldap", authnzLdap),
        Module("mod_authz_dbd", authzDbd),
        Module("mod_authz_dbm", authzDbm),
        Module("mod_allowmethods", allowmethods),
    ]

    private static let authDigest: [Entry<ApacheLowering>] = [
        .known(
            "AuthDigestProvider", in: .inside, .oneOrMore, guards: true,
            summary: "Says where users of Digest are looked up."),
        .known("AuthDigestQop", in: .inside, .oneOrMore, summary: "Says what Digest protects."),
        .known("AuthDigestNonceLifetime", in: .inside, .one, summary: "Limits how long a challenge holds."),
        .known("AuthDigestNcCheck", in: .inside, .flag, summary: "Counts the uses of a challenge."),
        .known("AuthDigestAlgorithm", in: .inside, .one, summary: "Names the hash of Digest."),
        .known("AuthDigestDomain", in: .inside, .oneOrMore, summary: "Lists URLs that share a password."),
        .known("AuthDigestShmemSize", in: .server, .one, summary: "Sets the memory of challenges."),
    ]

    private static let authForm: [Entry<ApacheLowering>] = [
        .known(
            "AuthFormProvider", in: .inside, .oneOrMore, guards: true,
            summary: "Says where users of a form are looked up."),
        .known("AuthFormUsername", in: .inside, .one, summary: "Names the form's field of users."),
        .known("AuthFormPassword", in: .inside, .one, summary: "Names the form's field of passwords."),
        .known("AuthFormLocation", in: .inside, .one, summary: "Names the form's field of the next page."),
        .known("AuthFormMethod", in: .inside, .one, summary: "Names the form's field of the method."),
        .known("AuthFormMimetype", in: .inside, .one, summary: "Names the form's field of the media type."),
        .known("AuthFormBody", in: .inside, .one, summary: "Names the form's field of the body."),
        .known("AuthFormSize", in: .section, .one, summary: "Limits the size of forms."),
        .known(
            "AuthFormLoginRequiredLocation", in: .inside, .one, guards: true,
            summary: "Names the page of the form."),
        .known("AuthFormLoginSuccessLocation", in: .inside, .one, summary: "Names the page behind the form."),
        .known("AuthFormLogoutLocation", in: .inside, .one, summary: "Names the page behind logging out."),
        .known("AuthFormSitePassphrase", in: .inside, .one, summary: "Names a password for all users."),
        .known("AuthFormAuthoritative", in: .inside, .flag, summary: "Says whether others may ask for the user."),
        .known("AuthFormFakeBasicAuth", in: .inside, .flag, summary: "Tells upstreams the user as Basic does."),
        .known("AuthFormDisableNoStore", in: .inside, .flag, summary: "Lets the form be kept by browsers."),
    ]

    private static let authnAnon: [Entry<ApacheLowering>] = [
        .known("Anonymous", in: .inside, .oneOrMore, guards: true, summary: "Lists users who need no password."),
        .known("Anonymous_MustGiveEmail", in: .inside, .flag, summary: "Asks them for an address."),
        .known("Anonymous_NoUserId", in: .inside, .flag, summary: "Lets them leave the name out."),
        .known("Anonymous_VerifyEmail", in: .inside, .flag, summary: "Looks whether it could be an address."),
        .known("Anonymous_LogEmail", in: .inside, .flag, summary: "Writes the address to the log."),
    ]

    private static let authnDbd: [Entry<ApacheLowering>] = [
        .known(
            "AuthDBDUserPWQuery", in: .section, .one, guards: true,
            summary: "Asks a database for a user's password."),
        .known(
            "AuthDBDUserRealmQuery", in: .section, .one, guards: true,
            summary: "Asks a database for a user's Digest."),
    ]

    private static let authnDbm: [Entry<ApacheLowering>] = [
        .known("AuthDBMUserFile", in: .inside, .one, guards: true, summary: "Names a table of users and passwords."),
        .known("AuthDBMType", in: .inside, .one, summary: "Names the kind of that table."),
    ]

    private static let authnSocache: [Entry<ApacheLowering>] = [
        .ignored("AuthnCacheSOCache", in: .main, .one, summary: "Names the store of checked passwords."),
        .ignored("AuthnCacheEnable", in: .main, .any, summary: "Switches that store on."),
        .ignored("AuthnCacheProvideFor", in: .inside, .oneOrMore, summary: "Lists what the store is for."),
        .ignored("AuthnCacheTimeout", in: .inside, .one, summary: "Says how long passwords stay there."),
        .ignored("AuthnCacheContext", in: .section, .one, summary: "Parts the store by place."),
    ]

    private static let authnzFcgi: [Entry<ApacheLowering>] = [
        .known(
            "AuthnzFcgiDefineProvider", in: .main, .any, guards: true,
            summary: "Names a FastCGI server that checks users."),
        .known(
            "AuthnzFcgiCheckAuthnProvider", in: .anywhere, .any, guards: true,
            summary: "Lets that server check users here."),
    ]

    private static let authnzLdap: [Entry<ApacheLowering>] = [
        .known(
            "AuthLDAPURL", in: .files, .any, guards: true,
            summary: "Names the directory that users are looked up in."),
        .known("AuthLDAPBindDN", in: .inside, .one, guards: true, summary: "Names whom to ask the directory as."),
        .known("AuthLDAPBindPassword", in: .inside, .one, summary: "Names the password for that."),
        .known("AuthLDAPBindAuthoritative", in: .inside, .flag, summary: "Says whether others may ask for the user."),
        .known("AuthLDAPRemoteUserIsDN", in: .inside, .flag, summary: "Takes the whole entry's name for the user."),
        .known("AuthLDAPRemoteUserAttribute", in: .inside, .one, summary: "Takes an attribute for the user."),
        .known("AuthLDAPCompareDNOnServer", in: .inside, .flag, summary: "Lets the directory compare names."),
        .known(
            "AuthLDAPSubGroupAttribute", in: .inside, .oneOrMore,
            summary: "Names attributes of groups inside groups."),
        .known("AuthLDAPSubGroupClass", in: .inside, .oneOrMore, summary: "Names classes of groups inside groups."),
        .known("AuthLDAPMaxSubGroupDepth", in: .inside, .one, summary: "Limits how deep groups are nested."),
        .known("AuthLDAPGroupAttribute", in: .inside, .oneOrMore, summary: "Names attributes of members."),
        .known("AuthLDAPGroupAttributeIsDN", in: .inside, .flag, summary: "Says what those attributes hold."),
        .known("AuthLDAPDereferenceAliases", in: .inside, .one, summary: "Says when aliases are followed."),
        .known(
            "AuthLDAPCharsetConfig", in: .server, .one,
            summary: "Names the file of languages and character sets."),
        .known("AuthLDAPAuthorizePrefix", in: .inside, .one, summary: "Names what variables begin with."),
        .known("AuthLDAPInitialBindAsUser", in: .inside, .flag, summary: "Asks the directory as the user."),
        .known("AuthLDAPInitialBindPattern", in: .inside, .two, summary: "Makes the user's entry of their name."),
        .known("AuthLDAPSearchAsUser", in: .inside, .flag, summary: "Searches as the user."),
        .known("AuthLDAPCompareAsUser", in: .inside, .flag, summary: "Compares as the user."),
    ]

    private static let authzDbd: [Entry<ApacheLowering>] = [
        .known("AuthzDBDQuery", in: .section, .one, guards: true, summary: "Asks a database for a user's groups."),
        .known("AuthzDBDRedirectQuery", in: .section, .one, summary: "Asks a database where to send users."),
        .known("AuthzDBDLoginToReferer", in: .section, .flag, summary: "Sends users back where they came from."),
    ]

    private static let authzDbm: [Entry<ApacheLowering>] = [
        .known("AuthDBMGroupFile", in: .inside, .one, guards: true, summary: "Names a table of groups."),
        .known("AuthzDBMType", in: .inside, .one, summary: "Names the kind of that table."),
    ]

    private static let allowmethods: [Entry<ApacheLowering>] = [
        .known("AllowMethods", in: .section, .any, guards: true, summary: "Lists the methods that are allowed.")
    ]
}
