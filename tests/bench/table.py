"""What is measured, and how it is shown."""

import dataclasses

HEAD = "| work | ours | the other's | ratio | bar | |\n|---|---|---|---|---|---|"


@dataclasses.dataclass
class Check:
    """One figure against its bar."""

    value: str
    bar: str
    met: bool


def at_least(value, bar, unit=""):
    return Check(shown(value, unit), "≥ " + shown(bar, unit), value >= bar)


def at_most(value, bar, unit=""):
    return Check(shown(value, unit), "≤ " + shown(bar, unit), value <= bar)


def shown(value, unit):
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 or unit.strip() in ("ms", "MiB", "kB") else 2
    return f"{value:,.{digits}f}{unit}"


@dataclasses.dataclass
class Result:
    """A line of the table. `spread` is by how much the other side's own rounds differ."""

    work: str
    ours: str
    other: str
    checks: list
    spread: float = 1.0
    troubles: list = dataclasses.field(default_factory=list)

    @property
    def met(self):
        return all(check.met for check in self.checks)

    def line(self):
        ratio = "; ".join(check.value for check in self.checks)
        bar = "; ".join(check.bar for check in self.checks)
        verdict = ("met" if self.met else "**missed**") if self.checks else ""
        busy = " (busy)" if self.troubles else ""
        return f"| {self.work} | {self.ours} | {self.other} | {ratio} | {bar} | {verdict}{busy} |"


@dataclasses.dataclass
class Failure:
    """A row that could not be measured."""

    work: str
    why: str
    troubles: tuple = ()
    met = False

    def line(self):
        return f"| {self.work} | **FAILED: {self.why.replace('|', '/')}** | | | | **failed** |"


def summary(results):
    """What the table comes to, and how far it can be trusted."""
    failed = [r for r in results if isinstance(r, Failure)]
    measured = [r for r in results if isinstance(r, Result) and r.checks]
    lines = [f"{sum(r.met for r in measured)} met, {sum(not r.met for r in measured)} missed, {len(failed)} failed."]
    busy = [r for r in results if r.troubles]
    if busy:
        lines.append("**The machine was too busy to trust the rows marked (busy)**; run them again on a quiet one:")
        lines += [f"- {r.work}: {'; '.join(r.troubles)}" for r in busy]
    return "\n".join(lines)
