"""Whoever holds the institute's account, another account of the host, or Apache's."""
from night import BEFORE

SSH = (
    "timeout 20 ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o BatchMode=yes -o IdentitiesOnly=yes"
       " -o BindAddress=203.0.113.7 -i /root/ieem/key")


def the_account(table, host):
    code, said = host.sh(f"{SSH} difusor-entrega@127.0.0.1 'cat /etc/passwd; id'")
    table.row("the account asks for a command", "refused", f"exit {code}: {said[:80]}",
        code != 0 and "root:" not in said and "uid=" not in said)
    code, said = host.sh(f"{SSH} -tt difusor-entrega@127.0.0.1 </dev/null")
    table.row("the account asks for a shell on a terminal", "refused", f"exit {code}: {said[:80]}",
        "$" not in said and "uid=" not in said and ("sftp" in said or code != 0))
    code, said = host.sh(f"{SSH} -W 127.0.0.1:80 difusor-entrega@127.0.0.1 <<<'GET / HTTP/1.0'")
    table.row("the account forwards a port", "refused", f"exit {code}: {said[:80]}", code != 0 and "HTTP" not in said)
    code, said = host.sh(f"{SSH} -R 2222:127.0.0.1:22 -o ExitOnForwardFailure=yes -N difusor-entrega@127.0.0.1")
    table.row("the account opens a port of the host", "refused", f"exit {code}: {said[:80]}", code not in (0, 124))
    reached = [path
        for path in ("/etc/passwd", "/../etc/passwd", "../../../../etc/passwd",
        "/var/lib/difusor-agent/public/current.map", "/srv/difusor/entrega")
               if host.sftp(f"get {path} /tmp/stolen")[0] == 0]
    table.row("the account reads paths outside", "none is there", reached or "none", not reached)
    host.out("echo x > /root/ieem/x")
    written = [path for path in ("/x", "/acuses/x", "/acuses/ultimo.json", "/../x")
        if host.sftp(f"put x {path}")[0] == 0]
    table.row("the account writes elsewhere than into the drop", "refused everywhere", written or "refused",
        not written)
    mark, before = host.mark(), host.get()[1]
    name = host.make("2021-06-06T20:03", form="folder", progress=0.5)
    host.sftp(
        f"mkdir {name}\nmkdir {name}/css\nsymlink /etc/passwd {name}/css/leak.css\nsymlink /acuses {name}/acuses\nput -r {name}")
    verdict = host.event(mark, "PACKAGE_REJECTED", "CORTE_PUBLISHED", seconds=60)
    codes = verdict and sorted({reason["code"] for reason in verdict["fields"].get("reasons", [])})
    table.row("the account plants symbolic links in a package", "rejected as unsafe, not followed, the site as before",
        f"{verdict and verdict['event']} {codes}",
              verdict and verdict["event"] == "PACKAGE_REJECTED" and "unsafe-type" in codes and host.get()[1] == before
              and host.get("/css/leak.css")[0] == "404")
    code, said = host.sftp("ls", sftp=host.SFTP.replace("203.0.113.7", "127.0.0.1"))
    table.row("its key from another address", "refused", f"exit {code}: {said[:80]}", code != 0)
    code, said = host.sh(
        f"sshpass -p wrong-password-12 {SSH.replace('BatchMode=yes', 'BatchMode=no')} -o PreferredAuthentications=password difusor-entrega@127.0.0.1")
    table.row("a password where a key was set up", "refused", f"exit {code}: {said[:80]}", code != 0)


SOCKET, LOG = "/var/lib/difusor-syslog/dev/log", "/var/log/difusor-agent.log"
FORGE = f"""logger -u {SOCKET} --rfc5424 -t difusor-agent --msgid CORTE_PUBLISHED --sd-id difusor@32473 --sd-param 'seq="2"' --sd-param 'head="{'f' * 64}"' forjado"""


def the_log(table, host):
    """Whoever can write to the log in the agent's name can make its journal look rewritten."""
    host.out("useradd -M -G difusor-agent operador 2>/dev/null || true")
    before = host.out(f"wc -l < {LOG}")
    done = [account for account in ("www-data", "difusor-entrega", "nobody", "operador")
        if host.sh(FORGE + " && ls -l " + SOCKET, user=account)[0] == 0]
    table.row("www-data, the institute's account, nobody and an operator forge an event through rsyslog's socket",
        "refused, each; no line in the log",
              done or "refused, each", not done and host.sh(f"sleep 1; grep -c forjado {LOG}")[1] == "0")
    host.out(FORGE)
    host.until(f"grep -q forjado {LOG}", 10)
    code, said = host.sh(f"difusor-agent journal verify --language en --syslog {LOG}")
    table.row("root forges one, then journal verify --syslog",
        "the journal is whole; the forged line is named, with the account",
        f"exit {code}, {before} lines before: {said[-220:]}",
              code == 0 and "another account wrote in the agent's name: 1 (uid 0;" in said)


def apaches_account(table, host):
    tries = {
        "read held/": "cat /var/lib/difusor-agent/held/*; ls /var/lib/difusor-agent/held",
        "read the vault": "ls /var/lib/difusor-agent/vault",
        "read the journal": "cat /var/lib/difusor-agent/journal/000001.jsonl",
        "write the docroot": "echo x > /var/lib/difusor-agent/public/current/index.html",
        "swap the docroot":
        "ln -sfn /etc /var/lib/difusor-agent/public/current && false || rm -f /var/lib/difusor-agent/public/current",
        "change the map": "echo 'release 1-1-1' > /var/lib/difusor-agent/public/current.map",
        "read the drop": "ls /srv/difusor/entrega", "operate the agent": "difusor-agent withdraw --reason x --force",
    }
    done = [what for what, script in tries.items() if host.sh(script, user="www-data")[0] == 0]
    table.row("www-data tries to " + ", ".join(tries), "refused, each", done or "refused, each",
        not done and host.get()[0] == "200")
    seen = [host.get(path)[0]
        for path in ("/difusor-agent/", "/difusor-agent/huellas.txt", "/css/", "/current.map", "/../current.map")]
    outside = host.out(
        "curl -sS -o /dev/null -w '%{http_code} ' --interface 203.0.113.7 --resolve prep.ejemplo.mx:443:127.0.0.1 https://prep.ejemplo.mx/difusor-agent/ https://prep.ejemplo.mx/difusor-agent/huellas.txt -o /dev/null")
    table.row("the status page, the huellas, a folder, the map over https",
        "page for this host alone, huellas for all, the rest not",
              f"{seen}; from 203.0.113.7 {outside}",
              seen[:2] == ["200", "200"] and not {"200"} & set(seen[2:]) and outside.split() == ["403", "200"])


def two_institutes(table, host):
    command = (
        BEFORE + "difusor-agent setup --yes --config /etc/difusor-agent/ietam.yaml --election ietam-2021 --site otro.ejemplo.mx --institute-address 203.0.113.7 --password"
               " --certificate /etc/ssl/certs/otro.ejemplo.mx.pem --key /etc/ssl/private/otro.ejemplo.mx.key")
    code, said = host.sh(f"echo una-contraseña-larga | {command}")
    again, repeated = host.sh(command.replace(" --password", ""))
    table.row("a second election by setup --config ietam.yaml --password", "done; again: nothing to change",
        f"exit {code} and {again}: {said[-300:] if code else repeated[:60]}",
        code == 0 and "Nada que cambiar" in repeated)
    host.evening("2021-06-07 02:00:00", units=("difusor-agent@ietam.service", "difusor-agent.service"))
    state = "/var/lib/difusor-agent-ietam"
    name = host.make("2021-06-06T20:50", form="folder", progress=0.6)
    sftp = "sshpass -p una-contraseña-larga " + host.SFTP.replace("BatchMode=yes", "BatchMode=no").replace("-b -",
        "").replace("-i /root/ieem/key", "-o PubkeyAuthentication=no")
    code, said = host.sftp(f"put -r {name}\nls /", "difusor-ietam", sftp=sftp)
    published = host.event(0, "CORTE_PUBLISHED", seconds=60, state=state)
    table.row("the second institute delivers with its password", "its own site has it, the first's has not",
        f"{published and published['fields'].get('corte')}",
              published and host.shows("2021-06-06T20:50", "otro.ejemplo.mx") and host.shows("2021-06-06T20:02")
              and not host.shows("2021-06-06T20:50"))
    codes = [host.sh("ls /srv/difusor/ietam/acuses", user="difusor-entrega")[0],
        host.sh("ls /srv/difusor/entrega /srv/difusor/ietam/../entrega", user="difusor-ietam")[0]]
    table.row("either account looks into the other's folders", "refused", codes, all(codes))
    code, said = host.sh(
        "difusor-agent journal verify --config /etc/difusor-agent/ietam.yaml --syslog /var/log/difusor-agent-ietam.log; ls /run/difusor-agent/control.sock /run/difusor-agent-ietam/control.sock")
    table.row("two journals, two syslog files, two sockets", "each whole", said[:160], code == 0)
    host.out("systemctl stop difusor-agent@ietam")
    table.row("the second agent stops", "the first goes on, both sites are served",
        host.out("systemctl is-active difusor-agent"),
              host.get()[0] == "200" and host.get(site="otro.ejemplo.mx")[0] == "200"
              and host.out("systemctl is-active difusor-agent") == "active")
    host.out("systemctl start difusor-agent@ietam")
    code, said = host.sh(
        "difusor-agent withdraw --config /etc/difusor-agent/ietam.yaml --reason 'fin de la prueba' --force && sleep 1 && difusor-agent setup --undo --yes --config /etc/difusor-agent/ietam.yaml")
    seen = host.out(
        "ls /etc/apache2/sites-enabled /etc/apache2/sites-available /etc/ssh/sshd_config.d /etc/difusor-agent/* /etc/sysusers.d /etc/tmpfiles.d /etc/rsyslog.d; systemctl is-active apache2; systemctl is-enabled difusor-agent@ietam || true")
    table.row("withdraw and setup --undo of the second",
        "its site, its way in, its unit and all its files in /etc are gone, the first goes on", " ".join(seen.split()),
              code == 0 and "ietam" not in seen and "disabled" in seen and host.get()[0] == "200")
