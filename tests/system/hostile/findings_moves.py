"""The moves that have once ended, filled, blinded or delayed the agent; each yields the seconds that it pauses."""
import gzip
import hashlib
import io
import os
import tarfile
import time

import packages
from genuine import ARABIC, FULL_WIDTH

DEVANAGARI = str.maketrans("0123456789", "".join(chr(0x0966 + digit) for digit in range(10)))


def archive_left_open(s):
    """An upload that stops in the middle, with the file still open."""
    for ending in s.rng.sample([".zip", ".tar", ".tar.gz", ".tgz"], 3):
        name = s.any_name() + ending
        files = packages.sealed(packages.contents(s.corte, s.zone))
        data = (
            packages.zipped(files)
            if ending == ".zip"
            else packages.tarred(files, "w" if ending == ".tar" else "w:gz")
        )
        s.litter.count(name, len(data))
        with open(s.at(name), "wb") as out:
            out.write(data[: len(data) // 2])
            out.flush()
            yield s.rng.uniform(12, 16)
            if s.rng.random() < 0.5:
                out.write(data[len(data) // 2 :])
        if s.rng.random() < 0.3:
            yield from s.litter.remove(name)


def rewritten_in_part(s, pages):
    """A package with a HASH beside each file; its data are written over, and its old pages read for their corte."""
    corte = s.older()
    name = f"{packages.stamp(corte)}_{packages.SERIES}"
    s.alias(name)
    files = {**packages.contents(corte, s.zone, pages=2), **pages}
    s.arrive(name, packages.sidecars(files))
    for round in range(2):
        yield 14
        data = {"bd/MEX_2021.txt": files["bd/MEX_2021.txt"] + b"3|%d\n" % round}
        s.folder(name, packages.sidecars(data))


def digits_of_other_scripts(s):
    texts = ["06/06/2021 20:20 horas", "2021-06-06 8:20 p.m.", "6 de junio de 2021, 2020 horas"]
    html = "".join(
        f"<p>{text.translate(script)}</p>" for text in texts for script in (ARABIC, FULL_WIDTH, DEVANAGARI)
    )
    yield from rewritten_in_part(
        s, {f"seccion/9{number}.html": f"<html><body>{html}</body></html>".encode() for number in range(3)}
    )


def page_of_ampersands(s):
    page = b"<html><body>" + b"&" * (s.size(1_400_000)) + b"</body></html>"
    yield from rewritten_in_part(s, {f"seccion/9{number}.html": page for number in range(3)})


def absent_names(s):
    """A small tar.gz whose HASH names a great many files that are not there, with long names."""
    for _ in range(2):
        name, lines, width = s.any_name() + ".tar.gz", s.size(200_000), 860
        filler = "/".join(["a" * 200] * 5)[: width - 14] + ".html"
        digests = [hashlib.sha256(bytes([number])).hexdigest() for number in range(200)]
        index = packages.contents(s.corte, s.zone, pages=0)
        entry = tarfile.TarInfo("PREP.hash")
        entry.size = lines * (64 + 2 + width + 1)
        s.litter.count(name, 8 << 20)
        with gzip.GzipFile(s.at("." + name), "wb", compresslevel=1) as out:
            for path, data in index.items():
                one = tarfile.TarInfo(path)
                one.size = len(data)
                out.write(one.tobuf() + data + bytes(-len(data) % 512))
            out.write(entry.tobuf())
            for start in range(0, lines, 2000):
                out.write(
                    "".join(
                        f"{digests[s.rng.randrange(200)]}  {number:08d}-{filler}\n"
                        for number in range(start, min(start + 2000, lines))
                    ).encode()
                )
                yield 0.01
            out.write(bytes(-entry.size % 512 + 1024))
        s.litter.count("." + name)
        s.rename("." + name, name)
        yield 2


def long_paths(s):
    """A folder of a great many empty files, each path near the limit."""
    name = s.any_name()
    below = name + "/" + "/".join(letter * 225 for letter in "abcd")
    os.makedirs(s.at(below))
    folder = os.open(s.at(below), os.O_RDONLY | os.O_DIRECTORY)
    try:
        for number in range(s.size(70_000)):
            os.close(
                os.open(f"{number:06d}".ljust(70, "e") + ".html", os.O_WRONLY | os.O_CREAT, 0o660, dir_fd=folder)
            )
            if number % 500 == 499:
                s.litter.count(name, 0, 500)
                yield 0.01
    finally:
        os.close(folder)


def one_file_folders(s):
    for number in range(s.size(4_000)):
        s.folder(f"{s.name(s.newer() if number % 2 else s.older())}{number:05d}", {"index.html": b"<p>1</p>"})
        if number % 50 == 49:
            yield 0.02


def future_cortes(s):
    """Packages that are whole and right, of cortes that have not come; small for the sender, large once unpacked."""
    for number in range(12):
        corte = s.tomorrow()
        name = f"{packages.stamp(corte)}_{packages.SERIES}.tar.gz"
        s.alias(name)
        block = s.rng.randbytes(64 << 10)
        files = packages.contents(corte, s.zone, pages=1)
        for part in range(3):
            files[f"bd/parte{part}.txt"] = f"{part}|{number}|{s.seed}\n".encode() + (block + bytes(5 << 20)) * 8
        data = packages.tarred(packages.sealed(files))
        s.litter.count("." + name, len(data))
        packages.write(s.at("." + name), data)
        s.rename("." + name, name)
        yield s.rng.uniform(0.5, 2)


def subfolder_renamed(s):
    """Folders that come under a working name, are renamed again and again, and leave nothing behind."""
    name, files = s.any_name(), packages.contents(s.corte, s.zone, pages=20)
    for number in range(4):
        s.folder(f"{name}/_trabajo{number}", files)
        yield s.rng.uniform(0.3, 1)
        s.rename(f"{name}/_trabajo{number}", f"{name}/listo{number}")
    s.file(
        f"{name}/PREP.hash",
        packages.manifest({f"listo{number}/{path}": data for number in range(4) for path, data in files.items()}),
    )
    yield 3
    s.rename(f"{name}/listo0", f"{name}/listo9")


def zips_and_lists(s):
    """A great many tiny archives, large lists beside them, and then a touch of one list."""
    tag = s.tag
    for number in range(s.size(160)):
        s.file(f"{s.name(s.older())}-{number}.zip", packages.zipped({"index.html": b"<p>%d</p>" % number}))
        yield 0.01
    lists = [f"lista-{tag}-{number}.sha256" for number in range(7)]
    for number, name in enumerate(lists):
        s.file(
            name,
            "".join(
                f"{hashlib.sha256(b'%d' % line).hexdigest()}  {number}/{line:08d}.html\n"
                for line in range(s.size(40_000))
            ).encode(),
        )
        yield 0.2
    for _ in range(3):
        yield 5
        os.utime(s.at(s.rng.choice(lists)))


def many_findings(s):
    """Packages with a finding for each of a great many files."""
    for _ in range(4):
        name, number = s.any_name(), s.size(23_000)
        out = io.BytesIO()
        paths = [f"{'larga-' * 25}{page % 40}/{page:06d}-{'x' * 60}.html" for page in range(number)]
        files = packages.contents(s.corte, s.zone, pages=0)
        files["PREP.hash"] = b"".join(b"%064x  %s\n" % (page, path.encode()) for page, path in enumerate(paths))
        with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as packed:
            for path, data in files.items():
                one = tarfile.TarInfo(path)
                one.size = len(data)
                packed.write(one.tobuf() + data + bytes(-len(data) % 512))
            for page, path in enumerate(paths):
                one = tarfile.TarInfo(path)
                one.size = 9
                packed.write(one.tobuf() + b"<p>1</p>\n".ljust(512, b"\0"))
                if page % 1000 == 999:
                    yield 0.01
            packed.write(bytes(1024))
        s.file("." + name + ".tar.gz", out.getvalue())
        s.rename("." + name + ".tar.gz", name + ".tar.gz")
        yield 1


def churn_while_listed(s):
    """A judged folder whose files are renamed all the while: a listing may show a name twice, or never."""
    name, files = s.any_name(), 6000
    for start in range(0, files, 100):
        s.folder(name, {f"{number:05d}.html": b"<p>1</p>" for number in range(start, start + 100)})
        yield 0.02
    yield 12
    end = time.monotonic() + 28
    while time.monotonic() < end:
        for _ in range(400):
            one = f"{name}/{s.rng.randrange(files):05d}.html"
            other = one[:-5] + "m" * s.rng.randrange(1, 90)
            s.rename(one, other)
            s.rename(other, one)
        yield 0.002


def deep_folders(s):
    """Thousands of folders: beside each other, and in each other."""
    name = s.any_name()
    for number in range(s.size(5_200)):
        os.makedirs(s.at(f"{name}/{number % 70}/{number}"), exist_ok=True)
        if number % 50 == 49:
            s.litter.count(name, 0, 50)
            yield 0.02
    deep = s.any_name() + "-hondo"
    s.litter.count(deep, 0, 1)
    os.mkdir(s.at(deep))
    folder = os.open(s.at(deep), os.O_RDONLY | os.O_DIRECTORY)
    for depth in range(1500):
        os.mkdir("d", 0o770, dir_fd=folder)
        below = os.open("d", os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder)
        os.close(folder)
        folder = below
        if depth % 100 == 99:
            yield 0.02
    os.close(folder)


def touched_reject(s):
    """Tiny packages that are whole, of another series, and so rejected at once; they are touched for ever."""
    corte = s.older()
    name, files = s.name(corte), packages.sealed(packages.contents(corte, s.zone, pages=0))
    s.arrive(name, files)
    s.file(name + "-b.zip", packages.zipped(files))
    s.file(name + "-c.tar.gz", packages.tarred(files))
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for path in (f"{name}/index.html", name + "-b.zip", name + "-c.tar.gz"):
            with open(s.at(path), "ab"):
                os.utime(s.at(path))
        yield 0.03


MOVES = [
    archive_left_open,
    digits_of_other_scripts,
    page_of_ampersands,
    absent_names,
    long_paths,
    one_file_folders,
    future_cortes,
    subfolder_renamed,
    zips_and_lists,
    many_findings,
    churn_while_listed,
    deep_folders,
    touched_reject,
]
