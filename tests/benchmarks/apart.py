#!/usr/bin/env python3
"""What a folder's T flag (chattr +T) is for: the time to make files beside as many that were just removed, without and with it.

  apart.py [--files 13175] [--rounds 5] [--folder /var/tmp]

ext4 only. Each round makes a folder of files, brings it to disk, and removes it. The folders of a round without the flag lie in one block
group; the first of them has nothing removed beside it and is left out.
"""
import argparse, os, shutil, statistics, subprocess, tempfile, time


def make(folder, files):
    os.mkdir(folder)
    began = time.monotonic()
    for number in range(files):
        file = os.open(f"{folder}/{number}", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        os.write(file, b"x" * 900)
        os.close(file)
    return time.monotonic() - began


def rounds(flag, options):
    parent = tempfile.mkdtemp(dir=options.folder)
    if flag:
        subprocess.run(["chattr", "+T", parent], check=True)
    took = []
    for number in range(options.rounds + 1):
        took.append(make(f"{parent}/{number}-{os.getpid()}", options.files))
        os.sync()
        shutil.rmtree(f"{parent}/{number}-{os.getpid()}")
    os.rmdir(parent)
    return took[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=13175); parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", default="/var/tmp")
    options = parser.parse_args()
    apart, beside = rounds(True, options), rounds(False, options)
    for name, took in (("with", apart), ("without", beside)):
        print(f"{name:8} {statistics.median(took):6.2f} s  ({min(took):.2f} to {max(took):.2f})")
    print(f"ratio    {statistics.median(apart) / statistics.median(beside):6.2f}")


main()
