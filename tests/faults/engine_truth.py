"""What must hold after whatever disturbed the engine."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from tests.faults.engine_bench import CANARY, COUNT, WHOLE, Bench, Ended, destroy, plan, recover, up
from tests.faults.engine_cases import KILLED, Case

_BUG = ("Traceback", "this is a bug", "Failed to parse", "Exception in thread", 'File "/')

_DONE = ("Deployed prod.", "Destroyed prod.", "prod is as", "Nothing to delete")

_COMMANDS = {"up": up, "destroy": destroy}

_UNKNOWN = "it may exist or not"


def problems(bench: Bench, case: Case) -> Iterator[str]:
    """Run a case and yield what does not hold."""
    bench.begin(case.begins_deployed)
    plan(bench, case.program, case.faults)
    before = made(bench)
    case.prepare(bench)
    ended = _COMMANDS[case.command](bench, *case.options, **case.variables)
    yield from _after(bench, case, ended, before)
    yield from _recovered(bench, case)


def _after(bench: Bench, case: Case, ended: Ended, before: int) -> Iterator[str]:
    for index in range(len(case.faults)):
        if not bench.stub.struck(index) and not _cut_off(case, index):
            yield f"the fault {case.faults[index]} did not happen"
    if ended.code not in case.codes:
        yield f"exit code {ended.code}, not one of {case.codes}: {ended.output[-600:]}"
    if case.says and not re.search(case.says, ended.output):
        yield f"it does not say {case.says!r}: {ended.output[-600:]}"
    yield from _said(case, ended)
    if left := bench.left():
        yield f"left behind: {left}"
    if case.unlocked and bench.locks:
        yield f"the lock is still there: {bench.locks}"
    if case.counted:
        yield from _counted(bench, case, ended, before)
    yield from _leaks(bench, ended)


def _cut_off(case: Case, index: int) -> bool:
    """Tell whether a fault came after one that ended the engine."""
    return index > 0 and case.faults[index - 1].effect == "exit"


def _said(case: Case, ended: Ended) -> Iterator[str]:
    if any(word in ended.output for word in _BUG):
        yield f"a bug or a trace is shown: {ended.output[-1500:]}"
    if ended.code == KILLED:
        return
    done = ended.last_line.startswith(_DONE)
    if done != (ended.code == 0):
        yield f"the last line is not true of exit code {ended.code}: {ended.last_line}"
    if not ended.last_line:
        yield "nothing is said"
    end = "\n".join(ended.output.splitlines()[-3:])
    if ended.last_line.startswith(("Failed", "Stopped")) and "stackwright " not in end:
        yield f"no way on is told: {ended.output[-300:]}"
    if len(ended.output) > 400_000:
        yield f"{len(ended.output)} characters are shown"


def _counted(bench: Bench, case: Case, ended: Ended, before: int) -> Iterator[str]:
    """Hold the count of the last line against what was really made or deleted."""
    if ended.code in (KILLED, 0, 2) or case.program is not WHOLE:
        return
    verb = "created" if case.command == "up" else "deleted"
    found = re.search(rf"(\d+) {verb}", ended.last_line)
    told, real = int(found[1]) if found else 0, abs(made(bench) - before)
    # One may be under way of which nobody was told; an engine that is killed takes along all
    # that it had not sent yet.
    unheard = 1 if case.unlocked else COUNT
    if not 0 <= real - told <= unheard:
        yield f"{real} were {verb}, and the last line says: {ended.last_line}"


def made(bench: Bench) -> int:
    """Return how many buckets there are in the cloud."""
    return sum(len(ids) for urn, ids in bench.stub.cloud.alive().items() if "bucket" in urn)


def _recovered(bench: Bench, case: Case) -> Iterator[str]:
    bench.stub.plan()
    mended = case.recovers != (0,)
    if not mended:
        case.mend(bench)
    ended = recover(bench)
    if ended.code not in case.recovers:
        yield f"recover ends with {ended.code}: {ended.output[-800:]}"
    if any(word in ended.output for word in _BUG):
        yield f"recover shows a bug or a trace: {ended.output[-800:]}"
    yield from _leaks(bench, ended)
    if mended:
        case.mend(bench)
    if ended.code == 0 and bench.locks:
        yield "recover leaves a lock"
    yield from _completed(bench, case, ended)


def _completed(bench: Bench, case: Case, recovered: Ended) -> Iterator[str]:
    """Run the command again, undisturbed, and look whether everything is there once."""
    ended = _COMMANDS[case.command](bench)
    if not case.ends or _UNKNOWN in recovered.output:
        if ended.code not in (0, 1):
            yield f"afterwards {case.command} ends with {ended.code}: {ended.output[-800:]}"
        yield from _once(bench)
        return
    if ended.code != 0:
        yield f"afterwards {case.command} ends with {ended.code}: {ended.output[-800:]}"
    yield from _once(bench)
    wanted = 0 if case.command == "destroy" else 9
    if made(bench) != wanted:
        yield f"in the end there are {made(bench)} buckets, not {wanted}"
    state = json.loads(bench.state_file.read_text(encoding="utf-8"))["checkpoint"]["latest"]
    if state.get("pending_operations"):
        yield f"in the end operations are pending: {state['pending_operations']}"
    known = [one for one in state.get("resources") or [] if "bucket-" in one["urn"]]
    if len(known) != wanted:
        yield f"in the end the state knows {len(known)} buckets, not {wanted}"


def _once(bench: Bench) -> Iterator[str]:
    alive = bench.stub.cloud.alive().items()
    if twice := {urn: ids for urn, ids in alive if len(set(ids)) < len(ids)}:
        yield f"created twice: {twice}"


def _leaks(bench: Bench, ended: Ended) -> Iterator[str]:
    forms = canary_forms()
    if any(form in ended.output.encode() for form in forms):
        yield "the secret is in the output"
    for name in ("platform", "state", "home", "tmp"):
        for path in (bench.folder / name).rglob("*"):
            if path.is_file() and any(form in path.read_bytes() for form in forms):
                yield f"the secret is in {path}"
    if (left := list((bench.folder / "tmp").iterdir())) and ended.code != KILLED:
        yield f"temporary files are left: {left}"


def canary_forms() -> tuple[bytes, ...]:
    """Return the secret in every form that something may carry it in."""
    plain = CANARY.encode()
    texts = (
        CANARY,
        json.dumps(CANARY)[1:-1],
        json.dumps(CANARY, ensure_ascii=False)[1:-1],
        quote(CANARY, safe=""),
        quote(CANARY),
        quote_plus(CANARY),
    )
    whole = [base64.b64encode(prefix + plain)[4:-4] for prefix in (b"", b"1", b"12")]
    return (*(text.encode() for text in texts), *whole)
