"""A mail server of twenty lines, for mail.sh: it takes whatever comes and counts it."""
SERVER = r"""
import socketserver
class Mail(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")
        say("220 sink")
        while line := self.rfile.readline():
            word = line.strip().upper()[:4]
            if word == b"DATA":
                say("354 go on")
                text = b""
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    text += line
                with open("/var/tmp/mails", "ab") as box:
                    box.write(b"MAIL\n" + text)
            if word == b"QUIT":
                say("221 bye")
                return
            say("250 ok")
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("127.0.0.1", 2525), Mail).serve_forever()
"""


def start(host):
    host.write("/usr/local/bin/mail-sink", "#!/usr/bin/python3" + SERVER)
    host.out("chmod 755 /usr/local/bin/mail-sink; systemd-run -q --unit=mail-sink /usr/local/bin/mail-sink")
    host.until("grep -q ':09DD ' /proc/net/tcp", 20)


def mails(host, count):
    host.until(f"[ $(grep -c '^MAIL$' /var/tmp/mails) -ge {count} ]", 30)
    return int(host.sh("grep -c '^MAIL$' /var/tmp/mails 2>/dev/null")[1] or 0)
