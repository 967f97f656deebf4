"""An institute that does not push: the installed timer fetches its package by https, under its own unit and account."""
from night import CERTIFICATE

NAME, PORT = "instituto.ejemplo.mx", 8443
SITE = f"""Listen 127.0.0.1:{PORT} https
<VirtualHost 127.0.0.1:{PORT}>
ServerName {NAME}
DocumentRoot /var/www/instituto
SSLEngine on
SSLCertificateFile /etc/ssl/certs/{NAME}.pem
SSLCertificateKeyFile /etc/ssl/private/{NAME}.key
</VirtualHost>"""
SETTINGS = f"""FETCH_URL=https://{NAME}:{PORT}/%Y%m%d_%H%M_PREP_MEX.zip
FETCH_FIRST=2021-06-06T21:55:00-05:00
FETCH_ZONE=America/Mexico_City"""


def by_https(table, host):
    """After the runbook's last corte (21:52), before the day's."""
    host.evening("2021-06-07 03:05:00", units=("difusor-agent.service", "difusor-agent-fetch.service"))
    host.until("difusor-agent status --json | grep -q '\"synchronized\":true'")
    host.out(CERTIFICATE.format(NAME))
    host.write("/etc/apache2/sites-enabled/instituto.conf", SITE)
    name = host.make("2021-06-06T21:55", form="zip", progress=0.82)
    host.out(f"install -D -m 644 /root/ieem/{name} /var/www/instituto/{name}; systemctl reload apache2;"
        f" grep -q {NAME} /etc/hosts || echo '127.0.0.1 {NAME}' >> /etc/hosts")
    before = host.out("systemctl is-enabled difusor-agent-fetch.timer || true; systemctl is-active difusor-agent-fetch.timer || true")
    code, said = host.sh("systemctl start difusor-agent-fetch")
    table.row("the timer as installed; a start without fetch.env", "off; fails and says what is missing", f"{before.split()}, exit {code}",
        before.split() == ["disabled", "inactive"] and code != 0
        and "fetch.env" in host.sh("journalctl -u difusor-agent-fetch --no-pager")[1])
    host.write("/etc/difusor-agent/fetch.env", SETTINGS)
    mark = host.mark()
    host.out("systemctl enable -q --now difusor-agent-fetch.timer")
    published = host.event(mark, "CORTE_PUBLISHED", "PACKAGE_REJECTED", seconds=60, package=name)
    told = host.sh("journalctl -u difusor-agent-fetch --no-pager | tail -n 5")[1]
    seen = host.sh(f"stat -c '%U %G %a' /srv/difusor/entrega/{name}; systemctl show -p Result --value difusor-agent-fetch")[1]
    table.row("an institute that does not push", "the timer fetches the corte, and it is published", f"{published and published['event']}; {seen}; {told[-160:]}",
        published and published["event"] == "CORTE_PUBLISHED" and host.shows("2021-06-06T21:55")
        and seen.split() == ["difusor-agent-fetch", "difusor-agent", "660", "success"])
    code, said = host.sh("systemctl start difusor-agent-fetch; journalctl -u difusor-agent-fetch --no-pager | grep -c descargado; ls -A /srv/difusor/entrega | grep -c '^[.]difusor'")
    table.row("fetched once more", "answered 304: nothing new in the drop, no hidden rest", said.split(), said.split() == ["1", "0"])
    code, said = host.sh("ls /srv/difusor/entrega || ls /var/lib/difusor-agent/journal || ls /run/difusor-agent/control.sock/x", user="difusor-agent-fetch")
    line = host.out("systemd-analyze security difusor-agent-fetch --no-pager | tail -n 1")
    table.row("what its account may see, and its sandbox", "not the drop, nothing of the agent's; at most 1.5", f"exit {code}; {line}",
        code != 0 and float(line.split(":")[1].split()[0]) <= 1.5)
    host.out("systemctl disable -q --now difusor-agent-fetch.timer; rm -r /etc/difusor-agent/fetch.env /etc/apache2/sites-enabled/instituto.conf"
        " /etc/systemd/system/difusor-agent-fetch.service.d; systemctl daemon-reload; systemctl reload apache2")
