"""What the kernel refused, by SELinux or AppArmor: read once after each step, and told apart from what the machine
refuses by itself without the product."""
import re

FIELD = re.compile(r'(\w+)=("[^"]*"|\S+)')
# The audit daemon has SELinux's. AppArmor's come to the kernel's log, and from there into journald, over reboots.
READ = {
    "selinux": "cat /var/log/audit/audit.log* 2>/dev/null | grep -E 'type=(AVC|USER_AVC|SELINUX_ERR)' || true",
    "apparmor": "journalctl --no-pager -q -o cat _TRANSPORT=kernel + _TRANSPORT=audit"
                " | grep -E 'apparmor=\"?(DENIED|ALLOWED)' || true",
}


def fields(line):
    found = {key: value.strip('"') for key, value in FIELD.findall(line)}
    words = re.search(r"\{ ([^}]*) \}", line)
    if "oldcontext" in found:   # SELINUX_ERR, the other record of a transition that NoNewPrivileges= refuses
        found |= {"scontext": found["oldcontext"], "tcontext": found["newcontext"], "tclass": "process2",
            "operation": "nnp_transition"}
    return found | {"wanted": words.group(1).strip() if words else found.get("operation", "")}


def context(text):
    return text.split(":")[2] if text.count(":") >= 3 else text


def signature(line):
    """What was refused to whom, without process and time."""
    found = fields(line)
    if "profile" in found:
        what = found.get("requested_mask", found.get("capname", ""))
        return (f"{found['profile']} may not {found['wanted']} ({what}) {found.get('name', found.get('info', ''))}"
                f" [{found.get('comm', '')}]")
    place, who = found.get("path", found.get("name", "")), found.get("comm", found.get("exe", ""))
    return (f"{context(found.get('scontext', '?'))} may not {found['wanted']} {found.get('tclass', '')}"
            f" {context(found.get('tcontext', '?'))} {place} [{who}]")


def same(line):
    """The signature without names of files and processes, by which it is known again."""
    found = fields(line)
    if "profile" in found:
        return found["profile"], found["wanted"], found.get("comm")
    sides = [context(found.get(side, "?")) for side in ("scontext", "tcontext")]
    return sides[0], found["wanted"], found.get("tclass"), sides[1]


# The way in of these tests: what a command of theirs starts inherits the pipes of their sshd.
WAY_IN = ("fd", "sshd_t"), ("fifo_file", "sshd_t")
# The host's policy sends chronyc into a domain of its own, which no unit with NoNewPrivileges= lets its children enter.
# It is logged; the child stays in the agent's domain, which may ask chronyd, too.
STAYS = {("initrc_t", "nnp_transition", "process2", "chronyc_t"): "chronyc stays in the agent's domain, and works"}


class Denials:
    def __init__(self, host):
        self.host, self.seen, self.known = host, set(), set()

    def fresh(self):
        """Those since the last time, in order."""
        lines = [line for line in self.host.out(READ[self.host.lsm]).splitlines() if line not in self.seen]
        self.seen.update(lines)
        return [line for line in lines if any(word in line for word in ("denied", "DENIED", "ALLOWED", "SELINUX_ERR"))]

    def learn(self):
        """What is refused up to now is the machine's own."""
        lines = self.fresh()
        self.known |= {same(line) for line in lines}
        return sorted({signature(line) for line in lines})

    def row(self, table, step):
        """No denial since the last row, but those that the machine has without the product."""
        lines = [line for line in self.fresh() if same(line) not in self.known and same(line)[2:] not in WAY_IN]
        found = sorted({signature(line) for line in lines if same(line) not in STAYS})
        told = sorted({f"only logged: {STAYS[same(line)]}" for line in lines if same(line) in STAYS})
        table.row(f"{self.host.lsm}: {step}: what was refused", "nothing", "; ".join(found + told) or "nothing",
            not found)
