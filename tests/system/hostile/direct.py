"""The agent directly on this machine, under its unit's limits, in folders and on small disks of its own."""
import datetime
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import packages
from cage import Cage, unit
from hosts import Clock

AGENT_UID, SENDER_UID = 64201, 64202


def chronyd(folder):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        "chronyd",
        "-d",
        "-x",
        "-F",
        "0",
        "-u",
        "root",
        f"port {port}",
        "bindaddress 127.0.0.1",
        "allow 127.0.0.1",
        "cmdport 0",
        "bindcmdaddress /",
        f"pidfile {folder}/chronyd-{port}.pid",
        "local stratum 8",
    ]
    return port, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Direct:
    """One agent below one temporary folder; started again when it ends, as systemd does."""

    ZONE, MIN_FREE = -6, 1 << 30

    def __init__(self, agent, filesystem="ext4", watches=None, settle="5s", movable=True):
        self.movable = movable
        self.limits, self.watches, self.deaths, self.process = unit("difusor-agent.service"), watches, [], None
        self.stopping = self.restarting = False
        self.root = tempfile.mkdtemp(prefix="difusor-hostile-", dir="/var/tmp")
        os.chmod(self.root, 0o755)
        self.mounted, self.children, self.notes = [], [], []
        self.messages = self.message_bytes = 0
        self.cage = Cage(os.path.basename(self.root), self.limits)
        self.notes += self.cage.missing
        for name, size, kind in (("srv", "4G", filesystem), ("var", "2G", "ext4")):
            self.disk(name, size, kind)
        self.drop, self.state, self.run = (f"{self.root}/{name}" for name in ("srv/entrega", "var/estado", "run"))
        for folder, uid, mode in (
            (self.drop, SENDER_UID, 0o2770),
            (f"{self.root}/srv/acuses", AGENT_UID, 0o755),
            (self.state, AGENT_UID, 0o711),
            (self.run, AGENT_UID, 0o755),
        ):
            os.mkdir(folder)
            os.chown(folder, uid, AGENT_UID)
            os.chmod(folder, mode)
        subprocess.run(["setfacl", "-d", "-m", f"g:{AGENT_UID}:rwx", self.drop], stderr=subprocess.DEVNULL)
        self.uid, self.gid = SENDER_UID, SENDER_UID
        self.agent = f"{self.root}/bin/difusor-agent"
        os.mkdir(f"{self.root}/bin")
        for name in ("difusor-agent", "libMonoPosixHelper.so"):
            shutil.copy(pathlib.Path(agent).resolve().parent / name, f"{self.root}/bin/{name}")
        self.clock = Clock(f"{self.root}/clock")
        servers = [chronyd(self.root), chronyd(self.root)]
        self.children += [process for _, process in servers]
        now = datetime.datetime.now(datetime.timezone.utc) + self.ZONE * packages.HOUR
        now = now.replace(tzinfo=None, second=0, microsecond=0)
        self.first, self.future = now - 11 * packages.HOUR, now + 2 * packages.HOUR
        self.configure(now - 12 * packages.HOUR, [port for port, _ in servers], settle)

    def disk(self, name, size, kind):
        """Mounts a small disk; where that cannot be done, a plain folder does, and the notes say so."""
        image, folder = f"{self.root}/{name}.img", f"{self.root}/{name}"
        os.mkdir(folder)
        subprocess.run(["truncate", "-s", size, image], check=True)
        make = {
            "ext4": ["mkfs.ext4", "-q", "-F", "-N", "600000", "-E", "lazy_itable_init=1,lazy_journal_init=1"],
            "xfs": ["mkfs.xfs", "-q", "-f"],
        }[kind]
        made = subprocess.run([*make, image], capture_output=True, text=True)
        made = (
            made
            if made.returncode
            else subprocess.run(["mount", "-o", "loop", image, folder], capture_output=True, text=True)
        )
        if made.returncode:
            self.notes.append(f"{name} has no disk of its own: {made.stderr.strip()}")
        else:
            self.mounted.append(folder)

    def configure(self, opens, ports, settle):
        servers = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
        iso = lambda at: f"{at:%Y-%m-%dT%H:%M:%S}{self.ZONE:+03d}:00"
        with open(f"{self.root}/eleccion.yaml", "w") as out:
            out.write(
                f"id: hostil\ntitle: Prueba\nauthority: IEEM\ntime_zone: Etc/GMT{-self.ZONE:+d}\n"
                f"publication: {{opens: {iso(opens)}, keep_until: {iso(opens + 36 * packages.HOUR)}, "
                f"first_corte: {iso(opens - 24 * packages.HOUR)}}}\ncadence: 20m\n"
            )
        with open(f"{self.root}/agent.yaml", "w") as out:
            out.write(
                "election: eleccion.yaml\n"
                "paths: {drop: srv/entrega, receipts: srv/acuses, state: var/estado, run: run}\n"
                f"drop: {{series: {packages.SERIES}, settle: {settle}, give_up: 60s}}\n"
                f"limits: {{min_free: {self.MIN_FREE}B}}\n"
                f"clock: {{servers: [{servers}]}}\n"
                f'syslog: {{target: "unix:{self.root}/log"}}\n'
            )

    def start(self):
        """Starts what stands beside the agent, and the agent; it is there when the gate is open."""
        self.log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.log.bind(f"{self.root}/log")
        os.chmod(f"{self.root}/log", 0o666)
        threading.Thread(target=self.take_messages, daemon=True).start()
        # The service that stands beside the agent's: it widens what a sender's modes have shut.
        widener = unit("difusor-agent-entrega.service")["ExecStart"].split("'")[1]
        self.children.append(
            subprocess.Popen(
                ["setpriv", f"--reuid={SENDER_UID}", f"--regid={SENDER_UID}", "--clear-groups", "sh", "-c", widener],
                cwd=self.drop,
                env=dict(os.environ, USER=str(SENDER_UID)),
                start_new_session=True,
            )
        )
        threading.Thread(target=self.supervise, daemon=True).start()

    def take_messages(self):
        while not self.stopping:
            self.log.settimeout(1)
            try:
                self.message_bytes += len(self.log.recv(1 << 20))
                self.messages += 1
            except OSError:
                pass

    def launch(self):
        inner = (
            "rm -f /dev/shm/sem.faketime_sem_$$ /dev/shm/faketime_shm_$$; "
            "exec setpriv --reuid={0} --regid={0} --clear-groups --no-new-privs env {1} {2} run --config {3}"
        )
        environment = (
            " ".join(f"{name}={value}" for name, value in self.clock.environment().items()) if self.movable else ""
        )
        script = self.cage.entry() + inner.format(AGENT_UID, environment, self.agent, f"{self.root}/agent.yaml")
        command, go = ["sh", "-c", script], subprocess.DEVNULL
        if self.watches:
            # A user namespace has its own count of inotify watches. A process has no right in it before it is mapped
            # and has called exec again.
            script = f"echo {self.watches} > /proc/sys/user/max_inotify_watches; {script}"
            command, go = ["unshare", "--user", "sh", "-c", 'read go; exec sh -c "$0"', script], subprocess.PIPE
        with open(f"{self.root}/stderr", "ab") as errors:
            process = subprocess.Popen(
                command,
                stdin=go,
                stdout=errors,
                stderr=errors,
                umask=0o022,
                env={**os.environ, "NOTIFY_SOCKET": f"{self.root}/notify", "WATCHDOG_USEC": "30000000"},
            )
        if self.watches:
            self.map(process)
        return process

    @staticmethod
    def map(process):
        """Maps all accounts of a new user namespace to themselves, and lets the process in it go on."""
        end = time.monotonic() + 10
        while (
            os.readlink(f"/proc/{process.pid}/ns/user") == os.readlink("/proc/self/ns/user")
            and time.monotonic() < end
        ):
            time.sleep(0.01)
        for kind in ("uid_map", "gid_map"):
            with open(f"/proc/{process.pid}/{kind}", "w") as out:
                out.write("0 0 65536")
        process.stdin.write(b"go\n")
        process.stdin.close()

    def supervise(self):
        """Type=notify, WatchdogSec=30s, Restart=always, RestartSec=1s."""
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(f"{self.root}/notify")
        os.chmod(f"{self.root}/notify", 0o666)
        notify.settimeout(0.2)
        while not self.stopping:
            self.process, fed = self.launch(), time.monotonic()
            while self.process.poll() is None:
                try:
                    fed = time.monotonic() if notify.recv(4096) else fed
                except OSError:
                    pass
                if time.monotonic() > fed + 30:
                    self.deaths.append("the watchdog was not fed for 30 s")
                    self.process.send_signal(signal.SIGKILL)
                    self.process.wait()
            if self.stopping:
                return
            if not self.restarting or self.process.returncode not in (0, -signal.SIGTERM):
                self.deaths.append(self.cause(self.process.returncode))
            self.restarting = False
            time.sleep(1)

    def restart(self):
        """Stops it in good order; it is started again as after any end."""
        if self.pid():
            self.restarting = True
            self.process.send_signal(signal.SIGTERM)

    def cause(self, code):
        """Returns how the agent ended: by what, and the first line of what it said."""
        said = open(f"{self.root}/stderr", errors="replace").read().splitlines()
        what = next(
            (line for line in reversed(said) if "Exception" in line or "ut of memory" in line),
            said[-1] if said else "",
        )
        kills, self.kills = self.cage.kills(), getattr(self, "kills", 0)
        killed, self.kills = kills > self.kills, kills
        return (
            f"out of memory at {self.limits['MemoryMax']} (kernel)"
            if killed
            else f"signal {-code}"
            if code < 0
            else f"exit {code}"
        ) + f" {what.strip()[:150]}"

    def pid(self):
        return self.process.pid if self.process and self.process.poll() is None else None

    def command(self, *words):
        done = subprocess.run(
            [self.agent, *words, "--config", f"{self.root}/agent.yaml"], capture_output=True, text=True, timeout=120
        )
        return done.returncode, (done.stdout + done.stderr).strip()

    def close(self):
        self.stopping = True
        for process in [*self.children, self.process]:
            if process and process.poll() is None:
                # The widener is a shell with children of its own, in a session of its own.
                os.killpg(process.pid, signal.SIGTERM) if os.getpgid(
                    process.pid
                ) == process.pid else process.send_signal(signal.SIGTERM)
        for process in [*self.children, self.process]:
            if process:
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        for folder in self.mounted:
            subprocess.run(["umount", "--lazy", folder], check=False)
        self.cage.close()
        shutil.rmtree(self.root, ignore_errors=True)
