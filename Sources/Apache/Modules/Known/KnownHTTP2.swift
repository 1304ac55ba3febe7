import Language

/// HTTP/2: known by name, place and arguments, not run.
enum KnownHTTP2 {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_http2", http2)
    ]

    private static let http2: [Entry<ApacheLowering>] = [
        .ignored("H2MaxSessionStreams", in: .server, .one, summary: "Limits the streams of a connection."),
        .ignored("H2WindowSize", in: .server, .one, summary: "Sets how much clients may send ahead."),
        .ignored("H2MinWorkers", in: .server, .one, summary: "Tunes how many threads wait."),
        .ignored("H2MaxWorkers", in: .server, .one, summary: "Limits the number of threads."),
        .ignored("H2MaxWorkerIdleSeconds", in: .server, .one, summary: "Ends idle threads."),
        .ignored("H2StreamMaxMemSize", in: .server, .one, summary: "Limits the memory of a stream."),
        .ignored("H2SerializeHeaders", in: .server, .one, summary: "Was about how requests are handed on."),
        .known("H2ModernTLSOnly", in: .server, .one, summary: "Insists on what RFC 9113 asks of TLS."),
        .known("H2Upgrade", in: .anywhere, .one, summary: "Permits a change to HTTP/2 within a connection."),
        .known("H2Direct", in: .server, .one, summary: "Permits HTTP/2 from the first byte on."),
        .ignored("H2SessionExtraFiles", in: .server, .one, summary: "Was about open files."),
        .ignored("H2TLSWarmUpSize", in: .server, .one, summary: "Begins connections with small records."),
        .ignored("H2TLSCoolDownSecs", in: .server, .one, summary: "Returns to small records after a pause."),
        .known("H2Push", in: .anywhere, .one, summary: "Sends answers before they are asked for."),
        .known("H2PushPriority", in: .server, .twoOrThree, summary: "Orders answers that were not asked for."),
        .known("H2PushDiarySize", in: .server, .one, summary: "Remembers what was sent already."),
        .known("H2PushResource", in: .anywhere, .oneOrMore, summary: "Names answers to send along."),
        .ignored("H2CopyFiles", in: .anywhere, .one, summary: "Copies files into memory."),
        .known("H2EarlyHints", in: .server, .one, summary: "Sends hints before the answer."),
        .known("H2EarlyHint", in: .anywhere, .two, summary: "Adds a field to the hints."),
        .ignored("H2Padding", in: .server, .one, summary: "Fills up frames to hide their size."),
        .ignored("H2OutputBuffering", in: .server, .one, summary: "Collects output before it is sent."),
        .ignored("H2StreamTimeout", in: .server, .one, summary: "Limits pauses of a stream."),
        .ignored("H2MaxDataFrameLen", in: .server, .one, summary: "Limits the size of frames."),
        .ignored("H2MaxHeaderBlockLen", in: .server, .one, summary: "Limits the size of header blocks."),
        .ignored("H2MaxStreamErrors", in: .server, .one, summary: "Ends connections with many errors."),
        .known("H2ProxyRequests", in: .anywhere, .one, summary: "Permits forward proxying by HTTP/2."),
        .known("H2WebSockets", in: .server, .one, summary: "Permits WebSockets in HTTP/2."),
    ]
}
