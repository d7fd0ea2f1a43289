"""Rows that write: create against etcd's durable put, and the other changes against create."""

import base64
import json

import measure
from rows import Credentials, row
from table import Result, at_least, at_most

UNVERIFIED = ("--backup-credentials.probe.allow_unverified=true",)
# Nobody listens there, so that the probe ends with the kernel's refusal.
NOBODY = {"endpoint": "http://127.0.0.1:9", "storeUnverified": True}


@row("create", "durable create with a probe against etcd's durable put")
def create(bench):
    daemon = bench.small.serve()
    credentials = Credentials(bench, daemon)
    value = daemon.call("GET", f"/backup-credentials/{daemon.first}")
    etcd = bench.etcd()
    put = json.dumps({"key": "{number}", "value": base64.b64encode(value).decode()})
    try:
        for connections in bench.connections(64):
            sides = measure.interleaved(
                bench.rounds, ours=lambda: credentials.create(connections),
                theirs=lambda: measure.wrk(etcd.put_url, connections, bench.seconds, (), "requests.lua",
                                           ("POST", "/v3/kv/put", put, str(bench.next_run()), "1", "2")))
            ours, theirs = sides["ours"], sides["theirs"]
            yield Result(f"create, {connections} connections", str(ours), "etcd " + str(theirs),
                         [at_least(ours.rate / theirs.rate, 1.5), at_most(ours.p99, 25, " ms p99")], theirs.spread)
    finally:
        etcd.stop()


@row("changes", "update, lock, make default, associate against create without probe")
def changes(bench):
    daemon = bench.small.serve(*UNVERIFIED)
    credentials = Credentials(bench, daemon)
    for locked in daemon.get("/backup-credentials?locked=true&limit=500")["items"]:
        daemon.call("DELETE", f"/backup-credentials/{locked['id']}/lock")
    one = "/backup-credentials/{id}"
    works = {"update": ("PATCH", one, {"name": "u-{number}"}),
             "lock and unlock": ("LOCK", one + "/lock", {"reason": "measured"}),
             "make default": ("PUT", one + "/default", None),
             "associate": ("PUT", one + "/projects/{number}", {"name": "measured"})}
    for connections in bench.connections(64):
        runs = {work: lambda how=how: credentials.send(*how, connections, daemon.take(500))
                for work, how in works.items()}
        runs["create"] = lambda: credentials.create(connections, **NOBODY)
        sides = measure.interleaved(bench.rounds, **runs)
        create = sides.pop("create")
        for work, ours in sides.items():
            yield Result(f"{work}, {connections} connections", str(ours), "create without probe " + str(create),
                         [at_least(ours.rate / create.rate, 0.8)], create.spread)
