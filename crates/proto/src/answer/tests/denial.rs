//! Which proofs come with which answer: NSEC, NSEC3, and NSEC3 with opt-out.
//!
//! BIND signed the zones. Where it matters BIND, NSD and Knot were asked the same, and prove the same.

use super::*;
use std::collections::BTreeMap;

/// One zone, signed in three ways, which BIND's tools did.
static NSEC: LazyLock<Signed> = LazyLock::new(|| Signed::read(include_str!("denial/nsec.zone")));
static NSEC3: LazyLock<Signed> = LazyLock::new(|| Signed::read(include_str!("denial/nsec3.zone")));
static OPTOUT: LazyLock<Signed> =
    LazyLock::new(|| Signed::read(include_str!("denial/optout.zone")));

struct Signed {
    table: Table,
    /// What the owners of NSEC3 are the hashes of: lines `; hash name` of the file.
    names: BTreeMap<String, String>,
}

/// An answer in few words: head and rrsets by section, owner and type. A plus stands for the signatures right
/// behind, `proof` for any number of signed NSEC or NSEC3 in a row, whose names follow.
#[derive(Debug, PartialEq, Eq)]
struct Brief {
    rrsets: String,
    proof: String,
}

impl Signed {
    fn read(text: &str) -> Self {
        let words = text.lines().map(|line| line.split(' ').collect::<Vec<_>>());
        let names = words.filter_map(|words| match words[..] {
            [";", hash, name] => Some((format!("{hash}.z."), name.to_owned())),
            _ => None,
        });
        Self { table: table_of(text), names: names.collect() }
    }

    fn brief(&self, told: &Told) -> Brief {
        let mut rrsets = vec![told.head.clone()];
        for line in told.lines().iter().skip(1) {
            let words: Vec<_> = line.split(['\t', ' ']).collect();
            let (section, owner, rrtype) = (words[0], words[1], words[4]);
            let owner = self.names.get(&owner.to_lowercase()).map_or(owner, |name| name);
            let (rrset, over) =
                (format!("{section} {owner} {rrtype}"), format!("{section} {owner} {}", words[5]));
            match rrsets.last_mut() {
                Some(last) if *last == rrset => {}
                Some(last) if rrtype == "RRSIG" && last.trim_end_matches('+') == over => {
                    *last = over + "+";
                }
                Some(_) | None => rrsets.push(rrset),
            }
        }
        let is_proof = |rrset: &String| {
            let words: Vec<_> = rrset.split(' ').collect();
            matches!(words[..], ["authority", _, "NSEC+" | "NSEC3+"])
        };
        let names: Vec<_> = rrsets.iter().filter(|rrset| is_proof(rrset)).collect();
        let proof: Vec<_> = names.iter().filter_map(|rrset| rrset.split(' ').nth(1)).collect();
        let proof = proof.join(" ");
        rrsets.iter_mut().filter(|rrset| is_proof(rrset)).for_each(|rrset| *rrset = "proof".into());
        rrsets.dedup();
        Brief { rrsets: rrsets.join(" "), proof }
    }

    /// Asks with DO and without. Without it is the same, less all that is DNSSEC's (RFC 3225 §3).
    fn check(&self, question: &str, rrsets: &str, proof: &str) {
        let ask = |how: &str| Asking::parse(&format!("{question} tcp {how}")).ask(&self.table);
        let found = self.brief(&ask("do"));
        let expected = rrsets.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(found, Brief { rrsets: expected, proof: proof.to_owned() }, "{question}");
        let lines = ask("do").lines().into_iter().filter(|line| {
            let words: Vec<_> = line.split('\t').collect();
            let is_authority = line.starts_with("authority");
            let of_dnssec =
                is_authority && ["DS", "NSEC", "NSEC3"].contains(words.get(3).unwrap_or(&""));
            let is_asked = question.ends_with("RRSIG") && line.starts_with("answer");
            !of_dnssec && (is_asked || words.get(3) != Some(&"RRSIG"))
        });
        assert_eq!(ask("").lines(), lines.collect::<Vec<_>>(), "{question} without DO");
    }
}

/// The same rrsets from all three zones, and the proof of each.
fn check(question: &str, rrsets: &str, proofs: [&str; 3]) {
    for (zone, proof) in [&*NSEC, &*NSEC3, &*OPTOUT].into_iter().zip(proofs) {
        zone.check(question, rrsets, proof);
    }
}

#[test]
fn rfc4035_3_1_3_2_rfc5155_7_2_2_a_name_that_is_missing_is_covered_and_so_is_its_wildcard() {
    check(
        "nope.z. A",
        "NXDOMAIN aa authority z. SOA+ proof",
        ["*.none.z. z.", "z. cuts.z. *.again.z.", "z. *.loop.z. *.cut.z."],
    );
    check(
        "a.b.c.nope.z. A",
        "NXDOMAIN aa authority z. SOA+ proof",
        ["*.none.z. z.", "z. cuts.z. *.again.z.", "z. *.loop.z. *.cut.z."],
    );
    check(
        "x.ent.z. A",
        "NXDOMAIN aa authority z. SOA+ proof",
        ["a.b.ent.z. dname.z.", "ent.z. *.gone.z.", "ent.z. twice.again.z. *.long.z."],
    );
    check(
        "below.www.z. A",
        "NXDOMAIN aa authority z. SOA+ proof",
        ["www.z.", "www.z. next.z. *.none.z.", "www.z. long.z. chain.z."],
    );
    check(
        "x.here.wild.z. A",
        "NXDOMAIN aa authority z. SOA+ proof",
        ["here.wild.z.", "here.wild.z. z. *.again.z.", "here.wild.z. went.z. out.z."],
    );
    check(
        "x.cuts.z. A",
        "NXDOMAIN aa authority z. SOA+ proof",
        ["only.cuts.z. *.cut.z.", "cuts.z. z. *.again.z.", "z. dname.z. *.cut.z."],
    );
}

#[test]
fn rfc4035_3_1_3_1_rfc5155_7_2_3_a_type_that_is_missing_is_denied_by_its_name() {
    check("www.z. MX", "NOERROR aa authority z. SOA+ proof", ["www.z.", "www.z.", "www.z."]);
    check("z. A", "NOERROR aa authority z. SOA+ proof", ["z.", "z.", "z."]);
    check(
        "here.wild.z. A",
        "NOERROR aa authority z. SOA+ proof",
        ["here.wild.z.", "here.wild.z.", "here.wild.z."],
    );
    check("dname.z. A", "NOERROR aa authority z. SOA+ proof", ["dname.z.", "dname.z.", "dname.z."]);
    check(
        "*.wild.z. TXT",
        "NOERROR aa authority z. SOA+ proof",
        ["*.wild.z.", "*.wild.z.", "*.wild.z."],
    );
    check("z. DS", "NOERROR aa authority z. SOA+ proof", ["z.", "z.", "z."]);
    check("z. NSEC3", "NOERROR aa authority z. SOA+ proof", ["z.", "z.", "z."]);
    NSEC.check("z. NSEC3PARAM", "NOERROR aa authority z. SOA+ proof", "z.");
    NSEC3.check("z. NSEC3PARAM", "NOERROR aa answer z. NSEC3PARAM+", "");
    OPTOUT.check("z. NSEC3PARAM", "NOERROR aa answer z. NSEC3PARAM+", "");
}

#[test]
fn rfc4592_2_2_2_an_empty_non_terminal_is_covered_by_nsec_and_matched_by_nsec3() {
    check("ent.z. A", "NOERROR aa authority z. SOA+ proof", ["dname.z.", "ent.z.", "ent.z."]);
    check("b.ent.z. A", "NOERROR aa authority z. SOA+ proof", ["dname.z.", "b.ent.z.", "b.ent.z."]);
    check("wild.z. A", "NOERROR aa authority z. SOA+ proof", ["x.*.went.z.", "wild.z.", "wild.z."]);
    check(
        "ent.wild.z. A",
        "NOERROR aa authority z. SOA+ proof",
        ["*.wild.z.", "ent.wild.z.", "ent.wild.z."],
    );
    check("went.z. A", "NOERROR aa authority z. SOA+ proof", ["unsigned.z.", "went.z.", "went.z."]);
    check(
        "cuts.z. A",
        "NOERROR aa authority z. SOA+ proof",
        ["*.cut.z.", "cuts.z.", "z. dname.z."],
    );
}

#[test]
fn rfc4035_3_1_3_3_rfc5155_7_2_6_what_a_wildcard_stands_in_for_is_proven_missing() {
    check(
        "any.wild.z. A",
        "NOERROR aa answer any.wild.z. A+ proof",
        ["*.wild.z.", "b.ent.z.", "*.none.z."],
    );
    check(
        "a.b.wild.z. A",
        "NOERROR aa answer a.b.wild.z. A+ proof",
        ["*.wild.z.", "ent.wild.z.", "*.loop.z."],
    );
    NSEC.check("any.wild.z. NSEC", "NOERROR aa answer any.wild.z. NSEC+ proof", "*.wild.z.");
    NSEC3.check(
        "any.wild.z. NSEC",
        "NOERROR aa authority z. SOA+ proof",
        "wild.z. b.ent.z. *.wild.z.",
    );
    OPTOUT.check(
        "any.wild.z. NSEC",
        "NOERROR aa authority z. SOA+ proof",
        "wild.z. *.none.z. *.wild.z.",
    );
    check(
        "any.wild.z. RRSIG",
        "NOERROR aa answer any.wild.z. RRSIG proof",
        ["*.wild.z.", "b.ent.z.", "*.none.z."],
    );
    check(
        "any.wild.z. ANY",
        "NOERROR aa answer any.wild.z. A+ proof",
        ["*.wild.z.", "b.ent.z.", "*.none.z."],
    );
}

#[test]
fn rfc4035_3_1_3_4_rfc5155_7_2_5_a_type_the_wildcard_lacks_is_denied_with_name_and_wildcard() {
    check(
        "any.wild.z. TXT",
        "NOERROR aa authority z. SOA+ proof",
        ["*.wild.z.", "wild.z. b.ent.z. *.wild.z.", "wild.z. *.none.z. *.wild.z."],
    );
    check(
        "q.went.z. A",
        "NOERROR aa authority z. SOA+ proof",
        ["x.*.went.z. unsigned.z.", "went.z. z. *.went.z.", "went.z. signed.z. *.went.z."],
    );
}

#[test]
fn what_exists_needs_no_proof() {
    check("*.wild.z. A", "NOERROR aa answer *.wild.z. A+", ["", "", ""]);
    check("alias.z. TXT", "NOERROR aa answer alias.z. CNAME+ answer www.z. TXT+", ["", "", ""]);
    NSEC.check("z. NSEC", "NOERROR aa answer z. NSEC+", "");
    NSEC3.check("z. NSEC", "NOERROR aa authority z. SOA+ proof", "z.");
    OPTOUT.check("z. NSEC", "NOERROR aa authority z. SOA+ proof", "z.");
    check("z. DNSKEY", "NOERROR aa answer z. DNSKEY+", ["", "", ""]);
    check("www.z. ANY", "NOERROR aa answer www.z. A+", ["", "", ""]);
    check("www.z. RRSIG", "NOERROR aa answer www.z. RRSIG", ["", "", ""]);
    NSEC.check("alias.z. NSEC", "NOERROR aa answer alias.z. NSEC+", "");
    for zone in [&NSEC3, &OPTOUT] {
        let rrsets = "NOERROR aa answer alias.z. CNAME+ authority z. SOA+ proof";
        zone.check("alias.z. NSEC", rrsets, "www.z.");
    }
    check("mx.z. MX", "NOERROR aa answer mx.z. MX+ additional www.z. A+", ["", "", ""]);
}

/// The hash of www.z., which has NSEC3 and nothing else: even that is not answered with.
#[test]
fn rfc5155_7_2_8_what_stands_for_a_name_is_none_itself_and_is_proven_missing() {
    let hash = "059mohjhlgmu7prnhsal4frc99eu9h55.z.";
    let (rrsets, proof) = ("NXDOMAIN aa authority z. SOA+ proof", "z. here.wild.z. *.again.z.");
    for qtype in ["NSEC3", "A", "ANY", "RRSIG"] {
        NSEC3.check(&format!("{hash} {qtype}"), rrsets, proof);
    }
    NSEC3.check(&format!("x.{hash} A"), rrsets, proof);
}

/// Two links by one wildcard, or two names in one gap, are proven by one NSEC.
#[test]
fn every_wildcard_of_a_chain_is_proven_and_no_rrset_comes_twice() {
    check(
        "x.chain.z. A",
        "NOERROR aa answer x.chain.z. CNAME+ answer q.next.z. CNAME+ answer any.wild.z. A+ proof",
        ["*.chain.z. *.next.z. *.wild.z.", "*.gone.z. went.z. b.ent.z.", "*.none.z. *.loop.z."],
    );
    check(
        "x.again.z. A",
        "NOERROR aa
         answer x.again.z. CNAME+
         answer x.twice.again.z. CNAME+
         answer x.wild.z. A+ proof",
        ["*.twice.again.z. here.wild.z.", "*.dn.z. *.gone.z. cut.z.", "cut.z. b.ent.z. went.z."],
    );
    check(
        "x.dn.z. A",
        "NOERROR aa
         answer x.dn.z. CNAME+
         answer dname.z. DNAME+
         answer x.dname.z. CNAME
         answer x.wild.z. A+ proof",
        ["*.dn.z. here.wild.z.", "here.wild.z. cut.z.", "out.z. went.z."],
    );
    check(
        "x.dname.z. A",
        "NOERROR aa answer dname.z. DNAME+ answer x.dname.z. CNAME answer x.wild.z. A+ proof",
        ["here.wild.z.", "cut.z.", "went.z."],
    );
    check(
        "x.loop.z. A",
        "NOERROR aa answer x.loop.z. CNAME+ proof",
        ["*.loop.z.", "*.again.z.", "x.ent.wild.z."],
    );
    check(
        "x.loop.z. CNAME",
        "NOERROR aa answer x.loop.z. CNAME+ proof",
        ["*.loop.z.", "*.again.z.", "x.ent.wild.z."],
    );
    check(
        "x.out.z. A",
        "NOERROR aa answer x.out.z. CNAME+ proof",
        ["*.out.z.", "here.wild.z.", "*.loop.z."],
    );
}

#[test]
fn rfc6604_3_the_end_of_a_chain_is_denied_beside_its_wildcards() {
    check(
        "alias.z. MX",
        "NOERROR aa answer alias.z. CNAME+ authority z. SOA+ proof",
        ["www.z.", "www.z.", "www.z."],
    );
    check(
        "x.chain.z. TXT",
        "NOERROR aa answer x.chain.z. CNAME+ answer q.next.z. CNAME+ authority z. SOA+ proof",
        [
            "*.wild.z. *.chain.z. *.next.z.",
            "wild.z. b.ent.z. *.wild.z. *.gone.z. went.z.",
            "wild.z. *.none.z. *.wild.z. *.loop.z.",
        ],
    );
    check(
        "x.gone.z. A",
        "NXDOMAIN aa answer x.gone.z. CNAME+ authority z. SOA+ proof",
        ["*.none.z. z. *.gone.z.", "z. cuts.z. *.again.z.", "z. *.loop.z. *.cut.z."],
    );
    check(
        "x.none.z. MX",
        "NOERROR aa answer x.none.z. CNAME+ authority z. SOA+ proof",
        ["www.z. *.none.z.", "www.z. again.z.", "www.z. x.ent.wild.z."],
    );
    check(
        "x.dn.z. TXT",
        "NOERROR aa
         answer x.dn.z. CNAME+
         answer dname.z. DNAME+
         answer x.dname.z. CNAME
         authority z. SOA+ proof",
        [
            "here.wild.z. *.wild.z. *.dn.z.",
            "wild.z. cut.z. *.wild.z. here.wild.z.",
            "wild.z. went.z. *.wild.z. out.z.",
        ],
    );
    check(
        "x.dlong.z. A",
        "NXDOMAIN aa answer dlong.z. DNAME+ answer x.dlong.z. CNAME authority z. SOA+ proof",
        ["z.", "z. loop.z. *.again.z.", "z. ent.wild.z. *.cut.z."],
    );
    check(
        "x.long.z. A",
        "YXDOMAIN aa answer x.long.z. CNAME+ answer dlong.z. DNAME+ proof",
        ["*.long.z.", "*.twice.again.z.", "none.z."],
    );
}

#[test]
fn rfc4035_3_1_4_rfc5155_7_2_7_a_referral_has_ds_or_the_proof_that_there_is_none() {
    check(
        "signed.z. A",
        "NOERROR authority signed.z. NS authority signed.z. DS+ additional ns.signed.z. A",
        ["", "", ""],
    );
    check(
        "x.signed.z. A",
        "NOERROR authority signed.z. NS authority signed.z. DS+ additional ns.signed.z. A",
        ["", "", ""],
    );
    check(
        "unsigned.z. A",
        "NOERROR authority unsigned.z. NS proof additional ns.unsigned.z. A",
        ["unsigned.z.", "unsigned.z.", "z. out.z."],
    );
    check(
        "x.unsigned.z. DS",
        "NOERROR authority unsigned.z. NS proof additional ns.unsigned.z. A",
        ["unsigned.z.", "unsigned.z.", "z. out.z."],
    );
    check(
        "only.cuts.z. A",
        "NOERROR authority only.cuts.z. NS proof additional ns.unsigned.z. A",
        ["only.cuts.z.", "only.cuts.z.", "z. dname.z."],
    );
    check(
        "x.cut.z. A",
        "NOERROR aa
         answer x.cut.z. CNAME+
         authority unsigned.z. NS
         proof additional ns.unsigned.z. A",
        ["unsigned.z. *.cut.z.", "unsigned.z. cuts.z.", "z. out.z. next.z."],
    );
    check(
        "x.scut.z. A",
        "NOERROR aa
         answer x.scut.z. CNAME+
         authority signed.z. NS
         authority signed.z. DS+
         proof additional ns.signed.z. A",
        ["*.scut.z.", "*.next.z.", "*.wild.z."],
    );
}

#[test]
fn rfc4035_3_1_4_1_rfc5155_7_2_4_ds_and_nsec_of_a_cut_are_the_parents() {
    check("signed.z. DS", "NOERROR aa answer signed.z. DS+", ["", "", ""]);
    check(
        "unsigned.z. DS",
        "NOERROR aa authority z. SOA+ proof",
        ["unsigned.z.", "unsigned.z.", "z. out.z."],
    );
    check(
        "only.cuts.z. DS",
        "NOERROR aa authority z. SOA+ proof",
        ["only.cuts.z.", "only.cuts.z.", "z. dname.z."],
    );
    NSEC.check("signed.z. NSEC", "NOERROR aa answer signed.z. NSEC+", "");
    NSEC3.check(
        "signed.z. NSEC",
        "NOERROR authority signed.z. NS authority signed.z. DS+ additional ns.signed.z. A",
        "",
    );
    OPTOUT.check(
        "signed.z. NSEC",
        "NOERROR authority signed.z. NS authority signed.z. DS+ additional ns.signed.z. A",
        "",
    );
    NSEC.check("unsigned.z. NSEC", "NOERROR aa answer unsigned.z. NSEC+", "");
    NSEC3.check(
        "unsigned.z. NSEC",
        "NOERROR authority unsigned.z. NS proof additional ns.unsigned.z. A",
        "unsigned.z.",
    );
    OPTOUT.check(
        "unsigned.z. NSEC",
        "NOERROR authority unsigned.z. NS proof additional ns.unsigned.z. A",
        "z. out.z.",
    );
}

/// A4 and section by section: whatever the room, whole rrsets from the front, and TC if any of it is missing.
#[test]
fn a_proof_that_does_not_fit_truncates() {
    let questions = [
        "nope.z. A",
        "any.wild.z. A",
        "any.wild.z. TXT",
        "x.chain.z. A",
        "x.dn.z. TXT",
        "x.cut.z. A",
    ];
    for (zone, question) in [&*NSEC, &*NSEC3, &*OPTOUT].into_iter().zip(questions.repeat(3)) {
        let asking = Asking::parse(&format!("{question} do tcp"));
        let whole = asking.ask(&zone.table);
        let octets = asking.octets();
        let lines = |told: &Told| [told.answer.clone(), told.authority.clone()].concat();
        let least = octets.len();
        for room in least..=whole.octets.len() {
            let mut out = vec![0xa5; room];
            let outcome = respond_to(&zone.table, &asking.arrival(&octets), 1_232, &mut out);
            let told = Told::read(&out[..outcome.len], outcome);
            let is_whole = lines(&told) == lines(&whole);
            assert!(lines(&whole).starts_with(&lines(&told)), "{question} in {room} octets");
            let is_truncated = outcome.truncation == Truncation::Truncated;
            // Glue of the child is required, too.
            assert_eq!(
                is_truncated,
                !is_whole || told.additional != whole.additional,
                "{question} {room}"
            );
        }
    }
}
