//! The records of zones against their content: which are missing, and which name another zone.
//!
//! Pure. Content has checksums of its own and names its apex; a record in SQLite has neither. So the
//! content is believed.
//!
//! Invariants: Z1 content is never given to a zone of another name. Z2 a zone that was removed does
//! not come back: its number was given, and has no record any more.

use crate::meta::{RowFix, WhatIsWrong, ZoneRow};
use std::collections::{BTreeMap, BTreeSet};
use wire::name::NameRef;
use zone::ZoneId;

/// What is to be put right. `given` is the highest number of which it is certain that the records know.
pub(crate) fn fixes(
    rows: &[ZoneRow],
    contents: &BTreeMap<ZoneId, NameRef<'_>>,
    given: u32,
) -> Vec<RowFix> {
    let by_id: BTreeMap<_, _> = rows.iter().map(|row| (row.id, row.key.apex.as_ref())).collect();
    let mut named: BTreeSet<String> =
        rows.iter().map(|row| folded(row.key.apex.as_ref())).collect();
    let mut fixes = Vec::new();
    for (id, apex) in contents {
        let what = match by_id.get(id) {
            Some(recorded) if *recorded == *apex => continue,
            Some(_) => WhatIsWrong::Apex,
            None if id.0 > given => WhatIsWrong::Missing,
            None => continue, // Z2
        };
        // Of two that have the same name, the one on record is the zone.
        if named.insert(folded(*apex)) {
            fixes.push(RowFix { id: *id, apex: apex.to_name(), what });
        }
    }
    fixes
}

fn folded(apex: NameRef<'_>) -> String {
    apex.to_name().to_lower_case().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recovery::ZoneKey;
    use wire::name::Name;

    /// `1=a. 2=b.` of records and of contents to what is put right: `2+b.` is added, `2!b.` renamed.
    fn check(rows: &str, contents: &str, given: u32, expected: &str) {
        let pairs = |text: &str| -> Vec<(ZoneId, Name)> {
            let pair = |word: &str| {
                let (id, apex) = word.split_once('=').unwrap();
                (ZoneId(id.parse().unwrap()), apex.parse().unwrap())
            };
            text.split_whitespace().map(pair).collect()
        };
        let row = |(id, apex)| ZoneRow { id, key: ZoneKey { view: "default".into(), apex } };
        let rows: Vec<_> = pairs(rows).into_iter().map(row).collect();
        let contents = pairs(contents);
        let contents = contents.iter().map(|(id, apex)| (*id, apex.as_ref())).collect();
        let told = |fix: &RowFix| match fix.what {
            WhatIsWrong::Missing => format!("{}+{}", fix.id.0, fix.apex),
            WhatIsWrong::Apex => format!("{}!{}", fix.id.0, fix.apex),
        };
        let found: Vec<_> = fixes(&rows, &contents, given).iter().map(told).collect();
        assert_eq!(found.join(" "), expected, "{contents:?}");
    }

    #[test]
    fn content_says_what_a_record_that_is_missing_or_wrong_was() {
        check("1=a. 2=b.", "1=a. 2=B.", 2, "");
        check("1=a. 2=c.", "1=a. 2=b.", 2, "2!b.");
        // The file was made anew, or lost its last transactions.
        check("", "1=a. 2=b.", 0, "1+a. 2+b.");
        check("1=a.", "1=a. 2=b.", 1, "2+b.");
        // It was removed, and maybe added again.
        check("1=a.", "1=a. 2=b.", 2, "");
        check("1=a. 3=b.", "1=a. 2=b.", 3, "");
        check("1=a. 3=b.", "1=a. 2=b. 3=b.", 0, "");
        // Two contents of one name: one zone.
        check("", "1=a. 2=a.", 0, "1+a.");
        check("1=a. 2=b.", "1=b. 2=b.", 2, "");
    }
}
