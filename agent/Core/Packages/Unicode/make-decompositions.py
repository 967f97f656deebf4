#!/usr/bin/env python3
"""Writes decompositions.txt beside itself from Python's own Unicode data: python3 make-decompositions.py

What is needed to tell, without ICU on the host, that two spellings of a file name are the same: full canonical decompositions (NFD;
Hangul aside, which is arithmetic) as `D code its-codes...`, and ranges of combining classes as `C first last class`; all hex."""
import os, sys, unicodedata

decompositions, classes = [], []
for code in range(sys.maxunicode + 1):
    if 0xD800 <= code <= 0xDFFF:
        continue
    nfd = unicodedata.normalize("NFD", chr(code))
    if nfd != chr(code) and not 0xAC00 <= code <= 0xD7A3:
        decompositions.append(f"D {code:X} " + " ".join(f"{ord(c):X}" for c in nfd))
    combining = unicodedata.combining(chr(code))
    if combining and classes and classes[-1][1] == code - 1 and classes[-1][2] == combining:
        classes[-1][1] = code
    elif combining:
        classes.append([code, code, combining])

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "decompositions.txt"), "w", encoding="ascii") as f:
    f.write(f"# Unicode {unicodedata.unidata_version}, written by make-decompositions.py\n")
    f.write("\n".join(decompositions + [f"C {first:X} {last:X} {combining:X}" for first, last, combining in classes]) +
        "\n")
