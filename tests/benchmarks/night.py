#!/usr/bin/env python3
"""The daemon as a sysadmin meets it: start to READY, idle memory, last file closed to live, opening to live.

  night.py AGENT PACKAGE_MAKER [--runs 5] [--page-bytes 0] [--part arrival|opening]

Medians of RUNS, with the least and the most beside them. Two real chronyd servers on loopback; needs root's right to none of it but
chronyd. A package has 13,175 files; its HASH file is the last to be closed. As root, another account (nobody) tries all the while to read
what is held, and must be able to read it once it is live.
"""
import argparse, atexit, datetime, json, os, shutil, signal, socket, statistics, subprocess, sys, tempfile, threading, time

ZONE = datetime.timezone(datetime.timedelta(hours=-5))


def chronyd(port):
    folder = tempfile.mkdtemp()
    return subprocess.Popen(
        ["chronyd", "-d", "-x", "-F", "0", "-u", "root", f"port {port}", "bindaddress 127.0.0.1", "allow 127.0.0.1",
        "cmdport 0",
         "bindcmdaddress /", f"pidfile {folder}/pid", "local stratum 8"], stdout=subprocess.DEVNULL,
         stderr=subprocess.DEVNULL)


set_aside_roots = []


def set_aside(root):
    """Has a run's files removed when the last run is over, so that none pays for what the one before it removed."""
    set_aside_roots.append(root)


@atexit.register
def sweep():
    for root in set_aside_roots:
        shutil.rmtree(root)


# What nobody does: each folder that holds results, by its name and by names that it may guess; one line for each thing
# that it could read.
STRANGER = """
import os, sys, time
state, tried = sys.argv[1], 0
while not os.path.exists(state + "/public/current/bd"):
    for folder in ("held", "staging", "vault", "quarantine", "sealed", "journal"):
        for path in (folder, folder + "/1", folder + "/2", folder + "/" + sys.argv[2], folder + "/" + sys.argv[2] + "/index.html", folder + "/1/index.html"):
            tried += 1
            for attempt in (os.listdir, open):
                try:
                    attempt(state + "/" + path)
                    print("READ", path, flush=True)
                except (PermissionError, FileNotFoundError, NotADirectoryError, IsADirectoryError):
                    pass
    time.sleep(0.02)
os.listdir(state + "/public/current/bd")
print("tried", tried, flush=True)
"""


def stranger(state, release):
    if os.geteuid() != 0:
        return None
    return subprocess.Popen(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c",
        STRANGER, state, release],
                            stdout=subprocess.PIPE, text=True, cwd="/")


def resident(command):
    """Seconds, and the most resident memory in MiB, of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command}: status {status}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


class Night:
    def __init__(self, agent, prepare=lambda root: None, opens_in=-7200, limits="min_free: 1MiB"):
        self.root = tempfile.mkdtemp(dir="/var/tmp")
        os.chmod(self.root, 0o755)
        for name in ("entrega", "acuses", "estado", "run"):
            os.makedirs(f"{self.root}/{name}")
        prepare(self.root)
        opens = self.opens = int(time.time()) + opens_in
        iso = lambda at: datetime.datetime.fromtimestamp(at, ZONE).isoformat(timespec="seconds")
        open(f"{self.root}/eleccion.yaml", "w").write(
            f"id: bench\ntitle: Bench\nauthority: IEEM\ntime_zone: Etc/GMT+5\npublication: {{opens: {iso(opens)}, keep_until: {iso(opens + 86400)}, "
            f"first_corte: {iso(opens - 864000)}}}\ncadence: 20m\n")
        open(f"{self.root}/agent.yaml", "w").write(
            'election: eleccion.yaml\npaths: {drop: entrega, receipts: acuses, state: estado, run: run}\n'
            'clock: {servers: ["127.0.0.1:12301", "127.0.0.1:12302"]}\n'
            f'syslog: {{target: "unix:{self.root}/log"}}\nlimits: {{{limits}}}\n')
        ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ready.bind(f"{self.root}/notify")
        began = time.monotonic()
        self.process = subprocess.Popen([agent, "run", "--config", f"{self.root}/agent.yaml"],
            stderr=subprocess.DEVNULL,
                                        env=dict(os.environ, NOTIFY_SOCKET=f"{self.root}/notify"))
        ready.settimeout(10)
        while b"READY=1" not in ready.recv(4096):
            pass
        self.ready_ms = (time.monotonic() - began) * 1000
        ready.settimeout(None)
        threading.Thread(target=lambda: [None for _ in iter(lambda: ready.recv(4096), None)], daemon=True).start()

    def await_event(self, code, patience=90):
        end = time.monotonic() + patience
        journal = f"{self.root}/estado/journal"
        while time.monotonic() < end:
            for name in sorted(os.listdir(journal)):
                for line in open(f"{journal}/{name}") if name.endswith(".jsonl") else ():
                    if f'"event":"{code}"' in line and line.endswith("\n"):
                        return json.loads(line)
            time.sleep(0.02)
        raise SystemExit(f"no {code}")

    def await_live(self):
        while not os.path.exists(f"{self.root}/estado/public/current/bd"):
            time.sleep(0.0005)
        return time.time()

    def resident_mib(self, which="VmRSS"):
        status = open(f"/proc/{self.process.pid}/status").read()
        return int(status.split(f"{which}:")[1].split()[0]) / 1024

    def peak_mib(self):
        return self.resident_mib("VmHWM")

    def end(self):
        """Stops the daemon. Its files stay: ext4 makes files slowly for minutes where as many were just removed."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        set_aside(self.root)


def show(what, values, unit, bound):
    print(
        f"{what:34} {statistics.median(values):8.1f} {unit}  ({min(values):.1f} to {max(values):.1f}; at most {bound})",
        flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agent"); parser.add_argument("maker")
    parser.add_argument("--runs", type=int, default=5); parser.add_argument("--page-bytes", default="0")
    parser.add_argument("--part", choices=["arrival", "opening"])
    options = parser.parse_args()
    servers = [chronyd(12301), chronyd(12302)]
    made = tempfile.mkdtemp(dir="/var/tmp")
    try:
        corte = datetime.datetime.fromtimestamp(time.time() - 3600, ZONE)
        subprocess.run([sys.executable, options.maker, made, "--corte", corte.strftime("%Y-%m-%dT%H:%M"),
            "--page-bytes", options.page_bytes],
                       check=True, stdout=subprocess.DEVNULL)
        name = os.listdir(made)[0]
        ready, idle, live, opening = [], [], [], []
        for _ in range(options.runs if options.part != "opening" else 0):
            night = Night(options.agent)
            night.await_event("GATE_OPENED")
            ready.append(night.ready_ms); idle.append(night.resident_mib())
            shutil.copytree(f"{made}/{name}", f"{night.root}/entrega/{name}",
                ignore=shutil.ignore_patterns("PREP.hash"))
            time.sleep(3)
            shutil.copyfile(f"{made}/{name}/PREP.hash", f"{night.root}/entrega/{name}/PREP.hash")
            closed = time.time()
            live.append((night.await_live() - closed) * 1000)
            night.end()
        if live:
            show("start to READY", ready, "ms", 300)
            show("resident, idle", idle, "MiB", 30)
            show("last file closed to live", live, "ms", 1000)
        for _ in range(options.runs if options.part != "arrival" else 0):
            night = Night(options.agent, lambda root: shutil.copytree(f"{made}/{name}", f"{root}/entrega/.{name}"),
                opens_in=15)
            os.rename(f"{night.root}/entrega/.{name}", f"{night.root}/entrega/{name}")
            held = night.await_event("PACKAGE_HELD")
            if time.time() > night.opens - 1:
                raise SystemExit("this machine is too busy: held too late to measure an opening")
            nobody = stranger(f"{night.root}/estado", held["fields"]["release"])
            opening.append((night.await_live() - night.opens) * 1000)
            said = nobody.communicate(timeout=20)[0] if nobody else "not tried: needs root"
            night.end()
            if opening[-1] < 0:
                raise SystemExit("published before the opening")
            if "READ" in said or nobody and nobody.returncode:
                raise SystemExit(f"another account: {said}")
        if opening:
            show("opening to live, held", opening, "ms", 100)
            print(f"another account, while held:         {said.strip()}, read nothing")
    finally:
        for server in servers:
            server.kill()
        set_aside(made)


if __name__ == "__main__":
    main()
