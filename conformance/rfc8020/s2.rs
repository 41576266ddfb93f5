//! §2, §3.1: a resolver takes a name error for all names below; so a name that has anything below it
//! must never get one.

use crate::judge::{Section, ensure};
use peers::ask::{Name, Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("no ancestor of a name that is there is a name error", |server| {
        let owners = [
            "a.b.ent.example.",
            "ns.x.y.below.example.",
            "any.wild.example.",
            "1.2.0.192.in-addr.example.",
            "host.deep.cut.sub.example.",
            "target.types.example.",
        ];
        for owner in owners {
            let mut name = Name::new(owner).parent();
            while let Some(ancestor) = name.filter(|name| name.is_in(&Name::new("example."))) {
                let octets = Query::new(ancestor.clone(), 1).octets();
                let answer = server.answer(&octets, Transport::Udp)?;
                ensure(answer.rcode == 0, || format!("{ancestor}: rcode {}", answer.rcode))?;
                name = ancestor.parent();
            }
        }
        Ok(())
    });
    section.holds("below a name error there are name errors only", |server| {
        for qname in ["absent.example.", "a.absent.example.", "x.y.z.a.absent.example."] {
            let answer = server.answer(&Query::new(qname, 1).octets(), Transport::Udp)?;
            ensure(answer.rcode == 3, || format!("{qname}: rcode {}", answer.rcode))?;
        }
        Ok(())
    });
}
