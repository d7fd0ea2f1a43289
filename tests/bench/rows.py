"""Which rows there are; a row is a function that takes the Bench and yields Results."""

import json

import measure
from table import Result, at_least, at_most

ROWS = {}  # name -> (function, what it measures)


def row(name, what):
    def add(function):
        ROWS[name] = (function, what)
        return function
    return add


def against_nginx(bench, work, daemon, path, connections, *bars, headers=(), tls=False):
    """One GET against nginx serving the same bytes; bars: least ratio and, if there is one, the p99's most."""
    body = daemon.call("GET", path)
    static = bench.nginx.url(bench.nginx.serve(body), tls)
    sides = measure.interleaved(
        bench.rounds,
        theirs=lambda: measure.wrk(static, connections, bench.seconds, headers),
        ours=lambda: bench.gets(daemon, path, connections, *headers))
    ours, theirs = sides["ours"], sides["theirs"]
    checks = [at_least(ours.rate / theirs.rate, bars[0])]
    if len(bars) > 1:
        checks.append(at_most(ours.p99 / theirs.p99, bars[1], "x p99"))
    at = f"{connections} connection{'s' if connections > 1 else ''}"
    return Result(f"{work} ({len(body):,} bytes), {at}", str(ours), "nginx " + str(theirs), checks, theirs.spread)


class Credentials:
    """What is sent to store some: in an organization of their own, tried at nginx, which accepts everything."""

    def __init__(self, bench, daemon):
        self.bench, self.daemon = bench, daemon
        organizations = {o["name"]: o["id"] for o in daemon.get("/organizations?limit=500")["items"]}
        self.organization = organizations.get("bench") or json.loads(
            daemon.call("POST", "/organizations", {"name": "bench"}))["id"]

    def body(self, **changed):
        return {"organizationId": self.organization, "endpoint": self.bench.nginx.endpoint, "region": "us-east-1",
                "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "name": "b-{number}", **changed}

    def create(self, connections, **changed):
        """One run of creating as fast as they are answered."""
        return self.send("POST", "/backup-credentials", self.body(**changed), connections)

    def send(self, method, path, body, connections, ids=(1, 2)):
        """One run of requests.lua, whose placeholders method, path and body may have."""
        run, body = self.bench.next_run(), "" if body is None else json.dumps(body)
        try:
            return measure.wrk(self.daemon.url(path), connections, self.bench.seconds, (self.daemon.authorization,),
                               "requests.lua", (method, "/api/v1" + path, body, str(run), *map(str, ids)))
        except measure.Failed as failure:
            raise measure.Failed(f"{method} {path}: {failure}; {self._one(method, path, body, run, ids[0])}") from None

    def _one(self, method, path, body, run, id):
        """What such a request is answered by itself, now."""
        def filled(text):
            return text.replace("{id}", str(id)).replace("{number}", f"{run:06}99{run:08}")
        status, answer = self.daemon.exchange("PUT" if method == "LOCK" else method, "/api/v1" + filled(path),
                                              json.loads(filled(body)) if body else None)
        return f"alone it is answered {status} {answer.decode()[:300]}"
