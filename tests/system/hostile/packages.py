"""Small PREP packages: their files, HASH, names, and the forms in which they are sent."""
import datetime
import gzip  # noqa: F401 - tarfile imports it late, when this account may not read it any more
import hashlib
import io
import os
import tarfile
import zipfile

SERIES = "PREP_MEX"
HOUR = datetime.timedelta(hours=1)


def stamp(corte):
    return f"{corte:%Y%m%d_%H%M}"


def contents(corte, zone, pages=30, mark="", index=""):
    """Returns path -> bytes of a package without its HASH; `index` is put into the first page."""
    shown = f"<p>Corte de informaci\u00f3n: {corte:%d/%m/%Y %H:%M} horas (UTC{zone:+d})</p>"
    files = {
        "index.html": f"<!DOCTYPE html><html><head><title>PREP</title></head><body>{index}{shown}"
        f"<!-- {mark} --></body></html>\n",
        "bd/MEX_2021.txt": f"sep=|\nDIPUTACIONES\n{corte:%Y/%m/%d %H:%M} (UTC{zone:+d})\nSECCION|TOTAL\n1|2\n",
    }
    for page in range(pages):
        text = f"secci\u00f3n {page} {mark if page % 3 == 0 else ''}"
        files[f"seccion/{page:04d}.html"] = f"<!DOCTYPE html><html><body><h1>{text}</h1>{shown}</body></html>\n"
    return {path: text.encode() for path, text in files.items()}


def manifest(files):
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items())).encode()


def sealed(files):
    """Returns the files with one HASH at the top that covers them all."""
    return {**files, "PREP.hash": manifest(files)}


def sidecars(files):
    """Returns the files with a HASH beside each, and none that covers all."""
    return {
        **files,
        **{path + ".hash": (hashlib.sha256(data).hexdigest() + "\n").encode() for path, data in files.items()},
    }


def write(path, data, pause=None):
    with open(path, "wb") as out:
        out.write(data)
        if pause:
            out.flush()
            pause()


def write_folder(folder, files):
    """Writes the files in their order, each one's folder first."""
    os.makedirs(folder, exist_ok=True)
    for path, data in files.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        write(full, data)


def zipped(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return out.getvalue()


def tarred(files, mode="w:gz"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, **({"compresslevel": 1} if mode == "w:gz" else {})) as archive:
        for path, data in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()
