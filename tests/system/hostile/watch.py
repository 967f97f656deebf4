"""What must hold all the while: looked at four times a second, and read from the journal as it grows."""
import collections
import glob
import hashlib
import json
import os
import re
import time

# What no sender may bring about.
FALSE_ALARMS = {
    "TAMPER_DETECTED",
    "HEAL_FAILED",
    "PROBE_MISMATCH",
    "PROBE_STALE",
    "PROBE_FAILED",
    "CORTE_OVERDUE",
    "CLOCK_JUMP",
}
FAULTS = {"INTERNAL_FAULT", "DELIVERY_SET_ASIDE"}
TAG = re.compile(r"x\d{4}x")


class Journal:
    """The records as they come, and whether each holds the digest of the line before it."""

    def __init__(self, state):
        self.folder, self.places, self.bytes, self.broken = f"{state}/journal", {}, 0, None
        self.last, self.begun = None, False

    def new(self):
        for path in sorted(glob.glob(f"{self.folder}/*.jsonl")):
            with open(path, "rb") as file:
                file.seek(self.places.get(path, 0))
                text = file.read()
            text = text[: text.rfind(b"\n") + 1]
            self.places[path] = self.places.get(path, 0) + len(text)
            self.bytes += len(text)
            for line in text.splitlines():
                record = json.loads(line)
                if self.last is not None and record["prev"] != self.last and not self.broken:
                    self.broken = f"record {record['seq']} does not follow the one before it"
                self.last = hashlib.sha256(line).hexdigest()
                yield record


class Watch:
    def __init__(self, host):
        self.host, self.journal = host, Journal(host.state)
        self.events, self.told, self.aliases = collections.Counter(), collections.defaultdict(collections.Counter), {}
        self.alarms, self.published, self.verdicts = [], [], collections.Counter()
        self.pids, self.peak, self.files, self.threads, self.status, self.cpu = [], 0, 0, 0, 0, 0.0
        self.free, self.began, self.general = None, time.monotonic(), collections.Counter()
        self.last = collections.deque(maxlen=400)
        self.at_start = sum(1 for _ in self.journal.new()) and self.journal.bytes

    def begin(self):
        """From now on it counts: what came before was the start."""
        for record in self.journal.new():
            pass
        self.at_start, self.began = self.journal.bytes, time.monotonic()

    def sample(self):
        pid = self.host.pid()
        if pid and pid not in self.pids:
            self.pids.append(pid)
        if pid:
            self.look(pid)
        try:
            self.status = max(self.status, os.stat(f"{self.host.run}/status.json").st_size)
        except OSError:
            pass
        room = os.statvfs(self.host.state)
        free = room.f_bavail * room.f_frsize
        self.free = free if self.free is None else min(self.free, free)
        for record in self.journal.new():
            self.take(record)

    def since(self, instant):
        """Returns what was recorded since then, with its second."""
        return [f"{at - instant:.0f}s {event} {package}" for at, event, package in self.last if at >= instant]

    def look(self, pid):
        try:
            said = open(f"/proc/{pid}/status").read()
            peak = int((re.search(r"VmHWM:[ \t]+([0-9]+)", said) or [0, 0])[1]) << 10
            if peak > self.peak + (8 << 20):
                self.last.append((time.monotonic(), f"PEAK {peak >> 20} MiB", ""))
            self.peak = max(self.peak, peak)
            self.threads = max(self.threads, int(re.search(r"Threads:[ \t]+([0-9]+)", said)[1]))
            self.files = max(self.files, len(os.listdir(f"/proc/{pid}/fd")))
            spent = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
            self.cpu = (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, TypeError):
            pass  # it has just ended: the host tells

    def take(self, record):
        event, fields = record["event"], record["fields"]
        self.events[event] += 1
        self.last.append((time.monotonic(), event, str(fields.get("package") or fields.get("path") or "")[:40]))
        package = str(fields.get("package") or fields.get("delivery") or "")
        # Before the first corte is live it is true that one is overdue; then that ends.
        is_true = event == "CORTE_OVERDUE" and (not self.published or fields.get("cause") == "ended")
        if event in FALSE_ALARMS | FAULTS and not is_true:
            self.alarms.append(f"{event} {json.dumps(fields, ensure_ascii=False)[:300]}")
        if event == "CORTE_PUBLISHED":
            self.published.append(package)
        if event in (
            "PACKAGE_REJECTED",
            "PACKAGE_SUPERSEDED",
            "PACKAGE_DUPLICATE",
            "PACKAGE_HELD",
            "DELIVERY_STALLED",
        ):
            self.verdicts[package, int(time.monotonic() - self.began) // 60] += 1
        found = TAG.search(json.dumps(fields, ensure_ascii=False)[:4000])
        tag = self.aliases.get(package) or found and found[0]
        reasons = fields.get("reasons") or fields.get("reason") or ""
        code = (
            reasons[0].get("code", "")
            if isinstance(reasons, list) and reasons and isinstance(reasons[0], dict)
            else reasons
        )
        said = event + (f" ({code})" if code else "")
        if tag:
            self.told[tag][said] += 1
        else:
            self.general[said] += 1
