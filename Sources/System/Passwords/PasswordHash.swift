internal import CSystem

/// The hashes of password files (`htpasswd(1)`), compared with a password without telling by time how much agreed.
public enum PasswordHash {
    /// Whether the password is the one that was hashed.
    ///
    /// Understood are `$apr1$` and `{SHA}` by own code, `{SSHA}` and `{PLAIN}` as nginx has them (`ngx_crypt`), and all
    /// that crypt_r(3) knows: bcrypt (`$2y$`), SHA-2, MD5 and DES. Bcrypt is slow on purpose: milliseconds to seconds.
    public static func matches(_ password: [UInt8], hash: [UInt8]) -> Bool {
        if let rest = hash.dropping("{SHA}") {
            return Base64.decode(rest).map { equal($0, MessageDigest.sha1(password)) } ?? false
        }
        if let rest = hash.dropping("{SSHA}") {
            guard let salted = Base64.decode(rest), salted.count >= 20 else { return false }
            return equal(Array(salted[..<20]), MessageDigest.sha1(password + salted[20...]))
        }
        if let rest = hash.dropping("{PLAIN}") { return equal(rest, password) }
        if let rest = hash.dropping("$apr1$") {
            let salt = Array(rest.prefix { $0 != UInt8(ascii: "$") }.prefix(8))
            return equal(hash, apr1(password, salt: salt))
        }
        return crypt(password, setting: hash).map { equal($0, hash) } ?? false
    }

    /// What crypt_r(3) makes of the password and the setting before a hash; nil when it does not know the setting.
    public static func crypt(_ password: [UInt8], setting: [UInt8]) -> [UInt8]? {
        var failed = false
        let hash = unsafe [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
            let n = unsafe password.withUnsafeBufferPointer { password in
                unsafe setting.withUnsafeBufferPointer {
                    unsafe sl_crypt(
                        password.baseAddress, password.count, $0.baseAddress, $0.count, buffer.baseAddress, 512)
                }
            }
            failed = n < 0
            count = max(n, 0)
        }
        return failed ? nil : hash
    }

    /// Apache's variant of MD5-crypt (`apr_md5_encode`): a thousand rounds, `$apr1$salt$hash`.
    public static func apr1(_ password: [UInt8], salt: [UInt8]) -> [UInt8] {
        let magic = Array("$apr1$".utf8)
        let inner = MessageDigest.md5(password + salt + password)
        var message = password + magic + salt
        for start in stride(from: 0, to: password.count, by: 16) {
            message += inner.prefix(min(16, password.count - start))
        }
        var length = password.count
        while length > 0 {
            message.append(length & 1 == 1 ? 0 : password[0])
            length >>= 1
        }
        var digest = MessageDigest.md5(message)
        for round in 0..<1_000 {
            var next = round & 1 == 1 ? password : digest
            if round % 3 != 0 { next += salt }
            if round % 7 != 0 { next += password }
            next += round & 1 == 1 ? digest : password
            digest = MessageDigest.md5(next)
        }
        var hash = magic + salt + [UInt8(ascii: "$")]
        for (a, b, c) in [(0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5)] {
            append(UInt32(digest[a]) << 16 | UInt32(digest[b]) << 8 | UInt32(digest[c]), digits: 4, to: &hash)
        }
        append(UInt32(digest[11]), digits: 2, to: &hash)
        return hash
    }

    private static func append(_ value: UInt32, digits: Int, to hash: inout [UInt8]) {
        let alphabet = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        for digit in 0..<digits { hash.append(alphabet[Int(value >> (6 * UInt32(digit)) & 63)]) }
    }

    private static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        if a.count != b.count { return false }
        var difference: UInt8 = 0
        for index in a.indices { difference |= a[index] ^ b[index] }
        return difference == 0
    }
}

extension [UInt8] {
    /// What follows the prefix; nil when the bytes do not start with it.
    fileprivate func dropping(_ prefix: StaticString) -> [UInt8]? {
        let length = prefix.utf8CodeUnitCount
        guard count >= length else { return nil }
        for index in 0..<length where unsafe self[index] != prefix.utf8Start[index] { return nil }
        return Array(self[length...])
    }
}
