#!/usr/bin/env python3
"""CPU time of a request, Sluice beside nginx (and Apache and HAProxy) in the same run.

    bench.py SLUICE [--rounds N] [--seconds S] [--cells CELL,...] [--log on|off|both] [--beside NAMES] [--limit R]
    bench.py SLUICE --idle N          memory of N idle keep-alive connections, plain and over TLS
    bench.py SLUICE --growth N        memory that N further requests take and do not give back
    bench.py SLUICE --reloads N       reloads while requests are under way
    bench.py SLUICE --instructions    instructions of a proxied request outside the kernel (valgrind)

All servers run the same site on one core; the load generator (wrk) and the application behind them share another.
Every cell is measured in rounds, each server once a round and in turns first, so that a slow minute of the machine hits
all; what is printed is the median over the rounds of Sluice's number divided by the other's. Below 1.00 Sluice is
cheaper. CPU time is the kernel's own account of the whole process tree (/proc/PID/task/*/schedstat).

A cell is [KIND:]SIZE@CONNECTIONS. The kind is `proxy` (also left out), `static` (a file: 1k, 100k, 1m, 64m), `https`
(proxied, over TLS), `https-static`, `handshakes` or `resumed` (connections a second over TLS: no size). A size is a
number of bytes with k or m; a leading c asks for a chunked answer. With --limit the exit status is 1 when a proxied
cell at 64 connections needs more than R times nginx's CPU (0.03 is granted to the measurement).
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

from contestants import LOAD_CORE, site, start_all, stop
from endurance import growth, idle, instructions, reloads

HERE = pathlib.Path(__file__).resolve().parent
NOISE = 0.03
USUAL = "100@1,100@64,10k@64,1m@16,100@512"
ALL = USUAL + ",10k@512,static:1k@64,static:100k@64,static:64m@4,https:100@64,https-static:64m@4,handshakes@16,resumed@16"
KINDS = ("proxy", "static", "https", "https-static", "handshakes", "resumed")


class Cell:
    def __init__(self, text):
        self.text = text
        kind, _, rest = text.rpartition(":") if ":" in text else ("", "", text)
        size, _, connections = rest.partition("@")
        if size in KINDS:
            kind, size = size, "100"
        self.kind = kind or "proxy"
        number = re.fullmatch(r"c?(\d+)([km]?)", size)
        if self.kind not in KINDS or not number or not connections.isdigit():
            sys.exit(f"bench: '{text}' is no cell: write 100@64, static:1k@64, https:c20k@8 or handshakes@16")
        self.connections = int(connections)
        self.length = int(number[1]) * {"": 1, "k": 1 << 10, "m": 1 << 20}[number[2]]
        self.secure = self.kind not in ("proxy", "static")
        if "static" in self.kind:
            self.path = f"/files/{size}"
        else:
            self.path = f"/{'chunks' if size.startswith('c') else 'bytes'}/{self.length}"

    def requests(self, text):
        """How many answers wrk has seen; of long ones also the parts that were under way at the end."""
        count, read, unit = re.search(r"(\d+) requests in [^,]*, ([\d.]+)([KMG]?)B read", text).groups()
        if self.length < 1 << 20:
            return int(count)
        return float(read) * (1 << " KMG".index(unit or " ") * 10) / self.length

    def runs_on(self, name):
        if self.secure:
            return name in ("sluice", "nginx")
        return name != "haproxy" or self.kind == "proxy"

    def measure(self, server, seconds):
        """CPU microseconds, requests a second, the 99th percentile of the latency, and what went wrong."""
        if self.kind in ("handshakes", "resumed"):
            return self.handshakes(server, seconds)
        base = f"https://127.0.0.1:{server.secure}" if self.secure else f"http://127.0.0.1:{server.port}"
        before = server.cpu_nanoseconds()
        text = subprocess.run(
            ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", "--latency",
             base + self.path], capture_output=True, text=True).stdout
        used = server.cpu_nanoseconds() - before
        requests = self.requests(text)
        trouble = re.findall(r"Non-2xx[^\n]*|Socket errors[^\n]*", text)
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
        slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
        late = float(slowest[1]) * {"us": 1, "ms": 1e3, "s": 1e6}[slowest[2]] if slowest else 0
        return used / 1000 / max(requests, 1), rate, late, [f"{server.name}: {line}" for line in trouble]

    def handshakes(self, server, seconds):
        mode = "-reuse" if self.kind == "resumed" else "-new"
        before = server.cpu_nanoseconds()
        text = subprocess.run(
            ["taskset", "-c", LOAD_CORE, "openssl", "s_time", "-connect", f"127.0.0.1:{server.secure}", mode,
             "-time", str(seconds), "-tls1_2"], capture_output=True, text=True).stdout
        used = server.cpu_nanoseconds() - before
        found = re.search(r"(\d+) connections in (\d+) real seconds", text)
        if not found or int(found[1]) == 0:
            return 1.0, 1.0, 0, [f"{server.name}: no handshake"]
        return used / 1000 / int(found[1]), int(found[1]) / max(int(found[2]), 1), 0, []


def run_cells(options, servers):
    over = []
    for cell in map(Cell, options.cells.split(",")):
        racing = [server for server in servers if cell.runs_on(server.name)]
        for server in racing:
            found = server.one_answer(cell.path, cell.secure)
            if found != (200, cell.length):
                sys.exit(f"bench: {server.name} answers {cell.path} with {found}, not {(200, cell.length)}")
        samples, trouble = {server.name: [] for server in racing}, set()
        for turn in range(options.rounds):
            for server in racing if turn % 2 else reversed(racing):
                cpu, rate, late, problems = cell.measure(server, options.seconds)
                samples[server.name].append((cpu, rate, late))
                trouble.update(problems)
        report(cell, samples, trouble, options)
        ratio = median_ratio(samples, "nginx", 0)
        if options.limit and cell.kind == "proxy" and cell.connections == 64 and ratio > options.limit + NOISE:
            over.append(cell.text)
    return over


def median_ratio(samples, other, index):
    pairs = list(zip(samples["sluice"], samples[other]))
    if any(theirs[index] == 0 for _, theirs in pairs):
        return None
    return statistics.median(ours[index] / theirs[index] for ours, theirs in pairs)


def report(cell, samples, trouble, options):
    fields = [f"{cell.text:>16}"]
    for other in options.others:
        fields.append(f"{median_ratio(samples, other, 0):8.2f}" if other in samples else "       –")
    micro = statistics.median(sample[0] for sample in samples["sluice"])
    fields += [f"{micro:10.1f}", f"{median_ratio(samples, 'nginx', 1):10.2f}"]
    late = median_ratio(samples, "nginx", 2)
    fields.append(f"{late:9.2f}" if late else "        –")
    print(" | ".join(fields) + ("  " + "; ".join(sorted(trouble)) if trouble else ""), flush=True)


def tables(options, folder):
    over = []
    secure = any(Cell(text).secure for text in options.cells.split(","))
    for log in ("off", "on"):
        if options.log not in (log, "both"):
            continue
        running = []
        try:
            port, servers = start_all(options, folder, running, log == "on", secure)
            names = [f"CPU/{other}" for other in options.others]
            print(f"\naccess log {log}: Sluice's CPU time per request, by others'; its microseconds; its rate by nginx's;")
            print("the latency that one request in a hundred exceeds, by nginx's\n")
            print(" | ".join(
                [f"{'cell':>16}", *[f"{name:>8}" for name in names], "us/request", "rate/nginx", "p99/nginx"]))
            print("-|-".join(["-" * 16, *["-" * 8 for _ in names], "-" * 10, "-" * 10, "-" * 9]), flush=True)
            over += run_cells(options, servers)
        finally:
            stop(running[::-1])
    if over:
        sys.exit(f"bench: more than {options.limit} of nginx's CPU time: {', '.join(over)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sluice")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--cells", default=USUAL, help="'all' for every cell of docs/performance.md")
    parser.add_argument("--log", choices=["on", "off", "both"], default="both")
    parser.add_argument("--beside", default="nginx", help="nginx, and also apache and haproxy")
    parser.add_argument("--limit", type=float)
    parser.add_argument("--idle", type=int)
    parser.add_argument("--growth", type=int)
    parser.add_argument("--reloads", type=int)
    parser.add_argument("--instructions", action="store_true")
    options = parser.parse_args()
    options.others = list(dict.fromkeys(["nginx", *options.beside.split(",")]))
    if options.cells == "all":
        options.cells = ALL
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("bench: two cores are needed: one for the server, one for the load and the application")
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        site(folder)
        subprocess.run(["cc", "-O2", "-o", folder / "backend", HERE / "backend.c"], check=True)
        if options.instructions:
            instructions(options, folder)
        elif options.idle or options.growth or options.reloads:
            options.others = options.others[:1]
            if options.idle:
                idle(options, folder)
            if options.growth:
                growth(options, folder)
            if options.reloads:
                reloads(options, folder)
        else:
            tables(options, folder)


if __name__ == "__main__":
    main()
