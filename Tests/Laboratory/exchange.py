"""Sending a request as raw bytes, and what two answers are compared by."""
import re
import socket
import ssl

import fastcgi

OWN_PAGE = re.compile(r"<(title|h1|hr|address)\b", re.IGNORECASE)
COMPARED = {"location", "allow", "www-authenticate", "retry-after", "set-cookie", "content-range", "vary", "refresh",
            "content-location", "content-encoding", "cache-control", "expires"}
SAME_DIALECT = {"content-type", "accept-ranges"}
PART_FIELD = re.compile(r"^content-(?:type|range)(?=: )", re.MULTILINE | re.IGNORECASE)
VALIDATORS = {"etag", "last-modified"}


def send(port, data, timeout=10, tls=None, name=None, shown=None, introduction=b""):
    """Sends bytes to a loopback port and returns all that comes back, with a mark where the answer did not end.

    An introduction is sent before anything else, TLS included.

    With a TLS context it is said over TLS to whom the name names; `shown` is called with the certificate that is seen.
    """
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.settimeout(timeout)
        try:
            if introduction:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.sendall(introduction if tls else introduction + data)
                data = data if tls else b""
            if tls:
                connection = tls.wrap_socket(connection, server_hostname=name)
                shown(connection.getpeercert(True))
            connection.sendall(data)
            while part := connection.recv(65536):
                answer += part
        except ssl.SSLError:
            # With TLS 1.3 a refused certificate is told behind the handshake, as soon as something is read.
            answer = answer or b"[no handshake]"
        except (TimeoutError, ConnectionError, socket.timeout) as problem:
            refused = tls and isinstance(problem, ConnectionError)
            answer += (b"[no handshake]" if refused else f"[{type(problem).__name__}]".encode()) if not answer else b""
        finally:
            connection.close()
    return answer


def unchunk(data):
    body = b""
    while True:
        size, separator, data = data.partition(b"\r\n")
        try:
            count = int(size.split(b";")[0], 16)
        except ValueError:
            return body + b"[cut off]", b""
        if count == 0:
            _, separator, rest = data.partition(b"\r\n") if data.startswith(b"\r\n") else data.partition(b"\r\n\r\n")
            return body, rest
        if len(data) < count + 2:
            return body + data + b"[cut off]", b""
        body, data = body + data[:count], data[count + 2:]


def answers(data, method):
    """The answers in a stream of bytes, one after the other."""
    found = []
    while data:
        if not data.startswith(b"HTTP/"):
            found.append({"status": "none", "fields": [], "body": data.decode("latin1")})
            break
        head, _, data = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin1").split("\r\n")
        fields = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        status = first.split(" ")[1] if " " in first else "none"
        known = dict(fields)
        body = b""
        if status.startswith("1"):
            pass
        elif method == "HEAD" or status in ("204", "304"):
            pass
        elif "chunked" in known.get("transfer-encoding", "").lower():
            body, data = unchunk(data)
        elif known.get("content-length", "").isdigit():
            length = int(known["content-length"])
            body, data = data[:length], data[length:]
            if len(body) < length:
                body += b"[cut off]"
        else:
            body, data = data, b""
        found.append({"status": status, "fields": fields, "body": body.decode("latin1")})
    return found


def completed(location, request):
    """A location as a client understands it: one without a host leads to the host that was asked."""
    host = re.search(rb"^Host: *(\S+)\r$", request.data, re.MULTILINE | re.IGNORECASE)
    if not location.startswith("/") or location.startswith("//") or not host:
        return location
    scheme = "https" if request.is_tls else "http"
    return f"{scheme}://{host[1].decode('latin1').lower()}{location}"


def essence(data, request, same_dialect, files=frozenset()):
    """What is compared of the answers to one request; `files` are the bodies that are no server's own pages."""
    method = request.method
    out = []
    for answer in answers(data, method):
        if answer["status"] == "100":
            # A matter between two neighbours: whether a body that is here already, or none, is asked for.
            continue
        compared = {"status": answer["status"]}
        for name, value in answer["fields"]:
            if name in COMPARED or name.startswith("x-") or (same_dialect and name in SAME_DIALECT):
                if name in ("set-cookie", "expires"):
                    # The two servers are asked one after the other, perhaps on both sides of a second.
                    value = re.sub(r"\w{3}, \d\d[- ]\w{3}[- ]\d{4} [\d:]{8} GMT", "(a date)", value)
                if name == "location" and not same_dialect:
                    value = completed(value, request)
                if name in ("allow", "vary"):
                    value = ", ".join(sorted(value.replace(" ", "").split(",")))
                compared.setdefault(name, []).append(value)
            elif name in VALIDATORS and same_dialect:
                compared[name] = ["present"]
        own = answer["status"] != "200" and answer["body"] not in files and OWN_PAGE.search(answer["body"])
        # The backend names the version that it was spoken to with, which is not part of a translation.
        body = answer["body"] if same_dialect else re.sub(r" HTTP/1\.[01]$", "", answer["body"], flags=re.MULTILINE)
        compared["body"] = "(a page of the server's own)" if own else body
        if boundary := next((value.partition("boundary=")[2] for value in compared.get("content-type", [])
                             if value.startswith("multipart/byteranges")), None):
            compared["content-type"] = ["multipart/byteranges"]
            compared["body"] = PART_FIELD.sub(lambda found: found[0].title(), body.replace(boundary, "(boundary)"))
        out.append(compared)
    return out


def received(records, same_dialect):
    """What is compared of the requests that reached the backends."""
    out = []
    for record in records:
        line = record["line"] if same_dialect else re.sub(r" HTTP/1\.[01]$", "", record["line"])
        told = {"parameters": fastcgi.compared(record["parameters"], same_dialect)} if "parameters" in record else {}
        out.append({**record, "line": line, **told})
    return out


def differences(wanted, got):
    """The places where two results differ, as lines for people."""
    lines = []

    def walk(path, left, right):
        if left == right:
            return
        if isinstance(left, dict) and isinstance(right, dict):
            for key in sorted({*left, *right}):
                walk(f"{path} {key}".strip(), left.get(key), right.get(key))
        elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right) and left and \
                all(isinstance(item, dict) for item in left + right):
            for index, pair in enumerate(zip(left, right)):
                walk(f"{path}[{index}]", *pair)
        elif isinstance(left, list) and isinstance(right, list) and all(isinstance(i, str) for i in left + right):
            lines.append(f"{path}: missing {[i for i in left if i not in right]}, not wanted "
                         f"{[i for i in right if i not in left]}")
        else:
            lines.append(f"{path}: wanted {left!r}\n{' ' * len(path)}     got {right!r}")

    walk("", wanted, got)
    return lines
