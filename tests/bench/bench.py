"""cofferd against nginx serving the same bytes, in one run on one machine.

Rounds of both alternate; medians are shown, and requests/s as a ratio to nginx. When nginx's own rounds differ by more
than a third, the machine was too busy and the table says so.
"""

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 10000000; sendfile on; default_type application/json;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} backlog=4096; root {folder}/www;
    location = / {{ default_type application/xml; return 200 '{listing}'; }}
  }}
}}
"""
LISTING = (
    '<?xml version="1.0"?><ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    "<Owner><ID>bench</ID></Owner><Buckets></Buckets></ListAllMyBucketsResult>"
)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Daemon:
    """cofferd on a folder, with its first administrator's token."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        subprocess.run([program, "generate-key", folder + "/coffer.key"], check=True, capture_output=True)
        self.start()
        with open(folder + "/administrator.token") as file:
            self.token = file.read().strip()

    def start(self):
        self.port = free_port()
        began = time.monotonic()
        self.process = subprocess.Popen(
            [self.program, "--config=config/cofferd.ini", f"--http.port={self.port}",
             f"--storage.directory={self.folder}", "--telemetry.log_level=warning",
             # One organization gets a quarter of the slow lane; here it is the only one, with up to 256 clients.
             "--http.slow_workers=256", "--http.slow_queue=4096"],
            stderr=open(self.folder + "/log", "a"))
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=1).read()
                break
            except OSError:
                if self.process.poll() is not None:
                    sys.exit("cofferd ended: " + open(self.folder + "/log").read())
                time.sleep(0.001)
        self.ready_ms = (time.monotonic() - began) * 1000

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self.token, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def resident_mib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024


def wrk(url, connections, seconds, token=None, script=None, arguments=()):
    command = ["wrk", "--latency", "-t", str(min(2, connections)), "-c", str(connections), "-d", f"{seconds}s",
               "--timeout", "30s"]
    if token:
        command += ["-H", "Authorization: Bearer " + token]
    if script:
        command += ["-s", script]
    text = subprocess.run(command + [url, "--", *arguments], check=True, capture_output=True, text=True).stdout
    unit = {"us": 0.001, "ms": 1, "s": 1000}
    at = {p: float(v) * unit[u] for p, v, u in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)\b", text)}
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), "p50": at["50"], "p99": at["99"],
            "refused": int(refused[1]) if refused else 0}


def medians(rounds):
    return {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--stored", default="0,10000,1000000")
    parser.add_argument("--connections", default="1,16,64,256")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    stored = [int(n) for n in options.stored.split(",")]
    connections = [int(n) for n in options.connections.split(",")]

    with tempfile.TemporaryDirectory(prefix="coffer-bench.") as folder:
        os.makedirs(folder + "/www")
        os.makedirs(folder + "/data", mode=0o700)
        port = free_port()
        with open(folder + "/nginx.conf", "w") as file:
            file.write(NGINX.format(folder=folder, port=port, listing=LISTING))
        nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", folder + "/nginx.conf"], stderr=subprocess.DEVNULL)
        daemon = Daemon(options.program, folder + "/data")
        try:
            run(daemon, f"http://127.0.0.1:{port}", folder, stored, connections, options)
        finally:
            daemon.stop()
            nginx.terminate()
            nginx.wait()


def run(daemon, nginx, folder, stored, connections, options):
    print(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}; "
          f"{options.rounds} rounds of {options.seconds} s, medians")
    organization = json.loads(daemon.call("POST", "/organizations", {"name": "bench"}))["id"]
    credential = {"organizationId": organization, "endpoint": nginx, "region": "us-east-1",
                  "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
    text = json.dumps({**credential, "name": "@"})
    before, after = text.split("@")
    script = os.path.join(os.path.dirname(__file__), "create.lua")
    api = f"http://127.0.0.1:{daemon.port}/api/v1"

    def create(prefix, count, seconds):
        return wrk(f"http://127.0.0.1:{daemon.port}/api/v1/backup-credentials", count, seconds, daemon.token, script,
                   (prefix, before, after))

    total = 0
    print("\n| stored | ready, ms | resident, MiB |\n|---|---|---|")
    for wanted in stored:
        filling = 0
        while total < wanted:
            filling += 1
            create(f"f{total}-{filling}", 64, min(60, max(2, (wanted - total) // 3000)))
            total = json.loads(daemon.call("GET", "/backup-credentials?limit=1"))["totalCount"]
        daemon.stop()
        daemon.start()
        if total:
            daemon.call("GET", "/backup-credentials?limit=50")
        print(f"| {total} | {daemon.ready_ms:.0f} | {daemon.resident_mib():.0f} |", flush=True)
    api = f"http://127.0.0.1:{daemon.port}/api/v1"

    if total == 0:
        daemon.call("POST", "/backup-credentials", {**credential, "name": "only one"})
    first = json.loads(daemon.call("GET", "/backup-credentials?limit=1"))["items"][0]["id"]
    works = {"get by id": f"/backup-credentials/{first}", "list of 50": "/backup-credentials?limit=50",
             "search": "/backup-credentials?search=-1-5&limit=50", "create": None}
    print("\n| work | bytes | connections | requests/s | p50, ms | p99, ms | nginx requests/s | nginx p99, ms | ratio |"
          "\n|---|---|---|---|---|---|---|---|---|")
    busy = False
    for number, (work, path) in enumerate(works.items()):
        body = daemon.call("GET", path or f"/backup-credentials/{first}")
        with open(f"{folder}/www/{number}.json", "wb") as file:
            file.write(body)
        for count in connections:
            ours, theirs = [], []
            for turn in range(options.rounds):
                theirs.append(wrk(f"{nginx}/{number}.json", count, options.seconds))
                ours.append(wrk(api + path, count, options.seconds, daemon.token) if path
                            else create(f"c{count}-{turn}", count, options.seconds))
            refused = sum(r["refused"] for r in ours)
            rates = [r["rate"] for r in theirs]
            busy = busy or max(rates) > 1.34 * min(rates)
            o, t = medians(ours), medians(theirs)
            print(f"| {work} | {len(body)} | {count} | {o['rate']:.0f} | {o['p50']:.2f} | {o['p99']:.2f} | {t['rate']:.0f} "
                  f"| {t['p99']:.2f} | {o['rate'] / t['rate']:.2f} |" + (f" {refused} refused" if refused else ""), flush=True)
    if busy:
        print("\nnginx's own rounds differ by more than a third: the machine was too busy to trust this table.")


if __name__ == "__main__":
    main()
