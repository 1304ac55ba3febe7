#!/usr/bin/env python3
"""The differential laboratory: the same configuration, the same requests, the real server beside Sluice.

    lab.py run [STORY...] --sluice BINARY  Sluice on the source, and both servers on the translation, against the
                                           real server on the source, which is the oracle
    lab.py stable [STORY...]               the real server against itself: is the oracle steady?
    lab.py show [STORY...]                 what the real server answers
    lab.py marks                           whether the stories' marks and docs/deviations.md name the same deviations

--generate N adds N requests at the boundaries of the configuration and, where a server is compared with its like, N
more with conditions, ranges, bodies and rare methods.

A story is a folder (see story.py); without one, all of fixtures/proxy. Compared are the status, the fields that a
client acts on, the body unless it is a page of the server's own, and every request that reached a backend. Everything
stays on 127.0.0.1, on free ports.

The exit status is 0 when all agree, apart from what fixtures/proxy/open.txt admits: lines with a story, a way and how
many differences are still open there, for the requests of the story and those of --generate 25 --seed 1.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

import exchange
import generate
import servers
from backend import Backend, Record
from certificates import common_name
from servers import ServerError
from story import NOBODY, Story, StoryError

ROOT = pathlib.Path(__file__).resolve().parents[2]
OTHER = {"apache": "nginx", "nginx": "apache"}


class Bench:
    """A story laid out on free ports, with its backends running."""

    def __init__(self, story, where):
        self.story = story
        taken = set()
        self.ports = {port: servers.free_port(taken)
                      for port in dict.fromkeys(story.listener_ports() + story.upstream_ports())}
        self.listeners = [self.ports[port] for port in story.listener_ports()]
        self.folder = story.lay_out(where, self.ports)
        self.files = {path.read_text(encoding="latin1") for path in self.folder.glob("tree/**/*") if path.is_file()}
        self.record = Record()
        shown = {port: story.certificates.server(name) for port, name in story.certificates.upstreams().items()}
        self.backends = [Backend(self.ports[port], f"backend {port}", self.record, shown.get(port))
                         for port in story.upstream_ports() if port >= NOBODY and port not in story.listener_ports()]
        self.backends += [Backend(str(self.folder / name), f"backend {name}", self.record)
                          for name in story.upstream_sockets()]
        self.main = servers.write_surroundings(
            self.folder, story.dialect, self.folder / story.entry, self.listeners)

    def stop(self):
        for backend in self.backends:
            backend.stop()

    def ask(self, server, requests):
        """Each request's answer as it came, and what reached the backends meanwhile."""
        results = []
        with server:
            self.record.take()
            for request in requests:
                port = self.ports.get(request.port, self.listeners[0])
                seen = []
                try:
                    tls = self.story.certificates.client(request.shows) if request.is_tls else None
                    data = exchange.send(port, self.moved(request.data), 10, tls, request.name, seen.append,
                                         request.introduction)
                except OSError as problem:
                    data = f"[{type(problem).__name__}]".encode()
                results.append((data, self.record.take(), [common_name(certificate) for certificate in seen]))
                if server.process.poll() is not None:
                    raise ServerError(f"{server.label} ended at {request.where}:\n"
                                      + server.output.read_text(errors='replace')[-1500:])
        return results

    def moved(self, data):
        """A request that tells the application to name itself, with the port that it really has."""
        for port in self.story.upstream_ports():
            for colon in (b":", b"%3A"):
                data = data.replace(b"127.0.0.1%s%d" % (colon, port), b"127.0.0.1%s%d" % (colon, self.ports[port]))
        return data

    def essence(self, results, requests, same_dialect):
        return [{"answers": exchange.essence(data, request, same_dialect, self.files),
                 "backend": exchange.received(records, same_dialect), "certificate": shown}
                for request, (data, records, shown) in zip(requests, results)]


def judge(way, label, wanted, got, requests, show):
    """Prints where two lists of results differ; how many do that should not."""
    wrong = 0
    for request, left, right in zip(requests, wanted, got):
        if way == "translation" and request.same_dialect_only:
            continue
        lines, meant = exchange.differences(left, right), way != "stable" and request.deviates(way, label)
        if not meant and left["backend"] == right["backend"] != [] and request.asks_for_ranges():
            # httpd cuts ranges out of proxied answers: `proxied-ranges` in docs/deviations.md.
            continue
        if bool(lines) == bool(meant) or (lines and way != "stable" and request.is_excused(way, label)):
            continue
        wrong += 1
        if wrong <= show:
            print(f"  {label}: {request.where}")
            print(f"    {request.data.splitlines()[0].decode('latin1') if request.data else ''}")
            for line in lines or [f"agrees, though it is marked with the deviation '{meant}'"]:
                print("    " + line.replace("\n", "\n    "))
    if wrong > show:
        print(f"  {label}: and {wrong - show} more")
    return wrong


def tell(requests, results):
    """Prints what each request was answered, and what reached the backends."""
    for request, result in zip(requests, results):
        print(request.data.split(b"\r\n")[0].decode("latin1"))
        for answer in result["answers"]:
            fields = [f"{name}: {', '.join(values)}" for name, values in answer.items() if isinstance(values, list)]
            print(f"    {answer['status']} {answer['body'].strip()[:100]!r} {'; '.join(fields)}")
        for record in result["backend"]:
            print(f"    -> {record['backend']}: {record['line']} {'; '.join(record.get('fields') or record['parameters'])} {record['body'][:60]!r}")


def translate(binary, bench):
    """The other dialect, and a main file for it around the translation of the story."""
    target = OTHER[bench.story.dialect]
    done = subprocess.run(
        [binary, "translate", bench.folder / bench.story.entry, "--to", target, "--allow", "approximate,dropped",
         "--define", f"APACHE_LOG_DIR={bench.folder}"], capture_output=True, text=True)
    if done.returncode != 0:
        raise ServerError(f"sluice translate ends with {done.returncode}:\n{done.stderr[-1500:]}")
    entry = bench.folder / f"translated-{target}.conf"
    entry.write_text(done.stdout)
    return target, servers.write_surroundings(bench.folder, target, entry, bench.listeners)


def run_story(story, options, where):
    requests = story.requests()
    landmarks = generate.load(options.landmarks) if options.landmarks else generate.read(story)
    generated = generate.requests(landmarks, options.generate, options.seed, story.name)
    generated += generate.finer_requests(landmarks, options.generate, options.seed, story.name)
    for request in generated:
        request.excuses = frozenset(mark for pattern, marks in story.excuses() for mark in marks
                                    if pattern.search(request.where.partition(": ")[2]))
    requests += generated
    if not requests:
        raise StoryError(f"{story.name}: no requests")
    bench = Bench(story, where)
    dialect, nginx = story.dialect, options.nginx
    try:
        oracle = bench.ask(servers.real(dialect, bench.main, bench.listeners, bench.folder, nginx), requests)

        if options.verb == "show":
            tell(requests, bench.essence(oracle, requests, True))
            return len(requests), {}

        def compare(way, server, same):
            got = bench.ask(server, requests)
            wrong[way] = wrong.get(way, 0) + judge(
                way, server.label, bench.essence(oracle, requests, same), bench.essence(got, requests, same), requests,
                options.show)

        wrong = {}
        if options.verb == "stable":
            compare("stable", servers.real(dialect, bench.main, bench.listeners, bench.folder, nginx), True)
        elif "source" in options.ways:
            compare("source", servers.sluice(
                options.sluice, dialect, bench.main, bench.listeners, bench.folder, nginx), True)
        if options.verb == "run" and "translation" in options.ways:
            target, main = translate(options.sluice, bench)
            compare("translation", servers.real(target, main, bench.listeners, bench.folder, nginx), False)
            compare("translation", servers.sluice(
                options.sluice, target, main, bench.listeners, bench.folder, nginx), False)
        return len(requests), wrong
    finally:
        bench.stop()


def still_open():
    """How many differences each story and way may have, from fixtures/proxy/open.txt."""
    path = ROOT / "fixtures/proxy/open.txt"
    rows = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return {(row[0], row[1]): int(row[2]) for row in rows if len(row) >= 3 and not row[0].startswith("#")}


def documented():
    """The names of the tables in docs/deviations.md."""
    rows = (ROOT / "docs" / "deviations.md").read_text().splitlines()
    names = [row.split("|")[1].strip() for row in rows if row.startswith("|")]
    return {name.strip("`") for name in names if name.startswith("`")}


def undocumented(all_stories):
    """The marks of requests that docs/deviations.md does not explain."""
    return sorted({f"{where}: '{mark}' is not in docs/deviations.md"
                   for story in all_stories for where, mark in story.marks() if mark not in documented()})


def unused(all_stories):
    """The deviations that no request of any story shows."""
    used = {mark for story in all_stories for _, mark in story.marks()}
    return [f"docs/deviations.md: no story has a request marked '{name}'" for name in sorted(documented() - used)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["run", "stable", "show", "marks"])
    parser.add_argument("story", nargs="*", type=pathlib.Path)
    parser.add_argument("--sluice", default=str(ROOT / ".build/release/sluice"))
    parser.add_argument("--ways", default="source,translation", help="source, translation, or both with a comma")
    parser.add_argument("--nginx", default="nginx", help="the real nginx, such as what script/nginx-newest prints")
    parser.add_argument("--generate", type=int, default=0, metavar="N", help="add N requests at the boundaries")
    parser.add_argument("--landmarks", help="JSON with hosts, paths, patterns and ports to generate from")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--show", type=int, default=10, metavar="N", help="print N differences in full, for each way")
    options = parser.parse_intermixed_args()
    options.ways = options.ways.split(",")

    folders = options.story or sorted(path.parent for path in (ROOT / "fixtures/proxy").glob("*/requests.txt"))
    status, total, wrong_total, admitted = 0, 0, 0, still_open()
    try:
        chosen = [Story(folder) for folder in folders]
        problems = undocumented(chosen) + (unused(chosen) if options.verb == "marks" else [])
        print("\n".join(problems), end="\n" if problems else "")
        status = 1 if problems else 0
        if options.verb == "marks":
            return status
    except StoryError as problem:
        sys.exit(f"lab: {problem}")
    for story in chosen:
        where = pathlib.Path(tempfile.mkdtemp(prefix="sluice-lab-"))
        where.chmod(0o755)
        try:
            count, wrong = run_story(story, options, where)
            found = ", ".join(f"{number} differ ({way})" for way, number in wrong.items() if number) or "all agree"
            print(f"{story.name}: {count} requests, {found}", flush=True)
            total, wrong_total = total + count, wrong_total + sum(wrong.values())
            for way, number in wrong.items():
                if number > admitted.get((story.name, way), 0):
                    status = 1
                elif number < admitted.get((story.name, way), 0):
                    print(f"  fewer than fixtures/proxy/open.txt admits ({way}): write {number} there")
        except (ServerError, StoryError) as problem:
            print(f"{story.name}: {problem}", flush=True)
            status = 1
        finally:
            shutil.rmtree(where, ignore_errors=True)
    print(f"{total} requests, {wrong_total} differences")
    return status


if __name__ == "__main__":
    sys.exit(main())
