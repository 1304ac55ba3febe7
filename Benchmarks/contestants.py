"""The servers that are measured: the same site for each, on one core, and what the kernel counts of them."""
import http.client
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import time

SERVER_CORE, LOAD_CORE = "0", "1"

NGINX = """
daemon off;
worker_processes 1;
user {user};
pid {folder}/{name}.pid;
error_log {folder}/{name}-error.log;
events {{ worker_connections 12000; }}
http {{
    access_log {access_log};
    keepalive_timeout 300s;
    keepalive_requests 1000000000;
    sendfile on;
    client_body_temp_path {folder}/{name}-1;
    proxy_temp_path {folder}/{name}-2;
    fastcgi_temp_path {folder}/{name}-3;
    uwsgi_temp_path {folder}/{name}-4;
    scgi_temp_path {folder}/{name}-5;
    upstream application {{
        server 127.0.0.1:{backend};
        keepalive 1024;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port} backlog=8192;
        {tls}
        server_name bench.test;
        location / {{
            proxy_pass http://application;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }}
        location /files/ {{ root {folder}; }}
    }}
}}
"""

NGINX_TLS = """listen 127.0.0.1:{secure} ssl backlog=8192;
        ssl_certificate {folder}/bench.pem;
        ssl_certificate_key {folder}/bench.key;
        ssl_session_cache shared:bench:10m;
        ssl_protocols TLSv1.2 TLSv1.3;"""

APACHE = """
ServerName bench.test
PidFile {folder}/{name}.pid
DefaultRuntimeDir {folder}
ErrorLog {folder}/{name}-error.log
{modules}
User {user}
Listen 127.0.0.1:{port}
StartServers 1
ServerLimit 16
ThreadsPerChild 64
MaxRequestWorkers 1024
ThreadLimit 64
KeepAliveTimeout 300
MaxKeepAliveRequests 0
{access_log}
DocumentRoot {folder}
<Directory {folder}>
    Require all granted
    AllowOverride None
</Directory>
<Location />
    Require all granted
</Location>
ProxyPass /files/ !
ProxyPass / http://127.0.0.1:{backend}/ max=1024
"""

HAPROXY = """
global
    maxconn 8000
    nbthread 1
    {log}
defaults
    mode http
    timeout connect 10s
    timeout client 300s
    timeout server 300s
    option forwardfor
    http-reuse always
    {log_global}
frontend in
    bind 127.0.0.1:{port}
    default_backend application
backend application
    server one 127.0.0.1:{backend} pool-max-conn 1024
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
    text = log.read_text(errors="replace")[-2000:] if log.is_file() else ""
    sys.exit(f"bench: {name} does not listen on 127.0.0.1:{port}:\n{text}")


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


def site(folder):
    """The files that are served, and the certificate; made once for a run."""
    files = folder / "files"
    files.mkdir()
    for name, count in (("1k", 1 << 10), ("100k", 100 << 10), ("1m", 1 << 20), ("64m", 64 << 20)):
        (files / name).write_bytes(b"." * count)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=bench.test", "-keyout", folder / "bench.key", "-out", folder / "bench.pem"],
        check=True, stderr=subprocess.DEVNULL)


class Contestant:
    """One server, running."""

    def __init__(self, name, command, folder, backend, log_on, secure=False):
        self.name = name
        self.port = free_port()
        self.secure = free_port() if secure else None
        path = folder / f"{name}.conf"
        path.write_text(self.configuration(folder, backend, log_on))
        output = folder / f"{name}.out"
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *command, str(path)], stdout=output.open("w"), stderr=subprocess.STDOUT)
        wait_until_listening(self.process, self.port, name, output)

    def configuration(self, folder, backend, log_on):
        user = "root" if os.getuid() == 0 else "nobody"
        common = {"folder": folder, "name": self.name, "port": self.port, "backend": backend, "user": user}
        if self.name == "apache":
            modules = pathlib.Path("/usr/lib/apache2/modules")
            wanted = ("mpm_event", "authz_core", "proxy", "proxy_http", "unixd", "log_config")
            lines = "\n".join(
                f"LoadModule {module}_module {modules}/mod_{module}.so"
                for module in wanted if (modules / f"mod_{module}.so").exists())
            log = f'LogFormat "%h %l %u %t \\"%r\\" %>s %b" common\nCustomLog {folder}/apache-access.log common'
            # Debian's build refuses to run as root.
            return APACHE.format(
                **{**common, "user": "www-data"}, modules=lines, access_log=log if log_on else "")
        if self.name == "haproxy":
            return HAPROXY.format(
                **common, log="log stdout format raw local0" if log_on else "",
                log_global="log global\n    option httplog" if log_on else "")
        tls = NGINX_TLS.format(folder=folder, secure=self.secure) if self.secure else ""
        return NGINX.format(
            **common, tls=tls, access_log=f"{folder}/{self.name}-access.log" if log_on else "off")

    def cpu_nanoseconds(self):
        total = 0
        for member in process_tree(self.process.pid):
            for path in pathlib.Path(f"/proc/{member}/task").glob("*/schedstat"):
                try:
                    total += int(path.read_text().split()[0])
                except OSError:
                    pass
        return total

    def own_memory(self):
        """Bytes of memory that are nobody else's."""
        total = 0
        for member in process_tree(self.process.pid):
            try:
                for line in pathlib.Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
                    if line.startswith(("Private_Dirty:", "Private_Clean:")):
                        total += int(line.split()[1]) * 1024
            except OSError:
                pass
        return total

    def one_answer(self, path, secure):
        """Status and length of one answer."""
        if secure:
            context = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection("127.0.0.1", self.secure, timeout=10, context=context)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, len(body)


def commands(sluice):
    """How each server is started, by name, as far as it is installed."""
    found = {"sluice": [sluice, "run"], "nginx": ["nginx", "-c"]}
    if shutil.which("apache2"):
        found["apache"] = ["apache2", "-DFOREGROUND", "-f"]
    if shutil.which("haproxy"):
        found["haproxy"] = ["haproxy", "-q", "-db", "-f"]
    return found


def stop(processes):
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start_all(options, folder, running, log_on, secure, known=None):
    """The application and all contestants; `running` gets what `stop` must end."""
    port = free_port()
    running.append(subprocess.Popen(["taskset", "-c", LOAD_CORE, folder / "backend", str(port)]))
    wait_until_listening(running[0], port, "the backend", folder / "nothing")
    servers = []
    known = known or commands(options.sluice)
    for name in ["sluice", *options.others]:
        if name not in known:
            sys.exit(f"bench: {name} is not installed: run script/setup bench")
        has_tls = secure and name in ("sluice", "nginx")
        servers.append(Contestant(name, known[name], folder, port, log_on, has_tls))
        running.append(servers[-1].process)
    return port, servers
