"""What wrk cannot do: connections that are kept idle, single requests that are timed, probes that hang."""

import contextlib
import json
import re
import socket
import threading
import time

from measure import Failed, Sample, percentile


def request_of(method, path, headers=(), body=""):
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class Connection:
    """A plain connection that is kept."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange(self, request):
        """The status of the answer, once all of it is there."""
        self.socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = re.search(rb"\r\nContent-Length: (\d+)", head, re.IGNORECASE)
        left = int(length[1]) - len(body) if length else 0
        while left > 0:
            left -= len(self._more())
        return int(head.split(b" ", 2)[1])

    def _more(self):
        got = self.socket.recv(65536)
        if not got:
            raise Failed("a connection was closed before its answer")
        return got

    def close(self):
        self.socket.close()


@contextlib.contextmanager
def idle(port, request, count):
    """So many connections that have had an answer each and now say nothing."""
    kept = []
    try:
        for number in range(count):
            try:
                kept.append(Connection(port))
                status = kept[-1].exchange(request)
            except OSError as error:
                raise Failed(f"connection {number + 1} of {count}: {error}") from None
            if status != 200:
                raise Failed(f"connection {number + 1} of {count} is answered {status}")
        yield kept
        if gone := sum(closed(connection.socket) for connection in kept):
            raise Failed(f"{gone} of {count} idle connections were closed meanwhile")
    finally:
        for connection in kept:
            connection.close()


def closed(sock):
    sock.setblocking(False)
    try:
        return sock.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def fresh_requests(port, request, count):
    """The ms that so many requests take, one after the other, each on a connection of its own."""
    took = []
    for _ in range(count):
        begin = time.perf_counter()
        connection = Connection(port)
        status = connection.exchange(request)
        took.append((time.perf_counter() - begin) * 1000)
        connection.close()
        if status != 200:
            raise Failed(f"a fresh request is answered {status}")
    return took


def first_reads(daemon, paths, count=200):
    """So many reads, one after the other, each the first after a commit: nothing that the daemon keeps answers it."""
    changes = [request_of("PUT", f"/api/v1/backup-credentials/{daemon.first + number}/default",
                          (daemon.authorization, "Content-Length: 0")) for number in (1, 2)]
    reads = [request_of("GET", "/api/v1" + path, (daemon.authorization,)) for path in paths]
    connection, took = Connection(daemon.port), []
    for number in range(count):
        changed = connection.exchange(changes[number % 2])
        begin = time.perf_counter()
        read = connection.exchange(reads[number % len(reads)])
        took.append((time.perf_counter() - begin) * 1000)
        if (changed, read) != (200, 200):
            raise Failed(f"the change is answered {changed}, the read {read}")
    connection.close()
    return Sample(1000 * count / sum(took), percentile(took, 50), percentile(took, 99))


class SilentEndpoint:
    """Takes connections and never says anything; when it ends, it closes them all."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._taken = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self):
        with contextlib.suppress(OSError):
            while True:
                self._taken.append(self._listener.accept()[0])

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for taken in self._taken:
            taken.close()


@contextlib.contextmanager
def hanging_probes(daemon, body, count):
    """So many probes at once against an endpoint that hangs; each that is given up is asked for again."""
    endpoint, stopping, trouble = SilentEndpoint(), threading.Event(), []
    request = request_of("POST", "/api/v1/backup-credentials/probe", (daemon.authorization,),
                         json.dumps({**body, "endpoint": endpoint.url}))

    def ask():
        try:
            connection = Connection(daemon.port)
            while not stopping.is_set():
                status = connection.exchange(request)
                if status >= 500:
                    trouble.append(f"a probe was answered {status}")
                    return
        except (OSError, Failed) as error:
            trouble.append(str(error))

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        running(daemon, count, trouble)
        yield
        if trouble:
            raise Failed(f"{trouble[0]} ({len(trouble)} of {count})")
    finally:
        stopping.set()
        endpoint.close()
        for thread in threads:
            thread.join(30)


def running(daemon, count, trouble):
    """Waits until so many requests run in the slow lane."""
    end = time.monotonic() + 20
    while (now := slow_requests(daemon)) < count:
        if trouble or time.monotonic() > end:
            raise Failed(f"{now:.0f} of {count} probes hang; {trouble[0] if trouble else 'it should be all'}")
        time.sleep(0.05)


def slow_requests(daemon):
    metrics = daemon.exchange("GET", "/metrics")[1].decode()
    return float(re.search(r'coffer_http_lane_running\{lane="slow"\} (\S+)', metrics)[1])
