//! An open `/dev/i2c-N`: an anonymous file whose contents are a mark and the slave address.
//!
//! The kernel then keeps what belongs to an open file, for duplicates of the descriptor and across `fork` and
//! `exec`, and forgets it with the last `close`. There is no table here that could go stale.

use libc::{c_int, c_void};

const MARK: [u8; 8] = *b"sim-i2c\n";
const SIZE: usize = 16;

/// A file descriptor that is the simulated bus.
#[derive(Clone, Copy)]
pub(crate) struct File(c_int);

impl File {
    /// A new one, or the error number.
    pub(crate) fn create(flags: c_int) -> Result<c_int, c_int> {
        let close_on_exec = if flags & libc::O_CLOEXEC == 0 { 0 } else { libc::MFD_CLOEXEC };
        // SAFETY: the name is a C string.
        let descriptor = unsafe { libc::memfd_create(c"i2c".as_ptr(), close_on_exec) };
        if descriptor < 0 {
            return Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EMFILE));
        }
        File(descriptor).set_address(0);
        Ok(descriptor)
    }

    /// `descriptor` as the simulated bus, if it is that.
    pub(crate) fn of(descriptor: c_int) -> Option<File> {
        // SAFETY: all-zero bytes are a `stat`, which is plain data.
        let mut status: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: `status` is a `stat` to write to; a descriptor that is none gives an error.
        let result = unsafe { libc::fstat(descriptor, &mut status) };
        let anonymous = status.st_mode & libc::S_IFMT == libc::S_IFREG && status.st_nlink == 0;
        if result != 0 || !anonymous || usize::try_from(status.st_size) != Ok(SIZE) {
            return None;
        }
        let file = File(descriptor);
        file.contents().starts_with(&MARK).then_some(file)
    }

    fn contents(self) -> [u8; SIZE] {
        let mut contents = [0; SIZE];
        // SAFETY: `contents` has room for `SIZE` bytes.
        unsafe { libc::pread(self.0, contents.as_mut_ptr().cast::<c_void>(), SIZE, 0) };
        contents
    }

    /// The 7-bit slave address.
    pub(crate) fn address(self) -> u8 {
        self.contents()[MARK.len()]
    }

    pub(crate) fn set_address(self, address: u8) {
        let mut contents = [0; SIZE];
        contents[..MARK.len()].copy_from_slice(&MARK);
        contents[MARK.len()] = address;
        // SAFETY: `contents` has `SIZE` bytes.
        unsafe { libc::pwrite(self.0, contents.as_ptr().cast::<c_void>(), SIZE, 0) };
    }
}
