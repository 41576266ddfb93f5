//! Octets as the text of a master file: what is read is written, and read again the same.

use wire::builder::Builder;
use wire::master::{MasterError, Reader, write};
use wire::message::{Flags, Section};
use wire::name::Name;
use wire::rdata;
use wire::record::Record;

use super::parsed::Parsed;

/// Records after which a text has been read long enough.
const RECORDS_MAX: usize = 300;

/// Everything that must hold for any text.
///
/// # Panics
/// When it does not.
pub fn run(text: &[u8]) {
    let (records, error) = read(text);
    assert_eq!(read(text), (records.clone(), error.clone()), "read is read");
    if let Some(error) = error {
        let lines = text.iter().filter(|&&octet| octet == b'\n').count() + 1;
        let is_there = (1..=lines).contains(&usize::try_from(error.line).expect("few lines"));
        assert!(is_there || !error.file.is_empty(), "line {} of {lines}", error.line);
        assert!(!error.to_string().contains(|c: char| c.is_control()), "threat 22: {error}");
    }
    records.iter().for_each(record_is_sound);
    let written = written(&records);
    let (again, error) = read(written.as_bytes());
    assert_eq!(error, None, "{written}");
    assert_eq!(again.len(), records.len());
    for (before, after) in records.iter().zip(&again) {
        assert_eq!(before, after);
        assert_eq!(before.owner.as_wire(), after.owner.as_wire(), "case is kept");
    }
    assert_eq!(self::written(&again), written, "written is written");
}

/// The records up to the first error, and that.
fn read(text: &[u8]) -> (Vec<Record>, Option<MasterError>) {
    let mut include = |path: &str| match path {
        "leaf" => Ok(b"leaf 1 IN A 192.0.2.1\n".to_vec()),
        "loop" => Ok(b"a 1 IN A 192.0.2.1\n$INCLUDE loop\n".to_vec()),
        _ => Err("it is not there".to_owned()),
    };
    let origin = "example.".parse::<Name>().expect("a name");
    let (mut records, mut error) = (Vec::new(), None);
    let mut reader = Reader::new(text, origin, &mut include);
    for record in reader.by_ref().take(RECORDS_MAX) {
        match record {
            Ok(record) => records.push(record),
            Err(fault) => error = Some(fault),
        }
    }
    if error.is_some() {
        assert_eq!(reader.next(), None, "after an error nothing more is read");
    }
    (records, error)
}

fn written(records: &[Record]) -> String {
    let mut text = String::new();
    write(records.iter().map(Record::as_ref), &mut text).expect("a string takes everything");
    let is_plain = |c| matches!(c, ' '..='~' | '\t' | '\n');
    assert!(text.chars().all(is_plain), "threat 22: {text:?}");
    assert_eq!(text.matches('\n').count(), records.len(), "a record is a line");
    text
}

/// A record of a text can be sent: its rdata is valid, and survives a message.
fn record_is_sound(record: &Record) {
    let Record { owner, rrtype, class: _, ttl, rdata } = record;
    assert!(!rrtype.is_meta() && ttl.as_secs() <= 0x7fff_ffff);
    assert_eq!(rdata::validate(*rrtype, rdata), Ok(()), "{record:?}");
    let mut out = vec![0; 12 + owner.as_wire().len() + 10 + rdata.len()];
    if out.len() > 65_535 {
        return;
    }
    let mut builder = Builder::new(&mut out, 0, Flags::QR).expect("room");
    builder.push_record(Section::Answer, record.as_ref()).expect("room");
    let len = builder.finish();
    let parsed = Parsed::read(&out[..len]).expect("a message");
    let [told] = &parsed.records[..] else { panic!("one record") };
    assert_eq!((&told.owner, told.rrtype, &told.rdata[..]), (owner, *rrtype, &rdata[..]));
}
