"""The eight places where a trouble is told: what each says now, and what it must say by the table of troubles."""
import html
import json
import re
from dataclasses import dataclass, field

import mail
from booted import TOP

PLACES = ("status", "check", "page", "syslog", "journald", "metrics", "alerts", "mail")
SITE = "prep.ejemplo.mx"
# What the agent's clock says, so that `status` and `check` are asked at the night's time.
FAKED = ("env LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 FAKETIME={:+d} NO_FAKE_STAT=1"
         " FAKETIME_DONT_FAKE_MONOTONIC=1 ")
READ = r"""
echo '=== now'; date +%s
echo '=== status'; FAKED difusor-agent status --language es 2>&1; echo "exit $?"
echo '=== json'; cat /run/difusor-agent/status.json 2>/dev/null; echo
echo '=== page'
page() { curl -sS --max-time 10 --resolve SITE:443:127.0.0.1 -w '\nhttp %{http_code}\n' https://SITE/difusor-agent/; }
page 2>&1 || echo "curl $?"
echo '=== syslog'; tail -n 1000 /var/log/difusor-agent.log
echo '=== journald'; journalctl -q -t difusor-agent --since @SINCE -o json --no-pager
echo '=== metrics'; cat /run/difusor-agent/metrics.prom 2>/dev/null; echo
echo '=== mail'; cat /var/mail/guardia 2>/dev/null || true
"""
TROUBLES = json.loads((TOP / "agent/Core/Texts/troubles.json").read_text(encoding="utf-8"))


@dataclass
class Seen:
    """What the places say at one moment."""
    now: int = 0
    texts: dict = field(default_factory=dict)       # by place: one thing told a line
    troubles: set = field(default_factory=set)      # in status.json
    fails: set = field(default_factory=set)         # rows of check


def joined(text):
    return " ".join(text.split())


def looked(host, mark, since):
    """All places but `check` and the alerts, in one go; of the events those after `mark`, in real time `since`."""
    script = READ.replace("FAKED ", FAKED.format(host.offset)).replace("SITE", SITE).replace("SINCE", str(since))
    parts = re.split(r"^=== (\w+)\n", host.sh(script)[1] + "\n", flags=re.M)
    found = {name: text for name, text in zip(parts[1::2], parts[2::2])}
    status = json.loads(found["json"]) if found["json"].strip() else {"troubles": []}
    seen = Seen(int(found["now"]) + host.offset, troubles={open["trouble"] for open in status["troubles"]})
    # Below the three answers the page lists the night's events, also those that are over.
    page = re.sub(r'<section [^>]*id="night".*</main>', "", found["page"], flags=re.S)
    seen.texts = {
        "status": joined(found["status"]), "page": joined(html.unescape(re.sub(r"<[^>]*>", " ", page))),
        "syslog": "\n".join(line for line in found["syslog"].splitlines()
            if (number := re.search(r' seq="(\d+)"', line)) and int(number[1]) > mark),
        "journald": "\n".join(entries(found["journald"], mark)), "metrics": found["metrics"].strip(),
        "mail": "\n".join(f"{subject} {joined(body)}" for subject, body in mail.read(found["mail"])),
    }
    return seen


def entries(text, mark):
    """The events after a mark, and what the unit itself complained of."""
    for line in text.splitlines():
        entry = json.loads(line) if line.startswith("{") else {}
        if not isinstance(entry.get("MESSAGE"), str):
            continue
        if "DIFUSOR_EVENT" not in entry:
            yield "unit: " + joined(entry["MESSAGE"])
        elif int(entry["DIFUSOR_SEQ"]) > mark:
            yield f"<{entry['PRIORITY']}>" + joined(entry["MESSAGE"])


def checked(host, moment=None):
    """`check` as text, a row a line, and the rows that fail; `moment`: as if it were then."""
    offset = host.offset if moment is None else int(host.out(f"echo $(($(date -u -d '{moment}' +%s) - $(date +%s)))"))
    said = host.sh(FAKED.format(offset) + "difusor-agent check --json --language es", timeout=180)[1]
    report = next((json.loads(line) for line in said.splitlines() if line.startswith('{"')), None)
    if report is None:
        return joined(said), set()
    lines = [joined(" ".join(str(row.get(key) or "") for key in ("id", "state", "found", "mend", "command")))
        for row in report["rows"]]
    return "\n".join(lines), {row["id"] for row in report["rows"] if row["state"] == "fail"}


def sentence(trouble):
    """
    A pattern for what people read of a trouble: its Spanish sentence up to the first part that may be left out, or one
    of these parts where it has no other.
    """
    text = TROUBLES[trouble]["sentence"]["es"]
    parts = [text.split("[")[0]] if not text.startswith("[") else re.findall(r"\[([^\]]*)\]", text)
    return "(?:" + "|".join(re.sub(r"\\\{\w+\\\}", ".+?", re.escape(part)) for part in parts) + ")"


def mailed(pattern):
    """A pattern over an event, as its mail has it: the fields are JSON there."""
    return re.sub(r'(\w+)="([\w-]+)"', r'"\1":"\2"', pattern)


def wanted(row, place, after, alerts):
    """The patterns that must be found at a place while a row lasts, or after it; with a ! before it: must not."""
    own = (row.then if after else row.says).get(place)
    if own is not None and not own.startswith("+"):
        return [own] if own else []
    return by_table(row, place, after, alerts) + ([own[1:]] if own else [])


def by_table(row, place, after, alerts):
    """The patterns that follow from the table of troubles."""
    no = "!" if after else ""
    if place in ("syslog", "journald"):
        return [pattern for pattern in (row.begins, row.ends if after else "") if pattern]
    if place == "check":
        rows = [f"{no}^{name} {state}\\b" for name, state in row.checks]
        return rows + ([f"^troubles (warn|fail) .*{sentence(row.trouble)}"] if row.trouble and not after else [])
    if place == "alerts":
        own = [alerts[row.trouble]] if row.trouble else []
        return [f"{no}^{alert}$" for alert in own + row.alerts.split()]
    if not row.trouble:
        return []
    if place == "mail":
        return ["PROBLEMA .*" + mailed(row.begins)] + (["RESUELTO .*" + mailed(row.ends)] if after else [])
    if place == "metrics":
        return [rf'^difusor_agent_trouble\{{[^}}]*trouble="{row.trouble}"\}} {0 if after else 1}$']
    return [no + sentence(row.trouble)]


def misses(text, patterns):
    """Which of the patterns do not hold."""
    return [pattern for pattern in patterns
        if bool(re.search(pattern.removeprefix("!"), text, re.M)) == pattern.startswith("!")]


def strays(seen, base, rows, after, alerts):
    """By place: what is told there that none of the rows is."""
    lasting = [] if after else rows
    troubles = {row.trouble for row in lasting if row.trouble}
    events = set(re.findall(r"[A-Z]{2,}_[A-Z_]+", " ".join(f"{row.begins} {row.ends} {row.also}" for row in rows)))
    fails = base.fails | {name for row in lasting for name, _ in row.checks} | ({"troubles"} if troubles else set())
    fired = {alerts[name] for name in troubles} | set(" ".join(row.alerts for row in lasting).split())
    calm = not troubles and not any("page" in row.says for row in lasting)
    texts = seen.texts
    return {
        "status": seen.troubles - troubles, "check": seen.fails - fails,
        "page": {"no «Nada.»"} if calm and "¿Qué está mal? Nada." not in texts["page"] else set(),
        "syslog": warned(texts["syslog"]) - events, "journald": warned(texts["journald"]) - events,
        "metrics": set(re.findall(r'trouble="([\w-]+)"\} 1$', texts["metrics"], re.M)) - troubles,
        "alerts": set(texts.get("alerts", "").split()) - fired,
        "mail": set(re.findall(r" -- ([A-Z_]+), ", texts["mail"])) - events,
    }


def warned(text):
    """The events of a warning or worse, of lines that begin with <priority>."""
    found = set()
    for line in text.splitlines():
        if (line.startswith("<") and int(line[1:line.index(">")]) % 8 <= 4
                and (event := re.search(r"\b[A-Z]{2,}_[A-Z_]+\b", line))):
            found.add(event[0])
    return found
