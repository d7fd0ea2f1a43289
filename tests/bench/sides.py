"""The programs that are measured: cofferd, and what it is measured against."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time

from measure import Failed

# An S3 endpoint's answer to a probe.
LISTING = (
    '<?xml version="1.0"?><ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    "<Owner><ID>bench</ID></Owner><Buckets></Buckets></ListAllMyBucketsResult>"
)
NGINX = """
daemon off; {user} worker_processes auto; pid {folder}/nginx.pid; error_log {folder}/log warn;
worker_rlimit_nofile 40000;
events {{ worker_connections 20000; }}
http {{
  access_log off; keepalive_requests 100000000; sendfile on; default_type application/json;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.3;
  ssl_conf_command Ciphersuites {cipher};
  server {{
    listen 127.0.0.1:{port} backlog=4096; listen 127.0.0.1:{tls_port} ssl backlog=4096; root {folder}/www;
    location = / {{ default_type application/xml; return 200 '{listing}'; }}
  }}
}}
"""
CIPHER = "TLS_AES_256_GCM_SHA384"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Program:
    """A child process whose output goes to a log."""

    def __init__(self, folder):
        self.folder, self.process = folder, None

    def start(self, *command):
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def wait_until(self, answers, what):
        end = time.monotonic() + 60
        while not answers():
            if self.process.poll() is not None or time.monotonic() > end:
                with open(f"{self.folder}/log") as log:
                    raise Failed(f"{what} does not start: {log.read()[-500:].strip()}")
            time.sleep(0.001)

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def memory(self, name="VmRSS"):
        """kB of RSS now; name VmHWM: the most since forget_peak()."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(name + r":\s+(\d+)", status.read())[1])

    def forget_peak(self):
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
            file.write("5")


def connects(port):
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False


class Nginx(Program):
    """Serves the bytes that it is given, and is the instant S3 endpoint."""

    def __init__(self, folder):
        super().__init__(folder)
        os.makedirs(folder + "/www")
        self.certificate, self.key = folder + "/certificate.pem", folder + "/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-keyout", self.key, "-out", self.certificate],
                       check=True, capture_output=True)
        self.port, self.tls_port = free_port(), free_port()
        # Its workers read what only we may.
        user = "user root;" if os.geteuid() == 0 else ""
        with open(folder + "/nginx.conf", "w") as file:
            file.write(NGINX.format(folder=folder, user=user, port=self.port, tls_port=self.tls_port, listing=LISTING,
                                    certificate=self.certificate, key=self.key, cipher=CIPHER))
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.start(shutil.which("nginx", path="/usr/sbin:" + os.environ["PATH"]), "-c", folder + "/nginx.conf")
        self.wait_until(lambda: connects(self.port), "nginx")

    def serve(self, body):
        """The path under which it gives these bytes."""
        path = f"/{len(os.listdir(self.folder + '/www'))}.json"
        with open(self.folder + "/www" + path, "wb") as file:
            file.write(body)
        return path

    def url(self, path, tls=False):
        return f"https://127.0.0.1:{self.tls_port}{path}" if tls else self.endpoint + path


class Etcd(Program):
    def __init__(self, folder):
        super().__init__(folder)
        os.makedirs(folder)
        port, peers = free_port(), f"http://127.0.0.1:{free_port()}"
        client = f"http://127.0.0.1:{port}"
        self.put_url = client + "/v3/kv/put"
        self.start("etcd", "--data-dir", folder + "/data", "--listen-client-urls", client, "--advertise-client-urls",
                   client, "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster",
                   "default=" + peers, "--logger", "zap", "--log-level", "error")
        self.wait_until(lambda: self._healthy(port), "etcd")

    @staticmethod
    def _healthy(port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


class Daemon(Program):
    """cofferd on a folder of its own, with the administrator's token."""

    def __init__(self, program, folder):
        super().__init__(folder)
        self.program, self.options, self.token = program, None, ""

    def command(self, *arguments):
        return [self.program, "--config=config/cofferd.ini", f"--storage.directory={self.folder}",
                "--telemetry.log_level=warning", *arguments]

    def serve(self, *options):
        """Lets it run with these options; one that runs with others is started again."""
        if self.process and self.options == options and self.process.poll() is None:
            return self
        self.stop()
        self.port, self.options = free_port(), options
        self.tls = any(option.startswith("--tls.") for option in options)
        self.start(*self.command(f"--http.port={self.port}", *options))
        self.wait_until(self._ready, "cofferd")
        with open(self.folder + "/administrator.token") as file:
            self.token = file.read().strip()
        return self

    def _ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.exchange("GET", "/readyz")[0] == 200
        return False

    def exchange(self, method, path, body=None):
        connection = (http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60,
                                                  context=ssl._create_unverified_context())
                      if self.tls else http.client.HTTPConnection("127.0.0.1", self.port, timeout=60))
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def call(self, method, path, body=None):
        """The bytes of a 2xx answer below /api/v1."""
        status, answer = self.exchange(method, "/api/v1" + path, body)
        if status // 100 != 2:
            raise Failed(f"{method} {path} is answered {status} {answer.decode()[:300]}")
        return answer

    def get(self, path):
        return json.loads(self.call("GET", path))

    def url(self, path=""):
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/api/v1{path}"

    @property
    def authorization(self):
        return "Authorization: Bearer " + self.token
