//! A validator of BIND's accepts what we serve: `delv`, whose only trust anchor is the zone's own key.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use peers::{ask, program};

use crate::servers;
use crate::subject::{self, Kind};

const DNSKEY: u16 = 48;
const SECURE: &str = "; fully validated";
const SECURE_DENIAL: &str = "; negative response, fully validated";
/// Expanded from a wildcard where opt-out proves only that no signed name is closer (RFC 5155 §12.2).
const INSECURE: &str = "; unsigned answer";

/// File of the zone, name below its apex, type, verdict; and under opt-out.
const VERDICTS: &[(&str, &str, &str, &str, &str)] = &[
    ("delegations", "ns1", "A", SECURE, SECURE),
    ("delegations", "alias", "AAAA", SECURE, SECURE),
    ("delegations", "ns1", "TXT", SECURE_DENIAL, SECURE_DENIAL),
    ("delegations", "absent", "A", SECURE_DENIAL, SECURE_DENIAL),
    ("delegations", "a.b.c.absent", "A", SECURE_DENIAL, SECURE_DENIAL),
    ("delegations", "ent2", "A", SECURE_DENIAL, SECURE_DENIAL),
    ("delegations", "signed", "DS", SECURE, SECURE),
    ("delegations", "unsigned1", "DS", SECURE_DENIAL, SECURE_DENIAL),
    ("delegations", "cut.ent1", "DS", SECURE_DENIAL, SECURE_DENIAL),
    ("delegations", "any.w", "A", SECURE, INSECURE),
    ("delegations", "any.w", "TXT", SECURE_DENIAL, SECURE_DENIAL),
    ("dnames", "www.dn", "A", SECURE, SECURE),
    ("dnames", "www.chain1", "TXT", SECURE, SECURE),
    ("wildcards", "a.b.c.alias", "A", SECURE, SECURE),
    ("wildcards", "made-up", "MX", SECURE, INSECURE),
    ("wildcards", "made-up", "A", SECURE_DENIAL, SECURE_DENIAL),
    ("wildcards", "x.wildent", "A", SECURE_DENIAL, SECURE_DENIAL),
];

#[test]
fn nsec_zones_are_accepted_by_a_validator() {
    check(Kind::Nsec);
}

#[test]
fn nsec3_zones_are_accepted_by_a_validator() {
    check(Kind::Nsec3);
    check(Kind::Nsec3Salted);
}

#[test]
fn opt_out_zones_are_accepted_by_a_validator() {
    check(Kind::OptOut);
}

#[test]
fn zones_signed_by_ldns_are_accepted_by_a_validator() {
    check(Kind::Ldns);
}

#[track_caller]
fn check(kind: Kind) {
    let mut zones = subject::zones(kind);
    let is_asked =
        |apex: &str| VERDICTS.iter().any(|verdict| apex.split('.').next() == Some(verdict.0));
    zones.retain(|zone| is_asked(&zone.apex));
    let (_primary, ours) = servers::ours(&zones);
    let folder = tempfile::tempdir().expect("a folder for trust anchors");
    let mut faults = Vec::new();
    for (file, name, rrtype, verdict, under_opt_out) in VERDICTS {
        let apex = format!("{file}.{}.", kind.text());
        let anchors = folder.path().join(file);
        std::fs::write(&anchors, trust_anchors(ours.at, &apex)).expect("trust anchors");
        let verdict = if kind == Kind::OptOut { under_opt_out } else { verdict };
        let said = delv(ours.at, &apex, &anchors, &[&format!("{name}.{apex}"), rrtype]);
        if !said.lines().any(|line| line == *verdict) {
            faults.push(format!("{name}.{apex} {rrtype} is not{}:\n{said}", &verdict[1..]));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The zone's own keys, as `delv` reads them.
fn trust_anchors(server: SocketAddr, apex: &str) -> String {
    let answer = ask::ask(server, apex, DNSKEY).expect("the keys of the zone");
    let keys = answer.answers_of(DNSKEY).map(|record| {
        let (flags, rest) = record.rdata.split_first_chunk().expect("the rdata of a key");
        let flags = u16::from_be_bytes(*flags);
        let key = data_encoding::BASE64.encode(&rest[2..]);
        format!("\"{apex}\" static-key {flags} {} {} \"{key}\";\n", rest[0], rest[1])
    });
    format!("trust-anchors {{\n{}}};\n", keys.collect::<String>())
}

fn delv(server: SocketAddr, root: &str, anchors: &Path, question: &[&str]) -> String {
    let mut command = Command::new(program::find("delv"));
    command.arg(format!("@{}", server.ip())).args(["-p", &server.port().to_string()]);
    command.arg("-a").arg(anchors).arg(format!("+root={root}")).args(question);
    let output = command.output().expect("delv");
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
}
