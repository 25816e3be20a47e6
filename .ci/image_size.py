"""Sizes of flash images, from the ELF files that become them.

    python3 .ci/image_size.py BUDGET PARTITION ELF...

An image is what espflash writes for ESP-IDF's boot loader: a header of 24 bytes; segments with a header of
8 bytes each; a checksum, up to a multiple of 16 bytes; a SHA-256. What is mapped from flash must stand at the
same place within a page of 64 KiB as its address; the gaps before it are filled with what is copied to RAM.
Prints a table. Fails if an image is larger than BUDGET bytes; PARTITION is what would fit.
"""

import pathlib
import struct
import sys

HEADER, SEGMENT_HEADER, DIGEST, PAGE = 24, 8, 32, 0x10000
# Addresses mapped from flash: data of the ESP32-C3 and the ESP32-S3; code of both, and both of the ESP32-C6.
FLASH = [range(0x3C00_0000, 0x3E00_0000), range(0x4200_0000, 0x4400_0000)]
# The ESP32's data; only if there is some, its code, at addresses where others have RAM.
FLASH_ESP32 = [range(0x3F40_0000, 0x3F80_0000), range(0x400D_0000, 0x4040_0000)]
SECTION_HEADER, PROGBITS, NOBITS, ALLOC, WRITE = 0x28, 1, 8, 2, 1


def sections(elf):
    """Type, flags, address and size of each section."""
    assert elf[:6] == b"\x7fELF\x01\x01", "not a little-endian 32-bit ELF file"
    (start,) = struct.unpack_from("<I", elf, 0x20)
    (count,) = struct.unpack_from("<H", elf, 0x30)
    for index in range(count):
        _, kind, flags, address, _, size, *_ = struct.unpack_from("<10I", elf, start + index * SECTION_HEADER)
        yield kind, flags, address, size


def segments(elf):
    """Address and size of what holds bytes; neighbours with less than a word between them are one."""
    joined = []
    for address, size in sorted((a, s) for k, f, a, s in sections(elf) if k == PROGBITS and f & ALLOC and s):
        if joined and 0 <= address - sum(joined[-1]) < 4:
            joined[-1] = (joined[-1][0], address + size - joined[-1][0])
        else:
            joined.append((address, size))
    return [(address, -(-size // 4) * 4) for address, size in joined]


def flash_of(elf):
    """The addresses that this chip maps from flash."""
    return FLASH_ESP32 if any(address in FLASH_ESP32[0] for address, _ in segments(elf)) else FLASH


def image_size(elf):
    flash = flash_of(elf)
    mapped, copied = [], []
    for address, size in segments(elf):
        (mapped if any(address in addresses for addresses in flash) else copied).append((address, size))
    assert mapped and copied, "no firmware"
    copied = [size for _, size in copied]
    offset = HEADER
    for address, size in mapped:
        gap = (address - offset - SEGMENT_HEADER) % PAGE
        while gap:
            if gap < SEGMENT_HEADER:
                # Too small for a segment: a page later.
                gap += PAGE
            room = gap - SEGMENT_HEADER
            if copied and room:
                filled = min(room, copied[0])
                copied[0] -= filled
                if not copied[0]:
                    copied.pop(0)
            else:
                filled = room
            offset += SEGMENT_HEADER + filled
            gap -= SEGMENT_HEADER + filled
        offset += SEGMENT_HEADER + size
    offset += sum(SEGMENT_HEADER + size for size in copied)
    # One byte at least is the checksum.
    return offset + 16 - offset % 16 + DIGEST


def ram(elf):
    """Bytes of static data: what is copied to RAM or zeroed there, heap included, the stack not."""
    used, flash = 0, flash_of(elf)
    for kind, flags, address, size in sections(elf):
        in_ram = not any(address in addresses for addresses in flash)
        if flags & ALLOC and in_ram and (kind == PROGBITS or kind == NOBITS and flags & WRITE):
            used += size
    return used


def main(budget, partition, paths):
    print(f"{'image':<30}{'bytes':>10}{'of the budget':>16}{'of the partition':>19}")
    too_large = 0
    for path in map(pathlib.Path, paths):
        size = image_size(path.read_bytes())
        too_large += size > budget
        triple = path.parent.parent.name.split("-")
        name = f"{triple[1] if triple[0] == 'xtensa' else triple[0]} {path.name}"
        note = "  TOO LARGE" if size > budget else ""
        print(f"{name:<30}{size:>10,}{size / budget:>16.1%}{size / partition:>19.1%}{note}")
    return 1 if too_large else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
