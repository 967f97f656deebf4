"""kill -9, crash and power loss: readers are served all along, and the newest corte goes live without help."""
import random
import time

READERS = ("while [ ! -e /tmp/readers-end ]; do curl -s -o /dev/null --max-time 5 -w '%{http_code}\\n'"
           " --resolve prep.ejemplo.mx:443:127.0.0.1 https://prep.ejemplo.mx/; sleep 0.05; done | sort | uniq -c")


class Readers:
    """Someone reads the site all along; at the end it is known what they got."""
    def __init__(self, host):
        self.host = host
        host.out("rm -f /tmp/readers-end")
        self.reading = host.background(READERS)

    def end(self):
        self.host.out("touch /tmp/readers-end")
        return " ".join(self.reading.communicate(timeout=30)[0].split())


def killed(table, host):
    host.evening("2021-06-07 02:00:00")
    host.until("difusor-agent status --json | grep -q '\"synchronized\":true'")
    readers, mark = Readers(host), host.mark()
    host.out("kill -9 $(systemctl show -p MainPID --value difusor-agent)")
    back = host.event(mark, "AGENT_STARTED")
    host.deliver("2021-06-06T20:10", progress=0.45)
    published = host.event(mark, "CORTE_PUBLISHED", seconds=60)
    seen = readers.end()
    table.row("kill -9 of the agent", "systemd starts it, the next corte is published, each answer 200",
        f"{back and back['event']}, {published and published['event']}, answers {seen}",
              back and published and host.shows("2021-06-06T20:10") and len(seen.split()) == 2 and seen.endswith("200"))
    host.out("kill -9 $(systemctl show -p MainPID --value apache2)")
    back = host.until(
        "curl -sk --resolve prep.ejemplo.mx:443:127.0.0.1 https://prep.ejemplo.mx/ -o /dev/null && systemctl is-active -q apache2", 30)
    table.row("kill -9 of Apache", "systemd starts it, the corte is served",
        "back" if back is not None else "not back after 30 s", back is not None and host.shows("2021-06-06T20:10"))
    mark = host.mark()
    host.out("pkill -9 chronyd; systemctl stop pool-ntp@1 pool-ntp@2 pool-ntp@3 pool-ntp@4")
    host.deliver("2021-06-06T20:12", progress=0.5)
    published = host.event(mark, "CORTE_PUBLISHED", "PACKAGE_HELD")
    table.row("kill -9 of every chronyd after the opening", "the next corte is published all the same",
        published and published["event"], published and published["event"] == "CORTE_PUBLISHED")
    host.out("systemctl start pool-ntp@1 pool-ntp@2 pool-ntp@3 pool-ntp@4 chrony")
    host.out("kill -9 $(pidof rsyslogd)")
    host.until("systemctl is-active -q rsyslog")
    code, said = host.sh("sleep 3; difusor-agent journal verify --syslog /var/log/difusor-agent.log")
    table.row("kill -9 of rsyslog", "back; its file and the journal agree", said, code == 0)

    mark = host.mark()
    host.out("for i in 1 2 3 4 5 6 7 8 9 10; do systemctl restart difusor-agent; done")
    host.deliver("2021-06-06T20:13", form="folder", progress=0.51, narrow=True)
    published = host.event(mark, "CORTE_PUBLISHED", "PACKAGE_REJECTED")
    table.row("ten restarts in a row, then a corte with modes 0600 and 0700",
        "published: what widens the modes is there, too", published and published["event"],
        published and published["event"] == "CORTE_PUBLISHED")


def hung(table, host):
    """The watchdog is fed by the agent's loop at work, not by the process that lives: the loop alone hangs (its flush
    of the journal never ends), then all of it."""
    host.write("/etc/systemd/system/difusor-agent.service.d/watchdog.conf",
        "[Service]\nWatchdogSec=3s\nTimeoutAbortSec=1s")
    for what, hang in {
        "the agent's loop hangs in a flush, all else in it lives":
        "timeout -s KILL 60 strace -qq -f -o /dev/null -e trace=fdatasync -e inject=fdatasync:delay_enter=60s -p $pid & sleep 1; difusor-agent retry --reason 'una prueba' & wait",
        "the agent is stopped (SIGSTOP)": "kill -STOP $pid",
    }.items():
        host.out("systemctl daemon-reload; systemctl restart difusor-agent")
        readers, mark = Readers(host), host.mark()
        started, pid = time.monotonic(), host.out("systemctl show -p MainPID --value difusor-agent")
        hanging = host.background(f"pid={pid}; {hang}")
        back = host.event(mark, "AGENT_STARTED", seconds=30)
        took, cause = time.monotonic() - started, host.out(
            "journalctl -u difusor-agent --no-pager -o cat | grep -i watchdog | tail -n 1")
        hanging.kill()
        table.row(f"{what}, WatchdogSec=3s", "killed by systemd's watchdog and started anew, each answer 200",
            f"back after {took:.1f} s: {cause}; answers {(seen := readers.end())}",
                  back and "watchdog" in cause.lower()
                  and host.out("systemctl show -p MainPID --value difusor-agent") != pid and len(seen.split()) == 2
                  and seen.endswith("200"))
    host.out(
        "rm /etc/systemd/system/difusor-agent.service.d/watchdog.conf; systemctl daemon-reload; systemctl restart difusor-agent")


def crashed(table, host, times=3):
    """Of each kind so many, each at another instant after the last byte of a delivery."""
    dice, minute, wrong = random.Random(2021), 14, []
    for number in range(2 * times):
        power = number % 2 == 1
        corte = f"2021-06-06T20:{minute + number:02}"
        name = host.make(corte, form="zip", scale=0.05, progress=0.5 + number / 50)
        before = host.out("readlink /var/lib/difusor-agent/public/current")
        code, said = host.sftp(f"put {name}")
        time.sleep(dice.uniform(0, 0.25))
        host.tool("crash", *(["--power"] if power else []))
        host.tool("boot")
        live = host.out("cd /var/lib/difusor-agent/public && readlink current && ls -d current/index.html")
        whole, said = host.sh(
            "difusor-agent verify /var/lib/difusor-agent/public/current/. --json | tail -n 1; difusor-agent journal verify")
        kind = "power loss" if power else "crash"
        if whole != 0 or "releases/" not in live:
            wrong.append(f"{kind} {number}: {live} {said}")
        if not host.until(
            f"grep -q '{corte[8:10]}/06/2021 {corte[11:]}' /var/lib/difusor-agent/public/current/index.html",
            5) is not None:
            # What had not reached the disk has to be sent again, as the institute does without its receipt.
            host.sftp(f"put {name}")
        if host.until(f"grep -q '{corte[8:10]}/06/2021 {corte[11:]}' /var/lib/difusor-agent/public/current/index.html",
            40) is None:
            wrong.append(
                f"{kind} {number}: {corte} is not live; before: {before}; {host.sh('difusor-agent status')[1]}")
    table.row(f"{times} crashes and {times} power losses in the middle of a publication",
        "current whole at each boot, journal whole, the corte live", wrong or f"{2 * times} of {2 * times}", not wrong)


def rebooted(table, host):
    host.tool("reboot")
    seen = host.out("systemctl is-system-running; systemctl is-active difusor-agent apache2")
    first = host.out("systemctl show -p ActiveEnterTimestampMonotonic --value apache2 difusor-agent | grep .").split()
    table.row("a clean reboot", "running; Apache before the agent; the site as before", f"{seen.split()}, {first}",
        "running" in seen and int(first[0]) <= int(first[1]) and host.get()[0] == "200")
    stops = host.out(
        "journalctl -b -1 -o short-monotonic --no-pager -u difusor-agent -u apache2 | grep -E 'Stopped' | tail -n 2")
    table.row("the shutdown before it", "the agent stopped before Apache, in good order",
        " / ".join(line.split("]: ")[-1][:40] for line in stops.splitlines()),
              [word in line for word, line in zip(("difusor", "apache"), stops.splitlines())] == [True, True])
