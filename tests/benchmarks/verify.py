#!/usr/bin/env python3
"""verify against sha256sum and openssl, side by side in one run: medians of 5, their ratio, and what it may be at most.

  verify.py AGENT MAKE_PREP_PACKAGE.py [WORK_FOLDER]      exit 1 where a ratio or the memory is beyond its bound"""
import os, shutil, statistics, subprocess, sys, tempfile, time, hashlib
from night import resident

agent, maker = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
work = sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp(prefix="bench-")
failed = []


def once(command, folder=None):
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(f"{command}: {done.stdout[-300:]} {done.stderr[-300:]}")
    return time.perf_counter() - start


def compare(name, ours, theirs, most, folder=None):
    once(ours); once(theirs, folder)                     # both warm
    a, b = [], []
    for _ in range(5):                                   # in turns: what disturbs one disturbs the other
        a.append(once(ours)); b.append(once(theirs, folder))
    ratio = statistics.median(a) / statistics.median(b)
    print(f"{name:44} {statistics.median(a):8.3f} s {statistics.median(b):8.3f} s   {ratio:5.2f} x (at most {most})",
        flush=True)
    if ratio > most:
        failed.append(name)


def package(folder, *options):
    out = os.path.join(work, folder)
    target = os.path.join(out, "20210606_2020_PREP_MEX")
    if not os.path.isdir(target):
        subprocess.run([sys.executable, maker, out, "--corte", "2021-06-06T20:20", *options], check=True,
            stdout=subprocess.DEVNULL)
    return target


def many(count):
    """A package of so many files, the HASH among them: small pages in folders of a thousand."""
    top = os.path.join(work, f"many{count}", "20210606_2020_PREP_MEX")
    if os.path.isdir(top):
        return top
    lines = []
    for i in range(count - 1):
        path = f"{i // 1000:03d}/{i:06d}.html"
        if i % 1000 == 0:
            os.makedirs(os.path.join(top, os.path.dirname(path)))
        data = b"<p>%d</p>\n" % i
        with open(os.path.join(top, path), "wb") as f:
            f.write(data)
        lines.append(f"{hashlib.sha256(data).hexdigest()}  {path}\n")
    with open(os.path.join(top, "PREP.hash"), "w", encoding="ascii") as f:
        f.writelines(lines)
    return top


try:
    print(f"{'':44} {'verify':>10} {'other':>10}")
    for name, options, most in (("13,175 files, 11.8 MB: sha256sum -c", (), 0.7),
        ("13,175 files, 0.66 GB: sha256sum -c", ("--page-bytes", "50000"), 0.4)):
        target = package("-".join(options) or "small", *options)
        compare(name, [agent, "verify", "--json", target], ["sha256sum", "-c", "--quiet", "PREP.hash"], most, target)
    one = os.path.join(work, "one", "20210606_2020_PREP_MEX")
    if not os.path.isdir(one):
        os.makedirs(one)
        with open(os.path.join(one, "big.html"), "wb") as f:
            for i in range(1024):
                f.write(hashlib.sha256(b"%d" % i).digest() * 32768)
        digest = subprocess.run(["openssl", "dgst", "-sha256", "-r", "big.html"], cwd=one, check=True,
            capture_output=True).stdout
        with open(os.path.join(one, "PREP.hash"), "wb") as f:
            f.write(digest)
    compare("one file of 1 GiB: openssl dgst -sha256", [agent, "verify", "--json", one],
        ["openssl", "dgst", "-sha256", "big.html"], 1.05, one)
    for count in (10_000, 50_000, 200_000):
        runs = [resident([agent, "verify", "--json", many(count)]) for _ in range(5)]
        seconds, memory = statistics.median(r[0] for r in runs), max(r[1] for r in runs)
        print(
            f"{count:>7,} files: {seconds:8.3f} s, {1e6 * seconds / count:5.1f} us a file, {memory:6.1f} MiB resident (at most 150)", flush=True)
        if memory > 150:
            failed.append(f"memory at {count} files")
finally:
    if len(sys.argv) <= 3:
        shutil.rmtree(work, ignore_errors=True)
if failed:
    sys.exit("beyond its bound: " + "; ".join(failed))
