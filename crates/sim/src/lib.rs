//! A deterministic world for the machines of a secondary: clocks, network, primaries, disk, faults, and a
//! judge that shares no code with what it judges.
//!
//! Touches nothing: no clock, socket, thread or chance of its own. A whole life of a world is a function
//! of one seed ([`live`]), so that months of bad luck run within a second and a failure replays.
//!
//! The daemon in it is the real one but for its shell: `proto::follow`, `proto::notify`, `proto::xfr`,
//! `proto::tsig`, `wire::frame`, the commit log of `store` and `zone::Table`, driven in the order in which
//! `server` drives them. `instance`, `committing`, `boot` and `asking` stand where the shell stands, and
//! decide as little.
//!
//! ```text
//! dice, clock          chance and time
//! edition … primary    what is published, told and lied about: the model
//! network, weather     what becomes of octets on their way
//! disk                 what survives
//! asking … boot        the daemon
//! downstream           a secondary of it
//! judge, seen          the laws, and the proof that they were tried
//! world, storm         one step after the other; what goes wrong of itself
//! script               scenarios by name
//! ```
//!
//! Not here: queries and their answers (`conformance/`), sockets and threads (`crates/understudy/tests`).

pub mod asking;
pub mod boot;
pub mod clock;
pub mod committing;
pub mod dice;
pub mod disk;
pub mod downstream;
pub mod edition;
pub mod instance;
pub mod judge;
pub mod lie;
mod network;
pub mod note;
pub mod octets;
pub mod primary;
pub mod publisher;
pub mod script;
pub mod seen;
pub mod settings;
pub mod source;
mod storm;
pub mod telling;
pub mod weather;
pub mod world;

pub use storm::{Failed, live};
