//! What operations cost on the bus: `cargo bench --bench bus_time`.

fn main() {
    println!("{:<20} {:>5} | {:^31} | {:^31} | {:>6}", "", "", "this driver", "floor", "time/");
    let columns = format!("{:>6} {:>6} {:>8} {:>8}", "bytes", "trans.", "chip us", "us");
    println!("{:<20} {:>5} | {columns} | {columns} | {:>6}", "operation", "kHz", "floor");
    for row in [100_000, 400_000, 1_000_000].into_iter().flat_map(bus_floor::measure) {
        let [driver, floor] = [row.cost, row.floor]
            .map(|c| format!("{:>6} {:>6} {:>8} {:>8}", c.bytes, c.transactions, c.chip_us, c.us));
        println!("{:<20} {:>5} | {driver} | {floor} | {:>6.3}", row.name, row.hz / 1000, row.ratio());
    }
}
