import IR
import Language

/// `SSLProxy…`, of a server or a `<Proxy>` section.
struct UpstreamTLSDraft: Sendable {
    var isOn: Stated<Bool>?
    var versions: Stated<Set<TLSVersionName>>?
    var ciphers: Stated<String>?
    var suites: Stated<String>?
    var verifies: Stated<Bool>?
    var depth: Stated<Int>?
    var authorityFile: Stated<String>?
    var authorityFolder: Stated<String>?
    var revokedFile: Stated<String>?
    var revokedFolder: Stated<String>?
    var revocation: Stated<RevocationCheck>?
    var certificateFile: Stated<String>?
    var certificateFolder: Stated<String>?
    var chainFile: Stated<String>?
    var checksName: Stated<Bool>?
    var checksCommonName: Stated<Bool>?
    var checksExpiry: Stated<Bool>?

    /// These words laid over those outside.
    func over(_ outer: UpstreamTLSDraft) -> UpstreamTLSDraft {
        var result = self
        result.isOn = isOn ?? outer.isOn
        result.versions = versions ?? outer.versions
        result.ciphers = ciphers ?? outer.ciphers
        result.suites = suites ?? outer.suites
        result.verifies = verifies ?? outer.verifies
        result.depth = depth ?? outer.depth
        result.authorityFile = authorityFile ?? outer.authorityFile
        result.authorityFolder = authorityFolder ?? outer.authorityFolder
        result.revokedFile = revokedFile ?? outer.revokedFile
        result.revokedFolder = revokedFolder ?? outer.revokedFolder
        result.revocation = revocation ?? outer.revocation
        result.certificateFile = certificateFile ?? outer.certificateFile
        result.certificateFolder = certificateFolder ?? outer.certificateFolder
        result.chainFile = chainFile ?? outer.chainFile
        result.checksName = checksName ?? outer.checksName
        result.checksCommonName = checksCommonName ?? outer.checksCommonName
        result.checksExpiry = checksExpiry ?? outer.checksExpiry
        return result
    }

    /// The first statement; nil: nothing was said.
    var origin: ID<Origin>? {
        let first = isOn?.origin ?? versions?.origin ?? ciphers?.origin ?? suites?.origin ?? verifies?.origin
        let second = depth?.origin ?? authorityFile?.origin ?? authorityFolder?.origin ?? revokedFile?.origin
        let third = revokedFolder?.origin ?? revocation?.origin ?? certificateFile?.origin ?? checksName?.origin
        return first ?? second ?? third ?? checksCommonName?.origin ?? checksExpiry?.origin ?? certificateFolder?.origin
            ?? chainFile?.origin
    }

    /// What is spoken, with httpd's defaults where nothing is said.
    ///
    /// Name and dates of a certificate are checked unless that is switched off, even where nobody asks who issued it
    /// (`ssl_io_filter_handshake`). The name is the upstream's, or the client's Host where that is passed on.
    func policy() -> UpstreamTLS {
        let revoked = [revokedFile, revokedFolder].compactMap { $0?.value }
        let isChecked = (revocation?.value ?? .none) != .none
        let name = checksName?.value
        let files = [certificateFile, certificateFolder].compactMap(\.self)
        return UpstreamTLS(
            isPermitted: isOn?.value ?? false, sendsName: true, name: nil,
            verifies: verifies?.value ?? false,
            checksName: name != false && (checksCommonName?.value != false || name == true),
            checksExpiry: checksExpiry?.value ?? true, authorities: authorityFile.map { [$0.value] } ?? [],
            folders: authorityFolder.map { [$0.value] } ?? [], revoked: isChecked ? revoked : [],
            depth: depth?.value ?? 1,
            certificates: files.map {
                CertificateFiles(
                    certificate: $0.value, key: $0.value, chain: chainFile?.value, origin: $0.origin)
            },
            versions: versions?.value ?? Set(TLSVersionName.allCases),
            ciphers: (ciphers?.value ?? "DEFAULT") + ":!aNULL:!eNULL:!EXP", suites: suites?.value,
            reusesSessions: false)
    }
}
