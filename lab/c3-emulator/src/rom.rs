//! The boot ROM: its functions that programs call, done in Rust when the processor gets to their address.
//!
//! Source: the linker scripts of the crate esp-rom-sys (`ld/esp32c3/rom`) for addresses and names, its
//! declarations and ESP-IDF's headers for arguments.

mod arithmetic;

use crate::hart::{Bus, Exception, Hart, Width};
use crate::peripheral::registers::{Registers, field};
use crate::soc::Soc;
use crate::time::{APB_HZ, MICROSECOND, XTAL_HZ};

const START: u32 = 0x4000_0000;
const LEN: u32 = 0x6_0000;

const RTC_GET_RESET_REASON: u32 = 0x4000_0018;
const ETS_DELAY_US: u32 = 0x4000_0050;
const UART_TX_ONE_CHAR: u32 = 0x4000_0068;
const UART_TX_ONE_CHAR2: u32 = 0x4000_006C;
const UART_TX_FLUSH: u32 = 0x4000_0080;
const UART_TX_WAIT_IDLE: u32 = 0x4000_0084;
const SOFTWARE_RESET: u32 = 0x4000_0090;
const SOFTWARE_RESET_CPU: u32 = 0x4000_0094;
const MEMSET: u32 = 0x4000_0354;
const MEMCPY: u32 = 0x4000_0358;
const MEMMOVE: u32 = 0x4000_035C;
const MEMCMP: u32 = 0x4000_0360;
/// Cache_Get_ICache_Line_Size and what follows it.
const CACHE_FIRST: u32 = 0x4000_04B0;
const CACHE_LAST: u32 = 0x4000_057C;
const ETS_GET_APB_FREQ: u32 = 0x4000_0580;
const ETS_GET_CPU_FREQUENCY: u32 = 0x4000_0584;
const ETS_UPDATE_CPU_FREQUENCY: u32 = 0x4000_0588;
const ETS_GET_PRINTF_CHANNEL: u32 = 0x4000_058C;
const ETS_GET_XTAL_FREQ: u32 = 0x4000_0598;
const I2C_READ_REG: u32 = 0x4000_1954;
const I2C_READ_REG_MASK: u32 = 0x4000_1958;
const I2C_WRITE_REG: u32 = 0x4000_195C;
const I2C_WRITE_REG_MASK: u32 = 0x4000_1960;

const RETURN_ADDRESS: u32 = 1;
const A0: u32 = 10;

/// The reset was a power-on.
const POWER_ON: u32 = 1;

/// What the ROM remembers.
#[derive(Debug, Default)]
pub(crate) struct Rom {
    /// Registers of the analog parts, by block and number.
    analog: Registers,
}

/// The processor got to an address in the ROM where nothing is that is done here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unknown;

pub(crate) fn contains(address: u32) -> bool {
    address.wrapping_sub(START) < LEN
}

impl Rom {
    /// Does the function at the program counter and returns from it.
    pub(crate) fn call(&mut self, hart: &mut Hart, soc: &mut Soc) -> Result<(), Unknown> {
        let [a, b, c, d, e, f] = core::array::from_fn(|n| hart.get(A0 + n as u32));
        let analog = a << 16 | c & 0xFFFF;
        let result = match hart.pc {
            RTC_GET_RESET_REASON => POWER_ON,
            ETS_DELAY_US => {
                soc.now += u64::from(a) * MICROSECOND;
                soc.settle();
                a
            }
            UART_TX_ONE_CHAR | UART_TX_ONE_CHAR2 => {
                soc.uart.send(a as u8, soc.now);
                soc.settle();
                0
            }
            SOFTWARE_RESET | SOFTWARE_RESET_CPU => {
                soc.rtc.reset = true;
                soc.settle();
                0
            }
            MEMSET => {
                fill(soc, a, b, c);
                a
            }
            MEMCPY | MEMMOVE => {
                copy(soc, a, b, c);
                a
            }
            MEMCMP => compare(soc, a, b, c).unwrap_or(0),
            // Sent at once; clocks follow the registers; there is no cache.
            UART_TX_FLUSH | UART_TX_WAIT_IDLE | ETS_UPDATE_CPU_FREQUENCY | CACHE_FIRST..=CACHE_LAST => 0,
            ETS_GET_APB_FREQ => APB_HZ as u32,
            ETS_GET_CPU_FREQUENCY => (MICROSECOND / soc.cycle) as u32,
            ETS_GET_XTAL_FREQ => XTAL_HZ as u32,
            // UART0.
            ETS_GET_PRINTF_CHANNEL => 0,
            I2C_READ_REG => self.analog.read(analog),
            I2C_READ_REG_MASK => field(self.analog.read(analog), d & 31, e & 31),
            I2C_WRITE_REG => {
                self.analog.write(analog, d & 0xFF);
                0
            }
            I2C_WRITE_REG_MASK => {
                let mask = field(u32::MAX, d & 31, e & 31) << (e & 31);
                let old = self.analog.read(analog);
                self.analog.write(analog, old & !mask | f << (e & 31) & mask);
                0
            }
            address => {
                let wide = |low: u32, high: u32| u64::from(high) << 32 | u64::from(low);
                let value = arithmetic::call(address, [a, b, c, d], wide(a, b), wide(c, d)).ok_or(Unknown)?;
                hart.set(A0 + 1, (value >> 32) as u32);
                value as u32
            }
        };
        hart.set(A0, result);
        hart.pc = hart.get(RETURN_ADDRESS);
        Ok(())
    }
}

// A fault in these is the program's mistake, which the ROM would trap on; here the rest is left out.

fn fill(soc: &mut Soc, to: u32, value: u32, len: u32) {
    for n in 0..len {
        if soc.store(to.wrapping_add(n), Width::Byte, value).is_err() {
            return;
        }
    }
}

fn copy(soc: &mut Soc, to: u32, from: u32, len: u32) {
    let bytes: Result<Vec<u32>, Exception> =
        (0..len).map(|n| soc.load(from.wrapping_add(n), Width::Byte)).collect();
    for (n, byte) in (0..).zip(bytes.unwrap_or_default()) {
        if soc.store(to.wrapping_add(n), Width::Byte, byte).is_err() {
            return;
        }
    }
}

fn compare(soc: &mut Soc, a: u32, b: u32, len: u32) -> Result<u32, Exception> {
    for n in 0..len {
        let left = soc.load(a.wrapping_add(n), Width::Byte)?;
        let right = soc.load(b.wrapping_add(n), Width::Byte)?;
        if left != right {
            return Ok(left.wrapping_sub(right));
        }
    }
    Ok(0)
}
