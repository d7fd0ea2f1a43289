"""Measures cofferd beside nginx and etcd, in one run on one machine, and keeps the table. See README.md."""

import argparse
import contextlib
import datetime
import os
import resource
import shutil
import signal
import sys
import tempfile

import bulk  # noqa: F401: rows register themselves
import connections  # noqa: F401
import measure
import reads  # noqa: F401
import writes  # noqa: F401
from rows import ROWS
from sides import Etcd, Nginx
from stored import KEPT, Stored
from table import HEAD, Failure, summary

# Rows that need few stored come first; what a row leaves behind disturbs no row after it.
ORDER = ["get", "list", "calls", "tls", "create", "changes", "hanging", "idle", "search", "depth", "size",
         "start", "audit", "rewrap"]


class Bench:
    """What rows share: both sides, the filled daemons, and how long to measure."""

    def __init__(self, options, folder):
        self.rounds, self.seconds, self.program = options.rounds, options.seconds, options.program
        self._options, self._folder, self._daemons, self._runs = options, folder, {}, 0
        self.nginx = Nginx(folder + "/nginx")

    def connections(self, *usual):
        return self._options.connections or usual

    def next_run(self):
        """A number that no other run of requests.lua has."""
        self._runs += 1
        return self._runs

    @property
    def small(self):
        return self._stored(self._options.small)

    @property
    def large(self):
        return self._stored(self._options.stored)

    def _stored(self, count):
        if count not in self._daemons:
            self._daemons[count] = Stored(self.program, f"{self._folder}/stored-{count}", count)
        return self._daemons[count]

    def gets(self, daemon, path, connections, *headers):
        """One run of asking the daemon for this as fast as it answers."""
        return measure.wrk(daemon.url(path), connections, self.seconds, (daemon.authorization, *headers))

    def etcd(self):
        shutil.rmtree(self._folder + "/etcd", ignore_errors=True)
        return Etcd(self._folder + "/etcd")

    def stop(self):
        for daemon in self._daemons.values():
            daemon.stop()
        self.nginx.stop()


def positive(text):
    if (number := int(text)) < 1:
        raise ValueError
    return number


def options_from(arguments):
    parser = argparse.ArgumentParser(prog="tests/bench/run", description="Rows: " + ", ".join(ORDER))
    parser.add_argument("rows", nargs="*", metavar="ROW", help="only these; all unless told")
    parser.add_argument("--list", action="store_true", help="say what the rows measure")
    parser.add_argument("--quick", action="store_true", help="1 s a round, 100,000 stored")
    parser.add_argument("--connections", type=lambda text: [positive(n) for n in text.split(",")],
                        help="instead of each row's own: 16,64")
    parser.add_argument("--rounds", type=positive, default=3)
    parser.add_argument("--seconds", type=positive, help="of each round of each side; 2 unless told")
    parser.add_argument("--stored", type=positive, help="how many are many; 1,000,000 unless told")
    parser.add_argument("--small", type=positive, default=10_000, help="how many are few")
    parser.add_argument("--program", default="build/bin/cofferd", help="the cofferd of another build")
    options = parser.parse_args(arguments)
    options.seconds = options.seconds or (1 if options.quick else 2)
    options.stored = options.stored or (100_000 if options.quick else 1_000_000)
    if unknown := [name for name in options.rows if name not in ROWS]:
        parser.error(f"there is no row {', '.join(unknown)}; --list names them")
    return options


def results_of(bench, name):
    """What a row yields, and why it ended when it had to."""
    function, what = ROWS[name]
    quiet = measure.Quiet()
    try:
        for result in function(bench):
            result.troubles = quiet.troubles(result.spread)
            yield result
            quiet = measure.Quiet()
    except measure.Failed as failure:
        yield Failure(what, str(failure))
    except Exception as error:  # a row that breaks takes no other one with it
        yield Failure(what, f"{type(error).__name__}: {error}")


def main():
    options = options_from(sys.argv[1:])
    if options.list:
        for name in ORDER:
            print(f"{name:10} {ROWS[name][1]}")
        return 0
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (40_000, max(40_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    os.makedirs(KEPT, exist_ok=True)
    now = datetime.datetime.now()
    name = f"{KEPT}/{now:%Y-%m-%d.%H%M%S}.md"
    results = []
    with tempfile.TemporaryDirectory(prefix="run.", dir=KEPT) as folder, open(name, "w") as file:
        def say(text):
            for out in (sys.stdout, file):
                print(text, file=out, flush=True)

        bench = Bench(options, os.path.abspath(folder))
        try:
            say(f"{now:%Y-%m-%d %H:%M}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.2f}; "
                f"{options.rounds} rounds of {options.seconds} s, medians; few are {options.small:,} stored, "
                f"many {options.stored:,}\n\n{HEAD}")
            for row in options.rows or ORDER:
                for result in results_of(bench, row):
                    results.append(result)
                    say(result.line())
        finally:
            bench.stop()
        say("\n" + summary(results) + f" Load now {os.getloadavg()[0]:.2f}.")
    print(f"Kept in {name}", file=sys.stderr)
    return 1 if any(isinstance(result, Failure) for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
