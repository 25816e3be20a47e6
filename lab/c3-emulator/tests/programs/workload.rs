//! Arithmetic of every kind, compiled for the host and for the emulated processor.

/// A number that depends on each intermediate result.
pub(crate) fn digest() -> u32 {
    let mut state = 0x2545_F491_u32;
    let mut table = [0_u32; 64];
    for round in 0..2_000_u32 {
        let a = next(&mut state);
        let b = next(&mut state);
        let slot = (a >> 7) as usize % table.len();
        let mixed = words(a, b) ^ bytes(a, b) ^ wide(a, b) ^ floats(a, b) ^ branches(a as i32, b as i32);
        table[slot] = table[slot].rotate_left(5) ^ mixed.wrapping_add(round);
    }
    table.iter().fold(0, |sum, word| sum.rotate_left(3) ^ word)
}

fn next(state: &mut u32) -> u32 {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    // Small and extreme numbers are where division and shifts go wrong.
    match *state % 7 {
        0 => *state & 0xF,
        1 => 0x8000_0000,
        2 => u32::MAX,
        _ => *state,
    }
}

fn words(a: u32, b: u32) -> u32 {
    let (s, t) = (a as i32, b as i32);
    a.wrapping_mul(b)
        ^ a.checked_div(b).unwrap_or(1)
        ^ a.checked_rem(b).unwrap_or(2)
        ^ s.checked_div(t).unwrap_or(3) as u32
        ^ s.checked_rem(t).unwrap_or(4) as u32
        ^ (a << (b & 31))
        ^ (a >> (b & 31))
        ^ (s >> (b & 31)) as u32
        ^ a.wrapping_sub(b)
        ^ u32::from(s < t)
        ^ u32::from(a < b) << 1
}

fn bytes(a: u32, b: u32) -> u32 {
    let mut buffer = [0_u8; 12];
    buffer[..4].copy_from_slice(&a.to_le_bytes());
    buffer[4..8].copy_from_slice(&b.to_be_bytes());
    buffer.copy_within(1..8, 3);
    let half = i16::from_le_bytes([buffer[(a & 7) as usize], buffer[(b & 7) as usize]]);
    buffer
        .iter()
        .fold(i32::from(half) as u32, |sum, byte| sum.wrapping_mul(31) ^ i32::from(*byte as i8) as u32)
}

fn wide(a: u32, b: u32) -> u32 {
    let (x, y) = (u64::from(a) << 32 | u64::from(b), u64::from(b) << 16 | 1);
    let product = x.wrapping_mul(y) ^ (u64::from(a) * u64::from(b));
    let quotient = (x / y) ^ (x % y) ^ (x as i64 / y as i64) as u64 ^ (x as i64 % y as i64) as u64;
    let signed = (i64::from(a as i32) * i64::from(b as i32)) as u64;
    let folded = product ^ quotient ^ signed ^ (x >> (b & 63)) ^ (x << (a & 63));
    folded as u32 ^ (folded >> 32) as u32
}

fn floats(a: u32, b: u32) -> u32 {
    let (x, y) = (a as f32 + 0.5, b as f32 * 0.25 + 1.0);
    let (v, w) = (f64::from(a as i32) / 3.0, f64::from(b) - 0.125);
    let compared = u32::from(x < y) | u32::from(v > w) << 1;
    let single = (x / y).to_bits() ^ (x - y).to_bits();
    let double = ((v * w) + f64::from(x)).to_bits();
    single ^ double as u32 ^ (double >> 32) as u32 ^ compared ^ (y as u32) ^ (v as i32 as u32)
}

fn branches(a: i32, b: i32) -> u32 {
    match (a.signum(), b.signum()) {
        (0, _) | (_, 0) => a.unsigned_abs() ^ b.unsigned_abs(),
        (1, 1) if a > b => gcd(a.unsigned_abs(), b.unsigned_abs()),
        (1, _) => a.leading_zeros() << 8 | b.trailing_zeros(),
        _ => a.count_ones() ^ b.swap_bytes() as u32,
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
