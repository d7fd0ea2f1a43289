"""Samples of a load, taken in rounds that alternate, and how busy the machine is with other things."""

import dataclasses
import os
import re
import statistics
import subprocess
import time


class Failed(Exception):
    """A row cannot be measured, and why."""


@dataclasses.dataclass
class Sample:
    rate: float  # requests/s
    p50: float  # ms
    p99: float  # ms


class Rounds:
    """The samples of one side; its figures are their medians."""

    def __init__(self):
        self.samples = []

    def __getattr__(self, name):
        return statistics.median(getattr(sample, name) for sample in self.samples)

    @property
    def spread(self):
        rates = [sample.rate for sample in self.samples]
        return max(rates) / min(rates)

    def __str__(self):
        return f"{self.rate:,.0f}/s, p99 {self.p99:.1f} ms"


def interleaved(rounds, **works):
    """Runs each work once a round, in turns of changing direction; name -> Rounds."""
    sides = {name: Rounds() for name in works}
    for turn in range(rounds):
        for name in list(works)[:: -1 if turn % 2 else 1]:
            sides[name].samples.append(works[name]())
    return sides


def wrk(url, connections, seconds, headers=(), script=None, arguments=()):
    """One run of wrk. Anything but a 2xx or 3xx, and every broken connection, fails it."""
    command = ["wrk", "--latency", "-t", str(min(2, connections)), "-c", str(connections), "-d", f"{seconds}s",
               "--timeout", "30s"]
    for header in headers:
        command += ["-H", header]
    if script:
        command += ["-s", os.path.join(os.path.dirname(__file__), script)]
    try:
        done = subprocess.run(command + [url, "--", *arguments], capture_output=True, text=True, timeout=seconds + 60)
    except subprocess.TimeoutExpired:
        raise Failed("wrk did not end within a minute after its time") from None
    text = done.stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if done.returncode or not rate:
        raise Failed("wrk: " + (done.stderr or text).strip()[:200])
    for trouble in (r"Non-2xx or 3xx responses: \d+", r"Socket errors: .*"):
        if found := re.search(trouble, text):
            raise Failed(f"{found[0]} of {re.search(r'([0-9]+) requests in', text)[1]} requests")
    if not float(rate[1]):
        raise Failed("no request was answered")
    unit = {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}
    at = {p: float(v) * unit[u] for p, v, u in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s|m)\b", text)}
    return Sample(float(rate[1]), at["50"], at["99"])


def percentile(values, percent):
    """The value that at most (100 - percent) % of them exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def processor_times():
    """(all, idle, steal) of the machine since it started, in ticks."""
    with open("/proc/stat") as file:
        fields = [int(field) for field in file.readline().split()[1:9]]
    return sum(fields), fields[3] + fields[4], fields[7]


class Quiet:
    """Whether the machine has nothing else to do: looks before a row, when neither side works, and after it."""

    def __init__(self):
        before = processor_times()
        time.sleep(0.3)
        self.begin = processor_times()
        every, idle = (self.begin[i] - before[i] for i in (0, 1))
        self.others = 1 - idle / max(1, every)

    def troubles(self, spread):
        every, _, steal = (now - then for now, then in zip(processor_times(), self.begin))
        found = []
        if self.others > 0.1:
            found.append(f"others {self.others:.0%}")
        if steal > 0.05 * every:
            found.append(f"stolen {steal / every:.0%}")
        if spread > 4 / 3:
            found.append(f"rounds {spread:.1f}x")
        return found
