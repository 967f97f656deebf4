"""From the .deb alone plus `setup`: the installation, and the story of the election night of 2021."""
import json
import shutil
import subprocess
import time

# Before the election, by the clock of setup: that of an election which is over it refuses.
BEFORE = ("env LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 'FAKETIME=@2021-04-12 12:00:00' NO_FAKE_STAT=1"
          " FAKETIME_DONT_FAKE_MONOTONIC=1 ")
SETUP = (BEFORE + "difusor-agent setup --yes --election ieem-2021 --site prep.ejemplo.mx --institute-address 203.0.113.7 --institute-key /root/ieem/key.pub"
         " --certificate /etc/ssl/certs/prep.ejemplo.mx.pem --key /etc/ssl/private/prep.ejemplo.mx.key")
CERTIFICATE = (
    # The probes ask for the notice page from the first minute on, so the certificate counts in April, too.
    "faketime '2021-04-01' openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN={0} -addext subjectAltName=DNS:{0} -keyout /etc/ssl/private/{0}.key"
               " -out /etc/ssl/certs/{0}.pem 2>/dev/null; cp /etc/ssl/certs/{0}.pem /usr/local/share/ca-certificates/{0}.crt; update-ca-certificates >/dev/null 2>&1")

ADMIN = "sshd -T -C user=root,host=198.51.100.1,addr=198.51.100.1"


def installation(table, host):
    seen = host.out(
        "systemctl is-active difusor-agent; systemctl is-enabled difusor-agent; ls /etc/difusor-agent/*.yaml /usr/share/difusor-agent/agent.yaml 2>/dev/null; systemctl is-failed '*' | grep -c ^failed || true").split()
    table.row("installed from the .deb, booted", "nothing is started or enabled, no agent.yaml in /etc, an example; no failed unit",
        " ".join(seen), seen == ["inactive", "disabled", "/usr/share/difusor-agent/agent.yaml", "0"])
    seen = host.out(
        "cp /usr/share/difusor-agent/agent.yaml /etc/difusor-agent/; systemctl start difusor-agent; systemctl is-active difusor-agent; ps -o user= -C difusor-agent").split()
    table.row("started by hand with the example", "active, its own account", " ".join(seen),
        seen in (["active", "difusor+"], ["active", "difusor-agent"]))
    line = host.out("systemd-analyze security difusor-agent --no-pager | tail -n 1")
    table.row("systemd-analyze security", "at most 1.5", line, float(line.split(":")[1].split()[0]) <= 1.5)
    caps = host.out(
        "grep -E '^(CapEff|CapPrm|CapBnd|CapAmb|NoNewPrivs|Seccomp):' /proc/$(systemctl show -p MainPID --value difusor-agent)/status | tr -d '\\t' | tr '\\n' ' '")
    table.row("its capabilities", "none at all, no new privileges, seccomp", caps,
        caps.count("0000000000000000") == 4 and "NoNewPrivs:1" in caps and "Seccomp:2" in caps)
    order = host.out(
        "systemctl show -p After --value difusor-agent; systemctl show -p MemoryDenyWriteExecute,MemoryMax,TasksMax,LimitNOFILE,WatchdogUSec,Restart difusor-agent | tr '\\n' ' '")
    table.row("its unit", "after network, time and Apache; W^X, limits, watchdog, restart", order[-150:],
        all(word in order for word in
              ("network-online.target", "time-sync.target", "apache2.service", "MemoryDenyWriteExecute=yes",
              "MemoryMax=536870912", "TasksMax=64", "WatchdogUSec=30s", "Restart=always")))
    seen = host.out(
        "stat -c '%A %U %G %n' /srv/difusor /srv/difusor/entrega /srv/difusor/acuses /var/lib/difusor-agent /var/lib/difusor-agent/held")
    table.row("its folders", "drop setgid, chroot root's, state 0711, held 0700", seen, all(line in seen for line in (
        "drwxr-xr-x root root /srv/difusor\n", "drwxrws--- difusor-entrega difusor-agent /srv/difusor/entrega",
        "drwx--x--x difusor-agent", "drwx------ difusor-agent difusor-agent /var/lib/difusor-agent/held")))

    # As installed, before setup gives it a socket of rsyslog's, /dev/log is journald's.
    entry = json.loads(host.out("journalctl -b -t difusor-agent -o json --no-pager | head -n 1"))
    fields = {name: entry.get(name)
        for name in ("MESSAGE_ID", "PRIORITY", "SYSLOG_FACILITY", "SYSLOG_IDENTIFIER", "DIFUSOR_EVENT", "DIFUSOR_SEQ",
        "DIFUSOR_ELECTION")}
    first = host.journal()[0]
    table.row("journalctl -o json", "each field of the event, and the id of its catalogue's text", fields,
              fields == {"MESSAGE_ID": "c7380705586fdea6d31b10602d536c20", "PRIORITY": "5", "SYSLOG_FACILITY": "16",
              "SYSLOG_IDENTIFIER": "difusor-agent",
                         "DIFUSOR_EVENT": first["event"], "DIFUSOR_SEQ": "1",
                         "DIFUSOR_ELECTION": first["fields"]["election"]} and len(entry["DIFUSOR_HEAD"]) == 64)
    text = host.out("journalctl -b -t difusor-agent -x --no-pager")
    syslog = host.out("grep -h 'difusor-agent\\[' /var/log/syslog | head -n 1")
    table.row("journalctl -x, and the line that rsyslog gets of it",
        "host and name once, the code and fields; the catalogue's text", syslog,
              "El agente arrancó y ya vigila la carpeta de entrega" in text
              and f": AGENT_STARTED seq=\"1\" head=\"{entry['DIFUSOR_HEAD']}\"" in syslog
              and all(line.count(f" {host.name} ") == 1 and line.count("difusor-agent[") == 1
              for line in (syslog, text.splitlines()[0])))
    code, said = host.sh(
        "journalctl -b -t difusor-agent --no-pager > /root/journal.txt; difusor-agent journal verify --syslog /root/journal.txt")
    table.row("journal verify against what journald has", "whole, and agrees", said, code == 0)
    host.out("systemctl stop difusor-agent; rm /etc/difusor-agent/agent.yaml")


def set_up(table, host):
    host.out(CERTIFICATE.format("prep.ejemplo.mx") + "; " + CERTIFICATE.format("otro.ejemplo.mx"))
    host.out(
        "mkdir -p /root/ieem; ssh-keygen -q -t ed25519 -N '' -f /root/ieem/key; mkdir -p /root/.ssh; ssh-keygen -q -t ed25519 -N '' -f /root/admin; cat /root/admin.pub > /root/.ssh/authorized_keys")
    host.evening("2021-06-07 00:30:00")
    # One of the modules that the site needs is enabled already, and must stay so after --undo.
    host.out("a2enmod -q headers")
    admin, before = host.out(ADMIN), host.listing("/etc")

    def differs():
        return sorted(line for line in before ^ host.listing("/etc"))
    started = time.monotonic()
    refused = {
        "an election that is over": SETUP.replace(BEFORE, ""), "an election that nobody knows": SETUP.replace("ieem-2021", "ieem-1821"),
        "no election": SETUP.replace(" --election ieem-2021", ""), "no terminal and no --yes": SETUP.replace(" --yes", ""),
    }
    codes = {what: host.sh(command) for what, command in refused.items()}
    table.row("setup with " + "; ".join(refused), "exit 2 each, told, /etc as it was, no unit started",
        f"{[code for code, _ in codes.values()]}; {codes['an election that is over'][1][-90:]}; differs: {differs()[:3]}",
        {code for code, _ in codes.values()} == {2} and not differs() and "ya terminó" in codes["an election that is over"][1]
        and "ieem-2021" in codes["no election"][1] and "--yes" in codes["no terminal and no --yes"][1]
        and host.sh("pidof difusor-agent")[0] != 0)
    code, said = host.sh(SETUP + " --dry-run")
    table.row("setup --dry-run", "exit 0, shows the changes, /etc is as it was",
        f"exit {code}, {said.count('+++ ')} files shown; differs: {differs()[:3]}",
        code == 0 and not differs() and said.count("+++ ") >= 4)
    code, said = host.sh(SETUP.replace("prep.ejemplo.mx.key", "otro.ejemplo.mx.key"))
    table.row("setup with a key that is not the certificate's", "exit 2, told, /etc is as it was",
        f"exit {code}: {said[:90]}; differs: {differs()[:3]}", code == 2 and not differs())
    host.out(
        "cp /etc/apache2/sites-available/difusor-agent.conf /root/site; echo Nonsense >> /etc/apache2/sites-available/difusor-agent.conf")
    code, said = host.sh(SETUP)
    seen = host.out(
        "cp /root/site /etc/apache2/sites-available/difusor-agent.conf; apachectl configtest 2>&1 | tail -n 1; systemctl is-active apache2; ls /etc/apache2/sites-enabled /etc/apache2/mods-enabled /etc/difusor-agent/apache | tr '\n' ' '")
    table.row("setup where apachectl configtest fails", "exit 3, Apache's change taken back, Apache goes on",
        f"exit {code}; {seen[:60]}",
        code == 3 and "Syntax OK" in seen and "active" in seen.split() and "difusor-agent.conf" not in seen
        and "ssl.load" not in seen and "agent.conf" not in seen)
    host.out("printf 'Match User nobody\\n  Nonsense yes\\n' > /etc/ssh/sshd_config.d/99-broken.conf")
    code, said = host.sh(SETUP.replace("203.0.113.7", "203.0.113.8"))
    seen = host.out(
        "grep -hs AllowUsers /etc/ssh/sshd_config.d/10-*; rm /etc/ssh/sshd_config.d/99-broken.conf; sshd -t && systemctl is-active ssh")
    table.row("setup where sshd -t fails already", "exit 3, nothing is changed, sshd goes on", f"exit {code}; {seen}",
        code == 3 and "203.0.113.8" not in seen and seen.endswith("active"))
    host.out("rmdir /run/sshd")  # as where only ssh.socket listens
    code, said = host.sh(SETUP)
    once = host.listing("/etc")
    again, repeated = host.sh(SETUP)
    table.row("setup without /run/sshd, and once more",
        "done; the second time nothing to change, /etc as after the first",
        f"exit {code} and {again}, {time.monotonic() - started:.0f} s in all",
              code == 0 and again == 0 and "Nada que cambiar" in repeated and host.listing("/etc") == once != before)
    code, dry = host.sh(f"{BEFORE}difusor-agent setup --dry-run")
    table.row("setup --dry-run alone, as check says it", "site, addresses and the rest from the setup before: nothing to change",
        f"exit {code}: {dry[-120:]}", code == 0 and "Nada que cambiar" in dry)
    keys = host.out("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub").split()[1]
    table.row("what setup says at its end, and check --anexo1", "the fingerprint of the host's key, as ssh-keygen says it", keys,
        keys in said and keys in host.sh("difusor-agent check --anexo1")[1])
    code, said = host.sh("rmdir /run/sshd; difusor-agent setup --undo --yes")
    modules = host.out(
        "ls /etc/apache2/mods-enabled | grep -E '^(ssl|rewrite|headers|socache_shmcb).load' | tr '\n' ' '")
    table.row("setup --undo before anything is public",
        "/etc as before, to mode, owner and byte; of Apache's modules only the one that was enabled before; the agent stopped",
        f"exit {code}; differs: {differs()[:4] or 'nothing'}; {modules}",
              code == 0 and not differs() and modules == "headers.load" and host.sh("pidof difusor-agent")[0] != 0)
    host.out(SETUP)
    now = host.out(ADMIN)
    code, said = host.sh(
        "ssh -i /root/admin -o StrictHostKeyChecking=no -o BatchMode=yes -o LogLevel=ERROR root@127.0.0.1 id -un")
    table.row("the sysadmin's own way in after setup", "sshd's settings for it unchanged, it works", said,
        admin == now and (code, said) == (0, "root"))
    status, body = host.get()
    headers = host.out(
        "curl -sSI --resolve prep.ejemplo.mx:443:127.0.0.1 https://prep.ejemplo.mx/ | tr -d '\\r'").lower()
    table.row("https before the opening", "200, the notice, no result; nosniff, no-cache",
        f"{status}, {len(body)} bytes",
        status == "200" and "noindex" in body and "cache-control: no-cache" in headers and "nosniff" in headers)


ASK_AGAIN = r"""cd /var/lib/difusor-agent/public/current/
site='--silent --show-error --resolve prep.ejemplo.mx:443:127.0.0.1'
for encoding in gzip identity; do
  find . -type f | cut -c2- | awk '{print "url = \"https://prep.ejemplo.mx" $0 "\"\noutput = \"/dev/null\""}' > /tmp/first
  curl $site -H "Accept-Encoding: $encoding" -w '%{url}\t%header{etag}\n' -K /tmp/first > /tmp/tags
  awk -F'\t' -v encoding=$encoding '{
    kind = $2 ~ /-gzip"$/ ? "compressed" : "plain"; gsub(/"/, "\\\"", $2)
    print (NR > 1 ? "next\n" : "") "url = \"" $1 "\"\noutput = \"/dev/null\"\nsilent\nresolve = \"prep.ejemplo.mx:443:127.0.0.1\""
    print "header = \"Accept-Encoding: " encoding "\"\nheader = \"If-None-Match: " $2 "\"\nwrite-out = \"%{http_code} %{size_download} " kind "\\n\"" }' /tmp/tags > /tmp/again
  curl -K /tmp/again
done | sort | uniq -c"""


def story(table, host):
    # The opening of 2021, 20:00:00-05:00, comes in half a minute.
    host.evening("2021-06-07 00:59:30")
    mark = host.mark()
    host.deliver("2021-06-06T20:00", form="folder")
    held = host.event(mark, "PACKAGE_HELD", "CORTE_PUBLISHED", "PACKAGE_REJECTED")
    reading = host.sh("cat /var/lib/difusor-agent/held/*/index.html", user="www-data")[0]
    table.row("a package before the hour, by real sftp",
        "held, Apache's account cannot read it, readers see the notice",
              f"{held and held['event']} {held and held['fields'].get('reason')}; cat: exit {reading}",
              held and held["event"] == "PACKAGE_HELD" and reading != 0 and "noindex" in host.get()[1])
    opened = host.event(mark, "GATE_OPENED", seconds=60)
    published = host.event(mark, "CORTE_PUBLISHED", seconds=20)
    at = published["at"] if published else "never"
    table.row("20:00:00 of 6 June 2021 by four chronyds", "opened and published within 100 ms, never before",
        f"opened {opened and opened['at']}, published {at}",
              opened and published and "2021-06-07T01:00:00.000" <= at < "2021-06-07T01:00:00.6"
              and opened["at"] >= "2021-06-07T01:00:00.000")
    table.row("https after the opening", "the corte of 20:00", host.get()[0], host.shows("2021-06-06T20:00"))
    browser(table, host)

    def spoil(package):
        page = package / "DIP_LOC/distrito/001.html"
        page.write_bytes(page.read_bytes().replace(b"<td>", b"<td >", 1))
    mark, before = host.mark(), host.get()[1]
    host.deliver("2021-06-06T20:01", form="folder", spoil=spoil)
    verdict = host.event(mark, "PACKAGE_REJECTED", "CORTE_PUBLISHED")
    reasons = verdict and [(reason["code"], reason["path"]) for reason in verdict["fields"].get("reasons", [])]
    table.row("one byte more in one page", "rejected, naming it; the site as before", reasons,
        reasons == [("digest-mismatch", "DIP_LOC/distrito/001.html")] and host.get()[1] == before)
    mark = host.mark()
    host.deliver("2021-06-06T20:02", form="folder", progress=0.4, narrow=True)
    published = host.event(mark, "CORTE_PUBLISHED", "PACKAGE_REJECTED", seconds=60)
    table.row("a newer corte, sent with modes 0600 and 0700 (sftp put -rp)",
        "published: the agent reads it without any capability", published and published["event"],
              published and published["event"] == "CORTE_PUBLISHED" and host.shows("2021-06-06T20:02"))
    mark = host.mark()
    name = host.deliver("2021-06-06T20:00", form="zip", progress=0.1)
    older = host.event(mark, "PACKAGE_SUPERSEDED", "CORTE_PUBLISHED", "PACKAGE_REJECTED")
    table.row("an older corte", "kept, not published", older and older["event"],
        older and older["event"] == "PACKAGE_SUPERSEDED" and host.shows("2021-06-06T20:02"))
    code, said = host.sftp("get /acuses/ultimo.json -")
    said = host.out("cat /root/ieem/-; rm -f /root/ieem/-") if code == 0 else said
    table.row("the institute fetches its receipt by sftp", "of its last package", said, name in said)
    # Debian's Apache compresses pages by itself. All in two runs of curl an encoding: one for the ETags, one that asks
    # again.
    seen = host.out(ASK_AGAIN, timeout=300)
    table.row("every file of the package asked for again with its ETag, compressed and not", "304 and 0 bytes, each",
        " / ".join(seen.split("\n")),
              {line.split(None, 1)[1] for line in seen.splitlines()} == {"304 0 compressed", "304 0 plain"})
    code, said = host.sh("difusor-agent journal verify --syslog /var/log/difusor-agent.log")
    table.row("journal verify against what the real rsyslog wrote", "whole, and agrees", said, code == 0)
    code, said = host.sh("difusor-agent status --json --language en")
    table.row("status", "open, intact", said[:120], '"state":"open"' in said.replace(" ", "") and '"intact"' in said)


def browser(table, host):
    """The host's own Chromium in the system's network: what a reader's browser shows."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-headless-shell", "google-chrome"))), None)
    if not chromium:
        table.skip("a browser", "no chromium here")
        return
    pid = (host.folder / host.name / "nspawn.pid").read_text().strip()
    leader = subprocess.run(["cat", f"/proc/{pid}/task/{pid}/children"], capture_output=True,
        text=True).stdout.split()[0]
    profile = host.folder / "chromium"
    done = subprocess.run(["nsenter", "-t", leader, "-n", chromium, "--headless", "--no-sandbox", "--disable-gpu",
        "--ignore-certificate-errors", "--disable-background-networking",
                           f"--user-data-dir={profile}", "--host-resolver-rules=MAP prep.ejemplo.mx 127.0.0.1",
                           "--virtual-time-budget=5000", "--dump-dom",
                           "https://prep.ejemplo.mx/DIP_LOC/distrito/001.html"],
                          capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL)
    text = done.stdout
    at = text.find("Corte de informaci")
    table.row("Chromium over https", "shows the page with its corte",
        text[at:at + 60] if at >= 0 else done.stderr[-200:], "06/06/2021 20:00" in text)
