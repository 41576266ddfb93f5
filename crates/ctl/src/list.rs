//! `zone list`.

use crate::page::{Cell, Page};
use crate::text;
use crate::when::Now;
use api::ZoneItem;
use std::collections::BTreeMap;

/// One line for each zone: the worst first, then by name.
pub(crate) fn write(page: &mut Page, zones: &[ZoneItem], now: Now) {
    if zones.is_empty() {
        page.line(
            "no zones; `[[zone]]` in understudy.toml makes one, `understudy reload` reads it",
        );
        return;
    }
    let with_views = zones.iter().any(|zone| zone.view != "default");
    let mut sorted: Vec<&ZoneItem> = zones.iter().collect();
    sorted.sort_by(|a, b| (a.state, &a.name, &a.view).cmp(&(b.state, &b.name, &b.view)));
    let mut rows = vec![heading(with_views)];
    rows.extend(sorted.into_iter().map(|zone| row(zone, with_views, now)));
    let numbers = if with_views { [3, 4, 5, 6] } else { [2, 3, 4, 5] };
    page.table(&rows, &numbers);
    page.line(&summary(zones));
}

fn heading(with_views: bool) -> Vec<Cell> {
    let mut cells = vec!["ZONE", "STATE", "PRIMARY", "HELD", "SERVED", "RECORDS"];
    cells.extend(["CONFIRMED", "EXPIRES", "FAILURE"]);
    if with_views {
        cells.insert(1, "VIEW");
    }
    cells.into_iter().map(Cell::from).collect()
}

fn row(zone: &ZoneItem, with_views: bool, now: Now) -> Vec<Cell> {
    let serial = |serial: Option<u32>| Cell::from(serial.map_or("-".into(), |s| s.to_string()));
    let moment = |at: &Option<api::Timestamp>| {
        Cell::from(at.as_ref().map_or_else(|| "-".to_owned(), |at| now.away(at)))
    };
    let mut cells = vec![
        text::line(&zone.name).into(),
        Cell::State(zone.state),
        serial(zone.serial.primary),
        serial(zone.serial.held),
        serial(zone.serial.served),
        zone.records.to_string().into(),
        moment(&zone.last_success_at),
        moment(&zone.expires_at),
        zone.failure_code.as_deref().map_or_else(|| "-".to_owned(), text::line).into(),
    ];
    if with_views {
        cells.insert(1, text::line(&zone.view).into());
    }
    cells
}

fn summary(zones: &[ZoneItem]) -> String {
    let mut counts = BTreeMap::new();
    for zone in zones {
        *counts.entry(zone.state).or_insert(0_u64) += 1;
    }
    let counts: Vec<String> =
        counts.into_iter().map(|(state, number)| format!("{number} {state}")).collect();
    let number = text::counted(zones.len() as u64, "zone", "zones");
    format!("{number}: {}", counts.join(", "))
}
