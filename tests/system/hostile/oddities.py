"""What else lies in a drop when somebody means ill: names, kinds of files, modes, archives that are none."""
import gzip
import io
import os
import random
import socket
import tarfile
import zipfile

import packages

NAMES = [
    "\u202egpj.lmth\u202c",
    "\u2066a\u2069\u200f",
    "\ufeffindex",
    "a\nb",
    "a\rb\tc",
    "\x1b[2J\x1b]0;x\x07",
    "%n%s{0}{path}",
    "&<script>'\"",
    "..",
    " ",
    "-rf",
    "$(id)",
    "CON",
    "a\\b",
    "I\u0307\u0131",
    "e\u0301\u00e9",
    "\U0001f5f3",
    "z\u0335\u0322" * 30,
    "MU\u00d1OZ",
    "\u0660\u0661/\u0966",
]


def bad_names(s):
    """Names that no terminal, page or message may get as they are: as entries of the drop, and inside a package."""
    for text in s.rng.sample(NAMES, 8):
        name = (s.any_name() + text.replace("/", "_"))[:200]
        s.arrive(name, packages.sealed(packages.contents(s.corte, s.zone, pages=1)))
        yield 0.1
    inner, files = s.any_name(), packages.contents(s.corte, s.zone, pages=1)
    files.update({f"x{number}{text.replace('/', '_')}.html": b"<p>1</p>" for number, text in enumerate(NAMES)})
    s.folder(
        inner,
        {**files, "PREP.hash": packages.manifest({path: data for path, data in files.items() if "\n" not in path})},
    )
    raw = os.fsencode(s.at(inner)) + b"/"
    for name in (b"\xff\xfe.html", b"\xc3\x28.html", b"\xed\xa0\x80.html", b"a" * 250 + b".html"):
        packages.write(raw + name, b"<p>1</p>")
    yield 0.5
    long = (s.any_name() + "-").ljust(255, "n")
    s.folder(long, {"index.html": b"<p>1</p>"})
    yield 0.1
    broken = os.fsencode(s.any_name()) + b"\xff\xc0\x80"
    s.litter.count(broken)
    os.mkdir(os.path.join(s.litter.drop, broken))
    packages.write(os.path.join(s.litter.drop, broken, b"index.html"), b"<p>1</p>")


def links_and_pipes(s):
    """Symbolic and hard links, FIFOs and sockets in the places of files and of packages."""
    name = s.any_name()
    files = packages.sealed(packages.contents(s.corte, s.zone, pages=6))
    s.folder(name, files)
    page = s.at(f"{name}/seccion/000%d.html")
    for number, (target, link) in enumerate(
        {"/etc/passwd": os.symlink, "..": os.symlink, s.at(name): os.symlink, page % 5: os.link}.items()
    ):
        os.unlink(page % number)
        link(target, page % number)
    os.unlink(page % 4)
    os.mkfifo(page % 4)
    bound = socket.socket(socket.AF_UNIX)
    here = os.open(s.at(name), os.O_RDONLY | os.O_DIRECTORY)
    try:
        bound.bind(f"/proc/self/fd/{here}/zocalo.html")
        yield 1
        for number, kind in enumerate(("/etc", s.drop, s.at(name), "/dev/zero")):
            link = f"{s.any_name()}-{number}{s.rng.choice(['', '.zip', '.tar.gz'])}"
            os.symlink(kind, s.at(link))
            s.litter.count(link)
            yield 0.2
        pipe = s.any_name() + ".zip"
        os.mkfifo(s.at(pipe))
        s.litter.count(pipe)
        yield 3
    finally:
        os.close(here)
        bound.close()


def closed_modes(s):
    """Files and folders that nobody may read, and may again, and may not."""
    name = s.any_name()
    s.folder(name, packages.sealed(packages.contents(s.corte, s.zone, pages=8)))
    for _ in range(12):
        path = s.at(s.rng.choice([name, f"{name}/seccion", f"{name}/index.html", f"{name}/PREP.hash", f"{name}/bd"]))
        try:
            os.chmod(path, s.rng.choice([0o000, 0o200, 0o111, 0o4777, 0o2770, 0o770, 0o1000]))
        except PermissionError:  # a folder above is shut
            os.chmod(s.at(name), 0o770)
        yield s.rng.uniform(0.2, 1.5)


def growing_file(s):
    """Files that grow as long as anybody looks: a page, and an archive."""
    name = s.any_name()
    s.folder(name, packages.sealed(packages.contents(s.corte, s.zone, pages=2)))
    archive = s.any_name() + ".tar.gz"
    s.litter.count(archive)
    with open(s.at(f"{name}/index.html"), "ab") as page, open(s.at(archive), "wb") as packed:
        for _ in range(200):
            s.litter.count(name, 16 << 10, 0)
            s.litter.count(archive, 16 << 10, 0)
            page.write(b"<p>mas</p>" * 1600)
            packed.write(s.rng.randbytes(16 << 10))
            page.flush(), packed.flush()
            yield 0.08


def bomb(s):
    """Archives that become very large: by their ratio, inside each other, and just below the ratio that is refused."""
    zeros = zipfile.ZipInfo("index.html")
    zeros.compress_type = zipfile.ZIP_DEFLATED
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open(zeros, "w", force_zip64=True) as entry:
        for _ in range(40):
            entry.write(bytes(4 << 20))
            yield 0.02
    s.file(s.any_name() + ".zip", out.getvalue())
    s.file(s.any_name() + ".zip", packages.zipped({f"{number}.zip": out.getvalue() for number in range(20)}))
    yield 0.5
    near = s.any_name() + ".tar.gz"
    with gzip.GzipFile(s.at("." + near), "wb", compresslevel=1) as packed:
        entry = tarfile.TarInfo("index.html")
        entry.size = 300 << 20
        packed.write(entry.tobuf())
        for _ in range(300):
            packed.write(s.rng.randbytes(6 << 10) + bytes((1 << 20) - (6 << 10)))
            yield 0.01
    s.litter.count("." + near, 4 << 20)
    s.rename("." + near, near)


def endless_archive(s):
    """Archives whose headers promise what never comes, or say it of themselves."""
    entry = tarfile.TarInfo("index.html")
    entry.size = 1 << 40
    s.file(s.any_name() + ".tar", entry.tobuf(tarfile.GNU_FORMAT) + bytes(4096))
    s.file(s.any_name() + ".tar.gz", gzip.compress(entry.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 16))[:-9])
    name, links = s.any_name() + ".tar.gz", io.BytesIO()
    with tarfile.open(fileobj=links, mode="w:gz") as archive:
        for number, kind in enumerate(
            (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE)
        ):
            one = tarfile.TarInfo(s.rng.choice(["index.html", "../../fuera.html", "/etc/fuera", f"{number}.html"]))
            one.type, one.linkname = kind, s.rng.choice(["/etc/passwd", "index.html", "../../../x"])
            archive.addfile(one)
    s.file(name, links.getvalue())
    yield 0.5
    whole = packages.zipped(packages.sealed(packages.contents(s.corte, s.zone)))
    for _ in range(4):
        spoiled = bytearray(whole)
        for _ in range(s.rng.randint(1, 30)):
            spoiled[s.rng.randrange(len(spoiled))] = s.rng.randrange(256)
        s.file(s.any_name() + ".zip", bytes(spoiled[: s.rng.choice([len(spoiled), len(spoiled) // 2, 22])]))
        yield 0.3


def encrypted_zip(s):
    """A zip that says of its entries that they are encrypted, with the general purpose bit 0 of each header set."""
    data = bytearray(packages.zipped(packages.sealed(packages.contents(s.corte, s.zone, pages=3))))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 4)
    s.file(s.any_name() + ".zip", bytes(data))
    yield 1


def sparse_files(s):
    """Large files that cost the sender nothing, for they are holes."""
    name = s.any_name()
    files = packages.contents(s.corte, s.zone, pages=1)
    s.folder(name, files)
    for number in range(3):
        with open(s.at(f"{name}/hueco{number}.txt"), "wb") as hole:
            hole.truncate(s.rng.randint(200, 500) << 20)
        yield 1
    s.file(f"{name}/PREP.hash", packages.manifest(files) + b"0" * 64 + b"  hueco0.txt\n")
    yield 5


def valid_but_not_now(s):
    """Packages with every digest right: older cortes, another series, the same bytes again."""
    corte = s.older()
    name = f"{packages.stamp(corte)}_{packages.SERIES}"
    s.alias(name)
    s.alias(name + ".zip")
    files = packages.sealed(packages.contents(corte, s.zone, pages=5))
    s.arrive(name, files)
    yield 1
    s.file("." + name + ".zip", packages.zipped(files))
    s.rename("." + name + ".zip", name + ".zip")
    yield 1
    for _ in range(3):
        corte = s.newer()
        s.arrive(s.name(corte, "PREP_AJENA"), packages.sealed(packages.contents(corte, s.zone, pages=3)))
        yield 0.5


def hostile_lists(s):
    """HASH texts that point elsewhere, contradict themselves, or are no text."""
    lines = [
        b"%064x  ../../../etc/passwd\n" % 1,
        b"%064x  /etc/passwd\n" % 2,
        b"%064x  index.html\n" % 3,
        b"%064x *index.html\n" % 4,
        b"d41d8cd98f00b204e9800998ecf8427e  index.html\n",
        b"SHA256 (index.html) = %064x\n" % 5,
        b"\\%064x  a\\nb\n" % 6,
        b"\x00" * 100,
        b"\xff\xfe" + b"x\0" * 50,
        b"a" * 5_000_000,
        b"\r\n" * 100_000,
    ]
    for _ in range(4):
        rng = random.Random(s.rng.random())
        name = s.any_name()
        files = packages.contents(s.corte, s.zone, pages=1)
        files[rng.choice(["PREP.hash", "HASH", "SHA256SUMS", "bd/x.md5", "index.html.sha512"])] = b"".join(
            rng.choices(lines, k=6)
        )
        s.arrive(name, files)
        yield 0.4


MOVES = [
    bad_names,
    links_and_pipes,
    closed_modes,
    growing_file,
    bomb,
    endless_archive,
    encrypted_zip,
    sparse_files,
    valid_but_not_now,
    hostile_lists,
]
