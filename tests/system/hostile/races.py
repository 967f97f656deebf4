"""What changes while it is looked at: renames, removals, swaps, names like the next genuine corte's."""
import os
import stat

import packages


def named_like_the_next(s):
    """Unfinished packages that are named like the genuine cortes that come next, half of them in their very series."""
    for number in range(s.size(12)):
        corte = s.newer()
        # Marked: two that fall on one name must not make a whole package together.
        files = packages.sealed(packages.contents(corte, s.zone, pages=10, mark=f"{s.tag}-{number}"))
        name = f"{packages.stamp(corte)}_{s.rng.choice(['PREP_MEX', 'PREP_mex', 'PREP_MEX '])}-{s.tag}-{number}"
        if s.rng.random() < 0.5:
            # With seconds, which the genuine ones have not.
            name = f"{packages.stamp(corte)}{s.rng.randint(1, 59):02}_{packages.SERIES}"
            s.alias(name)
        kind = s.rng.randrange(4)
        if kind == 0:
            s.folder(name, {path: data for path, data in files.items() if path != "seccion/0003.html"})
        elif kind == 1:
            s.folder(name, {path: data for path, data in files.items() if path != "PREP.hash"})
        elif kind == 2:
            s.file(name + ".zip", packages.zipped(files)[:-30])
        else:
            s.folder(name, {**files, "index.html": b"<p>otra</p>"})
        yield s.rng.uniform(0.05, 0.4)
    yield 5


def empty_archives(s):
    """Empty archives named like the genuine cortes that come next: more of them than the agent knows by name."""
    for number in range(s.size(4_000)):
        s.file(f"{packages.stamp(s.newer())}_PREP_{s.tag}_{number:04d}.zip", b"")
        if number % 100 == 99:
            yield 0.02
    yield 12


def renamed_over(s):
    """Two folders change places while either is read."""
    one, other = s.any_name(), s.any_name() + "-b"
    for name in (one, other):
        s.folder(name, packages.sealed(packages.contents(s.corte, s.zone, pages=120)))
    for _ in range(15):
        s.rename(one, "." + one)
        s.rename(other, one)
        s.rename("." + one, other)
        yield s.rng.uniform(0.02, 0.6)
        for path in ("seccion", "bd"):
            s.rename(f"{one}/{path}", f"{one}/{path}-")
            s.rename(f"{other}/{path}", f"{one}/{path}")
            s.rename(f"{one}/{path}-", f"{other}/{path}")


def removed_midway(s):
    """Folders and archives that go away while they are read, and come again."""
    for number in range(4):
        name = s.any_name() + f"-{number}"
        files = packages.sealed(packages.contents(s.corte, s.zone, pages=80))
        s.folder(name, files)
        s.file(name + ".tar.gz", packages.tarred(files))
        yield s.rng.uniform(0.01, 0.5)
        yield from s.litter.remove(name)
        yield from s.litter.remove(name + ".tar.gz")
        yield s.rng.uniform(0, 0.5)
        s.arrive(name, files)
        yield 0.2


def half_and_half(s):
    """A folder that becomes an archive, an archive that becomes a folder, and a page that becomes a folder."""
    name = s.any_name()
    files = packages.sealed(packages.contents(s.corte, s.zone, pages=5))
    for _ in range(5):
        s.folder(name, files)
        yield s.rng.uniform(0.1, 1)
        os.unlink(s.at(f"{name}/index.html"))
        os.mkdir(s.at(f"{name}/index.html"))
        yield s.rng.uniform(0.1, 1)
        yield from s.litter.remove(name)
        s.file(name, packages.zipped(files))
        yield s.rng.uniform(0.1, 1)
        yield from s.litter.remove(name)
    for ending in (".zip", ".tar.gz"):
        s.folder(name + ending, files)
        yield 0.2


def meddle(s):
    """Whatever may be done to what the other moves have left."""
    for _ in range(25):
        yield s.rng.uniform(0.1, 0.8)
        names = [os.fsdecode(name) for name in s.litter.entries]
        if not names:
            continue
        name = s.rng.choice(names)
        path, inner = s.at(name), None
        if not os.path.lexists(path):
            continue
        if stat.S_ISDIR(os.lstat(path).st_mode):
            found = sorted(os.listdir(path))[:50]
            inner = os.path.join(path, s.rng.choice(found)) if found else None
        one = inner or path
        try:
            deed(s, name, one, stat.S_ISREG(os.lstat(one).st_mode))
        except OSError:
            pass  # the name is taken, a folder is shut, another move was there first


def deed(s, name, path, is_file):
    what = s.rng.randrange(8)
    if what == 0 and not name.startswith("."):
        new = name[:180] + f"-{s.rng.randrange(1000)}"
        s.rename(name, new)
    elif what == 1:
        os.chmod(path, s.rng.choice([0o000, 0o660, 0o770, 0o200]))
    elif what == 2:
        os.utime(path, (s.rng.choice([0, 2**31, 2**33, -(2**31)]),) * 2, follow_symlinks=False)
    elif what == 3 and is_file:
        os.truncate(path, s.rng.choice([0, 1, 100_000]))
    elif what == 4 and is_file:
        os.unlink(path)
    elif what == 5 and is_file:
        os.link(path, path + "-enlace", follow_symlinks=False)
        s.litter.count(os.path.relpath(path + "-enlace", s.drop).split("/")[0], 0, 1)
    elif what == 6:
        os.symlink(path, path + "-simbolico")
        s.litter.count(os.path.relpath(path + "-simbolico", s.drop).split("/")[0], 0, 1)
    elif is_file:
        with open(path, "r+b") as out:
            out.write(b"?")


MOVES = [named_like_the_next, empty_archives, renamed_over, removed_midway, half_and_half, meddle]
