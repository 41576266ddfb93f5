use super::*;
use crate::testing::zone;
use core::fmt::Write;
use wire::record::Record;

/// Names enough for several pages, of which some stand aside, with more than one rrset and record each.
fn sample() -> Version {
    let mut text = String::from("@ NSEC3PARAM 1/0/0/aa\n@ TXT one\n@ TXT two\n");
    for number in 0..40 {
        writeln!(text, "n{number} A 192.0.2.{number}\nn{number} A 198.51.100.{number}").unwrap();
        writeln!(text, "n{number} TXT a\nn{number} RRSIG A\nN{number} TXT b").unwrap();
        let hash = format!("{number:0>32}");
        writeln!(text, "{hash} NSEC3 1/0/0/aa\n{hash} RRSIG NSEC3").unwrap();
        if number % 7 == 0 {
            writeln!(text, "{hash} TXT beside").unwrap();
        }
    }
    zone(&text)
}

fn in_one_piece(version: &Version) -> Vec<Record> {
    let mut owner = NameBuf::new();
    let mut records = Vec::new();
    for (leaf, rrset) in version.rrsets() {
        leaf.owner(&mut owner);
        for rdata in rrset.rdatas() {
            let (rrtype, class, ttl) = (rrset.rrtype(), Class::IN, rrset.ttl());
            let record = RecordRef { owner: owner.as_ref(), rrtype, class, ttl, rdata };
            records.push(record.to_record());
        }
    }
    records
}

#[test]
fn pieces_of_any_size_are_the_whole_in_its_order() {
    let version = sample();
    let whole = in_one_piece(&version);
    assert_eq!(whole.len() as u64, version.record_count());
    for size in [1, 2, 3, 7, 50, whole.len() - 1, whole.len(), 1_000] {
        let (mut cursor, mut seen) = (Cursor::START, Vec::new());
        loop {
            let mut left = size;
            let walk = version.walk_from(&mut cursor, |record| {
                if left == 0 {
                    return ControlFlow::Break(record.to_record());
                }
                left -= 1;
                seen.push(record.to_record());
                ControlFlow::Continue(())
            });
            match walk {
                ControlFlow::Break(next) => assert_eq!(Some(&next), whole.get(seen.len())),
                ControlFlow::Continue(()) => break,
            }
        }
        assert_eq!(seen, whole, "pieces of {size}");
    }
}
