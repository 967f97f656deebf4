#!/usr/bin/env python3
"""Each finding of a hostile sender alone: time to live of the genuine corte, peak memory, and what told it.

  findings.py AGENT [--seconds 20] [NUMBER...]

Runs as root, directly on this machine under the unit's limits; SECONDS is how long each goes on after its
move has ended. The findings 14 to 16 are no sender's moves: unit and system tests hold them.
"""
import argparse
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import run  # noqa: E402
from genuine import Sender  # noqa: E402
from table import Table  # noqa: E402
from invariants import invariants  # noqa: E402

REFUSED, STALLED = "PACKAGE_REJECTED", "DELIVERY_STALLED"

# All but the one that is a finding itself.
QUIET_FORMS = "/".join(form for form in Sender.FORMS if not form.startswith("sub-folder"))

# number: what it is, the moves, further words for run.py, and the events one of which must tell it.
FINDINGS = {
    1: ("an archive stays open in mid-upload", "archive_left_open", "", {STALLED}),
    2: (
        "a page with digits of other scripts",
        "digits_of_other_scripts",
        "--pages digits",
        {"PACKAGE_SUPERSEDED", "PACKAGE_VERIFIED", STALLED},
    ),
    3: ("a HASH that names 200,000 absent files", "absent_names", "", {REFUSED}),
    4: ("70,000 empty files with paths of 970 bytes", "long_paths", "", {REFUSED, STALLED}),
    5: ("4,000 one-file folders", "one_file_folders", "", {REFUSED, STALLED, "DROP_CROWDED"}),
    6: ("twelve large packages of the future", "future_cortes", "", {"PACKAGE_HELD", REFUSED}),
    7: (
        "a sub-folder is renamed when it is whole",
        "subfolder_renamed",
        "--forms=sub-folder_renamed",
        {REFUSED, STALLED},
    ),
    8: ("160 tiny zips, seven lists of 3 MB, a touch", "zips_and_lists", "", {REFUSED, "DROP_CROWDED"}),
    9: ("four packages with 23,000 findings", "many_findings", "", {REFUSED}),
    10: (
        "a folder that changes while it is listed, on XFS",
        "churn_while_listed",
        "--filesystem xfs --restarts 8 --restart-at 17",
        {REFUSED, STALLED, "DELIVERY_SEEN"},
    ),
    11: (
        "pages of 1.4 MB of &",
        "page_of_ampersands",
        "--pages ampersands --cpu 6",
        {"PACKAGE_SUPERSEDED", "PACKAGE_VERIFIED", STALLED},
    ),
    12: (
        "5,200 folders where 1,500 watches are left",
        "deep_folders",
        "--watches 1500",
        {"SENTINEL_BLIND", "DROP_CROWDED"},
    ),
    13: ("a rejected package that is touched for ever", "touched_reject", "", {REFUSED}),
}


def told(play, moves, expected):
    """Returns what told the move, and how many events it took in all."""
    seen = dict(play.watch.general)
    for move, (_, events) in play.told().items():
        if move in moves:
            for event, count in events.items():
                seen[event] = seen.get(event, 0) + count
    about = {event: count for event, count in seen.items() if event.split()[0] in expected}
    return about


def alone(table, agent, number, seconds):
    what, moves, words, expected = FINDINGS[number]
    options = run.parser().parse_args(
        [
            agent,
            "--only",
            moves,
            "--seconds",
            str(seconds),
            "--no-steps",
            "--pages",
            "plain",
            "--forms",
            QUIET_FORMS,
            *words.split(),
        ]
    )
    options.forms = options.forms.replace("_", " ")
    host = run.host_of(options)
    try:
        play = run.Play(host, options)
        play.run()
        rows = list(invariants(play.watch, host, play.genuine, play.names, options))
        about = told(play, moves.split(","), expected)
    finally:
        host.close()
    before = [one["live"] for one in play.genuine[: play.alone] if one["live"] is not None]
    during = [one["live"] for one in play.genuine[play.alone :] if one["live"] is not None]
    lost = len(play.genuine) - len(before) - len(during)
    failed = [(name, str(seen)) for name, _, seen, good in rows if not good]
    if not about:
        failed.append(("told", "nothing that a sysadmin would understand"))
    if not during and not lost:
        failed.append(("genuine cortes beside it", "none"))
    times = f"live {max(before, default=-1):.2f} s before, {max(during, default=-1):.2f} s beside it" + (
        f", {lost} never" if lost else ""
    )
    by = ", ".join(f"{event} {count}" for event, count in about.items()) or "nothing"
    seen = f"{times}; {play.watch.peak >> 20} MiB; told: {by}"
    table.row(
        f"{number}. {what}",
        "lives on, each corte within 5 s, under 256 MiB, told",
        seen + "".join(f" | {name}: {text[:230]}" for name, text in failed),
        not failed,
    )
    for note in [*play.notes[:3], *host.notes]:
        print("   note:", note, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agent")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("numbers", nargs="*", type=int)
    options = parser.parse_intermixed_args()
    table = Table()
    for number in options.numbers or FINDINGS:
        table.group(alone, options.agent, number, options.seconds)
    return table.close()


if __name__ == "__main__":
    sys.exit(main())
