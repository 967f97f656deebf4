#!/usr/bin/env python3
"""A second corte of a PREP night, with the real daemon beside a good shell pipeline: time to live, and bytes written.

  corte.py AGENT PACKAGE_MAKER [--runs 5] [--page-bytes 0] [--part dropped|arriving|both]

13,175 files of which 1,391 changed (--progress 0.25, then 0.30). Dropped: the folder is renamed into the drop at once; the pipeline is
`sha256sum -c`, `rsync -rc --link-dest`, `sync -f`, `ln -sfn` and `mv -T` over the same folder. Arriving: the files come over ten
seconds, the HASH file last. Written: bytes by write(2) and copies (rchar/wchar's wchar) and pages (write_bytes) of /proc/PID/io.
Nothing is removed before the last run is over.
"""
import argparse, datetime, os, shutil, statistics, subprocess, sys, tempfile, time
from night import Night, chronyd, set_aside, ZONE


def make(maker, into, corte, progress, page_bytes, *form):
    subprocess.run([sys.executable, maker, into, "--corte", corte.strftime("%Y-%m-%dT%H:%M"), "--progress", progress,
        "--page-bytes", page_bytes, *form],
                   check=True, stdout=subprocess.DEVNULL)
    return max((f"{into}/{name}" for name in os.listdir(into)), key=os.path.getctime)


def files_of(folder):
    return sorted(os.path.relpath(f"{top}/{name}", folder) for top, _, names in os.walk(folder) for name in names)


def changed(first, second):
    same = lambda path: os.path.exists(f"{first}/{path}") and open(f"{first}/{path}",
        "rb").read() == open(f"{second}/{path}", "rb").read()
    differ = [path for path in files_of(second) if not same(path)]
    return len(differ), sum(os.path.getsize(f"{second}/{path}") for path in differ)


def settle():
    subprocess.run(["sync"])


def live(night):
    return os.readlink(f"{night.root}/estado/public/current")


def await_change(night, before):
    end = time.monotonic() + 120
    while live(night) == before:
        if time.monotonic() > end:
            raise SystemExit("not published")
        time.sleep(0.0005)
    return time.monotonic()


def opened(agent, first):
    night = Night(agent)
    night.await_event("GATE_OPENED")
    before = live(night)
    shutil.copytree(first, f"{night.root}/entrega/.{os.path.basename(first)}")
    os.rename(f"{night.root}/entrega/.{os.path.basename(first)}", f"{night.root}/entrega/{os.path.basename(first)}")
    await_change(night, before)
    os.rename(f"{night.root}/entrega/{os.path.basename(first)}", f"{night.root}/sent")
    night.await_event("CORTE_PUBLISHED")
    return night


def io(night):
    fields = dict(line.split(": ") for line in open(f"/proc/{night.process.pid}/io").read().splitlines())
    return int(fields["wchar"]), int(fields["write_bytes"])


def dropped(agent, first, second):
    night = opened(agent, first)
    name = os.path.basename(second)
    shutil.copytree(second, f"{night.root}/entrega/.{name}")
    settle()
    before, wrote = live(night), io(night)
    began = time.monotonic()
    os.rename(f"{night.root}/entrega/.{name}", f"{night.root}/entrega/{name}")
    took = await_change(night, before) - began
    time.sleep(1)
    wrote = [after - start for start, after in zip(wrote, io(night))]
    night.end()
    return took, wrote


def arriving(agent, first, second):
    night = opened(agent, first)
    into = f"{night.root}/entrega/{os.path.basename(second)}"
    paths = [path for path in files_of(second) if path != "PREP.hash"] + ["PREP.hash"]
    for folder in sorted({os.path.dirname(path) for path in paths}):
        os.makedirs(f"{into}/{folder}", exist_ok=True)
    settle()
    before, began = live(night), time.monotonic()
    for at, path in enumerate(paths):
        ahead = began + 10 * at / len(paths) - time.monotonic()
        if ahead > 0.002:
            time.sleep(ahead)
        shutil.copyfile(f"{second}/{path}", f"{into}/{path}")
    closed = time.monotonic()
    took = await_change(night, before) - closed
    night.end()
    return took


def pipeline(first, second):
    root = tempfile.mkdtemp(dir="/var/tmp")
    shutil.copytree(first, f"{root}/releases/1"); os.symlink("releases/1", f"{root}/current")
    shutil.copytree(second, f"{root}/drop")
    settle()
    began = time.monotonic()
    subprocess.run(
        f"set -e; cd {root}/drop; sha256sum --quiet -c PREP.hash; rsync -rc --link-dest={root}/releases/1 {root}/drop/ {root}/releases/2/; "
                   f"sync -f {root}/releases/2; ln -sfn releases/2 {root}/current.new; mv -T {root}/current.new {root}/current", shell=True, check=True)
    took = time.monotonic() - began
    set_aside(root)
    return took


def spread(values, unit=1000):
    return f"{statistics.median(values) * unit:7.0f} ms ({min(values) * unit:.0f} to {max(values) * unit:.0f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agent"); parser.add_argument("maker")
    parser.add_argument("--runs", type=int, default=5); parser.add_argument("--page-bytes", default="0")
    parser.add_argument("--part", choices=["dropped", "arriving", "both"], default="both")
    options = parser.parse_args()
    servers = [chronyd(12301), chronyd(12302)]
    made = tempfile.mkdtemp(dir="/var/tmp")
    try:
        at = datetime.datetime.fromtimestamp(time.time() - 3600, ZONE)
        first = make(options.maker, made, at, "0.25", options.page_bytes)
        second = make(options.maker, made, at + datetime.timedelta(minutes=20), "0.30", options.page_bytes)
        count, size = changed(first, second)
        total = sum(os.path.getsize(f"{second}/{path}") for path in files_of(second))
        print(f"{len(files_of(second)):,} files, {total / 1e6:.1f} MB; {count:,} changed, {size / 1e6:.2f} MB",
            flush=True)
        if options.part != "arriving":
            agent, shell, calls, pages = [], [], [], []
            for _ in range(options.runs):
                shell.append(pipeline(first, second))
                took, (by_calls, by_pages) = dropped(options.agent, first, second)
                agent.append(took); calls.append(by_calls); pages.append(by_pages)
            allowed = 2.2 * size + 4096 * count
            print(f"dropped at once: agent {spread(agent)}, pipeline {spread(shell)}: "
                  f"{statistics.median(agent) / statistics.median(shell):.2f} times (at most 0.35)")
            print(
                f"written: {statistics.median(calls) / 1e6:.2f} MB by calls, {statistics.median(pages) / 1e6:.2f} MB in pages; "
                  f"at most {allowed / 1e6:.2f} MB (2.2 x changed + 4 KiB a changed file)", flush=True)
        if options.part != "dropped":
            took = [arriving(options.agent, first, second) for _ in range(options.runs)]
            print(f"over ten seconds, last file closed to live: {spread(took)} (at most 100)", flush=True)
    finally:
        for server in servers:
            server.kill()
        set_aside(made)


if __name__ == "__main__":
    main()
