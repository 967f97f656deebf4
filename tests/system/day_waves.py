"""The day: which troubles last at the same time. A new trouble is one Row; it goes where it disturbs no other."""
from day_rows import (CACHE, CERTIFICATE, CONFIG, DROP, FETCHED, FILTER, KILLED_TWICE, NO_WATCHES, OTHER, PROBE, PROBES,
    RENEWED, RIGHT, SIEM, STATE, SUSPECT, TARGETS, WRONG, Row, corte, mistaken, moment, one_byte_more, opened, site,
    with_a_script, without_hash, without_index)

LACKING, SENT = without_index("22:06")
AGENT_GONE = {"page": r"http 40[34]|Si hace más de un minuto", "metrics": ""}

# What check names for a drop that is shut, whatever is wrong.
GIVEN = f"chown difusor-entrega:difusor-agent {DROP} && chmod 2770 {DROP}"

# Before the opening, with nothing published yet.
EVE = [
    Row("Apache is stopped before the opening", trouble="probe", begins="PROBE_FAILED", ends="PROBE_RECOVERED",
        cause="systemctl stop apache2", end="systemctl start apache2",
        check="apache=fail https=fail site-root=fail probes=warn", also="PROBE_MISMATCH",
        says={"page": "curl 7", "status": "+NO SE SABE: el sitio no se puede leer"},
        then={place: "+Sí: la página de aviso, porque antes de la apertura" for place in ("status", "page")}),
]
SLOW = [
    Row("agent.yaml is changed, and nobody reloads", trouble="configuration", slow=True, restored=True,
        cause=mistaken("settle", "11s", "true"), begins="CONFIG_CHANGED.*drop.settle", ends="CONFIG_RELOADED",
        # Beside it rsyslog is masked.
        says={"syslog": ""}),
    Row("nobody reads the site: sentinel.probes is empty", config={"sentinel.probes": "[]"}, begins="CONFIG_RELOADED",
        ends="CONFIG_RELOADED", check="probes=warn",
        says={place: "nadie lee el sitio por Apache" for place in ("status", "page")},
        then={place: "!nadie lee el sitio por Apache" for place in ("status", "page")}),
    Row("an alteration would not be restored: sentinel.heal is false", config={"sentinel.heal": "false"},
        begins="CONFIG_RELOADED", ends="CONFIG_RELOADED", check="heal=warn"),
    Row("what no HASH covers is published: require_full_coverage is false",
        config={"hashes.require_full_coverage": "false"}, begins="CONFIG_RELOADED", ends="CONFIG_RELOADED",
        check="hash-coverage=warn"),
    Row("election: names an election that is over", check="opening=fail", check_at="2021-06-20 12:00:00"),
    Row("the kernel grants no inotify watches, and a corte comes", trouble="sentinel",
        cause=[NO_WATCHES, corte("22:02", form="folder")], begins="SENTINEL_BLIND", end="systemctl stop blind || true",
        ends="SENTINEL_SEES", says={"metrics": r'+^difusor_agent_watch_blind\{[^}]*\} 1$'}),
    Row("the SIEM's certificate is not trusted", trouble="syslog", cause=SIEM, end="systemctl stop siem || true",
        config={"syslog.targets": TARGETS.format(', "tls://127.0.0.1:6514"')}, check="syslog-delivered=fail",
        begins="SYSLOG_FAILED.*tls://127", ends='TROUBLE_ENDED.*trouble="syslog"', slow=True,
        says={"metrics": r'+^difusor_agent_syslog_pending\{[^}]*target="tls://127.0.0.1:6514"\} [1-9]', "syslog": ""}),
    Row("rsyslog is masked: its file gets nothing", trouble="syslog",
        cause="systemctl stop syslog.socket rsyslog; systemctl mask rsyslog.service",
        begins="SYSLOG_FAILED.*difusor-syslog", check="syslog=fail syslog-file=fail syslog-delivered=fail",
        # As check says it.
        end="systemctl unmask rsyslog.service syslog.socket && systemctl enable --now rsyslog",
        ends="SYSLOG_RECOVERED.*difusor-syslog", slow=True,
        says={"syslog": "!SYSLOG_FAILED.*difusor-syslog",
            "check": "+systemctl unmask rsyslog.service syslog.socket && systemctl enable --now rsyslog"}),
]
HOST = [
    Row("the acuses cannot be written", trouble="storage", ends="STORAGE_RECOVERED",
        begins=r"STORAGE_FAILED.*\breceipts\W+/srv/difusor/acuses",
        cause="chown root:root /srv/difusor/acuses; chmod 700 /srv/difusor/acuses",
        end="chown difusor-agent:difusor-entrega /srv/difusor/acuses; chmod 2750 /srv/difusor/acuses",
        check="receipts=fail"),
    Row("what is held is open to all accounts", cause=f"chmod 755 {STATE}/held", end=f"chmod 700 {STATE}/held",
        check="held-private=fail"),
    Row("the drop is root's", trouble="drop", slow=True,
        # Where packages are fetched, the account that fetches them may still write.
        cause=f"[ ! -e {FETCHED} ] || mv {FETCHED} /root/; chown root:root {DROP}; chmod 755 {DROP}",
        begins="DROP_CLOSED.*closed-no-writing", ends='TROUBLE_ENDED.*trouble="drop".*DROP_CLOSED',
        end=[GIVEN, f"[ ! -e /root/fetch.env ] || mv /root/fetch.env {FETCHED}"],
        check="drop=fail drop-modes=fail", says={"check": "+" + GIVEN}),
    Row("difusor-agent-entrega is stopped, and a delivery comes shut", trouble="ignored",
        also="DROP_SERVICE_STOPPED",
        cause=["systemctl stop difusor-agent-entrega", f"install -d -o difusor-entrega -m 700 {DROP}/CERRADA"],
        begins="DELIVERY_IGNORED.*unreadable", ends='TROUBLE_ENDED.*trouble="ignored"',
        end=["systemctl start difusor-agent-entrega", opened("CERRADA"), f"rmdir {DROP}/CERRADA"],
        check="drop-service=fail",
        says={"status": "el agente no puede abrirlo.*systemctl restart difusor-agent-entrega"}),
    Row("after a reboot the agent would not start", cause="systemctl disable -q difusor-agent",
        end="systemctl enable -q difusor-agent", check="agent-at-boot=fail"),
    Row("the institute's account may do all that sshd allows", check="ssh-account=fail ssh-forwarding=fail",
        cause="mkdir -p /root/sshd; mv /etc/ssh/sshd_config.d/*difusor-agent* /root/sshd/",
        end="mv /root/sshd/* /etc/ssh/sshd_config.d/"),
    Row("the certificate is renewed, and Apache not told", check="certificate-dates=fail",
        cause=RENEWED,
        end=f"cat /root/site.pem > {CERTIFICATE}"),
]
NO_DELIVERY = [
    Row("a page lies loose in the drop", trouble="ignored", cause=f"echo '<p>' > {DROP}/inicio.html",
        begins="DELIVERY_IGNORED.*loose-files", end=f"rm {DROP}/inicio.html",
        ends='TROUBLE_ENDED.*trouble="ignored"',
        says={"status": "no se toma como entrega: archivos sueltos.*drop.layout: tree.*inicio.html archivos sueltos"}),
    Row("a corte comes as .rar", trouble="package", cause=f"echo Rar > {DROP}/20210606_2203_PREP.rar",
        begins="PACKAGE_REJECTED.*bad-archive", end=[f"rm {DROP}/20210606_2203_PREP.rar", corte("22:03")],
        ends="PACKAGE_VERIFIED", says={place: r"20210606_2203_PREP\.rar.*\.tar\.gz" for place in ("status", "page")}),
    # It ends first: the corte that ends the row above may come shut.
    Row("difusor-agent-entrega is stopped, and nothing comes", trouble="drop", slow=True,
        cause="systemctl stop difusor-agent-entrega", begins="DROP_SERVICE_STOPPED.*difusor-agent-entrega",
        end="systemctl restart difusor-agent-entrega", ends='TROUBLE_ENDED.*DROP_SERVICE_STOPPED',
        check="drop-service=fail", says={place: "El servicio difusor-agent-entrega está detenido"
            for place in ("status", "page")}),
]
NIGHT = [
    Row("the CDN's purge fails after a publication", trouble="after-publication", begins="HOOK_FAILED",
        config={"publication.after": '{command: "exit 7"}'}, cause=corte("22:04"), ends="HOOK_RECOVERED"),
    Row("a cache serves the corte before", trouble="probe", begins="PROBE_STALE", ends="PROBE_RECOVERED.*:8443",
        config={"sentinel.probes": f"[{PROBES}, {PROBE.format('otro.ejemplo.mx', ':8443')}]"},
        cause=site(CACHE, "otro.ejemplo.mx", f"{STATE}/public/previous", port=8443),
        end=f"sed -i s#public/previous#public/current# {CACHE}; systemctl reload apache2", first=True,
        left=f"rm {CACHE}; systemctl reload apache2", check="probes=fail", also="PROBE_FAILED PROBE_MISMATCH"),
    Row("a page has one byte more than its HASH says", trouble="package", begins="PACKAGE_REJECTED.*digest-mismatch",
        cause=corte("22:04", form="folder", spoil=one_byte_more), ends="PACKAGE_VERIFIED"),
    Row("a delivery stops before its last file", trouble="delivery", cause=LACKING, end=SENT,
        begins="DELIVERY_STALLED.*index.html", ends="CORTE_PUBLISHED"),
    Row("the disk is nearly full, and nothing comes", trouble="storage", begins="STORAGE_LOW", ends="STORAGE_RECOVERED",
        cause="fallocate -l $(($(stat -fc '%a * %S' /var/lib) - 1500000000)) /var/lib/full",
        end="rm /var/lib/full", check="disk-space=fail"),
    Row("withdraw before the end of the period, without --force", begins="OPERATOR_ACTION.*withdraw",
        cause="difusor-agent withdraw --reason 'una prueba' || true"),
    Row("a page is altered, and cannot be restored", trouble="integrity", begins="HEAL_FAILED", ends="TAMPER_HEALED",
        cause=f"mount --bind /etc/hostname {STATE}/public/current/index.html",
        end=f"umount {STATE}/public/current/index.html",
        check="heal=fail site-root=fail one-file-system=fail", alerts="DifusorTampering",
        also="TAMPER_DETECTED PROBE_MISMATCH PROBE_RECOVERED",
        says={place: "NO: lo que se sirve fue alterado.*index.html" for place in ("status", "page")},
        then={place: "!lo que se sirve fue alterado" for place in ("status", "page")}),
    Row("a typo in agent.yaml, and a reload", trouble="configuration", begins="CONFIG_REJECTED", restored=True,
        cause=mistaken("rescan", "5 minutos"), ends="CONFIG_RELOADED"),
]
FILES = [
    Row("a corte of the future", cause=corte("23:30"), begins="PACKAGE_HELD.*future-corte",
        end=f"difusor-agent releases remove $(ls {STATE}/held | tail -n 1) --reason 'una prueba'"
            f" && rm -rf {DROP}/20210606_2330*", ends="OPERATOR_ACTION.*remove",
        says={"status": "Verificado, sin publicar.*future-corte",
            "page": "Verificado y sin publicar.*corte futuro", "metrics": r"^difusor_agent_held_releases\{[^}]*\} 1$"},
        then={"status": "!Verificado, sin publicar", "metrics": r"^difusor_agent_held_releases\{[^}]*\} 0$"}),
    Row("a package with a .php file", trouble="package", begins="PACKAGE_REJECTED.*forbidden-name",
        cause=corte("22:07", form="folder", spoil=with_a_script), end=corte("22:08", form="folder"),
        ends="PACKAGE_VERIFIED"),
    Row("agent.yaml is gone at a reload", trouble="configuration", begins="CONFIG_REJECTED", restored=True,
        cause=f"mv {CONFIG} {CONFIG}.gone; systemctl reload difusor-agent || true", ends="CONFIG_RELOADED"),
    Row("the drop belongs to another group", trouble="storage", ends="STORAGE_RECOVERED", slow=True,
        begins=r"STORAGE_FAILED.*\bdrop\W+/srv/difusor/entrega", cause=f"chgrp root {DROP}; chmod 2700 {DROP}",
        end=GIVEN, check="drop-modes=fail", says={"check": "+" + GIVEN}),
]
# Who cannot reach Apache, or reaches another site, has no page: no row that is on the page may be beside these.
APACHE = [
    Row("an older corte comes", cause=corte("21:59"), begins="PACKAGE_SUPERSEDED"),
    Row("Apache is stopped", trouble="probe", begins="PROBE_FAILED", ends="PROBE_RECOVERED",
        cause="systemctl stop apache2", end="systemctl start apache2",
        check="apache=fail https=fail site-root=fail probes=warn", also="PROBE_MISMATCH", says={"page": "curl 7"}),
]
ANOTHER_SITE = [
    Row("the published corte comes again", cause=corte("22:08"), begins="PACKAGE_DUPLICATE"),
    Row("an operator holds an earlier corte", begins="OPERATOR_ACTION.*activate", ends="OPERATOR_ACTION.*resume",
        cause="difusor-agent releases activate 2021-06-06T22:06:00-05:00 --reason 'lo pidió la UIE' --hold",
        end=["difusor-agent releases resume", corte("22:09")], says={"status": "RETENIDO POR EL OPERADOR", "page": ""},
        then={"status": "!RETENIDO POR", "page": "!Retención del operador"}),
    Row("another site of Apache has the name, and is sorted first", trouble="probe", begins="PROBE_MISMATCH",
        cause=site(OTHER, "prep.ejemplo.mx", "/var/www/html"),
        end=f"rm {OTHER}; systemctl reload apache2", ends="PROBE_RECOVERED", check="site-root=fail probes=fail",
        also="PROBE_FAILED", says={"page": "http 40[34]"}),
]
SERVERS = [
    Row("a package without a HASH", trouble="package", cause=corte("22:10", form="folder", spoil=without_hash),
        begins="PACKAGE_REJECTED.*no-hash", end=corte("22:11"), ends="PACKAGE_VERIFIED"),
    Row("a filter of Apache alters what is served", trouble="probe", cause=FILTER, begins="PROBE_MISMATCH",
        end="rm /etc/apache2/conf-enabled/zz-filter.conf; a2dismod -q -f substitute; systemctl reload apache2",
        ends="PROBE_RECOVERED", check="site-root=fail probes=fail filters=fail"),
    Row("all time servers fall silent", trouble="clock", begins="CLOCK_UNCERTAIN",
        cause="systemctl stop pool-ntp@1 pool-ntp@2 pool-ntp@3 pool-ntp@4",
        end="systemctl start pool-ntp@1 pool-ntp@2 pool-ntp@3 pool-ntp@4",
        ends="CLOCK_SYNCHRONIZED", check="ntp-servers=fail"),
]
OVERDUE = [
    Row("no corte comes for half an hour", trouble="corte", cause=moment("2021-06-07 04:05:00"), begins="CORTE_OVERDUE",
        ends="CORTE_RESUMED", also="CLOCK_UNCERTAIN CLOCK_JUMP",
        says={"metrics": r"+^difusor_agent_corte_overdue\{[^}]*\} 1$"}),
    Row("the one that comes is rejected", trouble="package", begins="PACKAGE_REJECTED.*digest-mismatch",
        cause=corte("22:12", form="folder", spoil=one_byte_more), end=corte("22:13"), ends="PACKAGE_VERIFIED"),
    Row("the agent is restarted, and forgets neither", cause="systemctl restart difusor-agent", begins="AGENT_STARTED",
        says={"status": "Últimos rechazos.*20210606_2212"}, then={"status": "Últimos rechazos.*20210606_2212"}),
]
CLOCK = [
    Row("this host's clock is five seconds wrong", trouble="clock", cause=WRONG, begins="CLOCK_DRIFT", end=RIGHT,
        ends="CLOCK_SYNCHRONIZED"),
    Row("so nothing new is published", trouble="gate", begins="GATE_CLOSED.*clock-drift", ends="GATE_OPENED"),
    Row("a corte that comes meanwhile", cause=corte("22:14"), begins="PACKAGE_HELD.*clock-drift",
        ends="CORTE_PUBLISHED", says={"status": "Verificado, sin publicar.*clock-drift",
            "metrics": r"^difusor_agent_held_releases\{[^}]*\} 1$"},
        then={"status": "!Verificado, sin publicar", "metrics": r"^difusor_agent_held_releases\{[^}]*\} 0$"}),
    Row("a corte of another election", trouble="package", begins="PACKAGE_REJECTED.*corte-outside-window",
        cause=corte("2024-06-02T20:20"),
        # The corte that was held before says nothing about it.
        end=corte("22:15"), ends="PACKAGE_VERIFIED",
        says={"mail": "PROBLEMA .*election:.*PACKAGE_REJECTED.*corte-outside-window"}),
]
OPERATOR = [
    Row("an operator withdraws the site", cause="difusor-agent withdraw --reason 'una prueba' --force",
        begins="OPERATOR_ACTION.*withdraw", end=["difusor-agent releases resume", corte("22:17")],
        ends="OPERATOR_ACTION.*resume",
        says={"status": "SITIO RETIRADO POR EL OPERADOR.*retiró el sitio. Se sirve la página de aviso",
            "page": "Retención del operador"},
        then={"status": "!SITIO RETIRADO", "page": "!Retención del operador"}),
    Row("notify.command is not there, and nobody has tried it", trouble="notify",
        config={"notify.command": '"/no/such/thing"'}, begins="NOTIFY_FAILED", end="difusor-agent notify test",
        ends='TROUBLE_ENDED.*trouble="notify"', check="notify=fail", says={"mail": ""},
        then={"mail": 'RESUELTO .*TROUBLE_ENDED.*"notify"'}),
]
STOPPED = [Row("someone stops the agent", cause="systemctl stop difusor-agent", begins="AGENT_STOPPED",
    end="systemctl start difusor-agent", ends="AGENT_STARTED", check="agent-running=fail drop-service=fail",
    alerts="DifusorAgentSilent", says=AGENT_GONE | {"status": "no está en marcha.*exit 3"}, then={"status": "exit 0"})]
BROKEN = [Row("a typo in agent.yaml, and a restart", begins="AGENT_STOPPED", ends="AGENT_STARTED", restored=True,
    cause=mistaken("rescan", "5 minutos", "systemctl restart difusor-agent"), alerts="DifusorAgentSilent",
    says=AGENT_GONE | {"status": "(NO SE SABE|no está en marcha).*exit 3", "check": r"agent\.yaml:\d+",
        "journald": r"unit: .*agent\.yaml:\d+"}, then={"status": "exit 0"})]
KILLED = [Row("the agent is killed twice over one delivery", trouble="set-aside", cause=KILLED_TWICE,
    config={"drop.settle": "60s"}, begins="DELIVERY_SET_ASIDE", also="AGENT_STARTED", ends="OPERATOR_ACTION.*retry",
    # What was rejected before is taken away: the retry would reject it again.
    end=f"find {DROP} -mindepth 1 -maxdepth 1 ! -name {SUSPECT} -exec rm -rf {{}} +"
        f"; difusor-agent retry; rm -rf {DROP}/{SUSPECT}")]

WAVES = [SLOW, HOST, NO_DELIVERY, NIGHT, FILES, APACHE, ANOTHER_SITE, SERVERS, OVERDUE, CLOCK, OPERATOR, STOPPED,
    BROKEN, KILLED]
