"""docs/noche-electoral.md, step by step: each alarm is raised on purpose, and what the page says is done."""
import json

CONFIG = "/etc/difusor-agent/agent.yaml"


def reload(host, edit):
    """Edits agent.yaml as a sysadmin would; what the reload has come to, and whether systemctl said the same."""
    mark = host.mark()
    host.out(f"sed -i '{edit}' {CONFIG}")
    code, _ = host.sh("systemctl reload difusor-agent")
    said = host.event(mark, "CONFIG_RELOADED", "CONFIG_REJECTED")
    if said and (code == 0) != (said["event"] == "CONFIG_RELOADED"):
        return f"{said['event']}, and systemctl exit {code}"
    return said and said["event"]


def checked(host, row):
    """One row of check, as a program has it."""
    report = json.loads(host.sh("difusor-agent check --json --language en")[1].splitlines()[-1])
    return next(each for each in report["rows"] if each["id"] == row)


def names(*records):
    return " ".join(record["event"] if record else "nothing" for record in records)


def before(table, host):
    """Before 20:00: a rehearsal, the sysadmin's steps, and silent time servers."""
    host.evening("2021-06-02 16:00:00")
    mark = host.mark()
    name = host.deliver("2021-06-02T11:00", form="folder")
    published = host.event(mark, "CORTE_PUBLISHED")
    receipt = host.until(
        "grep -l published /srv/difusor/acuses/ultimo.json >/dev/null && cat /srv/difusor/acuses/ultimo.json", 10) or ""
    root = host.sh("cd /var/lib/difusor-agent; ls rehearsal/current/index.html; readlink public/current")[1].split()
    table.row("the rehearsal's package on 2 June", "in rehearsal/, with its receipt; the public site shows the notice",
        f"{published and published['fields'].get('root')}; {root}; {receipt[:80]}",
              published and name in receipt and root == ["rehearsal/current/index.html", "notice"]
              and "noindex" in host.get()[1])
    mark = host.mark()
    host.evening("2021-06-07 00:30:00")
    host.event(mark, "CLOCK_SYNCHRONIZED")
    host.until("difusor-agent status --json | grep -q before-opening")
    said = [host.sh(command)[1]
        for command in ("difusor-agent status --language en", "difusor-agent clock --json",
        "difusor-agent journal verify --language en", "df --output=avail -BG /var/lib/difusor-agent | tail -n 1")]
    table.row("status, clock, journal verify, curl, df before the hour",
        "as the page says: CLOSED before-opening, nothing to compare; two chosen; whole; 200 and no result; over 2 GiB",
              f"{said[0].splitlines()[1][:60]}; {said[1].count('chosen')} chosen; {said[2][:30]}; {host.get()[0]}; {said[3].strip()}",
              "CLOSED" in said[0] and "before-opening" in said[0] + host.sh("difusor-agent status --json")[1]
              and "nothing to compare" in said[0] and said[1].count('"chosen"') >= 2 and "intact" in said[2]
              and host.get()[0] == "200" and int(said[3].strip()[:-1]) > 2)
    host.out(
        "systemctl stop pool-ntp@1 pool-ntp@2 pool-ntp@3 pool-ntp@4; systemctl start pool-ntp@5 pool-ntp@6; systemctl restart difusor-agent")
    silent, mark = host.sh("difusor-agent clock --json")[1], host.mark()
    done = reload(host, "s/^  servers: .*/  servers: [127.0.0.15, 127.0.0.16]/")
    back = host.event(mark, "CLOCK_SYNCHRONIZED")
    table.row("no time server answers before the hour",
        "clock says so; the provider's two in clock.servers, reload: CLOCK_SYNCHRONIZED",
        f"{silent.count('unreachable')} unreachable; {done}; {names(back)}",
              silent.count('"unreachable"') == 4 and "CONFIG_RELOADED" == done and back)
    host.out(
        f"sed -i 's/^  servers: .*/  servers: [0.pool.ntp.org, 1.pool.ntp.org, 2.pool.ntp.org, 3.pool.ntp.org]/' {CONFIG}; systemctl stop pool-ntp@5 pool-ntp@6")


def alarms(table, host):
    host.evening("2021-06-07 02:20:00")
    host.until("difusor-agent status --json | grep -q '\"synchronized\":true'")

    bad = reload(host, "s/every: 60s/every: 60 s/")
    told = host.sh("difusor-agent config validate")
    good = reload(host, "s/every: 60 s/every: 2s/")
    table.row("a mistake in agent.yaml, systemctl reload; config validate; mended",
        "CONFIG_REJECTED, the unit goes on; line and column; CONFIG_RELOADED",
        f"{bad}; exit {told[0]}: {told[1][:90]}; {good}",
              (bad, told[0], good) == ("CONFIG_REJECTED", 2, "CONFIG_RELOADED") and "agent.yaml:" in told[1]
              and host.out("systemctl is-active difusor-agent") == "active")

    mark = host.mark()
    host.out("echo '<script>' >> /var/lib/difusor-agent/public/current/index.html")
    found, healed = host.event(mark, "TAMPER_DETECTED"), host.event(mark, "TAMPER_HEALED", "HEAL_FAILED")
    table.row("root alters a published page", "TAMPER_DETECTED, TAMPER_HEALED, status intact",
        f"{found and found['event']} {healed and healed['event']}",
              found and healed and healed["event"] == "TAMPER_HEALED" and "<script>" not in host.get()[1]
              and host.until("difusor-agent status --json | grep -q intact", 10) is not None)

    mark = host.mark()
    host.out("mount --bind /etc/hostname /var/lib/difusor-agent/public/current/index.html")
    failed = host.event(mark, "HEAL_FAILED")
    host.out("umount /var/lib/difusor-agent/public/current/index.html")
    healed = host.event(mark, "TAMPER_HEALED", seconds=30) if host.until("difusor-agent status --json | grep -q intact",
        30) is None else None
    table.row("a page that cannot be restored: something is mounted over it",
        "HEAL_FAILED says so; umount: intact again",
        f"{names(failed, healed)} {failed and failed['fields'].get('error')}; {host.get()[0]}",
              failed and host.shows("2021-06-06T20:55") is False
              and "intact" in host.sh("difusor-agent status --json")[1] and host.get()[0] == "200")

    mark = host.mark()
    host.out("systemctl stop apache2")
    failed = host.event(mark, "PROBE_FAILED", "PROBE_MISMATCH")
    host.out("systemctl start apache2; apachectl -S >/dev/null 2>&1")
    table.row("Apache is down", "PROBE_FAILED; systemctl start apache2 mends it", failed and failed["event"],
        failed and failed["event"] == "PROBE_FAILED" and host.get()[0] == "200")

    host.out(
        "value() { awk -v name=$1 '$2 == name {print $3}' /etc/difusor-agent/apache/agent.conf; }; printf '<VirtualHost *:443>\\nServerName %s\\nSSLEngine on\\nSSLCertificateFile %s\\nSSLCertificateKeyFile %s\\nDocumentRoot /var/www/html\\n</VirtualHost>\\n' $(value DIFUSOR_NAME) $(value DIFUSOR_CERTIFICATE) $(value DIFUSOR_KEY) > /etc/apache2/sites-enabled/000-otro.conf; systemctl reload apache2")
    wrong = checked(host, "site-root")
    host.out("rm /etc/apache2/sites-enabled/000-otro.conf; systemctl reload apache2")
    right = checked(host, "site-root")
    host.until("! difusor-agent status --json | grep -q PROBE_", 30)
    table.row("another site of Apache with the same name is sorted first; check",
        "I.3 fails and names it; once it is gone I.3 passes",
        f"{wrong['state']}: {wrong['found']} {wrong['mend']}; {right['state']}",
              wrong["state"] == "fail" and "000-otro.conf" in wrong["mend"] and right["state"] == "pass")

    mark = host.mark()
    host.out(
        "a2enmod -q substitute filter; printf 'AddOutputFilterByType SUBSTITUTE text/html\\nSubstitute \"s/PREP/XXXX/\"\\n' > /etc/apache2/conf-enabled/zz.conf; systemctl reload apache2")
    mismatch = host.event(mark, "PROBE_MISMATCH", seconds=60)
    host.out("rm /etc/apache2/conf-enabled/zz.conf; a2dismod -q -f substitute; systemctl reload apache2")
    table.row("a filter of Apache alters what is served", "PROBE_MISMATCH, naming the file",
        mismatch and f"{mismatch['event']} {mismatch['fields'].get('path')}", mismatch is not None)

    host.out(
        "a2enmod -q rewrite; printf 'Listen 8443\\n<VirtualHost *:8443>\\nSSLEngine on\\nServerName otro.ejemplo.mx\\nSSLCertificateFile /etc/ssl/certs/otro.ejemplo.mx.pem\\nSSLCertificateKeyFile /etc/ssl/private/otro.ejemplo.mx.key\\n"
             "DocumentRoot /var/lib/difusor-agent/public/previous\\n<Directory /var/lib/difusor-agent/public>\\nRequire all granted\\n</Directory>\\n</VirtualHost>\\n' > /etc/apache2/conf-enabled/zz.conf; systemctl reload apache2")
    mark = host.mark()
    reload(host, "s#every: 2s}\\]#every: 2s}, {url: \"https://otro.ejemplo.mx@127.0.0.1:8443/\", every: 2s}]#")
    stale = host.event(mark, "PROBE_STALE", "PROBE_MISMATCH", "PROBE_FAILED", seconds=20)
    host.out(
        "sed -i s#public/previous#public/current# /etc/apache2/conf-enabled/zz.conf; systemctl reload apache2; sleep 1")
    page = host.sh("curl -sS --resolve otro.ejemplo.mx:8443:127.0.0.1 https://otro.ejemplo.mx:8443/")[1]
    reload(host, "s#, {url: \"https://otro[^}]*}##")
    host.out("rm /etc/apache2/conf-enabled/zz.conf; systemctl reload apache2")
    table.row("a cache (another vhost) serves the corte before the last", "PROBE_STALE; purged, it serves the last",
        f"{names(stale)} {stale and stale['fields'].get('served')}",
        stale and stale["event"] == "PROBE_STALE" and page == host.get()[1].strip())

    mark = host.mark()
    name = host.make("2021-06-06T20:52", form="folder", progress=0.76)
    host.out(f"mv /root/ieem/{name}/index.html /root/ieem/late.html")
    host.sftp(f"put -r {name}")
    stalled = host.event(mark, "DELIVERY_STALLED", seconds=40)
    host.sftp(f"put late.html {name}/index.html")
    published = host.event(mark, "CORTE_PUBLISHED", seconds=40)
    table.row("a delivery without its last file", "DELIVERY_STALLED names it; the institute sends it, it is published",
        f"{stalled and stalled['fields'].get('missing')}, {published and published['event']}" if published
        else str(host.journal()[-1]["fields"].get("reasons")),
              stalled and "index.html" in str(stalled["fields"].get("missing")) and published)

    mark = host.mark()
    host.out(
        "fallocate -l $(( ($(stat -fc '%a * %S' /var/lib) ) - 1500000000 )) /var/lib/full || fallocate -l 5G /var/lib/full")
    host.deliver("2021-06-06T20:54", form="zip", progress=0.77)
    low = host.event(mark, "STORAGE_LOW", "STORAGE_FAILED", seconds=60)
    host.out("rm /var/lib/full")
    published = host.event(mark, "CORTE_PUBLISHED", seconds=60, corte="2021-06-06T20:54:00-05:00")
    table.row("the disk is nearly full", "STORAGE_LOW; room is made, the delivery goes on by itself",
        f"{low and low['event']}, {published and published['event']}",
        low and low["event"] == "STORAGE_LOW" and published)

    before_it = reload(host, "s/^  min_free: 2GiB/  min_free: 1MiB/")
    mark = host.mark()
    host.out(
        "fallocate -l $(( ($(stat -fc '%a * %S' /var/lib) ) - 3000000 )) /var/lib/full; dd if=/dev/zero of=/var/lib/fuller bs=64k count=20 2>/dev/null || true")
    host.deliver("2021-06-06T20:55", form="zip", progress=0.775, pages=30000)
    failed = host.event(mark, "STORAGE_FAILED", "STORAGE_LOW", seconds=40)
    host.out("rm /var/lib/full /var/lib/fuller")
    code, said = host.sh("difusor-agent retry")
    published = host.event(mark, "CORTE_PUBLISHED", seconds=60, corte="2021-06-06T20:55:00-05:00")
    reload(host, "s/^  min_free: 1MiB/  min_free: 2GiB/")
    table.row("the disk is full in the middle of a package",
        "STORAGE_FAILED, nothing by halves; room is made, retry: published",
        f"{before_it}; {names(failed, published)}; retry: exit {code}",
        failed and failed["event"] == "STORAGE_FAILED" and code == 0 and published)

    mark = host.mark()
    host.out("systemctl stop difusor-agent")
    stopped, served = host.event(mark, "AGENT_STOPPED"), host.get()[0]
    host.out("systemctl start difusor-agent")
    table.row("someone stops the agent", "AGENT_STOPPED; the site does not depend on it; systemctl start",
        f"{names(stopped, host.event(mark, 'AGENT_STARTED'))}; {served}",
        stopped and served == "200" and host.event(mark, "AGENT_STARTED"))


def by_hand(table, host):
    code, said = host.sh("difusor-agent releases list")
    table.row("releases list", "what is stored, the live one marked", f"exit {code}: {said[:80]}",
        code == 0 and "20:55" in said and "20:52" in said)
    code, said = host.sh("difusor-agent releases activate 2021-06-06T20:52:00-05:00 --reason 'lo pidió la UIE' --hold")
    held = host.shows("2021-06-06T20:52")
    code_back, said_back = host.sh("difusor-agent releases resume")
    table.row("go back to an older corte, and on again", "activate --hold: live at once; resume: done",
        f"exit {code} and {code_back}: {said[:90]}", code == 0 and code_back == 0 and held)
    mark = host.mark()
    host.deliver("2021-06-06T20:56", progress=0.776)
    published = host.event(mark, "CORTE_PUBLISHED", "PACKAGE_HELD")
    table.row("the next corte after resume", "published", published and published["event"],
        published and published["event"] == "CORTE_PUBLISHED" and host.shows("2021-06-06T20:56"))
    name = host.make("2021-06-06T20:57", form="zip", progress=0.78)
    code, said = host.sh(
        f"cp /root/ieem/{name} /srv/difusor/; difusor-agent publish /srv/difusor/{name} --reason 'llegó por correo'; c=$?; sleep 1; rm /srv/difusor/{name}; exit $c")
    table.row("publish by hand what did not come by SFTP", "published, journaled with uid and reason", said[:100],
        code == 0 and host.shows("2021-06-06T20:57"))
    code, said = host.sh("difusor-agent withdraw --reason 'una prueba'")
    table.row("withdraw before the end of the period", "refused without --force", f"exit {code}: {said[:100]}",
        code == 1 and host.shows("2021-06-06T20:57"))
    code, said = host.sh("difusor-agent withdraw --reason 'una prueba' --force")
    host.until("curl -sk --resolve prep.ejemplo.mx:443:127.0.0.1 https://prep.ejemplo.mx/ | grep -q noindex", 10)
    notice = host.get()
    again, said = host.sh("difusor-agent releases activate 2021-06-06T20:57:00-05:00 --reason 'fin de la prueba'")
    table.row("withdraw --force, and the corte activated again", "the notice page, 200; then the corte",
        f"exit {code} and {again}; {notice[0]}, {len(notice[1])} bytes",
        (code, again, notice[0]) == (0, 0, "200") and "noindex" in notice[1] and host.shows("2021-06-06T20:57"))
    mark = host.mark()
    code, said = host.sh("difusor-agent retry")
    judged = host.event(mark, "PACKAGE_REJECTED")
    table.row("retry: what was rejected and still lies there", "judged again", f"exit {code}; {names(judged)}",
        code == 0 and judged)
    code, said = host.sh("difusor-agent journal export --out /root")
    table.row("the evidence for the institute", "journal export writes it", said[:120], code == 0)


def the_clock(table, host):
    mark = host.mark()
    host.deliver("2021-06-06T21:30", progress=0.8)
    held = host.event(mark, "PACKAGE_HELD", "CORTE_PUBLISHED", "PACKAGE_REJECTED")
    host.evening("2021-06-07 02:30:00")
    published = host.event(mark, "CORTE_PUBLISHED")
    table.row("a corte ten minutes ahead of the time",
        "PACKAGE_HELD future-corte; goes out by itself when that has come",
        f"{names(held, published)} {held and held['fields'].get('reason')}",
              held and held["fields"].get("reason") == "future-corte" and published and host.shows("2021-06-06T21:30"))
    mark = host.mark()
    host.evening("2021-06-07 02:56:00")
    overdue = host.event(mark, "CORTE_OVERDUE")
    host.deliver("2021-06-06T21:50", progress=0.81)
    published = host.event(mark, "CORTE_PUBLISHED")
    table.row("26 minutes without a corte", "CORTE_OVERDUE nothing-arrived; the institute, called, sends it",
        f"{names(overdue, published)} {overdue and overdue['fields'].get('cause')}",
        overdue and overdue["fields"].get("cause") == "nothing-arrived" and published)
    mark = host.mark()
    host.out(
        "cd /etc/systemd/system/difusor-agent.service.d; cp evening.conf /root/evening.conf; o=$(grep -oE 'FAKETIME=-?[0-9]+' evening.conf | cut -d= -f2);"
             " sed -i \"s/FAKETIME=$o/FAKETIME=$((o + 5))/\" evening.conf; systemctl daemon-reload; systemctl restart difusor-agent")
    drift = host.event(mark, "CLOCK_DRIFT")
    host.deliver("2021-06-06T21:52", progress=0.82)
    held = host.event(mark, "PACKAGE_HELD", "CORTE_PUBLISHED")
    host.out(
        "cp /root/evening.conf /etc/systemd/system/difusor-agent.service.d/evening.conf; systemctl daemon-reload; systemctl restart difusor-agent")
    published = host.event(mark, "CORTE_PUBLISHED")
    table.row("this host's clock is five seconds wrong",
        "CLOCK_DRIFT, PACKAGE_HELD clock-drift, the site stays; mended, it goes out by itself",
        f"{names(drift, held, published)} {held and held['fields'].get('reason')}",
              drift and held and held["fields"].get("reason") == "clock-drift" and published
              and host.shows("2021-06-06T21:52"))
