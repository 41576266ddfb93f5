//! One primary of a zone: what it holds, whom it trusts, and how it answers.
//!
//! Pure. Messages are its own; signatures are made by `proto::tsig`, whose other side the daemon is.
//!
//! Standards: RFC 8945 §5.3 (signed answers), §5.3.1 (streams).

use crate::dice::Dice;
use crate::edition::Entry;
use crate::lie::Lie;
use crate::octets::{Asked, Letter, TC, read_request};
use crate::publisher::Publisher;
use crate::telling::{self, Ending, Form, Manner, Telling};
use proto::time::UnixSeconds;
use proto::tsig::{Keyring, ResponseSigner, sign_request, verify_request};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use wire::tsig::Key;

/// One primary.
#[derive(Clone, Debug)]
pub struct Primary {
    /// Where it answers.
    pub address: IpAddr,
    /// Place of the edition that it holds.
    pub place: usize,
    /// The key that it shares with the daemon.
    pub key: Option<Arc<Key>>,
    /// Its habits.
    pub manner: Manner,
}

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// In a datagram.
    Udp,
    /// On a connection.
    Tcp,
}

/// What goes back to the daemon.
#[derive(Clone, Debug)]
pub struct Reply {
    /// What it is; `None` when the request was refused for its signature.
    pub form: Option<Form>,
    /// Messages in wire form.
    pub messages: Vec<Vec<u8>>,
    /// What comes behind them.
    pub ending: Ending,
    /// The serial that an honest answer vouches for.
    pub vouches_for: Option<u32>,
    /// The untruth in it.
    pub lie: Option<Lie>,
}

impl Primary {
    /// The address of a primary by its numbers.
    #[must_use]
    pub fn address_of(zone: usize, primary: usize) -> IpAddr {
        let octet = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
        IpAddr::V4(Ipv4Addr::new(192, 0, octet(zone), octet(primary).saturating_add(1)))
    }

    /// Answers a request, with an untruth if one is wanted and fits. `None` for what it cannot read.
    #[must_use]
    pub fn answer(
        &self,
        publisher: &Publisher,
        (request, over): (&[u8], Over),
        lie: Option<Lie>,
        (wall, dice): (UnixSeconds, &mut Dice),
    ) -> Option<Reply> {
        let asked = read_request(request)?;
        let keys = Keyring::new(self.key.clone());
        let signer = match verify_request(&keys, request, wall) {
            Ok(verified) => verified.signer(),
            Err(refused) => {
                let messages = refused.reply(request, wall).into_iter().collect();
                let (form, vouches_for) = (None, None);
                return Some(Reply {
                    form,
                    messages,
                    ending: Ending::Close,
                    vouches_for,
                    lie: None,
                });
            }
        };
        let (telling, told) = self.tell(publisher, &asked, over, lie);
        let octets = telling.letters.iter().map(Letter::written).collect();
        let (messages, signed_badly) = self.sign(octets, (request, signer), lie, wall);
        let mut reply = Reply {
            form: Some(telling.form),
            messages,
            ending: telling.ending,
            vouches_for: Some(telling.edition.serial),
            lie: lie.filter(|_| told || signed_badly),
        };
        if let (Some(lie), Some(first)) = (lie, reply.messages.first_mut())
            && lie.bend_octets(first, dice)
        {
            reply.lie = Some(lie);
        }
        if reply.lie.is_some() {
            reply.vouches_for = None;
        }
        Some(reply)
    }

    fn tell(
        &self,
        publisher: &Publisher,
        asked: &Asked,
        over: Over,
        lie: Option<Lie>,
    ) -> (Telling, bool) {
        let edition = publisher.edition(self.place).clone();
        let (form, mut items) = telling::items(publisher, self.place, asked, self.manner);
        let bent = lie.is_some_and(|lie| lie.bend_items(form, &edition, &mut items));
        let mut manner = self.manner;
        // An answer to a probe is one message; what follows an end must be in the message that ends.
        if lie == Some(Lie::AfterTheEnd) || form == Form::Soa || over == Over::Udp {
            manner.records_per_letter = usize::MAX;
        }
        let letters = telling::letters(asked, items, manner);
        let mut telling = Telling { form, edition, letters, ending: Ending::Close };
        if over == Over::Udp && form != Form::Soa {
            telling.letters.truncate(1);
            telling.letters.iter_mut().for_each(|letter| letter.flags |= TC);
        }
        let bent_too = lie.is_some_and(|lie| !bent && lie.bend_letters(&mut telling));
        (telling, bent || bent_too)
    }

    /// Signs what must be signed. True when it did so badly, as was wanted.
    fn sign(
        &self,
        mut messages: Vec<Vec<u8>>,
        (request, signer): (&[u8], Option<ResponseSigner>),
        lie: Option<Lie>,
        wall: UnixSeconds,
    ) -> (Vec<Vec<u8>>, bool) {
        let (Some(mut signer), Some(key)) = (signer, &self.key) else { return (messages, false) };
        let lie = lie.filter(|lie| lie.is_of_signatures());
        let last = messages.len().saturating_sub(1);
        let wall = match lie {
            Some(Lie::OtherTime) => UnixSeconds(wall.0.saturating_sub(3_600)),
            _ => wall,
        };
        match lie {
            Some(Lie::Unsigned) => return (messages, true),
            Some(Lie::OtherKey) => {
                let other = other_key(key);
                let mut copy = request.to_vec();
                let mac = sign_request(&other, &mut copy, wall);
                signer = ResponseSigner::new(other, mac);
            }
            _ => {}
        }
        let mut told = matches!(lie, Some(Lie::OtherKey | Lie::OtherTime));
        for (number, message) in messages.iter_mut().enumerate() {
            if lie == Some(Lie::LastUnsigned) && number == last && number > 0 {
                told = true;
            } else if number > 0 && number < last && number % self.manner.signs_every.max(1) != 0 {
                signer.pass(message);
            } else {
                signer.sign(message, wall);
            }
        }
        if let (Some(Lie::BadSignature), Some(message)) = (lie, messages.last_mut()) {
            // The MAC stands before original ID, error and length of other, six octets in all.
            let at = message.len().saturating_sub(7);
            if let Some(octet) = message.get_mut(at) {
                *octet ^= 1;
                told = true;
            }
        }
        (messages, told)
    }

    /// A NOTIFY for what it holds, or for a hint that it is given.
    #[must_use]
    pub fn notify(&self, apex: &[u8], hint: Option<Entry>, id: u16, wall: UnixSeconds) -> Vec<u8> {
        let mut message = Letter::notify(id, apex, hint).written();
        if let Some(key) = &self.key {
            let _ = sign_request(key, &mut message, wall); // its answer is not waited for
        }
        message
    }
}

/// The same name and algorithm with another secret.
fn other_key(key: &Key) -> Arc<Key> {
    let other = Key::from_random(key.name().clone(), key.algorithm(), &[7; 64]);
    Arc::new(other)
}
