"""Stories: a configuration, what lies around it, and the requests that are sent to it.

    fixtures/proxy/<story>/httpd.conf or nginx.conf     what stands in the main file, or inside http {}
    fixtures/proxy/<story>/requests.txt                 one request a line
    fixtures/proxy/<story>/tree/                        files, for document roots below @STORY@/tree
    fixtures/proxy/<story>/sample.txt                   instead of the first and the third: what to take from samples/,
                                                        as `configuration PATH` and `tree PATH as FOLDER`

Ports are those that a reader expects (80, 8080; 8000 for an application); the laboratory moves them to free ones of
the loopback address. An upstream on a port below 10 is one where nothing listens; at `unix:@STORY@/NAME` an
application listens too.

A line of requests.txt is a method and a URL, then parts that two spaces set apart: a field, `< ` and a body, `!name`
for a deviation of docs/deviations.md that shows here (`!name@translation` where only the translation has it,
`!name@nginx` where only the real nginx with the translation does). A URL with https is asked over TLS, in the name of
its host; `@name b.test` asks in another name, `@name` in none, and `@show alice` shows a certificate of
certificates.txt (see certificates.py); what follows `@proxy`, with escapes, is sent before anything else. A line in double quotes is sent as it stands,
escapes and all, to the first listener. `#` begins a comment.

A line `~ PATTERN  !name` excuses generated requests: one whose method, URL and fields (`GET http://a.test/x? X-Answer:
close=1`) the pattern is found in may show the deviation, where a marked line of requests.txt must.
"""
import dataclasses
import pathlib
import re
import shutil
from urllib.parse import urlsplit

from certificates import Certificates

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIALECTS = {"httpd.conf": "apache", "nginx.conf": "nginx"}
NOBODY = 10
LISTENER = re.compile(
    r"((?:^|[{;])[ \t]*(?:Listen|listen)[ \t]+)(\S*:)?(\d+)(?=[\s;])|(<VirtualHost[ \t]+)(\S*:)(\d+)(?=[\s>])",
    re.MULTILINE)
UPSTREAM = re.compile(r"((?:127\.0\.0\.1|localhost|\[::1\]):)(\d+)")


class StoryError(Exception):
    pass


@dataclasses.dataclass
class Request:
    data: bytes
    port: int
    method: str
    where: str
    deviations: frozenset = frozenset()
    excuses: frozenset = frozenset()
    same_dialect_only: bool = False
    is_tls: bool = False
    name: str = None
    shows: str = None
    introduction: bytes = b""

    def asks_for_ranges(self):
        return b"\r\nRange: " in self.data

    def deviates(self, *ways):
        return next((name.partition("@")[0] for name in self.deviations
                     if name.partition("@")[2] in ("", *ways)), None)

    def is_excused(self, *ways):
        return any(name.partition("@")[2] in ("", *ways) for name in self.excuses)


def build(method, url, version="HTTP/1.1", fields=(), body=None, where="", deviations=()):
    """A request from its parts. The connection is closed after it unless a field says otherwise."""
    try:
        parts = urlsplit(url)
        is_tls = parts.scheme == "https"
        port = parts.port or (443 if is_tls else 80)
    except ValueError as problem:
        raise StoryError(f"{where}: {problem}") from None
    target = re.sub(r"^[a-z]+://[^/?]*", "", url) or "/"
    head = [f"{method} {target} {version}"]
    names = {name.lower() for name, _ in fields}
    if "host" not in names and parts.netloc:
        head.append(f"Host: {parts.netloc}")
    head += [f"{name}: {value}" for name, value in fields]
    if "connection" not in names:
        head.append("Connection: close")
    if body is not None and not names & {"content-length", "transfer-encoding"}:
        head.append(f"Content-Length: {len(body)}")
    data = "\r\n".join(head).encode("latin1") + b"\r\n\r\n" + (body or b"")
    # What is no name goes without one: the request is about its Host then.
    asked = re.fullmatch(r"(?=.*[a-z])[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", parts.hostname or "")
    name = asked[0] if is_tls and asked else None
    return Request(data, port, method, where, frozenset(deviations), is_tls=is_tls, name=name)


def parse_request(line, where):
    if line.startswith('"'):
        text, _, rest = line[1:].rpartition('"')
        data = text.encode("latin1").decode("unicode_escape").encode("latin1")
        marks = [part[1:] for part in rest.split() if part.startswith("!")]
        return Request(data, 0, data.split(b" ")[0].decode("latin1"), where, frozenset(marks))
    first, *parts = re.split(r" {2,}", line)
    words = first.split(" ")
    if len(words) not in (2, 3):
        raise StoryError(f"{where}: a line begins with a method and a URL, not {first!r}")
    fields, body, marks, spoken = [], None, [], {}
    for part in parts:
        if part.startswith("@"):
            kind, _, value = part[1:].partition(" ")
            if kind == "proxy":
                value = value.encode("latin1").decode("unicode_escape").encode("latin1")
            spoken[{"name": "name", "show": "shows", "proxy": "introduction"}[kind]] = value or None
        elif part.startswith("!"):
            marks.append(part[1:])
        elif part.startswith("< "):
            body = part[2:].encode("latin1").decode("unicode_escape").encode("latin1")
        elif ":" in part:
            name, _, value = part.partition(":")
            fields.append((name, value.strip()))
        elif not part.startswith("#"):
            raise StoryError(f"{where}: neither a field, a body nor a mark: {part!r}")
    request = build(*words, fields=fields, body=body, where=where, deviations=marks)
    return dataclasses.replace(request, **spoken)


class Story:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.name = self.folder.name
        self.tree, entry, mounted = self.folder / "tree", None, None
        if (sample := self.folder / "sample.txt").exists():
            for words in map(str.split, sample.read_text().splitlines()):
                if words[:1] == ["configuration"]:
                    entry = ROOT / words[1]
                elif words[:1] == ["tree"]:
                    self.tree, mounted = ROOT / words[1], words[3]
            self.entry = "nginx.conf" if entry and "nginx" in entry.parts else "httpd.conf"
        else:
            self.entry = next((name for name in DIALECTS if (self.folder / name).exists()), None)
            entry = self.entry and self.folder / self.entry
        if not entry or not entry.exists():
            raise StoryError(f"{self.folder}: one of {', '.join(DIALECTS)} or a sample.txt is needed")
        self.dialect = DIALECTS[self.entry]
        self.certificates = Certificates(self)
        self.text = entry.read_text(encoding="latin1")
        if mounted:
            self.text = self.text.replace(mounted, "@STORY@/tree")
        self.text = self.text.replace("/var/log/nginx", "@STORY@")

    def lines(self):
        path = self.folder / "requests.txt"
        lines = path.read_text(encoding="latin1").splitlines() if path.exists() else []
        return [(f"{self.name}/requests.txt:{number}", line)
                for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]

    def requests(self):
        return [parse_request(line, where) for where, line in self.lines() if not line.startswith("~ ")]

    def excuses(self):
        """What generated requests may show: pairs of a pattern and marks."""
        found = []
        for where, line in self.lines():
            if line.startswith("~ "):
                pattern, *marks = re.split(r" {2,}", line[2:])
                if not marks or not all(mark.startswith("!") for mark in marks):
                    raise StoryError(f"{where}: a pattern, then marks")
                found.append((re.compile(pattern), frozenset(mark[1:] for mark in marks)))
        return found

    def marks(self):
        """Every mark, with the place that it stands in."""
        marked = [(request.where, request.deviations) for request in self.requests()]
        marked += [(f"{self.name}/requests.txt", marks) for _, marks in self.excuses()]
        return [(where, mark.partition("@")[0]) for where, marks in marked for mark in marks]

    def listener_ports(self):
        return list(dict.fromkeys(int(found[3] or found[6]) for found in LISTENER.finditer(self.text)))

    def tls_ports(self):
        """The listeners that speak TLS."""
        if self.dialect == "nginx":
            return [int(port) for port in re.findall(r"\blisten\s+(?:\S*:)?(\d+)\b[^;]*\bssl\b", self.text)]
        hosts = re.findall(r"<VirtualHost[^>]*:(\d+)>(.*?)</VirtualHost>", self.text, re.DOTALL)
        return [int(port) for port, inside in hosts if re.search(r"^\s*SSLEngine\s+on", inside, re.MULTILINE | re.I)]

    def upstream_ports(self):
        text = LISTENER.sub("", self.text)
        return list(dict.fromkeys(int(found[2]) for found in UPSTREAM.finditer(text)))

    def upstream_sockets(self):
        """The sockets in the story's folder that an application listens at."""
        return list(dict.fromkeys(re.findall(r"\bunix:@STORY@/([\w.-]+)", self.text)))

    def lay_out(self, where, ports):
        """Copies the story to a folder, with its ports moved; returns the folder."""
        def listener(found):
            if found[3]:
                return f"{found[1]}{found[2] or '127.0.0.1:'}{ports[int(found[3])]}"
            return f"{found[4]}{found[5]}{ports[int(found[6])]}"

        target = pathlib.Path(where) / self.name
        target.mkdir()
        if self.tree.exists():
            shutil.copytree(self.tree, target / "tree")
        for extra in self.folder.iterdir():
            if extra.is_file() and extra.name not in ("requests.txt", "sample.txt", "certificates.txt", self.entry):
                shutil.copy(extra, target)
        self.certificates.lay_out(target)
        text = LISTENER.sub(listener, self.text)
        text = UPSTREAM.sub(lambda found: found[1] + str(ports.get(int(found[2]), found[2])), text)
        text = text.replace("@STORY@", str(target))
        (target / self.entry).write_text(text, encoding="latin1")
        for path in [target, *target.rglob("*")]:
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o644))
        return target
