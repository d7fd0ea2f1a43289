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
    return Check(shown(value, unit), f"≥ {bar:,g}{unit}", value >= bar)


def at_most(value, bar, unit=""):
    return Check(shown(value, unit), f"≤ {bar:,g}{unit}", value <= bar)


def shown(value, unit):
    return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f}{unit}"


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
        busy = f" (busy: {', '.join(self.troubles)})" if self.troubles else ""
        return f"| {self.work} | {self.ours} | {self.other} | {ratio} | {bar} | {verdict}{busy} |"


@dataclasses.dataclass
class Failure:
    """A row that could not be measured."""

    work: str
    why: str
    troubles: tuple = ()

    def line(self):
        return f"| {self.work} | **FAILED: {self.why.replace('|', '/')}** | | | | **failed** |"


def summary(results):
    """What the table comes to, and how far it can be trusted."""
    failed = [r for r in results if isinstance(r, Failure)]
    measured = [r for r in results if isinstance(r, Result) and r.checks]
    text = f"{sum(r.met for r in measured)} met, {sum(not r.met for r in measured)} missed, {len(failed)} failed."
    if busy := sum(bool(r.troubles) for r in results):
        text += (f" **The machine was too busy to trust {busy} of {len(results)} rows**, those marked (busy): others"
                 " used its processors before the row, its host took their time, or the other side's own rounds differ"
                 " by more than a third. Run them again on a quiet machine.")
    return text
