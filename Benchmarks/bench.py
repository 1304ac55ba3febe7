#!/usr/bin/env python3
"""CPU time of a proxied request, Sluice beside nginx in the same run.

    bench.py SLUICE [--rounds N] [--seconds S] [--cells SIZE@CONNECTIONS,...] [--log on|off|both] [--limit R]

Both servers run the same configuration on one core; the load generator (wrk) and the application behind them share
another. Every cell is measured in rounds, each server once a round and in turns first, so that a slow minute of the
machine hits both; what is printed is the median over the rounds of Sluice's number divided by nginx's. Below 1.00
Sluice is cheaper. CPU time is the kernel's own account of the whole process tree (/proc/PID/task/*/schedstat).

A size is a number of bytes, with k or m; a leading c asks for a chunked answer. With --limit the exit status is 1 when
a cell at 64 connections needs more than R times nginx's CPU (0.03 is granted to the measurement).
"""
import argparse
import http.client
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SERVER_CORE, LOAD_CORE = "0", "1"
NOISE = 0.03

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/{name}.pid;
error_log {folder}/{name}-error.log;
events {{ worker_connections 8192; }}
http {{
    access_log {access_log};
    keepalive_timeout 300s;
    keepalive_requests 1000000000;
{temporary}
    upstream application {{
        server 127.0.0.1:{backend};
        keepalive 1024;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        server_name bench.test;
        location / {{
            proxy_pass http://application;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }}
        location /static/ {{ return 404; }}
    }}
}}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until_listening(process, port, name, log):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.02)
    sys.exit(f"bench: {name} does not listen on 127.0.0.1:{port}:\n{log.read_text(errors='replace')[-2000:]}")


def process_tree(pid):
    """The process and all below it."""
    pids = [pid]
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in path.read_text().split():
                pids += process_tree(int(child))
        except OSError:
            pass
    return pids


def cpu_nanoseconds(pid):
    total = 0
    for member in process_tree(pid):
        for path in pathlib.Path(f"/proc/{member}/task").glob("*/schedstat"):
            try:
                total += int(path.read_text().split()[0])
            except OSError:
                pass
    return total


def target(size):
    chunked = size.startswith("c")
    number = re.fullmatch(r"c?(\d+)([km]?)", size)
    if not number:
        sys.exit(f"bench: '{size}' is no size: write 100, 10k, 1m or c20k")
    count = int(number[1]) * {"": 1, "k": 1 << 10, "m": 1 << 20}[number[2]]
    return f"/{'chunks' if chunked else 'bytes'}/{count}", count


def one_answer(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, len(body)


class Server:
    def __init__(self, name, command, folder, backend, log_on):
        self.name = name
        self.port = free_port()
        configuration = folder / f"{name}.conf"
        temporary = "\n".join(
            f"    {kind}_temp_path {folder}/{name}-{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        configuration.write_text(CONFIGURATION.format(
            folder=folder, name=name, port=self.port, backend=backend, temporary=temporary,
            access_log=f"{folder}/{name}-access.log" if log_on else "off"))
        output = folder / f"{name}.out"
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *command, str(configuration)],
            stdout=output.open("w"), stderr=subprocess.STDOUT)
        wait_until_listening(self.process, self.port, name, output)

    def measure(self, path, connections, seconds):
        before = cpu_nanoseconds(self.process.pid)
        text = subprocess.run(
            ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
             f"http://127.0.0.1:{self.port}{path}"], capture_output=True, text=True).stdout
        used = cpu_nanoseconds(self.process.pid) - before
        requests = int(re.search(r"(\d+) requests in", text)[1])
        trouble = re.findall(r"Non-2xx[^\n]*|Socket errors[^\n]*", text)
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
        return used / 1000 / max(requests, 1), rate, [f"{self.name}: {line}" for line in trouble]


def run_cells(options, servers):
    over = []
    for cell in options.cells.split(","):
        size, _, connections = cell.partition("@")
        path, length = target(size)
        for server in servers:
            if (found := one_answer(server.port, path)) != (200, length):
                sys.exit(f"bench: {server.name} answers {path} with status and length {found}, not {(200, length)}")
        samples, trouble = {server.name: [] for server in servers}, set()
        for turn in range(options.rounds):
            for server in servers if turn % 2 else reversed(servers):
                cpu, rate, problems = server.measure(path, connections, options.seconds)
                samples[server.name].append((cpu, rate))
                trouble.update(problems)
        ours, theirs = samples["sluice"], samples["nginx"]
        cpu = statistics.median(a[0] / b[0] for a, b in zip(ours, theirs))
        rate = statistics.median(a[1] / b[1] for a, b in zip(ours, theirs))
        micro = [statistics.median(s[0] for s in group) for group in (ours, theirs)]
        print(f"  {cell:>9}  {cpu:5.2f}  ({micro[0]:6.1f} and {micro[1]:6.1f} us)  {rate:9.2f}  "
              + "; ".join(sorted(trouble)), flush=True)
        if options.limit and connections == "64" and cpu > options.limit + NOISE:
            over.append(cell)
    return over


def stop(processes):
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sluice")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--cells", default="100@1,100@64,10k@64,1m@16,100@512")
    parser.add_argument("--log", choices=["on", "off", "both"], default="both")
    parser.add_argument("--limit", type=float)
    options = parser.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("bench: two cores are needed: one for the server, one for the load and the application")

    over = []
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        subprocess.run(["cc", "-O2", "-o", folder / "backend", HERE / "backend.c"], check=True)
        for log in ("off", "on"):
            if options.log not in (log, "both"):
                continue
            running = []
            try:
                port = free_port()
                running.append(subprocess.Popen(["taskset", "-c", LOAD_CORE, folder / "backend", str(port)]))
                wait_until_listening(running[0], port, "the backend", folder / "nothing")
                servers = []
                for label, command in (("nginx", ["nginx", "-c"]), ("sluice", [options.sluice, "run"])):
                    servers.append(Server(label, command, folder, port, log == "on"))
                    running.append(servers[-1].process)
                print(f"access log {log}: Sluice / nginx")
                print("  size@conn    CPU  (Sluice and nginx)        requests/s")
                over += run_cells(options, servers)
            finally:
                stop(running[::-1])
    if over:
        sys.exit(f"bench: more than {options.limit} of nginx's CPU time: {', '.join(over)}")


if __name__ == "__main__":
    main()
