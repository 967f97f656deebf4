"""From a bare Debian to a host that `check` finds compliant, by the very commands of packaging/README.md and README.md,
with what the package brings; then the first package on the evening of the election, no file touched."""
import json
import re
import shlex
import subprocess
import time

from booted import TOP
from night import BEFORE

SITE = "prep.ejemplo.mx"
# By the profile of the documents, ieem-2027, which the package brings: UTC-6, and open from 20:00 to the next midnight.
EVENING, CORTE, AFTER = "2027-06-07 02:25:00", "2027-06-06T20:20", "2027-06-09 12:00:00"


def documented(page):
    """The commands of a page's first block that installs the .deb, without their comments."""
    block = next(block for block in re.findall(r"```sh\n(.*?)```", (TOP / page).read_text(), re.S)
        if "apt-get install" in block)
    return [line.split("  #")[0].strip() for line in block.replace("\\\n", " ").splitlines()]


def documented_setup():
    """The documented `setup`, for a script: it asks nothing."""
    return "cd; " + documented("packaging/README.md")[2].replace("sudo ", "").replace(" setup ", " setup --yes ")


def on(host, moment):
    """From now on it is this moment for the agent and the time servers, and the agent knows it: no clock is set."""
    host.evening(moment)
    host.until("difusor-agent status --json | grep -q '\"synchronized\":true'")


def outside(host, deb):
    """What the operator has in hand (the .deb, the institute's key) and what the Internet has: time servers, names,
    Let's Encrypt (Pebble, its test server)."""
    host.folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ieem", "-f", host.folder / "key"], check=True)
    subprocess.run(["apt-get", "-qq", "download", "pebble"], cwd=host.folder, check=True, capture_output=True)
    subprocess.run(f"dpkg -x pebble_*.deb pebble && mv pebble/usr/bin/pebble acme-server", shell=True, cwd=host.folder,
        check=True)
    host.put(deb, f"/root/{deb.name}")
    host.put(host.folder / "key", "/root/ieem/key")
    host.put(host.folder / "key.pub", "/root/ieem.pub")
    host.put(host.folder / "acme-server", "/opt/acme/pebble")
    host.write("/opt/acme/config.json", json.dumps({"pebble": {
        "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
        "certificate": "/opt/acme/own.pem", "privateKey": "/opt/acme/own.key", "httpPort": 80, "tlsPort": 443,
        "certificateValidityPeriod": 63072000}}))    # until after the election, which is played by a faked time
    # It demands neither that requests be repeated nor that an answer be waited for, which it does at random otherwise.
    host.write("/etc/systemd/system/acme.service",
        "[Service]\nEnvironment=PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0\nExecStart=/opt/acme/pebble -config /opt/acme/config.json")
    host.write("/root/.config/letsencrypt/cli.ini", "server = https://127.0.0.1:14000/dir\nno-verify-ssl = true")
    host.out(
        f"echo '127.0.0.1 {SITE}' >> /etc/hosts; openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=acme -keyout /opt/acme/own.key -out /opt/acme/own.pem 2>/dev/null; systemctl daemon-reload; systemctl start acme")
    # Let's Encrypt's root is in every browser, this one's is another at each start.
    answer = host.until(
        "printf 'GET /roots/0 HTTP/1.0\\r\\n\\r\\n' | openssl s_client -quiet -connect 127.0.0.1:15000 2>/dev/null", 10)
    host.write("/usr/local/share/ca-certificates/acme.crt", answer[answer.index("-----BEGIN"):])
    host.out("update-ca-certificates >/dev/null 2>&1")
    host.world()


def compliant(table, host, deb):
    outside(host, deb)
    commands, servers = documented("packaging/README.md"), host.sh(
        "ls /usr/sbin/apache2 /usr/sbin/sshd /usr/sbin/chronyd /usr/sbin/rsyslogd /usr/bin/certbot 2>/dev/null")[1]
    rehearse = documented("README.md")[-1]
    table.row("the commands of packaging/README.md, README.md and their twins",
        "the same, the last is check, then simulacro: at most five; no server is there yet",
        f"{len(commands)} and {rehearse}; there: {servers or 'none'}",
              len(commands) <= 4 and commands[-1].endswith("difusor-agent check")
              and commands == documented("packaging/LEEME.md") and rehearse.endswith("difusor-agent simulacro")
              and [*commands, rehearse] == documented("README.md") == documented("README.es.md") and not servers)
    took, codes, said, installed = [], [], "", ""
    for command in commands:
        started = time.monotonic()
        if " apt-get " in command:    # with the host's network; nobody is there to answer its question
            words = command.split(" apt-get ")[1].replace("./difusor-agent_*_amd64.deb", f"/root/{deb.name}").split()
            done = host.tool("apt", words[0], "--install-recommends", *words[1:])
            code, said = done.returncode, done.stdout + done.stderr
            installed = said
        elif " setup " in command:    # on a terminal it asks once
            inner = shlex.quote(command.replace("sudo ", ""))
            code, said = host.sh(f"export HOME=/root TERM=xterm; cd; echo s | script -qec {inner} /dev/null")
        else:
            code, said = host.sh(f'export HOME=/root; cd; sudo() {{ "$@"; }}; {command}')
        took.append(time.monotonic() - started)
        codes.append(code)
        print(f"$ {command}    # exit {code}, {took[-1]:.1f} s" + (f"\n{said[-1500:]}" if code else ""), flush=True)
    table.row("from a bare Debian to compliant, by these commands", "each ends with 0, all in 2 minutes",
        f"exits {codes}, {' + '.join(f'{each:.1f}' for each in took)} = {sum(took):.1f} s",
        not any(codes) and sum(took) <= 120)
    lines = [line for line in installed.splitlines() if "difusor-agent setup" in line]
    table.row("what the installation says", "one line with the next command", lines,
        len(lines) == 1 and "difusor-agent setup --election" in lines[0])
    report = json.loads(host.sh("difusor-agent check --json --language en")[1].splitlines()[-1])
    by = {state: [row["id"] for row in report["rows"] if row["state"] == state]
        for state in ("fail", "warn", "by-hand", "pass")}
    table.row("check --json after that", "no fail",
        f"fail: {by['fail'] or 'none'}; warn: {by['warn']}; by hand: {by['by-hand']}; {len(by['pass'])} pass",
        not by["fail"] and by["pass"])
    for row in report["rows"]:
        if row["state"] != "pass":
            print("   ", row, flush=True)

    host.until("difusor-agent status --json | grep -q '\"synchronized\":true'")
    code, said = host.sh(f'sudo() {{ "$@"; }}; {rehearse} --json', timeout=240)
    steps = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    table.row("the rehearsal without the institute, README.md's last command", "each of its ten steps happens, exit 0",
        f"{len(steps)} steps, exit {code}: {said[-200:]}",
        code == 0 and len(steps) == 10 and all(step["happened"] for step in steps))

    host.tool("apt", "install", "faketime")
    on(host, EVENING)
    host.until("difusor-agent status --json | grep -q '\"state\":\"open\"'")
    before = host.listing("/etc")
    mark = host.mark()
    host.deliver(CORTE, form="folder")
    published = host.event(mark, "CORTE_PUBLISHED", "PACKAGE_REJECTED", "PACKAGE_HELD")
    table.row("the first package on the evening of the shipped election, by real sftp",
        "published; no file of /etc was touched", f"{published and published['event']}; https {host.get()[0]}",
              published and published["event"] == "CORTE_PUBLISHED" and host.shows(CORTE)
              and host.listing("/etc") == before)
    code, said = host.sh("HOME=/root certbot renew --force-renewal --no-random-sleep-on-renew 2>&1")
    table.row("the certificate is renewed beside the published site", "renewed, served, the corte as before",
        f"exit {code}: {said.splitlines()[-2:]}", code == 0 and host.shows(CORTE))


FIREWALLS = {
    "ufw": ("ufw",
    "ufw app info difusor-agent && ufw allow from 198.51.100.9 to any port 22 proto tcp && ufw --force enable",
    "ufw show added", "ufw --force reset"),
    # Debian's brings no nft, without which its rules are not seen; and what it opens by itself is SSH for everyone.
    "firewalld": ("firewalld nftables",
    "systemctl start firewalld && firewall-cmd -q --permanent --remove-service=ssh && firewall-cmd -q --reload",
    "firewall-cmd --permanent --list-all; firewall-cmd --list-all", "systemctl disable -q --now firewalld"),
}


def walled(table, host):
    """Debian's own ufw and firewalld, in force."""
    def reach():
        rows = {row["id"]: row
            for row in json.loads(host.sh("difusor-agent check --json --language en")[1].splitlines()[-1])["rows"]}
        return [(rows[name]["state"], rows[name]["found"]) for name in ("firewall-https", "firewall-ssh")]
    setup = documented_setup()
    for name, (packages, start, rules, end) in FIREWALLS.items():
        host.tool("apt", "install", *packages.split())
        code, said = host.sh(start)
        closed, before = reach(), host.out(rules)
        made, again, opened = host.sh(f"HOME=/root; {setup}"), host.sh(f"HOME=/root; {setup}"), reach()
        table.row(f"{name} in force: check, setup, setup again, check",
            "443 closed: fail; after setup open to all, SSH to the institute; nothing to change then",
                  f"exits {code}, {made[0]}, {again[0]}; {closed[0]}; {opened[0][0]}, {opened[1]}",
                  (code, made[0], again[0], closed[0][0], opened[0][0], opened[1][0]) == (0, 0, 0, "fail", "pass",
                  "pass") and "203.0.113.7" in opened[1][1] and "Nada que cambiar" in again[1] and name in opened[0][1])
        host.out("difusor-agent setup --undo --yes")
        after = host.out(rules)
        # A closed port 443 takes a published site down as well as a closed Apache does.
        table.row(f"setup --undo with {name} in force, while results are public",
            "the institute's way in is closed, the readers' stays open and the site is served", after,
            "203.0.113.7" not in after and "difusor-agent" in after and "difusor-agent" not in before
            and reach()[0][0] == "pass" and host.get()[0] == "200")
        host.out(end)


def ended(table, host):
    """The period is over: what the runbook and packaging/README.md say of the end."""
    on(host, AFTER)
    late = BEFORE.replace("2021-04-12 12:00:00", AFTER)
    code, said = host.sh(documented_setup().replace("difusor-agent", f"{late}difusor-agent", 1))
    table.row("setup for an election that is over", "exit 2, says so and names the key", f"exit {code}: {said[-160:]}",
        code == 2 and "election:" in said and "ya terminó" in said)
    codes = [host.sh(command)[0]
        for command in ("difusor-agent journal export --out /root", "difusor-agent withdraw --reason 'fin del plazo'",
        "sleep 1; difusor-agent setup --undo --yes")]
    purged = host.tool("apt", "purge", "difusor-agent").returncode
    host.out("rm -r /etc/systemd/system/difusor-agent.service.d")    # the faked time's
    left = host.out(
        "find /etc /usr /var /srv /run -name '*difusor*' -not -path '/var/lib/dpkg/*' -not -path '/var/lib/apache2/*' -not -path '/var/lib/apt/*' -not -path '/var/log/*' -not -path '/var/lib/difusor-agent/journal/*' -not -path '/var/lib/systemd/*' 2>/dev/null || true").split()
    table.row("journal export, withdraw, setup --undo, purge after the period",
        "each done, without --force; left are the evidence, the institute's folder, the journal",
              f"exits {codes}, {purged}; left: {left}; {host.get()[0]}",
              not any(codes) and purged == 0 and set(left) <= {"/var/lib/difusor-agent", "/srv/difusor"}
              and host.sh("ls /root/*difusor* /root/*.tar* 2>/dev/null | grep .")[0] == 0)
