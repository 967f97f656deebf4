#!/usr/bin/env python3
"""What the watch costs while nothing happens: wake-ups a second, and the CPU time of its rescans, with 13,175 files published.

  watch.py AGENT PACKAGE_MAKER [--seconds 300] [--page-bytes 0]

With the default rescan of five minutes. A wake-up is a voluntary context switch of any of its threads.
"""
import argparse, datetime, glob, json, os, shutil, subprocess, sys, tempfile, time

from night import Night, ZONE, chronyd, set_aside


def switches(pid):
    """Of each thread."""
    counts = {}
    for path in glob.glob(f"/proc/{pid}/task/*/status"):
        try:
            counts[path] = int(open(path).read().split("voluntary_ctxt_switches:")[1].split()[0])
        except OSError:
            pass
    return counts


def since(before, pid):
    """Of the threads that are there now; what one did that has ended meanwhile is not known."""
    return sum(count - before.get(path, 0) for path, count in switches(pid).items())


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agent"); parser.add_argument("maker")
    parser.add_argument("--seconds", type=float, default=300); parser.add_argument("--page-bytes", default="0")
    options = parser.parse_args()
    servers = [chronyd(12301), chronyd(12302)]
    made = tempfile.mkdtemp(dir="/var/tmp")
    try:
        corte = datetime.datetime.fromtimestamp(time.time() - 3600, ZONE)
        subprocess.run([sys.executable, options.maker, made, "--corte", corte.strftime("%Y-%m-%dT%H:%M"),
            "--page-bytes", options.page_bytes],
                       check=True, stdout=subprocess.DEVNULL)
        name = os.listdir(made)[0]
        night = Night(options.agent)
        night.await_event("GATE_OPENED")
        shutil.copytree(f"{made}/{name}", f"{night.root}/entrega/.{name}")
        os.rename(f"{night.root}/entrega/.{name}", f"{night.root}/entrega/{name}")
        night.await_event("CORTE_PUBLISHED")
        time.sleep(20)
        pid, scan = night.process.pid, lambda: json.load(open(f"{night.root}/run/status.json"))["sentinel"][
            "last_full_scan"]
        before, began, woke, quiet = cpu_seconds(pid), time.monotonic(), switches(pid), scan()
        minute = None
        while (elapsed := time.monotonic() - began) < options.seconds:
            time.sleep(min(1, options.seconds - elapsed))
            if minute is None and (elapsed := time.monotonic() - began) >= 60:
                minute = since(woke, pid) / elapsed
                print(
                    f"{'wake-ups, ' + ('no rescan' if scan() == quiet else 'a rescan too'):34} {minute:8.1f} a second  (over a minute, all threads; at most 5)", flush=True)
        elapsed = time.monotonic() - began
        print(
            f"{'CPU of one core':34} {100 * (cpu_seconds(pid) - before) / elapsed:8.2f} %  (over {elapsed:.0f} s, rescans: {quiet} to {scan()}; at most 2)", flush=True)
        print(f"{'wake-ups, the rescan too':34} {since(woke, pid) / elapsed:8.1f} a second", flush=True)
        print(f"{'resident':34} {night.resident_mib():8.1f} MiB", flush=True)
        night.end()
    finally:
        for server in servers:
            server.kill()
        set_aside(made)


main()
