"""The agent where it was installed, under the unit itself; and the clock that it sees."""
import datetime
import os
import pathlib
import pwd
import subprocess
import time

from cage import SYSTEMD, unit

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


class Clock:
    """The agent's system clock: off by so many seconds, read by libfaketime from a file. Its other clocks stay true."""

    def __init__(self, file, base=0):
        self.file, self.base = str(file), base
        self.set(0)

    def set(self, seconds):
        with open(self.file + ".new", "w") as out:
            out.write(f"{self.base + seconds:+d}\n")
        os.rename(self.file + ".new", self.file)

    def environment(self):
        return self.settings(self.file)

    @staticmethod
    def settings(file):
        """Returns what a process needs to see this clock."""
        return {
            "LD_PRELOAD": FAKETIME,
            "FAKETIME_TIMESTAMP_FILE": file,
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            # Otherwise a timed wait on the monotonic clock returns at once, and .NET's timer and our threads spin.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        }


class Installed:
    """The agent as a package and `setup` have installed it here, under its unit."""

    ZONE, MIN_FREE = -5, 2 << 30

    def __init__(self, first, future, clock_file, clock_base):
        self.first, self.future = datetime.datetime.fromisoformat(first), datetime.datetime.fromisoformat(future)
        self.drop, self.state, self.run = "/srv/difusor/entrega", "/var/lib/difusor-agent", "/run/difusor-agent"
        account = pwd.getpwnam("difusor-entrega")
        self.uid, self.gid, self.notes, self.deaths = account.pw_uid, account.pw_gid, [], []
        self.clock = Clock(clock_file, clock_base)
        self.limits = unit(
            "difusor-agent.service",
            next(
                folder
                for folder in map(pathlib.Path, ("/usr/lib/systemd/system", "/lib/systemd/system", SYSTEMD))
                if (folder / "difusor-agent.service").exists()
            ),
        )
        self.seen, self.asked = None, 0.0
        self.restarts = self.show("NRestarts")
        self.messages = self.message_bytes = 0

    def show(self, key):
        return subprocess.run(
            ["systemctl", "show", "-p", key, "--value", "difusor-agent"], capture_output=True, text=True
        ).stdout.strip()

    def start(self):
        pass

    def pid(self):
        if time.monotonic() > self.asked + 1:
            self.asked, self.seen = time.monotonic(), int(self.show("MainPID") or 0) or None
            if (now := self.show("NRestarts")) != self.restarts:
                self.deaths.append(
                    f"restarted by systemd (NRestarts {self.restarts} -> {now}): {self.show('Result')}"
                )
                self.restarts = now
        return self.seen

    def command(self, *words):
        done = subprocess.run(["difusor-agent", *words], capture_output=True, text=True, timeout=120)
        return done.returncode, (done.stdout + done.stderr).strip()

    def close(self):
        self.clock.set(0)
