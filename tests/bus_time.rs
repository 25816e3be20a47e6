//! No operation wastes the bus's time: virtual, so the same on every machine.

#[path = "../benches/floor/mod.rs"]
mod floor;

#[test]
fn operations_stay_close_to_the_floor() {
    for row in floor::measure(100_000).into_iter().chain(floor::measure(400_000)) {
        // Info is so short that reading the chip's greeting after the wake shows.
        let limit = if row.name == "info" { 1.11 } else { 1.05 };
        assert!(row.ratio() <= limit, "{} at {} Hz: {:.3}, {row:?}", row.name, row.hz, row.ratio());
        assert!(row.us >= row.floor_us, "{row:?}: the floor is no floor");
        assert!(row.bytes >= row.floor_bytes && row.transactions >= row.floor_transactions);
    }
}
