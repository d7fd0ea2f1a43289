"""New TLS connections with whole handshakes: wrk resumes the session of the connection before."""

import concurrent.futures
import socket
import ssl
import time

from measure import Failed, Sample, percentile


def handshakes(port, request, clients, seconds):
    """So many processes, each of which connects, asks once and closes, again and again."""
    with concurrent.futures.ProcessPoolExecutor(clients) as pool:
        took = [ms for each in pool.map(connect_again, *([value] * clients for value in (port, request, seconds)))
                for ms in each]
    return Sample(len(took) / seconds, percentile(took, 50), percentile(took, 99))


def connect_again(port, request, seconds):
    """The ms that each connection took, from connecting to the end of the answer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    took = []
    end = time.perf_counter() + seconds
    while (begin := time.perf_counter()) < end:
        with context.wrap_socket(socket.create_connection(("127.0.0.1", port), 30)) as connection:
            connection.sendall(request)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise Failed(f"a new TLS connection is answered {answer[:40]!r}")
        took.append((time.perf_counter() - begin) * 1000)
    return took
