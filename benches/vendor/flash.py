"""What Microchip's cryptoauthlib takes of a Cortex-M0's flash, in C: `flash.py FOLDER`. Takes its sources from PyPI into
the folder, and builds the program of `cargo xtask footprint`'s table with Debian's gcc-arm-none-eabi. Prints a line of JSON."""

import json
import pathlib
import re
import subprocess
import sys

REQUIREMENTS = pathlib.Path(__file__).resolve().parent.parent.parent / "interop/requirements.txt"
FLAGS = "-mcpu=cortex-m0 -mthumb -Os -flto -ffunction-sections -fdata-sections -w".split()
#: What a board would give stays open, so none of it counts; newlib-nano has `memcpy` and its like.
LINK = "-nostartfiles --specs=nano.specs -Wl,--gc-sections -Wl,--unresolved-symbols=ignore-all -Wl,-e_start".split()
#: One chip on I2C, no heap, no checks of parameters: what the library can leave out.
CONFIG = """
#define ATCA_HAL_I2C
#define ATCA_ATECC608_SUPPORT
#define ATCA_NO_HEAP
#define ATCA_CHECK_PARAMS_EN 0
#define ATCA_PREPROCESSOR_WARNING 0
#define ATCA_TA_SUPPORT 0
#define ATCAC_SHA384_EN 0
#define ATCAC_SHA512_EN 0
#define ATCACERT_COMPCERT_EN 0
#define ATCACERT_FULLSTOREDCERT_EN 0
#define ATCACERT_INTEGRATION_EN 0
#define CALIB_DELETE_EN 0
#define MULTIPART_BUF_EN 0
#define ATCA_POST_DELAY_MSEC 25
#define atca_delay_ms hal_delay_ms
#define atca_delay_us hal_delay_us
"""
#: Revision, serial number, a new key, a signature, as `benches/footprint/src/bin/blocking.rs`.
PROGRAM = """
#include "cryptoauthlib.h"
static ATCAIfaceCfg config = {
    .iface_type = ATCA_I2C_IFACE, .devtype = ATECC608,
    .atcai2c.address = 0xC0, .atcai2c.baud = 100000, .wake_delay = 1500, .rx_retries = 20,
};
static uint8_t out[64];
static const uint8_t digest[32];
int _start(void) {
    return atcab_init(&config) || atcab_info(out) || atcab_read_serial_number(out) || atcab_genkey(0, out)
        || atcab_sign(0, digest, out);
}
"""
NOTHING = "int _start(void) { return 1; }"


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True).stdout


def sizes(program):
    return [int(word) for word in run("arm-none-eabi-size", program).splitlines()[1].split()[:3]]


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pinned = re.search(r"^cryptoauthlib==\S+", REQUIREMENTS.read_text(), re.MULTILINE)[0]
    sources = folder / pinned.replace("==", "-")
    if not sources.exists():
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
        run(*pip, "--no-binary", ":all:", "--no-deps", "--dest", folder, pinned)
        run("tar", "-xzf", f"{sources}.tar.gz", "-C", folder)
    (folder / "atca_config.h").write_text(CONFIG)
    for name, text in {"program": PROGRAM, "nothing": NOTHING}.items():
        (folder / f"{name}.c").write_text(text)
    library = [path for part in (".", "calib", "crypto", "crypto/hashes") for path in (sources / "lib" / part).glob("*.c")]
    library.append(sources / "lib/hal/atca_hal.c")
    compiler = ("arm-none-eabi-gcc", *FLAGS, f"-I{folder}", f"-I{sources / 'lib'}")
    run(*compiler, *LINK, folder / "program.c", *library, "-o", folder / "program")
    run(*compiler, *LINK, folder / "nothing.c", "-o", folder / "nothing")
    text, data, bss = sizes(folder / "program")
    symbols = [line.split() for line in run("arm-none-eabi-nm", "--print-size", folder / "program").splitlines()]
    mem = sum(int(line[1], 16) for line in symbols if len(line) == 4 and re.fullmatch(r"mem(cpy|set|move|cmp)", line[3]))
    built_by = run("arm-none-eabi-gcc", "--version").splitlines()[0]
    row = {"kind": "vendor flash", "text": text - sizes(folder / "nothing")[0], "mem": mem, "data": data, "bss": bss}
    print(json.dumps({**row, "built by": re.sub(r" \(.*\)", "", built_by)}))


if __name__ == "__main__":
    main(sys.argv[1])
