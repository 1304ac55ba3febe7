"""Certificates for stories with TLS, made with the openssl command into the folder that a story is laid out in.

A story's certificates.txt has a line for each:

    a.test                 a host's certificate: @STORY@/tls/a.test.pem and a.test.key, issued by tls/authority.pem
    client alice           a certificate that requests show with the part `@show alice`
    self c.test            a host's certificate that nobody issued
    upstream 8443 b.test   the application at this port speaks TLS with this certificate
"""
import ssl
import subprocess


class Certificates:
    def __init__(self, story):
        path = story.folder / "certificates.txt"
        self.lines = [line.split() for line in path.read_text().splitlines()
                      if line.strip() and not line.startswith("#")] if path.exists() else []
        self.folder = None

    def upstreams(self):
        """The name that the application at a port shows."""
        return {int(words[1]): words[2] for words in self.lines if words[0] == "upstream"}

    def lay_out(self, folder):
        """Makes all of them below a folder."""
        if not self.lines:
            return
        self.folder = folder / "tls"
        self.folder.mkdir()
        self._make("authority", None)
        for words in self.lines:
            if words[0] != "upstream":
                self._make(words[-1], None if words[0] == "self" else "authority")

    def _make(self, name, issuer):
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                   "-days", "30", "-subj", f"/O=Laboratory/CN={name}", "-keyout", self.folder / f"{name}.key",
                   "-out", self.folder / f"{name}.pem"]
        if issuer:
            command += ["-CA", self.folder / f"{issuer}.pem", "-CAkey", self.folder / f"{issuer}.key",
                        "-addext", f"subjectAltName=DNS:{name}", "-addext", "basicConstraints=critical,CA:FALSE"]
        subprocess.run(command, check=True, capture_output=True)
        # httpd reads a client's certificate and its key from one file.
        both = (self.folder / f"{name}.pem").read_text() + (self.folder / f"{name}.key").read_text()
        (self.folder / f"{name}.both").write_text(both)

    def client(self, shown):
        """A client that takes any certificate and, if it is told to, shows one."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if shown:
            context.load_cert_chain(self.folder / f"{shown}.pem", self.folder / f"{shown}.key")
        return context

    def server(self, name):
        """A server that shows a certificate and asks for one."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        context.load_verify_locations(self.folder / "authority.pem")
        context.verify_mode = ssl.CERT_OPTIONAL
        context.sni_callback = lambda connection, asked, _: setattr(connection, "asked", asked or "")
        return context


def common_name(certificate):
    """Whom a certificate is for, from its bytes."""
    if not certificate:
        return ""
    text = subprocess.run(["openssl", "x509", "-inform", "der", "-noout", "-subject"], input=certificate,
                          capture_output=True, check=True).stdout.decode()
    return text.rpartition("CN = ")[2].strip()
