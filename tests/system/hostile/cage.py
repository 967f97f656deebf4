"""What the shipped unit lets the agent have, put on a process where there is no systemd."""
import os
import pathlib
import re
import resource

SYSTEMD = pathlib.Path(__file__).resolve().parents[3] / "systemd"


def unit(name, folder=SYSTEMD):
    """Returns the unit's keys with the last value of each."""
    return dict(
        line.split("=", 1) for line in (folder / name).read_text().splitlines() if re.match(r"[A-Z]\w*=", line)
    )


def size(text):
    number, factor = re.fullmatch(r"(\d+)([KMGT]?)", text).groups()
    return int(number) << {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[factor]


class Cage:
    """A cgroup with the unit's MemoryMax and TasksMax; `missing` says what this machine refuses."""

    def __init__(self, name, limits):
        self.folders, self.missing = [], []
        self.memory_max, self.tasks, self.files = size(limits["MemoryMax"]), limits["TasksMax"], limits["LimitNOFILE"]
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if 0 <= most < int(self.files):
            self.missing.append(f"LimitNOFILE={self.files}: this machine gives {most}")
        if os.path.exists("/sys/fs/cgroup/cgroup.controllers"):
            self.make(
                f"/sys/fs/cgroup/{name}",
                {"memory.max": self.memory_max, "memory.swap.max": 0, "pids.max": self.tasks},
            )
        else:
            self.make(f"/sys/fs/cgroup/memory/{name}", {"memory.limit_in_bytes": self.memory_max})
            self.make(f"/sys/fs/cgroup/pids/{name}", {"pids.max": self.tasks})

    def make(self, folder, values):
        try:
            os.mkdir(folder)
        except OSError as fault:
            self.missing.append(f"{folder}: {fault.strerror}")
            return
        self.folders.append(folder)
        for name, value in values.items():
            try:
                with open(f"{folder}/{name}", "w") as file:
                    file.write(str(value))
            except OSError as fault:
                if name != "memory.swap.max":
                    self.missing.append(f"{folder}/{name}: {fault.strerror}")

    def entry(self):
        """Returns the shell's words that put the shell itself, and so what it becomes, into the cage."""
        return (
            "".join(f"echo $$ > {folder}/cgroup.procs; " for folder in self.folders)
            + f"ulimit -c 0; ulimit -n {self.files} 2>/dev/null; "
        )

    def kills(self):
        """Returns how often the kernel has ended something here for want of memory."""
        for folder in self.folders:
            for name in ("memory.events", "memory.oom_control"):
                try:
                    found = re.search(r"^oom_kill (\d+)", open(f"{folder}/{name}").read(), re.MULTILINE)
                except OSError:
                    continue
                if found:
                    return int(found[1])
        return 0

    def close(self):
        for folder in self.folders:
            try:
                os.rmdir(folder)
            except OSError:
                pass
