#!/usr/bin/env python3
"""What many files cost: seconds and peak memory of `verify`, of a corte's publication and of the next one's. A table.

  files.py AGENT [--files 10000,50000,200000,500000]

A package as one that has a picture of each acta: pictures of a few bytes, no two alike, a thousand a folder; a page for
each hundred of them, a table, one HASH over all. The next corte has other pages and another table. limits.files is set
to fit, and is all that is. Each number of files has a daemon of its own, with the gate open. Needs some 20 KB of
/var/tmp a file; nothing is removed before the end, for ext4 makes files slowly where others were removed.
"""
import argparse, datetime, hashlib, os, shutil, sys, tempfile, time
from night import Night, ZONE, chronyd, resident, set_aside

FILE_BYTES = 20_000


def stamped(minutes):
    """The stamp of a package and the table's header, so many minutes ago."""
    at = datetime.datetime.fromtimestamp(time.time() - 60 * minutes, ZONE)
    return at.strftime("%Y%m%d_%H%M_PREP"), at.strftime("%Y/%m/%d %H:%M (UTC-5)")


def write(top, path, body, digests):
    with open(f"{top}/{path}", "wb") as out:
        out.write(body)
    digests.write(f"{hashlib.sha256(body).hexdigest()}  {path}\n")


def make_pictures(top, count, digests):
    for at in range(count):
        if at % 1000 == 0:
            os.makedirs(f"{top}/actas/{at // 1000:04d}")
        write(top, f"actas/{at // 1000:04d}/{at:07d}.jpg", b"\xff\xd8\xff\xe0%d\xff\xd9" % at, digests)


def make_corte(top, pages, header, pictures):
    """Writes what a corte changes: pages, the table, and the HASH over all."""
    for folder in ("bd", "paginas"):
        os.makedirs(f"{top}/{folder}", exist_ok=True)
    with open(f"{top}/PREP.sha256", "w") as digests:
        for at in range(pages):
            write(top, f"paginas/{at:05d}.html", f"<p>{at}, {header}</p>\n".encode(), digests)
        write(top, "bd/PREP.csv", f"PREP\n{header}\nA|B\n1|2\n".encode(), digests)
        write(top, "index.html", f"<h1>PREP</h1><p>{header}</p>\n".encode(), digests)
        with open(pictures) as known:
            shutil.copyfileobj(known, digests)


def publish(night, package, name, patience=1800):
    """Renames a package into the drop, and out of it again once it is live. Returns the seconds that it took."""
    current, dropped = f"{night.root}/estado/public/current", f"{night.root}/entrega/{name}"
    before, began = os.readlink(current), time.monotonic()
    os.rename(package, dropped)
    while os.readlink(current) == before:
        if time.monotonic() > began + patience:
            sys.exit(f"{name}: not published; see {night.root}/estado/journal")
        time.sleep(0.005)
    took = time.monotonic() - began
    os.rename(dropped, package)
    return took


def measure(agent, count, work):
    package, pictures, pages = f"{work}/{count}", f"{work}/{count}.sha256", count // 100
    (first, header), (second, next_header) = stamped(60), stamped(40)
    with open(pictures, "w") as digests:
        make_pictures(package, count - pages - 3, digests)
    make_corte(package, pages, header, pictures)
    os.sync()
    night = Night(agent, limits=f"files: {count}, min_free: 1MiB")
    night.await_event("GATE_OPENED")
    os.rename(package, f"{work}/{first}")  # verify looks for the corte in the name, too
    verify, memory = resident([agent, "verify", "--json", "--config", f"{night.root}/agent.yaml", f"{work}/{first}"])
    os.rename(f"{work}/{first}", package)
    to_live = publish(night, package, first)
    peak = night.peak_mib()
    make_corte(package, pages, next_header, pictures)
    os.sync()
    next_to_live = publish(night, package, second)
    print(f"| {count:,} | {verify:.2f} | {memory:.0f} | {to_live:.2f} | {peak:.0f} | {next_to_live:.2f} "
          f"| {night.peak_mib():.0f} |", flush=True)
    night.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agent", type=os.path.abspath)
    parser.add_argument("--files", default="10000,50000,200000,500000")
    options = parser.parse_args()
    counts = [int(count) for count in options.files.split(",")]
    free = shutil.disk_usage("/var/tmp").free
    if free < sum(counts) * FILE_BYTES:
        sys.exit(f"/var/tmp has {free / 1e9:.0f} GB, and this needs {sum(counts) * FILE_BYTES / 1e9:.0f}")
    servers = [chronyd(12301), chronyd(12302)]
    work = tempfile.mkdtemp(dir="/var/tmp")
    try:
        print("| files | verify, s | MiB | first corte to live, s | daemon, MiB | next corte, s | daemon, MiB |")
        print("|---|---|---|---|---|---|---|", flush=True)
        for count in counts:
            measure(options.agent, count, work)
    finally:
        for server in servers:
            server.kill()
        set_aside(work)


main()
