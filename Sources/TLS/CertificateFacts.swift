internal import COpenSSL
internal import CTLS

/// What a certificate says, as servers tell applications of it.
package struct CertificateFacts: Hashable, Sendable {
    /// Whom it is for, and who issued it, by RFC 2253.
    package var subject: [UInt8] = []
    package var issuer: [UInt8] = []
    /// The same in the older form with slashes.
    package var subjectOneLine: [UInt8] = []
    package var issuerOneLine: [UInt8] = []
    /// Parts of the subject and the issuer by the names that mod_ssl gives them: `CN`, `O`, `Email`.
    package var subjectParts: [Part] = []
    package var issuerParts: [Part] = []
    /// Names beside the subject: of hosts and of mail boxes.
    package var hosts: [[UInt8]] = []
    package var mailboxes: [[UInt8]] = []
    /// The serial number in hexadecimal digits.
    package var serial: [UInt8] = []
    /// The SHA-1 of it in hexadecimal digits.
    package var fingerprint: [UInt8] = []
    /// The SHA-256 of it.
    package var digest: [UInt8] = []
    /// When it begins and ends to hold: `Jan  2 03:04:05 2030 GMT`, and the end in seconds since 1970.
    package var begins: [UInt8] = []
    package var ends: [UInt8] = []
    package var endsAt: Int64 = 0
    /// The version, and how signature and key are made.
    package var version = 3
    package var signature: [UInt8] = []
    package var key: [UInt8] = []
    /// All of it in PEM.
    package var text: [UInt8] = []

    /// A part of a name.
    package struct Part: Hashable, Sendable {
        /// What it is called.
        package var name: String
        /// What it says.
        package var value: [UInt8]
    }

    /// Reads a certificate that the caller keeps alive meanwhile.
    @unsafe init(_ raw: OpaquePointer) {
        subject = unsafe Self.text(of: X509_get_subject_name(raw))
        issuer = unsafe Self.text(of: X509_get_issuer_name(raw))
        subjectOneLine = unsafe Self.line(of: X509_get_subject_name(raw))
        issuerOneLine = unsafe Self.line(of: X509_get_issuer_name(raw))
        subjectParts = unsafe Self.parts(of: X509_get_subject_name(raw))
        issuerParts = unsafe Self.parts(of: X509_get_issuer_name(raw))
        serial = unsafe written { unsafe i2a_ASN1_INTEGER($0, X509_get0_serialNumber(raw)) }
        begins = unsafe written { unsafe ASN1_TIME_print($0, X509_get0_notBefore(raw)) }
        ends = unsafe written { unsafe ASN1_TIME_print($0, X509_get0_notAfter(raw)) }
        text = unsafe written { unsafe PEM_write_bio_X509($0, raw) }
        version = unsafe X509_get_version(raw) + 1
        signature = unsafe Self.name(of: X509_get_signature_nid(raw))
        if let pair = unsafe X509_get0_pubkey(raw) { key = unsafe Self.name(of: EVP_PKEY_get_base_id(pair)) }
        fingerprint = unsafe Self.hash(raw, EVP_sha1()).flatMap { hexadecimal($0, digits: lowerDigits) }
        digest = unsafe Self.hash(raw, EVP_sha256())
        var days: Int32 = 0
        var seconds: Int32 = 0
        if let epoch = unsafe ASN1_TIME_set(nil, 0) {
            if unsafe ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(raw)) == 1 {
                endsAt = Int64(days) * 86_400 + Int64(seconds)
            }
            unsafe ASN1_STRING_free(epoch)
        }
        unsafe readOtherNames(raw)
    }

    private mutating func readOtherNames(_ raw: OpaquePointer) {
        guard let list = unsafe X509_get_ext_d2i(raw, NID_subject_alt_name, nil, nil) else { return }
        let names = OpaquePointer(list)
        let count = unsafe OPENSSL_sk_num(names)
        for index in 0..<max(0, count) {
            guard let entry = unsafe OPENSSL_sk_value(names, index) else { continue }
            var kind: Int32 = 0
            let name = unsafe entry.assumingMemoryBound(to: GENERAL_NAME.self)
            // Host names (2) and mail boxes (1) are strings.
            guard let value = unsafe GENERAL_NAME_get0_value(name, &kind), kind == 1 || kind == 2 else { continue }
            let text = unsafe Self.bytes(of: value.assumingMemoryBound(to: ASN1_STRING.self))
            if kind == 2 { hosts.append(text) } else { mailboxes.append(text) }
        }
        unsafe OPENSSL_sk_pop_free(names) { unsafe GENERAL_NAME_free($0?.assumingMemoryBound(to: GENERAL_NAME.self)) }
    }

    private static func text(of name: OpaquePointer?) -> [UInt8] {
        // XN_FLAG_RFC2253 without ASN1_STRFLGS_ESC_MSB, so that letters beyond ASCII stay readable.
        unsafe written { unsafe X509_NAME_print_ex($0, name, 0, 0x111_0313) }
    }

    private static func line(of name: OpaquePointer?) -> [UInt8] {
        guard let text = unsafe X509_NAME_oneline(name, nil, 0) else { return [] }
        defer { unsafe CRYPTO_free(text, nil, 0) }
        return unsafe Array(String(cString: text).utf8)
    }

    private static func parts(of name: OpaquePointer?) -> [Part] {
        let count = unsafe max(0, X509_NAME_entry_count(name))
        return (0..<count).compactMap { index in
            let entry = unsafe X509_NAME_get_entry(name, index)
            let number = unsafe OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry))
            guard let name = known[number] else { return nil }
            return unsafe Part(name: name, value: bytes(of: X509_NAME_ENTRY_get_data(entry)))
        }
    }

    /// The parts of names that mod_ssl knows (`ssl_var_lookup_ssl_cert_dn_rec`).
    private static let known: [Int32: String] = [
        NID_countryName: "C", NID_stateOrProvinceName: "ST", NID_localityName: "L", NID_organizationName: "O",
        NID_organizationalUnitName: "OU", NID_commonName: "CN", NID_title: "T", NID_initials: "I", NID_givenName: "G",
        NID_surname: "S", NID_description: "D", NID_userId: "UID", NID_pkcs9_emailAddress: "Email",
    ]

    private static func bytes(of string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        var text: UnsafeMutablePointer<UInt8>? = nil
        let count = unsafe ASN1_STRING_to_UTF8(&text, string)
        guard count >= 0, let text = unsafe text else { return [] }
        defer { unsafe CRYPTO_free(text, nil, 0) }
        return unsafe Array(UnsafeBufferPointer(start: text, count: Int(count)))
    }

    private static func name(of number: Int32) -> [UInt8] {
        guard let text = unsafe OBJ_nid2ln(number) else { return Array("UNKNOWN".utf8) }
        return unsafe Array(String(cString: text).utf8)
    }

    private static func hash(_ raw: OpaquePointer, _ method: OpaquePointer?) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64)
        var count: UInt32 = 0
        guard unsafe X509_digest(raw, method, &bytes, &count) == 1 else { return [] }
        return Array(bytes.prefix(Int(count)))
    }
}

/// What OpenSSL writes.
func written(_ write: (OpaquePointer?) -> Int32) -> [UInt8] {
    guard let bio = unsafe BIO_new(BIO_s_mem()) else { return [] }
    defer { unsafe BIO_free(bio) }
    guard unsafe write(bio) >= 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: unsafe BIO_ctrl_pending(bio))
    let count = unsafe BIO_read(bio, &bytes, Int32(clamping: bytes.count))
    return Array(bytes.prefix(max(0, Int(count))))
}

let lowerDigits = Array("0123456789abcdef".utf8)

/// The two digits of a byte.
func hexadecimal(_ byte: UInt8, digits: [UInt8]) -> [UInt8] { [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
