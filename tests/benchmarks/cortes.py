#!/usr/bin/env python3
"""A thousand cortes in a row on the real daemon: time, memory, descriptors, threads, inodes and journal, a line a hundred.

  cortes.py AGENT [--cortes 1000] [--files 200] [--changed 20]
"""
import argparse, datetime, hashlib, os, statistics, subprocess, time
from night import Night, chronyd, ZONE


def deliver(night, corte, number, options):
    name = corte.strftime("%Y%m%d_%H%M_PREP_MEX")
    folder = f"{night.root}/entrega/.{name}"
    os.makedirs(f"{folder}/seccion")
    pages = {f"seccion/{at:04}.html": f"<p>{at} {number if at < options.changed else ''}</p>\n"
        for at in range(options.files)}
    pages["index.html"] = f"<p>Corte: {corte.strftime('%d/%m/%Y %H:%M')} horas</p>\n"
    for path, text in pages.items():
        open(f"{folder}/{path}", "w").write(text)
    open(f"{folder}/PREP.hash",
        "w").write("".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {path}\n" for path, text in pages.items()))
    before = os.readlink(f"{night.root}/estado/public/current")
    began = time.monotonic()
    os.rename(folder, f"{night.root}/entrega/{name}")
    while os.readlink(f"{night.root}/estado/public/current") == before:
        if time.monotonic() > began + 60:
            raise SystemExit(f"corte {number} is not live")
        time.sleep(0.0005)
    took = time.monotonic() - began
    os.rename(f"{night.root}/entrega/{name}",
        f"{night.root}/sent/{name}")  # not removed: ext4 makes files slowly where others were just removed
    return took


def inodes(folder):
    # What the agent is just taking apart may go while it is counted.
    found = subprocess.run(["find", folder, "-printf", "%i\n"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True)
    return len(set(found.stdout.split()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agent")
    parser.add_argument("--cortes", type=int, default=1000); parser.add_argument("--files", type=int,
        default=200); parser.add_argument("--changed", type=int, default=20)
    options = parser.parse_args()
    servers = [chronyd(12301), chronyd(12302)]
    night = Night(options.agent, opens_in=-options.cortes * 60 - 3600)
    try:
        night.await_event("GATE_OPENED")
        os.mkdir(f"{night.root}/sent")
        first = datetime.datetime.fromtimestamp(time.time() - options.cortes * 60 - 1800, ZONE)
        print("cortes   live ms (median, most)   resident MiB   descriptors   threads   inodes   journal MiB")
        times = []
        for number in range(1, options.cortes + 1):
            times.append(deliver(night, first + datetime.timedelta(minutes=number), number, options) * 1000)
            if number % max(1, options.cortes // 10) == 0:
                state = f"{night.root}/estado"
                journal = sum(os.path.getsize(f"{state}/journal/{name}") for name in os.listdir(f"{state}/journal")
                    if name.endswith(".jsonl"))
                print(
                    f"{number:6} {statistics.median(times):12.1f} {max(times):9.1f} {night.resident_mib():16.1f} {len(os.listdir(f'/proc/{night.process.pid}/fd')):12}"
                      f" {len(os.listdir(f'/proc/{night.process.pid}/task')):10} {inodes(state):8} {journal / 2**20:12.2f}", flush=True)
                times = []
    finally:
        night.end()
        for server in servers:
            server.kill()


main()
