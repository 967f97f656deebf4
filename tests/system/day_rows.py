"""The troubles and mistakes of the day, one row each: how it comes, how it ends, and what tells it."""
from dataclasses import dataclass, field

from runbook import CONFIG

DROP, STATE, FETCHED = "/srv/difusor/entrega", "/var/lib/difusor-agent", "/etc/difusor-agent/fetch.env"
EVENING = "/etc/systemd/system/difusor-agent.service.d/evening.conf"


@dataclass(frozen=True, eq=False)
class Row:
    """A trouble of the table (troubles.json) is told everywhere as that table says. Of a mistake without one each
    place says what the row names, and nothing else."""
    what: str
    cause: object = ""      # a script inside, or a function of the host
    begins: str = ""        # a pattern over the event that tells it
    end: object = ""
    ends: str = ""          # a pattern over the event that tells its end
    trouble: str = ""       # its name in troubles.json
    check: str = ""         # rows of check and their state meanwhile: "heal=warn"
    config: dict = field(default_factory=dict)      # keys of agent.yaml that make it
    restored: bool = False  # the former agent.yaml ends it; then `end` is done
    first: bool = False     # `end` ends it, and the former agent.yaml comes later
    left: str = ""          # takes away what the trouble leaves, once it is over
    alerts: str = ""        # alerts besides the trouble's own
    also: str = ""          # further events of a warning or worse
    says: dict = field(default_factory=dict)        # by place: a pattern in place of the table's, or (+) besides;
                                                    # "": nothing
    then: dict = field(default_factory=dict)        # the same once it is over
    check_at: str | None = None                     # check is asked as if it were then
    slow: bool = False      # its event is waited for once all the others have begun, and longer

    @property
    def checks(self):
        return [tuple(each.split("=")) for each in self.check.split()]

    @property
    def by_file(self):
        return self.restored or bool(self.config) and not self.first


def corte(moment, **how):
    """The institute sends a corte of that night: "22:03", or of another day."""
    return lambda host: host.deliver(moment if "T" in moment else f"2021-06-06T{moment}", **how)


def one_byte_more(package):
    page = package / "DIP_LOC/distrito/001.html"
    page.write_bytes(page.read_bytes().replace(b"<td>", b"<td >", 1))


def with_a_script(package):
    (package / "puerta.php").write_text("<?php ?>")


def without_hash(package):
    (package / "PREP.hash").unlink()


def without_index(moment):
    """A delivery that lacks its index.html; and what ends that: the file comes, too."""
    name = []

    def cause(host):
        name.append(host.make(f"2021-06-06T{moment}", form="folder"))
        host.out(f"mv /root/ieem/{name[-1]}/index.html /root/ieem/late.html")
        host.sftp(f"put -r {name[-1]}")
    return cause, lambda host: host.sftp(f"put late.html {name[-1]}/index.html")


def moment(at):
    """From now on it is that time."""
    def act(host):
        host.offset = host.evening(at)
    return act


def opened(name):
    """Waits until the service that opens deliveries has opened one to its group."""
    return lambda host: host.out(
        f"timeout 30 sh -c 'until stat -c %A {DROP}/{name} | grep -q ^....rwx; do sleep 0.1; done'")


WRONG = (f"cp {EVENING} /root/evening.conf; o=$(grep -oE 'FAKETIME=-?[0-9]+' {EVENING} | cut -d= -f2)"
    f'; sed -i "s/FAKETIME=$o/FAKETIME=$((o + 5))/" {EVENING}; systemctl daemon-reload'
    "; systemctl restart difusor-agent")
RIGHT = f"cp /root/evening.conf {EVENING}; systemctl daemon-reload; systemctl restart difusor-agent"


def mistaken(key, value, then="systemctl reload difusor-agent"):
    """A mistake in one key of agent.yaml, and what the sysadmin does then; it fails."""
    return lambda host: host.sh(f"sed -i 's/^  {key}: .*/  {key}: {value}/' {CONFIG}; {then}")


SUSPECT = "20210606_2218_PREP_SOSPECHOSO"
# It stays in hand while it settles: a file that its HASH names does not come.
KILLED_TWICE = f"""cd {DROP}; umask 2; mkdir .x; echo '<p>' > .x/index.html
printf '%064d  falta.html\\n' 0 > .x/SHA256SUMS; chown -R difusor-entrega:difusor-agent .x; mv .x {SUSPECT}
pid() {{ systemctl show -p MainPID --value difusor-agent; }}
active() {{ systemctl is-active -q difusor-agent; }}
until_it() {{ local end=$((SECONDS + 30)); until "$@"; do [ $SECONDS -lt $end ] || exit 9; sleep 0.1; done; }}
in_hand() {{ active && grep -qs '"{SUSPECT}"' {STATE}/in-hand.json; }}
back() {{ active && [ "$(pid)" != 0 ] && [ "$(pid)" != "$killed" ]; }}
for death in 1 2; do until_it in_hand; killed=$(pid); kill -9 $killed; until_it back; done"""
# strace lets nobody watch a folder any more, as a kernel does that has no watches left.
NO_WATCHES = ("systemd-run -q --unit=blind timeout -s KILL 300 strace -qq -f -o /dev/null -e trace=inotify_add_watch"
    " -e inject=inotify_add_watch:error=ENOSPC -p $(systemctl show -p MainPID --value difusor-agent); sleep 1")
SIEM = ("faketime '2021-06-01' openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=127.0.0.1"
    " -keyout /root/siem.key -out /root/siem.pem 2>/dev/null; systemd-run -q --unit=siem"
    " openssl s_server -quiet -accept 127.0.0.1:6514 -cert /root/siem.pem -key /root/siem.key")
TARGETS = '["unix:/dev/log", "unix:/var/lib/difusor-syslog/dev/log"{}]'
PROBE = '{{url: "https://{}@127.0.0.1{}/", every: 2s}}'
PROBES = PROBE.format("prep.ejemplo.mx", "")
CACHE = "/etc/apache2/conf-enabled/zz-cache.conf"
OTHER = "/etc/apache2/sites-enabled/000-otro.conf"


def site(file, name, root, port=443):
    """Another site of Apache, in a file of its own."""
    lines = ([f"Listen {port}"] if port != 443 else []) + [
        f"<VirtualHost *:{port}>", f"ServerName {name}", "SSLEngine on",
        f"SSLCertificateFile /etc/ssl/certs/{name}.pem", f"SSLCertificateKeyFile /etc/ssl/private/{name}.key",
        f"DocumentRoot {root}", f"<Directory {root}>", "Require all granted", "</Directory>",
        f"<Directory {STATE}/public>", "Require all granted", "</Directory>", "</VirtualHost>"]

    def act(host):
        host.write(file, "\n".join(lines))
        host.out("systemctl reload apache2")
    return act


FILTER = ("a2enmod -q substitute filter; printf 'AddOutputFilterByType SUBSTITUTE text/html\\n"
    "Substitute \"s/PREP 2021/PREP 2020/\"\\n' > /etc/apache2/conf-enabled/zz-filter.conf"
    "; systemctl reload apache2")
CERTIFICATE = "/etc/ssl/certs/prep.ejemplo.mx.pem"
RENEWED = (f"cp -L {CERTIFICATE} /root/site.pem; faketime '2021-06-01' openssl req -x509 -days 3000"
    " -subj /CN=prep.ejemplo.mx -addext subjectAltName=DNS:prep.ejemplo.mx"
    " -key /etc/ssl/private/prep.ejemplo.mx.key -out /root/new.pem 2>/dev/null"
    f"; cat /root/new.pem > {CERTIFICATE}")

# What agent.yaml says all that day: each thing soon, and a mail for each.
BASE = {
    "clock.poll": "2s", "drop.settle": "3s", "sentinel.probes": f"[{PROBES}]",
    "publication.after": '{command: "true"}', "notify.environment": "/etc/difusor-agent/notify.env",
    "notify.command": '"/usr/share/difusor-agent/notify/mail.sh guardia@ejemplo.mx"',
}
