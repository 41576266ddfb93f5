//! What holds for every rdata, hostile ones first.

use super::generator::{any_rdata, any_type};
use super::*;
use crate::name::NameRef;
use proptest::prelude::*;

/// Prints, reads back, and finds the same octets (I3).
fn round_trip(rrtype: Rrtype, rdata: &[u8]) -> Result<(), TestCaseError> {
    for shown in [present(rrtype, rdata), present_portable(rrtype, rdata)] {
        let text = shown.to_string();
        prop_assert!(text.bytes().all(|octet| (0x20..0x7f).contains(&octet)), "threat 22: {text}");
        let mut out = Vec::new();
        let read = parse(rrtype, &text, NameRef::ROOT, &mut out);
        if validate(rrtype, rdata).is_ok() {
            prop_assert_eq!(read, Ok(()), "{} {}", rrtype, text);
            prop_assert_eq!(&out, rdata, "{} {}", rrtype, text);
        } else {
            prop_assert!(read.is_err(), "{rrtype} {text}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn fitting_rdata_prints_and_reads_back((rrtype, rdata) in any_rdata()) {
        round_trip(rrtype, &rdata)?;
    }

    /// Threats 15–18, 21.
    #[test]
    fn any_octets_print_and_read_back_or_are_refused(
        rrtype in any_type(),
        rdata in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        round_trip(rrtype, &rdata)?;
    }

    /// Threats 15–18, 21, 35: one octet of a good rdata changed, or its end cut off.
    #[test]
    fn damaged_rdata_never_panics(
        (rrtype, mut rdata) in any_rdata(),
        at: proptest::sample::Index,
        octet: u8,
        cut: bool,
    ) {
        if !rdata.is_empty() {
            let at = at.index(rdata.len());
            rdata[at] = octet;
            if cut { rdata.truncate(at); }
        }
        round_trip(rrtype, &rdata)?;
        let mut out = Vec::new();
        if expand(&rdata, 0..rdata.len(), rrtype, &mut out).is_ok() {
            prop_assert_eq!(validate(rrtype, &out), Ok(()), "I1");
        }
    }

    #[test]
    fn canonical_form_is_valid_idempotent_and_changes_case_only((rrtype, rdata) in any_rdata()) {
        prop_assume!(validate(rrtype, &rdata).is_ok());
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        canonical_into(rrtype, &rdata, &mut once);
        canonical_into(rrtype, &once, &mut twice);
        prop_assert_eq!(&once, &twice);
        prop_assert!(once.eq_ignore_ascii_case(&rdata));
        prop_assert_eq!(validate(rrtype, &once), Ok(()));
    }

    #[test]
    fn any_text_is_read_or_refused(rrtype in any_type(), text in "[ -~\\n\\t]{0,60}") {
        let mut out = Vec::new();
        if parse(rrtype, &text, NameRef::ROOT, &mut out).is_ok() {
            prop_assert_eq!(validate(rrtype, &out), Ok(()));
        }
    }
}
