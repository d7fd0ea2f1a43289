"""Rows about connections: TLS, idle ones, endpoints that hang, and what the kernel is asked for."""

import collections
import os
import re
import resource
import signal
import ssl
import socket
import subprocess
import tempfile

import clients
import measure
from handshakes import handshakes
from rows import Credentials, against_nginx, row
from sides import CIPHER
from table import Result, at_least, at_most


@row("tls", "gets over TLS against nginx: kept connections, new connections")
def tls(bench):
    daemon = bench.small.serve(f"--tls.certificate={bench.nginx.certificate}", f"--tls.key={bench.nginx.key}")
    used = {port: cipher(port) for port in (daemon.port, bench.nginx.tls_port)}
    if any(found != ("TLSv1.3", CIPHER) for found in used.values()):
        raise measure.Failed(f"the two sides do not both use {CIPHER}: {used}")
    path = f"/backup-credentials/{daemon.first}"
    for connections in bench.connections(64):
        yield against_nginx(bench, "get over TLS", daemon, path, connections, 0.8, tls=True)
        yield against_nginx(bench, "new TLS connection for each get, session resumed", daemon, path, connections, 0.8,
                            headers=("Connection: close",), tls=True)
    yield whole_handshakes(bench, daemon, path)


def whole_handshakes(bench, daemon, path):
    file = bench.nginx.serve(daemon.call("GET", path))
    close = "Connection: close"
    static = clients.request_of("GET", file, (close,))
    asked = clients.request_of("GET", "/api/v1" + path, (daemon.authorization, close))
    at_once = 2 * os.cpu_count()
    sides = measure.interleaved(
        bench.rounds, theirs=lambda: handshakes(bench.nginx.tls_port, static, at_once, bench.seconds),
        ours=lambda: handshakes(daemon.port, asked, at_once, bench.seconds))
    ours, theirs = sides["ours"], sides["theirs"]
    return Result(f"new TLS connection for each get, whole handshake, {at_once} at once", str(ours), f"nginx {theirs}",
                  [at_least(ours.rate / theirs.rate, 0.8)], theirs.spread)


def cipher(port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), 10) as plain, context.wrap_socket(plain) as secure:
        return secure.version(), secure.cipher()[0]


FRESH = 500  # requests, one after the other


@row("idle", "1,000 and 10,000 idle kept connections: a fresh request, memory of each")
def idle(bench):
    for count in (1_000, 10_000):
        if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < count + 500:
            raise measure.Failed(f"{count:,} connections need a higher limit of open files: ulimit -Hn, as root")
        # Started anew, so that what it grew by before is not there to be used again.
        bench.small.stop()
        daemon = bench.small.serve()
        path = f"/backup-credentials/{daemon.first}"
        file = bench.nginx.serve(daemon.call("GET", path))
        theirs, _ = beside_idle(bench.nginx, clients.request_of("GET", file), count)
        ours, each = beside_idle(daemon, clients.request_of("GET", "/api/v1" + path, (daemon.authorization,)), count)
        yield Result(f"{count:,} idle connections, {FRESH} fresh requests", f"p99 {ours:.2f} ms",
                     f"nginx p99 {theirs:.2f} ms", [at_most(ours, 10, " ms p99"), at_most(each, 8, " kB each")])


def beside_idle(side, request, count):
    """(p99 of fresh requests in ms, kB for each idle connection) while so many are idle."""
    clients.fresh_requests(side.port, request, FRESH)
    before = side.memory()
    with clients.idle(side.port, request, count):
        each = (side.memory() - before) / count
        return measure.percentile(clients.fresh_requests(side.port, request, FRESH), 99), each


@row("hanging", "200 probes against endpoints that hang: what gets and creates lose")
def hanging(bench):
    daemon = bench.small.serve()
    credentials = Credentials(bench, daemon)
    body = credentials.body()
    del body["organizationId"], body["name"]
    path = f"/backup-credentials/{daemon.first}"
    sides = collections.defaultdict(measure.Rounds)
    (connections,) = bench.connections(16)[:1]

    def measured(when):
        sides["get", when].samples.append(bench.gets(daemon, path, connections))
        sides["create", when].samples.append(credentials.create(connections))

    for _ in range(bench.rounds):
        measured("quiet")
        with clients.hanging_probes(daemon, body, 200):
            measured("hanging")
    for work in ("get", "create"):
        quiet, hanging = sides[work, "quiet"], sides[work, "hanging"]
        yield Result(f"{work} while 200 probes hang, {connections} connections", str(hanging), f"ours without: {quiet}",
                     [at_least(hanging.rate / quiet.rate, 0.95)], quiet.spread)


@row("calls", "calls of the kernel for a get on a kept connection")
def calls(bench):
    daemon = bench.small.serve()
    request = clients.request_of("GET", f"/api/v1/backup-credentials/{daemon.first}", (daemon.authorization,))
    connection = clients.Connection(daemon.port)
    for _ in range(100):
        connection.exchange(request)
    rounds = [kernel_calls(daemon, lambda: connection.exchange(request)) for _ in range(bench.rounds)]
    connection.close()
    rounds.sort(key=lambda found: sum(found.values()))
    found = rounds[len(rounds) // 2]
    often = sorted(((each, name) for name, each in found.items() if each > 0.02), reverse=True)
    most = ", ".join(f"{name} {each:.2f}" for each, name in often)
    yield Result("kernel calls for a get, kept connection", most, "", [at_most(sum(found.values()), 4)])


def kernel_calls(daemon, ask, count=2000):
    """Name -> how many of it the daemon needs each time that it is asked."""
    with tempfile.NamedTemporaryFile("r") as counted:
        strace = subprocess.Popen(["strace", "-c", "-f", "-o", counted.name, "-p", str(daemon.process.pid)],
                                  stderr=subprocess.PIPE, text=True)
        attached = strace.stderr.readline()
        if "attached" not in attached:
            raise measure.Failed("strace: " + attached.strip())
        for _ in range(count):
            ask()
        strace.send_signal(signal.SIGINT)
        strace.communicate(timeout=30)
        table = counted.read()
    # % of time, seconds, microseconds a call, calls, errors if any, name
    lines = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", table, re.M)
    return {name: int(number) / count for number, name in lines if name != "total"}
