"""What must have held: a row for each thing, with what was awaited and what was seen."""
import collections
import time

from watch import FALSE_ALARMS, FAULTS

MIB = 1 << 20


def the_process(watch, host, options):
    ends = list(host.deaths)
    if not ends and len(watch.pids) > 1 + options.restarts:
        ends.append(f"another process: {watch.pids}")
    told = "; ".join(f"{end} ({count} times)" for end, count in collections.Counter(ends).items())
    yield "the same process lives on", "no end, no restart", told or f"pid {watch.pids}", not ends
    yield (
        "peak memory of the process",
        f"at most {options.memory} MiB",
        f"{watch.peak / MIB:.0f} MiB, {watch.threads} threads",
        watch.peak <= options.memory * MIB,
    )
    yield "open descriptors", "at most 1024", watch.files, watch.files <= 1024
    if options.cpu:
        yield "the agent's CPU time", f"at most {options.cpu} s", f"{watch.cpu:.1f} s", watch.cpu <= options.cpu


def the_genuine(watch, genuine, names, options):
    live = sorted(one["live"] for one in genuine if one["live"] is not None)
    lost = [f"{one['form']} {one['page']}" for one in genuine if one["live"] is None]
    late = sum(1 for seconds in live if seconds > options.bound)
    seen = f"{len(live)} of {len(genuine)} live"
    if live:
        seen += f", {live[0]:.2f} / {live[len(live) // 2]:.2f} / {live[-1]:.2f} s (least, median, most)"
    seen += f"; {late} late" * bool(late) + f"; never live: {', '.join(lost[:4])}" * bool(lost)
    yield (
        "each genuine corte is live in time",
        f"all, each within {options.bound:g} s",
        seen,
        bool(genuine) and not lost and not late,
    )
    other = [one["differs"] for one in genuine if one["differs"]]
    yield "what is live is what was sent", "byte for byte, each fifth compared", other or "the same", not other
    strange = [package for package in watch.published if package not in names]
    yield (
        "nothing but the genuine sender's goes live",
        "only its cortes",
        strange[:3] or f"{len(watch.published)} published",
        not strange,
    )


def what_is_told(watch, host, options):
    yield "no false alarm", "no " + ", ".join(sorted(FALSE_ALARMS | FAULTS)), watch.alarms[
        :3
    ] or "none", not watch.alarms
    minutes = (time.monotonic() - watch.began) / 60
    grown = (watch.journal.bytes - watch.at_start) / MIB
    yield (
        "growth of the journal",
        f"at most {options.journal:g} MiB a minute",
        f"{grown:.1f} MiB in {minutes:.1f} min",
        grown <= options.journal * max(minutes, 1),
    )
    (package, _), most = max(watch.verdicts.items(), key=lambda item: item[1], default=(("", 0), 0))
    yield "verdicts on one entry", "at most 30 in a minute", f"{most}, on {package[:40]!r}", most <= 30
    code, said = host.command("journal", "verify")
    said = watch.journal.broken or said
    yield "the journal's chain", "whole, by its own look and by ours", said[
        :120
    ], code == 0 and not watch.journal.broken


def what_it_takes(watch, host):
    yield "status.json", "at most 256 KiB", f"{watch.status / 1024:.0f} KiB", watch.status <= 256 << 10
    yield (
        "free space",
        f"never below min_free, {host.MIN_FREE / MIB:.0f} MiB",
        f"{watch.free / MIB:.0f} MiB at the least",
        watch.free >= host.MIN_FREE,
    )


def invariants(watch, host, genuine, names, options):
    """Yields (what, awaited, seen, whether it holds)."""
    yield from the_process(watch, host, options)
    yield from the_genuine(watch, genuine, names, options)
    yield from what_is_told(watch, host, options)
    yield from what_it_takes(watch, host)
