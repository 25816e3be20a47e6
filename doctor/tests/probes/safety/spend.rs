//! Level `spend` locks nothing but its plan's configuration, and only after everybody agreed.

use atecc608_doctor::level::{Level, Stage};
use atecc608_doctor::line::Line;
use atecc608_doctor::plan::Plan;
use atecc608_doctor::report::{Host, Report};
use atecc608_doctor::run::{Attend, Halt, Loss, Order, examine};
use atecc608_sim::chip::{Eeprom, Readings};
use atecc608_sim::preset::Preset;
use atecc608_sim::{Bus, Chip};

use super::memory;
use crate::chip::{Agrees, blank, line, rehearsal, spent};
use crate::faulty::{Fault, Faulty};

/// A short run: one question, all stages.
fn order(plan: Plan) -> Order<'static> {
    let rehearsal = Some(rehearsal(plan));
    Order { plan: Some(plan), only: Some("beyond-zone"), rehearsal, ..Order::new(Level::Spend) }
}

fn run(line: &mut dyn Line, plan: Plan, report: &mut Report, attend: &mut dyn Attend) -> Result<(), Halt> {
    examine(line, 0x60, Host::default(), order(plan), report, attend)
}

/// What is locked is the plan's, to the bit; counters, locks and one-time bytes are none of it.
fn only_the_plan_is_locked(bus: &Bus, plan: Plan, what: &str) {
    let config = memory(bus).config;
    if Stage::of(&config) != Stage::Unlocked {
        assert_eq!(Plan::of(&config), Some(plan), "{what}");
    }
}

#[test]
fn a_spent_chip_has_the_configuration_of_its_plan() {
    for plan in Plan::ALL {
        let bus = blank(Readings::default());
        spent(&bus, plan);
        assert_eq!(Stage::of(&memory(&bus).config), Stage::DataLocked);
        only_the_plan_is_locked(&bus, plan, "all questions");
    }
}

/// At many writes and reads something goes wrong once. Whatever comes of it, no other configuration is locked; and the next run
/// ends well, with each question answered once in each state.
#[test]
fn no_other_configuration_is_locked_if_anything_goes_wrong() {
    let plan = Plan::A;
    let mut count = Faulty::counting(line(&blank(Readings::default())));
    run(&mut count, plan, &mut Report::new(Level::Spend, Some(plan)), &mut Agrees).unwrap();
    for fault in [Fault::Lost, Fault::Unheard, Fault::Arbitration, Fault::Flipped, Fault::Dead] {
        for nth in count.places() {
            let what = format!("{fault:?} at transfer {nth}");
            let bus = blank(Readings::default());
            let mut report = Report::new(Level::Spend, Some(plan));
            let _ = run(&mut Faulty::new(line(&bus), fault, nth), plan, &mut report, &mut Agrees);
            only_the_plan_is_locked(&bus, plan, &what);
            bus.power_cycle();
            bus.advance(2_000_000_000);
            run(&mut line(&bus), plan, &mut report, &mut Agrees)
                .unwrap_or_else(|halt| panic!("{what}: {halt}"));
            assert_eq!(Stage::of(&memory(&bus).config), Stage::DataLocked, "{what}");
            let mut stages: Vec<_> = report.findings.iter().map(|finding| finding.stage).collect();
            stages.dedup();
            assert_eq!(stages, [Stage::Unlocked, Stage::ConfigLocked, Stage::DataLocked], "{what}");
        }
    }
}

/// Agrees to so many losses.
struct Agreeable {
    left: usize,
    asked: Vec<Loss>,
}

impl Attend for Agreeable {
    fn agree(&mut self, loss: Loss, _: &[u8; 9]) -> bool {
        self.asked.push(loss);
        let agrees = self.left > 0;
        self.left = self.left.saturating_sub(1);
        agrees
    }
}

#[test]
fn each_loss_is_asked_for_before_it_happens() {
    let plan = Plan::B;
    let losses = [Loss::Chip, Loss::Config(plan), Loss::Data(plan)];
    let stages = [Stage::Unlocked, Stage::Unlocked, Stage::ConfigLocked, Stage::DataLocked];
    for (left, stage) in stages.into_iter().enumerate() {
        let bus = blank(Readings::default());
        let before = memory(&bus);
        let mut attend = Agreeable { left, asked: Vec::new() };
        let result = run(&mut line(&bus), plan, &mut Report::new(Level::Spend, Some(plan)), &mut attend);
        assert_eq!(Stage::of(&memory(&bus).config), stage);
        assert_eq!(attend.asked, losses[..losses.len().min(left + 1)]);
        match losses.get(left) {
            Some(loss) => assert_eq!(result, Err(Halt::NotAgreed(*loss))),
            None => assert_eq!(result, Ok(())),
        }
        if stage == Stage::Unlocked {
            assert_eq!(memory(&bus), before);
        }
    }
    let said: Vec<_> = losses.iter().map(ToString::to_string).collect();
    assert!(said.iter().all(|said| said.contains("is lost")) && said[0] != said[1] && said[1] != said[2]);
}

#[test]
fn no_chip_is_spent_without_a_rehearsal_of_the_same_plan() {
    for rehearsal in [None, Some(rehearsal(Plan::B))] {
        let bus = blank(Readings::default());
        let before = memory(&bus);
        let order = Order { plan: Some(Plan::A), rehearsal, ..Order::new(Level::Spend) };
        let mut report = Report::new(Level::Spend, Some(Plan::A));
        let result = examine(&mut line(&bus), 0x60, Host::default(), order, &mut report, &mut Agrees);
        assert_eq!((result, memory(&bus)), (Err(Halt::NotRehearsed), before));
    }
}

#[test]
fn a_chip_that_is_not_blank_is_not_spent() {
    let mut chips: Vec<(Bus, u8)> = Vec::new();
    for preset in Preset::ALL {
        let bus = Bus::new();
        bus.add(preset.chip(1));
        chips.push((bus, preset.address()));
    }
    let other = blank(Readings::default());
    spent(&other, Plan::B);
    chips.push((other, 0x60));
    // One byte of anything but its identity.
    for place in (16..128).filter(|place| !(86..88).contains(place)) {
        let mut eeprom = Chip::blank(2).eeprom().clone();
        let mut config = *eeprom.config();
        let wanted = Plan::A.design().layout.on(&config);
        config[place] = (0..=0xFF).find(|byte| *byte != config[place] && *byte != wanted[place]).unwrap();
        let address = if place == 16 { config[16] >> 1 } else { 0x60 };
        eeprom.set_config(&config);
        let bus = Bus::new();
        bus.add(Chip::with_eeprom(eeprom));
        chips.push((bus, address));
    }
    for (bus, address) in chips {
        let before = memory(&bus);
        let mut report = Report::new(Level::Spend, Some(Plan::A));
        let result =
            examine(&mut line(&bus), address, Host::default(), order(Plan::A), &mut report, &mut Agrees);
        assert!(matches!(result, Err(Halt::Chip(_))), "{result:?}: {before:?}");
        assert_eq!(memory(&bus), before);
    }
}

/// Somebody puts in another chip while the serial number is typed, for any of the three losses: a blank one, one that is
/// somebody's and open, and one that waits for its data lock. It is left as it is.
#[test]
fn the_chip_that_is_spent_is_the_one_that_was_agreed_to() {
    struct Swaps(Bus, usize, Eeprom);
    impl Attend for Swaps {
        fn agree(&mut self, _: Loss, _: &[u8; 9]) -> bool {
            if self.1 == 0 {
                self.0.replace(atecc608_sim::ChipId::FIRST, Chip::with_eeprom(self.2.clone()));
            }
            self.1 = self.1.wrapping_sub(1);
            true
        }
    }
    for plan in Plan::ALL {
        let mut begun = Chip::blank(97).eeprom().clone();
        let mut config = plan.design().layout.on(begun.config());
        begun.set_config(&config);
        let somebodys = begun.clone();
        config[87] = 0x00;
        begun.set_config(&config);
        for other in [Chip::blank(99).eeprom(), &somebodys, &begun] {
            for losses in 0..3 {
                let bus = blank(Readings::default());
                let mut report = Report::new(Level::Spend, Some(plan));
                let mut attend = Swaps(bus.clone(), losses, other.clone());
                let result = run(&mut line(&bus), plan, &mut report, &mut attend);
                assert!(
                    result.clone().is_err_and(|halt| halt.to_string().contains("another chip")),
                    "{result:?}"
                );
                let untouched = Bus::new();
                untouched.add(Chip::with_eeprom(other.clone()));
                assert_eq!(memory(&bus), memory(&untouched), "{losses}");
            }
        }
    }
}
