//! The table for browsers.

use super::action::Stage;
use super::column::{COLUMNS, Column, LEGEND, Mark, Terms, holds};
use super::table::Explain;
use crate::memory::Slot;
use core::fmt;

/// [`Explain`] as one HTML page: `{}` writes it. Needs nothing from elsewhere; what a mark means in
/// full stands in the cell's tooltip.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Html<'a>(pub(super) Explain<'a>);

impl<'a> Explain<'a> {
    /// The same as an HTML page.
    #[must_use]
    pub const fn html(&self) -> Html<'a> {
        Html(*self)
    }
}

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
<meta name=\"viewport\" content=\"width=device-width\">\n<title>ATECC608 configuration</title>\n<style>\n\
body{font:14px/1.4 sans-serif;margin:2em;color:#222}table{border-collapse:collapse}\n\
.wide{overflow-x:auto}th,td{border:1px solid #ccc;padding:2px 6px;text-align:left;white-space:nowrap}\n\
th[colspan],td.m,th.s{text-align:center}td.m{font-family:monospace;min-width:1.2em}\n\
th[colspan],.first{border-left:2px solid #666}th.s{font-weight:normal;font-size:11px;color:#555}\n\
tbody tr:hover th,tbody tr:hover td{outline:1px solid #888}\n\
.yes{background:#d7f0d7}.terms{background:#fdf3c7}.dead{background:#f6cccc}.no{color:#bbb}\n\
pre{background:#f4f4f4;padding:1em;overflow-x:auto}code{background:#eee;padding:0 4px}\n\
.legend{columns:2;max-width:70em;padding-left:1.2em}.legend span{padding:0 6px}\n</style></head><body>\n";

impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        writeln!(f, "<h1>What this configuration permits</h1>\n<pre>{}</pre>", self.0.zone)?;
        f.write_str(
            "<p>Under each command: <b>1</b> between the locks, <b>2</b> after both. Before the config lock no \
             command touches a slot. Point at a cell to read which modes of the command are allowed, and on what \
             terms.</p>\n<ul class=\"legend\">\n",
        )?;
        for (mark, meaning) in LEGEND {
            writeln!(f, "<li><code>{mark}</code> {meaning}</li>")?;
        }
        f.write_str(
            "<li><span class=\"yes\">green</span> for anyone on the bus</li>\n\
             <li><span class=\"terms\">yellow</span> on terms: a key, an authorisation, a random nonce, a \
             limit</li>\n<li><span class=\"dead\">red</span> a dead end</li>\n</ul>\n\
             <div class=\"wide\"><table>\n<thead><tr><th rowspan=\"2\">Slot</th><th rowspan=\"2\">Holds</th>",
        )?;
        for column in &COLUMNS {
            write!(f, "<th colspan=\"2\">{}</th>", column.heading)?;
        }
        f.write_str("<th rowspan=\"2\" class=\"first\">Terms</th></tr>\n<tr>")?;
        for _ in &COLUMNS {
            f.write_str("<th class=\"s first\">1</th><th class=\"s\">2</th>")?;
        }
        f.write_str("</tr></thead>\n<tbody>\n")?;
        for slot in Slot::all() {
            write!(f, "<tr><th>{}</th><td>{}</td>", slot.number(), holds(self.0.zone, slot))?;
            for column in &COLUMNS {
                for (stage, mark) in self.0.marks(column, slot) {
                    self.cell(f, stage, &mark, column, slot)?;
                }
            }
            writeln!(f, "<td class=\"first\">{}</td></tr>", Terms(self.0.zone, slot))?;
        }
        f.write_str("</tbody></table></div>\n</body></html>\n")
    }
}

impl Html<'_> {
    fn cell(
        &self,
        f: &mut fmt::Formatter<'_>,
        stage: Stage,
        mark: &Mark,
        column: &Column,
        slot: Slot,
    ) -> fmt::Result {
        let class = match mark {
            Mark::Refused => "no",
            Mark::Dead => "dead",
            Mark::Allowed(_, needs) if needs.is_free() => "yes",
            Mark::Allowed(..) => "terms",
        };
        let first = if stage == Stage::ConfigLocked { " first" } else { "" };
        write!(f, "<td class=\"m {class}{first}\" title=\"{slot}, {stage}")?;
        for action in column.actions {
            match (
                self.0.permitted(stage).possible(slot, *action),
                self.0.zone.permission(slot, *action, stage),
            ) {
                (Some(needs), _) => write!(f, "; {action}: {needs}")?,
                (None, Some(_)) => write!(f, "; {action}: what it needs can never be had")?,
                (None, None) => write!(f, "; {action}: refused")?,
            }
        }
        write!(f, "\">{mark}</td>")
    }
}

#[cfg(test)]
mod tests {
    use crate::config::explain::Explain;
    use crate::config::{ConfigZone, preset};
    use std::string::ToString;

    #[test]
    fn a_page_with_a_row_a_slot() {
        let page = Explain::new(&ConfigZone::from_bytes(preset::FACTORY)).html().to_string();
        assert_eq!(page.matches("<tr>").count(), 18);
        assert_eq!(page.matches("<td class=\"m ").count(), 16 * 22 * 2);
        for tag in ["table", "tr>", "html", "body", "ul", "pre", "div", "td", "thead", "tbody", "li>"] {
            assert_eq!(
                page.matches(&std::format!("</{tag}")).count(),
                page.matches(&std::format!("<{tag}")).count()
            );
        }
        assert!(
            page.contains(
                "title=\"slot 3, after both locks; Read in clear: refused; Read encrypted: encrypted with slot 4, \
                 random nonce\">e4<"
            )
        );
    }
}
