"""Upgrades from the packages of earlier versions, as they were: in the night's moments, and back again."""
import json

from faults import Readers
from night import CERTIFICATE, SETUP

FORMER_SETUP = SETUP[SETUP.index("difusor-agent setup"):].replace(" --yes", "")
# Nobody is told of attacks, and chronyd in a container may not set the clock.
OF_THE_HOST = {"notify", "ntp-sync"}
# An internal fault of 0.2.0, which a lookup without an answer raised there: it shows until an hour has passed.
OF_THE_FORMER = {"troubles"}
RUNNING = "systemctl is-active difusor-agent"


def from_version(table, host, version, former, deb):
    """The night on one system: the former version begins each step, and this one ends it."""
    host.put(former, "/root/former.deb")
    host.put(deb, "/root/this.deb")
    for step in (after_setup, while_held, during_a_delivery, after_the_opening, what_it_left):
        step(table, host, version)


def change(host, to):
    """Installs one of the two packages, as a sysadmin would; nobody is there to answer a question."""
    done = host.tool("apt", "install", "--allow-downgrades", f"/root/{to}.deb")
    return f"apt {done.returncode}, {host.sh(RUNNING)[1]}", done.returncode == 0 and host.sh(RUNNING)[0] == 0


def intact(host):
    """Whether the journal is whole by this version, from its first record on."""
    code, said = host.sh("difusor-agent journal verify --language en")
    return f"journal: exit {code}", code == 0 and host.journal()[0]["seq"] == 1


def after_setup(table, host, version):
    host.out("mkdir -p /root/ieem; ssh-keygen -q -t ed25519 -N '' -f /root/ieem/key")
    host.out(CERTIFICATE.format("prep.ejemplo.mx"))
    offset = host.evening("2021-06-07 00:30:00")
    host.out(FORMER_SETUP)
    # As a sysadmin has it after a while: a value of its own, which the upgrade must keep.
    host.out("sed -i 's/^  settle: .*/  settle: 11s/' /etc/difusor-agent/agent.yaml; systemctl restart difusor-agent")
    before = host.out("sha256sum /etc/difusor-agent/agent.yaml")
    said, good = change(host, "this")
    whole, chained = intact(host)
    left = host.out("sha256sum /etc/difusor-agent/agent.yaml; ls /etc/difusor-agent; difusor-agent config validate")
    table.row(f"{version}: upgraded after setup", "asks nothing, agent.yaml byte for byte, valid, running, journal whole",
        f"{said}; {whole}; agent.yaml {'kept' if before in left else 'CHANGED'}",
        good and chained and before in left and "dpkg-" not in left)
    host.until("difusor-agent status --json | grep -q '\"synchronized\": *true'", 40)
    rows = json.loads(
        host.sh(f"faketime -f {offset:+d} difusor-agent check --json --language en")[1].splitlines()[-1])["rows"]
    wrong = {row["id"] for row in rows if row["state"] == "fail"} - OF_THE_HOST - OF_THE_FORMER
    table.row(f"{version}: check after it", "nothing fails but what this host lacks", wrong or f"{len(rows)} rows, nothing",
        not wrong)


def while_held(table, host, version):
    good_back = change(host, "former")
    mark = host.mark()
    name = host.deliver("2021-06-06T20:00")
    held = host.event(mark, "PACKAGE_HELD", "PACKAGE_REJECTED", package=name)
    said, good = change(host, "this")
    table.row(f"{version}: upgraded while a package is held", "running; it is still held, and nothing is public",
        f"back: {good_back[0]}; {held and held['event']}; {said}; {host.get()[0]}",
        good_back[1] and held and held["event"] == "PACKAGE_HELD" and good and not host.shows("2021-06-06T20:00")
        and "2021-06-06T20:00" in host.out("difusor-agent releases list --json"))
    host.evening("2021-06-07 01:00:05")
    published = host.event(mark, "CORTE_PUBLISHED", seconds=60, package=name)
    whole, chained = intact(host)
    table.row(f"{version}: the hour comes", "what the former version held is published",
        f"{published and published['event']}; {whole}", published and host.shows("2021-06-06T20:00") and chained)


def during_a_delivery(table, host, version):
    back, good_back = change(host, "former")
    as_before = host.shows("2021-06-06T20:00")
    table.row(f"{version}: downgraded", "the former version runs, the site is as before",
        f"{back}, site {'as before' if as_before else 'CHANGED'}", good_back and as_before)
    host.until("difusor-agent status --json | grep -q '\"synchronized\": *true'", 40)
    name = host.make("2021-06-06T20:01", form="folder", progress=0.75)
    readers, mark = Readers(host), host.mark()
    sending = host.background(f"cd /root/ieem; {host.SFTP} -l 4000 difusor-entrega@127.0.0.1 <<< 'put -r {name}'")
    seen = host.event(mark, "DELIVERY_SEEN")
    said, good = change(host, "this")
    sent = sending.wait(timeout=120)
    published = host.event(mark, "CORTE_PUBLISHED", "PACKAGE_REJECTED", seconds=90, package=name)
    answers = readers.end()
    table.row(f"{version}: upgraded in the middle of a delivery", "the delivery is published, each answer 200",
        f"{seen and seen['event']}; {said}; sftp {sent}; {published and published['event']}; answers {answers}",
        seen and good and sent == 0 and published and published["event"] == "CORTE_PUBLISHED"
        and host.shows("2021-06-06T20:01") and len(answers.split()) == 2 and answers.endswith("200"))


def after_the_opening(table, host, version):
    change(host, "former")
    host.until("difusor-agent status --json | grep -q '\"synchronized\": *true'", 40)
    mark = host.mark()
    name = host.deliver("2021-06-06T20:02", progress=0.8)
    first = host.event(mark, "CORTE_PUBLISHED", "PACKAGE_REJECTED", seconds=60, package=name)
    readers = Readers(host)
    said, good = change(host, "this")
    mark = host.mark()
    name = host.deliver("2021-06-06T20:03", progress=0.9)
    second = host.event(mark, "CORTE_PUBLISHED", "PACKAGE_REJECTED", seconds=60, package=name)
    answers = readers.end()
    table.row(f"{version}: upgraded between two cortes", "each version publishes its own, each answer 200",
        f"{first and first['event']}; {said}; {second and second['event']}; answers {answers}",
        first and first["event"] == "CORTE_PUBLISHED" and good and second and second["event"] == "CORTE_PUBLISHED"
        and host.shows("2021-06-06T20:03") and len(answers.split()) == 2 and answers.endswith("200"))


def what_it_left(table, host, version):
    """What the former version has stored is of use to this one: its vault, its releases, its records."""
    change(host, "former")
    host.until("difusor-agent status --json | grep -q '\"synchronized\": *true'", 40)
    mark = host.mark()
    name = host.deliver("2021-06-06T20:04", progress=0.95)
    host.event(mark, "CORTE_PUBLISHED", seconds=60, package=name)
    change(host, "this")
    mark = host.mark()
    host.out("cd /var/lib/difusor-agent/public/current/ && chmod -R u+w . && echo '<script>' >> index.html")
    healed = host.event(mark, "TAMPER_HEALED", "HEAL_FAILED", seconds=60)
    table.row(f"{version}: its corte is altered afterwards", "healed from the vault that the former version has filled",
        healed and healed["event"], healed and healed["event"] == "TAMPER_HEALED" and "<script>" not in host.get()[1])
    code, said = host.sh("difusor-agent releases activate 2021-06-06T20:01:00-05:00 --reason prueba --hold; sleep 1")
    table.row(f"{version}: back to a corte of the former version's time", "published", f"exit {code}: {said[:80]}",
        code == 0 and host.shows("2021-06-06T20:01"))
    host.tool("apt", "install", "jq")
    code, said = host.sh("cd /root; difusor-agent journal export --out /root && cd \"$(ls -td /root/*/ | grep -v ieem | head -n 1)\""
        " && sh verify.sh")
    whole, chained = intact(host)
    table.row(f"{version}: the evidence of the night of both", "verify.sh agrees, one chain of records", f"exit {code}: {said[-80:]}; {whole}",
        code == 0 and chained)
