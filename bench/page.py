"""A run as text: lines for the terminal, a page for `docs/`."""

from bench.report import Bound, Figure, Goal, Report, Result, Spread

_SIGN = {Bound.AT_MOST: "≤", Bound.AT_LEAST: "≥"}


def lines(result: Result) -> str:
    """One bench for the terminal."""
    rows = [f"  {_figure_text(figure)}" for figure in result.figures]
    rows += [f"  {'met   ' if goal.met else 'MISSED'} {_goal_text(goal)}" for goal in result.goals]
    rows += [f"  note: {note}" for note in result.notes]
    return "\n".join(rows)


def summary(report: Report) -> str:
    """The last line of a run."""
    goals = [goal for result in report.results for goal in result.goals]
    met = sum(goal.met for goal in goals)
    return f"{met} of {len(goals)} goals met, {len(report.failed)} benches failed"


def render(report: Report) -> str:
    """`docs/performance.md`."""
    parts = [_HEAD, _machine(report), _goals(report)]
    parts += [_bench(result) for result in _in_order(report.results)]
    return "\n\n".join(parts).rstrip() + "\n"


_HEAD = """\
# Performance

Made by `python -m bench --reference` from `bench/results/reference.json`; do not edit by hand. `make bench` measures
again on your machine (`make bench ARGS=--quick` only tries that everything works).

Absolute figures belong to the machine. What counts are the ratios: two things measured in turn in one run, at least
five rounds; given are the median of the rounds and, in brackets, the lowest and the highest."""


def _machine(report: Report) -> str:
    machine = report.machine
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    return (
        f"**Machine.** {machine.cpu}, {machine.cores} cores, {machine.memory_gb:g} GB, {machine.system}, Linux "
        f"{machine.kernel}, files on {machine.file_system}; Python {machine.python}; {versions}. Revision "
        f"`{report.revision}`{', quick' if report.quick else ''}."
    )


def _goals(report: Report) -> str:
    rows = ["| goal | limit | measured | |", "|---|---|---|---|"]
    for result in _in_order(report.results):
        for goal in result.goals:
            limit = f"{_SIGN[goal.bound]} {goal.limit:g} {goal.unit}"
            rows.append(
                f"| {goal.name} | {limit} | {_spread(goal.value)} | {'met' if goal.met else '**missed**'} |"
            )
    rows += [f"| {name} | | {error} | **failed** |" for name, error in report.failed.items()]
    return "## Goals\n\n" + "\n".join(rows)


def _in_order(results: list[Result]) -> list[Result]:
    return sorted(results, key=lambda result: result.bench)


def _bench(result: Result) -> str:
    rows = ["| | | |", "|---|---|---|"]
    rows += [f"| {figure.name} | {_spread(figure.value)} | {figure.unit} |" for figure in result.figures]
    notes = "".join(f"\n\n{note}" for note in result.notes)
    mood = f"\n\nTook {result.took_s:.0f} s"
    if result.at is not None:
        mood += f", from {result.at:%Y-%m-%d %H:%M} UTC; load average before it {result.busy:g}"
    if result.revision:
        mood += f"; revision `{result.revision}`"
    return f"## {result.title}\n\n{result.how}\n\n" + "\n".join(rows) + notes + mood + "."


def _goal_text(goal: Goal) -> str:
    return (
        f"{goal.name}: {_spread(goal.value)} {goal.unit}, goal {_SIGN[goal.bound]} {goal.limit:g} {goal.unit}"
    )


def _figure_text(figure: Figure) -> str:
    return f"{figure.name}: {_spread(figure.value)} {figure.unit}"


def _spread(value: Spread) -> str:
    if value.low == value.high:
        return _number(value.median)
    return f"{_number(value.median)} ({_number(value.low)} … {_number(value.high)})"


def _number(value: float) -> str:
    """Three digits that mean something; thousands apart."""
    if abs(value) >= 1000:
        return f"{round(value, -max(len(str(int(abs(value)))) - 4, 0)):,.0f}"
    return f"{value:.3g}"
