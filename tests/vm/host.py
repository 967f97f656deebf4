"""A machine as the scenarios of tests/system drive a booted system: what they do again and again, on a real kernel."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "system"))
from booted import Booted  # noqa: E402
from machine import Machine  # noqa: E402

SITE = "prep.ejemplo.mx"


class Host(Booted):
    def __init__(self, name, folder, **machine):
        self.name, self.folder = "guest", pathlib.Path(folder) / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lsm = machine["lsm"]
        self.machine = Machine(str(self.folder / "machine"))
        self.machine.start(packages=["jq"], memory="1536M", **machine)

    def tool(self, *words, **how):
        raise RuntimeError(f"a machine has no boot-system {words}")

    def sh(self, script, user=None, timeout=120):
        """Runs a script inside; gives its exit status and all it printed. Emulation is slow: the time counts thrice."""
        way = f"setpriv --reuid={user} --regid={user} --init-groups -- " if user else ""
        # Not by standard input, which the shared connection may keep open.
        done = self.machine.exec(way + "bash -c 'eval \"$(cat)\"'", input=script, timeout=3 * timeout, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.strip()

    def world(self, clock="", units=""):
        """As a booted system's; but chronyd's own profile is for the host's chronyd alone, and it goes by the path."""
        super().world(clock, units)
        self.out("cp /usr/sbin/chronyd /usr/local/sbin/pool-chronyd;"
            " sed -i 's#/usr/sbin/chronyd#/usr/local/sbin/pool-chronyd#'"
            " /etc/systemd/system/pool-ntp@.service; systemctl daemon-reload; systemctl restart 'pool-ntp@*'")

    def put(self, source, target):
        self.machine.put(str(source), target)

    def until(self, script, seconds=30):
        return super().until(script, 3 * seconds)

    def event(self, after, *names, seconds=40, **how):
        return super().event(after, *names, seconds=3 * seconds, **how)

    def reboot(self):
        """A clean reboot, at the time that the machine has: its clock chip gets it first."""
        self.out("busybox hwclock -w -u")
        return self.machine.reboot()

    def clock(self, moment):
        """From now on it is `moment` (UTC) on this machine: the agent is stopped meanwhile, for its clock did not
        jump."""
        self.out(f"""systemctl stop 'difusor-agent*.service'; date -u -s '{moment}' >/dev/null
systemctl restart pool-ntp@1 pool-ntp@2 pool-ntp@3 pool-ntp@4; systemctl try-restart chrony""")

    def delivered(self, name, account="difusor-entrega", key="key", folder="entrega"):
        code, said = self.sftp(f"put -r {name} /{folder}/", account, timeout=200,
            sftp=self.SFTP.replace("/root/ieem/key", f"/root/ieem/{key}"))
        return code, said
