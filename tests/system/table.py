"""The scenario table: what was done, what was expected, what was seen; and the last line that all test programs here
end with."""
import sys
import textwrap
import time
import traceback


class Table:
    def __init__(self):
        self.rows, self.passed, self.failed, self.skipped, self.start = [], 0, 0, 0, time.monotonic()

    def row(self, what, expected, seen, good):
        """One scenario; `seen` is shown as it is, so it should say what was measured."""
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        self.rows.append(("pass" if good else "FAIL", what, expected, str(seen)))
        self.show(self.rows[-1])

    def skip(self, what, reason):
        self.skipped += 1
        self.rows.append(("skip", what, "", reason))
        self.show(self.rows[-1])

    def show(self, row):
        print(f"{time.monotonic() - self.start:6.1f} s  {row[0]}  {row[1]}: {row[3].strip()[:400]}", flush=True)

    def group(self, play, *arguments):
        """A group of scenarios; a fault in it is one failure, and the other groups go on."""
        try:
            play(self, *arguments)
        except Exception as fault:
            traceback.print_exc(file=sys.stdout)
            self.row(play.__name__, "runs to its end", f"{type(fault).__name__}: {fault}", False)

    def close(self):
        print()
        widths = (4, 44, 52, 60)
        for row in [("", "what", "expected", "seen"), *self.rows]:
            cells = [textwrap.wrap(" ".join(text.split()), width) or [""] for text, width in zip(row, widths)]
            for at in range(max(map(len, cells))):
                print(
                    "  ".join((cell[at] if at < len(cell) else "").ljust(width) for cell,
                    width in zip(cells, widths)).rstrip())
        print(f"\nin {time.monotonic() - self.start:.0f} s")
        print(f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else ""))
        return 1 if self.failed else 0
