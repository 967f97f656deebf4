#!/usr/bin/env python3
"""Writes docs/terminal.md: what `demo`, `status`, `clock`, `check` and `check --anexo1` print in Spanish, of an agent that runs now. It has a
night of seven minutes, with a corte each minute: one comes before the opening, one comes altered and then as it should, and a published page
is altered. Where chromium is installed it also makes the pictures of it: demo.png, estado.png (the status page on a desk), status-phone.png,
resumen.png (the night's report of `journal export`). It takes nine minutes.

  terminal.py AGENT PACKAGE_MAKER DOCS
"""
import datetime, functools, html, http.server, os, shutil, signal, socket, subprocess, sys, tempfile, threading, time

ZONE = datetime.timezone(datetime.timedelta(hours=-5))
CORTES, ALTERED_ON_THE_WAY, ALTERED_LATER = 7, 3, 5
agent, maker, docs = (os.path.abspath(path) for path in sys.argv[1:4])
root = tempfile.mkdtemp(prefix="prep-")
opens = (int(time.time()) // 60 + 2) * 60
iso = lambda at: datetime.datetime.fromtimestamp(at, ZONE).isoformat(timespec="seconds")


class Site(http.server.SimpleHTTPRequestHandler):
    """Reads the published site as Apache would, for the agent's probe."""
    def log_message(self, *_): pass


def served():
    """The address at which the site is read."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Site, directory=f"{root}/estado/public/current"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def syslog():
    """A syslog that takes all and keeps nothing."""
    taking = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    taking.bind(f"{root}/log")
    threading.Thread(target=lambda: [taking.recv(65536) for _ in iter(int, 1)], daemon=True).start()


def chronyd(port):
    return subprocess.Popen(
        ["chronyd", "-d", "-x", "-F", "0", "-u", "root", f"port {port}", "bindaddress 127.0.0.1", "allow 127.0.0.1",
        "cmdport 0",
         "bindcmdaddress /", f"pidfile {root}/{port}.pid", "local stratum 8"], stdout=subprocess.DEVNULL,
         stderr=subprocess.DEVNULL)


def ask(*arguments):
    answer = subprocess.run([agent, *arguments, "--config", f"{root}/agent.yaml"], capture_output=True, text=True)
    return (answer.stdout + answer.stderr).replace(root, "/demo")


def picture(name, page, width, height):
    chromium = shutil.which("chromium") or shutil.which("chromium-headless-shell")
    if chromium:
        subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={width},{height}",
                        "--virtual-time-budget=2000", f"--screenshot={docs}/{name}", f"file://{page}"],
                       check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def demo():
    said = subprocess.run([agent, "demo", "--language", "es"], capture_output=True, text=True, check=True).stdout
    with open(f"{root}/demo.html", "w") as page:
        page.write("<!DOCTYPE html><meta charset=utf-8><style>body{margin:0;background:#101418;color:#d8dee4;font:15px/1.45 monospace}"
                   "pre{margin:20px;white-space:pre-wrap}b{color:#7ee787}</style><pre>$ difusor-agent demo\n"
                   + html.escape(said).replace("✔", "<b>✔</b>") + "</pre>")
    picture("demo.png", f"{root}/demo.html", 1000, 660)
    return said


def journaled(event, count):
    while sum(line.count(f'"event":"{event}"') for name in sorted(os.listdir(f"{root}/estado/journal"))
        if name.endswith(".jsonl")
              for line in open(f"{root}/estado/journal/{name}")) < count:
        if process.poll() is not None:
            raise SystemExit("the agent ended")
        time.sleep(0.1)


def package(number):
    """A package of a corte, made but not delivered; its path."""
    corte = datetime.datetime.fromtimestamp(opens + 60 * number, ZONE).strftime("%Y-%m-%dT%H:%M")
    made = f"{root}/made/{number}"
    os.makedirs(made)
    subprocess.run([sys.executable, maker, made, "--corte", corte, "--scale", "0.01", "--progress", str((number + 1) / CORTES)], check=True,
        stdout=subprocess.DEVNULL)
    return f"{made}/{os.listdir(made)[0]}"


def deliver(made):
    name = os.path.basename(made)
    shutil.copytree(made, f"{root}/entrega/.{name}")
    os.rename(f"{root}/entrega/.{name}", f"{root}/entrega/{name}")


def until(moment):
    time.sleep(max(0, moment - time.time()))


def night():
    for number in range(CORTES):
        made = package(number)
        until(opens + 60 * number + (12 if number else -40))
        if number == ALTERED_ON_THE_WAY:
            good = shutil.copytree(made, f"{root}/good/{os.path.basename(made)}")
            with open(f"{made}/index.html", "a") as page:
                page.write("<!-- -->")
            deliver(made)
            journaled("PACKAGE_REJECTED", 1)
            shutil.rmtree(f"{root}/entrega/{os.path.basename(made)}")
            until(opens + 60 * number + 35)
            made = good
        deliver(made)
        journaled("CORTE_PUBLISHED", number + 1)
        if number == ALTERED_LATER:
            with open(f"{root}/estado/public/current/index.html", "a") as page:
                page.write("<script>")
            journaled("TAMPER_HEALED", 1)


for name in ("entrega", "acuses", "estado", "run", "made", "good"):
    os.makedirs(f"{root}/{name}")
open(f"{root}/eleccion.yaml", "w").write(
    f"id: demo\ntitle: PREP de demostración\nauthority: IEEM\ntime_zone: Etc/GMT+5\npublication: {{opens: {iso(opens)}, keep_until: {iso(opens + 86400)}, "
    f"first_corte: {iso(opens)}}}\ncadence: 1m\n")
syslog()
open(f"{root}/agent.yaml", "w").write(
    'election: eleccion.yaml\npaths: {drop: entrega, receipts: acuses, state: estado, run: run}\n'
    f'clock: {{servers: ["127.0.0.1:12311", "127.0.0.1:12312"]}}\nsyslog: {{target: "unix:{root}/log"}}\nlimits: {{min_free: 1MiB}}\n'
    f'sentinel: {{probes: [{{url: "{served()}", every: 10s}}]}}\n')
servers = [chronyd(12311), chronyd(12312)]
time.sleep(1)
process = subprocess.Popen([agent, "run", "--config", f"{root}/agent.yaml"], stderr=subprocess.DEVNULL)
try:
    while not os.path.isdir(f"{root}/estado/journal"):
        time.sleep(0.1)
    night()
    time.sleep(12)    # until the probe has read the last corte
    parts = [("status",), ("clock",), ("check",), ("check", "--anexo1")]
    told = demo()
    picture("estado.png", f"{root}/run/page/index.html", 1000, 1150)
    picture("status-phone.png", f"{root}/run/page/index.html", 400, 1600)
    with open(f"{docs}/terminal.md", "w") as page:
        page.write(
            "# En la terminal\n\nEscrito por `make terminal`: un agente en marcha, con una noche de siete minutos y un corte por minuto, en un equipo sin preparar (por eso `check` encuentra qué remediar).\n")
        page.write(f"\n```console\n$ difusor-agent demo\n{told}```\n")
        for part in parts:
            page.write(f"\n```console\n$ difusor-agent {' '.join(part)}\n{ask(*part)}```\n")
    ask("journal", "export", "--out", root)
    summary = next(f"{root}/{name}/index.html" for name in os.listdir(root) if "EVIDENCIA" in name)
    picture("resumen.png", summary, 900, 900)
finally:
    process.send_signal(signal.SIGTERM)
    process.wait()
    for server in servers:
        server.kill()
    shutil.rmtree(root)
