"""The hostile sender: moves by seed, several at a time, in its own litter and within a quota; run by run.py.

Each move is a generator that yields the seconds that it pauses. Lines on standard input say which genuine corte
comes next; the end of standard input is the end. Prints a JSON object for each move that begins or ends.
"""
import argparse
import datetime
import json
import os
import random
import select
import stat
import sys
import time

import moves
import packages


class Litter:
    """What this sender has put into the drop: nothing else is ever touched, and together it stays within the quota."""

    def __init__(self, drop, most_bytes, most_files):
        self.drop, self.most_bytes, self.most_files = os.fsencode(drop), most_bytes, most_files
        self.entries = {}  # name -> [bytes, files], the oldest first

    def count(self, name, size=0, files=1):
        have = self.entries.setdefault(os.fsencode(name), [0, 0])
        have[0], have[1] = have[0] + size, have[1] + files

    def is_over(self):
        return (
            sum(have[0] for have in self.entries.values()) > self.most_bytes
            or sum(have[1] for have in self.entries.values()) > self.most_files
        )

    def renamed(self, old, new):
        have = self.entries.pop(os.fsencode(old), None)
        if have:
            self.entries[os.fsencode(new)] = have

    def remove(self, name):
        """Removes one entry, in slices: a generator as a move is."""
        name = os.fsencode(name)
        self.entries.pop(name, None)
        for number, path in enumerate(self.below(os.path.join(self.drop, name))):
            try:
                os.rmdir(path) if stat.S_ISDIR(os.lstat(path).st_mode) else os.unlink(path)
            except OSError:
                pass
            if number % 400 == 399:
                yield 0.02

    def below(self, path):
        """Yields all below a folder, the deepest first, and the path itself; without recursion, for it may lie deep."""
        try:
            isfolder = stat.S_ISDIR(os.lstat(path).st_mode)
        except OSError:
            return
        stack = [(path, False)] if isfolder else []
        if not isfolder:
            yield path
        while stack:
            folder, seen = stack.pop()
            if seen:
                yield folder
                continue
            stack.append((folder, True))
            try:
                os.chmod(folder, 0o770)
                found = list(os.scandir(folder))
            except OSError:
                continue
            for one in found:
                if one.is_dir(follow_symlinks=False):
                    stack.append((one.path, False))
                else:
                    yield one.path


class Sender:
    """What the moves are made with."""

    def __init__(self, options):
        self.rng = random.Random(options.seed)
        self.litter = Litter(options.drop, options.most_bytes, options.most_files)
        self.first, self.future = (datetime.datetime.fromisoformat(text) for text in (options.first, options.future))
        self.drop, self.zone, self.scale, self.seed = options.drop, options.zone, options.scale, options.seed
        self.next, self.corte, self.tags, self.tag, self.olds = self.first, self.first, 0, "", 0

    def begin(self, move):
        self.tags += 1
        self.tag = f"x{self.tags:04d}x"
        print(json.dumps({"move": move, "tag": self.tag}), flush=True)
        return self.tag

    def alias(self, name):
        """Says that a name without the move's tag is the move's."""
        print(json.dumps({"alias": name, "tag": self.tag}), flush=True)

    def at(self, name):
        return os.path.join(self.drop, name)

    def older(self):
        """Returns a corte that is older than every genuine one, and never the same twice."""
        self.olds += 1
        return self.first - datetime.timedelta(minutes=self.olds)

    def newer(self):
        return self.next + datetime.timedelta(minutes=self.rng.randint(0, 3))

    def tomorrow(self):
        return self.future + datetime.timedelta(minutes=self.rng.randint(1, 600))

    def name(self, corte, series="PREP_OTRA"):
        return f"{packages.stamp(corte)}_{series}-{self.tag}"

    def any_name(self, series="PREP_OTRA"):
        """Returns a name of another series, whose corte is from then on `self.corte`."""
        self.corte = self.rng.choice([self.older, self.newer, self.newer, self.tomorrow])()
        return self.name(self.corte, series)

    def size(self, number):
        return max(1, int(number * self.scale * self.rng.uniform(0.8, 1.2)))

    def file(self, name, data):
        self.litter.count(name.split("/")[0], len(data))
        packages.write(self.at(name), data)

    def folder(self, name, files):
        self.litter.count(name.split("/")[0], sum(map(len, files.values())), len(files))
        packages.write_folder(self.at(name), files)

    def arrive(self, name, files):
        """Uploads under a name that begins with a dot, and renames."""
        self.folder("." + name, files)
        self.rename("." + name, name)

    def rename(self, old, new):
        os.rename(self.at(old), self.at(new))
        if "/" not in old:
            self.litter.renamed(old, new)


def chosen(rng, names, active):
    """Draws the next move: of the heavy ones, one at a time."""
    heavy = any(name in moves.HEAVY for name in active)
    names = [name for name in names if not (heavy and name in moves.HEAVY)]
    return rng.choices(names, [1 if name in moves.HEAVY else 3 for name in names])[0] if names else None


class Schedule:
    def __init__(self, sender, options):
        self.sender, self.names, self.once = (
            sender,
            options.only.split(",") if options.only else sorted(moves.ALL),
            bool(options.only),
        )
        self.active, self.due = [], time.monotonic()  # [due, name, tag, generator]
        self.most, self.pause = options.at_once, options.pause

    def begin(self):
        if self.once and not self.names:
            return
        name = (
            self.names.pop(0) if self.once else chosen(self.sender.rng, self.names, [one[1] for one in self.active])
        )
        if name:
            tag = self.sender.begin(name)
            self.active.append([time.monotonic(), name, tag, moves.ALL[name](self.sender)])

    def step(self, one):
        self.sender.tag = one[2]
        try:
            one[0] = time.monotonic() + next(one[3])
            return
        except StopIteration:
            pass
        except OSError as fault:
            # Another of these moves was faster, or the agent has removed it.
            print(json.dumps({"tag": one[2], "note": f"{one[1]}: {fault}"}), flush=True)
        self.active.remove(one)
        print(json.dumps({"ended": one[1], "tag": one[2]}), flush=True)

    def turn(self):
        now = time.monotonic()
        if now >= self.due and len(self.active) < self.most:
            self.begin()
            self.due = now + self.sender.rng.expovariate(1 / self.pause)
        for one in [one for one in self.active if one[0] <= now]:
            self.step(one)
        litter = self.sender.litter
        if litter.is_over() and len(litter.entries) > 1 and not any(one[1] == "(sweep)" for one in self.active):
            self.active.append([now, "(sweep)", "", self.sweep(litter)])

    @staticmethod
    def sweep(litter):
        while litter.entries and litter.is_over():
            yield from litter.remove(next(iter(litter.entries)))
            yield 0.05


def listen(sender):
    """Takes the lines that have come; False at the end of them."""
    while select.select([sys.stdin], [], [], 0)[0]:
        line = sys.stdin.readline()
        if not line:
            return False
        sender.next = datetime.datetime.fromisoformat(line.strip())
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("drop", "first", "future"):
        parser.add_argument("--" + name, required=True)
    for name, default in (
        ("uid", 0),
        ("gid", 0),
        ("seed", 1),
        ("zone", -6),
        ("most-bytes", 1 << 30),
        ("most-files", 160_000),
        ("at-once", 6),
    ):
        parser.add_argument("--" + name, type=int, default=default)
    for name, default in (("pause", 1.0), ("scale", 1.0)):
        parser.add_argument("--" + name, type=float, default=default)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    os.umask(0o007)
    os.nice(5)
    if options.uid:
        os.setgroups([])
        os.setgid(options.gid)
        os.setuid(options.uid)
    sender = Sender(options)
    schedule = Schedule(sender, options)
    while listen(sender):
        schedule.turn()
        soonest = min([schedule.due, *(one[0] for one in schedule.active)])
        select.select([sys.stdin], [], [], min(0.2, max(0.002, soonest - time.monotonic())))
    for name in list(sender.litter.entries):
        for _ in sender.litter.remove(name):
            pass


if __name__ == "__main__":
    main()
