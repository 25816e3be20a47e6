//! The table for browsers.

use super::action::Stage;
use super::column::{COLUMNS, LEGEND, Mark, Terms, holds};
use super::table::Explain;
use crate::slot::Slot;
use core::fmt;

/// [`Explain`] as one HTML page: `{}` writes it. Needs nothing from elsewhere; what a mark means in
/// full stands in the cell's tooltip.
#[derive(Debug, Clone, Copy)]
pub struct Html<'a>(pub(super) Explain<'a>);

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
<title>ATECC608 configuration</title>\n<style>\n\
body{font:14px/1.4 sans-serif;margin:2em}table{border-collapse:collapse}\n\
th,td{border:1px solid #bbb;padding:2px 6px;text-align:left}td.m{text-align:center;font-family:monospace}\n\
.yes{background:#d7f0d7}.terms{background:#fdf3c7}.dead{background:#f6cccc}.no{color:#999}\n\
pre{background:#f4f4f4;padding:1em}\n</style></head><body>\n";

impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        writeln!(f, "<h1>What this configuration permits</h1>\n<pre>{}</pre>", self.0.zone)?;
        f.write_str(
            "<p>Under each command: between the locks, and after both. Before the config lock no \
             command touches a slot.</p>\n<ul>\n",
        )?;
        for (mark, meaning) in LEGEND {
            writeln!(f, "<li><code>{mark}</code> {meaning}</li>")?;
        }
        f.write_str("</ul>\n<table>\n<tr><th>Slot</th><th>Holds</th>")?;
        for column in &COLUMNS {
            write!(f, "<th colspan=\"2\">{}</th>", column.heading)?;
        }
        f.write_str("<th>Terms</th></tr>\n")?;
        for slot in Slot::all() {
            write!(f, "<tr><th>{}</th><td>{}</td>", slot.number(), holds(self.0.zone, slot))?;
            for column in &COLUMNS {
                for (stage, mark) in self.0.marks(column, slot) {
                    cell(f, stage, &mark, column.actions[0].name())?;
                }
            }
            writeln!(f, "<td>{}</td></tr>", Terms(self.0.zone, slot))?;
        }
        f.write_str("</table>\n</body></html>\n")
    }
}

fn cell(f: &mut fmt::Formatter<'_>, stage: Stage, mark: &Mark, name: &str) -> fmt::Result {
    let class = match mark {
        Mark::Refused => "no",
        Mark::Dead => "dead",
        Mark::Allowed(_, needs) if needs.anyone() => "yes",
        Mark::Allowed(..) => "terms",
    };
    write!(f, "<td class=\"m {class}\" title=\"{stage}: ")?;
    match mark {
        Mark::Refused => write!(f, "{name}: refused")?,
        Mark::Dead => write!(f, "{name}: what it needs can never be had")?,
        Mark::Allowed(action, needs) => write!(f, "{action}, {needs}")?,
    }
    write!(f, "\">{mark}</td>")
}

#[cfg(test)]
mod tests {
    use crate::config::explain::Explain;
    use crate::config::{ConfigZone, preset};
    use std::string::ToString;

    #[test]
    fn a_page_with_a_row_a_slot() {
        let page = Explain::new(&ConfigZone::from_bytes(preset::FACTORY)).html().to_string();
        assert_eq!(page.matches("<tr>").count(), 17);
        assert_eq!(page.matches("<td class=\"m ").count(), 16 * 21 * 2);
        for tag in ["table", "tr", "html", "body", "ul", "pre"] {
            assert_eq!(
                page.matches(&std::format!("</{tag}>")).count(),
                page.matches(&std::format!("<{tag}")).count()
            );
        }
        assert!(
            page.contains(
                "title=\"after both locks: Read encrypted, encrypted with slot 4, random nonce\">e4<"
            )
        );
    }
}
