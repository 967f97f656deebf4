#!/usr/bin/env python3
"""The most resident memory of the daemon while packages arrive that are made to fill it, and while a large honest one does.

  memory.py AGENT [--only NAME,...] [--scale 1.0]

Each attack has a daemon of its own, with the gate open; it ends when each package has its verdict (or has waited for one for two minutes), and
a small genuine corte that was sent after it is live. Prints VmHWM in MiB, what became of the packages, and after how long the corte was live.
"""
import argparse, collections, datetime, glob, gzip, hashlib, io, json, os, shutil, signal, socket, subprocess, sys, tarfile, tempfile, threading, time

ZONE = datetime.timezone(datetime.timedelta(hours=-5))
PORTS = tuple(int(os.environ.get("MEMORY_PORT", "12871")) + i for i in (0, 1))
ABSENT = hashlib.sha256(b"absent").hexdigest()


def chronyd(port):
    folder = tempfile.mkdtemp()
    return subprocess.Popen(
        ["chronyd", "-d", "-x", "-F", "0", "-u", "root", f"port {port}", "bindaddress 127.0.0.1", "allow 127.0.0.1",
        "cmdport 0",
         "bindcmdaddress /", f"pidfile {folder}/pid", "local stratum 8"], stdout=subprocess.DEVNULL,
         stderr=subprocess.DEVNULL)


class Night:
    def __init__(self, agent, folder):
        self.root = tempfile.mkdtemp(dir=folder)
        os.chmod(self.root, 0o755)
        for name in ("entrega", "acuses", "estado", "run", "made"):
            os.makedirs(f"{self.root}/{name}")
        opens = int(time.time()) - 7200
        iso = lambda at: datetime.datetime.fromtimestamp(at, ZONE).isoformat(timespec="seconds")
        with open(f"{self.root}/eleccion.yaml", "w") as f:
            f.write(
                f"id: bench\ntitle: Bench\nauthority: IEEM\ntime_zone: Etc/GMT+5\npublication: {{opens: {iso(opens)}, "
                    f"keep_until: {iso(opens + 86400)}, first_corte: {iso(opens - 864000)}}}\ncadence: 20m\n")
        with open(f"{self.root}/agent.yaml", "w") as f:
            f.write('election: eleccion.yaml\npaths: {drop: entrega, receipts: acuses, state: estado, run: run}\n'
                    f'clock: {{servers: ["127.0.0.1:{PORTS[0]}", "127.0.0.1:{PORTS[1]}"]}}\n'
                    f'syslog: {{target: "unix:{self.root}/log"}}\nlimits: {{min_free: 1MiB}}\ndrop: {{settle: 3s}}\n')
        self.process = subprocess.Popen([agent, "run", "--config", f"{self.root}/agent.yaml"],
            stderr=open(f"{self.root}/err", "w"))

    def events(self):
        for path in sorted(glob.glob(f"{self.root}/estado/journal/*.jsonl")):
            with open(path) as f:
                for line in f:
                    if line.endswith("\n"):
                        yield json.loads(line)

    def send(self, name):
        os.rename(f"{self.root}/made/{name}", f"{self.root}/entrega/{name}")

    def peak(self):
        return int(open(f"/proc/{self.process.pid}/status").read().split("VmHWM:")[1].split()[0]) / 1024

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def long_path(i, length):
    """A path of so many bytes that shares nothing with the next but its form."""
    head = f"{i:08d}"
    parts, left = [], length - len(head)
    while left > 0:
        parts.append("x" * min(200, left - 1) if left > 1 else "x")
        left -= len(parts[-1]) + 1
    return "/".join([f"{i // 1000:03d}", *parts, head])[-length:].lstrip("/") if parts else head


def folder_of(made, name, paths, hash_text=None):
    top = f"{made}/{name}"
    os.makedirs(top)
    known = set()
    for path in paths:
        folder = os.path.dirname(path)
        if folder not in known:
            os.makedirs(f"{top}/{folder}", exist_ok=True)
            known.add(folder)
        os.close(os.open(f"{top}/{path}", os.O_CREAT | os.O_WRONLY, 0o644))
    if hash_text is not None:
        with open(f"{top}/SHA256SUMS", "w") as f:
            f.writelines(hash_text)


def tar_gz(made, name, lines, hash_name="SHA256SUMS"):
    text = "".join(lines).encode()
    with gzip.open(f"{made}/{name}.tar.gz", "wb", compresslevel=1) as z, tarfile.open(fileobj=z, mode="w|") as tar:
        for path, data in (("index.html", b"<p>PREP</p>"), (hash_name, text)):
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def honest(made, name, stamp, count, width=40):
    """Pages with paths of some forty bytes, a table with the corte, one HASH over all."""
    top = f"{made}/{name}"
    lines = []
    for i in range(count - 2):
        path = f"DIP_LOC/distrito{i // 1000:04d}/seccion{i:07d}_casilla.html"
        if i % 1000 == 0:
            os.makedirs(f"{top}/{os.path.dirname(path)}")
        data = b"<p>%d</p>\n" % i
        with open(f"{top}/{path}", "wb") as f:
            f.write(data)
        lines.append(f"{hashlib.sha256(data).hexdigest()}  {path}\n")
    os.makedirs(f"{top}/bd")
    table = f"PREP\n{stamp.strftime('%Y/%m/%d %H:%M')} (UTC-5)\nA|B\n1|2\n".encode()
    with open(f"{top}/bd/MEX.csv", "wb") as f:
        f.write(table)
    lines.append(f"{hashlib.sha256(table).hexdigest()}  bd/MEX.csv\n")
    with open(f"{top}/PREP.hash", "w") as f:
        f.writelines(lines)


def absent(count, length):
    return [f"{ABSENT}  {long_path(i, length)}\n" for i in range(count)]


def attacks(n):
    """Name, and what makes its packages."""
    yield "absent 247,000 x 1 KB, tar.gz", lambda made: tar_gz(made, "A", absent(n(247_000), 1000))
    yield "absent 61,000 x 1 KB, tar.gz", lambda made: tar_gz(made, "A", absent(n(61_000), 1000))
    yield "absent 61,000 x 1 KB, folder", lambda made: folder_of(made, "A", ["index.html"], absent(n(61_000), 1000))
    yield "absent 900,000 short, tar.gz", lambda made: tar_gz(
        made, "A", [f"{ABSENT[:32]}  {i:x}\n" for i in range(n(900_000))], "HASH.txt")
    yield "100,000 empty, 950-byte paths", lambda made: folder_of(made, "A",
        [long_path(i, 950) for i in range(n(100_000))])
    yield "60,000 empty, 950-byte paths", lambda made: folder_of(made, "A",
        [long_path(i, 950) for i in range(n(60_000))])
    yield "60,000 listed, 950-byte paths", lambda made: folder_of(
        made, "A", [long_path(i, 950) for i in range(n(60_000))],
        [f"{ABSENT}  {long_path(i, 950)}\n" for i in range(n(60_000))])
    yield "four of 150,000 empty, short paths", lambda made: [
        folder_of(made, f"A{k}", [f"{i:07d}" for i in range(n(150_000))]) for k in range(4)]
    yield "five with 20,000 findings", lambda made: [folder_of(made, f"A{k}", ["index.html"], absent(n(20_000), 900))
        for k in range(5)]
    yield "several at once", lambda made: [
        *[tar_gz(made, f"A{k}", absent(n(60_000), 1000)) for k in range(4)],
        *[folder_of(made, f"B{k}", [long_path(i, 900) for i in range(n(30_000))]) for k in range(3)]]
    yield "honest 200,000 files", lambda made: honest(made, "20210606_2020_PREP", stamp_of(3600), n(200_000))


def stamp_of(ago):
    at = datetime.datetime.fromtimestamp(time.time() - ago, ZONE)
    return at.replace(minute=at.minute - at.minute % 20, second=0, microsecond=0)


def run(agent, folder, what, make):
    night = Night(agent, folder)
    try:
        made = f"{night.root}/made"
        make(made)
        names = sorted(os.listdir(made))
        if what.startswith("honest"):
            stamp = stamp_of(3600)
            new = f"{stamp.strftime('%Y%m%d_%H%M')}_PREP"
            os.rename(f"{made}/{names[0]}", f"{made}/{new}")
            names = [new]
        genuine = f"{stamp_of(1800).strftime('%Y%m%d_%H%M')}_PREP"
        honest(made, genuine, stamp_of(1800), 2000)
        while not any(event["event"] == "GATE_OPENED" for event in night.events()):
            time.sleep(0.2)
        idle = night.peak()
        for name in names:
            night.send(name)
        time.sleep(2)
        night.send(genuine)
        sent, live, ended = time.time(), None, {}
        while time.time() < sent + 900 and (live is None or len(ended) < len(names)):
            if night.process.poll() is not None:
                return print(f"{what:34} ENDED with {night.process.returncode} after {time.time() - sent:.0f} s",
                    flush=True)
            for event in night.events():
                package = event["fields"].get("package")
                if event["event"] == "CORTE_PUBLISHED" and package == genuine and live is None:
                    live = time.time() - sent
                if package in names and event["event"] in ("PACKAGE_REJECTED", "DELIVERY_STALLED", "PACKAGE_VERIFIED"):
                    ended[package] = sorted({reason["code"] for reason in event["fields"].get("reasons", [])}) or event[
                        "event"]
            time.sleep(0.5)
        time.sleep(3)
        journal = sum(os.path.getsize(path) for path in glob.glob(f"{night.root}/estado/journal/*.jsonl"))
        status = os.path.getsize(f"{night.root}/run/status.json")
        told = collections.Counter(str(one) for one in ended.values())
        print(
            f"{what:34} peak {night.peak():6.1f} MiB (idle {idle:.0f}); corte live after {f'{live:.1f} s' if live else 'never'}; journal "
              f"{journal / 1e6:.1f} MB, status {status / 1e3:.0f} kB; {dict(told)}", flush=True)
    finally:
        if night.process.poll() is None:
            night.end()
        shutil.rmtree(night.root, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agent")
    parser.add_argument("--only", default="")
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    servers = [chronyd(port) for port in PORTS]
    folder = tempfile.mkdtemp(dir="/var/tmp")
    try:
        for what, make in attacks(lambda count: int(count * options.scale)):
            if any(word in what for word in options.only.split(";")):
                run(os.path.abspath(options.agent), folder, what, make)
    finally:
        for server in servers:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
