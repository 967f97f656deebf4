#!/usr/bin/env python3
"""The hostile-sender test: moves by seed against the real daemon under its unit's limits, beside an honest sender.

  run.py AGENT [--seed 1] [--seconds 360]       directly on this machine, as root, in folders and disks of its own
  run.py AGENT --only MOVE,... --seconds 20     these moves once, and so long after the last of them has ended
  run.py --installed ...                        where the package is installed and set up (tests/system/senders.py)

Prints what each move was told as, a line for each thing that must hold, and "N passed, N failed".
"""
import argparse
import json
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from direct import Direct  # noqa: E402
from hosts import Installed  # noqa: E402
from table import Table  # noqa: E402
from invariants import invariants  # noqa: E402
from voices import Steps, Voice  # noqa: E402
from watch import Watch  # noqa: E402


class Play:
    """One run: the honest sender alone for a while, then both."""

    def __init__(self, host, options):
        self.host, self.options = host, options
        self.genuine, self.names, self.moves, self.notes, self.ended = [], set(), {}, [], set()
        self.begun = []
        self.alone = 0

    def await_gate(self):
        end = time.monotonic() + 60
        while time.monotonic() < end and len(self.host.deaths) < 5:
            try:
                if json.load(open(f"{self.host.run}/status.json"))["gate"]["state"] == "open":
                    return
            except (OSError, ValueError):
                pass
            time.sleep(0.1)
        raise RuntimeError(
            "awaited: the open gate, for a minute at most; "
            f"it ended {len(self.host.deaths)} times: {self.host.deaths[-1:]}"
        )

    def run(self):
        options, host = self.options, self.host
        host.start()
        self.await_gate()
        self.watch = watch = Watch(host)
        honest = Voice(
            "genuine.py",
            host,
            "--current",
            f"{host.state}/public/current",
            "--seed",
            options.seed,
            "--forms",
            options.forms,
            "--every",
            options.every,
            "--patience",
            max(20, options.bound),
            *(["--pages", options.pages] if options.pages else []),
        )
        hostile, steps = None, Steps(host, options.seed) if options.steps else None
        restarts, over = [], False
        end = time.monotonic() + options.seconds + 120
        try:
            while time.monotonic() < end:
                self.fallen = [
                    voice.script for voice in (honest, hostile) if voice and voice.process.poll() is not None
                ]
                if self.fallen:
                    break
                for said in honest.new():
                    self.heard(said, hostile)
                if not hostile and len(self.genuine) >= options.quiet:
                    self.alone = len(self.genuine)
                    restarts = [
                        time.monotonic() + options.restart_at + 3 * number for number in range(options.restarts)
                    ]
                    hostile = Voice(
                        "sender.py",
                        host,
                        "--future",
                        host.future.isoformat(),
                        "--seed",
                        options.seed,
                        "--only",
                        options.only,
                        "--pause",
                        options.pause,
                        "--scale",
                        options.scale,
                        "--most-bytes",
                        options.quota << 20,
                    )
                    # One move alone is waited for, however slow this machine is: what counts is the time after it.
                    end = time.monotonic() + options.seconds + (240 if options.only else 0)
                for said in hostile.new() if hostile else ():
                    self.heard_hostile(said)
                if options.only and not over and len(self.ended) == len(options.only.split(",")):
                    over, end = True, min(end, time.monotonic() + options.seconds)
                if steps and hostile:
                    steps.turn(time.monotonic())
                if restarts and time.monotonic() > restarts[0]:
                    host.restart()
                    restarts.pop(0)
                watch.sample()
                time.sleep(0.25)
        finally:
            if hostile:
                hostile.end(90)
            honest.end(30)
            host.clock.set(0)
        for said in honest.new():
            self.heard(said, None)
        watch.sample()
        self.steps = steps.made if steps else 0

    def heard(self, said, hostile):
        if "next" in said:
            self.names |= {said["name"] + ending for ending in ("", ".zip", ".tar.gz")}
            if hostile:
                hostile.tell(said["next"])
        elif "fault" in said:
            self.notes.append(said["fault"])
        else:
            self.genuine.append(said)
            if said["live"] is None or said["live"] > self.options.bound:
                self.notes.insert(0, self.about(said))
            if self.options.verbose:
                print(
                    f"  {said['corte'][11:16]} {said['form']:20} {said['page']:10} live after {said['live']}",
                    flush=True,
                )

    def about(self, late):
        """Returns what was going on while a genuine corte waited."""
        since = time.monotonic() - (late["live"] or 20) - 10
        moves = [f"{at - since:.0f}s {move}" for at, move in self.begun if at >= since]
        return f"{late['corte'][11:16]} {late['form']} live after {late['live']}, since 10 s before: " + ", ".join(
            moves + self.watch.since(since)
        )

    def heard_hostile(self, said):
        if "move" in said:
            self.begun.append((time.monotonic(), said["move"]))
            self.moves[said["tag"]] = said["move"]
        elif "alias" in said:
            self.watch.aliases.update({said["alias"] + ending: said["tag"] for ending in ("", ".zip", ".tar.gz")})
        elif "ended" in said and said["tag"]:
            self.ended.add(said["ended"])
        elif "note" in said and self.options.verbose:
            print("  " + said["note"][:200], flush=True)

    def told(self):
        """Returns move -> (times made, Counter of what was told of it)."""
        found = {}
        for tag, move in self.moves.items():
            times, events = found.get(move, (0, None))
            events = events if events is not None else type(self.watch.general)()
            events.update(self.watch.told.get(tag, {}))
            found[move] = (times + 1, events)
        return found

    def show(self):
        print(
            f"\nseed {self.options.seed}, {self.options.seconds:g} s: {len(self.moves)} moves, "
            f"{len(self.genuine)} genuine cortes ({self.alone} of them before the attack), "
            f"{self.steps} clock steps, {self.watch.cpu:.0f} s of CPU, {self.watch.journal.bytes >> 10} KiB of journal"
        )
        for move, (times, events) in sorted(self.told().items()):
            print(
                f"  {move:24} {times:3}  " + ", ".join(f"{event} {count}" for event, count in events.most_common(5))
            )
        print(
            "  of no move:              "
            + ", ".join(f"{event} {count}" for event, count in self.watch.general.most_common(12))
        )
        if self.watch.peak > self.options.memory << 20:
            at = max((at for at, event, _ in self.watch.last if event.startswith("PEAK")), default=0)
            moves = [f"{begun - at:.0f}s {move}" for begun, move in self.begun if at - 20 <= begun <= at]
            self.notes.insert(0, f"its peak of memory: {', '.join(moves + self.watch.since(at - 20))[:2000]}")
        for note in [*self.notes[:6], *self.host.notes]:
            print("  note:", note)


def parser():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("agent", nargs="?")
    ap.add_argument("--installed", action="store_true")
    for name, default in (
        ("first", ""),
        ("future", ""),
        ("clock-file", ""),
        ("only", ""),
        ("forms", ""),
        ("pages", ""),
        ("rows", ""),
        ("filesystem", "ext4"),
    ):
        ap.add_argument("--" + name, default=default)
    for name, default in (
        ("seed", 1),
        ("clock-base", 0),
        ("quiet", 3),
        ("memory", 256),
        ("quota", 1024),
        ("cpu", 0),
        ("restarts", 0),
        ("watches", 0),
    ):
        ap.add_argument("--" + name, type=int, default=default)
    for name, default in (
        ("seconds", 360),
        ("every", 4),
        ("bound", 5),
        ("pause", 1),
        ("scale", 1),
        ("journal", 8),
        ("restart-at", 12),
    ):
        ap.add_argument("--" + name, type=float, default=default)
    ap.add_argument("--no-steps", dest="steps", action="store_false")
    ap.add_argument("--verbose", action="store_true")
    return ap


def host_of(options):
    return (
        Installed(options.first, options.future, options.clock_file, options.clock_base)
        if options.installed
        else Direct(options.agent, options.filesystem, options.watches, movable=options.steps)
    )


def main():
    options = parser().parse_args()
    table, host = Table(), host_of(options)
    try:
        play = Play(host, options)
        play.run()
        play.show()
        least = max(1, int(options.seconds / (options.every + 20)))
        table.row(
            "both senders went on to the end",
            f"at least {least} genuine cortes beside the moves",
            f"{len(play.genuine) - play.alone} beside {len(play.moves)} moves; fell: {play.fallen or 'none'}",
            not play.fallen and play.moves and len(play.genuine) - play.alone >= least,
        )
        for row in invariants(play.watch, host, play.genuine, play.names, options):
            table.row(*row)
    finally:
        host.close()
    if options.rows:
        with open(options.rows, "w") as out:
            json.dump(table.rows, out)
        return table.failed > 0  # another table shows them
    return table.close()


if __name__ == "__main__":
    sys.exit(main())
