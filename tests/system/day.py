"""The day of a newspaper's sysadmin, a SIEM and an auditor: each trouble and mistake is made, and while it lasts and
after it is over each of the eight places must tell the truth."""
import json
import re
import time

import day_alerts
import day_places
import mail
from day_places import PLACES
from day_rows import BASE, CONFIG, corte, moment
from day_waves import EVE, WAVES
from night import CERTIFICATE

MOMENTS, PATIENCE = ("while", "after"), 25
# A scrape that comes so much later finds the file of a dead agent as it was.
LATER = 75


def told(record):
    """An event of the journal, with its fields as syslog has them."""
    fields = {key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in record["fields"].items()}
    return " ".join([record["event"], *(f'{key}="{value}"' for key, value in fields.items())])


def setting(text, path, value):
    """agent.yaml with another value of one key: in the line where it stands, or as the first of its section."""
    section, key = path.split(".")
    lines = text.split("\n")
    first = lines.index(section + ":") + 1
    end = next((at for at in range(first, len(lines)) if re.match(r"[^\s#]", lines[at])), len(lines))
    at = next((at for at in range(first, end) if lines[at].startswith(f"  {key}:")), None)
    if at is None:
        return "\n".join(lines[:first] + [f"  {key}: {value}"] + lines[first:])
    return "\n".join(lines[:at] + [f"  {key}: {value}"] + lines[at + 1:])


def steps(what):
    """The steps of a cause or an end, each a script or a function of the host."""
    return what if isinstance(what, list) else [what]


class Day:
    def __init__(self, table, host):
        self.table, self.host, self.lines = table, host, []
        self.rules = host.out("cat /usr/share/difusor-agent/prometheus/difusor-agent.rules.yml")
        self.alerts = day_alerts.named(self.rules)[1]
        self.mark = self.since = self.first = self.base = None
        self.text = ""          # agent.yaml without any mistake

    # ---- agent.yaml --------------------------------------------------------------------------------------------------
    def configure(self, text):
        self.host.out(f"[ ! -e {CONFIG}.gone ] || mv {CONFIG}.gone {CONFIG}")
        self.host.write(CONFIG, text)
        self.host.out("if systemctl is-active -q difusor-agent; then systemctl reload difusor-agent"
            "; else systemctl restart difusor-agent; fi")

    def edited(self, edits):
        text = self.text
        for path, value in edits.items():
            text = setting(text, path, value)
        return text

    # ---- a wave: some troubles that last at the same time ------------------------------------------------------------
    def act(self, what):
        for each in steps(what):
            if callable(each):
                each(self.host)
            elif each:
                self.host.out(each)

    def awaited(self, mark, pattern, seconds=40):
        """Waits for an event after a mark. Where it never comes the places do not tell it, and the cells say so."""
        end = time.monotonic() + seconds
        while pattern:
            journal = self.host.journal()
            if any(record["seq"] > mark and re.search(pattern, told(record)) for record in journal):
                return
            if time.monotonic() > end:
                print(f"no {pattern} within {seconds} s; the journal ends with",
                    *("\n    " + told(record)[:200] for record in journal[-6:]), flush=True)
                return
            time.sleep(0.5)

    def begin(self, rows):
        self.host.out("rm -f /var/mail/guardia")
        self.mark, self.since = self.host.mark(), int(self.host.out("date +%s"))
        if config := {key: value for row in rows for key, value in row.config.items()}:
            self.configure(self.edited(config))
        for row in rows:
            self.act(row.cause)
            if not row.slow:
                self.awaited(self.mark, row.begins)
        for row in rows:
            if row.slow:
                self.awaited(self.mark, row.begins, seconds=100)

    def end(self, rows):
        mark = self.host.mark()
        for row in reversed(rows):
            if not row.by_file:
                self.act(row.end)
        for row in rows:
            if not row.by_file:
                self.awaited(mark, row.ends, seconds=90)
        if any(row.by_file for row in rows):
            self.configure(self.text)
        for row in rows:
            if row.by_file:
                self.act(row.end)
                self.awaited(mark, row.ends, seconds=60)
        for row in rows:
            self.act(row.left)

    def settled(self, rows, after, scrapes):
        """What the places say, once each has said what it must or has had its time for that."""
        quick, end = [place for place in PLACES if place not in ("check", "alerts")], time.monotonic() + PATIENCE
        while True:
            seen = day_places.looked(self.host, self.mark, self.since)
            missed = any(day_places.misses(seen.texts[place], self.wanted(row, place, after))
                for row in rows for place in quick)
            if not missed or time.monotonic() > end:
                break
            time.sleep(1)
        seen.texts["check"], seen.fails = day_places.checked(self.host)
        dead = not after and any("DifusorAgentSilent" in row.alerts for row in rows)
        last = scrapes[-1][0] + (900 if after else day_alerts.STEP) if scrapes else 0
        metrics = seen.texts["metrics"]
        scrapes += [(last + late, seen.now + late * dead, metrics)
            for late in range(0, (LATER if dead else day_alerts.STEP) + 1, day_alerts.STEP)]
        seen.texts["alerts"] = "\n".join(sorted(day_alerts.firing(self.rules, scrapes)))
        return seen

    def wanted(self, row, place, after):
        return day_places.wanted(row, place, after, self.alerts)

    def play(self, rows):
        """Plays a wave. A fault of its own leaves nothing for the next: each trouble is ended all the same."""
        try:
            self.played(rows)
        except Exception:
            for row in reversed(rows):
                for each in [*steps(row.end), row.left]:
                    if isinstance(each, str):
                        self.host.sh(each)
            self.configure(self.text)
            raise

    def played(self, rows):
        false = {row: [] for row in rows}
        scrapes = [(at, self.base.now, self.base.texts["metrics"]) for at in (0, day_alerts.STEP)]
        self.begin(rows)
        lasting = self.settled(rows, False, scrapes)
        extra = [self.judge(rows, lasting, False, false)]
        self.end(rows)
        self.base = self.settled(rows, True, scrapes)
        extra.append(self.judge(rows, self.base, True, false))
        for row in rows:
            self.table.row(f"the day: {row.what}", "told by all eight places while it lasts and after it is over",
                "; ".join(false[row]) or "all 16 cells", not false[row])
        more = "; ".join(f"{place} {when}: {sorted(stray)}" for when, strays in zip(MOMENTS, extra)
            for place, stray in strays.items() if stray)
        self.table.row("the day: besides these", "no alarm, event, mail or failed clause that is none of them",
            more or "nothing", not more)

    def judge(self, rows, seen, after, false):
        """Marks the cells of one moment, and gives what is told besides."""
        stray = day_places.strays(seen, self.first, rows, after, self.alerts)
        for row in rows:
            cells = []
            for place in PLACES:
                patterns = self.wanted(row, place, after)
                text = seen.texts[place]
                if place == "check" and row.check_at and not after:
                    text = day_places.checked(self.host, row.check_at)[0]
                missed = day_places.misses(text, patterns) if patterns else sorted(map(str, stray[place]))
                cells.append("FALSE" if missed else "told" if patterns else "calm")
                if missed:
                    false[row].append(f"{place} {MOMENTS[after]}: {missed[0][:120]}")
                    told = [line for line in text.splitlines() if any(line.startswith(each) for each in missed)]
                    print(f"    {row.what}: {place} {MOMENTS[after]} has not {missed}:\n", *told, text[-3000:],
                        flush=True)
            self.lines.append((row.what if not after else "", MOMENTS[after], *cells))
        return stray

    def show(self):
        """The table of the day: calm is a place that has nothing to say of it, and says nothing."""
        print(f"\n{'the day':64} {'':6}", *(f"{place:9}" for place in PLACES))
        for what, when, *cells in self.lines:
            print(f"{what[:64]:64} {when:6}", *(f"{cell:9}" for cell in cells))
        print(flush=True)


def calm(host, seconds=90):
    """Waits until nothing is wrong, and all that is published has been compared once."""
    host.until("python3 -c 'import json, sys; it = json.load(open(\"/run/difusor-agent/status.json\"));"
        " sys.exit(bool(it[\"troubles\"]) or not it[\"sentinel\"][\"last_full_scan\"])'", seconds)


def begun(table, host):
    """The day's agent.yaml and mail; and what was there before."""
    former = host.out(f"cat {CONFIG}")
    mail.set_up(host)
    day = Day(table, host)
    day.text = former
    day.text = day.edited(BASE)
    day.configure(day.text)
    return day, former


def eve(table, host):
    """Half an hour before the opening, on a host where nothing is published yet."""
    day, former = begun(table, host)
    moment("2021-06-07 00:30:00")(host)
    calm(host)
    try:
        day.begin([])
        day.first = day.base = day.settled([], True, [])
        day.play(EVE)
    finally:
        day.show()
        day.configure(former)
        mail.taken_down(host)


def scenario(table, host):
    host.out(CERTIFICATE.format("otro.ejemplo.mx"))
    day, former = begun(table, host)
    moment("2021-06-07 03:25:00")(host)
    for minute in ("22:00", "22:01"):
        mark = host.mark()
        corte(minute, form="folder")(host)
        host.event(mark, "CORTE_PUBLISHED")
    calm(host)
    try:
        day.begin([])
        day.first = day.base = day.settled([], True, [])
        for rows in WAVES:
            day.table.group(lambda _, wave: day.play(wave), rows)
    finally:
        day.show()
        day.configure(former)
        mail.taken_down(host)
        host.out("rm -f /etc/apache2/conf-enabled/zz-cache.conf; systemctl reload apache2")
    cells = [cell for line in day.lines for cell in line[2:]]
    rows = len(day.lines) // 2
    table.row("the table of the day", "40 troubles and mistakes or more, 16 cells each: none false, none missing",
        f"{rows} rows, {len(cells)} cells, {cells.count('FALSE')} false",
        rows >= 40 and rows == sum(map(len, WAVES)) and len(cells) == 16 * rows and "FALSE" not in cells)
