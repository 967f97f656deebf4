"""notify.command with mail.sh, in the agent's own unit, against a real Postfix: smtps and STARTTLS, with a password."""
import email
import email.policy

from night import CERTIFICATE
from runbook import reload

HOST, SECRET = "correo.ejemplo.mx", "secreto-de-correo"
POSTFIX = f"""
grep -q {HOST} /etc/hosts || echo '127.0.0.1 {HOST}' >> /etc/hosts
id guardia >/dev/null 2>&1 || useradd -m guardia
postconf -e 'myhostname = {HOST}' 'mydestination = ejemplo.mx, localhost' 'inet_interfaces = loopback-only' 'inet_protocols = ipv4' 'mynetworks = 192.0.2.1/32' \\
  'alias_maps =' 'smtpd_tls_cert_file = /etc/ssl/certs/{HOST}.pem' 'smtpd_tls_key_file = /etc/ssl/private/{HOST}.key' 'smtpd_tls_security_level = may' \\
  'smtpd_sasl_auth_enable = yes' 'smtpd_sasl_path = smtpd' 'smtpd_sasl_local_domain = {HOST}' 'smtpd_tls_auth_only = yes' \\
  'smtpd_relay_restrictions = permit_sasl_authenticated, reject' 'smtpd_recipient_restrictions = permit_sasl_authenticated, reject'
postconf -M '465/inet=465 inet n - n - - smtpd' '587/inet=587 inet n - n - - smtpd'
postconf -P '465/inet/smtpd_tls_wrappermode=yes' '587/inet/smtpd_tls_security_level=encrypt'
mkdir -p /etc/postfix/sasl
printf 'pwcheck_method: auxprop\\nauxprop_plugin: sasldb\\nmech_list: PLAIN LOGIN\\n' > /etc/postfix/sasl/smtpd.conf
echo {SECRET} | saslpasswd2 -p -c -u {HOST} difusor
chgrp postfix /etc/sasldb2; chmod 640 /etc/sasldb2
systemctl restart postfix
"""


def configure(host, url, password):
    host.write("/etc/difusor-agent/notify.env", f"MAIL_URL={url}\nMAIL_FROM=difusor@ejemplo.mx\nMAIL_NETRC=/etc/difusor-agent/mail.netrc")
    host.write("/etc/difusor-agent/mail.netrc", f"machine {HOST} login difusor password {password}")
    host.out("cd /etc/difusor-agent; chown root:difusor-agent notify.env mail.netrc; chmod 0640 notify.env mail.netrc; rm -f /var/mail/guardia")


def altered(host):
    """Somebody alters a page, which is told, and healed, which is told, too."""
    mark = host.mark()
    host.out("echo '<script>' >> /var/lib/difusor-agent/public/current/index.html")
    return host.event(mark, "TAMPER_HEALED")


def mails(host, count=2):
    host.until(f"[ $(grep -cs '^Subject: ' /var/mail/guardia) -ge {count} ]", 30)
    return read(host.sh("cat /var/mail/guardia")[1])


def read(mailbox):
    """The subject and the text of each mail."""
    found = [email.message_from_string(part.split("\n", 1)[1], policy=email.policy.default)
        for part in ("\n" + mailbox).split("\nFrom ")[1:]]
    return [(message["subject"], message.get_content()) for message in found]


def set_up(host):
    """A Postfix that takes mail for guardia@ejemplo.mx, and what mail.sh needs to send it."""
    host.tool("apt", "install", "postfix", "libsasl2-modules", "sasl2-bin", "jq", "curl")
    host.out(CERTIFICATE.format(HOST))
    host.out(POSTFIX)
    configure(host, f"smtps://{HOST}:465", SECRET)


def taken_down(host):
    host.out("systemctl disable -q --now postfix; rm /etc/difusor-agent/notify.env /etc/difusor-agent/mail.netrc")


def delivered(table, host):
    set_up(host)
    done = reload(host, "/^notify:/,/^[a-z]*:$/ { s#^  command: null#  command: \"/usr/share/difusor-agent/notify/mail.sh guardia@ejemplo.mx\"#; s#^  environment: null#  environment: /etc/difusor-agent/notify.env# }")
    for url in (f"smtps://{HOST}:465", f"smtp://{HOST}:587"):
        configure(host, url, SECRET)
        altered(host)
        got = mails(host)
        subjects = [subject for subject, _ in got]
        body = got[0][1] if got else ""
        table.row(f"a page is altered, mail by {url}, out of the agent's unit", "two mails: what, since when, what to do; then that it is over; host and site in the subject",
            f"{done}; {subjects}; {' '.join(body.split())[:200]}",
            len(got) == 2 and "PROBLEMA" in subjects[0] and "RESUELTO" in subjects[1]
            and all("prep.ejemplo.mx" in subject and f"({host.name})" in subject for subject in subjects)
            and all(word in body for word in ("Desde: ", "Qué hacer:", "(UTC-5)")))
    configure(host, f"smtps://{HOST}:465", "otra-cosa")
    altered(host)
    said = host.until("journalctl -u difusor-agent --no-pager -o cat --since -2min | grep 'notify.command terminó con'", 30)
    table.row("with a wrong password", "the agent complains, without the password", said, said is not None and "otra-cosa" not in said)
    reload(host, "s#^  command: \".*mail.sh.*#  command: null#; s#^  environment: /etc.*#  environment: null#")
    taken_down(host)
