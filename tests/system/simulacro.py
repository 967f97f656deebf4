"""The rehearsal without the institute: after setup, in May, by the sysadmin alone."""
import json


def left(host):
    """What a rehearsal may leave: files of the drop, acuses, releases, quarantine, its own folder."""
    return host.out("cd /; find srv/difusor run/difusor-simulacro var/lib/difusor-agent/rehearsal/releases var/lib/difusor-agent/quarantine"
        " var/lib/difusor-agent/sealed var/lib/difusor-agent/held -mindepth 1 2>/dev/null | sort; cat srv/difusor/acuses/ultimo.json 2>/dev/null || true")


def alone(table, host):
    host.evening("2021-05-20 16:00:00")
    host.until("difusor-agent status --json | grep -q '\"synchronized\":true'")
    before, etc, notice = left(host), host.listing("/etc"), host.get()[1]
    code, said = host.sh("difusor-agent simulacro --json", timeout=240)
    steps = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    for step in steps:
        table.row("simulacro: " + step["step"], step["expected"], step["seen"], step["happened"])
    table.row("difusor-agent simulacro, in May", "each of its ten steps happens, exit 0", f"{len(steps)} steps, exit {code}: {said[-200:]}",
        code == 0 and len(steps) == 10)
    table.row("what the rehearsal has left", "nothing in the drop, the acuses, the store; /etc and the public site as before",
        left(host) if left(host) != before else "nothing",
        left(host) == before and host.listing("/etc") == etc and host.get()[1] == notice)
    seen = [record["event"] for record in host.journal()]
    code, said = host.sh("difusor-agent journal verify; systemctl is-active ssh")
    table.row("the journal after it", "whole, and tells the rehearsal", said, code == 0 and "OPERATOR_ACTION" in seen)
    outside = host.out("curl -sS -o /dev/null -w '%{http_code}' --interface 203.0.113.7 --resolve prep.ejemplo.mx:443:127.0.0.1 https://prep.ejemplo.mx/difusor-agent/rehearsal/")
    table.row("the rehearsal root over https", "this host reads it, no other address does", f"{host.get('/difusor-agent/rehearsal/')[0]}; from 203.0.113.7 {outside}",
        host.get("/difusor-agent/rehearsal/")[0] == "200" and outside == "403")


def refused(table, host):
    code, said = host.sh("difusor-agent simulacro", user="www-data")
    table.row("simulacro by another account", "refused", f"exit {code}: {said[:90]}", code != 0)
    host.out("systemctl stop apache2")
    code, said = host.sh("difusor-agent simulacro --json", timeout=240)
    host.out("systemctl start apache2")
    steps = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    table.row("simulacro while Apache is down", "exit 1; the steps that Apache belongs to did not happen; all is taken away",
        f"exit {code}; not: {[step['step'] for step in steps if not step['happened']]}",
        code == 1 and any(not step["happened"] for step in steps) and "_PREP_" not in left(host))
    mark = host.mark()
    host.evening("2021-06-06 03:00:00")
    host.event(mark, "CLOCK_SYNCHRONIZED")
    code, said = host.sh("difusor-agent simulacro")
    table.row("simulacro on the day before the opening", "exit 1, says why: no package of the institute may be led astray", f"exit {code}: {said[-200:]}",
        code == 1 and "un día antes" in said and "_PREP_" not in left(host))
