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


@dataclasses.dataclass
class Landmarks:
    hosts: list
    paths: list
    patterns: list
    ports: list


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
    return Landmarks(hosts, list(dict.fromkeys(["/", *paths])), list(dict.fromkeys(patterns)), story.listener_ports())


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
    plain = host.replace("*", "any").lstrip(".")
    return [plain, plain.upper(), plain + ".", "sub." + plain, plain[1:], "x" + plain, "other.test"]


def requests(landmarks, count, seed, where):
    """A fixed choice of `count` requests out of all that the landmarks give."""
    chance = random.Random(f"{seed}/{where}")
    hosts = [name.replace("*", "any").lstrip(".") for name in landmarks.hosts if not name.startswith(("~", "_"))]
    hosts = hosts or ["other.test"]
    paths = [variant for path in landmarks.paths for variant in around(path)]
    for pattern in landmarks.patterns:
        for _ in range(4):
            text = sample(pattern, chance)
            if text is not None:
                path = "/" + text.lstrip("/")
                paths += [path, path[:-1] or "/", path + "x", path + "/", path + "%0A", "/x" + path]
    paths = [path for path in dict.fromkeys(paths) if re.fullmatch(r"/[!-~]*", path)]
    ports = landmarks.ports or [80]

    def url(host, path):
        port = chance.choice(ports)
        return f"http://{host}{'' if port == 80 else f':{port}'}{path}"

    pool = [("GET", url(host, path), []) for path in paths for host in hosts]
    pool += [("GET", url(host, path), []) for name in landmarks.hosts for host in hosts_around(name)
             for path in landmarks.paths]
    pool += [(method, url(chance.choice(hosts), path), []) for path in landmarks.paths
             for method in ("HEAD", "POST", "PUT", "OPTIONS", "DELETE")]
    pool += [("GET", url(host, path), [("X-Answer", failure)]) for path in landmarks.paths for host in hosts
             for failure in FAILURES]
    chance.shuffle(pool)
    return [stories.build(method, address, fields=fields, body=b"a=1" if method in ("POST", "PUT") else None,
                          where=f"{where} generated {number}: {method} {address}"
                          + "".join(f" {name}: {value}" for name, value in fields))
            for number, (method, address, fields) in enumerate(pool[:count], 1)]
