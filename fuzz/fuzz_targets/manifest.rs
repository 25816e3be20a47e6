#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| atecc608_fuzz::each(data, atecc608_fuzz::manifest::run));
