"""The .rpm: installed with rpm, and with dnf from a repository; scriptlets run, files and owners are the .deb's."""
import re


LISTING = (
    "for f in $({0}); do [ -e \"$f\" ] && stat -c '%n %A %U %G' \"$f\"; done | grep -vE ' d|changelog|NEWS|copyright|lintian|vendor-completions|site-functions"
           "|LICENSE|CHANGELOG|/etc/(apache2|httpd|ufw|apparmor.d)/|/usr/share/selinux/' | sort")
ACCOUNTS = "for f in /srv/difusor /srv/difusor/entrega /srv/difusor/acuses /var/lib/difusor-agent /var/lib/difusor-syslog /var/lib/difusor-syslog/dev; do stat -c '%n %A %U %G' $f; done; id -Gn difusor-entrega; getent passwd difusor-agent difusor-entrega | cut -d: -f1,5-"


def listed(host, command):
    return host.out(LISTING.format(command)), host.out(ACCOUNTS)


def by_rpm(table, host, package, debian):
    host.put(package, "/root/difusor.rpm")
    code, said = host.sh("mkdir -p /etc/httpd/conf.d; rpm --initdb; rpm -i --nodeps /root/difusor.rpm")
    files, accounts = listed(host, "rpm -ql difusor-agent")
    differ = set(files.splitlines()) ^ set(debian[0].splitlines())
    table.row("rpm -i in a root of its own", "scriptlets run; files, modes, owners, accounts are the .deb's",
        f"exit {code}; {len(files.splitlines())} files; differ: {sorted(differ)[:3]}",
              code == 0 and not differ and accounts == debian[1])
    table.row("what it has started", "nothing; no agent.yaml in /etc; it says the next command", said[-200:],
        host.sh("pidof difusor-agent")[0] != 0 and "difusor-agent setup --election" in said
        and host.sh("ls /etc/difusor-agent/agent.yaml")[0] != 0)
    seen = host.out(
        "cp /usr/share/difusor-agent/agent.yaml /etc/difusor-agent/; systemctl start difusor-agent; systemctl is-active difusor-agent; systemd-analyze security difusor-agent --no-pager | tail -n 1; ls /etc/httpd/conf.d/difusor-agent.conf; sshd -T -C user=difusor-entrega,host=x,addr=1.2.3.4 | grep -c '^chrootdirectory %h\\|^forcecommand internal-sftp'")
    table.row("what the .rpm installed runs", "active, the same sandbox, sshd knows the account",
        " ".join(seen.split()), seen.startswith("active") and seen.rstrip().endswith("2"))
    code, said = host.sh("rpm -e difusor-agent")
    table.row("rpm -e", "stops, says that the state is kept", said.splitlines()[-1:],
        code == 0 and "/var/lib/difusor-agent" in said and host.sh("pidof difusor-agent")[0] != 0)


def upgraded(table, host):
    """Up to 0.2.0 the .rpm brought agent.yaml: rpm would put an edited one aside, and remove one that is not."""
    host.write("/root/old.spec", "Name: difusor-agent\nVersion: 0.0.1\nRelease: 1\nSummary: an older one\nLicense: MIT\nBuildArch: x86_64\n%description\n-\n"
        "%install\nmkdir -p %{buildroot}/etc/difusor-agent; echo 'election: ieem-2021' > %{buildroot}/etc/difusor-agent/agent.yaml\n"
        "%files\n%config(noreplace) /etc/difusor-agent/agent.yaml")
    host.out("rpmbuild -bb --quiet --target x86_64-linux --define '_topdir /root/old' --define '_rpmdir /root/old' /root/old.spec 2>/dev/null")
    seen = []
    for edit in ("echo '# mine' >> /etc/difusor-agent/agent.yaml", "true"):
        seen.append(host.out("rm -f /etc/difusor-agent/agent.yaml*; rpm -i --nodeps /root/old/x86_64/difusor-agent-0.0.1-1.x86_64.rpm 2>/dev/null; " + edit
            + "; sha256sum < /etc/difusor-agent/agent.yaml; rpm -U --nodeps /root/difusor.rpm >/dev/null 2>&1; sha256sum < /etc/difusor-agent/agent.yaml; ls /etc/difusor-agent/*.rpm* 2>/dev/null; rpm -q difusor-agent 2>/dev/null | grep -c 0.0.1; rpm -e difusor-agent 2>/dev/null").split())
    table.row("an .rpm with agent.yaml is upgraded, edited and not", "the file stays in place as it was, no .rpmsave", seen,
        all(len(lines) == 5 and lines[0] == lines[2] and lines[-1] == "0" for lines in seen))


def by_dnf(table, host):
    needs = host.out("rpm -qpR /root/difusor.rpm").splitlines()
    named = sorted({re.split(r" [<>=]", need)[0] for need in needs if not need.startswith("rpmlib(")
        and not need.startswith("config(")} - {"systemd"})
    # Debian has none of Red Hat's packages: one that claims to be them stands in, so that dnf resolves.
    spec = "Name: stand-in\nVersion: 1\nRelease: 1\nSummary: stands in for Red Hat's packages\nLicense: MIT\nBuildArch: noarch\nProvides: systemd = 252\n"
    spec += "".join(f"Provides: {name}\n" for name in named) + "%description\n-\n%files\n"
    host.write("/root/stand-in.spec", spec)
    host.out(
        "mkdir -p /srv/repository /etc/yum.repos.d && cp /root/difusor.rpm /srv/repository/ && rpmbuild -bb --quiet --define '_rpmdir /srv/repository' /root/stand-in.spec 2>/dev/null; createrepo_c -q /srv/repository"
             " && printf '[difusor]\\nname=difusor\\nbaseurl=file:///srv/repository\\ngpgcheck=0\\n' > /etc/yum.repos.d/difusor.repo", timeout=180)
    dnf = "dnf -q -y --releasever=9 --setopt=install_weak_deps=False"
    code, said = host.sh(
        f"{dnf} install difusor-agent 2>&1 && rpm -q difusor-agent && cp -n /usr/share/difusor-agent/agent.yaml /etc/difusor-agent/; systemctl start difusor-agent && systemctl is-active difusor-agent", timeout=240)
    table.row("dnf install from a local repository", "installed, runs", said.splitlines()[-2:],
        code == 0 and said.endswith("active"))
    host.out(
        "systemctl stop difusor-agent; mkdir -p /var/lib/difusor-agent/public/releases/x; ln -sfn releases/x /var/lib/difusor-agent/public/current")
    code, said = host.sh(f"{dnf.replace(' -q', '')} remove difusor-agent 2>&1; ls /etc/httpd/conf.d", timeout=240)
    table.row("dnf remove while results are public", "Apache's site stays and it says so",
        [line for line in said.splitlines() if "el sitio" in line][:1],
        code == 0 and "sigue publicado" in said and "difusor-agent.conf" in said)
    table.skip("SELinux contexts, httpd and sshd of a real Red Hat", "only a real Red Hat shows them: not tested here")
