"""The product's life on one machine, and after each step what the kernel refused."""
import json

import sink
from denials import Denials
from host import SITE

OTHER = "otro.ejemplo.mx"
SETUP = ("difusor-agent setup --yes --election {election} --config /etc/difusor-agent/{name}.yaml --site {site}"
         " --institute-address 203.0.113.7 --institute-key /root/ieem/{key}.pub --certificate /etc/ssl/certs/{site}.pem"
         " --key /etc/ssl/private/{site}.key")
CERTIFICATE = ("openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN={0} -addext subjectAltName=DNS:{0}"
               " -keyout /etc/ssl/private/{0}.key -out /etc/ssl/certs/{0}.pem 2>/dev/null;"
               " cp /etc/ssl/certs/{0}.pem /usr/local/share/ca-certificates/{0}.crt;"
               " update-ca-certificates >/dev/null 2>&1")
IETAM = ("difusor-ietam", "other", OTHER, "ietam")
# What check fails for another reason than the kernel: the machine has no firewall, and nobody is told before the step
# of notify.
NOT_OF_THE_KERNEL = {"notify", "firewall-https", "firewall-ssh", "registration", "certificate-dates", "ntp-pool"}


def play(table, host, deb):
    denials = Denials(host)
    table.group(alone, host, denials)
    for step in (installed, set_up, night, altered, told, second, rebooted, restored, removed):
        before = table.failed
        table.group(step, host, deb)
        table.group(lambda table: denials.row(table, step.__name__))
        if table.failed > before:
            print(host.sh("journalctl -b -u 'difusor-agent*' -u rsyslog --no-pager -o short-monotonic | cut -c1-300"
                " | tail -n 40")[1], flush=True)


def alone(table, host, denials):
    """What the machine refuses by itself, with the institute and its time servers on it."""
    host.out("mkdir -p /root/ieem; for key in key other; do ssh-keygen -q -t ed25519 -N '' -f /root/ieem/$key; done; "
        + CERTIFICATE.format(SITE) + "; " + CERTIFICATE.format(OTHER), timeout=300)
    host.world()
    host.out("systemctl restart apache2 rsyslog ssh")
    own = denials.learn()
    enforced = host.out("getenforce" if host.lsm == "selinux" else "aa-enabled; cat /sys/kernel/security/lsm").split()
    table.row(f"{host.lsm} on a real kernel", "enforcing", f"{' '.join(enforced)}; {host.out('uname -r')}; the root is "
        f"{host.out('stat -f -c %T /')}; of its own it refuses: {'; '.join(own) or 'nothing'}",
        enforced[0] in ("Enforcing", "Yes"))


def installed(table, host, deb):
    # An emulated processor is some thirty times slower: what systemd allows the agent is measured by a real one.
    for unit in ("difusor-agent", "difusor-agent@"):
        host.write(f"/etc/systemd/system/{unit}.service.d/emulated.conf",
            "[Service]\nWatchdogSec=15min\nTimeoutStartSec=15min\nTimeoutStopSec=5min")
    host.put(deb, "/root/agent.deb")
    code, said = host.sh("dpkg -i /root/agent.deb", timeout=300)
    failed = host.out("systemctl --failed --plain --no-legend | cut -d' ' -f1")
    table.row("the .deb", "installed, no failed unit", f"exit {code}; {failed or 'none failed'}; {said[-160:]}",
        code == 0 and "difusor" not in failed)


def confinement(host, unit="difusor-agent"):
    """In what the kernel keeps the agent's process."""
    return host.sh(f"tr -d '\\0' < /proc/$(systemctl show -p MainPID --value {unit})/attr/current")[1].strip()


def confined(host, said):
    if host.lsm == "apparmor":
        return said == "difusor-agent (enforce)"
    return ":init_t:" not in said and said.count(":") >= 3


def checked(host, name="agent"):
    """The rows of check that fail, for another reason than what the machine lacks."""
    report = json.loads(host.sh(f"difusor-agent check --json --language en --config /etc/difusor-agent/{name}.yaml",
        timeout=200)[1].splitlines()[-1])
    return [f"{row['id']}: {row['found']} ({row['command']})" for row in report["rows"]
        if row["state"] == "fail" and row["id"] not in NOT_OF_THE_KERNEL]


def set_up(table, host, _):
    code, said = host.sh(SETUP.format(election="ieem-2021", name="agent", site=SITE, key="key"), timeout=300)
    socket, _ = host.sh("test -S /var/lib/difusor-syslog/dev/log")
    table.row("setup", "done, rsyslog has made the agent's socket",
        f"exit {code}, socket {socket == 0}: {said[-200:]}",
        code == 0 and socket == 0)
    inside = confinement(host)
    table.row("in what the agent runs", "its profile, enforced; or a domain of services", inside,
        confined(host, inside))
    if host.lsm == "selinux":
        beside = confinement(host, "difusor-agent-entrega")
        table.row("in what the service beside it runs", "a domain of services", beside, confined(host, beside))
    host.event(0, "CLOCK_SYNCHRONIZED")
    host.until("difusor-agent status --json | grep -q '\"probes_good\": *[1-9]'", 60)
    wrong = checked(host)
    table.row("check", "nothing failed that the kernel could refuse", "; ".join(wrong) or "nothing", not wrong)


def works(table, host, when, corte, account="difusor-entrega", key="key", site=SITE, name=None, form="zip"):
    """A corte comes by sftp, is published, and all that reads it reads it."""
    state = "/var/lib/difusor-agent" + (f"-{name}" if name else "")
    mark = host.mark(state)
    package = host.make(corte, form=form)
    code, said = host.delivered(package, account, key)
    published = host.event(mark, "CORTE_PUBLISHED", "PACKAGE_REJECTED", seconds=40, state=state)
    table.row(f"{when}: a corte as {form} by sftp", "published, readers have it",
        f"sftp {code} {said[-80:] if code else ''}; {published and published['event']}; {host.get(site=site)[0]}",
        code == 0 and published and published["event"] == "CORTE_PUBLISHED" and host.shows(corte, site))
    seen = [host.get(f"/difusor-agent/{page}", site)[0] for page in ("", "huellas.txt")]
    table.row(f"{when}: the status page and the huellas", "200, 200", seen, seen == ["200", "200"])
    config = f"/etc/difusor-agent/{name or 'agent'}.yaml"
    log = f"/var/log/difusor-agent{'-' + name if name else ''}.log"
    host.until(f"grep -q CORTE_PUBLISHED {log}", 20)
    code, said = host.sh(f"sleep 2; difusor-agent journal verify --language en --config {config} --syslog {log}")
    host.sftp("get /acuses/ultimo.json /root/ieem/acuse", account, sftp=host.SFTP.replace("ieem/key", f"ieem/{key}"))
    receipt = host.sh("cat /root/ieem/acuse; rm -f /root/ieem/acuse")[1]
    table.row(f"{when}: rsyslog's file, the receipt by sftp", "agrees with the journal; of this package",
        f"exit {code}: {said[-100:]}; {receipt[:60]}", code == 0 and package in receipt)


def night(table, host, _):
    mark = host.mark()
    package = host.make("2021-06-06T20:00", form="folder")
    code, said = host.delivered(package)
    held = host.event(mark, "PACKAGE_HELD", "CORTE_PUBLISHED", "PACKAGE_REJECTED")
    table.row("a package before the hour, by sftp", "held",
        f"sftp {code} {said[-100:] if code else ''}; {held and held['event']}",
        code == 0 and held and held["event"] == "PACKAGE_HELD" and "noindex" in host.get()[1])
    host.clock("2021-06-07 00:59:20")
    host.out("systemctl start difusor-agent")
    opened = host.event(mark, "GATE_OPENED", seconds=60)
    published = host.event(mark, "CORTE_PUBLISHED", seconds=30)
    table.row("20:00", "opened and published, never before",
        f"{opened and opened['at']} {published and published['at']}",
        opened and published and "2021-06-07T01:00:00" <= published["at"] < "2021-06-07T01:00:30"
        and host.shows("2021-06-06T20:00"))

    def spoil(package):
        page = package / "DIP_LOC/distrito/001.html"
        page.write_bytes(page.read_bytes().replace(b"<td>", b"<td >", 1))
    mark = host.mark()
    host.delivered(host.make("2021-06-06T20:01", form="folder", spoil=spoil))
    verdict = host.event(mark, "PACKAGE_REJECTED", "CORTE_PUBLISHED")
    table.row("one byte more in one page", "rejected, the site as before", verdict and verdict["event"],
        verdict and verdict["event"] == "PACKAGE_REJECTED" and host.shows("2021-06-06T20:00"))
    works(table, host, "the night", "2021-06-06T20:02")


def altered(table, host, _):
    mark = host.mark()
    host.out("cd /var/lib/difusor-agent/public/current && echo '<script>' >> index.html && rm -r DIP_LOC")
    healed = host.event(mark, "TAMPER_HEALED")
    host.until("difusor-agent status --json | grep -q '\"intact\"'", 30)
    found, _ = host.sh("difusor-agent verify /var/lib/difusor-agent/public/current/. --json | grep -q '\"accepted\"'")
    table.row("a page altered and a folder removed", "healed, readers have it",
        f"{healed and healed['event']}; verify {found}",
        healed and found == 0 and host.shows("2021-06-06T20:02"))


def told(table, host, _):
    sink.start(host)
    host.write("/etc/difusor-agent/notify.env", "MAIL_URL=smtp://localhost:2525\nMAIL_FROM=difusor@ejemplo.mx")
    program = "/usr/share/difusor-agent/notify/mail.sh guardia@ejemplo.mx"
    host.out("cd /etc/difusor-agent; chgrp difusor-agent notify.env; chmod 0640 notify.env;"
        f" sed -i -e 's#^  command: null#  command: \"{program}\"#'"
        " -e 's#^  environment: null#  environment: /etc/difusor-agent/notify.env#' agent.yaml;"
        " systemctl reload difusor-agent")
    code, said = host.sh("difusor-agent notify test --language en")
    mails = sink.mails(host, 1)
    table.row("notify.command is mail.sh (sh, jq, date, curl)", "notify test: done, a mail",
        f"exit {code}: {said[-160:]}; {mails} mails",
        code == 0 and mails >= 1)
    mark = host.mark()
    host.out("echo '<script>' >> /var/lib/difusor-agent/public/current/index.html")
    healed = host.event(mark, "TAMPER_HEALED")
    more = sink.mails(host, 3)
    table.row("an alteration, told by mail and over again", "healed, two mails more",
        f"{healed and healed['event']}; {more} mails",
        healed and more >= 3)


def second(table, host, _):
    host.clock("2021-06-07 02:00:00")
    host.out("systemctl start difusor-agent")
    code, said = host.sh(SETUP.format(election="ietam-2021", name="ietam", site=OTHER, key="other"), timeout=300)
    socket, _ = host.sh("test -S /var/lib/difusor-syslog-ietam/dev/log")
    inside = confinement(host, "difusor-agent@ietam")
    table.row("an instance by setup", "done, its socket made, confined",
        f"exit {code}, socket {socket == 0}, {inside}: {said[-160:]}",
        code == 0 and socket == 0 and confined(host, inside))
    host.event(0, "CLOCK_SYNCHRONIZED", state="/var/lib/difusor-agent-ietam")
    works(table, host, "the instance", "2021-06-06T20:50", *IETAM, form="folder")
    wrong = checked(host, "ietam")
    table.row("the instance: check", "nothing failed that the kernel could refuse", "; ".join(wrong) or "nothing",
        not wrong)


def rebooted(table, host, _):
    seconds = host.reboot()
    seen = host.out("systemctl is-system-running || true;"
        " systemctl is-active difusor-agent difusor-agent@ietam apache2 rsyslog || true").split()
    kept = [confinement(host), confinement(host, "difusor-agent@ietam")]
    table.row("a reboot", "all runs, as confined as before", f"{seconds:.0f} s; {' '.join(seen)}; {kept}",
        seen[1:] == ["active"] * 4 and all(confined(host, each) for each in kept))
    pages = [host.get("/difusor-agent/", site)[0] for site in (SITE, OTHER)]
    table.row("after the reboot: both status pages", "200", pages, pages == ["200", "200"])
    host.event(host.mark() - 3, "CLOCK_SYNCHRONIZED")
    works(table, host, "after the reboot", "2021-06-06T20:55")
    works(table, host, "after the reboot, the instance", "2021-06-06T20:56", *IETAM)


def restored(table, host, _):
    if host.lsm == "selinux":
        code, said = host.sh("restorecon -R / 2>&1 | grep -v 'proc\\|/sys' | tail -n 3", timeout=600)
        done = "restorecon -R /"
    else:
        code, said = host.sh("systemctl reload apparmor 2>&1")
        done = "all profiles loaded again"
    table.row(done, "nothing of the product changes", f"exit {code} {said[-200:]}", code == 0)
    host.out("systemctl restart rsyslog apache2 difusor-agent difusor-agent@ietam")
    works(table, host, f"after {done}", "2021-06-06T20:57", form="folder")
    works(table, host, f"after {done}, the instance", "2021-06-06T20:58", *IETAM)
    wrong = checked(host)
    table.row(f"after {done}: check", "nothing failed that the kernel could refuse", "; ".join(wrong) or "nothing",
        not wrong)


def removed(table, host, _):
    code, said = host.sh("dpkg -r difusor-agent", timeout=300)
    table.row("removed while results are public", "the site stays", f"exit {code}; {host.get()[0]}",
        code == 0 and host.shows("2021-06-06T20:57"))
    code, said = host.sh("dpkg -P difusor-agent", timeout=300)
    left = host.out({
        "selinux": "(semanage fcontext -l -C -n | grep -v /var/lib/difusor-agent; semodule -l) | grep difusor || true",
        "apparmor": "(cat /sys/kernel/security/apparmor/profiles; ls /etc/apparmor.d) | grep difusor || true",
    }[host.lsm])
    table.row("purged", "no profile and no rule left but the site's, which is still public",
        f"exit {code}; {left or 'none'}; {host.get()[0]}",
        code == 0 and not left and host.get()[0] == "200")
