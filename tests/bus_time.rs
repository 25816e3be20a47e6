//! No operation wastes the bus's time: virtual, so the same on every machine.

#[test]
fn operations_stay_close_to_the_floor() {
    for row in [100_000, 400_000, 1_000_000].into_iter().flat_map(bus_floor::measure) {
        let (cost, floor) = (row.cost, row.floor);
        assert!(row.ratio() <= 1.03, "{} at {} Hz: {:.3}, {row:?}", row.name, row.hz, row.ratio());
        assert!(cost.us >= floor.us, "{row:?}: the floor is no floor");
        assert!(cost.bytes >= floor.bytes && cost.transactions >= floor.transactions);
        assert!(cost.chip_us >= floor.chip_us, "{row:?}");
    }
}
