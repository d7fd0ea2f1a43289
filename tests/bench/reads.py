"""Rows that read: one credential, lists, searches, and what depth and size do to them."""

import re
import urllib.parse

import clients
import measure
from rows import Credentials, against_nginx, row
from table import Result, at_most


@row("get", "get one by id against nginx, 1 to 1000 connections")
def get(bench):
    daemon = bench.small.serve()
    for connections in bench.connections(1, 16, 64, 256, 1000):
        bars = (0.7,) if connections == 1 else (0.8, 2)
        yield against_nginx(bench, "get one by id", daemon, f"/backup-credentials/{daemon.first}", connections, *bars)


@row("list", "a list of 100, sorted and filtered, against nginx")
def lists(bench):
    daemon = bench.small.serve()
    for connections in bench.connections(64):
        for how, query in (("", ""), (" by name", "&sort=name"), (" of the valid", "&validation=valid"),
                           (" of the valid by -name", "&validation=valid&sort=-name")):
            path = f"/backup-credentials?limit=100{query}"
            items = len(daemon.get(path)["items"])
            if items != 100:
                raise measure.Failed(f"{path} gives {items} items")
            yield against_nginx(bench, "list of 100" + how, daemon, path, connections, 0.5)


@row("search", "the first page of a search among many")
def search(bench):
    daemon = bench.large.serve()
    samples = [daemon.get(f"/backup-credentials/{daemon.first + daemon.count * i // 23}") for i in range(1, 20)]
    keys, names = ([sample[field] for sample in samples] for field in ("accessKeyId", "name"))
    words = sorted(set(re.findall("[a-z]{4,}", " ".join(names))))
    kinds = {"3 characters and more, rare": ([key[-8:] for key in keys], 5, 15),
             "3 characters and more, common": ([*words, "aki", "http"], 5, 15),
             "3 characters and more, no match": ([f"qzx{i}vw" for i in range(20)], 5, 15),
             "3 characters and more, two terms": ([f"{words[0]} {name[-4:]}" for name in names], 5, 15),
             "2 characters": ([*{word[:2] for word in words}, "s3", "us"], None, 20),
             "1 character": ([*{word[:1] for word in words}, "s", "9"], None, 20)}
    for kind, (terms, p50, p99) in kinds.items():
        paths = [f"/backup-credentials?search={urllib.parse.quote(term)}" for term in terms]
        ours = measure.interleaved(bench.rounds, ours=lambda paths=paths: clients.first_reads(daemon, paths))["ours"]
        checks = [at_most(ours.p50, p50, " ms p50")] if p50 else []
        checks.append(at_most(ours.p99, p99, " ms p99"))
        yield Result(f"search {daemon.count:,}: {kind}", f"{ours.rate:,.0f}/s", "", checks)


def time_ratio(bench, work, bar, slow, fast, names):
    """How much longer slow() takes than fast()."""
    sides = measure.interleaved(bench.rounds, fast=fast, slow=slow)
    return Result(work, f"{names[1]}: {sides['slow']}", f"{names[0]}: {sides['fast']}",
                  [at_most(sides["fast"].rate / sides["slow"].rate, bar, "x the time")], sides["fast"].spread)


def first_ratio(bench, work, bar, slow, fast, names):
    """How much longer the first read after a commit of slow takes than of fast; both (daemon, path)."""
    sides = measure.interleaved(bench.rounds, fast=lambda: clients.first_reads(fast[0], [fast[1]]),
                                slow=lambda: clients.first_reads(slow[0], [slow[1]]))
    ours, other = (f"{name}: {sides[side].p50:.2f} ms" for name, side in ((names[1], "slow"), (names[0], "fast")))
    return Result(work, ours, other, [at_most(sides["slow"].p50 / sides["fast"].p50, bar, "x the time")],
                  sides["fast"].spread)


@row("depth", "the first page against the last of many, the first id against the last")
def depth(bench):
    daemon = bench.large.serve()
    yield first_ratio(bench, f"get, {daemon.count:,} stored", 1.1,
                      (daemon, f"/backup-credentials/{daemon.last}"), (daemon, f"/backup-credentials/{daemon.first}"),
                      ("first id", "last id"))
    for sort in ("id", "name"):
        page = f"/backup-credentials?limit=50&sort={sort}"
        deep = f"{page}&cursor={daemon.deep_cursor(sort)}"
        answer = daemon.get(deep)
        if len(answer["items"]) != 50 or answer["nextCursor"] is not None:
            raise measure.Failed(f"{deep} is not the last page")
        yield first_ratio(bench, f"list of 50 by {sort}, {daemon.count:,} stored", 1.2, (daemon, deep), (daemon, page),
                          ("page 1", f"page {daemon.count // 50:,}"))


@row("size", "few stored against many: get, list, create")
def size(bench):
    few, many = bench.small.serve(), bench.large.serve()
    names = (f"{few.count:,} stored", f"{many.count:,} stored")
    works = [("get one by id", 1.1, "/backup-credentials/{middle}")]
    works += [(f"list of 100{how}", 1.2, "/backup-credentials?limit=100" + query)
              for how, query in (("", ""), (" by name", "&sort=name"), (" of the valid", "&validation=valid"))]
    for work, bar, path in works:
        sides = [(daemon, path.format(middle=daemon.first + daemon.count // 2)) for daemon in (many, few)]
        yield first_ratio(bench, work, bar, *sides, names)
    for connections in bench.connections(64):
        creates = [lambda made=Credentials(bench, daemon): made.create(connections) for daemon in (many, few)]
        yield time_ratio(bench, "create", 1.3, *creates, names)
