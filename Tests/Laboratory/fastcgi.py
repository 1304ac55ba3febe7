"""The application behind the servers, where they speak FastCGI to it: what it was told is recorded, its answer asked for
in X-Answer as of an application that speaks HTTP."""
import http.client
import re
import struct

BEGIN, END, PARAMETERS, INPUT, OUTPUT, ERRORS = 1, 3, 4, 5, 6, 7

# Each request has others of these, or each run.
CHANGING = {"REMOTE_PORT", "PATH", "LD_LIBRARY_PATH", "SSL_SESSION_ID", "SSL_CLIENT_V_REMAIN"}
# What scripts go by, whichever server tells them; what else is told is each server's own matter.
COMMON = {"CONTENT_LENGTH", "CONTENT_TYPE", "DOCUMENT_ROOT", "GATEWAY_INTERFACE", "PATH_INFO", "QUERY_STRING",
          "REMOTE_USER", "REQUEST_METHOD", "REQUEST_SCHEME", "REQUEST_URI", "SCRIPT_FILENAME", "SCRIPT_NAME",
          "SERVER_NAME", "SERVER_PROTOCOL"}
# Fields that httpd tells by other names only.
RENAMED = {"HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE", "HTTP_TRANSFER_ENCODING"}


def pairs(data):
    """The names and values of a stream of parameters."""
    found, at = [], 0

    def length():
        nonlocal at
        first = data[at]
        if first < 128:
            at += 1
            return first
        at += 4
        return struct.unpack(">I", data[at - 4:at])[0] & 0x7FFFFFFF

    while at < len(data):
        name, value = length(), length()
        found.append((data[at:at + name].decode("latin1"), data[at + name:at + name + value].decode("latin1")))
        at += name + value
    return found


def record(kind, content):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def request(stream):
    """The parameters and the body of one request, and whether the connection goes on; None at its end."""
    parameters = body = b""
    keeps = False
    while len(head := stream.read(8)) == 8:
        _, kind, _, count, padding, _ = struct.unpack(">BBHHBB", head)
        content = stream.read(count)
        stream.read(padding)
        if kind == BEGIN:
            keeps = bool(content[2] & 1)
        elif kind == PARAMETERS:
            parameters += content
        elif kind == INPUT and count:
            body += content
        elif kind == INPUT:
            return pairs(parameters), body, keeps
    return None


def answer(wanted, body):
    """The records of an answer: what X-Answer names, which is a status and fields besides."""
    status = wanted.pop("status", None)
    errors = wanted.pop("stderr", None)
    head = {} if status is None else {"Status": f"{status} {http.client.responses.get(int(status), 'Unknown')}"}
    head.update({"Content-Type": "text/plain"})
    head.update(wanted)
    text = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value) + "\r\n"
    data = record(ERRORS, errors.encode("latin1")) if errors else b""
    for at in range(0, len(whole := text.encode("latin1") + body), 60000):
        data += record(OUTPUT, whole[at:at + 60000])
    return data + record(END, bytes(8))


def compared(fields, same_dialect):
    """What is compared of the parameters: between the two languages, only what scripts go by."""
    kept = []
    for field in fields:
        name, _, value = field.partition("=")
        # What an application is told of a request before an internal redirect goes by longer names.
        bare = re.sub(r"^(REDIRECT_)+", "", name)
        if bare in CHANGING or not same_dialect and (
                name in RENAMED or name not in COMMON and not name.startswith("HTTP_")):
            continue
        if bare in ("SERVER_SOFTWARE", "SERVER_SIGNATURE"):
            # What the real server was built with is its own matter.
            value = re.sub(r"Apache/[\d.]+ \(\w+\)( \w+/[\w.]+)*", "Apache", value)
        if not same_dialect and name == "SCRIPT_FILENAME" and value.startswith("proxy:"):
            # Applications take httpd's prefix away themselves.
            value = "/" + value.split("/", 3)[3].lstrip("/")
        if same_dialect or value:
            kept.append(f"{name}={value}")
    return kept
