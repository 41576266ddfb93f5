//! Messages octet by octet, as no library would make them.

/// The id of the good query behind each message; no other has it.
pub(super) const SENTINEL: u16 = 0xfeed;
/// `ns1.example. A` of class IN.
pub(super) const QUESTION: &[u8] = b"\x03ns1\x07example\x00\x00\x01\x00\x01";
/// Type OPT.
pub(super) const OPT: u16 = 41;
/// Type TSIG.
pub(super) const TSIG: u16 = 250;

/// A header: flags, then the counts of question, answer, authority and additional.
pub(super) fn header(flags: u16, counts: [u16; 4]) -> Vec<u8> {
    let id = 0x1234_u16;
    [id, flags].into_iter().chain(counts).flat_map(u16::to_be_bytes).collect()
}

/// A query with these octets behind its header.
pub(super) fn message(flags: u16, counts: [u16; 4], body: &[&[u8]]) -> Vec<u8> {
    [&header(flags, counts)[..], &body.concat()].concat()
}

/// A question with this name, for an address.
pub(super) fn asking(name: &[u8]) -> Vec<u8> {
    message(0, [1, 0, 0, 0], &[name, &[0, 1, 0, 1]])
}

/// A question with this type and class, for the good name.
pub(super) fn of(qtype: u16, qclass: u16) -> Vec<u8> {
    let name = &QUESTION[..QUESTION.len() - 4];
    message(0, [1, 0, 0, 0], &[name, &qtype.to_be_bytes(), &qclass.to_be_bytes()])
}

/// The good question with these records in the additional section.
pub(super) fn with(records: &[Vec<u8>]) -> Vec<u8> {
    let count = u16::try_from(records.len()).unwrap();
    message(0, [1, 0, 0, count], &[QUESTION, &records.concat()])
}

/// A record of any owner.
pub(super) fn record(owner: &[u8], rrtype: u16, class: u16, ttl: u32, rdata: &[u8]) -> Vec<u8> {
    let length = u16::try_from(rdata.len()).unwrap();
    let fixed = [&rrtype.to_be_bytes()[..], &class.to_be_bytes(), &ttl.to_be_bytes()].concat();
    [owner, &fixed, &length.to_be_bytes(), rdata].concat()
}

/// An OPT record: payload size, the four octets of the ttl field, options.
pub(super) fn opt(udp_size: u16, fields: u32, options: &[u8]) -> Vec<u8> {
    record(b"\0", OPT, udp_size, fields, options)
}

/// One option.
pub(super) fn option(code: u16, octets: &[u8]) -> Vec<u8> {
    let length = u16::try_from(octets.len()).unwrap();
    [&code.to_be_bytes()[..], &length.to_be_bytes(), octets].concat()
}

/// A name of labels of these lengths.
pub(super) fn name(lengths: &[u8]) -> Vec<u8> {
    let labels = lengths.iter().flat_map(|length| {
        std::iter::once(*length).chain(std::iter::repeat_n(b'x', usize::from(*length)))
    });
    labels.chain([0]).collect()
}

/// The good query that shows where the answers to others end.
pub(super) fn sentinel() -> Vec<u8> {
    let mut query = message(0, [1, 0, 0, 0], &[QUESTION]);
    query[..2].copy_from_slice(&SENTINEL.to_be_bytes());
    query
}

/// SplitMix64: the same messages for the same seed.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }

    fn octet(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    /// One in four is noise, the others are a seed with up to four changes. Never the sentinel's id.
    pub(super) fn message(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut message = if self.below(4) == 0 {
            (0..self.below(600)).map(|_| self.octet()).collect()
        } else {
            seeds[self.below(seeds.len())].clone()
        };
        for _ in 0..self.below(5) {
            self.bend(&mut message);
        }
        if message.starts_with(&SENTINEL.to_be_bytes()) {
            message[0] ^= 0xff;
        }
        message
    }

    fn bend(&mut self, message: &mut Vec<u8>) {
        let at = self.below(message.len());
        match self.below(5) {
            0 => message.truncate(at),
            1 => message.insert(at, self.octet()),
            2 => message.extend((0..self.below(40)).map(|_| self.octet())),
            3 if at < message.len() => message[at] = [0, 1, 0x3f, 0x40, 0xc0, 0xff][self.below(6)],
            _ if at < message.len() => message[at] ^= 1 << self.below(8),
            _ => {}
        }
    }
}
