"""What a server holds and keeps: memory of idle connections, growth, reloads under load, instructions of a request."""
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time

from contestants import LOAD_CORE, commands, start_all, stop

REQUEST = b"GET /bytes/100 HTTP/1.1\r\nHost: bench.test\r\n\r\n"


def load(server, seconds, connections=64):
    """Requests that were answered in so many seconds, and what went wrong."""
    text = subprocess.run(
        ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
         f"http://127.0.0.1:{server.port}/bytes/100"], capture_output=True, text=True).stdout
    return int(re.search(r"(\d+) requests in", text)[1]), re.findall(r"Non-2xx[^\n]*|Socket errors[^\n]*", text)


def idle(options, folder):
    """Memory that N connections take which have carried one request each and wait."""
    running = []
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        _, servers = start_all(options, folder, running, False, True)
        for secure in (False, True):
            for server in servers:
                load(server, 1)
                before = server.own_memory()
                sockets = []
                for _ in range(options.idle):
                    one = socket.create_connection(("127.0.0.1", server.secure if secure else server.port))
                    one = context.wrap_socket(one, server_hostname="bench.test") if secure else one
                    one.sendall(REQUEST)
                    one.recv(4096)
                    sockets.append(one)
                taken = server.own_memory() - before
                kind = "idle connections over TLS" if secure else "idle connections"
                print(f"{server.name:>8}: {taken / options.idle:8.0f} bytes for each of {options.idle} {kind}", flush=True)
                for one in sockets:
                    one.close()
    finally:
        stop(running[::-1])


def growth(options, folder):
    """What N requests leave behind, after as many that warm everything up."""
    running = []
    try:
        _, servers = start_all(options, folder, running, True, False)
        for server in servers:
            sizes = []
            for _ in range(2):
                count = 0
                while count < options.growth:
                    count += load(server, 5)[0]
                sizes.append(server.own_memory())
            print(f"{server.name:>8}: {(sizes[1] - sizes[0]) / 1024:+.0f} KB after {count} further requests", flush=True)
    finally:
        stop(running[::-1])


def reloads(options, folder):
    """Whether a request fails while the configuration is read again and again."""
    running = []
    try:
        _, servers = start_all(options, folder, running, False, False)
        for server in servers:
            seconds = max(2, options.reloads // 10)
            wrk = subprocess.Popen(
                ["taskset", "-c", LOAD_CORE, "wrk", "-t1", "-c64", f"-d{seconds}s",
                 f"http://127.0.0.1:{server.port}/bytes/100"], stdout=subprocess.PIPE, text=True)
            for _ in range(options.reloads):
                time.sleep(0.09)
                server.process.send_signal(signal.SIGHUP)
            text, _ = wrk.communicate()
            trouble = re.findall(r"Non-2xx[^\n]*|Socket errors[^\n]*", text)
            count = re.search(r"(\d+) requests in", text)[1]
            print(f"{server.name:>8}: {options.reloads} reloads, {count} requests, {'; '.join(trouble) or 'none failed'}")
    finally:
        stop(running[::-1])


def instructions(options, folder):
    """Instructions of one proxied request at 64 connections, access log on, counted by valgrind."""
    for tool in ("valgrind", "callgrind_control"):
        if not shutil.which(tool):
            sys.exit(f"bench: {tool} is not installed: run script/setup bench")
    # valgrind does not read every form of debugging information, and needs none.
    program = folder / "sluice"
    subprocess.run(["objcopy", "--strip-debug", options.sluice, program], check=True)
    counts = folder / "callgrind.out"
    running = []
    options.others, options.sluice = [], str(program)
    prefix = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={counts}"]
    command = commands(options.sluice)["sluice"]
    try:
        _, (server,) = start_all(options, folder, running, True, False, {"sluice": [*prefix, *command, "--single-process"]})
        load(server, 2)
        control = ["callgrind_control", "-i"]
        subprocess.run([*control, "on", str(server.process.pid)], check=True, stdout=subprocess.DEVNULL)
        requests, _ = load(server, 4)
        subprocess.run([*control, "off", str(server.process.pid)], check=True, stdout=subprocess.DEVNULL)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(30)
        parts = [path.read_text() for path in folder.glob("callgrind.out*")]
        total = max(int(number) for part in parts for number in re.findall(r"^totals: (\d+)", part, re.M))
        print(f"  sluice: {total // requests} instructions for each of {requests} proxied requests")
    finally:
        stop(running[::-1])
