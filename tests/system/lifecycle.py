"""Upgrade, downgrade, removal, purge: a running publication is never interrupted, and what is evidence stays."""
import pathlib
import subprocess

from booted import TOP
from faults import Readers
from night import SETUP


def repacked(package, version, folder, configuration=None):
    """The same package under another version: what an upgrade looks like to apt. With an agent.yaml as a conffile it is
    what versions up to 0.2.0 were."""
    tree = pathlib.Path(folder) / f"deb-{version}"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    if configuration:
        (tree / "etc/difusor-agent/agent.yaml").write_text(configuration)
        with (tree / "DEBIAN/conffiles").open("a") as conffiles:
            conffiles.write("/etc/difusor-agent/agent.yaml\n")
    control = tree / "DEBIAN/control"
    control.write_text(
        "\n".join(f"Version: {version}" if line.startswith("Version:") else line
        for line in control.read_text().split("\n")))
    out = pathlib.Path(folder) / f"difusor-agent_{version}_amd64.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "-b", tree, out], check=True,
        capture_output=True)
    return out


def upgraded(table, host, package):
    host.evening("2021-06-07 13:10:00")
    host.until("difusor-agent status --json | grep -q '\"synchronized\":true'")
    for version in ("9.0", "0.0.1"):
        host.put(repacked(package, version, host.folder), f"/root/{version}.deb")
    host.out("sed -i 's/^  settle: 10s/  settle: 12s/' /etc/difusor-agent/agent.yaml; systemctl restart difusor-agent")
    # As setup of 0.1.0 left it: the socket in a folder of the agent's account.
    host.out(
        "sed -i 's#/var/lib/difusor-syslog/dev/log#/var/lib/difusor-agent/dev/log#' /etc/difusor-agent/agent.yaml; rm -rf /var/lib/difusor-agent/dev")
    name = host.make("2021-06-07T08:05", form="folder", progress=0.75)
    readers, mark = Readers(host), host.mark()
    sending = host.background(f"cd /root/ieem; {host.SFTP} -l 4000 difusor-entrega@127.0.0.1 <<< 'put -r {name}'")
    host.event(mark, "DELIVERY_SEEN")
    done = host.tool("apt", "install", "/root/9.0.deb")
    sent = sending.wait(timeout=120)
    published = host.event(mark, "CORTE_PUBLISHED", "PACKAGE_REJECTED", seconds=60, package=name)
    seen = readers.end()
    table.row("apt upgrade in the middle of a delivery", "restarted, the delivery is published, each answer 200",
              f"apt {done.returncode}, sftp {sent}, {published and published['event']} {published and published['fields'].get('reasons', '')}, {host.out('dpkg-query -W difusor-agent').split()[-1]}, answers {seen}",
              done.returncode == 0 and sent == 0 and published and published["event"] == "CORTE_PUBLISHED"
              and host.shows("2021-06-07T08:05") and len(seen.split()) == 2 and seen.endswith("200"))
    said = host.until(f"grep -q 'CORTE_PUBLISHED.*{name}' /var/log/difusor-agent.log", 20)
    table.row("the upgrade where agent.yaml names the socket of 0.1.0", "its messages reach rsyslog by the former name",
        host.sh("readlink /var/lib/difusor-agent/dev/log")[1], said is not None)
    kept = host.out("grep settle: /etc/difusor-agent/agent.yaml")
    table.row("agent.yaml after the upgrade", "as the sysadmin left it", kept, "12s" in kept)
    done = host.tool("apt", "install", "--allow-downgrades", "/root/0.0.1.deb")
    table.row("apt downgrade", "running, the site as before",
        host.out("systemctl is-active difusor-agent; dpkg-query -W -f '${Version}' difusor-agent"),
              done.returncode == 0 and host.out("systemctl is-active difusor-agent") == "active"
              and host.shows("2021-06-07T08:05"))


def removed(table, host, package):
    host.put(package, "/root/this.deb")
    host.tool("apt", "install", "--allow-downgrades", "/root/this.deb")
    # What whoever holds the agent's account may prepare in its own folder, for root to fall into.
    host.out("ln -sfn /etc/cron.d /var/lib/difusor-agent/kept", user="difusor-agent")
    cron = host.out("ls -A /etc/cron.d")
    done = host.tool("apt", "remove", "difusor-agent")
    said = done.stdout + done.stderr
    seen = host.out(
        "ls -A /etc/cron.d; rm /var/lib/difusor-agent/kept; mkdir /var/lib/difusor-agent/kept; echo Nonsense > /var/lib/difusor-agent/kept/site.conf")
    table.row("apt remove over a link of the agent's account, state/kept -> /etc/cron.d", "root writes nothing there",
        seen.split() or "empty", seen == cron)
    host.out("apachectl configtest && systemctl restart apache2")
    table.row("apt remove inside the publication window", "says that the site stays; it does, over a restart of Apache",
        [line for line in said.splitlines() if "el sitio" in line or "the site" in line][:1],
              "el sitio sigue publicado" in said and host.shows("2021-06-07T08:05")
              and host.sh("pidof difusor-agent")[0] != 0)
    done = host.tool("apt", "purge", "difusor-agent")
    said = done.stdout + done.stderr
    host.out("apachectl configtest && systemctl restart apache2 && sshd -t")
    table.row("apt purge while results are public", "the site and the journal stay; the account is closed",
        f"{host.get()[0]}; sftp: exit {host.sftp('ls')[0]}",
              "el sitio sigue publicado" in said and host.shows("2021-06-07T08:05") and host.sftp("ls")[0] != 0
              and host.sh("ls /var/lib/difusor-agent/journal/000001.jsonl")[0] == 0)
    host.tool("apt", "install", "/root/this.deb")
    code, said = host.sh("systemctl enable -q --now difusor-agent && systemctl is-active difusor-agent && difusor-agent journal verify")
    table.row("installed again, and started", "takes up its state: the same corte, the same journal", f"exit {code}: {said[-200:]}",
        code == 0 and host.shows("2021-06-07T08:05"))


def undone(table, host, setup):
    code, said = host.sh(setup)
    again, undo = host.sh("difusor-agent setup --undo --yes")
    table.row("setup --undo while results are public", "the account is closed, the site and what watches it stay and it says so",
        f"exit {code} and {again}: {undo.splitlines()[-1:]}",
              code == 0 and again == 0 and "sigue publicado" in undo and host.shows("2021-06-07T08:05")
              and host.sftp("ls")[0] != 0 and host.out("systemctl is-active difusor-agent") == "active")
    code, said = host.sh("difusor-agent withdraw --reason 'fin de la prueba' --force; sleep 1")
    code, undo = host.sh("difusor-agent setup --undo --yes")
    left = host.out(
        "ls /etc/ssh/sshd_config.d /etc/difusor-agent/*.yaml /etc/difusor-agent/apache /etc/difusor-agent/setup /etc/apache2/sites-enabled 2>/dev/null; apachectl configtest 2>&1 | tail -n 1; grep settle: /etc/difusor-agent/setup/agent.yaml.saved; systemctl is-enabled difusor-agent || true")
    table.row("withdraw, setup --undo", "no drop-in left, the agent is off, the edited agent.yaml is put aside and it says so, Apache goes on",
        " ".join(left.split()),
              code == 0 and "10-difusor" not in left and "difusor-agent.conf\n000" not in left and "Syntax OK" in left
              and "/etc/difusor-agent/agent.yaml" not in left and "settle: 12s" in left and "agent.yaml.saved" in undo
              and "agent.undo" not in left and left.endswith("disabled"))
    host.out(
        "cd /var/lib/difusor-agent; touch sealed/unalterable; mkdir -p vault/kept; touch vault/kept/x; chattr +i sealed/unalterable vault/kept; chattr +a vault/kept/x")
    done = host.tool("apt", "purge", "difusor-agent")
    table.row("apt purge where files have chattr's +i and +a", "exit 0", f"exit {done.returncode}",
        done.returncode == 0)
    left = host.out(
        "find /var/lib/difusor-agent /etc/difusor-agent /etc/apache2/sites-enabled /etc/ssh/sshd_config.d -name '*' 2>/dev/null | grep -v '^/var/lib/difusor-agent/journal/' | tr '\\n' ' ' || true")
    table.row("apt purge after withdraw", "only the journal is left, and it says so", left,
        "se conserva la bitácora" in done.stdout + done.stderr and "/etc/difusor-agent" not in left
              and host.sh("ls /var/lib/difusor-agent/journal/000001.jsonl")[0] == 0
              and host.out("ls /var/lib/difusor-agent") == "journal")
    host.out("rm -rf /srv/difusor/entrega/*")
    host.tool("apt", "install", "/root/this.deb")
    host.out("systemctl stop difusor-agent; touch /var/lib/difusor-agent/purge-journal")
    host.tool("apt", "purge", "difusor-agent")
    table.row("apt purge, asked twice (purge-journal)", "the journal goes, too",
        host.sh("ls -d /var/lib/difusor-agent")[1], host.sh("ls -d /var/lib/difusor-agent")[0] != 0)


def from_a_conffile(table, host, package):
    """Up to 0.2.0 the package brought agent.yaml, and an upgrade after setup stopped at dpkg's question."""
    shipped = (TOP / "packaging/agent.yaml").read_text()
    host.put(repacked(package, "0.0.2", host.folder, "# of an older version\n" + shipped), "/root/old.deb")
    host.put(package, "/root/this.deb")
    host.tool("apt", "install", "--allow-downgrades", "/root/old.deb")
    # As the former setup did, and the sysadmin.
    host.out("sed -i -e 's/^  probes: .*/  probes: [{url: \"https:\\/\\/prep.ejemplo.mx@127.0.0.1\\/\", every: 60s}]/' -e 's/^  settle: .*/  settle: 13s/' /etc/difusor-agent/agent.yaml; systemctl enable -q --now difusor-agent")
    before = host.out("sha256sum /etc/difusor-agent/agent.yaml")
    done = host.tool("apt", "install", "/root/this.deb")
    seen = host.out("sha256sum /etc/difusor-agent/agent.yaml; ls /etc/difusor-agent; dpkg-query -W -f '${db:Status-Abbrev}' difusor-agent; systemctl is-active difusor-agent")
    table.row("an upgrade from a version with agent.yaml as a conffile, after setup", "asks nothing; the file is as the sysadmin left it; running",
        f"apt {done.returncode}; {' '.join(seen.split())}",
        done.returncode == 0 and before in seen and "dpkg-" not in seen and "ii" in seen and seen.endswith("active"))
    code, said = host.sh(SETUP.replace("ieem-2021", "ietam-2021"))
    named = host.out("grep ^election: /etc/difusor-agent/agent.yaml")
    again, undo = host.sh("difusor-agent setup --undo --yes")
    seen = host.out("grep -E '^election:|  settle:|  probes:' /etc/difusor-agent/agent.yaml")
    table.row("setup --election on it, and --undo", "another election; then the former, and the sysadmin's other values",
        f"exit {code} and {again}; {named}; {' '.join(seen.split())}",
        code == 0 and again == 0 and "ietam-2021" in named and "election: ieem-2021" in seen and "13s" in seen and "probes: []" in seen)
    done = host.tool("apt", "purge", "difusor-agent")
    table.row("its purge", "leaves no file in /etc", host.sh("ls -d /etc/difusor-agent")[1],
        done.returncode == 0 and host.sh("ls -d /etc/difusor-agent")[0] != 0)
