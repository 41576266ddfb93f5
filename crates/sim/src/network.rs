//! The way between daemon and primaries: what is lost, late, twice, cut or slow.
//!
//! Touches nothing.
//!
//! Not here: what is said (`telling`, `lie`), what is made of it (`asking`).

use crate::asking::Heard;
use crate::edition::rrtype;
use crate::instance::{Want, Wish};
use crate::lie::Lie;
use crate::octets::{framed, read_request};
use crate::primary::{Over, Reply};
use crate::seen::Fault;
use crate::telling::{Ending, Form};
use crate::world::{Happening, Told, World};
use std::net::IpAddr;
use std::sync::Arc;

/// A pause that no patience survives.
const PAUSE_MS: u64 = 100_000;

impl World {
    /// Carries what the daemon sends.
    pub(crate) fn fulfil_wishes(&mut self) {
        let Some(instance) = &mut self.instance else { return };
        for wish in std::mem::take(&mut instance.wishes) {
            let Wish { zone, primary, conversation, want } = wish;
            let (over, octets) = match want {
                Want::Connect => {
                    self.connect(zone, primary, conversation);
                    continue;
                }
                Want::Send(octets) => (Over::Udp, octets),
                Want::Write(frame) => (Over::Tcp, frame.get(2..).unwrap_or_default().to_vec()),
            };
            for delay_ms in self.arrivals(over) {
                let octets = octets.clone();
                let request = Happening::Request { zone, primary, conversation, over, octets };
                self.queue_in(delay_ms, request);
            }
        }
    }

    /// When what is sent arrives, in milliseconds from now. What is sent on a connection does, once.
    fn arrivals(&mut self, over: Over) -> Vec<u64> {
        if over == Over::Tcp {
            return vec![self.weather.delay(&mut self.dice)];
        }
        let arrivals = self.weather.arrivals(&mut self.dice);
        match arrivals.as_slice() {
            [] => self.seen.fault(Fault::Lost),
            [first, second, ..] => {
                self.seen.fault(Fault::Duplicated);
                if second < first {
                    self.seen.fault(Fault::Overtaken);
                }
            }
            [_] => {}
        }
        arrivals
    }

    fn connect(&mut self, zone: usize, primary: usize, conversation: u64) {
        let is_silent = self.sources[zone].silent.contains(&primary);
        if is_silent || self.dice.happens(self.weather.unanswered) {
            self.seen.fault(Fault::NeverConnected);
            return;
        }
        let heard = if self.dice.happens(self.weather.refused) {
            self.seen.fault(Fault::Refused);
            Heard::Refused
        } else {
            Heard::Connected
        };
        let delay_ms = self.weather.delay(&mut self.dice);
        let told = Told::default();
        self.queue_in(delay_ms, Happening::Hear { zone, conversation, heard, told });
    }

    /// A request reaches a primary, which answers as it likes.
    pub(crate) fn at_primary(
        &mut self,
        (zone, primary): (usize, usize),
        conversation: u64,
        (request, over): (&[u8], Over),
    ) {
        if self.sources[zone].silent.contains(&primary) {
            return;
        }
        if over == Over::Tcp && self.dice.happens(self.weather.meanwhile) {
            self.seen.fault(Fault::ChangedMeanwhile);
            let timing = self.newest(zone).timing;
            self.publish(zone, 1, timing);
            self.sources[zone].catch_up(primary);
        }
        let wants_changes = read_request(request).is_some_and(|asked| asked.qtype == rrtype::IXFR);
        let lie = self.next_lie(zone, if wants_changes { Lie::OF_CHANGES } else { Lie::ALL });
        let wall = self.clock.true_wall();
        let source = &self.sources[zone];
        let Some(answering) = source.primaries.get(primary) else { return };
        let asked = (request, over);
        let Some(reply) = answering.answer(&source.publisher, asked, lie, (wall, &mut self.dice))
        else {
            return;
        };
        let lies = &mut self.sources[zone].lies;
        if reply.lie.is_some() && reply.lie == lies.front().copied() {
            lies.pop_front();
        }
        if wants_changes && reply.form == Some(Form::Whole) {
            self.seen.fault(Fault::WholeInsteadOfChanges);
        }
        match over {
            Over::Udp => self.carry_datagrams(zone, conversation, reply),
            Over::Tcp => self.carry_stream(zone, conversation, reply),
        }
    }

    /// One of all untruths, or one of those that fit best.
    fn next_lie(&mut self, zone: usize, fitting: &[Lie]) -> Option<Lie> {
        let source = &mut self.sources[zone];
        if let Some(lie) = source.lies.front().copied().or(source.always) {
            return Some(lie);
        }
        let of = if self.dice.happens(500) { fitting } else { Lie::ALL };
        let tells = self.dice.happens(self.weather.lie);
        if tells { self.dice.pick(of).copied() } else { None }
    }

    fn carry_datagrams(&mut self, zone: usize, conversation: u64, reply: Reply) {
        let told = Told { vouches_for: reply.vouches_for, lie: reply.lie };
        for message in reply.messages {
            for delay_ms in self.arrivals(Over::Udp) {
                let heard = Heard::Datagram(message.clone());
                self.queue_in(delay_ms, Happening::Hear { zone, conversation, heard, told });
            }
        }
    }

    /// The octets of a stream come in order, in pieces that have nothing to do with messages.
    fn carry_stream(&mut self, zone: usize, conversation: u64, reply: Reply) {
        let Reply { messages, ending, vouches_for, lie, .. } = reply;
        let octets: Vec<u8> = messages.iter().flat_map(|message| framed(message)).collect();
        let is_cut = self.dice.happens(self.weather.cut);
        let length = if is_cut { self.dice.index(octets.len()) } else { octets.len() };
        let mut delay_ms = self.weather.delay(&mut self.dice);
        if self.dice.happens(self.weather.pause) {
            self.seen.fault(Fault::Paused);
            delay_ms = delay_ms.saturating_add(PAUSE_MS);
        }
        let pieces = self.pieces(octets.get(..length).unwrap_or_default());
        let count = pieces.len();
        for (number, piece) in pieces.into_iter().enumerate() {
            let is_last = number.saturating_add(1) == count && !is_cut;
            let vouches_for = vouches_for.filter(|_| is_last);
            let told = Told { vouches_for, lie: lie.filter(|_| number == 0) };
            let heard = Heard::Octets(piece);
            self.queue_in(delay_ms, Happening::Hear { zone, conversation, heard, told });
            delay_ms = delay_ms.saturating_add(self.dice.below(self.weather.delay_ms.1));
        }
        if is_cut {
            self.seen.fault(Fault::Cut);
        }
        let ending = if is_cut { Ending::Close } else { ending };
        self.end_stream((zone, conversation), ending, messages.last(), delay_ms);
    }

    fn end_stream(
        &mut self,
        (zone, conversation): (usize, u64),
        ending: Ending,
        last: Option<&Vec<u8>>,
        delay_ms: u64,
    ) {
        match ending {
            Ending::Stall => {}
            Ending::Repeat => {
                let octets = Arc::new(last.map(|last| framed(last)).unwrap_or_default());
                // At once, or just before patience ends.
                let every_ms = [5, 50_000][self.dice.index(2)];
                let again = Happening::Again { zone, conversation, octets, every_ms };
                self.queue_in(delay_ms.saturating_add(every_ms), again);
            }
            Ending::Close => {
                let (heard, told) = (Heard::Closed, Told::default());
                let closed = Happening::Hear { zone, conversation, heard, told };
                self.queue_in(delay_ms.saturating_add(1), closed);
            }
        }
    }

    fn pieces(&mut self, octets: &[u8]) -> Vec<Vec<u8>> {
        let size = match self.dice.below(4) {
            0 if self.is_stormy => octets.len() / 7,
            1 if self.is_stormy => octets.len() / 2,
            _ => octets.len(),
        };
        octets.chunks(size.max(1)).map(<[u8]>::to_vec).collect()
    }

    /// Sends a NOTIFY through the weather.
    pub(crate) fn carry_notify(&mut self, source: IpAddr, octets: &[u8]) {
        for delay_ms in self.arrivals(Over::Udp) {
            let octets = octets.to_vec();
            self.queue_in(delay_ms, Happening::Notify { source, octets });
        }
    }

    /// A primary says that there is news, and which serial it has, or is told to have.
    pub fn notify(&mut self, zone: usize, primary: usize, hint: Option<u32>) {
        let id = (self.dice.throw() & 0xffff) as u16;
        let wall = self.clock.true_wall();
        let source = &self.sources[zone];
        let Some(sender) = source.primaries.get(primary) else { return };
        let edition = source.publisher.edition(sender.place);
        let hint = hint.map(|serial| edition.soa_with(serial));
        let octets = sender.notify(&edition.apex, hint, id, wall);
        let address = sender.address;
        self.carry_notify(address, &octets);
    }
}
