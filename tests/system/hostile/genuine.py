"""The honest sender: a small genuine corte every few seconds, and how long each takes until readers get it.

Run by run.py as the sender's account; prints one JSON object a corte, and one before each with the next corte's stamp.
"""
import argparse
import datetime
import json
import os
import random
import select
import sys
import time

import packages

ARABIC = str.maketrans("0123456789", "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669")
FULL_WIDTH = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))

# What an honest sender's page may hold without any ill will.
PAGES = {
    "plain": lambda corte: "",
    "digits": lambda corte: f"<p>{corte:%d/%m/%Y %H:%M}</p>".translate(ARABIC)
    + f"<p>{corte:%Y-%m-%d}</p>".translate(FULL_WIDTH),
    "ampersands": lambda corte: "&" * 900_000,
}


class Sender:
    def __init__(self, drop, pause=time.sleep):
        self.drop, self.pause = drop, pause

    def at(self, name):
        return os.path.join(self.drop, name)

    def renamed_folder(self, name, files):
        packages.write_folder(self.at("." + name), files)
        os.rename(self.at("." + name), self.at(name))

    def plain_folder(self, name, files):
        packages.write_folder(self.at(name), files)

    def renamed_subfolder(self, name, files):
        """A sub-folder is uploaded under a working name and renamed when it is whole; the HASH comes last."""
        working = {
            path.replace("seccion/", "_subiendo/"): data for path, data in files.items() if path != "PREP.hash"
        }
        packages.write_folder(self.at(name), working)
        self.pause(1.5)
        os.rename(self.at(name) + "/_subiendo", self.at(name) + "/seccion")
        self.pause(0.3)
        packages.write(self.at(name) + "/PREP.hash", files["PREP.hash"])

    def archive(self, name, data, renamed):
        working = self.at("." + name if renamed else name)
        with open(working, "wb") as out:
            out.write(data[: len(data) // 2])
            out.flush()
            if not renamed:
                self.pause(0.2)
            out.write(data[len(data) // 2 :])
        if renamed:
            os.rename(working, self.at(name))

    FORMS = {
        "folder, renamed": renamed_folder,
        "folder in place": plain_folder,
        "sub-folder renamed": renamed_subfolder,
        "zip, renamed": lambda self, name, files: self.archive(name + ".zip", packages.zipped(files), True),
        "zip in place": lambda self, name, files: self.archive(name + ".zip", packages.zipped(files), False),
        "tar.gz, renamed": lambda self, name, files: self.archive(name + ".tar.gz", packages.tarred(files), True),
        "tar.gz in place": lambda self, name, files: self.archive(name + ".tar.gz", packages.tarred(files), False),
    }


def is_live(current, mark):
    try:
        with open(current + "/index.html", "rb") as page:
            return mark in page.read()
    except OSError:
        return False


def differs(current, files):
    """Returns the first path in which what is live is not what was sent; None: it is the same, byte for byte."""
    live = {}
    for folder, _, names in os.walk(current + "/"):
        for name in names:
            full = os.path.join(folder, name)
            live[os.path.relpath(full, current)] = open(full, "rb").read()
    return next((path for path in sorted({*live, *files}) if live.get(path) != files.get(path)), None)


def tell(**fields):
    print(json.dumps(fields), flush=True)


def ended():
    return select.select([sys.stdin], [], [], 0)[0] and not sys.stdin.readline()


def send_one(sender, options, corte, form, page, number):
    mark = f"genuine {number} {corte:%H%M} {options.seed}"
    files = packages.sealed(packages.contents(corte, options.zone, mark=mark, index=PAGES[page](corte)))
    name = f"{packages.stamp(corte)}_{packages.SERIES}"
    tell(next=corte.isoformat(), name=name)
    began = time.monotonic()
    Sender.FORMS[form](sender, name, files)
    sent = time.monotonic()
    while not is_live(options.current, mark.encode()) and time.monotonic() < sent + options.patience:
        if ended():
            return False
        time.sleep(0.01)
    live = time.monotonic() - sent
    found = is_live(options.current, mark.encode())
    other = differs(options.current, files) if found and number % 5 == 0 else None
    tell(
        number=number,
        corte=corte.isoformat(),
        name=name,
        form=form,
        page=page,
        took=round(sent - began, 3),
        live=round(live, 3) if found else None,
        differs=other,
        at=time.time(),
    )
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("drop", "current", "first"):
        parser.add_argument("--" + name, required=True)
    for name, default in (("uid", 0), ("gid", 0), ("seed", 1), ("zone", -6)):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--every", type=float, default=4)
    parser.add_argument("--patience", type=float, default=20)
    parser.add_argument("--forms", default="")
    parser.add_argument("--pages", default="plain,plain,plain,digits,plain,ampersands")
    options = parser.parse_args()
    os.umask(0o007)
    if options.uid:
        os.setgroups([])
        os.setgid(options.gid)
        os.setuid(options.uid)
    rng, sender = random.Random(options.seed * 7919), Sender(options.drop)
    forms = [form for form in Sender.FORMS if not options.forms or form in options.forms.split("/")]
    first = datetime.datetime.fromisoformat(options.first)
    number = 0
    while not ended():
        began = time.monotonic()
        # Each form and page comes in its turn; the seed says in which order.
        if number % len(forms) == 0:
            rng.shuffle(forms)
        page = options.pages.split(",")[number % len(options.pages.split(","))]
        try:
            if not send_one(
                sender,
                options,
                first + number * datetime.timedelta(minutes=1),
                forms[number % len(forms)],
                page,
                number,
            ):
                return
        except OSError as fault:
            tell(fault=f"the honest sender could not send: {fault}")
        number += 1
        while time.monotonic() < began + options.every and not ended():
            time.sleep(0.05)


if __name__ == "__main__":
    main()
