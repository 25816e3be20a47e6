"""Tables between markers in a Markdown file: `<!-- name -->` to `<!-- /name -->`."""

import difflib
import re

#: Growth that is let pass in what another compiler built, as a share.
GROWTH = 0.03
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


class Section:
    """Text that was measured. `built_by`: the compiler it depends on, if any. `by_machine`: depends on the
    machine, so that it is shown and written, but never compared."""

    def __init__(self, name, text, built_by=None, by_machine=False):
        self.name, self.built_by, self.by_machine = name, built_by, by_machine
        self.text = f"{text}\n\nBuilt by {built_by}." if built_by else text


def _split(document, name):
    start, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
    head, rest = document.split(start)
    shown, tail = rest.split(end, 1)
    return head + start, shown, end + tail


def _grown(shown, text):
    """Whether the text has other words or numbers that are larger than those shown by more than `GROWTH`."""
    old, new = ([float(n.replace(",", "")) for n in NUMBER.findall(part)] for part in (shown, text))
    same_words = NUMBER.sub("#", shown) == NUMBER.sub("#", text)
    return not same_words or any(now > before * (1 + GROWTH) for before, now in zip(old, new))


def update(path, sections):
    """Writes the sections into the file."""
    document = path.read_text()
    for section in sections:
        head, _, tail = _split(document, section.name)
        document = head + section.text + tail
    path.write_text(document)


def compare(path, sections):
    """Prints where the file does not say what was measured. Returns whether that is a failure."""
    document, failed = path.read_text(), False
    for section in sections:
        _, shown, _ = _split(document, section.name)
        if section.by_machine or shown == section.text:
            continue
        lines = (shown.splitlines(), section.text.splitlines())
        print("\n".join(difflib.unified_diff(*lines, f"{path.name}, {section.name}", "measured", lineterm="", n=0)))
        if section.built_by and f"Built by {section.built_by}." not in shown:
            # The last line names the compiler.
            tables = ("\n".join(part[:-1]) for part in lines)
            if not _grown(*tables):
                print(f"{section.name}: another compiler, and nothing grew by more than {GROWTH:.0%}")
                continue
        failed = True
    return failed
