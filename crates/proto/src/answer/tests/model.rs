//! A second reading of the RFCs, slow and plain, that shares no code with the first.
//!
//! It searches a list of records for each ancestor of each name. Small zones over few labels meet
//! every shape: cuts below cuts, wildcards below wildcards, aliases into all of them.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Labels from the right, the apex's left out: `a.b.z.` is `["b", "a"]`.
type Path = Vec<&'static str>;

#[derive(Clone, Debug)]
enum Rdata {
    Address(u8),
    Text,
    Mail(Target),
    Server(Target),
    Signer,
    Alias(Target),
    Subtree(Target),
}

/// `None` is a name outside the zone.
type Target = Option<Path>;

#[derive(Clone, Debug)]
struct Zone(Vec<(Path, Rdata)>);

fn text(path: &[&str]) -> String {
    path.iter().rev().map(|label| format!("{label}.")).collect::<String>() + "z."
}

fn target_text(target: &Target) -> String {
    target.as_ref().map_or_else(|| "out.".to_owned(), |path| text(path))
}

impl Rdata {
    fn line(&self, owner: &str) -> String {
        let rdata = match self {
            Self::Address(host) => format!("A 192.0.2.{host}"),
            Self::Text => "TXT text".to_owned(),
            Self::Mail(target) => format!("MX 10 {}", target_text(target)),
            Self::Server(target) => format!("NS {}", target_text(target)),
            Self::Signer => "DS 1 8 2 00".to_owned() + &"00".repeat(31),
            Self::Alias(target) => format!("CNAME {}", target_text(target)),
            Self::Subtree(target) => format!("DNAME {}", target_text(target)),
        };
        format!("{owner} 60 {rdata}")
    }

    const fn rrtype(&self) -> Rrtype {
        match self {
            Self::Address(_) => Rrtype::A,
            Self::Text => Rrtype::TXT,
            Self::Mail(_) => Rrtype::MX,
            Self::Server(_) => Rrtype::NS,
            Self::Signer => Rrtype::DS,
            Self::Alias(_) => Rrtype::CNAME,
            Self::Subtree(_) => Rrtype::DNAME,
        }
    }

    fn target(&self) -> Option<&Path> {
        match self {
            Self::Mail(target)
            | Self::Server(target)
            | Self::Alias(target)
            | Self::Subtree(target) => target.as_ref(),
            Self::Address(_) | Self::Text | Self::Signer => None,
        }
    }
}

const SOA: &str = "z. 60 SOA out. out. 1 2 3 4 90";

/// What an answer comes to: rcode and AA, then the records as sets.
#[derive(Debug, Default, PartialEq, Eq)]
struct Expected {
    head: String,
    answer: BTreeSet<String>,
    authority: BTreeSet<String>,
    additional: BTreeSet<String>,
}

impl Zone {
    fn at(&self, path: &[&str], rrtype: Rrtype) -> Vec<&Rdata> {
        let here = self.0.iter().filter(|(owner, rdata)| owner == path && rdata.rrtype() == rrtype);
        here.map(|(_, rdata)| rdata).collect()
    }

    fn exists(&self, path: &[&str]) -> bool {
        path.is_empty() || self.0.iter().any(|(owner, _)| owner.starts_with(path))
    }

    fn is_cut(&self, path: &[&str]) -> bool {
        !path.is_empty() && !self.at(path, Rrtype::NS).is_empty()
    }

    /// The addresses belong to a child, or lie below a DNAME.
    fn is_glue(&self, path: &[&str]) -> bool {
        let above =
            (0..path.len()).any(|labels| !self.at(&path[..labels], Rrtype::DNAME).is_empty());
        above || (1..=path.len()).any(|labels| self.is_cut(&path[..labels]))
    }

    fn resolve(&self, qname: &Path, qtype: Rrtype) -> Expected {
        let (mut told, mut name, mut been) =
            (Expected::default(), qname.clone(), vec![qname.clone()]);
        told.head = "NOERROR".to_owned();
        while let Some(next) = self.step(&name, qtype, &mut told, been.len() > 16) {
            told.head = "NOERROR aa".to_owned();
            match next {
                Some(next) if !been.contains(&next) => {
                    been.push(next.clone());
                    name = next;
                }
                Some(_) | None => break,
            }
        }
        told
    }

    /// `Some(target)` when the name is an alias, `None` when the answer is complete.
    fn step(
        &self,
        name: &Path,
        qtype: Rrtype,
        told: &mut Expected,
        is_last: bool,
    ) -> Option<Target> {
        for labels in 0..=name.len() {
            let above = &name[..labels];
            let is_name = labels == name.len();
            if self.is_cut(above) && !(is_name && qtype == Rrtype::DS) {
                self.refer(above, told);
                return None;
            }
            if let Some(dname) = self.at(above, Rrtype::DNAME).first().filter(|_| !is_name) {
                if is_last {
                    return None;
                }
                told.answer.insert(dname.line(&text(above)));
                let target =
                    dname.target().map(|to| [to.clone(), name[labels..].to_vec()].concat());
                let to_text = target.as_ref().map_or_else(
                    || text(&name[labels..]).trim_end_matches("z.").to_owned() + "out.",
                    |target| text(target),
                );
                told.answer.insert(format!("{} 60 CNAME {to_text}", text(name)));
                return if qtype == Rrtype::CNAME { Some(None) } else { Some(target) };
            }
        }
        let source = if self.exists(name) {
            name.clone()
        } else {
            let encloser = (0..name.len()).rev().find(|&labels| self.exists(&name[..labels]));
            [&name[..encloser.unwrap_or(0)], &["*"]].concat()
        };
        if !self.exists(&source) {
            told.head = "NXDOMAIN aa".to_owned();
            told.authority.insert(SOA.to_owned());
            return None;
        }
        let found = self.at(&source, qtype);
        if let (Some(alias), true) = (self.at(&source, Rrtype::CNAME).first(), found.is_empty()) {
            if is_last {
                return None;
            }
            told.answer.insert(alias.line(&text(name)));
            return Some(alias.target().cloned());
        }
        told.head = "NOERROR aa".to_owned();
        if found.is_empty() {
            told.authority.insert(SOA.to_owned());
        }
        for rdata in found {
            told.answer.insert(rdata.line(&text(name)));
            let target = match rdata {
                Rdata::Server(target) => target.as_ref(),
                Rdata::Mail(target) => target.as_ref().filter(|target| !self.is_glue(target)),
                Rdata::Address(_)
                | Rdata::Text
                | Rdata::Signer
                | Rdata::Alias(_)
                | Rdata::Subtree(_) => None,
            };
            target.into_iter().for_each(|target| self.add_addresses(target, told));
        }
        None
    }

    fn refer(&self, cut: &[&'static str], told: &mut Expected) {
        for server in self.at(cut, Rrtype::NS) {
            told.authority.insert(server.line(&text(cut)));
            if let Some(target) = server.target() {
                self.add_addresses(target, told);
            }
        }
    }

    fn add_addresses(&self, target: &Path, told: &mut Expected) {
        let addresses = self.at(target, Rrtype::A);
        told.additional.extend(addresses.iter().map(|rdata| rdata.line(&text(target))));
    }

    fn master_file(&self) -> String {
        let mut file = format!("$ORIGIN z.\n{SOA}\nz. 60 NS out.\n");
        for (owner, rdata) in &self.0 {
            file += &(rdata.line(&text(owner)) + "\n");
        }
        file
    }
}

fn path(labels_max: usize) -> impl Strategy<Value = Path> {
    let label = prop_oneof![4 => Just("a"), 3 => Just("b"), 2 => Just("*"), 1 => Just("q")];
    prop::collection::vec(label, 0..=labels_max)
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![6 => path(3).prop_map(Some), 1 => Just(None)]
}

fn rdata() -> impl Strategy<Value = Rdata> {
    prop_oneof![
        4 => (1..4_u8).prop_map(Rdata::Address),
        1 => Just(Rdata::Text),
        1 => target().prop_map(Rdata::Mail),
        3 => target().prop_map(Rdata::Server),
        1 => Just(Rdata::Signer),
        4 => target().prop_map(Rdata::Alias),
        2 => target().prop_map(Rdata::Subtree),
    ]
}

/// Leaves out what no zone may hold, and what would only repeat.
fn zone() -> impl Strategy<Value = Zone> {
    prop::collection::vec((path(3), rdata()), 0..14).prop_map(|drawn| {
        let mut zone = Zone(vec![(Path::new(), Rdata::Server(None))]);
        for (owner, rdata) in drawn {
            let here = zone.0.iter().filter(|(other, _)| *other == owner);
            let line = rdata.line("");
            let may_stay = here.clone().all(|(_, other)| {
                let alone = [&rdata, other].iter().any(|rdata| matches!(rdata, Rdata::Alias(_)));
                let once = matches!(rdata, Rdata::Subtree(_) | Rdata::Text | Rdata::Signer);
                let alike = rdata.rrtype() == other.rrtype() && (once || other.line("") == line);
                !alone && !alike
            });
            let at_apex = owner.is_empty() && matches!(rdata, Rdata::Alias(_) | Rdata::Signer);
            if may_stay && !at_apex {
                zone.0.push((owner, rdata));
            }
        }
        zone
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever the zone and the question, both readings of the RFCs agree.
    #[test]
    fn any_zone_answers_as_the_model_does(
        zone in zone(),
        questions in prop::collection::vec(path(4), 1..6),
        qtype in prop::sample::select(vec![
            Rrtype::A, Rrtype::TXT, Rrtype::MX, Rrtype::NS, Rrtype::DS, Rrtype::CNAME, Rrtype::DNAME,
        ]),
    ) {
        let table = table_of(&zone.master_file());
        for qname in questions {
            let mut asking = Asking::new(name(&text(&qname)), qtype);
            asking.transport = Transport::Tcp;
            let told = asking.ask(&table);
            let plain = |lines: &[String]| {
                let lines: Vec<_> =
                    lines.iter().map(|line| line.replace("\tIN\t", " ").replace('\t', " ")).collect();
                let set: BTreeSet<_> = lines.iter().map(|line| line.replace('"', "")).collect();
                assert_eq!(set.len(), lines.len(), "a record is there twice: {lines:?}");
                set
            };
            let found = Expected {
                head: told.head.clone(),
                answer: plain(&told.answer),
                authority: plain(&told.authority),
                additional: plain(&told.additional),
            };
            prop_assert_eq!(found, zone.resolve(&qname, qtype), "{} {} in\n{}", text(&qname), qtype, zone.master_file());
        }
    }
}
