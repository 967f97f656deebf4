#!/usr/bin/env python3
"""`journal verify` of a long journal: seconds and peak memory, at a tenth of the length and at the whole.

  journal.py AGENT [--records 1000000]
"""
import argparse, hashlib, os, shutil, subprocess, tempfile, time

FILE_BYTES = 4 << 20


def make(folder, records):
    """Lines as the agent writes them, in files of 4 MiB, and the head mark."""
    prev, out, size, number = "0" * 64, None, FILE_BYTES, 0
    for seq in range(1, records + 1):
        line = (
            f'{{"seq":{seq},"at":"2021-06-07T01:00:00.000000Z","system_at":"2021-06-07T01:00:00.000000Z","event":"DELIVERY_SEEN",'
                f'"fields":{{"package":"20210606_2000_PREP_DIP_MEX_{seq:07d}","path":"index.html"}},"prev":"{prev}"}}').encode()
        if size >= FILE_BYTES:
            if out:
                out.close()
            number, size = number + 1, 0
            out = open(f"{folder}/{number:06d}.jsonl", "wb")
        out.write(line + b"\n")
        size += len(line) + 1
        prev = hashlib.sha256(line).hexdigest()
    out.close()


def measure(agent, folder):
    began = time.monotonic()
    process = subprocess.Popen([agent, "journal", "verify", "--from", folder, "--language", "en"],
        stdout=subprocess.PIPE)
    said = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(said)
    return time.monotonic() - began, usage.ru_maxrss / 1024, said


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agent"); parser.add_argument("--records", type=int, default=1_000_000)
    options = parser.parse_args()
    for records in (options.records // 10, options.records):
        folder = tempfile.mkdtemp(dir="/var/tmp")
        try:
            make(folder, records)
            runs = sorted(measure(options.agent, folder) for _ in range(5))
            print(
                f"journal verify, {records:>9,} records {runs[2][0]:6.2f} s  ({runs[0][0]:.2f} to {runs[-1][0]:.2f}; at most 5), "
                  f"peak memory {max(run[1] for run in runs):.1f} MiB", flush=True)
        finally:
            shutil.rmtree(folder)


main()
