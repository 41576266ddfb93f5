//! Messages, read whole and strictly, and queries with everything that a query may carry.

use std::collections::BTreeSet;

use crate::name::Name;

/// A record: the owner in the case it came in, the rdata with its names written out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record {
    /// Its name.
    pub owner: Name,
    /// Its type, by number.
    pub rrtype: u16,
    /// Its class, 1 for IN.
    pub class: u16,
    /// In seconds, as it came.
    pub ttl: u32,
    /// Names in it are uncompressed, in the case they came in.
    pub rdata: Vec<u8>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    /// In the case it was asked in.
    pub qname: Name,
    /// By number.
    pub qtype: u16,
    /// 1 for IN.
    pub qclass: u16,
}

/// What an OPT record says (RFC 6891 §6.1), but for the upper bits of the rcode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edns {
    /// Largest UDP payload that the sender takes.
    pub udp_size: u16,
    /// 0 so far.
    pub version: u8,
    /// The sender wants DNSSEC records.
    pub do_bit: bool,
    /// The 15 bits behind it.
    pub z: u16,
    /// Codes and contents in their order.
    pub options: Vec<(u16, Vec<u8>)>,
}

impl Edns {
    /// Version 0, no options.
    #[must_use]
    pub const fn new(udp_size: u16, do_bit: bool) -> Self {
        Self { udp_size, version: 0, do_bit, z: 0, options: Vec::new() }
    }
}

/// A whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Of the query, repeated in the answer.
    pub id: u16,
    /// QR.
    pub is_response: bool,
    /// 0 for a query.
    pub opcode: u8,
    /// AA.
    pub is_authoritative: bool,
    /// TC.
    pub is_truncated: bool,
    /// RD.
    pub recursion_desired: bool,
    /// RA.
    pub recursion_available: bool,
    /// The bit between RA and AD.
    pub z: bool,
    /// AD.
    pub authentic_data: bool,
    /// CD.
    pub checking_disabled: bool,
    /// With the upper bits that an OPT record has.
    pub rcode: u16,
    /// What was asked, as the answer repeats it.
    pub question: Vec<Question>,
    /// In the order they came in, as in the other sections.
    pub answer: Vec<Record>,
    /// The second section of records.
    pub authority: Vec<Record>,
    /// Without OPT; with TSIG.
    pub additional: Vec<Record>,
    /// What the one OPT record says.
    pub edns: Option<Edns>,
    /// Types of records that came with compressed names in their rdata.
    pub compressed_in: BTreeSet<u16>,
    /// How long it was, in octets.
    pub len: usize,
}

const OPT: u16 = 41;

impl Message {
    /// Reads a message; what is wrong with it, if it is malformed: cut short, octets at its end, a
    /// pointer that does not go back, several OPT records or one that is not of the root.
    pub fn parse(octets: &[u8]) -> Result<Self, &'static str> {
        let header: [u8; 12] = octets.get(..12).and_then(|h| h.try_into().ok()).ok_or("header")?;
        let number = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
        let mut reader = Reader { octets, at: 12, compressed_in: BTreeSet::new() };
        let question = (0..number(4)).map(|_| reader.question()).collect::<Option<_>>();
        let question = question.ok_or("question section")?;
        let answer = reader.section(number(6)).ok_or("answer section")?;
        let authority = reader.section(number(8)).ok_or("authority section")?;
        let mut additional = reader.section(number(10)).ok_or("additional section")?;
        if reader.at != octets.len() {
            return Err("octets behind the last record");
        }
        let opts: Vec<Record> = additional.extract_if(.., |record| record.rrtype == OPT).collect();
        let edns = match opts.as_slice() {
            [] => None,
            [opt] => Some(edns(opt).ok_or("OPT record")?),
            _ => return Err("several OPT records"),
        };
        let upper = opts.first().map_or(0, |opt| (opt.ttl >> 24) as u16);
        let bit = |octet: usize, bit: u8| header[octet] >> bit & 1 == 1;
        Ok(Self {
            id: number(0),
            is_response: bit(2, 7),
            opcode: header[2] >> 3 & 0x0f,
            is_authoritative: bit(2, 2),
            is_truncated: bit(2, 1),
            recursion_desired: bit(2, 0),
            recursion_available: bit(3, 7),
            z: bit(3, 6),
            authentic_data: bit(3, 5),
            checking_disabled: bit(3, 4),
            rcode: upper << 4 | u16::from(header[3] & 0x0f),
            question,
            answer,
            authority,
            additional,
            edns,
            compressed_in: reader.compressed_in,
            len: octets.len(),
        })
    }

    /// The records of the answer section that have a type.
    pub fn answers_of(&self, rrtype: u16) -> impl Iterator<Item = &Record> {
        self.answer.iter().filter(move |record| record.rrtype == rrtype)
    }
}

/// The fields of an OPT record; `None` if its owner is not the root or an option is cut.
fn edns(opt: &Record) -> Option<Edns> {
    let mut options = Vec::new();
    let mut rest = opt.rdata.as_slice();
    while let Some((head, after)) = rest.split_first_chunk::<4>() {
        let len = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let (content, after) = after.split_at_checked(len)?;
        options.push((u16::from_be_bytes([head[0], head[1]]), content.to_vec()));
        rest = after;
    }
    (rest.is_empty() && opt.owner.octets() == [0]).then_some(Edns {
        udp_size: opt.class,
        version: (opt.ttl >> 16) as u8,
        do_bit: opt.ttl & 0x8000 != 0,
        z: (opt.ttl & 0x7fff) as u16,
        options,
    })
}

/// How far a message was read.
struct Reader<'m> {
    octets: &'m [u8],
    at: usize,
    compressed_in: BTreeSet<u16>,
}

impl Reader<'_> {
    fn question(&mut self) -> Option<Question> {
        let (qname, _is_compressed) = Name::read(self.octets, &mut self.at)?;
        Some(Question { qname, qtype: self.number()?, qclass: self.number()? })
    }

    fn section(&mut self, count: u16) -> Option<Vec<Record>> {
        (0..count).map(|_| self.record()).collect()
    }

    fn record(&mut self) -> Option<Record> {
        let (owner, _is_compressed) = Name::read(self.octets, &mut self.at)?;
        let (rrtype, class) = (self.number()?, self.number()?);
        let ttl = u32::from(self.number()?) << 16 | u32::from(self.number()?);
        let len = usize::from(self.number()?);
        let start = self.at;
        self.at += len;
        self.octets.get(start..self.at)?;
        let rdata = self.expanded(rrtype, start)?;
        Some(Record { owner, rrtype, class, ttl, rdata })
    }

    fn number(&mut self) -> Option<u16> {
        let octets = self.octets.get(self.at..self.at + 2)?;
        self.at += 2;
        Some(u16::from_be_bytes([octets[0], octets[1]]))
    }

    /// The rdata from `start` to where we are, with compressed names written out. Empty rdata, as in
    /// updates, stays so. `None` if it ends inside of a field.
    fn expanded(&mut self, rrtype: u16, start: usize) -> Option<Vec<u8>> {
        let (mut out, mut here) = (Vec::with_capacity(self.at - start), start);
        let fields = if self.at == start { &[][..] } else { fields(rrtype) };
        for field in fields {
            match field {
                Field::Octets(count) => {
                    out.extend(self.octets.get(here..here + count)?);
                    here += count;
                }
                Field::Text => {
                    let end = here + 1 + usize::from(*self.octets.get(here)?);
                    out.extend(self.octets.get(here..end)?);
                    here = end;
                }
                Field::Name => {
                    let (name, is_compressed) = Name::read(self.octets, &mut here)?;
                    out.extend(name.octets());
                    if is_compressed {
                        self.compressed_in.insert(rrtype);
                    }
                }
            }
        }
        out.extend(self.octets.get(here..self.at)?);
        Some(out)
    }
}

/// A part of rdata in front of or at a name.
enum Field {
    Octets(usize),
    Text,
    Name,
}

/// How rdata with names begins, for each type whose names some server compresses or once did
/// (RFC 3597 §4), and those whose names none should. What follows the last field is taken as it is.
const fn fields(rrtype: u16) -> &'static [Field] {
    match rrtype {
        // NS, MD, MF, CNAME, MB, MG, MR, PTR, DNAME, NXT, NSEC
        2..=5 | 7..=9 | 12 | 39 | 30 | 47 => &[Field::Name],
        6 | 14 | 17 => &[Field::Name, Field::Name], // SOA, MINFO, RP
        15 | 18 | 21 | 36 => &[Field::Octets(2), Field::Name], // MX, AFSDB, RT, KX
        26 => &[Field::Octets(2), Field::Name, Field::Name], // PX
        33 => &[Field::Octets(6), Field::Name],     // SRV
        24 | 46 => &[Field::Octets(18), Field::Name], // SIG, RRSIG
        35 => &[Field::Octets(4), Field::Text, Field::Text, Field::Text, Field::Name], // NAPTR
        _ => &[],
    }
}

/// A query as resolvers send it, or with any field changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// To know the answer by.
    pub id: u16,
    /// 0 for a query.
    pub opcode: u8,
    /// RD.
    pub recursion_desired: bool,
    /// AD.
    pub authentic_data: bool,
    /// CD.
    pub checking_disabled: bool,
    /// What is asked, sent in its case.
    pub qname: Name,
    /// By number.
    pub qtype: u16,
    /// 1 for IN.
    pub qclass: u16,
    /// Its OPT record, if it is to have one.
    pub edns: Option<Edns>,
}

impl Query {
    /// Class IN, no flags, EDNS with 1232 octets.
    #[must_use]
    pub fn new(qname: impl Into<Name>, qtype: u16) -> Self {
        Self {
            id: 0,
            opcode: 0,
            recursion_desired: false,
            authentic_data: false,
            checking_disabled: false,
            qname: qname.into(),
            qtype,
            qclass: 1,
            edns: Some(Edns::new(1232, false)),
        }
    }

    /// The same with DO set.
    #[must_use]
    pub fn with_dnssec(mut self) -> Self {
        self.edns.get_or_insert(Edns::new(1232, true)).do_bit = true;
        self
    }

    /// The same with a UDP payload size.
    #[must_use]
    pub fn with_udp_size(mut self, octets: u16) -> Self {
        self.edns.get_or_insert(Edns::new(octets, false)).udp_size = octets;
        self
    }

    /// The same without an OPT record.
    #[must_use]
    pub fn without_edns(mut self) -> Self {
        self.edns = None;
        self
    }

    /// The message.
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        let bit = |is_set: bool, at: u8| u8::from(is_set) << at;
        let mut message = self.id.to_be_bytes().to_vec();
        message.push(self.opcode << 3 | bit(self.recursion_desired, 0));
        message.push(bit(self.authentic_data, 5) | bit(self.checking_disabled, 4));
        message.extend([0, 1, 0, 0, 0, 0, 0, u8::from(self.edns.is_some())]);
        message.extend(self.qname.octets());
        message.extend(self.qtype.to_be_bytes());
        message.extend(self.qclass.to_be_bytes());
        if let Some(edns) = &self.edns {
            let options: Vec<u8> = edns.options.iter().flat_map(option).collect();
            message.extend([0, 0, 41]);
            message.extend(edns.udp_size.to_be_bytes());
            message.extend([0, edns.version]);
            message.extend((u16::from(edns.do_bit) << 15 | edns.z).to_be_bytes());
            message.extend(length(&options));
            message.extend(options);
        }
        message
    }
}

fn option((code, content): &(u16, Vec<u8>)) -> Vec<u8> {
    [&code.to_be_bytes()[..], &length(content), content].concat()
}

fn length(octets: &[u8]) -> [u8; 2] {
    u16::try_from(octets.len()).expect("a length that fits").to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A query with a flag, a class, and an option is read back as it was written.
    #[test]
    fn queries_are_read_as_written() {
        let mut query = Query::new("Mixed.Example.", 16).with_dnssec().with_udp_size(512);
        query.edns.as_mut().unwrap().options.push((10, vec![1; 8]));
        (query.id, query.checking_disabled, query.qclass) = (0x1234, true, 255);
        let message = Message::parse(&query.octets()).unwrap();
        assert_eq!(
            (message.id, message.is_response, message.checking_disabled),
            (0x1234, false, true)
        );
        let question = Question { qname: "Mixed.Example.".into(), qtype: 16, qclass: 255 };
        assert_eq!(message.question, [question]);
        assert_eq!(message.edns, query.edns);
        let without = Message::parse(&query.without_edns().octets()).unwrap();
        assert_eq!((without.edns, without.additional.len()), (None, 0));
    }

    /// An answer with one MX whose name points to the question.
    fn answer(rdata: &[u8]) -> Vec<u8> {
        let mut octets = b"\0\x01\x84\0\0\x01\0\x01\0\0\0\0\x01a\x01B\0\0\x0f\0\x01".to_vec();
        octets.extend(b"\xc0\x0c\0\x0f\0\x01\0\0\0\x3c");
        octets.extend(length(rdata));
        octets.extend(rdata);
        octets
    }

    #[test]
    fn names_in_rdata_are_written_out_and_their_compression_is_noted() {
        let message = Message::parse(&answer(b"\0\x0a\x02mx\xc0\x0e")).unwrap();
        let record = &message.answer[0];
        assert_eq!((record.owner.to_string(), record.ttl), ("a.B.".to_owned(), 60));
        assert_eq!(record.rdata, b"\0\x0a\x02mx\x01B\0");
        assert_eq!(message.compressed_in, BTreeSet::from([15]));
        let plain = Message::parse(&answer(b"\0\x0a\x02mx\0")).unwrap();
        assert!(plain.compressed_in.is_empty());
    }

    #[test]
    fn malformed_messages_are_told_with_the_place() {
        let good = answer(b"\0\x0a\x02mx\0");
        for (octets, fault) in [
            (&good[..11], "header"),
            (&good[..15], "question section"),
            (&good[..good.len() - 1], "answer section"),
            (&[&good[..], &[0]].concat(), "octets behind the last record"),
        ] {
            assert_eq!(Message::parse(octets), Err(fault));
        }
        let mut two = Query::new("a.", 1).octets();
        two[11] = 2;
        two.extend([0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(Message::parse(&two), Err("several OPT records"));
    }
}
