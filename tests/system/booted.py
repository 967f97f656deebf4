"""One booted system, driven by ./boot-system; and what the scenarios do in it again and again."""
import json
import os
import pathlib
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
MAKER = TOP / "tests/tools/make_prep_package.py"


class Booted:
    def __init__(self, name, folder, cache):
        self.name, self.folder = name, pathlib.Path(folder)
        self.environment = dict(os.environ, BOOT_SYSTEM_DIR=str(self.folder), BOOT_SYSTEM_CACHE=str(cache),
                                BOOT_SYSTEM_PACKAGES="logrotate rpm dnf createrepo-c sshpass python3")

    def tool(self, *words, check=True, timeout=300, script=""):
        done = subprocess.run([HERE / "boot-system", words[0], self.name, *map(str, words[1:])], env=self.environment,
                              capture_output=True, text=True, timeout=timeout, input=script)
        if check and done.returncode == 125:
            raise RuntimeError(f"boot-system {' '.join(map(str, words))}: {done.stderr}")
        return done

    def sh(self, script, user=None, timeout=120):
        """Runs a script inside; gives its exit status and all it printed."""
        where = ("as", user) if user else ("run",)
        # Through a pipe: what stands on the command line systemd would read for itself first.
        done = self.tool(*where, "--", "bash", "-c", 'eval "$(cat)"', timeout=timeout, script=script)
        return done.returncode, (done.stdout + done.stderr).strip()

    def out(self, script, user=None, timeout=120):
        """What a script prints; it must end with 0."""
        code, said = self.sh(script, user, timeout)
        if code != 0:
            raise RuntimeError(f"exit {code}: {said[-600:]} <- {script[:200]}")
        return said

    def background(self, script):
        process = subprocess.Popen([HERE / "boot-system", "run", self.name, "--", "bash", "-c", 'eval "$(cat)"'],
            env=self.environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.PIPE)
        process.stdin.write(script)
        process.stdin.close()
        process.stdin = None
        return process

    def put(self, source, target):
        self.tool("put", source, target)

    def write(self, path, text):
        self.out(f"mkdir -p $(dirname {path}); cat > {path} <<'END_OF_FILE'\n{text}\nEND_OF_FILE")

    def listing(self, folder):
        """Kind, modes, owners, path and content (a digest; a link's target) of all that lies in a folder."""
        return set(self.out(
            f"cd {folder}; find . -printf '%y %m %u:%g %p %l\\n'; find . -type f -exec sha256sum {{}} +").splitlines())

    def until(self, script, seconds=30):
        """Runs a condition inside until it holds; gives what it printed, or None when it never did."""
        code, said = self.sh(
            f"end=$((SECONDS + {seconds})); until {script}; do [ $SECONDS -lt $end ] || exit 9; sleep 0.1; done",
            timeout=seconds + 60)
        return said if code == 0 else None

    # ---- the agent ---------------------------------------------------------------------------------------------------
    def journal(self, state="/var/lib/difusor-agent"):
        return [json.loads(line) for line in self.out(f"cat {state}/journal/*.jsonl").splitlines() if line]

    def mark(self, state="/var/lib/difusor-agent"):
        return self.journal(state)[-1]["seq"]

    def event(self, after, *names, seconds=40, state="/var/lib/difusor-agent", **fields):
        """The first record after a number that is one of these events and has these fields; None when none comes."""
        end = time.monotonic() + seconds
        while True:
            for record in self.journal(state):
                if record["seq"] > after and record["event"] in names and all(str(record["fields"].get(key)) == value
                    for key, value in fields.items()):
                    return record
            if time.monotonic() > end:
                print("no", *names, "- the journal ends with",
                    *(f"\n    {record['seq']} {record['event']} {record['fields']}"[:300]
                    for record in self.journal(state)[-4:]), flush=True)
                return None
            time.sleep(0.2)

    def get(self, path="/", site="prep.ejemplo.mx", options=""):
        """(status, body) of the site, over https, with its certificate checked."""
        code, said = self.sh(
            f"curl -sS --max-time 10 --resolve {site}:443:127.0.0.1 {options} -w '\\n%{{http_code}}' https://{site}{path}")
        return (said.rsplit("\n", 1)[-1], said.rsplit("\n", 1)[0]) if code == 0 else (f"curl {code}", said)

    def shows(self, corte, site="prep.ejemplo.mx", path="/"):
        day, clock = corte.split("T")
        year, month, date = day.split("-")
        return f"{date}/{month}/{year} {clock}" in self.get(path, site)[1]

    # ---- the institute -----------------------------------------------------------------------------------------------
    def make(self, corte, form="zip", scale=0.01, progress=0.25, pages=0, spoil=None):
        """Makes a package and puts it into the system, below /root/ieem; gives its name."""
        work = self.folder / "packages"
        work.mkdir(parents=True, exist_ok=True)
        out = work / f"{corte.replace(':', '')}-{form}-{len(list(work.iterdir()))}"
        subprocess.run(["python3", MAKER, out, "--corte", corte, "--scale", str(scale), "--form", form, "--progress",
            str(progress), "--page-bytes", str(pages)],
                       check=True, capture_output=True)
        package = next(path for path in out.iterdir())
        if spoil:
            spoil(package)
        self.put(package, f"/root/ieem/{package.name}")
        return package.name

    SFTP = (
        "sftp -q -b - -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o BatchMode=yes -o IdentitiesOnly=yes"
            " -o BindAddress=203.0.113.7 -i /root/ieem/key")

    def sftp(self, commands, account="difusor-entrega", options="", sftp=SFTP, timeout=120):
        return self.sh(
            f"cd /root/ieem; {sftp} {options} {account}@127.0.0.1 <<'END_OF_BATCH'\n{commands}\nEND_OF_BATCH",
            timeout=timeout)

    def deliver(self, corte, account="difusor-entrega", narrow=False, **how):
        """Makes a package and sends it; narrow: with the sender's modes, 0600 and 0700, kept."""
        name = self.make(corte, **how)
        if narrow:
            self.out(
                f"cd /root/ieem; find {name} -type f -exec chmod 600 {{}} +; find {name} -type d -exec chmod 700 {{}} +")
        code, said = self.sftp(f"put {'-rp' if narrow else '-r'} {name}", account)
        if code != 0:
            raise RuntimeError(f"sftp: {said}")
        return name

    # ---- the world outside -------------------------------------------------------------------------------------------
    def world(self, clock="", units=""):
        """The four servers of pool.ntp.org (real chronyds on loopback, as soon as there is one) and the institute's
        address, 203.0.113.7."""
        self.out(f"""cat > /etc/systemd/system/pool-ntp@.service <<END
[Unit]
StartLimitIntervalSec=0
[Service]
ExecStart={clock} /usr/sbin/chronyd -d -x -F 0 'port 123' 'bindaddress 127.0.0.1%i' 'allow 127.0.0.0/8' 'cmdport 0' 'bindcmdaddress /' 'user root' 'pidfile /run/pool-ntp-%i.pid' 'local stratum 8'
Restart=always
RestartSec=500ms
[Install]
WantedBy=multi-user.target
END
for i in 1 2 3 4; do grep -q "127.0.0.1$i " /etc/hosts || echo "127.0.0.1$i $((i-1)).pool.ntp.org $((i-1)).debian.pool.ntp.org" >> /etc/hosts; done
[ -e /etc/systemd/system/institute.service ] || printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/ip address add 203.0.113.7/32 dev lo\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/institute.service
systemctl daemon-reload
systemctl enable -q --now institute.service pool-ntp@1 pool-ntp@2 pool-ntp@3 pool-ntp@4
systemctl restart pool-ntp@1 pool-ntp@2 pool-ntp@3 pool-ntp@4; [ -z "{units}" ] || systemctl try-restart {units}""")

    def evening(self, moment, units=("difusor-agent.service",)):
        """From now on it is `moment` (UTC) for the agent and for the time servers; gives how far that is from this
        host's time."""
        seconds = int(self.out(f"echo $(( $(date -u -d '{moment}' +%s) - $(date -u +%s) ))"))
        offset = f"{seconds:+d}"    # libfaketime takes a number without a sign for a date
        for unit in units:
            self.write(f"/etc/systemd/system/{unit}.d/evening.conf",
                       f"[Service]\nEnvironment=LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 FAKETIME={offset} NO_FAKE_STAT=1")
        self.world(f"/usr/bin/faketime -f {offset}", " ".join(units))
        return seconds
