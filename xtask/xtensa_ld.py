#!/usr/bin/env python3
"""A linker for the ESP32's Xtensa: GNU ld of Debian's binutils-xtensa-lx106, and the windowed calls, which it can't do.

That ld is configured for the ESP8266. It places sections and fills in whatever both cores have; of what only the ESP32
has (calls of register windows, loops, branches on booleans) it says "unexpected relocation". Those are filled in here,
by the encodings of the Xtensa ISA reference manual. Any other complaint of ld is an error, and so is an instruction
that is neither, or that does not reach. So is start-up code without its second half (see xtask/src/xtensa.rs).

LLVM 23 says that sections of literals need no alignment. They are loaded as words, so theirs is four bytes.
"""

import pathlib
import re
import struct
import subprocess
import sys
import tempfile

LD = "xtensa-lx106-elf-ld"
SYMTAB, RELA, SLOT0_OP, SECTION = 2, 4, 20, 3
# The last instruction of the first part of `Reset`, and the first of the second: memw; wsr.ccompare0 a0.
SEAM = bytes.fromhex("c02000 00f013")
# ld's words for an instruction that its core does not have.
UNKNOWN = re.compile(r"dangerous relocation: unexpected relocation: ")
# In ld's map: address and size.
PLACED = re.compile(r"\b(0x[0-9a-f]{8,16}) +0x[0-9a-f]+ ")
CONTEXT = re.compile(r": in function `")


def align_literals(path, folder):
    """A copy of an object file, or of an archive of them, with aligned sections of literals."""
    data = bytearray(path.read_bytes())
    for begin, end in members(data):
        elf = memoryview(data)[begin:end]
        if bytes(elf[:5]) != b"\x7fELF\x01":
            continue
        (start,) = struct.unpack_from("<I", elf, 0x20)
        (names,) = struct.unpack_from("<H", elf, 0x32)
        table = sections(elf)
        for index, (name, *_, align, _) in enumerate(table):
            name += table[names][4]
            if bytes(elf[name : name + 8]) == b".literal" and align < 4:
                struct.pack_into("<I", elf, start + 0x28 * index + 0x20, 4)
    copy = folder / f"{len(list(folder.iterdir()))}-{path.name}"
    copy.write_bytes(data)
    return str(copy)


def members(data):
    """Where the files of an archive are; of anything else, the whole."""
    if data[:8] != b"!<arch>\n":
        yield 0, len(data)
        return
    at = 8
    while at < len(data):
        size = int(data[at + 48 : at + 58])
        yield at + 60, at + 60 + size
        at += 60 + size + size % 2


def link(arguments, folder):
    """Runs ld; counts the instructions that it leaves to this script, and says where input sections were put."""
    # -nostartfiles is for a compiler that links.
    arguments = [argument for argument in arguments if argument != "-nostartfiles"]
    for at, argument in enumerate(arguments):
        if argument.endswith((".o", ".rlib")) and not argument.startswith("-"):
            arguments[at] = align_literals(pathlib.Path(argument), folder)
    chart = folder / "map"
    how = ["--no-relax", "--emit-relocs", "--noinhibit-exec", "--no-warn-rwx-segments", f"-Map={chart}"]
    done = subprocess.run([LD, *how, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = [line for line in done.stdout.splitlines() if not CONTEXT.search(line)]
    left = [line for line in lines if UNKNOWN.search(line)]
    other = [line for line in lines if not UNKNOWN.search(line)]
    if other or done.returncode:
        sys.exit("\n".join(other[:40] or [f"{LD}: exit code {done.returncode}"]))
    return len(left), {int(start, 16) for start in PLACED.findall(chart.read_text())}


def operand(word):
    """Width, least value and place of the distance in an instruction that ld leaves; nothing for one that it knows."""
    kind, n, m, r = word & 0xF, word >> 4 & 3, word >> 6 & 3, word >> 12 & 0xF
    if kind == 5 and n:  # CALL4, CALL8, CALL12: in words
        return 18, -(1 << 17), 6
    if kind == 6 and n == 3 and m == 1 and r in (0, 1):  # BF, BT
        return 8, -(1 << 7), 16
    if kind == 6 and n == 3 and m == 1 and r in (8, 9, 10):  # LOOP, LOOPNEZ, LOOPGTZ: forward only
        return 8, 0, 16
    return None


def target(word, place, width, least, shift):
    """Where an instruction goes."""
    value = (word >> shift & (1 << width) - 1) - least & (1 << width) - 1
    value += least
    return (place & ~3) + 4 + 4 * value if width == 18 else place + 4 + value


def aimed(word, place, to, width, least, shift):
    """The instruction, going to `to`."""
    value = to - (place & ~3) - 4 if width == 18 else to - place - 4
    if width == 18:
        value, rest = divmod(value, 4)
        if rest:
            sys.exit(f"{place:#x}: a call to {to:#x}, which is not aligned")
    if not least <= value < least + (1 << width):
        sys.exit(f"{place:#x}: {to:#x} is out of reach")
    mask = (1 << width) - 1
    return word & ~(mask << shift) & 0xFF_FFFF | (value & mask) << shift


def sections(elf):
    (start,) = struct.unpack_from("<I", elf, 0x20)
    (count,) = struct.unpack_from("<H", elf, 0x30)
    return [struct.unpack_from("<10I", elf, start + 0x28 * index) for index in range(count)]


def fill_in(elf, starts):
    """Fills in what ld left. Where the target is given by a section, it is in the instruction's own, the assembler has
    filled it in, and ld keeps the distance from the start of the input section: that is only checked."""
    table = sections(elf)
    filled = 0
    for _, kind, _, _, offset, size, link_to, info, *_ in table:
        if kind != RELA:
            continue
        base, data = table[info][3], table[info][4]
        symbols = table[link_to][4]
        for at in range(offset, offset + size, 12):
            place, what, addend = struct.unpack_from("<IIi", elf, at)
            if what & 0xFF != SLOT0_OP:
                continue
            here = data + place - base
            word = int.from_bytes(elf[here : here + 3], "little")
            if not (field := operand(word)):
                continue
            filled += 1
            value, _, kind = struct.unpack_from("<IIB", elf, symbols + 16 * (what >> 8) + 4)
            if kind & 0xF != SECTION:
                elf[here : here + 3] = aimed(word, place, value + addend, *field).to_bytes(3, "little")
            elif target(word, place, *field) - addend not in starts:
                sys.exit(f"{place:#x}: goes to {target(word, place, *field):#x}, {addend:#x} into no section")
    return filled


def goes_on(elf):
    """Whether the start-up code, which ends soon after its seam, has both its parts."""
    table = sections(elf)
    for _, kind, _, _, offset, size, link_to, *_ in table:
        if kind != SYMTAB:
            continue
        for at in range(offset, offset + size, 16):
            name, value, _, _, _, section = struct.unpack_from("<IIIBBH", elf, at)
            text = table[link_to][4] + name
            if elf[text : text + 6] == b"Reset\0":
                begin = table[section][4] + value - table[section][3]
                return SEAM in elf[begin : begin + 0x80]
    return False


def main(arguments):
    with tempfile.TemporaryDirectory() as folder:
        left, starts = link(arguments, pathlib.Path(folder))
    path = arguments[arguments.index("-o") + 1]
    with open(path, "r+b") as file:
        elf = bytearray(file.read())
        filled = fill_in(elf, starts)
        if filled != left:
            sys.exit(f"{LD} left {left} instructions, {filled} were found")
        if not goes_on(elf):
            sys.exit(f"{path}: `Reset` lacks its second half, so this would not start")
        file.seek(0)
        file.write(elf)


if __name__ == "__main__":
    main(sys.argv[1:])
