"""Run the benches, each in a process of its own, and write what they found.

python -m bench                  all, the JSON goes to bench/results/
python -m bench decision coil    some
python -m bench --quick          small sizes: does everything still work?
python -m bench --reference      the run that is kept: bench/results/reference.json and docs/performance.md
python -m bench --page           docs/performance.md again, from the kept run
"""

import argparse
import importlib
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import msgspec

from bench import machine, page, report
from bench.measure import Plan
from bench.report import Report, Result

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench/results"
REFERENCE = RESULTS / "reference.json"
PAGE = ROOT / "docs/performance.md"
BENCHES = (
    "decision",
    "zones",
    "codes",
    "journal",
    "box",
    "search",
    "coil",
    "lanes",
    "remote",
    "ingest",
    "downlink",
    "http",
    "small",
)
_TIMEOUT_S = 1800


def main() -> int:
    """Returns 1 when a bench failed or, in a full run, a goal was missed."""
    options = _options()
    if options.page:
        PAGE.write_text(page.render(report.read_report(REFERENCE)))
        return 0
    if options.part is not None:
        _run_here(options.benches[0], options.part, quick=options.quick)
        return 0
    found = _run_all(options.benches or list(BENCHES), quick=options.quick)
    target = REFERENCE if options.reference else RESULTS / f"{found.at:%Y%m%dT%H%M%SZ}.json"
    if options.reference and options.benches and REFERENCE.exists():
        found = report.merged(report.read_report(REFERENCE), found)
    report.write(target, found)
    if options.reference:
        PAGE.write_text(page.render(found))
    print(f"\n{page.summary(found)}\n{target.relative_to(ROOT)}")
    missed = any(not goal.met for result in found.results for goal in result.goals)
    return int(bool(found.failed) or (missed and not found.quick))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("benches", nargs="*", metavar="BENCH", help=f"of: {' '.join(BENCHES)}")
    parser.add_argument("--quick", action="store_true", help="small sizes, goals not judged")
    parser.add_argument("--reference", action="store_true", help="keep this run and write the page")
    parser.add_argument("--page", action="store_true", help="write the page from the kept run")
    parser.add_argument("--part", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if unknown := sorted(set(options.benches) - set(BENCHES)):
        parser.error(f"no bench {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
    return options


def _run_here(name: str, part: Path, *, quick: bool) -> None:
    bench = importlib.import_module(f"bench.{name}")
    # Under /var/tmp: on a disk, where /tmp may be memory; and open to the database's own user.
    with tempfile.TemporaryDirectory(prefix=f"domovoy-bench-{name}-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o711)
        at, busy, begun = datetime.now(UTC).replace(microsecond=0), machine.load_average(), monotonic()
        result: Result = bench.run(Plan(quick=quick, folder=Path(folder)))
    took_s = round(monotonic() - begun, 1)
    report.write(part, msgspec.structs.replace(result, at=at, busy=busy, took_s=took_s))


def _run_all(names: list[str], *, quick: bool) -> Report:
    results: list[Result] = []
    failed: dict[str, str] = {}
    at = datetime.now(UTC).replace(microsecond=0)
    described, revision = machine.describe(Path("/var/tmp")), machine.revision(ROOT)
    with tempfile.TemporaryDirectory(prefix="domovoy-bench-") as folder:
        for name in names:
            print(f"{name} …", flush=True)
            error = _run_apart(name, Path(folder) / f"{name}.json", quick=quick)
            if error is None:
                results.append(report.read_result(Path(folder) / f"{name}.json"))
                print(page.lines(results[-1]), flush=True)
            else:
                failed[name] = error
                print(f"  failed: {error}", flush=True)
    return Report(
        at=at,
        revision=revision,
        quick=quick,
        machine=described,
        results=results,
        failed=failed,
    )


def _run_apart(name: str, part: Path, *, quick: bool) -> str | None:
    """A process per bench: none inherits another's memory. Returns the error's last line, or None."""
    command = [sys.executable, "-m", "bench", name, "--part", str(part), *(["--quick"] if quick else [])]
    log = part.with_suffix(".log")
    try:
        with log.open("wb") as output:
            answer = subprocess.run(
                command, cwd=ROOT, stdout=output, stderr=output, timeout=_TIMEOUT_S, check=False
            )
    except subprocess.TimeoutExpired:
        return f"not done within {_TIMEOUT_S} s"
    if answer.returncode == 0:
        return None
    words = log.read_text(errors="replace").strip()
    print(words, file=sys.stderr)
    return words.rpartition("\n")[2] or f"ended with {answer.returncode}"


if __name__ == "__main__":
    sys.exit(main())
