"""Requests at the boundaries of a configuration: what lies on, beside and around everything that it names.

The landmarks (hosts, paths, patterns, ports) are given, or come from a rough reading of the text. The same seed gives
the same requests.
"""
import dataclasses
import json
import random
import re

import story as stories

try:
    from re import _parser as regex
except ImportError:
    import sre_parse as regex

HOST = re.compile(r"^\s*(?:server_name|ServerName|ServerAlias)\s+([^;#\n]+)", re.MULTILINE)
NGINX_LOCATION = re.compile(r"\blocation\s+(=|\^~|~\*?)?\s*\"?([^\s\"{]+)\"?\s*\{")
APACHE_PATH = re.compile(
    r"^\s*(?:ProxyPass|Alias|Redirect(?:\s+(?:permanent|temp|seeother|gone|\d+))?|<Location)\s+\"?(/[^\s\">]*)",
    re.MULTILINE | re.IGNORECASE)
APACHE_PATTERN = re.compile(
    r"^\s*(?:ProxyPassMatch|AliasMatch|RedirectMatch(?:\s+(?:permanent|temp|seeother|gone|\d+))?|RewriteRule|"
    r"<LocationMatch|<FilesMatch)\s+\"?([^\s\">]+)", re.MULTILINE | re.IGNORECASE)
PATTERN_NAME = re.compile(r"^\s*rewrite\s+(\S+)", re.MULTILINE)
FAILURES = ("status=404", "status=500", "status=502", "status=503&Retry-After=77", "close=1",
            "status=302&Location=/else/where", "status=401&WWW-Authenticate=Basic%20realm%3Dx")
ANSWERS = ("status=403", "status=400", "status=504", "status=301&Location=http%3A//127.0.0.1%3A8000/x", "status=204", "status=304",
            "status=206&Content-Range=bytes%200-0/5&body=x", "status=201&Location=/new&Content-Location=/new",
            "chunked=1&body=abc", "chunked=1&status=500&body=oops", "Set-Cookie=a%3Db%3B%20Path%3D/%3B%20Domain%3Da.test",
            "Refresh=1%3B%20url%3D/x", "Content-Type=text/html", "X-Accel-Expires=1&X-Powered-By=p&Server=s",
            "Last-Modified=Mon,%2001%20Jan%202024%2000:00:00%20GMT&ETag=%22x%22")
FIELDS = (
    [("Range", "bytes=0-3")], [("Range", "bytes=-2")], [("Range", "bytes=1-2,4-")], [("Range", "bytes=9999-")],
    [("Range", "bytes=3-1")], [("Range", "chars=0-1")], [("Range", "bytes=0-0,-1")],
    [("If-Modified-Since", "Thu, 01 Jan 2015 00:00:00 GMT")], [("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")],
    [("If-Modified-Since", "nonsense")], [("If-Unmodified-Since", "Thu, 01 Jan 2015 00:00:00 GMT")],
    [("If-None-Match", "*")], [("If-None-Match", '"x"')], [("If-Match", "*")], [("If-Match", '"x", "y"')],
    [("If-Range", '"x"'), ("Range", "bytes=0-1")],
    [("If-Range", "Thu, 01 Jan 2015 00:00:00 GMT"), ("Range", "bytes=0-1")],
    [("Cookie", "a=1"), ("Cookie", "b=2")], [("X-D", "1"), ("X-D", "2")], [("X_Under", "1"), ("X.Dot", "2")],
    [("X-Forwarded-For", "9.9.9.9"), ("X-Forwarded-Proto", "https"), ("X-Real-IP", "9.9.9.9")],
    [("X-Forwarded-Host", "h.test"), ("X-Forwarded-Server", "s.test"), ("Forwarded", "for=9.9.9.9")],
    [("Accept-Encoding", "gzip, br"), ("TE", "trailers"), ("Upgrade", "websocket"), ("Connection", "Upgrade, close")],
    [("Authorization", "Basic dXNlcjpzZWNyZXQ=")], [("Authorization", "Basic dXNlcjp3cm9uZw==")],
    [("Authorization", "Bearer x")], [("User-Agent", "evil/1.0"), ("Referer", "http://r.test/")],
    [("Via", "1.0 before"), ("DNT", "1")], [("Origin", "http://o.test")], [("Expect", "100-continue")],
    [("Empty", "")], [("Host", "")], [("Content-Type", "text/plain")],
)
BODIES = (
    ([("Content-Length", "3")], b"a=1"), ([("Content-Length", "0")], b""),
    ([("Transfer-Encoding", "chunked")], b"3\r\na=1\r\n0\r\n\r\n"),
    ([("Transfer-Encoding", "chunked")], b"1;x=y\r\na\r\n2\r\n=1\r\n0\r\nX-T: 1\r\n\r\n"),
    ([("Transfer-Encoding", "chunked")], b"0\r\n\r\n"), ([("Expect", "100-continue"), ("Content-Length", "3")], b"a=1"),
)


@dataclasses.dataclass
class Landmarks:
    hosts: list
    paths: list
    patterns: list
    ports: list
    tls_ports: tuple = ()


def read(story):
    """The landmarks of a story, from its text."""
    hosts = [name for found in HOST.findall(story.text) for name in found.replace('"', "").split()]
    if story.dialect == "nginx":
        located = NGINX_LOCATION.findall(story.text)
        paths = [path for kind, path in located if not kind.startswith("~") and path.startswith("/")]
        patterns = [path for kind, path in located if kind.startswith("~")] + PATTERN_NAME.findall(story.text)
    else:
        paths = APACHE_PATH.findall(story.text)
        patterns = APACHE_PATTERN.findall(story.text)
    return Landmarks(hosts, list(dict.fromkeys(["/", *paths])), list(dict.fromkeys(patterns)), story.listener_ports(),
                     tuple(story.tls_ports()))


def load(path):
    """The landmarks in a file: JSON with the lists `hosts`, `paths`, `patterns` and `ports`."""
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    return Landmarks(*(found.get(name, []) for name in ("hosts", "paths", "patterns", "ports")))


def sample(pattern, chance):
    """A text that a regular expression matches; None where the expression says more than this understands."""
    def one(items):
        return "".join(part(operator, value) for operator, value in items)

    def part(operator, value):
        name = str(operator)
        if name == "LITERAL":
            return chr(value)
        if name == "NOT_LITERAL":
            return "x" if value != ord("x") else "y"
        if name == "ANY":
            return chance.choice("az09-")
        if name == "IN":
            return member(value)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, inner = value
            return "".join(one(inner) for _ in range(chance.randint(low, max(low, min(high, low + 3)))))
        if name == "SUBPATTERN":
            return one(value[-1])
        if name == "BRANCH":
            return one(chance.choice(value[1]))
        return ""

    def member(choices):
        if str(choices[0][0]) == "NEGATE":
            free = [c for c in "abcxyz059-_" if not any(covers(item, c) for item in choices[1:])]
            return chance.choice(free or ["~"])
        operator, value = chance.choice(choices)
        if str(operator) == "RANGE":
            return chr(chance.randint(*value))
        if str(operator) == "CATEGORY":
            return {"DIGIT": "7", "WORD": "w", "SPACE": " "}.get(str(value).rpartition("_")[2], "-")
        return chr(value)

    def covers(item, character):
        operator, value = str(item[0]), item[1]
        return (operator == "LITERAL" and chr(value) == character) or \
            (operator == "RANGE" and value[0] <= ord(character) <= value[1])

    try:
        return one(regex.parse(pattern))
    except (re.error, ValueError, IndexError, TypeError, OverflowError):
        return None


def around(path):
    """The paths on and beside a path."""
    bare = path.rstrip("/") or "/"
    yield from (path, bare, bare + "/", bare + "x", bare[:-1] or "/", bare + "/x", bare + "/x/", bare + "/a.txt")
    yield from (bare + "x/y", bare.upper(), "/" + bare, bare + "//x", bare + "/./x", bare + "/../x", bare + "/x/..")
    yield from (bare + "%2Fx", bare + "%2fx", bare + "/%78", bare + "/a%20b", bare + "/a%252Fb", bare + "/a;v=1")
    yield from (bare + "?q=1", bare + "/?q=1&r=%2F", bare + "/x?", bare + "/%C3%A9", bare + "/index.html")
    if len(bare) > 1:
        yield bare[0] + f"%{ord(bare[1]):02X}" + bare[2:]


def hosts_around(host):
    if host in ("_", '""') or host.startswith("~"):
        return ["other.test"]
    plain = host.replace("*", "any").replace("?", "x").lstrip(".")
    return [plain, plain.upper(), plain + ".", "sub." + plain, plain[1:], "x" + plain, "other.test"]


class Ground:
    """What requests are made of: hosts, paths, and ports taken by chance."""

    def __init__(self, landmarks, chance):
        self.landmarks, self.chance = landmarks, chance
        self.hosts = [name.replace("*", "any").replace("?", "x").lstrip(".") for name in landmarks.hosts
                      if not name.startswith(("~", "_", '"'))] or ["other.test"]
        paths = [variant for path in landmarks.paths for variant in around(path)]
        for pattern in landmarks.patterns:
            for _ in range(4):
                text = sample(pattern, chance)
                if text is not None:
                    path = "/" + text.lstrip("/")
                    paths += [path, path[:-1] or "/", path + "x", path + "/", path + "%0A", "/x" + path]
        self.paths = [path for path in dict.fromkeys(paths) if re.fullmatch(r"/[!-~]*", path)]
        self.ports = landmarks.ports or [80]

    def url(self, host, path):
        port = self.chance.choice(self.ports)
        if port in self.landmarks.tls_ports:
            return f"https://{host}{'' if port == 443 else f':{port}'}{path}"
        return f"http://{host}{'' if port == 80 else f':{port}'}{path}"

    def host(self):
        return self.chance.choice(self.hosts)

    def places(self):
        """The landmarks' paths, and some of those around them."""
        return [*self.landmarks.paths, *self.chance.sample(self.paths, min(len(self.paths), 20))]


def requests(landmarks, count, seed, where):
    """A fixed choice of `count` requests out of all that the landmarks give: hosts, paths, methods, failures."""
    ground = Ground(landmarks, random.Random(f"{seed}/{where}"))
    url, hosts = ground.url, ground.hosts
    pool = [("GET", url(host, path), [], None) for path in ground.paths for host in hosts]
    pool += [("GET", url(host, path), [], None) for name in landmarks.hosts for host in hosts_around(name)
             for path in landmarks.paths]
    pool += [(method, url(ground.host(), path), [], b"a=1" if method in ("POST", "PUT") else None)
             for path in landmarks.paths for method in ("HEAD", "POST", "PUT", "OPTIONS", "DELETE")]
    pool += [("GET", url(host, path), [("X-Answer", failure)], None) for path in landmarks.paths for host in hosts
             for failure in FAILURES]
    return choice(pool, count, ground.chance, f"{where} generated")


def finer_requests(landmarks, count, seed, where):
    """A fixed choice of requests whose answers depend on the server as much as on its configuration.

    Conditions, ranges, bodies, rare methods and rare answers: what a translation cannot be asked to keep.
    """
    ground = Ground(landmarks, random.Random(f"{seed}/{where}/finer"))
    url, chance = ground.url, ground.chance
    pool = [(method, url(ground.host(), path), [], b"a=1" if method == "PATCH" else None)
            for path in ground.places() for method in ("PATCH", "TRACE", "PROPFIND", "FOO")]
    pool += [(chance.choice(("GET", "GET", "HEAD")), url(host, path), [("X-Answer", answer)], None)
             for path in landmarks.paths for host in ground.hosts for answer in ANSWERS]
    pool += [(chance.choice(("GET", "GET", "HEAD", "POST")), url(host, path), fields, None)
             for path in ground.places() for host in ground.hosts[:2] for fields in FIELDS]
    pool += [(chance.choice(("POST", "PUT", "GET", "DELETE")), url(ground.host(), path), fields, body)
             for path in landmarks.paths for fields, body in BODIES]
    pool += [("GET", url(host, path), [], "HTTP/1.0") for path in landmarks.paths for host in ground.hosts[:2]]
    found = choice(pool, count, chance, f"{where} finer")
    return [dataclasses.replace(request, same_dialect_only=True) for request in found]


def choice(pool, count, chance, where):
    """Some requests of a pool; a text in the place of a body is the version."""
    chance.shuffle(pool)
    found = []
    for number, (method, address, fields, body) in enumerate(pool[:count], 1):
        version, body = (body, None) if isinstance(body, str) else ("HTTP/1.1", body)
        named = "".join(f" {name}: {value}" for name, value in fields)
        found.append(stories.build(method, address, version, fields=fields, body=body,
                                   where=f"{where} {number}: {method} {address}{named}"))
    return found
