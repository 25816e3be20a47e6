//! The pages that are made from the list of questions. `DOCTOR_DOCS=overwrite cargo test -p atecc608-doctor` writes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use atecc608_doctor::level::{Level, Stage};
use atecc608_doctor::probe::{Probe, slug};
use atecc608_doctor::probes;
use atecc608_doctor::report::{Host, Report};
use atecc608_doctor::run::{Order, examine};
use atecc608_doctor::settled::SETTLED;
use atecc608_sim::chip::Readings;

use crate::chip::{Agrees, blank, line};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

/// The page says what it should.
fn is(path: &str, wanted: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if std::env::var("DOCTOR_DOCS").is_ok_and(|what| what == "overwrite") {
        fs::write(&file, wanted).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    let other = found.lines().zip(wanted.lines()).find(|(found, wanted)| found != wanted);
    assert!(
        found == wanted,
        "{path} is not what it should be, from {other:?} on; DOCTOR_DOCS=overwrite writes it"
    );
}

/// Cells of a table's rows.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter_map(|line| {
        let cells = line.strip_prefix("| ")?.strip_suffix(" |")?;
        Some(cells.split(" | ").map(str::trim).collect())
    })
}

/// A row of the chip reference: U1 or D1.
fn is_number(point: &str) -> bool {
    point.strip_prefix(['U', 'D']).is_some_and(|number| number.parse::<u8>().is_ok())
}

/// Every point there is, in order, with its question in short: those of section 9 of the chip reference, and what the
/// simulator had to decide besides.
fn points() -> Vec<(String, String)> {
    let (reference, decided) = (read("docs/chip-reference.md"), read("sim/docs/unverified.md"));
    let section = &reference[reference.find("\n## 9. ").unwrap()..reference.find("\n## 10. ").unwrap()];
    let mut points: Vec<(String, String)> = rows(section)
        .filter(|cells| is_number(cells[0]))
        .map(|cells| (cells[0].to_owned(), cells[1].to_owned()))
        .collect();
    assert!(points.len() > 80, "the chip reference has {} points", points.len());
    let order = |point: &str| (point.starts_with('D'), point[1..].parse::<u8>().unwrap());
    points.sort_by_key(|(point, _)| order(point));
    for cells in rows(&decided).filter(|cells| is_number(cells[0])) {
        assert!(
            points.iter().any(|(point, _)| point == cells[0]),
            "{} is no point of the reference",
            cells[0]
        );
    }
    let silent = &decided[decided.find("\n## Where the reference is silent").unwrap()..];
    let questions = rows(silent).map(|cells| cells[0]).filter(|question| *question != "Question");
    points.extend(questions.map(|question| (slug(question), question.to_owned())));
    assert!(points.len() > 120, "there are {} points", points.len());
    points
}

#[test]
fn every_point_is_told_by_a_probe_or_listed_with_the_reason_why_not() {
    let points = points();
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for point in probes::all().flat_map(|probe| probe.points) {
        told.entry(point).or_insert(1);
    }
    for untold in probes::untold() {
        assert!(untold.why.len() > 20 || untold.why.starts_with("As "), "{}: {}", untold.point, untold.why);
        *told.entry(untold.point).or_default() += 1;
    }
    for (point, question) in &points {
        match told.remove(point.as_str()) {
            Some(1) => {}
            Some(_) => {
                panic!("{point} ({question}) is listed twice, as told and as untold or twice as untold")
            }
            None => panic!("{point} ({question}) is neither told nor listed as untold"),
        }
    }
    assert!(told.is_empty(), "no points: {told:?}");
}

fn whom(probe: &Probe) -> String {
    let stage = match probe.stage {
        Stage::Any => String::new(),
        stage => format!(", {}", stage.name()),
    };
    let plan = probe.plan.map(|plan| format!(", plan {}", plan.name())).unwrap_or_default();
    format!("{}{stage}{plan}", probe.level.name())
}

fn row((point, question): &(String, String)) -> String {
    let mut of: Vec<(String, Vec<String>)> = Vec::new();
    for probe in probes::all().filter(|probe| probe.points.contains(&point.as_str())) {
        let (whom, name) = (whom(probe), format!("`{}`", probe.name));
        match of.iter_mut().find(|(others, _)| *others == whom) {
            Some((_, names)) => names.push(name),
            None => of.push((whom, vec![name])),
        }
    }
    let untold = probes::untold().find(|untold| untold.point == point);
    let settled = SETTLED.iter().find(|settled| settled.point == point);
    let state = match (settled, untold) {
        (Some(settled), _) => format!("settled by {}", settled.by),
        (None, Some(untold)) => format!("can't be told: {}", untold.why),
        (None, None) => "simulator decided, silicon not asked".into(),
    };
    let asks: Vec<_> = of.iter().map(|(whom, names)| format!("{whom}: {}", names.join(", "))).collect();
    let point = if is_number(point) { point.as_str() } else { "silent" };
    let asks = if asks.is_empty() { "none".into() } else { asks.join("; ") };
    format!("| {point} | {question} | {asks} | {state} |\n")
}

#[test]
fn the_page_has_a_row_for_each_point() {
    const BEGIN: &str = "<!-- Made from the list of questions; a test keeps it so. -->\n";
    const END: &str = "<!-- Up to here. -->\n";
    let page = read("docs/doctor.md");
    let (before, rest) = page.split_once(BEGIN).expect("where the table begins");
    let (_, after) = rest.split_once(END).expect("where it ends");
    let points = points();
    let untold = probes::untold().count();
    let table: String = points.iter().map(row).collect();
    let said = format!(
        "{} points, {} probes. {} points can be told by a probe, {untold} can't. {} are settled.\n\n",
        points.len(),
        probes::all().count(),
        points.len() - untold,
        SETTLED.len(),
    );
    let head =
        "| Point | Question | Asked at level, in state, on plan: by probe | State |\n|---|---|---|---|\n";
    is("docs/doctor.md", &format!("{before}{BEGIN}{said}{head}{table}{END}{after}"));
}

/// The report of a blank simulated chip.
fn example() -> Report {
    let bus = blank(Readings::default());
    let host = Host {
        date: "2026-11-30".into(),
        program: "atecc 0.1.0".into(),
        bus: "a simulated bus".into(),
        simulated: true,
        clock_hz: Some(100_000),
        ..Host::default()
    };
    let mut report = Report::new(Level::Blank, None);
    examine(&mut line(&bus), 0x60, host, Order::new(Level::Blank), &mut report, &mut Agrees).unwrap();
    report.signed_off(Some("the simulator".into()))
}

#[test]
fn the_example_is_what_the_simulator_gives() {
    let report = example();
    is("docs/doctor/blank.json", &report.to_json());
    is("docs/doctor/blank.txt", &report.to_string());
    assert_eq!(report.unchanged(), Ok(()));
}

/// Names are typed, and are found in reports years later.
#[test]
fn names_and_answers_are_well_formed() {
    let mut names: Vec<_> = probes::all().map(|probe| probe.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "a name is there twice: {names:?}");
    for probe in probes::all() {
        let letters = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        assert!(probe.name.chars().all(letters), "{}", probe.name);
        assert!(probe.question.ends_with('?') && !probe.points.is_empty(), "{}", probe.name);
        assert!(probe.answers.len() > 1, "{}: no other answer", probe.name);
        for (index, answer) in probe.answers.iter().enumerate() {
            assert_eq!(answer.change.is_empty(), index == 0, "{}: {}", probe.name, answer.says);
            assert!(
                !answer.says.is_empty() && !answer.says.ends_with('.'),
                "{}: {}",
                probe.name,
                answer.says
            );
        }
        // A plan's question is one of a spent chip.
        assert!(probe.plan.is_none() || probe.level == Level::Spend, "{}", probe.name);
    }
}
