import Apache
import IR
import Testing

/// Where httpd speaks the PROXY protocol, and how slowly it lets requests come in.
struct ApacheProxyProtocolTests {
    private func spoken(_ text: String) -> [Int: Bool] {
        let listeners = ApacheCase("Listen 80\nListen 81\n" + text).configuration.listeners
        return Dictionary(listeners.map { ($0.port, $0.names.proxy != nil) }) { first, _ in first }
    }

    @Test(arguments: [
        ("RemoteIPProxyProtocol On", [80: true, 81: true]),
        ("<VirtualHost *:80>\nRemoteIPProxyProtocol On\n</VirtualHost>", [80: true, 81: false]),
        (
            "RemoteIPProxyProtocol On\n<VirtualHost *:80>\nRemoteIPProxyProtocol Off\n</VirtualHost>",
            [80: false, 81: true]
        ),
        (
            """
            <VirtualHost *:80>
            RemoteIPProxyProtocol On
            </VirtualHost>
            <VirtualHost *:80>
            RemoteIPProxyProtocol Off
            </VirtualHost>
            """, [80: false, 81: false]
        ),
        (
            """
            <VirtualHost *:80>
            RemoteIPProxyProtocol Off
            </VirtualHost>
            <VirtualHost *:80>
            RemoteIPProxyProtocol On
            </VirtualHost>
            """, [80: true, 81: false]
        ),
    ])
    func `the protocol belongs to addresses`(text: String, expected: [Int: Bool]) {
        #expect(spoken(text) == expected)
    }

    @Test func `an address of its own differs from the others behind one socket`() {
        let listener = ApacheCase(
            """
            Listen 80
            <VirtualHost 127.0.0.1:80>
            RemoteIPProxyProtocol On
            </VirtualHost>
            RemoteIPProxyProtocolExceptions 10.0.0.0/8 ::1
            """
        ).configuration.listeners[0]
        #expect(listener.names.proxy == nil)
        #expect(listener.names.more.first?.names.first?.proxy?.exceptions == ["10.0.0.0/8", "::1"])
    }

    @Test(arguments: [
        ("header=20", ReadingPace(time: 20)), ("header=5-9,MinRate=7", ReadingPace(time: 5, most: 9, rate: 7)),
        ("header=5,minrate=7", ReadingPace(time: 5, rate: 7)), ("header=0", ReadingPace(time: 0)),
    ])
    func `a stage has a time, a span and a rate`(text: String, expected: ReadingPace) {
        let result = ApacheCase("Listen 80\nRequestReadTimeout \(text)")
        #expect(result.configuration.listeners[0].reading.headerPace == expected)
    }

    @Test(arguments: ["header=20-40", "header=20-20,MinRate=1", "body=1,MinRate=0", "body=x", "tail=1"])
    func `what httpd refuses of it is an error`(text: String) {
        #expect(ApacheCase("RequestReadTimeout \(text)").rules() == ["invalid-value"])
    }
}
