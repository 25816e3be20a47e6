//! The functions behind the ones of this library.

/// `real!("name": fn(Arguments) -> Result)` is the next definition of that symbol after this library's, as
/// an `Option` of a function pointer. It is looked up once.
macro_rules! real {
    ($name:literal: fn($($argument:ty),*) -> $result:ty) => {{
        use std::sync::atomic::{AtomicPtr, Ordering};
        static FOUND: AtomicPtr<libc::c_void> = AtomicPtr::new(std::ptr::null_mut());
        let mut found = FOUND.load(Ordering::Relaxed);
        if found.is_null() {
            // SAFETY: the name is a C string, and the handle a constant that dlsym knows.
            found = unsafe { libc::dlsym(libc::RTLD_NEXT, concat!($name, "\0").as_ptr().cast()) };
            FOUND.store(found, Ordering::Relaxed);
        }
        // SAFETY: a null pointer becomes `None`; anything else is the C library's function of that name,
        // which has this signature by its manual page.
        unsafe {
            std::mem::transmute::<*mut libc::c_void, Option<unsafe extern "C" fn($($argument),*) -> $result>>(
                found,
            )
        }
    }};
}
pub(crate) use real;

/// Sets `errno` and returns -1, the way system calls fail.
pub(crate) fn fail(errno: libc::c_int) -> libc::c_int {
    // SAFETY: the C library returns a valid pointer to this thread's `errno`.
    unsafe { *libc::__errno_location() = errno };
    -1
}
