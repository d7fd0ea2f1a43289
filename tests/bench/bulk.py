"""Rows about everything that is stored: start, audit export and verify, rewrap."""

import collections
import datetime
import http.client
import json
import os
import statistics
import subprocess
import time

import measure
from rows import row
from table import Result, at_least, at_most


@row("start", "start to ready with many stored, and memory with the first list")
def start(bench):
    daemon = bench.large
    ready, resident = [], []
    for _ in range(bench.rounds):
        daemon.stop()
        begin = time.monotonic()
        daemon.serve()
        ready.append((time.monotonic() - begin) * 1000)
        daemon.call("GET", "/backup-credentials")
        resident.append(daemon.memory() / 1024)
    yield Result(f"start to ready, {daemon.count:,} stored", f"{min(ready):.0f} to {max(ready):.0f} ms", "",
                 [at_most(statistics.median(ready), 300, " ms"),
                  at_most(statistics.median(resident), 64, " MiB with the first list")])


@row("audit", "export and verify of as many audit records")
def audit(bench):
    daemon = bench.large.serve()
    records = daemon.get("/audit/head")["sequence"]
    rates, grown = [], []
    for _ in range(bench.rounds):
        daemon.call("GET", "/backup-credentials?limit=1")
        daemon.forget_peak()
        before = daemon.memory()
        begin = time.monotonic()
        got = exported(daemon)
        rates.append(got / (time.monotonic() - begin))
        grown.append(max(0, daemon.memory("VmHWM") - before) / 1024)
        if got < records:
            raise measure.Failed(f"the export holds {got} of {records} records")
    yield result(f"audit export, {records:,} records", rates, grown)

    # What verify needs for many records more than for few.
    bench.small.stop()
    daemon.stop()
    rates, grown = [], []
    for _ in range(bench.rounds):
        few = verified(bench.small)[1]
        seconds, peak = verified(daemon)
        rates.append(records / seconds)
        grown.append(max(0, peak - few) / 1024)
    yield result(f"audit verify, {records:,} records", rates, grown)


def result(work, rates, grown):
    return Result(work, f"{min(rates):,.0f} to {max(rates):,.0f}/s", "",
                  [at_least(statistics.median(rates), 100_000, "/s"), at_most(max(grown), 32, " MiB more")])


def exported(daemon):
    """How many lines the export has."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=120)
    connection.request("GET", "/api/v1/audit/export?format=ndjson", headers={"Authorization": "Bearer " + daemon.token})
    answer = connection.getresponse()
    if answer.status != 200:
        raise measure.Failed(f"the export is answered {answer.status}")
    lines = 0
    while piece := answer.read(1 << 20):
        lines += piece.count(b"\n")
    connection.close()
    return lines


def verified(daemon):
    """(seconds, kB at the most) of `cofferd audit verify` on its folder."""
    with open(daemon.folder + "/verify", "w+") as output:
        begin = time.monotonic()
        process = subprocess.Popen(daemon.command("audit", "verify"), stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begin
        if process.returncode:
            output.seek(0)
            raise measure.Failed(f"audit verify: {output.read().strip()[-300:]}")
    return seconds, usage.ru_maxrss


@row("rewrap", "rewrap of all secrets after a rotation of the key, and what gets lose meanwhile")
def rewrap(bench):
    daemon = bench.large.serve()
    (connections,) = bench.connections(16)[:1]
    sides = collections.defaultdict(measure.Rounds)

    def measured(when):
        sides[when].samples.append(bench.gets(daemon, f"/backup-credentials/{daemon.first}", connections))

    for _ in range(bench.rounds):
        measured("quiet")
    daemon.call("POST", "/keys/rotate")
    begin, total = time.monotonic(), json.loads(daemon.call("POST", "/keys/rewrap"))["total"]
    while True:
        measured("rewrap")
        seconds, progress = time.monotonic() - begin, daemon.get("/keys")["rewrap"]
        if not progress["running"] or len(sides["rewrap"].samples) >= 3 * bench.rounds:
            break
    if progress["failed"]:
        raise measure.Failed(f"{progress['failed']} secrets did not open")
    if not progress["running"]:
        # It ended within the last sample, which then is none of gets beside it.
        sides["rewrap"].samples.pop()
        began, ended = (datetime.datetime.fromisoformat(progress[at]) for at in ("requestedAt", "finishedAt"))
        seconds = (ended - began).total_seconds()
    if not sides["rewrap"].samples:
        raise measure.Failed(f"all {total:,} were done before gets were measured beside them; store more")
    quiet, beside = sides["quiet"], sides["rewrap"]
    yield Result(f"rewrap of {total:,}, gets beside it, {connections} connections",
                 f"{progress['done']:,} in {seconds:.0f} s; gets {beside}", f"ours without: {quiet}",
                 [at_least(progress["done"] / seconds, 10_000, "/s"),
                  at_least(beside.rate / quiet.rate, 0.8, " of gets")], quiet.spread)
