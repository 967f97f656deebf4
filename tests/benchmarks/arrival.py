#!/usr/bin/env python3
"""Last file closed to verdict, and a whole folder dropped at once.

  arrival.py DRIVER [--runs 5] [--files 13175] [--seconds 10]

DRIVER is the published difusor-store-driver. Each run makes a package of so many files below one temporary folder, has it arrive in a
drop, and takes the time (CLOCK_MONOTONIC) from the last close(2) to the verdict, as the agent loop gets it. Prints medians.
Nothing is removed between the runs, only emptied: ext4 makes files slowly for minutes where others were removed (0.7 s for a package, 6 s after).
A run begins at any instant of the receiver's ten-second look.
"""
import argparse, hashlib, os, random, shutil, statistics, subprocess, sys, tempfile, time


def make(folder, files, size):
    """A package as a real night's: pages, one data base with the corte in its header, one manifest; the names in the
    order they are sent."""
    lines, names = [], []
    filler = os.urandom(size // 2).hex().encode()
    for number in range(files - 2):
        names.append(f"dip/{number // 300:03d}/{number:05d}.html")
    names.append("PREP_DIP.csv")
    for name in names:
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        body = b"PREP 2021\n2021/06/06 20:20 (UTC-6)\nA|B\n" if name.endswith(
            "csv") else b"<html>20:20 " + name.encode() + filler
        with open(path, "wb") as out:
            out.write(body)
        lines.append(f"{hashlib.sha256(body).hexdigest()}  {name}\n")
    with open(os.path.join(folder, "SHA256SUMS"), "w") as out:
        out.writelines(lines)
    return names


def send(source, target, names, seconds):
    """Writes the files evenly over so many seconds; gives the instant of the last close."""
    start = time.monotonic()
    for at, name in enumerate(names):
        while seconds and (wait := start + seconds * at / len(names) - time.monotonic()) > 0:
            time.sleep(wait)
        with open(os.path.join(source, name), "rb") as read:
            body = read.read()
        path = os.path.join(target, name)
        if not os.path.isdir(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        with open(path, "wb") as out:
            out.write(body)
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def verdict(driver):
    for line in driver.stdout:
        word, _, state, posted, *_ = line.split()[:4] + [None] * 4
        if word == "judged":
            if state != "accepted":
                sys.exit(f"arrival.py: not accepted: {line}")
            return int(posted)
    sys.exit("arrival.py: the driver ended")


def empty(folder):
    for path, _, names in os.walk(folder):
        for name in names:
            os.truncate(os.path.join(path, name), 0)


def run(driver_path, source, order, seconds, base):
    folder = tempfile.mkdtemp(dir=base)
    drop, state = os.path.join(folder, "drop"), os.path.join(folder, "state")
    os.mkdir(drop)
    driver = subprocess.Popen([driver_path, "receive", state, drop], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True)
    try:
        while driver.stdout.readline().strip() != "ready":
            pass
        time.sleep(random.random() * min(seconds, 9))
        start = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        closed = send(source, os.path.join(drop, "20210606_2020_PREP"), order, seconds)
        posted = verdict(driver)
        return (posted - closed) / 1e6, (posted - start) / 1e6, (closed - start) / 1e6
    finally:
        driver.stdin.close()
        driver.wait()
        empty(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("driver")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--files", type=int, default=13175)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--sizes", default="900,50000")
    args = parser.parse_args()
    base = tempfile.mkdtemp(dir=os.environ.get("TMPDIR", "/var/tmp"))
    try:
        measure(args, base)
    finally:
        shutil.rmtree(base)


def measure(args, base):
    for size in map(int, args.sizes.split(",")):
        source = tempfile.mkdtemp(dir=base)
        names = make(source, args.files, size)
        megabytes = sum(os.path.getsize(os.path.join(source, name)) for name in names) / 1e6
        for label, order in (("manifest last", names + ["SHA256SUMS"]), ("manifest first", ["SHA256SUMS"] + names)):
            times = [run(args.driver, source, order, args.seconds, base)[0] for _ in range(args.runs)]
            print(f"{args.files} files, {megabytes:7.1f} MB over {args.seconds:g} s, {label:14}: last close to verdict "
                  f"{statistics.median(times):7.1f} ms   ({', '.join(f'{t:.1f}' for t in times)})", flush=True)
        at_once = [run(args.driver, source, names + ["SHA256SUMS"], 0, base) for _ in range(args.runs)]
        print(
            f"{args.files} files, {megabytes:7.1f} MB at once: sender {statistics.median(t[2] for t in at_once):7.1f} ms, "
              f"to verdict {statistics.median(t[1] for t in at_once):7.1f} ms", flush=True)


if __name__ == "__main__":
    main()
