"""The application behind every server under test: it remembers what it received and answers as the request asks.

What to answer travels in a field, written like a form: `X-Answer: status=503&Retry-After=77`. `status`, `body`, `raw`
(the whole answer), `close` (hang up without one), `delay` (seconds) and `chunked` mean what they say; every other name
is a field of the answer. Without the field the answer is 200 and names the request.
"""
import http.client
import os
import socket
import socketserver
import threading
import time
from urllib.parse import parse_qsl

import fastcgi


class Record:
    """What arrived at the backends of one laboratory since it was last taken."""

    def __init__(self):
        self._lock = threading.Lock()
        self._received = []

    def add(self, entry):
        with self._lock:
            self._received.append(entry)

    def take(self):
        with self._lock:
            received, self._received = self._received, []
        return received


class Handler(socketserver.StreamRequestHandler):
    def setup(self):
        self.spoken = {}
        if self.server.tls:
            self.request.settimeout(10)
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
            client = dict(part for parts in (self.request.getpeercert() or {}).get("subject", ()) for part in parts)
            self.spoken = {"tls": f"asked for {getattr(self.request, 'asked', '')!r}, "
                                  f"shown {client.get('commonName', 'nothing')}"}
        super().setup()

    def handle(self):
        try:
            while self.one_request():
                pass
        except (OSError, ValueError):
            pass

    def one_request(self):
        if self.rfile.peek(1)[:1] == b"\x01":
            return self.one_call()
        line = self.rfile.readline(65536)
        if not line or b" HTTP/" not in line:
            # Nobody is there, or TLS is spoken to an application that does not.
            return False
        fields = []
        while (text := self.rfile.readline(65536)) not in (b"\r\n", b"\n", b""):
            name, _, value = text.decode("latin1").rstrip("\r\n").partition(":")
            fields.append((name.lower(), value.strip()))
        known = dict(fields)
        if known.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self.read_body(known)
        line = line.decode("latin1").rstrip("\r\n")
        self.server.record.add({
            **self.spoken, "backend": self.server.label, "line": line, "body": body.decode("latin1"),
            "fields": sorted(f"{name}: {value}" for name, value in fields if name != "connection")})
        return self.answer(line, known)

    def one_call(self):
        """A request in FastCGI's records, whose version is the first byte."""
        if not (call := fastcgi.request(self.rfile)):
            return False
        parameters, body, keeps = call
        told = dict(parameters)
        line = f"{told.get('REQUEST_METHOD')} {told.get('REQUEST_URI')}"
        self.server.record.add({
            "backend": self.server.label, "line": f"{line} by FastCGI", "body": body.decode("latin1"),
            "parameters": sorted(f"{name}={value}" for name, value in parameters)})
        wanted = dict(parse_qsl(told.get("HTTP_X_ANSWER", ""), keep_blank_values=True))
        if "close" in wanted:
            return False
        if "raw" in wanted:
            self.wfile.write(wanted["raw"].encode("latin1"))
            return False
        text = wanted.pop("body", f"{self.server.label} got {line}\n").encode("latin1")
        self.wfile.write(fastcgi.answer(wanted, text))
        self.wfile.flush()
        return keeps

    def read_body(self, fields):
        if "chunked" in fields.get("transfer-encoding", "").lower():
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            return body
        return self.rfile.read(int(fields.get("content-length", 0)))

    def answer(self, line, fields):
        wanted = dict(parse_qsl(fields.get("x-answer", ""), keep_blank_values=True))
        time.sleep(float(wanted.pop("delay", 0)))
        if "close" in wanted:
            return False
        if "raw" in wanted:
            self.wfile.write(wanted["raw"].encode("latin1"))
            return False
        status = int(wanted.pop("status", 200))
        body = wanted.pop("body", f"{self.server.label} got {line}\n").encode("latin1")
        chunked = wanted.pop("chunked", None) is not None
        bare = status in (204, 304) or status < 200
        answer = {"Server": "backend", "Date": "Mon, 01 Jan 2024 00:00:00 GMT", "Content-Type": "text/plain"}
        if not bare:
            answer.update({"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": len(body)})
        answer.update(wanted)
        reason = http.client.responses.get(status, "Unknown")
        head = [f"HTTP/1.1 {status} {reason}"] + [f"{name}: {value}" for name, value in answer.items()]
        if chunked:
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
        sent = b"" if bare or line.startswith("HEAD ") else body
        self.wfile.write("\r\n".join(head).encode("latin1") + b"\r\n\r\n" + sent)
        self.wfile.flush()
        return not ("HTTP/1.0" in line or "close" in fields.get("connection", "").lower())


class Backend(socketserver.ThreadingTCPServer):
    """At a port, or at a socket in the file system."""
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, port, label, record, tls=None):
        self.tls = tls
        if isinstance(port, str):
            self.address_family = socket.AF_UNIX
        super().__init__(port if isinstance(port, str) else ("127.0.0.1", port), Handler)
        if isinstance(port, str):
            os.chmod(port, 0o777)
        self.label = label
        self.record = record
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request, client_address):
        """A handshake that failed is the servers' to tell of."""

    def stop(self):
        self.shutdown()
        self.server_close()
