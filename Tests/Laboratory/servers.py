"""The servers under test: the real ones and Sluice, each with the same configuration, one after the other."""
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
MODULE_FOLDERS = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/libexec/apache2")
MODULES = ("mpm_event authn_core authn_file authz_core authz_groupfile authz_host authz_user auth_basic access_compat "
           "alias autoindex dir mime env setenvif headers rewrite proxy proxy_http proxy_fcgi proxy_balancer slotmem_shm "
           "lbmethod_byrequests expires filter socache_shmcb ssl remoteip").split()


class ServerError(Exception):
    pass


def free_port(taken):
    """A port below those the system hands out by itself, so that no outgoing connection takes it meanwhile."""
    for _ in range(1000):
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in taken:
            taken.add(port)
            return port
    raise ServerError("no free port")


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def nginx_version(program="nginx"):
    text = subprocess.run([program, "-v"], capture_output=True, text=True).stderr
    found = re.search(r"nginx/(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def apache_surroundings(folder, entry, ports):
    modules = next((path for path in MODULE_FOLDERS if os.path.isdir(path)), None)
    if not modules:
        raise ServerError("Apache's modules were not found: run script/setup test")
    loads = "\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in MODULES
                      if os.path.exists(f"{modules}/mod_{name}.so"))
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    # A site's file leaves listening to the main one, as Debian's do.
    own = re.search(r"^\s*Listen\s", entry.read_text(encoding="latin1"), re.MULTILINE | re.IGNORECASE)
    listens = "" if own else "\n".join(f"Listen 127.0.0.1:{port}" for port in ports)
    return f"""ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/httpd.pid
Mutex file:{folder}
ErrorLog {folder}/error.log
{user}
{loads}
TypesConfig {HERE}/mime.types
ServerName lab.test
LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
CustomLog {folder}/access.log common
Define APACHE_LOG_DIR {folder}
{listens}
Include {entry}
"""


def nginx_surroundings(folder, entry, _):
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};"
                         for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user www-data;" if os.geteuid() == 0 else ""
    return f"""{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    types {{ text/html html; text/plain txt; text/css css; application/javascript js; image/png png; }}
    access_log {folder}/access.log;
    {temporary}
    include {entry};
}}
"""


def write_surroundings(folder, dialect, entry, ports):
    """The main file around a story's own; both the real server and Sluice are given this one."""
    text = (apache_surroundings if dialect == "apache" else nginx_surroundings)(folder, entry, ports)
    main = folder / f"main-{dialect}.conf"
    main.write_text(text)
    return main


class Server:
    """A server that runs as long as the `with` block, listening on all its ports."""

    def __init__(self, label, command, ports, folder):
        self.label, self.command, self.ports = label, [str(word) for word in command], ports
        self.output = folder / f"{label.replace(' ', '-')}.out"
        self.error_log = folder / "error.log"

    def __enter__(self):
        # The server that ran before may still be giving its ports back.
        deadline = time.monotonic() + 10
        while any(map(accepts, self.ports)) and time.monotonic() < deadline:
            time.sleep(0.02)
        logged = self.error_log.stat().st_size if self.error_log.exists() else 0
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(self.command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not all(map(accepts, self.ports)):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                said = self.output.read_text(errors="replace")
                if self.error_log.exists():
                    said += self.error_log.read_bytes()[logged:].decode(errors="replace")
                raise ServerError(f"{self.label} does not listen on {self.ports}:\n{said[-1500:]}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def real(dialect, main, ports, folder, nginx="nginx"):
    if dialect == "apache":
        program = shutil.which("apache2", path=os.environ.get("PATH", "") + ":/usr/sbin") or "httpd"
        return Server("Apache", [program, "-X", "-f", main], ports, folder)
    program = shutil.which(nginx, path=os.environ.get("PATH", "") + ":/usr/sbin") or nginx
    return Server("nginx", [program, "-c", main], ports, folder)


def sluice(binary, dialect, main, ports, folder, nginx="nginx"):
    version = []
    if dialect == "nginx" and nginx_version(nginx) < (1, 29):
        version = ["--source-version", "nginx-1.22"]
    return Server(f"Sluice on {dialect}", [binary, "run", main, *version], ports, folder)
