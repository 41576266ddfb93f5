//! The chains of the zones: every NSEC3 record, found by how its hash begins.

/// A zone's chain: each record's hash, and the types it says are there.
struct Chain {
    apex: &'static str,
    soa: &'static str,
    records: &'static [(&'static str, &'static str)],
}

/// Of the zone of appendix A. Hashes and types stand there.
const EXAMPLE: Chain = Chain {
    apex: "example.",
    soa: "example. 3600 SOA ns1.example. bugs.x.w.example. 1 3600 300 3600000 3600",
    records: &[
        ("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "NS SOA MX RRSIG DNSKEY NSEC3PARAM"), // example
        ("2t7b4g4vsa5smi47k61mv5bv1a22bojr", "A RRSIG"),                           // ns1
        ("2vptu5timamqttgl4luu9kg21e0aor3s", "MX RRSIG"),                          // x.y.w
        ("35mthgpgcu1qg68fab165klnsnk3dpvl", "NS DS RRSIG"),                       // a
        ("b4um86eghhds6nea196smvmlo4ors995", "MX RRSIG"),                          // x.w
        ("gjeqe526plbf1g8mklp59enfd789njgi", "A HINFO AAAA RRSIG"),                // ai
        ("ji6neoaepv8b5o6k4ev33abha8ht9fgc", ""),                                  // y.w
        ("k8udemvp1j2f7eg6jebps17vp3n8i58h", ""),                                  // w
        ("kohar7mbb8dc2ce8a9qvl8hon4k53uhi", "A RRSIG"), // what looks like ns1's hash
        ("q04jkcevqvmu85r014c7dkba38o0ji5r", "A RRSIG"), // ns2
        ("r53bq7cc2uvmubfu5ocmm6pers9tk9en", "MX RRSIG"), // *.w
        ("t644ebqk9bibcna874givr6joj62mlhv", "A HINFO AAAA RRSIG"), // xx
    ],
};

/// Of `signed.zone`: no salt, no iterations, nothing left out.
const SIGNED: Chain = Chain {
    apex: "signed.test.",
    soa: "signed.test. 600 SOA ns.signed.test. hostmaster.signed.test. 1 7200 900 1209600 600",
    records: &[
        ("0oh6v0vegq5m40dsn6hdtja8cv58g6de", "NS"), // beside
        ("18263ke2naheodq5oji18olrbvq1giq0", "CNAME RRSIG"), // tocut
        ("1ob173l7spjc9gefm6o7keljd18sd21b", "A TXT RRSIG"), // host
        ("4mtj8hga2h6uas807v5td53llcnhk96v", "TXT RRSIG"), // big
        ("6vulu2pec0tdidb37vuuul2ubvt79aip", "CNAME RRSIG"), // alias
        ("7h80jum3hc24rjkt3pa4aa1ksb0s4d09", "TXT RRSIG"), // x.y.ent
        ("ccpb6osm4er4k3hpc1u8kasdgjgcpg38", ""),   // target
        ("cp33avje1b1afni1sli8mua9anvdf20h", "A RRSIG"), // a.target
        ("d3taun878f04cq1u0q0gn9nv4r7shtkj", "NS"), // insecure
        ("ddvble6hc7dlf81ltpf1e4t3jlibfkne", "NS"), // unsigned
        ("dl7ha3hpftcmqqda9fnj11blfhepflg2", "TXT RRSIG"), // *.type
        ("dpm8pmnh1aqppi76cgd6odncvo5d86n4", "NS DS RRSIG"), // secure
        ("f7s8l9lpmdvlebdte893ucvm60eal5ek", ""),   // ent
        ("g0hrjaq0iuls3ngfjl1gt1uqcpodcdb8", "CNAME RRSIG"), // *.wild
        ("gb093clfbnbl08077rbodjp7omr2magd", "NS SOA RRSIG DNSKEY NSEC3PARAM"), // the apex
        ("ijlhbr0h35tieuqu4lkv6icslt3ia636", "TXT DNAME RRSIG"), // dname
        ("kqnj144ffrt8upbt3mo7565ses429jtr", "A RRSIG"), // ns
        ("msa8fiqjb2se7hl5qcdvrh20jkohhm5m", "CNAME RRSIG"), // nowhere
        ("pqtt976hjpmqc4t28vtil9q9g2tcav1r", ""),   // wild
        ("r2ppqfpkpofkt6n1mp5ip7o4opr66n53", ""),   // emptied
        ("r61g32pp784mb0i7mvm6c2j61b93ghq7", "NS"), // cut.emptied
        ("tfgbaaec4h0gcebvb08joqvmpcfk3je1", "NS DS RRSIG"), // child
        ("tltsjkoj4d04escukauavv685takblvu", ""),   // y.ent
        ("uijm0i473lkhioupmqe7jsn0efq6gvt4", ""),   // type
    ],
};

/// Names of `signed.zone` that have no record of their own when it is opted out: cuts without DS, and
/// what is there because of them alone.
const OPTED_OUT: [&str; 5] = ["0oh6", "d3ta", "ddvb", "r2pp", "r61g"];

/// What is expected of the example's zone: `head`, and these NSEC3 records with signatures.
pub(super) fn example(head: &str, hashes: &[&str]) -> String {
    expected(&EXAMPLE, EXAMPLE.records, "3600 NSEC3 1 1 12 aabbccdd", head, hashes)
}

/// The same of `signed.test.`.
pub(super) fn signed(head: &str, hashes: &[&str]) -> String {
    expected(&SIGNED, SIGNED.records, "600 NSEC3 1 0 0 -", head, hashes)
}

/// The same of `signed.test.` if it is signed with opt-out.
pub(super) fn opted_out(head: &str, hashes: &[&str]) -> String {
    let is_left_out = |hash: &str| OPTED_OUT.iter().any(|begin| hash.starts_with(begin));
    let all = SIGNED.records.iter().copied();
    let records: Vec<_> = all.filter(|(hash, _)| !is_left_out(hash)).collect();
    expected(&SIGNED, &records, "600 NSEC3 1 1 0 -", head, hashes)
}

/// `SOA` as a line of the head stands for the SOA and its signature. `fields` are those of each NSEC3
/// record between its owner and its next hash.
fn expected(
    chain: &Chain,
    records: &[(&str, &str)],
    fields: &str,
    head: &str,
    hashes: &[&str],
) -> String {
    let Chain { apex, soa, .. } = chain;
    let labels = apex.matches('.').count();
    let ttl = fields.split(' ').next().unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    for line in head.lines().map(str::trim) {
        if line == "SOA" {
            lines.push(format!("authority {soa}"));
            lines.push(format!("authority {apex} {ttl} RRSIG SOA {labels} {apex}"));
        } else {
            lines.push(line.to_owned());
        }
    }
    for begin in hashes {
        let at = records.iter().position(|(hash, _)| hash.starts_with(begin));
        let at = at.expect("a hash of the chain");
        let (hash, types) = records[at];
        let (next, _) = records[(at + 1) % records.len()];
        lines.push(format!("authority {hash}.{apex} {fields} {next} {types}"));
        lines.push(format!("authority {hash}.{apex} {ttl} RRSIG NSEC3 {} {apex}", labels + 1));
    }
    lines.join("\n")
}
