"""A hostile sender beside an honest one, against the installed agent under its own unit."""
import json
import subprocess
import sys

from booted import HERE

CLOCK, BASE = "/run/difusor-hostile-clock", "2021-06-07 12:00:00"


def hostile(table, host, seed=1, seconds=75):
    # 7:00 on the morning after: there is room for an honest corte a minute from 22:30 on. The agent's system clock is
    # read from a file, so that it can be set wrong; its other clocks and the servers' stay.
    offset = host.evening(BASE, units=())
    sys.path.append(str(HERE / "hostile"))
    from hosts import Clock

    settings = " ".join(f"{name}={value}" for name, value in Clock.settings(CLOCK).items())
    host.write("/etc/systemd/system/difusor-agent.service.d/evening.conf", f"[Service]\nEnvironment={settings}")
    host.out(
        f"echo {offset:+d} > {CLOCK}; sed -i 's/^  series: null/  series: PREP_MEX/' /etc/difusor-agent/agent.yaml; "
        "systemctl daemon-reload; systemctl restart difusor-agent; rm -rf /root/system"
    )
    host.until("difusor-agent status --json | grep -q '\"synchronized\":true'")
    subprocess.run(["rm", "-rf", HERE / "hostile/__pycache__"], check=True)
    host.put(HERE, "/root/system")
    code, said = host.sh(
        f"cd /root/system && python3 -B hostile/run.py --installed --seed {seed} --seconds {seconds}"
        # The suite asserts no time: how soon, and in how little memory, `make hostile` says.
        " --bound 60 --memory 512 --first 2021-06-06T22:30"
        f" --future 2021-06-07T09:00 --clock-file {CLOCK} --clock-base {offset} --rows /root/rows.json",
        timeout=seconds + 420,
    )
    print(said[:6000], flush=True)
    kept = host.sh("cat /root/rows.json")[1]
    rows = json.loads(kept) if kept.startswith("[") else []
    table.row(
        f"a hostile sender by seed {seed}, {seconds} s, beside an honest one",
        "played to its end",
        f"{len(rows)} rows" if rows else said[-400:],
        bool(rows),
    )
    for verdict, what, expected, seen in rows:
        table.row(f"hostile: {what}", expected, seen, verdict == "pass")
    host.out(
        "sed -i 's/^  series: PREP_MEX/  series: null/' /etc/difusor-agent/agent.yaml; "
        "rm -rf /root/system /etc/systemd/system/difusor-agent.service.d/evening.conf; systemctl daemon-reload"
    )
