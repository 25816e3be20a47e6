//! What the documentation promises of futures that are dropped.

/// Every public async function of the driver says what happens when its future is dropped.
#[test]
fn every_async_operation_says_whether_it_may_be_cancelled() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/driver/asynch");
    let (mut functions, mut silent) = (0, Vec::new());
    for file in std::fs::read_dir(folder).expect("sources") {
        let path = file.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("text");
        // Documented; inside an attribute of several lines.
        let (mut documented, mut attribute) = (false, false);
        let mut rest = text.as_str();
        while let Some((line, behind)) = rest.split_once('\n') {
            let signature = rest.split('{').next().unwrap_or_default().trim_start();
            let line = line.trim_start();
            rest = behind;
            match line {
                _ if attribute => attribute = !line.ends_with(")]"),
                "/// # Cancel safety" => documented = true,
                _ if signature.starts_with("pub async fn ")
                    || signature.starts_with("pub fn ") && signature.contains("-> impl Future<") =>
                {
                    functions += 1;
                    if !documented {
                        silent.push(format!("{}: {line}", path.display()));
                    }
                    documented = false;
                }
                _ if line.starts_with("///") => {}
                _ if line.starts_with("#[") => attribute = !line.ends_with(']'),
                _ => documented = false,
            }
        }
    }
    println!("{functions} async functions");
    assert!(functions > 60, "{functions}");
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
