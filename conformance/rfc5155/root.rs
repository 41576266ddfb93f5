//! A signed root zone with hashes: owners of NSEC3 are top-level names there.

use crate::judge::Section;

const SOA: &str = "authority . 86400 SOA ...
    authority . 86400 RRSIG SOA 0 .";

/// Hash, next hash and types of the records that are met here.
const RECORDS: [(&str, &str, &str); 6] = [
    (
        "bekjp7dgpvsjukll47bk43i3urmq4u2f",
        "d1upd4bokq0linblrdd5tumhr3sa7s7s",
        "NS SOA RRSIG DNSKEY NSEC3PARAM",
    ),
    ("2tqbgi6che25l3r78cfqbda9n4dbbdtp", "4orkl72ka77am9f889rb54a28do11olf", "CNAME RRSIG"),
    ("4orkl72ka77am9f889rb54a28do11olf", "6p4hh4vglk1i8bgumibafrvq0j6n3t6l", "NS"),
    ("73fb7o9t4vgfprpftaksf6mqi2bogk9i", "95ffkm7erb3t6fea9dp0bkcd03cairej", ""),
    ("s5f73ubjmhetbfk99qkluakfeqkc2poo", "25d3mak5njscsrtpue66nrv24fueuup3", ""),
    ("9dhs4ep5g85pf9nufk06hek0o48qgk77", "bekjp7dgpvsjukll47bk43i3urmq4u2f", "NS"),
];

/// The records whose hashes begin so, with their signatures.
fn records(hashes: &[&str]) -> String {
    let chosen = hashes.iter().map(|begin| {
        let found = RECORDS.iter().find(|(hash, ..)| hash.starts_with(begin));
        let (hash, next, types) = found.expect("a hash of the chain");
        format!(
            "authority {hash}. 86400 NSEC3 1 0 0 - {next} {types}
             authority {hash}. 86400 RRSIG NSEC3 1 ."
        )
    });
    chosen.collect::<Vec<_>>().join("\n")
}

/// §7.2.2.
pub(crate) fn name_errors(section: &mut Section<'_>) {
    section.claim(
        "root: a name error of a top-level name",
        "invalid. A do",
        &format!("NXDOMAIN aa\n{SOA}\n{}", records(&["bekj", "2tqb", "4ork"])),
    );
    section.claim(
        "root: a name error below a name without records",
        "sir-nic.arpa. A do",
        &format!("NXDOMAIN aa\n{SOA}\n{}", records(&["73fb", "s5f7", "9dhs"])),
    );
}

/// §7.2.3, §7.2.4.
pub(crate) fn no_data(section: &mut Section<'_>) {
    section.claim(
        "root: a name without records has its own",
        "arpa. A do",
        &format!("NOERROR aa\n{SOA}\n{}", records(&["73fb"])),
    );
    section.claim(
        "root: a DS of the root is NODATA",
        ". DS do",
        &format!("NOERROR aa\n{SOA}\n{}", records(&["bekj"])),
    );
}

/// §7.2.7.
pub(crate) fn referrals(section: &mut Section<'_>) {
    section.claim(
        "root: a referral without DS has the cut's record",
        "brl.mil. A do",
        &format!(
            "NOERROR
             authority mil. 86400 NS sri-nic.arpa.
             authority mil. 86400 NS a.isi.edu.
             additional a.isi.edu. 86400 A 26.3.0.103
             {}",
            records(&["4ork"])
        ),
    );
}

/// §7.2.8.
pub(crate) fn owners(section: &mut Section<'_>) {
    section.claim(
        "root: a top-level name that is a hash only is a name error",
        "bekjp7dgpvsjukll47bk43i3urmq4u2f. NSEC3 do",
        &format!("NXDOMAIN aa\n{SOA}\n{}", records(&["bekj", "73fb", "4ork"])),
    );
}
