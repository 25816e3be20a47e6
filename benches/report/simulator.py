"""The simulator's own speed, and what bounds the vendor library's run against it."""

from sections import Section


def section(in_process, scale):
    """`in_process`: what `cargo bench --bench simulator` prints."""
    real = scale["real"]
    sides = ("library", "library system", "simulator", "simulator system")
    waiting = max(real - sum(scale[side] for side in sides), 0)
    sockets = scale["library system"] + scale["simulator system"]
    lines = [
        "| cryptoauthlib's scenarios over the server | |",
        "|---|---:|",
        f"| commands of the chip | {scale['commands']:,} |",
        f"| round trips to the server for each (a byte, START, STOP or delay) | {scale['round trips']:.0f} |",
        f"| virtual time | {scale['virtual']:.0f} s |",
        f"| real time | {real:.1f} s |",
        f"| virtual seconds a second | {scale['virtual'] / real:.0f} |",
        f"| commands a second | {scale['commands'] / real:.0f} |",
        f"| real time in the simulator | {scale['simulator'] / real:.0%} |",
        f"| ... in the library, Python and the checks | {scale['library'] / real:.0%} |",
        f"| ... in the system, for sockets, starts and files | {sockets / real:.0%} |",
        f"| ... while one side waits for the other to be run | {waiting / real:.0%} |",
    ]
    return Section("simulator", in_process.strip() + "\n\n" + "\n".join(lines), by_machine=True)
