//! Who may do something: address ranges and lists of rules.
//!
//! Pure.
//!
//! Standards: RFC 4632 §3.1 and RFC 4291 §2.3 (prefix notation) · RFC 4291 §2.5.5.2 (IPv4-mapped).
//!
//! Invariants: an address means the same however it arrived, so an IPv4-mapped IPv6 address is the
//! IPv4 address; a range has no bits set behind its prefix; an empty list allows nobody.
//!
//! Not here: which list applies; checking the signature that names the key.

use core::fmt;
use core::str::FromStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use wire::name::{Name, NameRef};

/// A range of addresses of one family, such as `192.0.2.0/24` or `2001:db8::1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressRange {
    first: IpAddr,
    prefix_bits: u8,
}

/// Why a text is no address range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// The part before the slash.
    #[error("`{0}` is not an IPv4 or IPv6 address")]
    NotAnAddress(String),
    /// The part behind the slash.
    #[error("`{text}` is not a prefix length from 0 to {max}")]
    NotAPrefix {
        /// As written.
        text: String,
        /// 32 or 128.
        max: u8,
    },
    /// Probably a typing error, and never what it looks like.
    #[error("{address}/{prefix_bits} has bits set behind its prefix; did you mean {meant}?")]
    BitsBehindPrefix {
        /// As written.
        address: IpAddr,
        /// As written.
        prefix_bits: u8,
        /// The range the address lies in.
        meant: AddressRange,
    },
}

impl AddressRange {
    /// The addresses that share their first `prefix_bits` bits with `address`.
    ///
    /// # Errors
    /// When the prefix is longer than the address, or bits behind it are set.
    pub fn new(address: IpAddr, prefix_bits: u8) -> Result<Self, RangeError> {
        let (first, bits) = canonical(address, prefix_bits);
        let max = bits_of(first);
        if bits > max {
            return Err(RangeError::NotAPrefix { text: prefix_bits.to_string(), max });
        }
        let meant = Self { first: masked(first, bits), prefix_bits: bits };
        if meant.first == first {
            Ok(meant)
        } else {
            Err(RangeError::BitsBehindPrefix { address, prefix_bits, meant })
        }
    }

    /// Exactly one address.
    #[must_use]
    pub fn single(address: IpAddr) -> Self {
        let first = address.to_canonical();
        Self { first, prefix_bits: bits_of(first) }
    }

    /// Whether the address lies inside. `::/0` is all of IPv6 and no IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        masked(address.to_canonical(), self.prefix_bits) == self.first
    }

    /// Lowest address.
    #[must_use]
    pub const fn first(&self) -> IpAddr {
        self.first
    }

    /// How many leading bits are fixed.
    #[must_use]
    pub const fn prefix_bits(&self) -> u8 {
        self.prefix_bits
    }
}

/// An address, or an address with a prefix length behind a slash.
impl FromStr for AddressRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr =
            address.parse().map_err(|_| RangeError::NotAnAddress(address.to_owned()))?;
        let Some(prefix) = prefix else { return Ok(Self::single(address)) };
        let max = bits_of(address);
        let digits = prefix.bytes().all(|octet| octet.is_ascii_digit());
        match prefix.parse() {
            Ok(bits) if digits && bits <= max => Self::new(address, bits),
            Ok(_) | Err(_) => Err(RangeError::NotAPrefix { text: prefix.to_owned(), max }),
        }
    }
}

/// A single address is shown without its prefix length.
impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix_bits == bits_of(self.first) {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}/{}", self.first, self.prefix_bits)
        }
    }
}

/// One line of an access list: from where, and signed by which key if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRule {
    /// Where the request must come from.
    pub range: AddressRange,
    /// Which key must have signed it; `None` asks for no signature and minds none.
    pub key: Option<Name>,
}

/// What a list says about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access<'r> {
    /// A rule matches.
    Allowed,
    /// No rule names the source.
    UnknownSource,
    /// The source is named, but the request is unsigned and should carry this key.
    Unsigned {
        /// Key of the first rule that names the source.
        expected: &'r Name,
    },
    /// The source is named, but the request is signed by another key than this.
    OtherKey {
        /// Key of the first rule that names the source.
        expected: &'r Name,
    },
}

/// Asks a list about a request whose signature, if any, has been verified.
#[must_use]
pub fn judge<'r>(
    rules: &'r [AccessRule],
    source: IpAddr,
    signed_by: Option<NameRef<'_>>,
) -> Access<'r> {
    let mut expected = None;
    for rule in rules.iter().filter(|rule| rule.range.contains(source)) {
        match (&rule.key, signed_by) {
            (None, _) => return Access::Allowed,
            (Some(key), Some(signed)) if key.as_ref() == signed => return Access::Allowed,
            (Some(key), _) => expected = expected.or(Some(key)),
        }
    }
    match (expected, signed_by) {
        (None, _) => Access::UnknownSource,
        (Some(expected), None) => Access::Unsigned { expected },
        (Some(expected), Some(_)) => Access::OtherKey { expected },
    }
}

/// `::ffff:192.0.2.0/120` is `192.0.2.0/24`; a shorter prefix than 96 stays IPv6.
fn canonical(address: IpAddr, prefix_bits: u8) -> (IpAddr, u8) {
    match (address.to_canonical(), address, prefix_bits.checked_sub(96)) {
        (v4 @ IpAddr::V4(_), IpAddr::V6(_), Some(bits)) => (v4, bits),
        (_, given, _) => (given, prefix_bits),
    }
}

const fn bits_of(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The address with the bits behind the prefix cleared.
fn masked(address: IpAddr, prefix_bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let behind = u32::MAX.checked_shr(u32::from(prefix_bits)).unwrap_or(0);
            Ipv4Addr::from_bits(v4.to_bits() & !behind).into()
        }
        IpAddr::V6(v6) => {
            let behind = u128::MAX.checked_shr(u32::from(prefix_bits)).unwrap_or(0);
            Ipv6Addr::from_bits(v6.to_bits() & !behind).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(text: &str) -> AddressRange {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn ranges_contain_their_edges_and_nothing_beside_them() {
        for (text, inside, outside) in [
            ("192.0.2.0/24", ["192.0.2.0", "192.0.2.255"], ["192.0.1.255", "192.0.3.0"]),
            ("192.0.2.7", ["192.0.2.7", "::ffff:192.0.2.7"], ["192.0.2.6", "::192.0.2.7"]),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::", "2001:db8::1"]),
            ("::/0", ["::", "ffff::"], ["0.0.0.0", "::ffff:192.0.2.1"]),
            ("2001:db8::/32", ["2001:db8::", "2001:db8:ffff::1"], ["2001:db9::", "192.0.2.1"]),
            ("::ffff:192.0.2.0/120", ["192.0.2.9", "::ffff:192.0.2.9"], ["192.0.3.9", "::1"]),
            ("10.0.0.0/31", ["10.0.0.0", "10.0.0.1"], ["10.0.0.2", "9.255.255.255"]),
        ] {
            for address in inside {
                assert!(range(text).contains(at(address)), "{address} in {text}");
            }
            for address in outside {
                assert!(!range(text).contains(at(address)), "{address} not in {text}");
            }
        }
    }

    #[test]
    fn typing_errors_are_named() {
        for (text, said) in [
            ("192.0.2.1/24", "did you mean 192.0.2.0/24?"),
            ("2001:db8::1/64", "did you mean 2001:db8::/64?"),
            ("192.0.2.0/33", "`33` is not a prefix length from 0 to 32"),
            ("2001:db8::/129", "`129` is not a prefix length from 0 to 128"),
            ("192.0.2.0/", "`` is not a prefix length"),
            ("192.0.2.0/+8", "`+8` is not a prefix length"),
            ("192.0.2", "`192.0.2` is not an IPv4 or IPv6 address"),
            ("example.com", "`example.com` is not an IPv4 or IPv6 address"),
            ("", "`` is not an IPv4 or IPv6 address"),
        ] {
            let error = text.parse::<AddressRange>().unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
        assert!(AddressRange::new(at("192.0.2.0"), 33).is_err());
        assert!(AddressRange::new(at("::"), 129).is_err());
    }

    #[test]
    fn first_rule_that_fits_source_and_key_allows() {
        let key = |name: &str| Some(name.parse::<Name>().unwrap());
        let rule = |text: &str, key| AccessRule { range: range(text), key };
        let rules = [
            rule("192.0.2.0/24", key("old.")),
            rule("192.0.2.0/25", key("new.")),
            rule("198.51.100.0/24", None),
        ];
        let (old, new, other) = (key("OLD.").unwrap(), key("new.").unwrap(), key("x.").unwrap());
        let ask = |source, key: Option<&Name>| judge(&rules, at(source), key.map(Name::as_ref));
        assert_eq!(ask("192.0.2.1", Some(&old)), Access::Allowed);
        assert_eq!(ask("192.0.2.1", Some(&new)), Access::Allowed);
        assert_eq!(ask("192.0.2.200", Some(&new)), Access::OtherKey { expected: &old });
        assert_eq!(ask("192.0.2.1", None), Access::Unsigned { expected: &old });
        assert_eq!(ask("198.51.100.1", None), Access::Allowed);
        assert_eq!(ask("198.51.100.1", Some(&other)), Access::Allowed);
        assert_eq!(ask("203.0.113.1", Some(&old)), Access::UnknownSource);
        assert_eq!(judge(&[], at("192.0.2.1"), None), Access::UnknownSource);
    }

    proptest! {
        #[test]
        fn printing_and_reading_are_inverse(bits: u128, v6: bool, prefix in 0_u8..=128) {
            let address = if v6 {
                IpAddr::from(Ipv6Addr::from_bits(bits)).to_canonical()
            } else {
                Ipv4Addr::from_bits((bits & 0xffff_ffff) as u32).into()
            };
            let prefix_bits = prefix.min(bits_of(address));
            let given = AddressRange { first: masked(address, prefix_bits), prefix_bits };
            prop_assert!(given.contains(address));
            prop_assert_eq!(given.to_string().parse(), Ok(given));
        }

        #[test]
        fn what_is_read_as_a_range_holds_its_own_address(text in "[0-9a-f.:/]{0,24}|[0-9.]{7}/[0-9]{1,2}|\\PC*") {
            if let Ok(range) = text.parse::<AddressRange>() {
                prop_assert!(range.contains(range.first), "{range} of {text}");
            }
        }
    }
}
