import IR
import Nginx
import Testing

/// Buffers, times, and proxies that stand before the server.
struct NginxWaitingTests {
    @Test func `buffers are one value, of the innermost block that says each part`() {
        let result = NginxCase(
            server: """
                proxy_buffer_size 8k; proxy_max_temp_file_size 0; client_body_buffer_size 1m;
                location /x { proxy_buffers 4 16k; proxy_temp_path /var/x; proxy_pass http://a; }
                """)
        let buffers = result.settings("/x").forward.buffers?.value
        #expect(buffers == AnswerBuffers(head: 8 << 10, memory: 64 << 10, file: 0, folder: "/var/x"))
        #expect(result.base.forward.buffers?.value.memory == 32 << 10)
        #expect(result.base.limits.bodyBuffers?.value.memory == 1 << 20)
    }

    @Test func `FastCGI has buffers of its own`() {
        let result = NginxCase(
            server: "location /x { proxy_buffer_size 1k; fastcgi_buffers 2 4k; fastcgi_pass 127.0.0.1:9000; }")
        let buffers = result.settings("/x").forward.buffers?.value
        #expect(buffers?.head == 4_096 && buffers?.memory == 8_192)
    }

    @Test func `further tries end with their number or their time`() {
        let retry = NginxCase(
            server: """
                location /x { proxy_pass http://a; proxy_next_upstream_timeout 2s; proxy_next_upstream_tries 3; }
                """
        ).settings("/x").forward.retry?.value
        #expect(retry?.permits(tries: 1, of: 9, after: 1_999) == true)
        #expect(retry?.permits(tries: 1, of: 9, after: 2_000) == false)
        #expect(retry?.permits(tries: 3, of: 9, after: 0) == false)
        #expect(
            Retry(on: []).permits(tries: 1, of: 2, after: .max) && !Retry(on: []).permits(tries: 2, of: 2, after: 0))
    }

    @Test func `what ends a connection is said in three parts`() {
        let limits = NginxCase(server: "lingering_close always; lingering_time 1m;").base.limits
        #expect(limits.lingering?.value == Lingering(when: .always, time: 60, pause: 5))
    }

    @Test func `an address where one server takes proxies takes them for all`() {
        let result = NginxCase(
            """
            events {} http { server { listen 80 proxy_protocol; server_name a; set_real_ip_from 10.0.0.0/8;
              real_ip_header proxy_protocol; }
            server { listen 80; server_name b; }
            server { listen 81; server_name c; real_ip_header X-Client; set_real_ip_from unix:; } }
            """)
        let listeners = result.configuration.listeners
        #expect(listeners[0].names.proxy?.namesClient == false && listeners[1].names.proxy == nil)
        let first = result.fold(result.configuration.sites[0].base)
        #expect(first.request.realAddress?.value?.source == .proxyProtocol)
    }
}
