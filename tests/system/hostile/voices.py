"""The processes that send, and the clock that is set wrong, beside the agent."""
import json
import pathlib
import queue
import random
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent


class Voice:
    """A process of ours that says one JSON object a line."""

    def __init__(self, script, host, *words):
        command = [
            sys.executable,
            "-B",
            str(HERE / script),
            "--drop",
            host.drop,
            "--uid",
            host.uid,
            "--gid",
            host.gid,
            "--zone",
            host.ZONE,
            "--first",
            host.first.isoformat(),
            *words,
        ]
        self.script = script
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.said = queue.Queue()
        threading.Thread(
            target=lambda: [self.said.put(json.loads(line)) for line in self.process.stdout], daemon=True
        ).start()

    def new(self):
        while not self.said.empty():
            yield self.said.get()

    def tell(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except OSError:
            pass

    def end(self, seconds):
        try:
            self.process.stdin.close()
            self.process.wait(timeout=seconds)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


class Steps:
    """Sets the agent's system clock wrong for some seconds, now and then: never for two polls of 64 s in a row, and
    not so far that the probe's certificate would not be valid yet."""

    def __init__(self, host, seed):
        self.host, self.rng, self.made, self.back = host, random.Random(seed * 31), 0, None
        self.due = time.monotonic() + self.rng.uniform(10, 40)

    def turn(self, now):
        if self.back and now >= self.back:
            self.host.clock.set(0)
            self.due, self.back = now + self.rng.uniform(75, 120), None
        elif not self.back and now >= self.due:
            self.host.clock.set(self.rng.choice([-1, 1]) * self.rng.choice([5, 3600, 86_400, 400_000]))
            self.back, self.made = now + self.rng.uniform(4, 18), self.made + 1
