internal import COpenSSL
internal import CTLS

/// A conversation over a non-blocking socket that somebody else owns, watches and closes.
///
/// One thread uses it. Nothing blocks: what cannot go on says what it waits for.
@safe package struct TLSConnection: ~Copyable {
    // Owned here alone; its BIO holds the socket's number, which the owner of this value keeps open as long.
    private let raw: OpaquePointer

    /// How far a call came.
    package enum Progress: Hashable, Sendable {
        case done
        case wantsRead, wantsWrite
        /// The client's hello was read: `choose` the context by `askedName`, and go on.
        case wantsContext
        /// The peer ended the conversation properly.
        case end
        /// It broke.
        case failed
        /// The peer has closed its end without a word.
        case cutOff
    }

    /// The side of a server; the hello is answered once a context was chosen.
    ///
    /// Nil when memory is short.
    package init?(accepting socket: Int32, context: TLSContext) {
        guard let made = unsafe SSL_new(context.raw) else { return nil }
        guard unsafe sl_tls_attach(made, socket) == 1 else {
            unsafe SSL_free(made)
            return nil
        }
        unsafe SSL_set_accept_state(made)
        unsafe raw = unsafe made
    }

    /// The side of a client, which names the host that it means unless the name is empty.
    package init?(connecting socket: Int32, context: TLSContext, name: String, session: TLSSession?) {
        guard let made = unsafe SSL_new(context.raw) else { return nil }
        let isReady = unsafe sl_tls_attach(made, socket) == 1 && (name.isEmpty || sl_tls_host_name(made, name) == 1)
        guard isReady else {
            unsafe SSL_free(made)
            return nil
        }
        if let session { _ = unsafe SSL_set_session(made, session.raw) }
        unsafe SSL_set_connect_state(made)
        unsafe raw = unsafe made
    }

    deinit {
        unsafe SSL_free(raw)
        ERR_clear_error()
    }

    /// The poller told of something to read; `isEnding` when the peer's end is among it.
    package func news(isEnding: Bool) { unsafe sl_tls_news(raw, isEnding ? 1 : 0) }

    /// Goes on with the handshake; behind it, data may be at hand that no poller tells of.
    package func handshake() -> Progress { unsafe progress(sl_tls_handshake(raw)) }

    /// The name in the client's hello, in the client's letters; empty where there is none.
    package var askedName: [UInt8] {
        var name: UnsafePointer<UInt8>? = nil
        let count = unsafe sl_tls_hello_name(raw, &name)
        return unsafe Array(UnsafeBufferPointer(start: name, count: count))
    }

    /// Goes on with a context, or (nil) with the one that it was made with.
    package func choose(_ context: TLSContext?) { unsafe sl_tls_choose(raw, context?.raw) }

    /// Goes on by telling the client that nobody here has the name.
    package func refuse() { unsafe sl_tls_refuse(raw) }

    /// Why it failed, in the library's words; asked once, right behind the failure.
    package func failure() -> String {
        let isUnverified = verification != 0
        let words = verificationText
        let code = ERR_peek_error()
        let text = TLSErrors.take()
        if code == 0 { return "the peer left in the middle of the handshake" }
        return isUnverified ? "\(text): \(words)" : text
    }

    // MARK: Data

    /// Receives what is there, at most as much as the memory holds; the progress says why there is no more.
    @unsafe package func receive(into buffer: UnsafeMutableRawBufferPointer) -> (count: Int, progress: Progress) {
        var state: Int32 = 0
        let count = unsafe sl_tls_receive(raw, buffer.baseAddress, buffer.count, &state)
        return (count, progress(state))
    }

    /// Sends what fits of two pieces, in as few records as can be.
    ///
    /// What did not fit must be offered anew, in the same order and in one piece, with anything behind it.
    package func send(_ first: Span<UInt8>, _ second: Span<UInt8>) -> (count: Int, progress: Progress) {
        var state: Int32 = 0
        let count = unsafe first.withUnsafeBufferPointer { first in
            unsafe second.withUnsafeBufferPointer { second in
                unsafe sl_tls_send(raw, first.baseAddress, first.count, second.baseAddress, second.count, &state)
            }
        }
        return (count, progress(state))
    }

    /// Sends what fits of a part of a file; the end of the file is `end`.
    package func sendFile(_ file: Int32, from offset: Int64, count: Int) -> (count: Int, progress: Progress) {
        var state: Int32 = 0
        let count = unsafe sl_tls_send_file(raw, file, offset, count, &state)
        return (count, progress(state))
    }

    /// Tells the peer that nothing more will come, if there is room to.
    package func finish() { unsafe sl_tls_finish(raw) }

    private func progress(_ state: Int32) -> Progress {
        switch Int(state) {
        case SL_TLS_FULL: .done
        case SL_TLS_WANTS_READ: .wantsRead
        case SL_TLS_WANTS_WRITE: .wantsWrite
        case SL_TLS_WANTS_CONTEXT: .wantsContext
        case SL_TLS_END: .end
        case SL_TLS_CUT_OFF: .cutOff
        default: .failed
        }
    }

    // MARK: Facts

    /// The version: `TLSv1.3`.
    package var version: [UInt8] { unsafe text(SSL_get_version(raw)) }
    /// The cipher's name.
    package var cipher: [UInt8] { unsafe text(SSL_CIPHER_get_name(SSL_get_current_cipher(raw))) }
    /// How many bits of the cipher's key are secret, and how many it has.
    package var bits: (used: Int, all: Int) {
        var all: Int32 = 0
        let used = unsafe SSL_CIPHER_get_bits(SSL_get_current_cipher(raw), &all)
        return (Int(used), Int(all))
    }
    /// The session was taken up again.
    package var isResumed: Bool { unsafe SSL_session_reused(raw) == 1 }
    /// The number of the session.
    package var sessionID: [UInt8] {
        guard let session = unsafe SSL_get_session(raw) else { return [] }
        var count: UInt32 = 0
        guard let bytes = unsafe SSL_SESSION_get_id(session, &count) else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
    /// The protocol that was agreed on for what follows; empty: none was offered.
    package var applicationProtocol: [UInt8] {
        var bytes: UnsafePointer<UInt8>? = nil
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(raw, &bytes, &count)
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
    /// What holding the peer's certificate against the authorities came to; 0: it holds, or there is none.
    package var verification: Int { unsafe SSL_get_verify_result(raw) }
    /// The same in words.
    package var verificationText: String {
        guard let words = unsafe X509_verify_cert_error_string(verification) else { return "" }
        return unsafe String(cString: words)
    }
    /// The peer's certificate.
    package var peerCertificate: CertificateFacts? {
        guard let certificate = unsafe SSL_get1_peer_certificate(raw) else { return nil }
        defer { unsafe X509_free(certificate) }
        return unsafe CertificateFacts(certificate)
    }

    private func text(_ words: UnsafePointer<CChar>?) -> [UInt8] {
        guard let words = unsafe words else { return [] }
        return unsafe Array(String(cString: words).utf8)
    }

    /// Whether the peer's certificate is for a host.
    package func peerIs(_ host: String) -> Bool { unsafe sl_tls_peer_is(raw, host, host.utf8.count) == 1 }
    /// Whether the peer has a certificate that holds today, whoever issued it.
    package var peerIsCurrent: Bool { unsafe sl_tls_peer_is_current(raw) == 1 }

    /// The session as it is by now, if it can be taken up again.
    package var session: TLSSession? {
        guard let session = unsafe SSL_get1_session(raw) else { return nil }
        guard unsafe SSL_SESSION_is_resumable(session) == 1 else {
            unsafe SSL_SESSION_free(session)
            return nil
        }
        return unsafe TLSSession(owning: session)
    }
}

/// A client's session that can be taken up again, with the same server and the same settings.
@safe package final class TLSSession {
    let raw: OpaquePointer

    @unsafe init(owning raw: OpaquePointer) {
        unsafe self.raw = unsafe raw
    }

    deinit {
        unsafe SSL_SESSION_free(raw)
    }
}
