#!/usr/bin/env python3
"""Two builds beside each other in one run: verify, and the publication of a second corte. Medians of 5, their ratio.

  against.py AGENT BASE PACKAGE_MAKER [--runs 5] [--most 1.1]       exit 1 where a ratio is beyond --most

BASE is the difusor-agent of another build, with its library beside it: of the commit before a change, say. They take
turns, and who begins takes turns, too: what disturbs one disturbs the other. A second corte is corte.py's: 13,175 files
of which 1,391 changed, dropped at once, or over ten seconds with the HASH file last.
"""
import argparse, datetime, os, statistics, subprocess, sys, tempfile, time
from corte import arriving, dropped, make
from night import ZONE, chronyd, set_aside


def verify(agent, package):
    began = time.perf_counter()
    subprocess.run([agent, "verify", "--json", package], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def compare(what, measure, options):
    """Prints a line. Returns whether the ratio is within the bound."""
    took = {options.agent: [], options.base: []}
    for turn in range(options.runs):
        for agent in list(took) if turn % 2 else reversed(took):
            took[agent].append(measure(agent))
    ours, theirs = (statistics.median(took[agent]) for agent in took)
    print(f"{what:52} {ours:8.3f} s {theirs:8.3f} s   {ours / theirs:5.2f} x (at most {options.most:g})", flush=True)
    return ours / theirs <= options.most


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agent", type=os.path.abspath); parser.add_argument("base", type=os.path.abspath)
    parser.add_argument("maker"); parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--most", type=float, default=1.1)
    options = parser.parse_args()
    if options.agent == options.base:
        sys.exit("AGENT and BASE are the same file")
    servers = [chronyd(12301), chronyd(12302)]
    made, within = tempfile.mkdtemp(dir="/var/tmp"), []
    try:
        at = datetime.datetime.fromtimestamp(time.time() - 3600, ZONE)
        print(f"{'':52} {'agent':>10} {'base':>10}")
        for size, page_bytes in (("11.8 MB", "0"), ("0.66 GB", "50000")):
            into = f"{made}/{page_bytes}"
            first = make(options.maker, into, at, "0.25", page_bytes)
            second = make(options.maker, into, at + datetime.timedelta(minutes=20), "0.30", page_bytes)
            is_small, packages = page_bytes == "0", {"a folder": first}
            if is_small:
                packages["a zip"] = make(options.maker, f"{made}/zip", at, "0.25", page_bytes, "--form", "zip")
            for form, package in packages.items():
                verify(options.agent, package); verify(options.base, package)  # both warm
                within.append(compare(
                    f"verify, {form}, {size}", lambda agent, package=package: verify(agent, package), options))
            pair = first, second
            within.append(compare(
                f"second corte dropped, to live, {size}", lambda agent, pair=pair: dropped(agent, *pair)[0], options))
            if is_small:  # of the large one each run costs 3 GB of disk
                within.append(compare(
                    f"second corte over 10 s, last file to live, {size}",
                    lambda agent, pair=pair: arriving(agent, *pair), options))
    finally:
        for server in servers:
            server.kill()
        set_aside(made)
    if not all(within):
        sys.exit("slower than the base by more than allowed")


main()
