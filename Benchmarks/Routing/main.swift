// What the deciding machine costs for one proxied request, without HTTP parsing and without a network.
//
//     swift build -c release --product routing-benchmark
//     .build/release/routing-benchmark [ROUNDS] [log]
//
// Instructions: run it below callgrind with two numbers of rounds and divide the difference.

import HTTP
import Language
import Nginx
import Routing
import Source
import System

let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
let logs = CommandLine.arguments.contains("log")
let text = """
    events {}
    http {
        access_log \(logs ? "/tmp/x.log" : "off");
        upstream be { server 127.0.0.1:9100; keepalive 1024; }
        server {
            listen 127.0.0.1:8801;
            server_name localhost;
            location / {
                proxy_pass http://be;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                proxy_set_header Host $host;
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            }
            location /api/ { proxy_pass http://be; proxy_http_version 1.1; proxy_set_header Connection ""; }
        }
    }
    """
let dialect = NginxDialect()
let reading = dialect.read(
    ReadRequest(
        entries: [ReadEntry(path: "bench.conf", bytes: Array(text.utf8), isMain: true)], files: .memory([:]),
        version: dialect.versions[0]))
let plan = Plan(dialect.lower(reading).configuration)
for problem in plan.problems { print(problem.message) }

/// Parses a head once.
func parse(_ head: String, _ kind: HeadParser.Kind, into result: inout Head) {
    var parser = HeadParser(kind)
    let bytes = Array(head.utf8)
    _ = parser.parse(bytes.span, from: 0, into: &result, rules: RequestRules())
}

/// Decides so many requests; in a function, since globals are checked for exclusive access at each use.
func measure(_ rounds: Int) {
    var decider = Decider(plan)
    var journey = Journey()
    journey.connection = ConnectionFacts(supposedListener: 0, port: 8801)
    journey.now = Moment(seconds: 1_700_000_000)
    journey.began = journey.now

    parse("GET /100 HTTP/1.1\r\nHost: 127.0.0.1:8801\r\n\r\n", .request, into: &journey.request)
    parse(
        "HTTP/1.1 200 OK\r\nServer: backend\r\nContent-Type: text/plain\r\nContent-Length: 100\r\nX-A: 1\r\n\r\n",
        .answer,
        into: &journey.answer)

    var out = ByteWriter()
    var line = ByteWriter()
    var bytes = 0
    let start = Clock.monotonicNanoseconds()
    for _ in 0..<rounds {
        guard decider.begin(&journey) == .forward else { break }
        out.removeAll()
        _ = decider.composeRequest(&journey, framing: .none, into: &out)
        bytes += out.count
        guard decider.resume(&journey, .upstreamHead) == .relay else { break }
        out.removeAll()
        decider.composeAnswer(&journey, framing: .length(100), closes: false, into: &out)
        var index = 0
        while decider.logSink(journey, index) != nil {
            _ = decider.logLine(&journey, index, into: &line)
            index += 1
        }
        bytes += out.count + line.count
        line.removeAll()
    }
    let nanoseconds = Clock.monotonicNanoseconds() - start
    print("\(rounds) requests, \(bytes / max(1, rounds)) bytes each, \(nanoseconds / Int64(max(1, rounds))) ns each")
}
measure(rounds)
