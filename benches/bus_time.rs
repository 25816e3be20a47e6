//! What operations cost on the bus: `cargo bench --bench bus_time`.

mod floor;

fn main() {
    println!(
        "{:<20} {:>7} | {:>6} {:>6} {:>9} | {:>6} {:>6} {:>9} | {:>6}",
        "", "", "bytes", "trans.", "us", "bytes", "trans.", "us", "time/"
    );
    println!("{:<20} {:>7} | {:>23} | {:>23} | {:>6}", "operation", "kHz", "this driver", "floor", "floor");
    for row in [100_000, 400_000].into_iter().flat_map(floor::measure) {
        println!(
            "{:<20} {:>7} | {:>6} {:>6} {:>9} | {:>6} {:>6} {:>9} | {:>6.3}",
            row.name,
            row.hz / 1000,
            row.bytes,
            row.transactions,
            row.us,
            row.floor_bytes,
            row.floor_transactions,
            row.floor_us,
            row.ratio()
        );
    }
}
