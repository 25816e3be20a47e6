"""Tables between markers in a Markdown file: `<!-- name -->` to `<!-- /name -->`."""

import difflib
import re

#: Growth that is let pass in what another compiler built, as a share.
GROWTH = 0.03
#: Difference that is let pass in what the same compiler built: where code lands depends on the folder it was built in.
FOLDER = 0.005
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


def _near(shown, text, less, more):
    """Whether the text has the same words and no number that is smaller or larger by more than these shares."""
    old, new = ([float(n.replace(",", "")) for n in NUMBER.findall(part)] for part in (shown, text))
    same_words = NUMBER.sub("#", shown) == NUMBER.sub("#", text)
    return same_words and all(before * (1 - less) <= now <= before * (1 + more) for before, now in zip(old, new))


def update(path, sections):
    """Writes the sections into the file."""
    document = path.read_text()
    for section in sections:
        head, _, tail = _split(document, section.name)
        document = head + section.text + tail
    path.write_text(document)


def _agrees(shown, section):
    """Whether what is shown is what was measured, as far as it has to be."""
    if shown == section.text:
        return True
    if not section.built_by:
        return False
    if f"Built by {section.built_by}." in shown:
        return _near(shown, section.text, FOLDER, FOLDER)
    # Another compiler, named in the last line.
    return _near(*("\n".join(text.splitlines()[:-1]) for text in (shown, section.text)), 1, GROWTH)


def compare(path, sections):
    """Prints where the file does not say what was measured. Returns whether that is a failure."""
    document, failed = path.read_text(), False
    for section in sections:
        if section.by_machine:
            continue
        # A comparison that cannot fail is none.
        assert not _agrees(re.sub(r"\d", lambda digit: str(9 - int(digit[0])), section.text, count=1), section), section.name
        _, shown, _ = _split(document, section.name)
        if shown != section.text:
            lines = (shown.splitlines(), section.text.splitlines())
            names = (f"{path.relative_to(path.parent.parent)}, {section.name}", "measured")
            print("\n".join(difflib.unified_diff(*lines, *names, lineterm="", n=0)))
        failed |= not _agrees(shown, section)
    return failed
