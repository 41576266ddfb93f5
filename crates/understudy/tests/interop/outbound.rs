//! What others pull from us is what we hold (E-3, E-4).

use peers::ask;
use peers::daemon::{self, Zone};
use peers::named;
use peers::records::{self, APEX};

/// Settings that give every zone to this machine.
const OPEN: &str = "\n[transfer]\nallow = [\"127.0.0.0/8\", \"::1\"]\n";

#[test]
fn what_is_transferred_from_us_is_what_was_transferred_to_us() {
    let named = named::Setup::new(APEX, &records::zone(1)).start();
    let mut setup = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]);
    setup.further = OPEN.to_owned();
    let daemon = setup.start();
    daemon.wait_for_serial(APEX, 1);
    let sorted = |at| {
        let mut records: Vec<_> = ask::axfr(at, APEX)
            .unwrap()
            .into_iter()
            .map(|record| {
                (record.owner.folded().to_string(), record.rrtype, record.ttl, record.rdata)
            })
            .collect();
        records.sort();
        records
    };
    assert_eq!(sorted(daemon.at), sorted(named.at));
}
