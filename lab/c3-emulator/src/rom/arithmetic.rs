//! libgcc in the ROM: what RV32IMC has no instruction for, 64-bit and floating-point arithmetic.
//!
//! Source: `esp32c3.rom.libgcc.ld` of the crate esp-rom-sys; the functions are documented in GCC Internals,
//! chapter "The GCC low-level runtime library".

/// The function at `address`, in the order of addresses, which is that of names: `w` are the argument registers, `a` and `b` the same as 64-bit numbers.
pub(super) fn call(address: u32, w: [u32; 4], a: u64, b: u64) -> Option<u64> {
    let [w0, w1, w2, _] = w;
    let (x, y) = (f64::from_bits(a), f64::from_bits(b));
    let (s, t) = (f32::from_bits(w0), f32::from_bits(w1));
    let (i, j) = (a as i64, b as i64);
    let double = |value: f64| value.to_bits();
    let single = |value: f32| u64::from(value.to_bits());
    let word = |value: u32| u64::from(value);
    Some(match address {
        0x4000_076C => double(x + y),
        0x4000_0770 => single(s + t),
        0x4000_077C => a.checked_shl(w2).unwrap_or(0),
        0x4000_0780 => (i >> w2.min(63)) as u64,
        0x4000_0784 => a.swap_bytes(),
        0x4000_0788 => word(w0.swap_bytes()),
        0x4000_0798 => word(a.leading_zeros()),
        0x4000_079C => word(w0.leading_zeros()),
        0x4000_07A4 => word(a.trailing_zeros()),
        0x4000_07A8 => word(w0.trailing_zeros()),
        0x4000_07B0 => double(x / y),
        0x4000_07B4 => i.checked_div(j).unwrap_or(-1) as u64,
        0x4000_07BC => single(s / t),
        // Comparisons: negative, zero or positive; what is not ordered makes each of them false.
        0x4000_07C4 | 0x4000_0828 | 0x4000_0834 | 0x4000_0864 => ordering(x.partial_cmp(&y), 1),
        0x4000_07C8 | 0x4000_082C | 0x4000_0838 | 0x4000_087C => ordering(s.partial_cmp(&t), 1),
        0x4000_0818 | 0x4000_0820 => ordering(x.partial_cmp(&y), -1),
        0x4000_081C | 0x4000_0824 => ordering(s.partial_cmp(&t), -1),
        0x4000_07CC => double(f64::from(s)),
        0x4000_07D8 => x as i64 as u64,
        0x4000_07DC => word(x as i32 as u32),
        0x4000_07E0 => s as i64 as u64,
        0x4000_07E4 => word(s as i32 as u32),
        0x4000_07E8 => word(x as u32),
        0x4000_07EC => s as u64,
        0x4000_07F0 => word(s as u32),
        0x4000_07F4 => double(i as f64),
        0x4000_07F8 => single(i as f32),
        0x4000_07FC => double(f64::from(w0 as i32)),
        0x4000_0800 => single(w0 as i32 as f32),
        0x4000_0804 => double(a as f64),
        0x4000_0808 => single(a as f32),
        0x4000_080C => double(f64::from(w0)),
        0x4000_0810 => single(w0 as f32),
        0x4000_0830 => a.checked_shr(w2).unwrap_or(0),
        0x4000_083C => i.checked_rem(j).unwrap_or(i) as u64,
        0x4000_0848 => double(x * y),
        0x4000_084C => a.wrapping_mul(b),
        0x4000_0854 => single(s * t),
        0x4000_0868 => double(-x),
        0x4000_086C => a.wrapping_neg(),
        0x4000_0870 => single(-s),
        0x4000_0884 => word(a.count_ones()),
        0x4000_0888 => word(w0.count_ones()),
        0x4000_0894 => double(x - y),
        0x4000_0898 => single(s - t),
        0x4000_08A4 => single(x as f32),
        0x4000_08AC => a.checked_div(b).unwrap_or(u64::MAX),
        0x4000_08BC => a.checked_rem(b).unwrap_or(a),
        0x4000_08C4 => word(u32::from(x.partial_cmp(&y).is_none())),
        0x4000_08C8 => word(u32::from(s.partial_cmp(&t).is_none())),
        _ => return None,
    })
}

fn ordering(result: Option<core::cmp::Ordering>, unordered: i32) -> u64 {
    let value = result.map_or(unordered, |ordering| ordering as i32);
    u64::from(value as u32)
}
